// SPDX-License-Identifier: GPL-3.0-or-later
// What hangs on the objects that a statement would change, read from the catalog before anybody is asked. A service; values.
#pragma once

#include "pg/connection.h"

#include <QVector>

namespace howdah::session
{

// What a statement is aimed at, as the server would fold its name.
struct Victim {
    enum class Kind { Relation, Schema };
    Kind kind = Kind::Relation;
    QString schema;       // empty: by a search_path that only the user's own session knows
    QString name;
    bool allRows = false; // every row of it is changed or lost, and no row of another
};

// nullopt: not known, of one of them and so of all.
struct Consequence {
    std::optional<qint64> rows; // the server's estimate
    std::optional<qint64> dependants;
};

// A name without a schema is known only where one relation alone has it. Reads the catalog and no table.
Result<Consequence> consequenceOf(pg::Connection &connection, const QVector<Victim> &victims, const CancelToken &cancel = {});

} // namespace howdah::session
