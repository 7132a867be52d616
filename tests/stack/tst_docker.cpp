// SPDX-License-Identifier: GPL-3.0-or-later
// The stack in the real Docker engine, under a name and a port of its own: up, login, keep, lose, down, destroy, interrupt.
#include "pg/connection.h"
#include "stack/bringup.h"
#include "stack/certificates.h"
#include "stack/port.h"
#include "stack/record.h"
#include "tool/process.h"

#include "fakekeychain.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <thread>

#include <unistd.h>

using namespace howdah;

#define VERIFY_OK(result) QVERIFY2(result, (result) ? "" : qPrintable((result).error().text() + QLatin1Char('\n') + (result).error().detail))

class TestDocker : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase();
    void keychainFirst();
    void comesUp();
    void statusIsWhatDockerSays();
    void refusals();
    void noSecretIsSeen();
    void secondUpKeepsAll();
    void takenPort();
    void lostKeychain();
    void otherPasswords();
    void firstBackupIsThere();
    void downKeepsData();
    void interruptedUpGoesOn();
    void brokenDataIsToldWithItsLog();
    void otherMajor();
    void demo();
    void destroyAsksForTheName();

private:
    Result<stack::BroughtUp> bringUp();
    Result<std::unique_ptr<pg::Connection>> connect(const QString &role);
    QByteArray docker(const QStringList &arguments);
    QString containerId() { return QString::fromLatin1(docker({QStringLiteral("ps"), QStringLiteral("-qf"), QStringLiteral("label=com.docker.compose.project=") + m_options.name}).trimmed()); }

    QTemporaryDir m_data;
    test::FakeKeychain m_keychain;
    stack::UpOptions m_options;
    QStringList m_steps;
};

void TestDocker::initTestCase()
{
    qputenv("XDG_DATA_HOME", m_data.path().toLocal8Bit());
    m_options.name = QStringLiteral("howdah-test-%1").arg(::getpid());
    m_options.port = stack::nextFreePort(quint16(56000 + ::getpid() % 1000));
    m_options.backend = stack::Backend::Docker;
}

void TestDocker::cleanupTestCase()
{
    std::ignore = stack::destroy(m_options.name, m_options.name, {}, {});
}

Result<stack::BroughtUp> TestDocker::bringUp()
{
    m_steps.clear();
    return stack::bringUp(m_options, m_keychain.seams(), [this](const ProgressStep &step) { m_steps << step.step + QLatin1String(" | ") + step.note; }, {});
}

Result<std::unique_ptr<pg::Connection>> TestDocker::connect(const QString &role)
{
    const session::Profile profile = m_keychain.profiles.value(m_options.name);
    const store::SecretKey key{profile.id, profile.spec.host, profile.spec.port, role};
    return pg::Connection::open(profile.spec.withRole(role), m_keychain.secrets.value(key.text()));
}

QByteArray TestDocker::docker(const QStringList &arguments)
{
    tool::Command command;
    command.program = QStringLiteral("docker");
    command.arguments = arguments;
    const auto outcome = tool::runChecked(command);
    return outcome ? QByteArray(outcome->output + outcome->errors) : QByteArray("failed: " + outcome.error().detail.toUtf8());
}

void TestDocker::keychainFirst()
{
    m_keychain.broken = true;
    const auto refused = bringUp();
    m_keychain.broken = false;
    QVERIFY(!refused);
    QCOMPARE(refused.error().kind, ErrorKind::Keychain);
    QVERIFY(refused.error().hint.contains(QLatin1String("--in-session")));
    QVERIFY(m_steps.isEmpty());
    const auto status = stack::status(m_options.name);
    VERIFY_OK(status);
    QCOMPARE(status->state, stack::StackState::Absent);
}

