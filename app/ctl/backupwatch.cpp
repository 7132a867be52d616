// SPDX-License-Identifier: GPL-3.0-or-later
// backup schedule run-due, watch
#include "ctl/backupschedule.h"

#include "backup/heartbeat.h"
#include "backup/moment.h"
#include "backup/scheduledwork.h"
#include "backup/schedulekeeping.h"
#include "base/paths.h"
#include "ctl/backupproof.h"
#include "ctl/backupstand.h"
#include "ctl/terminal.h"
#include "store/journal.h"

#include <QDateTime>
#include <QJsonArray>
#include <QLockFile>

#include <poll.h>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

namespace
{

struct WatchOptions {
    std::vector<std::string> profiles; // empty: all that have one
};

constexpr int lookEachMs = 30'000; // a machine that slept is seen by then, and a schedule that was changed
constexpr qint64 beatEachMs = 60'000;

void tell(const QString &line)
{
    endProgressLine();
    toErrors(printable(u"%1  %2\n"_s.arg(momentText(QDateTime::currentMSecsSinceEpoch() / 1000 * 1'000'000), line)));
}

struct Watched {
    session::Profile profile;
    Schedule schedule;
    TaskRuns runs;
};

// Read anew each time. A schedule that is not understood is told and passed over, so that the others go on.
Result<QVector<Watched>> watchedOf(Ctl &ctl, const WatchOptions &options)
{
    auto store = ctl.store();
    if (!store)
        return fail(std::move(store.error()));
    const auto profiles = session::readProfiles(**store);
    if (!profiles)
        return fail(profiles.error());
    for (const std::string &name : options.profiles) {
        if (const auto known = session::readProfile(**store, QString::fromStdString(name)); !known)
            return fail(known.error());
    }
    QVector<Watched> watched;
    for (const session::Profile &profile : *profiles) {
        if (!options.profiles.empty() && std::find(options.profiles.begin(), options.profiles.end(), profile.name.toStdString()) == options.profiles.end())
            continue;
        const auto schedule = keptSchedule(**store, profile.id);
        if (!schedule && schedule.error().reason != "bad_schedule"_L1)
            return fail(schedule.error());
        if (!schedule)
            tell(u"%1: %2"_s.arg(profile.name, schedule.error().text()));
        if (!schedule || !*schedule || !(*schedule)->on)
            continue;
        auto runs = keptRuns(**store, profile.id);
        if (!runs)
            return fail(std::move(runs.error()));
        watched.append({profile, **schedule, *std::move(runs)});
    }
    return watched;
}

ScheduledWork workOf(Ctl &ctl, const Watched &watched)
{
    ScheduledWork work;
    const StandChoice choice{watched.profile, watched.schedule.folder, watched.schedule.archive};
    work.server = watched.profile.name;
    work.environment = watched.profile.environment;
    work.openPlace = [&ctl, choice](bool ofServer) { return openPlace(choice, ofServer, seamsOf(ctl), ctl.progress(), ctl.cancel()); };
    work.readStand = [&ctl, choice](const PhysicalPlace &place) { return readStand(choice, place, ctl.progress(), ctl.cancel()); };
    work.openDump = [&ctl, choice, database = watched.schedule.database] { return openDumpStand(choice, {}, database, seamsOf(ctl), ctl.progress(), ctl.cancel()); };
    work.journal.begin = [&ctl](const QString &target, const QString &action, const QString &commands, const QString &undo) -> Result<qint64> {
        auto store = ctl.store();
        if (!store)
            return fail(std::move(store.error()));
        store::JournalEntry entry;
        entry.target = target;
        entry.action = action;
        entry.commands = commands;
        entry.undo = undo;
        return store::beginJournalEntry(**store, entry);
    };
    work.journal.end = [&ctl](qint64 id, const QString &outcome, const QString &message) {
        const auto store = ctl.store();
        if (const Done ended = store ? store::endJournalEntry(**store, id, outcome, message) : Done(fail(store.error())); !ended)
            tell(u"the journal has no end of this: %1"_s.arg(ended.error().text()));
    };
    return work;
}

struct Round {
    QJsonArray ran;
    bool failed = false, findings = false, waits = false;
    ExitCode exit() const { return failed ? ExitCode::Failed : findings ? ExitCode::Findings : waits ? ExitCode::LockedByAnother : ExitCode::Success; }
};

// What is due of one profile, by one program at a time.
Done runOne(Ctl &ctl, const WatchOptions &options, const Watched &seen, Round &round)
{
    const Clock clock;
    if (dueTasks(seen.schedule, seen.runs, clock.wallMs()).isEmpty())
        return {};
    if (Done made = paths::makePrivateDir(paths::dataDir()); !made)
        return made;
    QLockFile turn(paths::dataDir() + u"/schedule-%1.lock"_s.arg(seen.profile.id));
    turn.setStaleLockTime(0); // a backup takes as long as it takes; that its process is gone is seen all the same
    if (!turn.tryLock(0)) {
        round.waits = true;
        tell(u"%1: another program runs its schedule"_s.arg(seen.profile.name));
        return {};
    }
    // What that other one has done meanwhile counts.
    auto again = watchedOf(ctl, options);
    if (!again)
        return fail(std::move(again.error()));
    const auto it = std::find_if(again->begin(), again->end(), [&](const Watched &one) { return one.profile.id == seen.profile.id; });
    if (it == again->end())
        return {};
    ctl.useProfile(it->profile.name);
    const ScheduledWork work = workOf(ctl, *it);
    ScheduleSeams seams;
    seams.perform = [&](const DueTask &due) { return performTask(it->schedule, due.task, work, clock, ctl.progress(), ctl.cancel()); };
    seams.keep = [&](ScheduledTask task, const TaskRun &run) -> Done {
        auto store = ctl.store();
        return store ? keepRun(**store, it->profile.id, task, run) : Done(fail(std::move(store.error())));
    };
    seams.tell = [&](const QString &line) { tell(u"%1: %2"_s.arg(it->profile.name, line)); };
    const auto ran = runDue(it->schedule, it->runs, clock, seams, ctl.cancel());
    if (!ran)
        return fail(ran.error());
    for (const RanTask &one : *ran) {
        round.waits = round.waits || one.waits;
        round.failed = round.failed || (!one.waits && one.run.outcome == TaskRun::Outcome::Failed);
        round.findings = round.findings || (!one.waits && one.run.outcome == TaskRun::Outcome::Findings);
        QJsonObject json = one.run.toJson();
        json.insert(u"profile"_s, it->profile.name);
        json.insert(u"task"_s, taskName(one.due.task));
        json.insert(u"waits"_s, one.waits);
        round.ran.append(json);
    }
    return {};
}

Result<Round> runAll(Ctl &ctl, const WatchOptions &options)
{
    const auto watched = watchedOf(ctl, options);
    if (!watched)
        return fail(watched.error());
    Round round;
    for (const Watched &one : *watched) {
        if (ctl.cancel().isCancelled())
            break;
        if (Done ran = runOne(ctl, options, one, round); !ran)
            return fail(std::move(ran.error()));
    }
    return round;
}

// What came of drills, and that there was none for too long: read anew, behind the round.
void tellProofs(Ctl &ctl, ProofTeller &teller, const QVector<Watched> &watched)
{
    for (const Watched &one : watched) {
        if (ctl.cancel().isCancelled() || one.schedule.rhythm(ScheduledTask::Drill).isOff())
            continue;
        if (const QString line = teller.look(one.profile, one.schedule, one.runs.value(ScheduledTask::Drill), Clock().wallMs()); !line.isEmpty())
            tell(line);
    }
}

Result<Answer> runDueVerb(Ctl &ctl, const WatchOptions &options)
{
    const auto round = runAll(ctl, options);
    if (!round)
        return fail(round.error());
    ProofTeller teller(ctl);
    if (const auto watched = watchedOf(ctl, options))
        tellProofs(ctl, teller, *watched);
    if (ctl.cancel().isCancelled())
        return fail(ErrorKind::Cancelled, u"cancelled"_s, u"Cancelled: what was not done stays due"_s);
    return Answer{{{u"ran"_s, round->ran}}, round->ran.isEmpty() ? u"Nothing is due\n"_s : u"%1 tasks\n"_s.arg(round->ran.size()), round->exit()};
}

// While nobody commits; the first of a watch is in the journal, for all that follow.
class Heartbeats
{
public:
    explicit Heartbeats(Ctl &ctl) : m_ctl(ctl) { }

