// SPDX-License-Identifier: GPL-3.0-or-later
// Dangerous statements told by their tokens, for warnings (session/hazard.h). CTEs and sub-selects are seen through; what hides in functions,
// DO blocks and views is not. Pure functions, any thread.
#pragma once

#include "query/splitter.h"
#include "session/hazard.h"

#include <QByteArray>

namespace howdah::query
{

QVector<session::Hazard> hazardsOf(const QByteArray &statement, bool standardStrings = true);

// It takes the session's read-only setting off, as far as its words tell.
bool takesReadOnlyOff(const QByteArray &statement, bool standardStrings = true);

// What a statement is by its first words; Other: not told. Writes: may change data or definitions (a SELECT of a function may, too: not seen).
struct Nature {
    enum class Kind { Select, Insert, Update, Delete, Merge, Ddl, Begin, Commit, Rollback, Savepoint, Set, Copy, Utility, Other };
    Kind kind = Kind::Other;
    bool writes = true;
};
Nature natureOf(const QByteArray &statement);
// One statement that is sure to give rows: a query, a change with RETURNING, SHOW, EXPLAIN, FETCH. False where its words do not tell.
bool returnsRows(const QByteArray &statement);
// The one plain table or view that all rows of a SELECT come from, as it is written; empty: several, a sub-select, a function, grouped rows.
QString plainRelation(const QByteArray &statement);

// What a piece runs does not stand in it, and may write: a file (\i), the rows of a query (\gexec), a variable in a verb's place, data (\copy … from).
bool runsWhatIsNotSeen(const Piece &piece);

} // namespace howdah::query
