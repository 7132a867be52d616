// SPDX-License-Identifier: GPL-3.0-or-later
// A copy on its volume, while no server runs on it: read, and made into what the stack starts. Blocking; any thread but the window's.
#pragma once

#include "backup/toolbox.h"
#include "backup/walname.h"

namespace howdah::backup
{

struct CopyFacts {
    QString systemIdentifier;
    Timeline timeline = 0;
    Lsn checkpoint;
    QString lastSegment; // of the last checkpoint: those before it are complete
    bool shutDown = false;
};
// From what pg_controldata says. Client/bad_copy where something is missing in it.
Result<CopyFacts> copyFactsOf(const QByteArray &said);
// Complete segments of the timeline among the files of pg_wal: before the last one. What lies behind it is recycled and empty.
QStringList completeSegments(const QStringList &walFiles, Timeline timeline, const QString &lastSegment);
// postgresql.auto.conf without what a recovery left in it.
QByteArray withoutRecoverySettings(const QByteArray &conf);

// What is ours beside the data goes, what a recovery left in it too; the branch's history and its complete segments are marked for the archive, which
// has nothing of it yet. Any number of times. Errors: Client/bad_copy (not shut down, as its server has to be), those of the tools.
Result<CopyFacts> prepareCopy(const QString &volume, const QString &image, int major, const Progress &progress, const CancelToken &cancel);

} // namespace howdah::backup
