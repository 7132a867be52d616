// SPDX-License-Identifier: GPL-3.0-or-later
// backup schedule show|set|off|write-timer
#include "ctl/backupschedule.h"

#include "backup/moment.h"
#include "backup/schedulekeeping.h"
#include "backup/scheduletimer.h"
#include "ctl/journalled.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QJsonArray>
#include <QTimeZone>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

namespace
{

struct ScheduleOptions {
    std::map<ScheduledTask, std::string> rhythms; // those that were said
    std::string zone, folder, archive, database, confirm, timerFolder;
    bool hasFolder = false, hasArchive = false, hasDatabase = false;
    int keep = -1, days = -1;
    bool wal = false, noWal = false, compress = false, noCompress = false, heartbeat = false, noHeartbeat = false, usual = false;
};

QString whenText(qint64 ms)
{
    return momentText(ms / 1000 * 1'000'000);
}

QString lastText(const TaskRun &run)
{
    switch (run.startMs == 0 ? TaskRun::Outcome::Good : run.outcome) {
    case TaskRun::Outcome::Good: return run.startMs == 0 ? u"never run"_s : u"good, "_s + whenText(run.startMs);
    case TaskRun::Outcome::Findings: return u"NOT GOOD, %1: %2"_s.arg(whenText(run.startMs), run.words);
    case TaskRun::Outcome::Failed: return u"FAILED, %1: %2"_s.arg(whenText(run.startMs), run.words);
    case TaskRun::Outcome::None: return u"runs since %1, or was interrupted"_s.arg(whenText(run.startMs));
    }
    return {};
}

QString whereText(const Schedule &schedule, const session::Profile &profile)
{
    return !schedule.folder.isEmpty() ? schedule.folder : profile.stack.isEmpty() ? u"nowhere: --to FOLDER"_s : u"the archive of the stack "_s + profile.stack;
}

Answer shown(const Schedule &schedule, const TaskRuns &runs, const session::Profile &profile)
{
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    QJsonObject last, next;
    QString text = u"%1: %2, by the clocks of %3, into %4\n"_s.arg(profile.name, schedule.on ? u"on"_s : u"OFF"_s, QString::fromUtf8(schedule.zone), whereText(schedule, profile));
    for (const ScheduledTask task : scheduledTasks) {
        const Rhythm rhythm = schedule.rhythm(task);
        const TaskRun run = runs.value(task);
        const auto at = nextMs(schedule, runs, task, now);
        last.insert(taskName(task), run.startMs ? QJsonValue(run.toJson()) : QJsonValue());
        next.insert(taskName(task), at ? QJsonValue(whenText(*at)) : QJsonValue());
        if (rhythm.isOff() && run.startMs == 0)
            continue;
        text += u"  %1 %2  next %3  last %4\n"_s.arg(taskName(task).leftJustified(12), rhythm.text().leftJustified(20), at ? whenText(*at) : u"never"_s, lastText(run));
    }
    if (schedule.retention.days > 0 || schedule.retention.fulls > 0)
        text += u"  kept: %1%2%3%4\n"_s.arg(schedule.retention.days > 0 ? u"every moment of %1 days"_s.arg(schedule.retention.days) : QString(), schedule.retention.days > 0 && schedule.retention.fulls > 0 ? u", "_s : QString(),
                                            schedule.retention.fulls > 0 ? u"%1 full ones"_s.arg(schedule.retention.fulls) : QString(), schedule.pruneWal ? u"; WAL that none of them needs goes too"_s : QString());
    if (schedule.heartbeat)
        text += u"  heartbeat: while nobody commits, a transaction a minute that changes nothing; it costs a segment of WAL each archive_timeout\n"_s;
    QJsonArray due;
    for (const DueTask &one : dueTasks(schedule, runs, now)) {
        due.append(taskName(one.task));
        text += u"  due now: %1, since %2\n"_s.arg(taskName(one.task), whenText(one.slotMs));
    }
    return {{{u"profile"_s, profile.name}, {u"schedule"_s, schedule.toJson()}, {u"last"_s, last}, {u"next"_s, next}, {u"due"_s, due}}, text, ExitCode::Success};
}

struct Kept {
    session::Profile profile;
    std::optional<Schedule> schedule;
    TaskRuns runs;
};

Result<Kept> keptOf(Ctl &ctl, bool evenBroken = false)
{
    auto store = ctl.store();
    auto profile = store ? ctl.profile() : Result<session::Profile>(fail(store.error()));
    if (!profile)
        return fail(std::move(profile.error()));
    auto schedule = keptSchedule(**store, profile->id);
    if (!schedule && !(evenBroken && schedule.error().reason == "bad_schedule"_L1))
        return fail(std::move(schedule.error()));
    auto runs = keptRuns(**store, profile->id);
    if (!runs)
        return fail(std::move(runs.error()));
    return Kept{*std::move(profile), schedule ? *std::move(schedule) : std::nullopt, *std::move(runs)};
}

Result<Answer> show(Ctl &ctl, const ScheduleOptions &)
{
    const auto kept = keptOf(ctl);
    if (!kept)
        return fail(kept.error());
    if (!kept->schedule)
        return Answer{{{u"profile"_s, kept->profile.name}, {u"schedule"_s, QJsonValue()}}, u"%1 has no schedule: backups are taken when somebody thinks of it\n"_s.arg(kept->profile.name), ExitCode::Success};
    return shown(*kept->schedule, kept->runs, kept->profile);
}

// The environment's word for a change that removes and writes later without being asked.
bool isConfirmed(const session::Profile &profile, const std::string &said)
{
    return profile.environment != session::Environment::Production || QString::fromStdString(said) == profile.name;
}

Result<Answer> keepInJournal(Ctl &ctl, const Kept &kept, const Schedule &schedule, const QString &title)
{
    Result<Answer> answer = shown(schedule, kept.runs, kept.profile);
    store::JournalEntry entry;
    entry.target = kept.profile.name;
    entry.action = title;
    entry.commands = answer->text;
    entry.undo = kept.schedule ? u"the one before: %1"_s.arg(shown(*kept.schedule, {}, kept.profile).text) : u"howdahctl backup schedule off"_s;
    const Result<Done> done = journalled(ctl, entry, [&]() -> JournalEnd {
        const auto store = ctl.store();
        Done written = keepSchedule(**store, kept.profile.id, schedule);
        if (!written)
            answer = fail(written.error());
        return {written ? u"done"_s : u"failed"_s, written ? QString() : written.error().text()};
    });
    if (!done)
        return fail(done.error());
    return answer;
}

Result<Answer> set(Ctl &ctl, const ScheduleOptions &options)
{
    const auto kept = keptOf(ctl, true);
    if (!kept)
        return fail(kept.error());
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    const bool fresh = options.usual || !kept->schedule;
    Schedule schedule = fresh ? usualSchedule(QTimeZone::systemTimeZoneId(), now) : *kept->schedule;
    if (!fresh && !schedule.on) // what went by while it was off was not missed
        schedule.sinceMs = now;
    schedule.on = true;
    if (!options.zone.empty())
        schedule.zone = QByteArray::fromStdString(options.zone);
    for (const auto &[task, words] : options.rhythms) {
        const auto rhythm = Rhythm::parse(QString::fromStdString(words));
        if (!rhythm)
            return fail(rhythm.error());
        if (schedule.rhythm(task) != *rhythm)
            schedule.sinceMs = now;
        schedule.rhythms.insert(task, *rhythm);
    }
    if (options.keep >= 0)
        schedule.retention.fulls = options.keep;
    if (options.days >= 0)
        schedule.retention.days = options.days;
    if (options.hasFolder)
        schedule.folder = options.folder.empty() ? QString() : QDir::cleanPath(QDir::current().absoluteFilePath(QString::fromStdString(options.folder)));
    if (options.hasArchive)
        schedule.archive = options.archive.empty() ? QString() : QDir::cleanPath(QDir::current().absoluteFilePath(QString::fromStdString(options.archive)));
    if (options.hasDatabase)
        schedule.database = QString::fromStdString(options.database);
    schedule.pruneWal = options.wal || (schedule.pruneWal && !options.noWal);
    schedule.compress = options.compress || (schedule.compress && !options.noCompress);
    schedule.heartbeat = options.heartbeat || (schedule.heartbeat && !options.noHeartbeat);
    QString problem = scheduleProblem(schedule);
    if (problem.isEmpty() && schedule.folder.isEmpty() && kept->profile.stack.isEmpty())
        problem = u"%1 is no stack of this machine: name a folder for its backups"_s.arg(kept->profile.name);
    if (!problem.isEmpty())
        return fail(ErrorKind::Client, u"usage"_s, u"The schedule can't be: %1"_s.arg(problem));
    if (!isConfirmed(kept->profile, options.confirm)) {
        Answer answer = shown(schedule, kept->runs, kept->profile);
        answer.json.insert(u"kept"_s, false);
        answer.text += u"Nothing was changed. Say --confirm %1: it writes to the server and removes backups without asking again\n"_s.arg(kept->profile.name);
        answer.exit = ExitCode::Pending;
        return answer;
    }
    auto answer = keepInJournal(ctl, *kept, schedule, u"Set the schedule of backups of %1"_s.arg(kept->profile.name));
    if (answer) {
        answer->json.insert(u"kept"_s, true);
        answer->text += u"Nobody runs it yet: `howdahctl watch`, or `howdahctl backup schedule write-timer FOLDER`\n"_s;
    }
    return answer;
}

Result<Answer> off(Ctl &ctl, const ScheduleOptions &)
{
    const auto kept = keptOf(ctl);
    if (!kept)
        return fail(kept.error());
    if (!kept->schedule || !kept->schedule->on)
        return Answer{{{u"profile"_s, kept->profile.name}, {u"on"_s, false}}, u"%1 has no schedule that is on\n"_s.arg(kept->profile.name), ExitCode::Success};
    Schedule schedule = *kept->schedule;
    schedule.on = false;
    return keepInJournal(ctl, *kept, schedule, u"Switch off the schedule of backups of %1"_s.arg(kept->profile.name));
}

Result<Answer> timer(Ctl &ctl, const ScheduleOptions &options)
{
    const auto kept = keptOf(ctl);
    if (!kept)
        return fail(kept.error());
    if (!kept->schedule || !kept->schedule->on)
        return fail(ErrorKind::Client, u"no_schedule"_s, u"%1 has no schedule that is on"_s.arg(kept->profile.name), u"howdahctl backup schedule set"_s);
    QStringList environment; // where it finds the store and the programs as we do
    for (const char *name : {"XDG_DATA_HOME", "XDG_CACHE_HOME", "HOWDAH_PG_BIN", "HOWDAH_DOCKER_DIR"}) {
        if (qEnvironmentVariableIsSet(name))
            environment << QString::fromLatin1(name) + u'=' + qEnvironmentVariable(name);
    }
    const TimerUnits units = timerUnits(*kept->schedule, kept->profile.name, QCoreApplication::applicationFilePath(), environment);
    const auto commands = writeTimer(units, QString::fromStdString(options.timerFolder));
    if (!commands)
        return fail(commands.error());
    return Answer{{{u"name"_s, units.name}, {u"folder"_s, QString::fromStdString(options.timerFolder)}, {u"commands"_s, QJsonArray::fromStringList(*commands)}},
                  u"%1.service and %1.timer are written. These switch them on:\n  %2\nWhere nobody is logged in, `loginctl enable-linger` keeps them running; the keychain must be open then\n"_s.arg(units.name, commands->join("\n  "_L1)), ExitCode::Success};
}

} // namespace

