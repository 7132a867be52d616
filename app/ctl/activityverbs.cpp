// SPDX-License-Identifier: GPL-3.0-or-later
// activity sessions|locks|waits|progress|horizon|cancel|terminate|snapshot
#include "ctl/journalled.h"
#include "ctl/timewords.h"

#include "activity/ending.h"
#include "activity/horizon.h"
#include "activity/snapshot.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/savefile.h"
#include "base/units.h"

#include <QJsonArray>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;
using activity::Backend;

namespace
{

QString ageText(const std::optional<qint64> &ms)
{
    return ms ? units::duration(*ms) : u"-"_s;
}

QString whatOf(const Backend &backend)
{
    if (!backend.permitted)
        return u"not permitted"_s;
    const QString state = backend.state.isEmpty() ? backend.type : backend.state;
    return backend.waitType.isEmpty() ? state : u"%1, %2/%3"_s.arg(state, backend.waitType, backend.wait);
}

QString lineOf(const Backend &backend)
{
    return u"%1  %2  %3  %4  %5\n"_s.arg(QString::number(backend.pid).leftJustified(8),
                                         u"%1@%2"_s.arg(backend.role, backend.database).leftJustified(24), whatOf(backend).leftJustified(36),
                                         ageText(backend.transactionMs).rightJustified(12), units::oneLine(backend.query.left(120)));
}

const char *const mayReadLess = "Of other roles' sessions only their presence is known: GRANT pg_monitor to this role to see more.\n";

Result<Answer> sessions(Ctl &ctl)
{
    auto connection = ctl.connect(Ctl::Link::Monitor);
    if (!connection)
        return fail(std::move(connection.error()));
    const auto read = activity::readSessions(**connection, ctl.cancel());
    if (!read)
        return fail(read.error());
    QString text;
    for (const Backend &backend : read->backends) {
        if (!backend.own)
            text += lineOf(backend);
    }
    return Answer{read->toJson(), read->mayReadAll ? text : text + QLatin1StringView(mayReadLess), ExitCode::Success};
}

QString lineOf(const activity::LockTree &tree, const activity::LockNode &node, int depth)
{
    const Backend *backend = tree.backend(node);
    const QString who = node.pid ? QString::number(node.pid) : node.preparedGid.isEmpty() ? u"a prepared transaction"_s : u"prepared "_s + node.preparedGid;
    QString line = QString(depth * 2, u' ') + who;
    if (backend) {
        line += u"  %1@%2"_s.arg(backend->role, backend->database);
        if (!backend->application.isEmpty())
            line += u" (%1)"_s.arg(units::oneLine(backend->application));
        line += u"  "_s + whatOf(*backend);
        if (backend->transactionMs)
            line += u", transaction %1"_s.arg(units::duration(*backend->transactionMs));
    }
    if (node.waitsFor)
        line += u"  waits %1 for %2 on %3"_s.arg(ageText(node.waitingMs), node.waitsFor->mode, node.waitsFor->objectText());
    if (node.soft.value_or(false))
        line += u"  (behind it in the queue)"_s;
    if (node.inCycle)
        line += u"  (a deadlock, until the server ends one of them)"_s;
    if (node.blocked)
        line += u"  blocks %1%2"_s.arg(node.blocked).arg(node.shared ? u" (others do too)"_s : QString());
    if (backend && backend->permitted)
        line += u"  %1"_s.arg(units::oneLine(backend->query.left(100)));
    return line + u'\n';
}

Result<Answer> locks(Ctl &ctl)
{
    auto connection = ctl.connect(Ctl::Link::Monitor);
    if (!connection)
        return fail(std::move(connection.error()));
    const auto tree = activity::readLockTree(**connection, ctl.cancel());
    if (!tree)
        return fail(tree.error());
    QString text = tree->waiting ? u"%1 wait for a lock\n"_s.arg(tree->waiting) : u"Nobody waits for a lock\n"_s;
    // Depth first, by a stack of our own.
    QVector<std::pair<int, int>> open;
    for (auto root = tree->roots.crbegin(); root != tree->roots.crend(); ++root)
        open.append({*root, 0});
    while (!open.isEmpty()) {
        const auto [index, depth] = open.takeLast();
        const activity::LockNode &node = tree->nodes.at(index);
        text += lineOf(*tree, node, depth);
        for (auto child = node.children.crbegin(); child != node.children.crend(); ++child)
            open.append({*child, depth + 1});
    }
    return Answer{tree->toJson(), tree->mayReadAll ? text : text + QLatin1StringView(mayReadLess), ExitCode::Success};
}

// One sample a second.
Result<QVector<activity::WaitSample>> sampleWaits(Ctl &ctl, pg::Connection &connection, int seconds)
{
    QVector<activity::WaitSample> samples;
    const qint64 begin = Clock().monotonicMs();
    for (int i = 0; i < seconds; ++i) {
        if (!waitUntil(begin + i * 1000, ctl.cancel()))
            return fail(ErrorKind::Cancelled, u"cancelled"_s, u"Cancelled after %1 samples"_s.arg(i));
        auto sample = activity::readWaits(connection, ctl.cancel());
        if (!sample)
            return fail(std::move(sample.error()));
        samples.append(*std::move(sample));
    }
    return samples;
}

Result<Answer> waits(Ctl &ctl, int seconds)
{
    auto connection = ctl.connect(Ctl::Link::Monitor);
    if (!connection)
        return fail(std::move(connection.error()));
    const auto samples = sampleWaits(ctl, **connection, seconds);
    if (!samples)
        return fail(samples.error());
    const auto averages = activity::averagesOf(*samples, samples->constFirst().atMs, samples->constLast().atMs);
    QString text = u"%1 average active sessions over %2 samples\n"_s.arg(averages.total(), 0, 'f', 2).arg(averages.samples);
    for (const auto &[key, average] : averages.sessions)
        text += u"%1  %2  query %3\n"_s.arg(QString::number(average, 'f', 2).rightJustified(8), u"%1/%2"_s.arg(key.typeText(), key.event).leftJustified(32), key.queryId);
    QJsonObject json = averages.toJson();
    json.insert(u"may_read_all"_s, samples->constLast().mayReadAll);
    return Answer{json, samples->constLast().mayReadAll ? text : text + QLatin1StringView(mayReadLess), ExitCode::Success};
}

Result<Answer> progress(Ctl &ctl)
{
    auto connection = ctl.connect(Ctl::Link::Monitor);
    if (!connection)
        return fail(std::move(connection.error()));
    const auto tasks = activity::readTasks(**connection, ctl.cancel());
    if (!tasks)
        return fail(tasks.error());
    QString text = tasks->tasks.isEmpty() ? u"Nothing that reports its progress runs\n"_s : QString();
    for (const activity::Task &task : tasks->tasks) {
        const QString share = task.share() ? units::ratio(*task.share()) : task.isPermitted() ? u"not counted"_s : u"not permitted"_s;
        text += u"%1  %2 %3  %4, %5%6\n"_s.arg(QString::number(task.pid).leftJustified(8), task.command, units::oneLine(task.relation), task.phase, share,
                                              task.inTheWay ? u", waits for %1"_s.arg(task.inTheWay) : QString());
    }
    return Answer{tasks->toJson(), text, ExitCode::Success};
}

Result<Answer> horizon(Ctl &ctl)
{
    auto connection = ctl.connect(Ctl::Link::Monitor);
    if (!connection)
        return fail(std::move(connection.error()));
    const auto read = activity::readHorizon(**connection, ctl.cancel());
    if (!read)
        return fail(read.error());
    QString text;
    for (const activity::Holder &holder : read->holders)
        text += u"%1  %2 %3  %4\n"_s.arg(holder.age ? QString::number(*holder.age).rightJustified(12) : u"not known"_s.rightJustified(12), holder.kind,
                                         units::oneLine(holder.pid ? QString::number(holder.pid) : holder.name), holder.remedy());
    for (const activity::DatabaseAge &database : read->databases)
        text += u"%1  database %2: %3\n"_s.arg(QString::number(database.xidAge).rightJustified(12), units::oneLine(database.name), database.verdictText());
    return Answer{read->toJson(), read->mayReadAll ? text : text + QLatin1StringView(mayReadLess), ExitCode::Success};
}

struct EndOptions {
    int pid = 0;
    int confirmed = 0; // the number again
    std::string start; // of the backend that is meant, as the refusal told it: a number is given away again
};

Result<activity::Ended> endInJournal(Ctl &ctl, pg::Connection &connection, activity::End how, const activity::EndTarget &target, const session::ChangePlan &plan)
{
    Result<activity::Ended> ended = activity::Ended();
    const Result<Done> kept = journalled(ctl, entryOf(plan), [&]() -> JournalEnd {
        ended = activity::end(connection, how, target, ctl.cancel());
        if (ended)
            return {ended->confirmed ? u"done"_s : u"unknown"_s, ended->message};
        return {ended.error().kind == ErrorKind::Cancelled ? u"cancelled"_s : u"failed"_s, ended.error().text()};
    });
    if (!kept)
        return fail(kept.error());
    if (ended && !*kept)
        return fail(kept->error());
    return ended;
}

Result<Answer> endBackend(Ctl &ctl, activity::End how, const EndOptions &options)
{
    auto connection = ctl.connect(Ctl::Link::Monitor);
    if (!connection)
        return fail(std::move(connection.error()));
    auto profile = ctl.target();
    if (!profile)
        return fail(std::move(profile.error()));
    const auto target = activity::readEndTarget(**connection, options.pid, ctl.cancel());
    if (!target)
        return fail(target.error());
    const auto plan = activity::planEnd(how, *target, profile->profile);
    if (!plan)
        return fail(plan.error());
    const QString cost = plan->steps.constFirst().blocks;
    if (!options.start.empty() && QString::fromStdString(options.start) != target->backendStart)
        return fail(ErrorKind::Client, u"another"_s, u"Backend %1 began at %2: it is another than the one that is meant"_s.arg(options.pid).arg(target->backendStart));
    if (session::guardFor(*plan).demand != session::Demand::Nothing && options.confirmed != options.pid)
        return fail(ErrorKind::Client, u"usage"_s, u"%1 (%2@%3, %4): %5"_s.arg(plan->title, target->role, target->database, target->application, cost),
                    u"Say --yes-end %1%2 to do it."_s.arg(options.pid).arg(target->backendStart.isEmpty() ? QString() : u" --started '%1'"_s.arg(target->backendStart)));
    const auto ended = endInJournal(ctl, **connection, how, *target, *plan);
    if (!ended)
        return fail(ended.error());
    return Answer{{{u"pid"_s, options.pid}, {u"confirmed"_s, ended->confirmed}, {u"message"_s, ended->message}}, ended->message + u'\n',
                  ended->confirmed ? ExitCode::Success : ExitCode::OutcomeUnknown};
}

struct SnapshotOptions {
    std::string file;
    int seconds = 5;
};

Result<Answer> snapshot(Ctl &ctl, const SnapshotOptions &options)
{
    auto connection = ctl.connect(Ctl::Link::Monitor);
    if (!connection)
        return fail(std::move(connection.error()));
    // A second that was not sampled is a gap and no reason to keep nothing.
    const auto samples = sampleWaits(ctl, **connection, options.seconds);
    if (!samples && samples.error().kind == ErrorKind::Cancelled)
        return fail(samples.error());
    const QJsonObject json = activity::readSnapshot(**connection, samples.value_or(QVector<activity::WaitSample>()), ctl.cancel());
    if (ctl.cancel().isCancelled())
        return fail(ErrorKind::Cancelled, u"cancelled"_s, u"Cancelled; no file was written"_s);
    const auto read = activity::snapshotOf(jsonLine(json));
    if (const auto nothing = read ? activity::nothingIn(*read) : std::optional(read.error()))
        return fail(*nothing);
    const QString path = QString::fromStdString(options.file);
    if (auto saved = saveFile(path, jsonLine(json)); !saved)
        return fail(std::move(saved.error()));
    QString text = u"%1 written\n"_s.arg(path);
    for (const QString &missing : read ? read->missing : QStringList())
        text += u"without "_s + missing + u'\n';
    return Answer{{{u"file"_s, path}, {u"missing"_s, QJsonArray::fromStringList(read ? read->missing : QStringList())}}, text, ExitCode::Success};
}

} // namespace