    void beat(const Watched &watched)
    {
        const qint64 now = Clock().monotonicMs();
        Beating &one = m_beating[watched.profile.id];
        if (one.lastMs && now - one.lastMs < beatEachMs)
            return;
        one.lastMs = now;
        if (one.entry == 0) {
            const auto store = m_ctl.store();
            store::JournalEntry entry;
            entry.target = watched.profile.name;
            entry.action = u"A transaction a minute that changes nothing, while nobody commits, as long as watch runs"_s;
            const auto statement = pg::sqlFile(u"backup/heartbeat"_s, 180000);
            entry.commands = statement ? QString::fromUtf8(statement->text) : QString();
            entry.undo = u"howdahctl backup schedule set --no-heartbeat"_s;
            const auto id = store ? store::beginJournalEntry(**store, entry) : Result<qint64>(fail(store.error()));
            if (!id)
                return tell(u"%1: no heartbeat: %2"_s.arg(watched.profile.name, id.error().text()));
            one.entry = *id;
        }
        m_ctl.useProfile(watched.profile.name);
        const auto link = m_ctl.connect(Ctl::Link::Writer);
        const auto beaten = link ? heartbeat(**link, beatEachMs * 9 / 10, m_ctl.cancel()) : Result<bool>(fail(link.error()));
        if (!beaten && beaten.error().kind != ErrorKind::Cancelled && !one.failing)
            tell(u"%1: no heartbeat: %2"_s.arg(watched.profile.name, beaten.error().text()));
        one.failing = !beaten;
        one.beats += beaten && *beaten ? 1 : 0;
    }