void TestDocker::comesUp()
{
    const auto brought = bringUp();
    VERIFY_OK(brought);
    QCOMPARE(brought->status.state, stack::StackState::Healthy);
    QVERIFY(!brought->rekeyed);
    QCOMPARE(brought->newPasswords.size(), stack::stackLoginRoles().size());
    QCOMPARE(brought->profile.name, m_options.name);
    QCOMPARE(brought->profile.environment, session::Environment::Development);
    for (const QString &role : stack::stackLoginRoles()) {
        if (role == QLatin1String("howdah_replication"))
            continue;
        const auto connection = connect(role);
        VERIFY_OK(connection);
        QCOMPARE((*connection)->facts().tlsProtocol, QStringLiteral("TLSv1.3"));
        QCOMPARE((*connection)->facts().auth, QStringLiteral("SCRAM-SHA-256-PLUS"));
        QCOMPARE((*connection)->facts().role, role);
    }
}

void TestDocker::statusIsWhatDockerSays()
{
    const auto status = stack::status(m_options.name);
    VERIFY_OK(status);
    QCOMPARE(status->state, stack::StackState::Healthy);
    QCOMPARE(status->listen, QStringLiteral("127.0.0.1"));
    QCOMPARE(docker({QStringLiteral("port"), containerId(), QStringLiteral("5432")}).trimmed(), "127.0.0.1:" + QByteArray::number(status->port));
    QVERIFY2(status->serverVersion.startsWith(QLatin1String("18.")), qPrintable(status->serverVersion));
    QVERIFY(!status->baseImage.isEmpty());
    QVERIFY(status->archiveBytes && *status->archiveBytes > 1'000'000); // the base backup is in it
    QVERIFY(QFile::exists(status->caFile));
}

void TestDocker::refusals()
{
    const session::Profile profile = m_keychain.profiles.value(m_options.name);
    const Secret right = m_keychain.secrets.value(profile.secretKey().text());
    const auto wrongPassword = pg::Connection::open(profile.spec, Secret(QByteArrayLiteral("wrong")));
    QVERIFY(!wrongPassword);
    QCOMPARE(wrongPassword.error().kind, ErrorKind::Authentication);
    QCOMPARE(wrongPassword.error().reason, QStringLiteral("wrong_password"));

    pg::ConnectionSpec otherCa = profile.spec;
    otherCa.caFile = m_data.filePath(QStringLiteral("other.crt"));
    QFile file(otherCa.caFile);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(stack::makeCertificates(QStringLiteral("other"))->ca);
    file.close();
    const auto wrongCa = pg::Connection::open(otherCa, right);
    QVERIFY(!wrongCa);
    QCOMPARE(wrongCa.error().kind, ErrorKind::Tls);

    pg::ConnectionSpec clear = profile.spec;
    clear.sslMode = pg::SslMode::Disable;
    clear.auth = pg::Auth::Scram;
    clear.tls13Only = false;
    const auto noTls = pg::Connection::open(clear, right);
    QVERIFY(!noTls);
    QVERIFY(noTls.error().reason != wrongPassword.error().reason);
    QVERIFY(noTls.error().kind != ErrorKind::Tls || noTls.error().reason != wrongCa.error().reason);
}

void TestDocker::noSecretIsSeen()
{
    QByteArray seen = docker({QStringLiteral("inspect"), containerId()}) + docker({QStringLiteral("logs"), containerId()});
    for (const QString &pid : QDir(QStringLiteral("/proc")).entryList({QStringLiteral("[0-9]*")}, QDir::Dirs)) {
        for (const char *name : {"environ", "cmdline"}) {
            QFile file(QStringLiteral("/proc/%1/%2").arg(pid, QLatin1String(name)));
            if (file.open(QIODevice::ReadOnly))
                seen += file.readAll();
        }
    }
    QVERIFY(seen.contains("howdah-entrypoint")); // the search sees what it should
    QCOMPARE(m_keychain.secrets.size(), stack::stackLoginRoles().size());
    for (const Secret &secret : std::as_const(m_keychain.secrets))
        QVERIFY(!seen.contains(QByteArrayView(secret.data(), secret.size())));
    QVERIFY(!seen.contains("POSTGRES_PASSWORD="));
    QVERIFY(!seen.contains("BEGIN PRIVATE KEY"));
    QVERIFY(m_steps.filter(QStringLiteral("PRIVATE KEY")).isEmpty());
}

