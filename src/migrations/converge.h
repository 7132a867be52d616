// SPDX-License-Identifier: GPL-3.0-or-later
// Generated migrations are run before they are written: forth, back and forth again in a database that nobody needs, with a snapshot compared at every turn.
// A service on the links' thread.
#pragma once

#include "migrations/generate.h"
#include "pg/connection.h"

#include <functional>

namespace howdah::migrations
{

struct Replay {
    bool converges = false;
    QString key;       // of the difference whose statement the server refused; empty: none, or a rename's
    QString statement; // that one
    QString refused;   // what the server said
    QString sqlstate;
    QVector<catalog::Difference> left; // what was other than it was to be
    bool down = false;                 // on the way back
};
// Runs all files forth, back, and forth again, in the database of `scratch`, which is left in whatever state that is. Errors: those of the link.
Result<Replay> replay(pg::Connection &scratch, const Generated &generated, const CancelToken &cancel = {});

// A link to a database in the first state; the caller keeps it, and may drop what was given before.
using FreshScratch = std::function<Result<pg::Connection *>()>;

// generate() until it converges: what the server refuses becomes an unsupported difference, and it is tried again. Errors: Sql/does_not_converge with the
// statement and the differences that are left, those of renameFile, of the link.
Result<Generated> converging(const FreshScratch &fresh, const catalog::Snapshot &to, const QStringList &renames, const GenerateOptions &options, const CancelToken &cancel = {});

} // namespace howdah::migrations
