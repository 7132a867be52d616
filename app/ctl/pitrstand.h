// SPDX-License-Identifier: GPL-3.0-or-later
// What the verbs of `backup window` and `pitr` share: the backups and the archive of a place, read. The worker's thread.
#pragma once

#include "backup/rehearsal.h"
#include "ctl/backupstand.h"

namespace howdah::ctl
{

struct PitrStand : backup::Stand {
    BackupStand backups;
};

// `archive`: a folder with the WAL where the backups lie in a folder; empty: <folder>/wal where there is one, else the folder itself. Errors: those of
// backupStandOf; Client/no_backup where nothing says whose WAL it is; those of reading it.
Result<PitrStand> pitrStandOf(Ctl &ctl, const BackupOptions &options, const std::string &archive);

} // namespace howdah::ctl
