// SPDX-License-Identifier: GPL-3.0-or-later
#include "stack/localcluster.h"

#include "base/paths.h"
#include "stack/choose.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace howdah::stack
{

namespace
{

constexpr qint64 archiveWarningBytes = 5LL << 30;

// Lines of postmaster.pid that matter here.
struct PostmasterFile {
    quint16 port = 0;
    QString listen;
};
PostmasterFile readPostmasterFile(const QString &path)
{
    QFile file(path);
    const QList<QByteArray> lines = file.open(QIODevice::ReadOnly) ? file.read(4096).split('\n') : QList<QByteArray>();
    return {quint16(lines.value(3).trimmed().toUInt()), QString::fromUtf8(lines.value(5).trimmed())};
}

} // namespace

LocalCluster::LocalCluster(Record record, QString bin, ServerUser user)
    : m_record(std::move(record)), m_bin(std::move(bin)), m_user(std::move(user)),
      m_root(m_user.isOther ? QString(QStringLiteral("/var/lib/howdah/") + m_record.name) : QString(folderOf(m_record.name) + QStringLiteral("/local")))
{
    m_record.backend = Backend::Local;
    m_record.baseImage = m_bin;
}

Result<LocalCluster> LocalCluster::find(const Record &record, const CancelToken &cancel)
{
    Result<Binaries> bin = findBinaries(18, 18, cancel);
    if (!bin)
        return fail(std::move(bin.error()));
    Result<ServerUser> user = serverUser();
    if (!user)
        return fail(std::move(user.error()));
    return LocalCluster(record, bin->folder, *user);
}

tool::Command LocalCluster::asServer(const QString &program, const QStringList &arguments, int timeoutMs) const
{
    tool::Command command = asServerUser(m_user, program, arguments);
    command.environment = {QStringLiteral("HOME=") + m_root};
    command.workingDirectory = m_root;
    command.timeoutMs = timeoutMs;
    return command;
}

tool::Command LocalCluster::pgCtl(const QStringList &arguments, int timeoutMs) const
{
    return asServer(m_bin + QStringLiteral("/pg_ctl"), QStringList{QStringLiteral("-D"), path("data")} + arguments, timeoutMs);
}

Inside LocalCluster::inside() const
{
    return [self = *this](const QString &program, const QStringList &arguments, const QString &application) {
        const QString found = tool::findProgram(program, {self.m_bin}).value_or(program);
        tool::Command command = self.asServer(found, arguments);
        command.environment << QStringLiteral("PGHOST=") + self.socketFolder() << QStringLiteral("PGPORT=%1").arg(self.m_record.port)
                            << QStringLiteral("PGAPPNAME=") + application;
        return command;
    };
}

Result<bool> LocalCluster::isRunning(const CancelToken &cancel) const
{
    if (!QFileInfo::exists(path("data/PG_VERSION")))
        return false;
    return tool::run(pgCtl({QStringLiteral("status")}, 20'000), cancel).map([](const tool::Outcome &outcome) { return outcome.exitCode == 0; });
}

Done LocalCluster::start(const CancelToken &cancel) const
{
    auto started = tool::run(pgCtl({QStringLiteral("-s"), QStringLiteral("-w"), QStringLiteral("-t"), QStringLiteral("120"), QStringLiteral("-l"),
                                    path("log/start.log"), QStringLiteral("start")}),
                             cancel);
    if (!started)
        return fail(std::move(started.error()));
    if (started->exitCode == 0)
        return {};
    Error error{ErrorKind::Tool, QStringLiteral("unhealthy"), QStringLiteral("PostgreSQL does not start"), {}, {}, {}, {}};
    if (Result<QByteArray> lines = logs(20, cancel))
        error.detail = QString::fromUtf8(lines->trimmed());
    error.hint = QStringLiteral("All lines are in %1").arg(path("log"));
    return fail(std::move(error));
}

Done LocalCluster::stop(const CancelToken &cancel) const
{
    Result<bool> running = isRunning(cancel);
    if (!running)
        return fail(std::move(running.error()));
    if (!*running)
        return {};
    auto stopped = tool::runChecked(pgCtl({QStringLiteral("-s"), QStringLiteral("-w"), QStringLiteral("-t"), QStringLiteral("120"), QStringLiteral("-m"),
                                           QStringLiteral("fast"), QStringLiteral("stop")}),
                                    cancel);
    return stopped ? Done{} : fail(std::move(stopped.error()));
}

// With the server cleanly stopped its files are a base backup; these binaries may lack pg_basebackup, and one of 15 refuses 18.
Done LocalCluster::coldCopy(const CancelToken &cancel) const
{
    const QString name = QStringLiteral("initial-") + QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMdd'T'HHmmss'Z'"));
    const QString unfinished = path("archive/base/.") + name;
    const QString finished = path("archive/base/") + name;
    for (const tool::Command &command :
         {asServer(QStringLiteral("cp"), {QStringLiteral("-a"), QStringLiteral("--reflink=auto"), path("data"), unfinished}, 10 * 60'000),
          asServer(QStringLiteral("mv"), {QStringLiteral("-T"), unfinished, finished}),
          asServer(QStringLiteral("sync"), {QStringLiteral("-f"), path("archive/base")}, 5 * 60'000)}) {
        if (auto done = tool::runChecked(command, cancel); !done)
            return fail(std::move(done.error()));
    }
    return {};
}

Done LocalCluster::initialise(const Progress &progress, const CancelToken &cancel) const
{
    const auto psqlFile = [&](const char *file) {
        tool::Command command = inside()(QStringLiteral("psql"),
                                         {QStringLiteral("-X"), QStringLiteral("-q"), QStringLiteral("-w"), QStringLiteral("-v"), QStringLiteral("ON_ERROR_STOP=1"),
                                          QStringLiteral("-U"), QStringLiteral("postgres"), QStringLiteral("-d"), QStringLiteral("postgres"),
                                          QStringLiteral("-f"), path("files/postgres/") + QLatin1String(file)},
                                         QStringLiteral("howdah-stack"));
        command.timeoutMs = 5 * 60'000;
        return command;
    };
    const auto checked = [&](const tool::Command &command) -> Done {
        auto done = tool::runChecked(command, cancel);
        if (done)
            return {};
        Error error = std::move(done.error());
        if (error.kind == ErrorKind::Tool && error.reason == QLatin1String("failed"))
            error.reason = QStringLiteral("init_failed");
        return fail(std::move(error));
    };
    const auto steps = [&]() -> Done {
        progress({QStringLiteral("Make the cluster"), {}, 0, 0, {}});
        // The same arguments as docker/compose.yaml.
        if (Done made = checked(asServer(m_bin + QStringLiteral("/initdb"),
                                         {QStringLiteral("-D"), path("data"), QStringLiteral("-U"), QStringLiteral("postgres"), QStringLiteral("--data-checksums"),
                                          QStringLiteral("--encoding=UTF8"), QStringLiteral("--locale=C.UTF-8"), QStringLiteral("--locale-provider=builtin"),
                                          QStringLiteral("--builtin-locale=C.UTF-8"), QStringLiteral("--auth-local=peer"),
                                          QStringLiteral("--auth-host=scram-sha-256")},
                                         5 * 60'000));
            !made)
            return made;
        if (Done configured = writeConfiguration(Phase::Init); !configured)
            return configured;
        if (Done started = start(cancel); !started)
            return started;
        progress({QStringLiteral("Make roles, database and schema"), {}, 0, 0, {}});
        if (Done roles = checked(psqlFile("init-db.sql")); !roles)
            return roles;
        tool::Command migrate = inside()(path("files/postgres/apply-migrations.sh"),
                                         {QStringLiteral("--dir"), path("files/migrations"), QStringLiteral("--role"), QStringLiteral("jeex_owner"),
                                          QStringLiteral("--"), QStringLiteral("-U"), QStringLiteral("postgres"), QStringLiteral("-d"), QStringLiteral("jeex_idea")},
                                         QStringLiteral("howdah-stack"));
        migrate.timeoutMs = 5 * 60'000;
        migrate.onLine = [&](const QByteArray &line) { progress({QStringLiteral("Make roles, database and schema"), QString::fromUtf8(line), 0, 0, {}}); };
        if (Done migrated = checked(migrate); !migrated)
            return migrated;
        if (Done finished = checked(psqlFile("finish.sql")); !finished)
            return finished;
        if (Done stopped = stop(cancel); !stopped)
            return stopped;
        if (Done configured = writeConfiguration(Phase::Serve); !configured)
            return configured;
        progress({QStringLiteral("Take the first base backup"), {}, 0, 0, {}});
        if (Done copied = coldCopy(cancel); !copied)
            return copied;
        return ourFile(path("initialised"), "18\n", 0600);
    };
    // A start that was cut short begins again: nobody has used that database yet.
    if (Done stopped = stop(cancel); !stopped)
        return stopped;
    for (const QString &folder : {path("data"), path("archive")}) {
        if (!QDir(folder).removeRecursively())
            return fail(ErrorKind::Io, QStringLiteral("cluster_files"), QStringLiteral("%1 can't be removed").arg(folder));
    }
    for (const QString &folder : {path("data"), path("archive"), path("archive/base")}) {
        if (Done made = ourFolder(folder); !made)
            return made;
    }
    Done done = steps();
    if (!done)
        std::ignore = stop(CancelToken()); // half made: not left running
    return done;
}

Result<UpResult> LocalCluster::up(const UpOptions &options, const Progress &progress, const CancelToken &cancel)
{
    const auto say = [&](const QString &step, const QString &note = {}) { progress({step, note, 0, 0, {}}); };
    Result<QString> dockerDir = paths::dockerDir();
    if (!dockerDir)
        return fail(std::move(dockerDir.error()));
    const bool initialised = QFileInfo::exists(path("initialised"));
    if (QFile version(path("data/PG_VERSION")); initialised && version.open(QIODevice::ReadOnly)) {
        const QString major = QString::fromLatin1(version.readAll().trimmed());
        if (major != QLatin1String("18")) {
            return fail(ErrorKind::Tool, QStringLiteral("other_major"),
                        QStringLiteral("%1 holds a database of PostgreSQL %2, and the stack runs 18").arg(path("data"), major),
                        QStringLiteral("Nothing was changed. Dump it with a server of that version, or start a stack of another name (--name)"));
        }
    }
    Result<bool> wasRunning = isRunning(cancel);
    if (!wasRunning)
        return fail(std::move(wasRunning.error()));
    const quint16 published = *wasRunning && initialised ? readPostmasterFile(path("data/postmaster.pid")).port : 0;
    say(QStringLiteral("Choose the port"));
    Result<quint16> port = choosePortFor(options, m_record.port, published, [&](const QString &note) { say(QStringLiteral("Choose the port"), note); });
    if (!port)
        return fail(std::move(port.error()));
    const bool restart = published != 0 && published != *port;
    m_record.port = *port;
    if (Done kept = writeRecord(m_record); !kept)
        return fail(std::move(kept.error()));
    if (restart) {
        if (Done stopped = stop(cancel); !stopped)
            return fail(std::move(stopped.error()));
    }
    if (Done laid = layOut(*dockerDir); !laid)
        return fail(std::move(laid.error()));
    if (Done certified = makeCertificatesOnce(); !certified)
        return fail(std::move(certified.error()));
    const QStringList missing = missingExtensions();
    if (!initialised) {
        if (!missing.isEmpty())
            say(QStringLiteral("Make the cluster"), QStringLiteral("left out, not among these binaries: ") + missing.join(QLatin1String(", ")));
        if (Done made = initialise(progress, cancel); !made)
            return fail(std::move(made.error()));
    }
    if (!published || restart) {
        say(QStringLiteral("Start PostgreSQL"));
        if (Done configured = writeConfiguration(Phase::Serve); !configured)
            return fail(std::move(configured.error()));
        if (Done started = start(cancel); !started)
            return fail(std::move(started.error()));
    }
    UpResult result;
    Result<PasswordPlan> plan = planPasswords(inside(), options.keepRoles, cancel);
    if (!plan)
        return fail(std::move(plan.error()));
    result.rekeyed = plan->rekeyed;
    if (!plan->roles.isEmpty()) {
        say(QStringLiteral("Set passwords"));
        Result<RoleSecrets> secrets = setNewPasswords(inside(), plan->roles, cancel);
        if (!secrets)
            return fail(std::move(secrets.error()));
        result.newSecrets = *secrets;
    }
    if (Result<StackStatus> now = status(CancelToken()))
        result.status = *now;
    result.admin = adminSpec(m_record.name, m_record.port);
    result.monitorRole = QStringLiteral("howdah_monitor");
    return result;
}

Result<StackStatus> LocalCluster::status(const CancelToken &cancel) const
{
    StackStatus status;
    status.name = m_record.name;
    status.backend = Backend::Local;
    status.port = m_record.port;
    status.baseImage = m_bin;
    status.reason = m_record.backendReason;
    if (QFileInfo::exists(caFileOf(m_record.name)))
        status.caFile = caFileOf(m_record.name);
    if (!QFileInfo::exists(path("initialised"))) {
        status.state = QFileInfo::exists(path("data")) ? StackState::Stopped : StackState::Absent;
        return status;
    }
    Result<bool> running = isRunning(cancel);
    if (!running)
        return fail(std::move(running.error()));
    Result<tool::Outcome> size = tool::run(asServer(QStringLiteral("du"), {QStringLiteral("-s"), QStringLiteral("-B1"), path("archive")}), cancel);
    bool known = false;
    const qint64 bytes = size ? size->output.split('\t').value(0).toLongLong(&known) : 0;
    if (known) {
        status.archiveBytes = bytes;
        status.archiveWarning = bytes >= archiveWarningBytes;
    }
    if (!*running) {
        status.state = StackState::Stopped;
        return status;
    }
    const PostmasterFile serving = readPostmasterFile(path("data/postmaster.pid"));
    status.port = serving.port;
    status.listen = serving.listen;
    if (Result<ServerIdentity> identity = readIdentity(inside(), cancel)) {
        status.state = StackState::Healthy;
        status.serverVersion = identity->version;
    } else {
        status.state = StackState::Unhealthy;
        status.reason = identity.error().text();
    }
    return status;
}

Result<QByteArray> LocalCluster::logs(int lines, const CancelToken &cancel) const
{
    // The newest two: what pg_ctl caught before the collector ran, and the collector's own.
    QByteArray text;
    for (const QFileInfo &file : QDir(path("log")).entryInfoList({QStringLiteral("*.log")}, QDir::Files, QDir::Time | QDir::Reversed)) {
        Result<tool::Outcome> tail = tool::run(asServer(QStringLiteral("tail"), {QStringLiteral("-n"), QString::number(lines), file.filePath()}), cancel);
        if (!tail)
            return fail(std::move(tail.error()));
        text += tail->output;
    }
    const QList<QByteArray> all = text.split('\n');
    return all.mid(std::max<qsizetype>(0, all.size() - lines - 1)).join('\n');
}

Done LocalCluster::down(const Progress &progress, const CancelToken &cancel) const
{
    progress({QStringLiteral("Stop PostgreSQL"), {}, 0, 0, {}});
    return stop(cancel);
}

Done LocalCluster::destroy(const Progress &progress, const CancelToken &cancel) const
{
    if (Done stopped = down(progress, cancel); !stopped)
        return stopped;
    progress({QStringLiteral("Remove the cluster's files"), {}, 0, 0, {}});
    for (const QString &folder : {socketFolder(), m_root}) {
        if (QFileInfo::exists(folder) && !QDir(folder).removeRecursively())
            return fail(ErrorKind::Io, QStringLiteral("cluster_files"), QStringLiteral("%1 can't be removed").arg(folder));
    }
    return {};
}

} // namespace howdah::stack
