// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/pitrstand.h"

#include "ctl/pgbackreststand.h"

namespace howdah::ctl
{

Result<PitrStand> pitrStandOf(Ctl &ctl, const BackupOptions &options, const std::string &archive)
{
    if (!options.pgbackrest.empty())
        return pgBackRestStandOf(ctl, options);
    auto backups = backupStandOf(ctl, options, false);
    if (!backups)
        return fail(std::move(backups.error()));
    backup::StandChoice choice = choiceOf(backups->profile, options);
    choice.archive = QString::fromStdString(archive);
    auto stand = backup::readStand(choice, backups->place, ctl.progress(), ctl.cancel());
    if (!stand)
        return fail(std::move(stand.error()));
    return PitrStand{*std::move(stand), *std::move(backups)};
}

} // namespace howdah::ctl
