// SPDX-License-Identifier: GPL-3.0-or-later
// The scripts that say whether a migration has done what it was for: verify/<version>_….sql beside the folder, where dbmate does not look. Each statement
// has to run, and one that answers with a single boolean column has to answer with rows that are all true. Nothing of it stays: read only, and rolled back.
// Services on the link's thread.
#pragma once

#include "migrations/folder.h"
#include "pg/connection.h"

namespace howdah::migrations
{

// In a transaction of its own, or under a savepoint of the one that is open. Errors: Client/not_verified, the server's, with file and line.
Done runCheck(pg::Connection &connection, const File &check, const CancelToken &cancel = {});

struct Verified {
    QString version;
    QString name;               // of the script
    std::optional<Error> error; // nullopt: it holds
};
// Those of `versions` that have a script. An error: the link is lost, or it was given up.
Result<QVector<Verified>> verify(pg::Connection &connection, const Folder &folder, const QStringList &versions, const CancelToken &cancel = {});

} // namespace howdah::migrations
