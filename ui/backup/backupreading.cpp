// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/backupreading.h"

#include "backup/managedcloud.h"
#include "migrations/ledger.h"

#include <algorithm>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

namespace
{

// Where they lay on the server, of each backup that has such a list; one program for all of them, and what can't be seen is not told.
QHash<QString, QStringList> configFilesOf(const Repository &repository, const Catalogue &catalogue, const CancelToken &cancel)
{
    QHash<QString, QStringList> files; // by id
    QHash<QString, QString> ids;       // by the list's path
    for (const Backup &backup : catalogue.backups) {
        if (backup.kind != BackupKind::Dump && backup.state == BackupState::Complete && !backup.ofStack)
            ids.insert(backup.folder + u"/config/PLACES"_s, backup.id);
    }
    if (ids.isEmpty())
        return files;
    Toolbox::Call call;
    call.program = u"grep"_s;
    call.arguments = QStringList{u"-sHZ"_s, u"-e"_s, u""_s, u"--"_s} + ids.keys();
    const auto outcome = repository.toolbox().run(call, cancel);
    if (!outcome)
        return files;
    // PATH\0NAME\tPLACE, a line each.
    for (const QByteArray &line : outcome->output.split('\n')) {
        const qsizetype name = line.indexOf('\0'), place = line.indexOf('\t', name);
        if (const QString id = ids.value(QString::fromUtf8(line.left(name))); name > 0 && place > 0 && !id.isEmpty())
            files[id] << QString::fromUtf8(line.mid(place + 1));
    }
    for (QStringList &each : files)
        each.sort();
    return files;
}

// What the server itself adds; where it can't be asked nothing is added, and nothing is wrong with the backups.
void askServer(BackupReading &reading, const StandSeams &seams, const CancelToken &cancel)
{
    const auto link = seams.connect();
    if (!link)
        return;
    if (const auto cloud = managingCloud(**link, cancel))
        reading.managedBy = *cloud;
    const auto ledger = migrations::readLedger(**link, cancel);
    for (const migrations::Event &event : ledger ? ledger->events : QVector<migrations::Event>()) {
        if (event.kind != "done"_L1 || event.atMs == 0)
            continue;
        StripMark mark;
        mark.kind = StripMark::Kind::Migration;
        mark.atUs = event.atMs * 1000;
        mark.id = event.version;
        mark.words = u"migration %1 %2"_s.arg(event.name.isEmpty() ? event.version : event.name, event.direction == migrations::Direction::Up ? u"run"_s : u"reverted"_s);
        reading.migrations.append(mark);
    }
}

// As who may see what waits in the archive.
Result<std::unique_ptr<pg::Connection>> monitorLink(const session::Profile &profile, const StandSeams &seams, const CancelToken &cancel)
{
    const pg::ConnectionSpec spec = profile.monitorSpec();
    const auto prepared = seams.prepared(spec.role);
    if (!prepared)
        return fail(prepared.error());
    return pg::Connection::open(spec, prepared->secret, cancel, {}, prepared->via);
}

} // namespace

const BackupPoint *BackupReading::point(const QString &id) const
{
    const auto found = std::find_if(points.cbegin(), points.cend(), [&](const BackupPoint &one) { return one.id == id; });
    return found == points.cend() ? nullptr : &*found;
}

Result<BackupReading> readBackups(const BackupQuestion &question, const std::function<void(const BackupReading &)> &listed, const Progress &progress, const CancelToken &cancel)
{
    const StandChoice &choice = question.choice;
    const auto place = openPlace(choice, false, question.seams, progress, cancel);
    if (!place)
        return fail(place.error());
    BackupReading reading;
    reading.choice = choice;
    reading.readMs = question.nowMs;
    reading.schedule = question.schedule;
    reading.scheduleWhy = question.scheduleWhy;
    reading.runs = question.runs;
    reading.repository = place->repository->name();
    reading.root = place->repository->root();
    reading.tools = place->toolbox->where();
    reading.serverIsThere = place->source.has_value();
    auto catalogue = place->repository->list(cancel);
    if (!catalogue)
        return fail(std::move(catalogue.error()));
    reading.catalogue = *std::move(catalogue);
    if (const auto free = place->repository->freeBytes(cancel))
        reading.freeBytes = *free;
    reading.configFiles = configFilesOf(*place->repository, reading.catalogue, cancel);
    listed(reading);
    askServer(reading, question.seams, cancel);
    auto stand = readStand(choice, *place, reading.catalogue, progress, cancel);
    if (!stand && stand.error().kind == ErrorKind::Cancelled)
        return fail(std::move(stand.error()));

    ReadinessSources sources;
    sources.server = choice.profile.name;
    sources.place = &*place;
    // What was read is not read twice.
    sources.readStand = [&](const PhysicalPlace &, Catalogue) { return stand; };
    const auto link = monitorLink(choice.profile, question.seams, cancel);
    sources.link = link ? link->get() : nullptr;
    sources.linkWhy = link ? QString() : link.error().text();
    sources.places.stack = choice.profile.stack;
    sources.places.backupFolder = choice.folder;
    sources.schedule = question.schedule;
    sources.runs = question.runs;
    sources.scheduleWhy = question.scheduleWhy;
    auto facts = gatherReadiness(sources, question.nowMs, progress, cancel);
    if (!facts)
        return fail(facts.error());
    facts->zone = QTimeZone::systemTimeZone();
    reading.readiness = readinessOf(*facts);
    if (stand) {
        reading.archive = stand->archive.where;
        reading.points = std::move(stand->points);
        reading.gaps = gapsOf(stand->inventory);
        reading.inventory = std::move(stand->inventory);
    } else {
        reading.noInventory = std::move(stand.error());
    }
    reading.isWhole = true;
    return reading;
}

} // namespace howdah::ui
