// SPDX-License-Identifier: GPL-3.0-or-later
// What the verbs of `backup window` and `pitr` share: the backups and the archive of a place, read. The worker's thread.
#pragma once

#include "backup/rehearsal.h"
#include "ctl/backupstand.h"

namespace howdah::ctl
{

struct PitrStand {
    BackupStand backups;
    backup::Catalogue catalogue;
    backup::ArchiveAccess archive;
    backup::Inventory inventory;
    QVector<backup::BackupPoint> points;
    // How a container of the image sees the same.
    QString image;
    int major = 18;
    QVector<backup::Place> places;
    QString archivePath;
};

// `archive`: a folder with the WAL where the backups lie in a folder; empty: <folder>/wal where there is one, else the folder itself. Errors: those of
// backupStandOf; Client/no_backup where nothing says whose WAL it is; those of reading it.
Result<PitrStand> pitrStandOf(Ctl &ctl, const BackupOptions &options, const std::string &archive);

} // namespace howdah::ctl
