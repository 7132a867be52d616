// SPDX-License-Identifier: GPL-3.0-or-later
// What the server says before a dump, for this room alone: asked in a transaction whose snapshot pg_dump then reads by. A service.
#pragma once

#include "backup/logical.h"

namespace howdah::backup
{

struct DumpFacts {
    QString version;
    int versionNum = 0;
    QString systemIdentifier;
    QString snapshot;
    qint64 nowMs = 0;
    bool superuser = false;
    bool inRecovery = false;
    std::optional<qint64> connectionsLeft; // of the role; nullopt: no limit of its own
    DumpManifest manifest;     // of what is chosen
    QStringList dumped;        // patterns of pg_dump
    QStringList notes;
};

// Inside a transaction of the link's: REPEATABLE READ, so that all of it is of one moment. Refuses what planDump() refuses.
Result<DumpFacts> readDumpFacts(pg::Connection &link, const DumpOptions &options, const CancelToken &cancel);
// Begins that transaction; ended by ROLLBACK.
Done beginSnapshot(pg::Connection &link, const CancelToken &cancel);

} // namespace howdah::backup
