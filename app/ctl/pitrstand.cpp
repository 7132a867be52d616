// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/pitrstand.h"

#include "backup/backuppoint.h"
#include "base/paths.h"
#include "stack/record.h"

#include <QDir>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

Result<PitrStand> pitrStandOf(Ctl &ctl, const BackupOptions &options, const std::string &archive)
{
    auto backups = backupStandOf(ctl, options, false);
    if (!backups)
        return fail(std::move(backups.error()));
    PitrStand stand;
    stand.backups = *std::move(backups);
    const PhysicalPlace &place = stand.backups.place;
    auto catalogue = place.repository->list(ctl.cancel());
    if (!catalogue)
        return fail(std::move(catalogue.error()));
    stand.catalogue = *std::move(catalogue);
    // Whose, and of which size the segments are, the newest backup says.
    const Backup *newest = nullptr;
    for (const Backup &one : stand.catalogue.backups)
        newest = one.kind != BackupKind::Dump && one.state == BackupState::Complete && !one.systemIdentifier.isEmpty() ? &one : newest;
    if (!newest)
        return fail(ErrorKind::Client, u"no_backup"_s, u"There is no physical backup in %1, and so nothing to go back to"_s.arg(place.repository->name()), u"Take one: howdahctl backup create"_s);
    const QString folder = QString::fromStdString(options.folder);
    const QString stack = stand.backups.profile.stack.isEmpty() ? u"howdah"_s : stand.backups.profile.stack;
    stand.archivePath = !archive.empty() ? QString::fromStdString(archive) : folder.isEmpty() ? place.archive : QDir(folder + u"/wal"_s).exists() ? folder + u"/wal"_s : folder;
    stand.archive = folder.isEmpty() ? toolboxArchive(*place.toolbox, stand.archivePath, u"%1 (%2)"_s.arg(stand.archivePath, place.repository->name())) : folderArchive(stand.archivePath);
    if (Done made = paths::makePrivateDir(paths::cacheDir()); !made)
        return fail(std::move(made.error()));
    auto inventory = takeInventory(stand.archive, newest->segmentSize, newest->systemIdentifier, paths::cacheDir() + u"/wal-%1-%2"_s.arg(newest->systemIdentifier, QString::number(qHash(stand.archive.where), 16)), ctl.progress(), ctl.cancel());
    if (!inventory)
        return fail(std::move(inventory.error()));
    stand.inventory = *std::move(inventory);
    stand.points = pointsOf(stand.catalogue, stand.inventory);
    const auto record = stack::readRecord(stack);
    if (!record)
        return fail(record.error());
    stand.image = record->image.isEmpty() ? u"howdah-postgres:18"_s : record->image;
    stand.major = newest->serverVersionNum ? newest->serverVersionNum / 10000 : 18;
    if (folder.isEmpty()) {
        stand.places = {{stack + u"_archive"_s, u"/archive"_s, false}};
    } else {
        stand.places = {{folder, {}, false}};
        if (!stand.archivePath.startsWith(folder))
            stand.places.append({stand.archivePath, {}, false});
    }
    return stand;
}

} // namespace howdah::ctl
