// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/testserver.h"

#include "pg/tlsprobe.h"
#include "support/netns.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QRandomGenerator>
#include <QTcpServer>
#include <QThread>

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace howdah::test
{

static constexpr uid_t nobody = 65534;

static QString sourceDir()
{
    return qEnvironmentVariable("HOWDAH_SOURCE_DIR", QStringLiteral(HOWDAH_CHECKOUT));
}

TestServer::TestServer(ServerSetup setup)
    : m_setup(std::move(setup)), m_dir(m_setup.parent + QStringLiteral("/howdah-pg-XXXXXX")), m_home(sourceDir() + QStringLiteral("/build/pg/%1").arg(m_setup.major))
{
}

std::unique_ptr<TestServer> TestServer::start(const ServerSetup &setup, QString *why)
{
    std::unique_ptr<TestServer> server(new TestServer(setup));
    if (!server->prepare(why) || !server->launch(why))
        return nullptr;
    return server;
}

TestServer::~TestServer()
{
    if (m_process && m_process->state() != QProcess::NotRunning) {
        resume();
        ::kill(pid_t(m_process->processId()), SIGQUIT); // immediate: nobody needs the data
        if (!m_process->waitForFinished(10'000))
            m_process->kill();
        m_process->waitForFinished(5'000);
    }
}

QString TestServer::binary(const QString &program) const
{
    return m_home + QStringLiteral("/bin/") + program;
}

// postgres refuses to run as root.
void TestServer::asServerUser(QProcess &process) const
{
    process.setWorkingDirectory(m_dir.path());
    QProcessEnvironment environment;
    environment.insert(QStringLiteral("PATH"), QStringLiteral("/usr/bin:/bin"));
    environment.insert(QStringLiteral("LC_ALL"), QStringLiteral("C.UTF-8"));
    process.setProcessEnvironment(environment);
    const QByteArray network = m_setup.network ? QFile::encodeName(m_setup.network->path()) : QByteArray();
    process.setChildProcessModifier([network] {
        if (!network.isEmpty()) {
            const int space = ::open(network.constData(), O_RDONLY | O_CLOEXEC);
            if (space < 0 || ::setns(space, CLONE_NEWNET) != 0)
                ::_exit(126);
        }
        if (::geteuid() == 0 && (::setgid(nobody) != 0 || ::setuid(nobody) != 0))
            ::_exit(126);
        ::prctl(PR_SET_PDEATHSIG, SIGQUIT); // a crashed test leaves no server behind
    });
}

bool TestServer::runTool(const QString &program, const QStringList &arguments, QString *why)
{
    QProcess process;
    asServerUser(process);
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program, arguments);
    const bool done = process.waitForFinished(60'000) && process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0;
    if (!done && why)
        *why = QStringLiteral("%1 failed: %2 %3").arg(program, process.errorString(), QString::fromUtf8(process.readAll().right(2000)));
    return done;
}

bool TestServer::writeFile(const QString &name, const QByteArray &bytes) const
{
    QFile file(m_dir.filePath(name));
    file.remove();
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
        return false;
    file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
    return ::geteuid() != 0 || ::fchown(file.handle(), nobody, nobody) == 0;
}

static quint16 freePort()
{
    QTcpServer server;
    server.listen(QHostAddress::LocalHost, 0);
    return server.serverPort();
}

bool TestServer::makeSecrets()
{
    m_password = QByteArray::number(QRandomGenerator::system()->generate64(), 36) + "Aa1";
    return TestCertificates::write(m_dir.path(), m_setup.network ? m_setup.network->address() : QString()) && writeFile(QStringLiteral("pw"), m_password);
}

bool TestServer::takeCopy()
{
    m_password = m_setup.copyOf->m_password;
    QStringList parts{QStringLiteral("data"), QStringLiteral("ca.pem"), QStringLiteral("other-ca.pem")};
    for (const auto kind : {TestCertificates::Kind::Good, TestCertificates::Kind::Expired, TestCertificates::Kind::OtherHost,
                            TestCertificates::Kind::SelfSigned, TestCertificates::Kind::Renewed})
        parts << TestCertificates::name(kind) + QStringLiteral(".crt") << TestCertificates::name(kind) + QStringLiteral(".key");
    for (QString &part : parts)
        part = m_setup.copyOf->m_dir.filePath(part);
    return QProcess::execute(QStringLiteral("cp"), QStringList{QStringLiteral("-a"), QStringLiteral("-t"), m_dir.path()} + parts) == 0;
}

bool TestServer::prepare(QString *why)
{
    if (!QFile::exists(binary(QStringLiteral("postgres")))) {
        *why = QStringLiteral("There is no PostgreSQL %1 in %2: run test.sh, or `. installer/servers.sh; fetch_servers %1`").arg(m_setup.major).arg(m_home);
        return false;
    }
    // A checkout in a private home folder is closed to "nobody": then from a copy.
    if (::geteuid() == 0) {
        if (::chown(qPrintable(m_dir.path()), nobody, nobody) != 0) {
            *why = QStringLiteral("chown of %1 failed").arg(m_dir.path());
            return false;
        }
        if (!runTool(binary(QStringLiteral("postgres")), {QStringLiteral("--version")}, nullptr)) {
            const QString copy = m_dir.filePath(QStringLiteral("server"));
            QProcess::execute(QStringLiteral("cp"), {QStringLiteral("-a"), m_home, copy});
            QProcess::execute(QStringLiteral("chmod"), {QStringLiteral("-R"), QStringLiteral("a+rX"), copy});
            m_home = copy;
        }
    }
    if (m_setup.copyOf ? !takeCopy() : !makeSecrets()) {
        *why = QStringLiteral("The certificates or the copy could not be written to %1").arg(m_dir.path());
        return false;
    }
    if (!m_setup.copyOf
        && !runTool(binary(QStringLiteral("initdb")),
                 {QStringLiteral("-D"), m_dir.filePath(QStringLiteral("data")), QStringLiteral("-U"), QStringLiteral("postgres"), QStringLiteral("-E"),
                  QStringLiteral("UTF8"), QStringLiteral("--locale=C"), QStringLiteral("--auth=scram-sha-256"), QStringLiteral("--no-sync"),
                  QStringLiteral("--no-instructions"), QStringLiteral("--wal-segsize=%1").arg(m_setup.walSegmentMb), QStringLiteral("--pwfile"), m_dir.filePath(QStringLiteral("pw"))},
                 why))
        return false;
    for (const QString &name : std::as_const(m_setup.dataFiles)) {
        if (!writeFile(QStringLiteral("data/") + name, {}))
            return false;
    }
    QStringList hba{QStringLiteral("local all all trust")};
    hba << m_setup.hba << QStringLiteral("hostssl all all 127.0.0.1/32 scram-sha-256");
    if (m_setup.network)
        hba << QStringLiteral("hostssl all all %1/30 scram-sha-256").arg(m_setup.network->address());
    hba << QString();
    const auto bytesOf = [this](const QString &name) {
        QFile file(m_dir.filePath(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    };
    m_port = freePort();
    return writeFile(QStringLiteral("hba"), hba.join(QLatin1Char('\n')).toUtf8())
        && writeFile(QStringLiteral("server.crt"), bytesOf(QStringLiteral("good.crt"))) && writeFile(QStringLiteral("server.key"), bytesOf(QStringLiteral("good.key")));
}

bool TestServer::launch(QString *why)
{
    QStringList arguments{QStringLiteral("-D"), m_dir.filePath(QStringLiteral("data"))};
    const QStringList settings{QStringLiteral("listen_addresses=") + address(), QStringLiteral("port=%1").arg(m_port),
                               QStringLiteral("unix_socket_directories=") + m_dir.path(), QStringLiteral("hba_file=") + m_dir.filePath(QStringLiteral("hba")),
                               QStringLiteral("ssl=on"), QStringLiteral("ssl_cert_file=") + m_dir.filePath(QStringLiteral("server.crt")),
                               QStringLiteral("ssl_key_file=") + m_dir.filePath(QStringLiteral("server.key")), QStringLiteral("fsync=off"),
                               QStringLiteral("shared_buffers=32MB"), QStringLiteral("max_connections=40"), QStringLiteral("log_min_messages=warning")};
    for (const QString &setting : settings + m_setup.settings)
        arguments << QStringLiteral("-c") << setting;
    m_process = std::make_unique<QProcess>();
    asServerUser(*m_process);
    m_process->setProcessChannelMode(QProcess::MergedChannels);
    m_process->setStandardOutputFile(m_dir.filePath(QStringLiteral("log")), QIODevice::Append);
    m_process->start(binary(QStringLiteral("postgres")), arguments);
    m_process->waitForStarted();

    QElapsedTimer clock;
    clock.start();
    Error last;
    while (clock.elapsed() < 30'000 && !m_process->waitForFinished(20)) {
        auto connection = pg::Connection::open(socketSpec(), {});
        if (connection || (!m_setup.awaitsConnections && connection.error().sqlstate == QLatin1StringView("57P03")))
            return true;
        last = connection.error();
        if (m_process->error() == QProcess::FailedToStart)
            break;
    }
    if (why)
        *why = QStringLiteral("PostgreSQL %1 did not start: %2 %3").arg(m_setup.major).arg(last.text(), log().right(2000));
    return false;
}

pg::ConnectionSpec TestServer::spec() const
{
    pg::ConnectionSpec spec;
    spec.host = address();
    spec.port = m_port;
    spec.database = QStringLiteral("postgres");
    spec.role = QStringLiteral("postgres");
    spec.caFile = caFile();
    return spec;
}

pg::ConnectionSpec TestServer::socketSpec() const
{
    pg::ConnectionSpec spec = this->spec();
    spec.host = m_dir.path();
    return spec;
}

QString TestServer::address() const
{
    return m_setup.network ? m_setup.network->address() : QStringLiteral("127.0.0.1");
}

Secret TestServer::password() const
{
    return Secret(m_password);
}

QString TestServer::caFile() const
{
    return m_dir.filePath(QStringLiteral("ca.pem"));
}

QString TestServer::otherCaFile() const
{
    return m_dir.filePath(QStringLiteral("other-ca.pem"));
}

QString TestServer::log() const
{
    QFile file(m_dir.filePath(QStringLiteral("log")));
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

Result<std::unique_ptr<pg::Connection>> TestServer::admin() const
{
    return pg::Connection::open(socketSpec(), {});
}

bool TestServer::sql(const QList<QByteArray> &statements, QString *why)
{
    auto connection = admin();
    Error error = connection ? Error() : connection.error();
    bool done = connection.has_value();
    for (const QByteArray &statement : statements) {
        if (!done)
            break;
        auto rows = (*connection)->run({statement, {}});
        done = rows.has_value();
        if (!done)
            error = rows.error();
    }
    if (!done && why)
        *why = error.text();
    if (!done)
        qWarning("%s", qPrintable(error.text()));
    return done;
}

bool TestServer::useCertificate(TestCertificates::Kind kind)
{
    QString fingerprint;
    if (const auto before = pg::probeTls(spec()); before && !before->chain.isEmpty())
        fingerprint = before->chain.first().sha256;
    for (const QString &suffix : {QStringLiteral(".crt"), QStringLiteral(".key")}) {
        QFile file(m_dir.filePath(TestCertificates::name(kind) + suffix));
        if (!file.open(QIODevice::ReadOnly) || !writeFile(QStringLiteral("server") + suffix, file.readAll()))
            return false;
    }
    ::kill(pid_t(m_process->processId()), SIGHUP);
    QElapsedTimer clock;
    clock.start();
    while (clock.elapsed() < 5000) {
        const auto now = pg::probeTls(spec());
        if (now && !now->chain.isEmpty() && now->chain.first().sha256 != fingerprint)
            return true;
        QThread::msleep(20);
    }
    return false;
}

bool TestServer::stop()
{
    resume();
    ::kill(pid_t(m_process->processId()), SIGINT);
    return m_process->waitForFinished(30'000);
}

bool TestServer::stopAtOnce()
{
    ::kill(pid_t(m_process->processId()), SIGQUIT);
    return m_process->waitForFinished(30'000);
}

bool TestServer::startAgain(QString *why)
{
    return launch(why);
}

void TestServer::kill()
{
    const QList<qint64> all = processes();
    for (const qint64 pid : all)
        ::kill(pid_t(pid), SIGKILL);
    m_process->waitForFinished(5000);
    QFile::remove(m_dir.filePath(QStringLiteral("data/postmaster.pid")));
}

// The postmaster first: a paused one starts nothing new while its children are counted.
QList<qint64> TestServer::processes() const
{
    QList<qint64> all;
    if (!m_process || m_process->processId() == 0)
        return all;
    all << m_process->processId();
    QFile children(QStringLiteral("/proc/%1/task/%1/children").arg(m_process->processId()));
    if (children.open(QIODevice::ReadOnly)) {
        const auto words = children.readAll().simplified().split(' ');
        for (const QByteArray &word : words)
            if (word.toLongLong() > 0)
                all << word.toLongLong();
    }
    return all;
}

void TestServer::pause()
{
    if (m_process->processId() > 0)
        ::kill(pid_t(m_process->processId()), SIGSTOP);
    const QList<qint64> all = processes();
    for (const qint64 pid : all)
        ::kill(pid_t(pid), SIGSTOP);
}

void TestServer::resume()
{
    const QList<qint64> all = processes();
    for (const qint64 pid : all)
        ::kill(pid_t(pid), SIGCONT);
}

} // namespace howdah::test
