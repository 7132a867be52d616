// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/stand.h"

#include "backup/backuppoint.h"
#include "backup/logicalway.h"
#include "base/paths.h"
#include "stack/record.h"

#include <QDir>

#include <algorithm>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

constexpr int newestMajor = 18; // of whose major a folder's backups are taken to be, where no server says

QString stackOrUsual(const StandChoice &choice)
{
    return choice.profile.stack.isEmpty() ? u"howdah"_s : choice.profile.stack;
}

Done placeIsNamed(const StandChoice &choice)
{
    if (!choice.folder.isEmpty() || !choice.profile.stack.isEmpty())
        return {};
    return fail(ErrorKind::Client, u"no_place"_s, u"%1 is no stack of this machine: name the folder of its backups"_s.arg(choice.profile.name.isEmpty() ? choice.profile.spec.address() : choice.profile.name));
}

// Where it is known: of the profile's stack, else of the usual one.
QString dumpImageOf(const StandChoice &choice)
{
    const auto record = stack::readRecord(stackOrUsual(choice));
    return record && record->exists && record->backend == stack::Backend::Docker ? record->image : QString();
}

Result<PhysicalPlace> folderOfServer(const StandChoice &choice, const StandSeams &seams, const Progress &progress, const CancelToken &cancel)
{
    const session::Profile &profile = choice.profile;
    if (!profile.stack.isEmpty()) {
        const auto password = seams.readSecret({profile.id, profile.spec.host, profile.spec.port, u"howdah_replication"_s});
        if (!password)
            return fail(password.error());
        return openFolderPlaceOfStack(choice.folder, profile.stack, *password, progress, cancel);
    }
    const auto link = seams.connect();
    if (!link)
        return fail(link.error());
    const auto prepared = seams.prepared(profile.spec.role);
    if (!prepared)
        return fail(prepared.error());
    if (prepared->via.isSet())
        return fail(ErrorKind::Client, u"not_supported"_s, u"No base backup is taken through a tunnel yet"_s);
    return openFolderPlaceOfServer(choice.folder, (*link)->facts().serverVersionNum / 10000, u"howdah"_s, profile.spec, prepared->secret, progress, cancel);
}

} // namespace

Result<PhysicalPlace> openPlace(const StandChoice &choice, bool ofServer, const StandSeams &seams, const Progress &progress, const CancelToken &cancel)
{
    if (Done named = placeIsNamed(choice); !named)
        return fail(std::move(named.error()));
    if (!choice.folder.isEmpty())
        return ofServer ? folderOfServer(choice, seams, progress, cancel) : openFolderPlace(choice.folder, newestMajor, stackOrUsual(choice), progress, cancel);
    auto place = openStackPlace(choice.profile.stack, progress, cancel);
    if (place && ofServer && !place->source)
        return fail(ErrorKind::Tool, u"not_running"_s, u"The stack %1 is not running"_s.arg(choice.profile.stack), u"Start it: howdahctl stack up --name %1"_s.arg(choice.profile.stack));
    return place;
}

Result<DumpStand> openDumpStand(const StandChoice &choice, const QString &role, const QString &database, const StandSeams &seams, const Progress &progress, const CancelToken &cancel)
{
    if (Done named = placeIsNamed(choice); !named)
        return fail(std::move(named.error()));
    DumpStand stand;
    const QString stack = choice.profile.stack;
    const QString as = !role.isEmpty() ? role : stack.isEmpty() ? choice.profile.spec.role : u"howdah_backup"_s;
    auto own = seams.connect();
    if (!own)
        return fail(std::move(own.error()));
    const pg::ConnectionSpec spec = (*own)->spec().withRole(as).withDatabase(database.isEmpty() ? (*own)->facts().database : database);
    const auto prepared = seams.prepared(as);
    if (!prepared)
        return fail(prepared.error());
    if (spec == (*own)->spec()) {
        stand.link = std::move(*own);
    } else {
        auto link = pg::Connection::open(spec, prepared->secret, cancel, {}, prepared->via);
        if (!link)
            return fail(std::move(link.error()).during(u"connect as %1 to %2"_s.arg(as, spec.database)));
        stand.link = std::move(*link);
    }
    auto place = choice.folder.isEmpty() ? openDumpOfStack(stack, as, spec.database, progress, cancel)
                                         : openDumpFolder(choice.folder, stand.link->facts().serverVersionNum / 10000, dumpImageOf(choice), spec, *prepared, progress, cancel);
    if (!place)
        return fail(std::move(place.error()));
    stand.place = std::move(*place);
    return stand;
}

Result<DumpStand> openRestoreStand(const StandChoice &choice, const QString &role, const StandSeams &seams, const Progress &progress, const CancelToken &cancel)
{
    if (Done named = placeIsNamed(choice); !named)
        return fail(std::move(named.error()));
    if (!choice.folder.isEmpty())
        return openDumpStand(choice, role.isEmpty() ? choice.profile.spec.role : role, {}, seams, progress, cancel);
    auto place = openDumpOfStack(choice.profile.stack, role.isEmpty() ? u"postgres"_s : role, u"postgres"_s, progress, cancel);
    if (!place)
        return fail(std::move(place.error()));
    return DumpStand{nullptr, std::move(*place)};
}

