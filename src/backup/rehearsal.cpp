// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/rehearsal.h"

#include "backup/rehearsalrecord.h"
#include "backup/nativeengine.h"
#include "backup/preflight.h"
#include "backup/recoverylog.h"
#include "base/units.h"
#include "pg/connection.h"

#include <QElapsedTimer>
#include <QScopeGuard>
#include <QUuid>

#include <poll.h>
#include <unistd.h>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

class Run
{
public:
    Run(const RehearsalPlan &plan, stack::DockerEngine engine, const Progress &progress, const CancelToken &cancel) : m_plan(plan), m_choice(plan.choice), m_engine(std::move(engine)), m_progress(progress), m_cancel(cancel) {}
    Result<Rehearsal> all(const QVector<PreflightCheck> &before);

private:
    Done docker(const QStringList &arguments, int timeoutMs = 60'000, const QByteArray &input = {});
    Done prepareVolume();
    Done materialise();
    Done putAside(const Toolbox &toolbox) const;
    Done readControl(const Toolbox &toolbox);
    bool hasOurVolume() const;
    Done start();
    Done replay();
    Done look();
    Result<QStringList> databasesWithoutAmcheck();
    Done awaitReady();
    QByteArray log() const;
    QStringList volumes(bool readOnly) const;
    void say(const QString &step, const QString &note = {}, qint64 done = 0, qint64 total = 0) const
    {
        if (m_progress)
            m_progress({step, note, done, total, total > 0 ? u"segments"_s : QString()});
    }

    const RehearsalPlan &m_plan;
    const RehearsalChoice &m_choice;
    stack::DockerEngine m_engine;
    const Progress &m_progress;
    const CancelToken &m_cancel;
    QString m_user;
    const QString m_run = QUuid::createUuid().toString(QUuid::WithoutBraces); // what tells this run's volume from any other
    RecoveryFloors m_floors{};  // as the copy's control file has them
    const bool m_ofRoot = Toolbox::isOfRoot(m_choice.places); // whose files the server may read, and not as root
    bool m_hasChecksums = true; // unless it says otherwise
    Rehearsal m_made;
};

Done Run::docker(const QStringList &arguments, int timeoutMs, const QByteArray &input)
{
    tool::Command command = m_engine.command(arguments, timeoutMs);
    command.input = input;
    auto done = tool::runChecked(command, m_cancel);
    return done ? Done() : fail(stack::dockerError(std::move(done.error())));
}

QStringList Run::volumes(bool readOnly) const
{
    QStringList words{u"--volume"_s, m_plan.id + u":/rehearsal"_s};
    for (const Place &place : m_choice.places)
        words << u"--volume"_s << u"%1:%2%3"_s.arg(place.source, place.target.isEmpty() ? place.source : place.target, readOnly ? u":ro"_s : QString());
    return words;
}

Done Run::prepareVolume()
{
    say(u"Make a volume"_s, m_plan.id);
    QStringList words{u"volume"_s, u"create"_s, u"--label"_s, rehearsalLabel + u'=' + m_plan.id, u"--label"_s, rehearsalLabel + u".by=%1"_s.arg(::getpid()),
                      u"--label"_s, rehearsalLabel + u".run="_s + m_run};
    // What compose gives its own: it is to take this one without a question, should it take the data's place, and labels can't be changed later.
    if (!m_choice.stack.isEmpty())
        words << u"--label"_s << u"com.docker.compose.project="_s + m_choice.stack << u"--label"_s << u"com.docker.compose.volume=data"_s << u"--label"_s << u"howdah.stack=1"_s;
    if (Done made = docker(words << m_plan.id); !made)
        return made;
    if (!hasOurVolume()) // one that is there already is no error to docker
        return fail(ErrorKind::Client, u"id_taken"_s, u"There is a volume %1 already"_s.arg(m_plan.id));
    return docker({u"run"_s, u"--rm"_s, u"--network"_s, u"none"_s, u"--user"_s, u"0:0"_s, u"--cap-drop"_s, u"ALL"_s, u"--cap-add"_s, u"CHOWN"_s, u"--volume"_s, m_plan.id + u":/rehearsal"_s, u"--entrypoint"_s, u"chown"_s, m_choice.image, m_user, u"/rehearsal"_s});
}

bool Run::hasOurVolume() const
{
    const auto said = tool::run(m_engine.command({u"volume"_s, u"inspect"_s, u"--format"_s, u"{{index .Labels \"%1.run\"}}"_s.arg(rehearsalLabel), m_plan.id}));
    return said && said->exitCode == 0 && said->output.trimmed() == m_run.toUtf8();
}

// PostgreSQL reads it from the data folder whatever the command line names, and it may hold anything: log levels, libraries, a delay of replay. Kept beside, for
// who swaps.
Done Run::putAside(const Toolbox &toolbox) const
{
    auto done = toolbox.runChecked({u"sh"_s, {u"-c"_s, u"[ ! -e \"$0\" ] || mv -T -- \"$0\" /rehearsal/postgresql.auto.conf; install -m 0600 /dev/null \"$0\""_s, dataFolder(m_choice.major) + "/postgresql.auto.conf"_L1}}, m_cancel);
    return done ? Done() : fail(std::move(done.error()));
}

Done Run::readControl(const Toolbox &toolbox)
{
    const auto said = toolbox.runChecked({u"pg_controldata"_s, {u"-D"_s, dataFolder(m_choice.major)}}, m_cancel);
    if (!said)
        return fail(said.error());
    const auto facts = parseControlData(said->output);
    m_floors = atLeast(m_choice.floors, floorsOf(facts));
    m_hasChecksums = facts.value(u"Data page checksum version"_s) != "0"_L1;
    return {};
}

Done Run::materialise()
{
    ToolboxChoice tools;
    tools.major = m_choice.major;
    tools.image = m_choice.image;
    tools.places = m_choice.places;
    for (Place &place : tools.places)
        place.writable = false;
    tools.places.append({m_plan.id, u"/rehearsal"_s, true});
    tools.asRoot = m_ofRoot;
    auto toolbox = Toolbox::inImage(tools, m_progress, m_cancel);
    if (!toolbox)
        return fail(std::move(toolbox.error()));
    const auto write = [&](const QString &path, const QByteArray &bytes) -> Done {
        auto done = (*toolbox)->runChecked({u"install"_s, {u"-m"_s, u"0600"_s, u"/dev/stdin"_s, path}, bytes}, m_cancel);
        return done ? Done() : fail(std::move(done.error()));
    };
    // Before the data: data without these is a stack's, which was swapped in.
    for (const auto &[path, bytes] : {std::pair(QString(restoreFile), m_plan.restoreScript), std::pair(u"/rehearsal/postgresql.conf"_s, QByteArray("# what counts stands in the command line\n" + m_choice.settings)),
                                      std::pair(u"/rehearsal/pg_ident.conf"_s, QByteArray("\n")), std::pair(u"/rehearsal/pg_hba.conf"_s, QByteArray("local all all trust\n"))}) {
        if (Done written = write(path, bytes); !written)
            return written;
    }
    const std::unique_ptr<BackupEngine> engine = m_choice.engine ? m_choice.engine->make(**toolbox) : std::make_unique<NativeEngine>(Repository(**toolbox, m_choice.root, m_choice.repository), m_choice.archive);
    const auto made = engine->materialise(m_choice.verdict.backup, dataFolder(m_choice.major), m_progress, m_cancel);
    if (!made)
        return fail(made.error());
    if (Done aside = putAside(**toolbox); !aside)
        return aside;
    if (Done read = readControl(**toolbox); !read)
        return read;
    if (Done written = write(dataFolder(m_choice.major) + "/recovery.signal"_L1, {}); !written)
        return written;
    auto removed = (*toolbox)->runChecked({u"rm"_s, {u"-f"_s, dataFolder(m_choice.major) + "/standby.signal"_L1, dataFolder(m_choice.major) + "/postmaster.pid"_L1}, {}}, m_cancel);
    if (!removed || !m_ofRoot)
        return removed ? Done() : fail(std::move(removed.error()));
    auto given = (*toolbox)->runChecked({u"chown"_s, {u"--recursive"_s, u"--no-dereference"_s, m_user, u"/rehearsal"_s}, {}, 0}, m_cancel);
    return given ? Done() : fail(std::move(given.error()));
}

Done Run::start()
{
    say(u"Start the server"_s, m_choice.image);
    QStringList words{u"run"_s, u"--detach"_s, u"--name"_s, m_plan.id, u"--label"_s, rehearsalLabel + u'=' + m_plan.id, u"--network"_s, u"none"_s, u"--user"_s, m_ofRoot ? u"0:0"_s : m_user, u"--cap-drop"_s, u"ALL"_s, u"--security-opt"_s, u"no-new-privileges:true"_s,
                      u"--read-only"_s, u"--tmpfs"_s, u"/tmp:mode=1777"_s, u"--shm-size"_s, u"256m"_s, u"--stop-signal"_s, u"SIGINT"_s, u"--stop-timeout"_s, u"120"_s, u"--volume"_s, m_made.socketFolder + u":/rehearsal-socket"_s};
    QStringList server = m_plan.server;
    if (m_ofRoot) {
        // What is shown to the container it reads whoever's it is, and nothing else of root is left to it.
        for (const QString &capability : {u"SETUID"_s, u"SETGID"_s, u"DAC_READ_SEARCH"_s})
            words << u"--cap-add"_s << capability;
        server = QStringList{u"setpriv"_s, u"--reuid"_s, m_user.section(u':', 0, 0), u"--regid"_s, m_user.section(u':', 1), u"--clear-groups"_s, u"--inh-caps=-all,+dac_read_search"_s, u"--ambient-caps=-all,+dac_read_search"_s, u"--"_s} + server;
    }
    if (m_floors != m_choice.floors) { // of two the last counts
        for (QString setting : settingsOf(m_floors))
            server << u"-c"_s << setting.remove(u' ');
    }
    words << volumes(true) << u"--env"_s << u"TZ=UTC"_s << u"--env"_s << u"PATH=/usr/lib/postgresql/%1/bin:/usr/local/bin:/usr/bin:/bin"_s.arg(m_choice.major) << u"--entrypoint"_s << server.constFirst() << m_choice.image << server.mid(1);
    return docker(words);
}

QByteArray Run::log() const
{
    tool::Command command = m_engine.command({u"logs"_s, m_plan.id}, 60'000);
    command.maxOutput = 64 << 20;
    const auto said = tool::run(command);
    return said ? said->errors + said->output : QByteArray();
}

// Until the log says that it is over; an end of the server before that is an error with its last lines, and so is a log that has been silent for long: replay
// says something every ten seconds, and each segment is a line.
Done Run::awaitReady()
{
    QElapsedTimer silence;
    qsizetype heard = -1;
    for (;;) {
        const QByteArray said = log();
        const RecoveryLog read = readRecoveryLog(said);
        if (read.ready)
            return {};
        const auto wrong = [&](const QString &reason, const QString &message) {
            return fail(Error{ErrorKind::Client, reason, message, QString::fromUtf8(said.split('\n').mid(std::max<qsizetype>(0, said.count('\n') - 15)).join('\n')), {}, {}, {}});
        };
        const auto state = tool::runChecked(m_engine.command({u"inspect"_s, u"--format"_s, u"{{.State.Running}}"_s, m_plan.id}), m_cancel);
        if (!state)
            return fail(stack::dockerError(state.error()));
        if (state->output.trimmed() != "true" && !readRecoveryLog(log()).ready)
            return wrong(u"rehearsal_failed"_s, u"The server ended before the target was reached"_s + (read.fatal.isEmpty() ? QString() : u": "_s + read.fatal));
        if (said.size() != heard) {
            heard = said.size();
            silence.start();
        } else if (silence.hasExpired(m_choice.silenceMs)) {
            return wrong(u"no_progress"_s, u"The recovery has said nothing for %1, and was given up"_s.arg(units::duration(m_choice.silenceMs)));
        }
        say(u"Replay"_s, read.segments > 0 ? u"%1 of %2 segments"_s.arg(read.segments).arg(m_choice.segments) : QString(), read.segments, m_choice.segments);
        pollfd wake{m_cancel.eventFd(), POLLIN, 0};
        ::poll(&wake, 1, 300);
        if (m_cancel.isCancelled())
            return fail(ErrorKind::Cancelled, u"cancelled"_s, u"Cancelled"_s);
    }
}

Done Run::replay()
{
    if (Done started = start(); !started)
        return started;
    if (Done ready = awaitReady(); !ready)
        return ready;
    const RecoveryLog read = readRecoveryLog(log());
    m_made.stopped = read.stopped;
    m_made.timeline = read.timeline;
    m_made.checks.append(stopCheck(read, m_choice.verdict));
    return {};
}

Result<QStringList> Run::databasesWithoutAmcheck()
{
    QStringList without;
    auto first = pg::Connection::open(m_made.spec(u"postgres"_s), {}, m_cancel);
    if (!first)
        return fail(std::move(first.error()));
    const auto databases = (*first)->runFile(u"backup/connectable_databases"_s, {}, {}, m_cancel);
    if (!databases)
        return fail(databases.error());
    for (qsizetype row = 0; row < databases->size(); ++row) {
        auto link = pg::Connection::open(m_made.spec(databases->text(row, 0)), {}, m_cancel);
        if (!link)
            return fail(std::move(link.error()));
        const auto installed = (*link)->runFile(u"backup/has_amcheck"_s, {}, {}, m_cancel);
        if (!installed)
            return fail(installed.error());
        if (!installed->boolean(0, 0).value_or(false))
            without << databases->text(row, 0);
    }
    return without;
}

Done Run::look()
{
    say(u"Check tables and indexes"_s);
    const auto without = databasesWithoutAmcheck();
    if (!without)
        return fail(without.error());
    const auto amcheck = tool::run(m_engine.command({u"exec"_s, m_plan.id, u"pg_amcheck"_s, u"--host"_s, u"/rehearsal-socket"_s, u"--username"_s, m_choice.superuser, u"--all"_s, u"--install-missing"_s, u"--heapallindexed"_s, u"--jobs"_s, u"2"_s}, 0), m_cancel);
    if (!amcheck)
        return fail(amcheck.error());
    for (const QString &database : *without) { // the copy is as it was
        auto link = pg::Connection::open(m_made.spec(database), {}, m_cancel);
        if (!link)
            return fail(std::move(link.error()));
        if (const auto dropped = (*link)->runFile(u"backup/drop_amcheck"_s, {}, {}, m_cancel); !dropped)
            return fail(dropped.error());
    }
    const auto firstLines = [](const tool::Outcome &outcome) { return QString::fromUtf8(QByteArray(outcome.output + outcome.errors).trimmed().split('\n').mid(0, 10).join('\n')); };
    m_made.checks.append({u"pg_amcheck"_s, amcheck->exitCode == 0, amcheck->exitCode == 0 ? u"no table and no B-tree index is damaged, and every row is in these; indexes of other kinds it does not read"_s : firstLines(*amcheck)});
    for (const QString &probe : m_choice.probes) {
        auto link = pg::Connection::open(m_made.spec(m_choice.database), {}, m_cancel);
        if (!link)
            return fail(std::move(link.error()));
        const auto rows = (*link)->run({probe.toUtf8(), {}}, {}, {}, m_cancel);
        const bool good = rows && rows->size() == 1 && rows->boolean(0, 0).value_or(false);
        m_made.checks.append({probe, good, !rows ? rows.error().text() : good ? u"true"_s : u"not true"_s});
    }
    if (!m_hasChecksums) {
        m_made.checks.append({u"pg_checksums"_s, std::nullopt, u"the cluster has no data checksums: whether every page is as it was written can't be told"_s});
        return {};
    }
    say(u"Stop it and check every page"_s);
    if (Done stopped = docker({u"stop"_s, m_plan.id}, 180'000); !stopped)
        return stopped;
    const auto pages = tool::run(m_engine.command(QStringList{u"run"_s, u"--rm"_s, u"--network"_s, u"none"_s, u"--user"_s, m_user} + volumes(true) + QStringList{u"--entrypoint"_s, u"/usr/lib/postgresql/%1/bin/pg_checksums"_s.arg(m_choice.major), m_choice.image, u"--check"_s, u"-D"_s, dataFolder(m_choice.major)}, 0), m_cancel);
    if (!pages)
        return fail(pages.error());
    m_made.checks.append({u"pg_checksums"_s, pages->exitCode == 0, pages->exitCode == 0 ? u"the checksum of every page is right"_s : firstLines(*pages)});
    if (Done started = docker({u"start"_s, m_plan.id}); !started)
        return started;
    // It is the same container: its log has the words of before.
    for (int i = 0; i < 300; ++i) {
        if (auto link = pg::Connection::open(m_made.spec(u"postgres"_s), {}, m_cancel))
            return {};
        pollfd wake{m_cancel.eventFd(), POLLIN, 0};
        ::poll(&wake, 1, 200);
        if (m_cancel.isCancelled())
            return fail(ErrorKind::Cancelled, u"cancelled"_s, u"Cancelled"_s);
    }
    return fail(ErrorKind::Client, u"rehearsal_failed"_s, u"It does not start again after the check"_s);
}

Result<Rehearsal> Run::all(const QVector<PreflightCheck> &before)
{
    m_made.id = m_plan.id;
    m_made.verdict = m_choice.verdict;
    m_made.image = m_choice.image;
    m_made.superuser = m_choice.superuser;
    m_made.atMs = QDateTime::currentMSecsSinceEpoch();
    m_made.drillOf = m_choice.drillOf;
    m_user = m_ofRoot ? QString(Toolbox::imageUser) : Toolbox::userOf(m_choice.places);
    // Whoever makes it has the id; until then nothing that bears it is ours.
    auto folder = makeSocketFolder(m_plan.id);
    if (!folder)
        return fail(std::move(folder.error()));
    m_made.socketFolder = *folder;
    auto nothingStays = qScopeGuard([&] {
        if (hasOurVolume())
            std::ignore = dropRehearsal(m_plan.id);
        removeSocketFolder(m_plan.id);
    });
    QElapsedTimer since;
    since.start();
    for (const auto &[part, ms] : {std::pair(&Run::prepareVolume, &m_made.copyMs), std::pair(&Run::materialise, &m_made.copyMs), std::pair(&Run::replay, &m_made.replayMs), std::pair(&Run::look, &m_made.checkMs)}) {
        if (Done done = (this->*part)(); !done)
            return fail(std::move(done.error()));
        *ms += since.restart();
    }
    for (const PreflightCheck &one : before)
        m_made.before.append({one.code, one.good, one.words});
    if (Done written = writeRehearsal(m_made); !written)
        return fail(std::move(written.error()));
    nothingStays.dismiss();
    return m_made;
}

} // namespace

Result<Rehearsal> rehearse(const RehearsalPlan &plan, const Progress &progress, const CancelToken &cancel)
{
    auto engine = stack::findDocker(cancel);
    if (!engine)
        return fail(std::move(engine.error()));
    const auto checks = preflight(plan.choice, progress, cancel);
    if (!checks)
        return fail(checks.error());
    if (Done good = preflightIsGood(*checks); !good)
        return fail(std::move(good.error()));
    return Run(plan, *std::move(engine), progress, cancel).all(*checks);
}

bool Rehearsal::isGood() const
{
    return faults().isEmpty() && std::any_of(checks.cbegin(), checks.cend(), [](const RehearsalCheck &check) { return check.good == true; });
}

QStringList Rehearsal::faults() const
{
    QStringList wrong;
    for (const RehearsalCheck &check : checks) {
        if (check.good == false)
            wrong << u"%1: %2"_s.arg(check.name, check.words);
    }
    return wrong;
}

pg::ConnectionSpec Rehearsal::spec(const QString &database) const
{
    pg::ConnectionSpec spec;
    spec.host = socketFolder;
    spec.database = database;
    spec.role = superuser;
    spec.auth = pg::Auth::Peer;
    spec.sslMode = pg::SslMode::Disable;
    spec.applicationName = u"howdah-rehearsal"_s;
    return spec;
}

} // namespace howdah::backup