void addActivityVerbs(CLI::App &app, Ctl &ctl)
{
    CLI::App *verb = app.add_subcommand("activity", "Who does what, who waits for whom, and what ending it would cost");
    verb->require_subcommand(1);
    verb->add_subcommand("sessions", "Every backend")->callback([&ctl] { ctl.choose(sessions); });
    verb->add_subcommand("locks", "Who waits for whom, the roots first")->callback([&ctl] { ctl.choose(locks); });
    verb->add_subcommand("progress", "What reports its progress")->callback([&ctl] { ctl.choose(progress); });
    verb->add_subcommand("horizon", "What holds old row versions back, and the distance to wraparound")->callback([&ctl] { ctl.choose(horizon); });

    CLI::App *waitsVerb = verb->add_subcommand("waits", "Average active sessions by what they wait for");
    const auto seconds = std::make_shared<int>(10);
    waitsVerb->add_option("--seconds", *seconds, "One sample each")->check(CLI::Range(1, 3600))->capture_default_str();
    waitsVerb->callback([&ctl, seconds] { ctl.choose([seconds](Ctl &c) { return waits(c, *seconds); }); });

    const auto addEnd = [&](const char *name, const char *what, activity::End how) {
        CLI::App *endVerb = verb->add_subcommand(name, what);
        const auto options = std::make_shared<EndOptions>();
        endVerb->add_option("pid", options->pid, "Number of the backend")->required()->check(CLI::Range(1, 1 << 30));
        endVerb->add_option("--yes-end", options->confirmed, "The number again: what the environment demands is confirmed");
        endVerb->add_option("--started", options->start, "Only where the backend began at this time, as told when it was not confirmed");
        endVerb->callback([&ctl, how, options] { ctl.choose([how, options](Ctl &c) { return endBackend(c, how, *options); }); });
    };
    addEnd("cancel", "End the statement that a backend runs", activity::End::Cancel);
    addEnd("terminate", "End a backend; its transaction is rolled back", activity::End::Terminate);

    CLI::App *snapshotVerb = verb->add_subcommand("snapshot", "Keep all of it, the settings and the log's tail as one file");
    const auto options = std::make_shared<SnapshotOptions>();
    snapshotVerb->add_option("file", options->file, "Where to")->required();
    snapshotVerb->add_option("--seconds", options->seconds, "For so long are the waits sampled")->check(CLI::Range(1, 600))->capture_default_str();
    snapshotVerb->callback([&ctl, options] { ctl.choose([options](Ctl &c) { return snapshot(c, *options); }); });
}

} // namespace howdah::ctl
