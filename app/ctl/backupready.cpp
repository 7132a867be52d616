// SPDX-License-Identifier: GPL-3.0-or-later
// backup ready|mark
#include "backup/readinessfacts.h"
#include "backup/restorepoint.h"
#include "backup/schedulekeeping.h"
#include "ctl/backupstand.h"

#include <QDateTime>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

namespace
{

struct ReadyOptions {
    BackupOptions backups;
    std::string archive;
    std::string name;
    std::string confirm;
};

Result<Answer> ready(Ctl &ctl, const ReadyOptions &options)
{
    const auto target = ctl.target();
    if (!target && options.backups.folder.empty())
        return fail(target.error());
    const session::Profile profile = target ? target->profile : session::Profile();
    ReadinessSources sources;
    sources.server = profile.name.isEmpty() ? profile.spec.address() : profile.name;
    if (!profile.id.isEmpty()) {
        const auto store = ctl.store();
        const auto schedule = store ? keptSchedule(**store, profile.id) : Result<std::optional<Schedule>>(fail(store.error()));
        const auto runs = store ? keptRuns(**store, profile.id) : Result<TaskRuns>(fail(store.error()));
        sources.schedule = schedule.value_or(std::nullopt);
        sources.runs = runs.value_or(TaskRuns());
        sources.scheduleWhy = !schedule ? schedule.error().text() : !runs ? runs.error().text() : QString();
    }
    // Of a schedule that writes to a folder, that folder's are the backups.
    StandChoice choice = choiceOf(profile, options.backups);
    choice.archive = QString::fromStdString(options.archive);
    if (choice.folder.isEmpty() && sources.schedule) {
        choice.folder = sources.schedule->folder;
        choice.archive = choice.archive.isEmpty() ? sources.schedule->archive : choice.archive;
    }
    const auto place = openPlace(choice, false, seamsOf(ctl), ctl.progress(), ctl.cancel());
    if (!place && place.error().reason == "no_place"_L1)
        return fail(ErrorKind::Client, u"usage"_s, place.error().message, u"--in FOLDER"_s);
    sources.place = place ? &*place : nullptr;
    sources.placeWhy = place ? QString() : place.error().text();
    sources.readStand = [&](const PhysicalPlace &of, Catalogue catalogue) { return readStand(choice, of, std::move(catalogue), ctl.progress(), ctl.cancel()); };
    const auto link = target ? ctl.connect(Ctl::Link::Monitor) : Result<std::unique_ptr<pg::Connection>>(fail(target.error()));
    sources.link = link ? link->get() : nullptr;
    sources.linkWhy = link ? QString() : link.error().text();
    sources.places = {profile.stack, choice.folder, {}};
    const auto facts = gatherReadiness(sources, QDateTime::currentMSecsSinceEpoch(), ctl.progress(), ctl.cancel());
    if (!facts)
        return fail(facts.error());
    const Readiness readiness = readinessOf(*facts);
    QString text = readiness.headline() + u'\n';
    for (const ReadinessLine &line : readiness.lines) {
        text += u"%1  %2 %3  %4\n"_s.arg(lightName(line.light).toUpper().leftJustified(7), line.title.leftJustified(20), line.value, line.words);
        if (!line.remedy.isEmpty())
            text += QString(9, u' ') + line.remedy + u'\n';
    }
    const Light worst = readiness.worst();
    return Answer{readiness.toJson(facts->segmentSize), text, worst == Light::Red ? ExitCode::Findings : worst == Light::Unknown ? ExitCode::NotPermitted : ExitCode::Success};
}

// What is known of the cluster's restore points: of the archive, where it can be read, and of what was made from here.
struct Known {
    QString systemIdentifier;
    QVector<RestorePoint> points;
    QString unread; // why the archive was not; empty: it was
};

Result<Known> knownPoints(Ctl &ctl, const StandChoice &choice, const PhysicalPlace &place)
{
    Known known;
    if (place.source) {
        const auto facts = readServerFacts(*place.toolbox, *place.source, ctl.cancel());
        if (!facts)
            return fail(facts.error());
        known.systemIdentifier = facts->systemIdentifier;
    }
    const auto stand = readStand(choice, place, ctl.progress(), ctl.cancel());
    if (stand) {
        known.points = archivedPoints(stand->inventory);
        known.systemIdentifier = known.systemIdentifier.isEmpty() ? stand->inventory.systemIdentifier : known.systemIdentifier;
    } else if (stand.error().reason != "no_backup"_L1) { // without a backup no point can be reached
        known.unread = stand.error().text();
    }
    const auto store = ctl.store();
    const auto kept = store ? keptPoints(**store, known.systemIdentifier) : Result<QVector<RestorePoint>>(fail(store.error()));
    if (!kept)
        return fail(kept.error());
    known.points += *kept;
    return known;
}

Result<Answer> mark(Ctl &ctl, const ReadyOptions &options)
{
    const auto target = ctl.target();
    if (!target)
        return fail(target.error());
    const session::Profile &profile = target->profile;
    const QString name = QString::fromStdString(options.name);
    const auto plan = planPoint(name, profile.name.isEmpty() ? profile.spec.address() : profile.name, profile.environment);
    if (!plan)
        return fail(plan.error());
    StandChoice choice = choiceOf(profile, options.backups);
    choice.archive = QString::fromStdString(options.archive);
    const auto place = openPlace(choice, choice.ofStack(), seamsOf(ctl), ctl.progress(), ctl.cancel());
    if (!place && place.error().reason == "no_place"_L1)
        return fail(ErrorKind::Client, u"usage"_s, place.error().message, u"--in FOLDER: whether the name is taken is looked for in its archive"_s);
    if (!place)
        return fail(place.error());
    const auto known = knownPoints(ctl, choice, *place);
    if (!known)
        return fail(known.error());
    if (!known->unread.isEmpty())
        return fail(ErrorKind::Client, u"not_known"_s, u"Whether the name %1 is taken is not known: %2"_s.arg(name, known->unread));
    if (Done isNew = checkPointIsNew(name, known->points); !isNew)
        return fail(std::move(isNew.error()));
    if (profile.environment == session::Environment::Production && QString::fromStdString(options.confirm) != profile.name)
        return Answer{{{u"made"_s, false}, {u"statement"_s, session::planAsSql(*plan)}}, session::planAsSql(*plan) + u"Nothing was done. Say --confirm %1 to do it\n"_s.arg(profile.name), ExitCode::Pending};
    return changeInJournal(ctl, *plan, [&]() -> Result<Answer> {
        Result<Lsn> lsn = Lsn();
        if (choice.ofStack()) { // whose roles may not; its superuser has only the socket there
            lsn = makePoint(*place->toolbox, *place->source, name, ctl.cancel());
        } else {
            const auto link = ctl.connect(Ctl::Link::Writer);
            lsn = link ? makePoint(**link, name, ctl.cancel()) : Result<Lsn>(fail(link.error()));
        }
        if (!lsn)
            return fail(lsn.error());
        const RestorePoint point{name, *lsn, QDateTime::currentMSecsSinceEpoch() * 1000};
        const auto store = ctl.store();
        const Done kept = store ? keepPoint(**store, known->systemIdentifier, point) : Done(fail(store.error()));
        return Answer{{{u"made"_s, true}, {u"name"_s, name}, {u"lsn"_s, lsn->text()}, {u"statement"_s, session::planAsSql(*plan)}},
                      u"The restore point %1 is at %2; it can be reached once its segment is archived: howdahctl pitr plan --name\n"_s.arg(name, lsn->text()) + (kept ? QString() : u"! it is not remembered here: %1\n"_s.arg(kept.error().text())), ExitCode::Success};
    });
}

} // namespace

void addBackupReadyVerbs(CLI::App &app, Ctl &ctl)
{
    const auto options = std::make_shared<ReadyOptions>();
    const auto verb = [&](const char *name, const char *what, Result<Answer> (*action)(Ctl &, const ReadyOptions &)) {
        CLI::App *command = app.get_subcommand("backup")->add_subcommand(name, what);
        command->fallthrough();
        command->add_option("--to,--in", options->backups.folder, "A folder outside Docker with the backups; without it the archive of the profile's stack");
        command->add_option("--archive", options->archive, "The folder with its WAL, where that is another one");
        command->callback([&ctl, options, action] { ctl.choose([options, action](Ctl &c) { return action(c, *options); }); });
        return command;
    };
    verb("ready", "Could it be brought back now, how much would be lost, how long would it take; exit 5 where something is red (what was never proven too), 10 where not all is known", ready);
    CLI::App *point = verb("mark", "Writes a restore point of this name into the WAL; a name that can be reached already is refused", mark);
    point->add_option("name", options->name, "Its name")->required();
    point->add_option("--confirm", options->confirm, "The profile's name, in production");
}

} // namespace howdah::ctl
