// SPDX-License-Identifier: GPL-3.0-or-later
// A folder from which a server goes to a moment by itself, for a server that is lost or a machine that is elsewhere: the data folder as the backup has it, the
// WAL that is replayed, what leads it there, and README.md that says how. It may be carried anywhere: PostgreSQL's own programs are all it needs, not Howdah,
// not Docker, not the archive. No server is started and none is written to. Blocking; any thread but the window's.
#pragma once

#include "backup/stand.h"

namespace howdah::backup
{

struct RecoveryFolderPlan {
    QString folder;      // of this machine, not there yet; data/, wal/, config/, restore.sh, postgresql.conf, pg_hba.conf, README.md in it
    RehearsalChoice choice; // what is brought, from where; its probes are nobody's
    BackupPoint point;   // the backup that it begins from
    QStringList wal;     // the archive's files: histories, then segments in the order of replay
    qint64 bytes = 0;    // of WAL, uncompressed
    QByteArray settings; // appended to data/postgresql.auto.conf
    QByteArray restoreScript, readme;
    QString text() const; // everything that will be done
};
// `folder` is absolute and its parent is there. Errors: Client/not_reachable where the verdict is not good, Client/folder_there, Client/bad_folder.
Result<RecoveryFolderPlan> planRecoveryFolder(const Stand &stand, const PhysicalPlace &place, const Verdict &verdict, const PitrTarget &target, const QString &folder);

struct RecoveryFolder {
    QString folder;
    QStringList links;   // the backups that it was made of
    qsizetype segments = 0;
    Verdict verdict;     // of what lies in the folder now, judged anew from the copies
    QJsonObject toJson() const;
};
// The folder has its name only once all of it is there, durable, and leads to the target by its own copies of WAL. Errors: those of materialising and of the
// archive, Io/not_sound where the copies do not lead there, Client/not_supported (tablespaces), Io/disk_full before anything is copied, Cancelled. What was not finished is removed.
Result<RecoveryFolder> makeRecoveryFolder(const RecoveryFolderPlan &plan, const PitrTarget &target, const Progress &progress = {}, const CancelToken &cancel = {});

} // namespace howdah::backup
