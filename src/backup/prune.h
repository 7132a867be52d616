// SPDX-License-Identifier: GPL-3.0-or-later
// Which backups may go, and their removal. planPrune is pure: every backup of the cluster is in the plan once, with the reason it stays or goes. A backup
// that another one builds on stays with it; the last sound full one stays whatever was asked; what is not understood, being written, or of another
// cluster is never touched. WAL is not removed here. prune: blocking, any thread but the window's.
#pragma once

#include "backup/repository.h"

namespace howdah::backup
{

struct Retention {
    int fulls = 0;      // keep so many full ones, the newest, with what builds on them; 0: not asked for
    int days = 0;       // every moment of the last so many days stays reachable, as far as it is; 0: not asked for
    QStringList wanted; // ids that stay: a window that was promised, a lab
};

struct PruneItem {
    Backup backup;
    bool goes = false;
    QString why;
};

struct PrunePlan {
    QVector<PruneItem> items; // in the order of the catalogue; what goes is removed from the last to the first, so children before what they build on
    qint64 bytes = 0;         // that come free, as far as they are known
    bool bytesAreCertain = true;
    QStringList going() const;
};

// Errors: Client/usage where neither a number nor days were asked for, Io/nothing_sound where no full backup of the cluster is sound.
Result<PrunePlan> planPrune(const Catalogue &catalogue, const QString &systemIdentifier, const Retention &retention, qint64 nowMs);

struct PruneReport {
    QStringList removed;
    QStringList kept; // "id: why it could not be removed"
};
// The repository is read anew: where it is no more what was planned for, nothing goes. Errors: Tool/in_use (another is at work there), Io/changed, Cancelled (what went until then is gone).
Result<PruneReport> prune(const Repository &repository, const PrunePlan &plan, const QString &systemIdentifier, const Retention &retention, qint64 nowMs, const Progress &progress = {},
                          const CancelToken &cancel = {});

} // namespace howdah::backup
