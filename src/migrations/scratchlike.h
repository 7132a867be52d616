// SPDX-License-Identifier: GPL-3.0-or-later
// A scratch database with the target's schema, and in words how like it that is. A service on the links' thread.
#pragma once

#include "catalog/snapshot.h"
#include "migrations/foreignrun.h"
#include "migrations/scratch.h"

namespace howdah::migrations
{

struct Likeness {
    QString basis;       // "pg_dump of the target", "replay of 12 applied migrations; as the target is", "…; differs from the target in 3 objects: …"
    QStringList left;    // of the script and of the migrations: what did not run
    QVector<catalog::Difference> differences; // from the target to the scratch
    catalog::Snapshot target;                 // as it was compared
};

struct LikeOptions {
    std::optional<ForeignAccess> access; // how pg_dump gets in; nullopt: it is not tried
    QByteArray base;                     // a script of what stands before the first migration, where there is no pg_dump; empty: nothing does
    QString searchPath = QStringLiteral("public");
};
// By pg_dump of the target, where there is one of its version: then it is as the target is, whoever made that so. Else by the applied migrations, with the
// ledger's texts where the file is gone or edited. On a server of ours the target's roles are made, without rights. Errors: Client/no_text (applied, and
// nobody has its text), those of a migration that fails here, with a hint to `base`; those of the links.
Result<Likeness> makeLike(Scratch &scratch, pg::Connection &target, const Folder &folder, const Ledger &ledger, const LikeOptions &options = {}, const Progress &progress = {}, const CancelToken &cancel = {});

} // namespace howdah::migrations
