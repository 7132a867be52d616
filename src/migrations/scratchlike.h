// SPDX-License-Identifier: GPL-3.0-or-later
// A scratch database with the target's schema, and in words how like it that is. A service on the links' thread.
#pragma once

#include "catalog/snapshot.h"
#include "migrations/scratch.h"

namespace howdah::migrations
{

struct Likeness {
    QString basis;       // "replay of 12 applied migrations; as the target is", "…; differs from the target in 3 objects: …"
    QStringList left;    // of the base script: what did not run
    QVector<catalog::Difference> differences; // from the target to the scratch
    catalog::Snapshot target;                 // as it was compared
};

// `base`: a script of what stands before the first migration; empty: nothing does. Then the applied migrations, by the ledger's texts where the file is
// gone or edited. On a server of ours the target's roles are made, without rights. Errors: Client/no_text (applied, and nobody has its text), those
// of a migration that fails here, with a hint to `base`; those of the links.
Result<Likeness> makeLike(Scratch &scratch, pg::Connection &target, const Folder &folder, const Ledger &ledger, const QByteArray &base, const QString &searchPath, const Progress &progress = {},
                          const CancelToken &cancel = {});

} // namespace howdah::migrations