void addBackupScheduleVerbs(CLI::App &app, Ctl &ctl)
{
    const auto options = std::make_shared<ScheduleOptions>();
    CLI::App *schedule = app.get_subcommand("backup")->add_subcommand("schedule", "When backups are taken, verified, rehearsed and removed without being asked");
    schedule->require_subcommand(1);
    schedule->fallthrough();
    const auto verb = [&](const char *name, const char *what, Result<Answer> (*action)(Ctl &, const ScheduleOptions &)) {
        CLI::App *command = schedule->add_subcommand(name, what);
        command->fallthrough();
        command->callback([&ctl, options, action] { ctl.choose([options, action](Ctl &c) { return action(c, *options); }); });
        return command;
    };
    verb("show", "What it is, what came of it, what comes next", show);
    CLI::App *setVerb = verb("set", "Makes one, or changes what is said; without anything: sunday a full one, daily an incremental, verified, rehearsed and pruned to 14 days", set);
    for (const ScheduledTask task : scheduledTasks)
        setVerb->add_option_function<std::string>("--" + taskName(task).toStdString(), [options, task](const std::string &words) { options->rhythms[task] = words; }, "\"sun 02:00\", \"daily 02:00\", \"every 7 days 04:00\", \"every 6 hours\" or \"off\"");
    setVerb->add_flag("--usual", options->usual, "Begin from the usual one, not from what was");
    setVerb->add_option("--zone", options->zone, "Whose clocks: Europe/Berlin; without it this machine's");
    setVerb->add_option("--keep", options->keep, "So many full ones stay")->check(CLI::Range(0, 10'000));
    setVerb->add_option("--days", options->days, "Every moment of so many days stays reachable")->check(CLI::Range(0, 36'500));
    setVerb->add_flag("--wal", options->wal, "Remove the WAL that no backup there needs any more; not where backups lie in other folders too");
    setVerb->add_flag("--no-wal", options->noWal, "Keep it");
    auto *to = setVerb->add_option("--to", options->folder, "A folder outside Docker; without it the archive of the profile's stack");
    auto *archive = setVerb->add_option("--archive", options->archive, "The folder with its WAL, where that is another one");
    setVerb->add_flag("--compress", options->compress, "Base backups as tar files under zstd");
    setVerb->add_flag("--no-compress", options->noCompress, "Plain ones");
    auto *database = setVerb->add_option("--database", options->database, "Which one is dumped; without it the profile's");
    setVerb->add_flag("--heartbeat", options->heartbeat, "While nobody commits, watch commits a transaction a minute that changes nothing, so that moments can be reached; it costs a segment of WAL each archive_timeout");
    setVerb->add_flag("--no-heartbeat", options->noHeartbeat, "None");
    setVerb->add_option("--confirm", options->confirm, "The profile's name, in production");
    setVerb->parse_complete_callback([options, to, archive, database] {
        options->hasFolder = to->count() > 0;
        options->hasArchive = archive->count() > 0;
        options->hasDatabase = database->count() > 0;
    });
    verb("off", "Switches it off; what it took stays", off);
    verb("write-timer", "A service and a timer for systemd, without a secret, and the two commands that switch them on", timer)->add_option("folder", options->timerFolder, "Where to: ~/.config/systemd/user")->required();
    addRunVerbs(app, schedule, ctl);
}

} // namespace howdah::ctl
