// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/pgbackreststand.h"

#include "backup/backuppoint.h"
#include "backup/moment.h"
#include "backup/pgbackrestengine.h"
#include "base/paths.h"
#include "base/units.h"
#include "stack/record.h"

#include <QJsonArray>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

namespace
{

Result<PgBackRestPlace> placeOf(Ctl &ctl, const BackupOptions &options)
{
    const auto record = stack::readRecord(u"howdah"_s);
    if (!record)
        return fail(record.error());
    return openPgBackRest({QString::fromStdString(options.pgbackrest), options.pgbackrestRepo, record->image.isEmpty() ? u"howdah-postgres:18"_s : record->image}, ctl.progress(), ctl.cancel());
}

QString othersText(const PgBackRestPlace &place)
{
    return place.others.isEmpty() ? QString() : u"! %1 of the configuration is not looked at: --pgbackrest-repo N names another one\n"_s.arg(place.others.join(u", "_s));
}

Result<Answer> stanzas(Ctl &ctl, const BackupOptions &options)
{
    if (options.pgbackrest.empty())
        return fail(ErrorKind::Client, u"usage"_s, u"Whose stanzas: --pgbackrest CONF, or the folder of a repository"_s);
    const auto place = placeOf(ctl, options);
    if (!place)
        return fail(place.error());
    const auto found = pgBackRestStanzas(*place, ctl.cancel());
    if (!found)
        return fail(found.error());
    QJsonArray all;
    QString text = u"%1, %2\n"_s.arg(place->name(), place->path) + othersText(*place);
    for (const PgBackRestStanza &stanza : *found) {
        QJsonArray backups;
        text += u"stanza %1: PostgreSQL %2, cluster %3%4; pgBackRest says: %5\n"_s.arg(stanza.name).arg(stanza.major).arg(stanza.systemIdentifier, stanza.encrypted ? u", encrypted"_s : QString(), stanza.status);
        for (const Backup &backup : stanza.backups) {
            backups.append(backup.toJson(place->path));
            text += u"    %1  %2  %3 to %4, ended %5%6\n"_s.arg(backup.id, kindName(backup.kind), backup.startLsn.text(), backup.stopLsn.text(), momentText(backup.stopMs * 1000), backup.parent.isEmpty() ? QString() : u", on "_s + backup.parent);
            for (const QString &error : backup.errors + (backup.stateWords.isEmpty() ? QStringList() : QStringList{backup.stateWords}))
                text += u"    ! %1\n"_s.arg(error);
        }
        text += stanza.archiveMin.isEmpty() ? u"    no WAL\n"_s : u"    WAL from %1 to %2; whether there are gaps: howdahctl backup gaps --stanza %3\n"_s.arg(stanza.archiveMin, stanza.archiveMax, stanza.name);
        all.append(QJsonObject{{u"name"_s, stanza.name}, {u"good"_s, stanza.isGood}, {u"status"_s, stanza.status}, {u"encrypted"_s, stanza.encrypted}, {u"system_identifier"_s, stanza.systemIdentifier}, {u"major"_s, stanza.major},
                               {u"archive_min"_s, stanza.archiveMin}, {u"archive_max"_s, stanza.archiveMax}, {u"backups"_s, backups}});
    }
    if (found->isEmpty())
        text += u"There is no stanza in it\n"_s;
    return Answer{{{u"tool"_s, place->name()}, {u"repository"_s, place->path}, {u"not_looked_at"_s, QJsonArray::fromStringList(place->others)}, {u"stanzas"_s, all}}, text, ExitCode::Success};
}

} // namespace

Result<PitrStand> pgBackRestStandOf(Ctl &ctl, const BackupOptions &options)
{
    auto place = placeOf(ctl, options);
    if (!place)
        return fail(std::move(place.error()));
    QString name = QString::fromStdString(options.stanza);
    if (name.isEmpty()) {
        const auto found = pgBackRestStanzas(*place, ctl.cancel());
        if (!found)
            return fail(found.error());
        if (found->size() != 1)
            return fail(ErrorKind::Client, u"usage"_s, found->isEmpty() ? u"There is no stanza in %1"_s.arg(place->path) : u"There are several stanzas in %1: which?"_s.arg(place->path), u"--stanza NAME; howdahctl backup stanzas shows them"_s);
        name = found->constFirst().name;
    }
    const auto engine = std::make_shared<PgBackRestEngine>(*place, name);
    auto catalogue = engine->list(ctl.cancel());
    if (!catalogue)
        return fail(std::move(catalogue.error()));
    const auto stanza = engine->stanza(ctl.cancel());
    if (!stanza)
        return fail(stanza.error());
    const auto size = engine->segmentSize(ctl.cancel());
    if (!size)
        return fail(size.error());
    if (catalogue->backups.isEmpty() && *size == 0)
        return fail(ErrorKind::Client, u"no_backup"_s, u"There is neither a backup nor WAL in %1"_s.arg(engine->where()));
    PitrStand stand;
    stand.catalogue = *std::move(catalogue);
    stand.archive = engine->archive();
    if (Done made = paths::makePrivateDir(paths::cacheDir()); !made)
        return fail(std::move(made.error()));
    auto inventory = takeInventory(stand.archive, *size, stanza->systemIdentifier, paths::cacheDir() + u"/wal-%1-%2"_s.arg(stanza->systemIdentifier, QString::number(qHash(stand.archive.where), 16)), ctl.progress(), ctl.cancel(), options.readAgain);
    if (!inventory)
        return fail(std::move(inventory.error()));
    stand.inventory = *std::move(inventory);
    stand.points = pointsOf(stand.catalogue, stand.inventory);
    for (const QString &other : std::as_const(place->others))
        stand.inventory.problems << u"%1 of the configuration was not looked at"_s.arg(other);
    const auto record = stack::readRecord(u"howdah"_s);
    if (!record)
        return fail(record.error());
    stand.image = record->image.isEmpty() ? u"howdah-postgres:18"_s : record->image;
    stand.major = stanza->major;
    stand.places = place->places;
    stand.engine = pgBackRestRehearsal(*place, name, *size);
    stand.archivePath = place->path;
    stand.backups.place.toolbox = std::move(place->toolbox);
    stand.backups.place.repository = std::make_unique<Repository>(*stand.backups.place.toolbox, place->path, engine->where());
    stand.keeps = engine; // what the archive asks
    return stand;
}

void addPgBackRestOptions(CLI::App *verb, BackupOptions *options)
{
    verb->add_option("--pgbackrest", options->pgbackrest, "A pgbackrest.conf, or the folder of a repository of pgBackRest: its backups and its WAL instead");
    verb->add_option("--stanza", options->stanza, "Which of its stanzas, where there are several");
    verb->add_option("--pgbackrest-repo", options->pgbackrestRepo, "N of repoN; without it the first")->check(CLI::Range(1, 256));
}

void addPgBackRestVerbs(CLI::App *backup, Ctl &ctl)
{
    const auto options = std::make_shared<BackupOptions>();
    auto *command = backup->add_subcommand("stanzas", "What pgBackRest keeps, as it says itself");
    command->fallthrough();
    addPgBackRestOptions(command, options.get());
    command->callback([&ctl, options] { ctl.choose([options](Ctl &c) { return stanzas(c, *options); }); });
}

} // namespace howdah::ctl
