// SPDX-License-Identifier: GPL-3.0-or-later
// The rows of a stored result in another order, or only some of them: a permutation from typed keys, taken from the store in one pass. Nothing
// is asked of the server. Not on the window's thread.
#pragma once

#include "base/canceltoken.h"
#include "query/resultstore.h"

#include <memory>
#include <vector>

namespace howdah::query
{

// Numbers, dates and times by their value (NaN after infinity, BC before AD, as the server does); everything else by code point. A column in
// which one cell is not as its type says (another DateStyle) is sorted as text. Equal rows stay as they came.
struct SortColumn {
    int column = 0;
    bool descending = false;
    bool nullsFirst = false; // the server's own habit: last ascending, first descending
    bool operator==(const SortColumn &) const = default;
};

struct RowFilter {
    enum class Kind { Contains, Equals, IsNull, IsNotNull };
    int column = 0;
    Kind kind = Kind::Contains;
    QString text; // Contains: upper and lower case are the same; Equals: exactly this
    bool operator==(const RowFilter &) const = default;
};

// What a person typed over a column: "abc" contains, "=abc" equals ("=" alone: the empty string), "null" and "not null".
// nullopt: nothing was typed.
std::optional<RowFilter> filterFromText(int column, const QString &text);

struct RowOrder {
    std::vector<quint32> rows; // of the store
    qint64 ofRows = 0;         // so many were looked at: a result that is still read has more later
};

// Memory: 4 bytes a row, and keys up to `keyBytes`; more keys are sorted in parts that go to a file beside the result's.
// Errors: Cancelled, Io (the file), Client/too_many_rows.
Result<std::shared_ptr<const RowOrder>> orderRows(const ResultStore &store, const std::vector<SortColumn> &sort, const std::vector<RowFilter> &filters,
                                                  const CancelToken &cancel = {}, qint64 keyBytes = qint64(128) << 20);

} // namespace howdah::query