void TestDocker::secondUpKeepsAll()
{
    const auto before = m_keychain.secrets;
    const QString id = containerId();
    QElapsedTimer timer;
    timer.start();
    const auto brought = bringUp();
    VERIFY_OK(brought);
    QVERIFY2(timer.elapsed() < 20'000, qPrintable(QString::number(timer.elapsed())));
    qInfo("second up: %lld ms", timer.elapsed());
    QVERIFY(brought->newPasswords.isEmpty());
    QVERIFY(!brought->rekeyed);
    QCOMPARE(m_keychain.secrets, before);
    QCOMPARE(containerId(), id);
}

void TestDocker::takenPort()
{
    stack::UpOptions other;
    other.name = m_options.name + QStringLiteral("-b");
    other.port = m_options.port; // ours listens there
    other.backend = stack::Backend::Docker;
    const auto refused = stack::up(other, {}, {});
    QVERIFY(!refused);
    QCOMPARE(refused.error().reason, QStringLiteral("port_taken"));
    QCOMPARE(stack::status(other.name)->state, stack::StackState::Absent);
}

void TestDocker::lostKeychain()
{
    const auto before = m_keychain.secrets;
    m_keychain.secrets.clear();
    const auto brought = bringUp();
    VERIFY_OK(brought);
    QVERIFY(brought->rekeyed);
    QCOMPARE(brought->newPasswords.size(), stack::stackLoginRoles().size());
    QVERIFY(m_keychain.secrets.value(brought->profile.secretKey().text()).size() == 43);
    QVERIFY(!(m_keychain.secrets.value(brought->profile.secretKey().text()) == before.value(brought->profile.secretKey().text())));
    VERIFY_OK(connect(QStringLiteral("jeex_user")));
}

void TestDocker::otherPasswords()
{
    const session::Profile profile = m_keychain.profiles.value(m_options.name);
    m_keychain.secrets[profile.secretKey().text()] = Secret(QByteArrayLiteral("of another time"));
    const Secret monitor = m_keychain.secrets.value(profile.monitorSecretKey().text());
    const auto brought = bringUp();
    VERIFY_OK(brought);
    QVERIFY(brought->rekeyed);
    QVERIFY(brought->newPasswords.contains(QStringLiteral("jeex_admin")));
    QVERIFY(!brought->newPasswords.contains(QStringLiteral("howdah_monitor"))); // was right, is kept
    QCOMPARE(m_keychain.secrets.value(profile.monitorSecretKey().text()), monitor);
    VERIFY_OK(connect(QStringLiteral("jeex_admin")));
}

void TestDocker::firstBackupIsThere()
{
    const QByteArray backups = docker({QStringLiteral("exec"), containerId(), QStringLiteral("ls"), QStringLiteral("-A"), QStringLiteral("/archive/base")});
    QCOMPARE(backups.count('\n'), 1); // one, whole, and no second by the later starts
    QVERIFY2(backups.startsWith("initial-2"), backups.constData());
    const QByteArray checked = docker({QStringLiteral("exec"), containerId(), QStringLiteral("pg_verifybackup"),
                                       QStringLiteral("/archive/base/") + QString::fromLatin1(backups.trimmed())});
    QVERIFY2(checked.contains("successfully verified"), checked.constData());
}

void TestDocker::downKeepsData()
{
    {
        const auto connection = connect(QStringLiteral("jeex_admin"));
        VERIFY_OK(connection);
        const auto marked = (*connection)->run({QByteArrayLiteral("SET ROLE jeex_owner"), {}});
        VERIFY_OK(marked);
        VERIFY_OK((*connection)->run({QByteArrayLiteral("CREATE TABLE public.kept AS SELECT 42 AS answer"), {}}));
    }
    VERIFY_OK(stack::down(m_options.name, {}, {}));
    QCOMPARE(stack::status(m_options.name)->state, stack::StackState::Stopped);
    const auto brought = bringUp();
    VERIFY_OK(brought);
    QVERIFY(brought->newPasswords.isEmpty());
    const auto connection = connect(QStringLiteral("jeex_admin"));
    VERIFY_OK(connection);
    VERIFY_OK((*connection)->run({QByteArrayLiteral("SET ROLE jeex_owner"), {}}));
    const auto rows = (*connection)->run({QByteArrayLiteral("SELECT answer FROM public.kept"), {}});
    VERIFY_OK(rows);
    QCOMPARE(rows->integer(0, 0), std::optional<qint64>(42));
}

void TestDocker::interruptedUpGoesOn()
{
    VERIFY_OK(stack::down(m_options.name, {}, {}));
    for (const char *step : {"Look at the volumes", "Start PostgreSQL", "Wait for PostgreSQL"}) {
        const CancelToken cancel;
        QElapsedTimer sinceCancel;
        std::thread later;
        const auto cut = stack::up(
            m_options,
            [&](const ProgressStep &progress) {
                if (progress.step == QLatin1String(step) && !later.joinable()) {
                    later = std::thread([&] {
                        QThread::msleep(150); // in the middle of the step
                        sinceCancel.start();
                        cancel.cancel();
                    });
                }
            },
            cancel);
        const qint64 took = sinceCancel.isValid() ? sinceCancel.elapsed() : -1;
        QVERIFY(later.joinable());
        later.join();
        QVERIFY2(!cut, step);
        QCOMPARE(cut.error().kind, ErrorKind::Cancelled);
        QVERIFY2(took < 1000, qPrintable(QStringLiteral("%1: %2 ms").arg(QLatin1String(step)).arg(took)));
    }
    const auto brought = bringUp();
    VERIFY_OK(brought);
    QVERIFY(brought->newPasswords.isEmpty());
}

void TestDocker::brokenDataIsToldWithItsLog()
{
    const auto inData = [&](const QStringList &command) {
        return docker(QStringList{QStringLiteral("run"), QStringLiteral("--rm"), QStringLiteral("-u"), QStringLiteral("999"), QStringLiteral("-v"),
                                  m_options.name + QStringLiteral("_data:/v"), QStringLiteral("--entrypoint"), command.first(), QStringLiteral("howdah-postgres:18")}
                      + command.mid(1));
    };
    const QString control = QStringLiteral("/v/18/docker/global/pg_control");
    VERIFY_OK(stack::down(m_options.name, {}, {}));
    QCOMPARE(inData({QStringLiteral("mv"), control, control + QStringLiteral(".away")}), QByteArray());
    const auto broken = bringUp();
    QCOMPARE(inData({QStringLiteral("mv"), control + QStringLiteral(".away"), control}), QByteArray());
    QVERIFY(!broken);
    QCOMPARE(broken.error().kind, ErrorKind::Tool);
    QCOMPARE(broken.error().reason, QStringLiteral("unhealthy"));
    QVERIFY2(broken.error().detail.contains(QLatin1String("pg_control")), qPrintable(broken.error().detail));
    const auto status = stack::status(m_options.name);
    VERIFY_OK(status);
    QCOMPARE(status->state, stack::StackState::Stopped); // not started again and again
    VERIFY_OK(bringUp());
}

void TestDocker::otherMajor()
{
    stack::UpOptions old = m_options;
    old.name = m_options.name + QStringLiteral("-old");
    old.port = stack::nextFreePort(m_options.port);
    const QString volume = old.name + QStringLiteral("_data");
    const QString project = QStringLiteral("com.docker.compose.project=") + old.name;
    docker({QStringLiteral("volume"), QStringLiteral("create"), QStringLiteral("--label"), project, QStringLiteral("--label"),
            QStringLiteral("com.docker.compose.volume=data"), volume});
    docker({QStringLiteral("run"), QStringLiteral("--rm"), QStringLiteral("-v"), volume + QStringLiteral(":/v"), QStringLiteral("--entrypoint"),
            QStringLiteral("sh"), QStringLiteral("howdah-postgres:18"), QStringLiteral("-c"),
            QStringLiteral("mkdir -p /v/17/docker && echo 17 > /v/17/docker/PG_VERSION")});
    const auto refused = stack::up(old, {}, {});
    const QByteArray kept = docker({QStringLiteral("run"), QStringLiteral("--rm"), QStringLiteral("-v"), volume + QStringLiteral(":/v"),
                                    QStringLiteral("--entrypoint"), QStringLiteral("ls"), QStringLiteral("howdah-postgres:18"), QStringLiteral("/v")});
    const Done destroyed = stack::destroy(old.name, old.name, {}, {});
    QVERIFY(!refused);
    QCOMPARE(refused.error().reason, QStringLiteral("other_major"));
    QVERIFY(refused.error().message.contains(QLatin1String("17")));
    QCOMPARE(kept, QByteArray("17\n"));
    VERIFY_OK(destroyed);
}

void TestDocker::demo()
{
    VERIFY_OK(stack::demo(m_options.name, {}, {}));
    const auto connection = connect(QStringLiteral("howdah_backup")); // reads all rows past row security
    VERIFY_OK(connection);
    const auto count = [&] {
        const auto rows = (*connection)->run({QByteArrayLiteral("SELECT pg_catalog.count(*) FROM public.agent_executions"), {}});
        return rows ? rows->integer(0, 0).value_or(-1) : -1;
    };
    const qint64 before = count();
    QVERIFY(before > 1000);
    VERIFY_OK(stack::demo(m_options.name, {}, {})); // once is enough
    QCOMPARE(count(), before);

    const CancelToken cancel;
    std::thread later([&] {
        QThread::msleep(3000);
        cancel.cancel();
    });
    const auto load = stack::demoLoad(m_options.name, 60, {}, cancel);
    later.join();
    QVERIFY(!load);
    QCOMPARE(load.error().kind, ErrorKind::Cancelled);
    QVERIFY(count() > before);
    // docker exec does not hand a signal on: the program inside must be gone all the same.
    const auto left = (*connection)->run({QByteArrayLiteral("SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity WHERE application_name = 'howdah-demo'"), {}});
    VERIFY_OK(left);
    QTRY_COMPARE((*connection)->run({QByteArrayLiteral("SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity WHERE application_name = 'howdah-demo'"), {}})->integer(0, 0),
                 std::optional<qint64>(0));
}

void TestDocker::destroyAsksForTheName()
{
    const auto volumes = [&] { return docker({QStringLiteral("volume"), QStringLiteral("ls"), QStringLiteral("-q")}).contains(m_options.name.toLatin1()); };
    const Done refused = stack::destroy(m_options.name, QStringLiteral("howdah"), {}, {});
    QVERIFY(!refused);
    QCOMPARE(refused.error().reason, QStringLiteral("name_mismatch"));
    QVERIFY(volumes());
    QCOMPARE(stack::status(m_options.name)->state, stack::StackState::Healthy);
    VERIFY_OK(stack::destroy(m_options.name, m_options.name, {}, {}));
    QVERIFY(!volumes());
    QCOMPARE(stack::status(m_options.name)->state, stack::StackState::Absent);
    QVERIFY(!QFile::exists(stack::folderOf(m_options.name)));
}

QTEST_GUILESS_MAIN(TestDocker)
#include "tst_docker.moc"
