// SPDX-License-Identifier: GPL-3.0-or-later
// Which files of a WAL archive no backup of a repository needs. planWal is pure; the rest blocks: any thread but the window's. Histories stay for ever: a branch without its history can't be
// found. Where anything in the repository is not understood, nothing goes. Backups that lie elsewhere are not seen here: who has such must not ask.
#pragma once

#include "backup/repository.h"

namespace howdah::backup
{

struct WalPlan {
    QStringList goes;  // names; of every timeline, before the first segment that is needed
    qint64 bytes = 0;  // on the disk
    QString firstKept; // name of that segment on the timeline of the backup that needs it
    QString neededBy;  // the backup's id
};

struct ArchivedFile {
    QString name;
    qint64 bytes = 0; // on the disk
};

// `going`: what a PrunePlan removes; the rest stays. `segmentSize`: the server's, for backups that do not say; 0: not known.
// Errors: Io/not_certain with which backup stands in the way.
Result<WalPlan> planWal(const Catalogue &catalogue, const QString &systemIdentifier, const QStringList &going, const QVector<ArchivedFile> &archive, quint32 segmentSize);

Result<QVector<ArchivedFile>> archivedFiles(const Toolbox &toolbox, const QString &archive, const CancelToken &cancel = {});
// Removes them, the oldest first, so that where it ends in the middle what is left has no hole.
Done removeWal(const Toolbox &toolbox, const QString &archive, const WalPlan &plan, const CancelToken &cancel = {});

} // namespace howdah::backup