Result<Stand> readStand(const StandChoice &choice, const PhysicalPlace &place, const Progress &progress, const CancelToken &cancel)
{
    auto catalogue = place.repository->list(cancel);
    if (!catalogue)
        return fail(std::move(catalogue.error()));
    return readStand(choice, place, *std::move(catalogue), progress, cancel);
}

Result<Stand> readStand(const StandChoice &choice, const PhysicalPlace &place, Catalogue catalogue, const Progress &progress, const CancelToken &cancel)
{
    Stand stand;
    stand.catalogue = std::move(catalogue);
    // Whose, and of which size the segments are, the newest backup says.
    const Backup *newest = nullptr;
    for (const Backup &one : std::as_const(stand.catalogue.backups))
        newest = one.kind != BackupKind::Dump && one.state == BackupState::Complete && !one.systemIdentifier.isEmpty() ? &one : newest;
    if (!newest)
        return fail(ErrorKind::Client, u"no_backup"_s, u"There is no physical backup in %1, and so nothing to go back to"_s.arg(place.repository->name()), u"Take one: howdahctl backup create"_s);
    const QString &folder = choice.folder;
    stand.archivePath = !choice.archive.isEmpty() ? choice.archive : folder.isEmpty() ? place.archive : QDir(folder + u"/wal"_s).exists() ? folder + u"/wal"_s : folder;
    stand.archive = folder.isEmpty() ? toolboxArchive(*place.toolbox, stand.archivePath, u"%1 (%2)"_s.arg(stand.archivePath, place.repository->name())) : folderArchive(stand.archivePath);
    if (Done made = paths::makePrivateDir(paths::cacheDir()); !made)
        return fail(std::move(made.error()));
    auto inventory = takeInventory(stand.archive, newest->segmentSize, newest->systemIdentifier, paths::cacheDir() + u"/wal-%1-%2"_s.arg(newest->systemIdentifier, QString::number(qHash(stand.archive.where), 16)), progress, cancel, choice.readAgain);
    if (!inventory)
        return fail(std::move(inventory.error()));
    stand.inventory = *std::move(inventory);
    // Which of several branches is the server's own, it alone knows; one that does not answer leaves it open.
    if (place.source) {
        const auto facts = readServerFacts(*place.toolbox, *place.source, cancel);
        if (facts && !facts->inRecovery && facts->systemIdentifier == newest->systemIdentifier)
            stand.inventory.live = facts->timeline;
    }
    stand.points = pointsOf(stand.catalogue, stand.inventory);
    const QString stack = stackOrUsual(choice);
    stand.stack = choice.profile.stack;
    const auto record = stack::readRecord(stack);
    if (!record)
        return fail(record.error());
    stand.image = record->image.isEmpty() ? u"howdah-postgres:18"_s : record->image;
    stand.major = newest->serverVersionNum ? newest->serverVersionNum / 10000 : newestMajor;
    if (folder.isEmpty()) {
        stand.places = {{stack + u"_archive"_s, u"/archive"_s, false}};
    } else {
        const QString whole = QDir(folder).absolutePath(), archive = QDir(stand.archivePath).absolutePath();
        stand.archivePath = archive;
        stand.places = {{whole, {}, false}};
        if (archive != whole && !archive.startsWith(whole + u'/'))
            stand.places.append({archive, {}, false});
    }
    return stand;
}

RehearsalChoice rehearsalChoiceOf(const Stand &stand, const PhysicalPlace &place, const Verdict &verdict)
{
    RehearsalChoice choice;
    choice.stack = stand.stack;
    choice.image = stand.image;
    choice.major = stand.major;
    choice.places = stand.places;
    choice.root = place.repository->root();
    choice.archive = stand.archivePath;
    choice.repository = place.repository->name();
    choice.segmentSize = stand.inventory.segmentSize;
    choice.engine = stand.engine;
    choice.verdict = verdict;
    const auto point = std::find_if(stand.points.cbegin(), stand.points.cend(), [&](const BackupPoint &one) { return one.id == verdict.backup; });
    choice.floors = {100, 8, 10, 0, 64}; // PostgreSQL's defaults: nobody writes a change that did not happen
    if (point == stand.points.cend())
        return choice;
    // At least what the server had when the backup was taken, which its control file will say again, and what it changed to on the way.
    choice.floors = atLeast(choice.floors, point->settings);
    const Reach reach = reachOf(stand.inventory, *point, verdict.timeline);
    choice.segments = std::count_if(reach.segments.cbegin(), reach.segments.cend(), [last = verdict.stopsIn(choice.segmentSize)](const Segment &one) { return one.number <= last; });
    for (const Segment &segment : reach.segments) {
        for (const WalEvent &mark : stand.inventory.segments[segment].marks) {
            if (mark.kind == WalEvent::Kind::SettingsChange)
                choice.floors = atLeast(choice.floors, mark.settings);
        }
    }
    return choice;
}

Result<Cluster> clusterOf(const PhysicalPlace &place, const Catalogue &catalogue, const CancelToken &cancel)
{
    if (place.source) {
        const auto facts = readServerFacts(*place.toolbox, *place.source, cancel);
        return facts ? Result<Cluster>(Cluster{facts->systemIdentifier, facts->segmentSize}) : fail(facts.error());
    }
    for (auto it = catalogue.backups.crbegin(); it != catalogue.backups.crend(); ++it) {
        if (it->kind == BackupKind::Full && it->isUsable())
            return Cluster{it->systemIdentifier, it->segmentSize};
    }
    return Cluster();
}

} // namespace howdah::backup