    void end()
    {
        for (const Beating &one : std::as_const(m_beating)) {
            if (const auto store = m_ctl.store(); store && one.entry)
                std::ignore = store::endJournalEntry(**store, one.entry, u"done"_s, u"%1 transactions"_s.arg(one.beats));
        }
    }

private:
    struct Beating {
        qint64 lastMs = 0, entry = 0;
        int beats = 0;
        bool failing = false;
    };
    Ctl &m_ctl;
    QHash<QString, Beating> m_beating;
};

Result<Answer> watchVerb(Ctl &ctl, const WatchOptions &options)
{
    QJsonArray ran;
    Heartbeats heartbeats(ctl);
    ProofTeller teller(ctl);
    qsizetype told = -1;
    QString failing;
    while (!ctl.cancel().isCancelled()) {
        const auto round = runAll(ctl, options);
        // The store may be locked, or a disk full, for a while: that ends no watch, but for its first look.
        if (!round && told < 0)
            return fail(round.error());
        if (!round && failing != round.error().text())
            tell(round.error().text());
        failing = round ? QString() : round.error().text();
        for (const QJsonValue &one : round ? round->ran : QJsonArray())
            ran.append(one);
        const auto watched = watchedOf(ctl, options);
        if (watched && watched->size() != told) {
            told = watched->size();
            QStringList names;
            for (const Watched &one : *watched)
                names << one.profile.name;
            tell(names.isEmpty() ? u"No schedule is on: `howdahctl backup schedule set`"_s : u"Watching the schedule of %1"_s.arg(names.join(u", "_s)));
        }
        tellProofs(ctl, teller, watched.value_or(QVector<Watched>()));
        for (const Watched &one : watched.value_or(QVector<Watched>())) {
            if (one.schedule.heartbeat && !ctl.cancel().isCancelled())
                heartbeats.beat(one);
        }
        endProgressLine();
        pollfd wake{ctl.cancel().eventFd(), POLLIN, 0};
        ::poll(&wake, 1, lookEachMs);
    }
    heartbeats.end();
    tell(u"The watch ends"_s);
    return Answer{{{u"ran"_s, ran}}, {}, ExitCode::Success};
}

} // namespace

void addRunVerbs(CLI::App &app, CLI::App *schedule, Ctl &ctl)
{
    const auto options = std::make_shared<WatchOptions>();
    const auto verb = [&](CLI::App *under, const char *name, const char *what, Result<Answer> (*action)(Ctl &, const WatchOptions &)) {
        CLI::App *command = under->add_subcommand(name, what);
        command->fallthrough();
        command->add_option("profiles", options->profiles, "Only of these; without it of all that have a schedule");
        command->callback([&ctl, options, action] { ctl.choose([options, action](Ctl &c) { return action(c, *options); }); });
    };
    verb(schedule, "run-due", "Does what is due now, as a timer does; exit 5 where something is not good, 6 where somebody else is at it", runDueVerb);
    verb(&app, "watch", "Stays, and does what the schedules of backups say; ends on Ctrl+C or SIGTERM", watchVerb);
}

} // namespace howdah::ctl
