// SPDX-License-Identifier: GPL-3.0-or-later
// The stack without Docker: the same configuration, roles, TLS and schema from PostgreSQL 18 binaries found on the machine.
#include "pg/connection.h"
#include "stack/bringup.h"
#include "stack/port.h"
#include "stack/record.h"

#include "fakekeychain.h"

#include <QTemporaryDir>
#include <QtTest>

#include <unistd.h>

using namespace howdah;

#define VERIFY_OK(result) QVERIFY2(result, (result) ? "" : qPrintable((result).error().text() + QLatin1Char('\n') + (result).error().detail))

class TestLocalCluster : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase();
    void comesUp();
    void refusesClearText();
    void hasTheOwnersSchema();
    void downKeepsDataAndPasswords();
    void lostKeychain();
    void archives();
    void demo();
    void destroyAsksForTheName();

private:
    Result<stack::BroughtUp> bringUp() { return stack::bringUp(m_options, m_keychain.seams(), {}, {}); }
    session::Profile profile() const { return m_keychain.profiles.value(m_options.name); }
    Result<std::unique_ptr<pg::Connection>> connect(const QString &role)
    {
        const session::Profile known = profile();
        const store::SecretKey key{known.id, known.spec.host, known.spec.port, role};
        return pg::Connection::open(known.spec.withRole(role), m_keychain.secrets.value(key.text()));
    }

    QTemporaryDir m_data;
    test::FakeKeychain m_keychain;
    stack::UpOptions m_options;
};

void TestLocalCluster::initTestCase()
{
    qputenv("XDG_DATA_HOME", m_data.path().toLocal8Bit());
    m_options.name = QStringLiteral("howdah-local-%1").arg(::getpid());
    m_options.port = stack::nextFreePort(quint16(57000 + ::getpid() % 1000));
    qputenv("DOCKER_HOST", "unix:///nonexistent/docker.sock"); // no engine: the local cluster is what is left
}

void TestLocalCluster::cleanupTestCase()
{
    std::ignore = stack::destroy(m_options.name, m_options.name, {}, {});
}

void TestLocalCluster::comesUp()
{
    const auto brought = bringUp();
    VERIFY_OK(brought);
    QCOMPARE(brought->status.state, stack::StackState::Healthy);
    QCOMPARE(brought->status.backend, stack::Backend::Local);
    QCOMPARE(brought->status.listen, QStringLiteral("127.0.0.1"));
    QVERIFY2(brought->status.serverVersion.startsWith(QLatin1String("18.")), qPrintable(brought->status.serverVersion));
    QVERIFY2(brought->status.reason.contains(QLatin1String("without Docker")), qPrintable(brought->status.reason));
    QVERIFY(brought->status.archiveBytes && *brought->status.archiveBytes > 10'000'000); // its first base backup
    QCOMPARE(brought->newPasswords.size(), stack::stackLoginRoles().size());
    for (const QString &role : {QStringLiteral("jeex_admin"), QStringLiteral("jeex_user"), QStringLiteral("howdah_monitor")}) {
        const auto connection = connect(role);
        VERIFY_OK(connection);
        QCOMPARE((*connection)->facts().tlsProtocol, QStringLiteral("TLSv1.3"));
        QCOMPARE((*connection)->facts().auth, QStringLiteral("SCRAM-SHA-256-PLUS"));
    }
}

void TestLocalCluster::refusesClearText()
{
    pg::ConnectionSpec clear = profile().spec;
    clear.sslMode = pg::SslMode::Disable;
    clear.auth = pg::Auth::Scram;
    clear.tls13Only = false;
    const auto refused = pg::Connection::open(clear, m_keychain.secrets.value(profile().secretKey().text()));
    QVERIFY(!refused);
    QCOMPARE(refused.error().sqlstate, QStringLiteral("28000"));
}

void TestLocalCluster::hasTheOwnersSchema()
{
    const auto connection = connect(QStringLiteral("jeex_admin"));
    VERIFY_OK(connection);
    pg::Statement statement;
    statement.text = "SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = 'public' AND tablename IN ('users','projects','document_versions','agent_executions','exports')";
    const auto rows = (*connection)->run(statement);
    VERIFY_OK(rows);
    QCOMPARE(rows->integer(0, 0), std::optional<qint64>(5));
}

void TestLocalCluster::downKeepsDataAndPasswords()
{
    VERIFY_OK(stack::down(m_options.name, {}, {}));
    const auto stopped = stack::status(m_options.name);
    VERIFY_OK(stopped);
    QCOMPARE(stopped->state, stack::StackState::Stopped);
    const auto secrets = m_keychain.secrets;
    const auto again = bringUp();
    VERIFY_OK(again);
    QVERIFY(again->newPasswords.isEmpty());
    QVERIFY(m_keychain.secrets == secrets);
    VERIFY_OK(connect(QStringLiteral("jeex_user")));
}

void TestLocalCluster::lostKeychain()
{
    m_keychain.secrets.clear();
    const auto again = bringUp();
    VERIFY_OK(again);
    QVERIFY(again->rekeyed);
    VERIFY_OK(connect(QStringLiteral("jeex_admin")));
}

void TestLocalCluster::archives()
{
    const auto connection = connect(QStringLiteral("jeex_admin"));
    VERIFY_OK(connection);
    VERIFY_OK((*connection)->run({QByteArrayLiteral("SELECT pg_catalog.pg_switch_wal()"), {}}));
    const auto archived = [&] {
        const auto rows = (*connection)->run({QByteArrayLiteral("SELECT archived_count > 0 AND failed_count = 0 FROM pg_catalog.pg_stat_archiver"), {}});
        return rows && rows->boolean(0, 0) == std::optional<bool>(true);
    };
    QTRY_VERIFY_WITH_TIMEOUT(archived(), 20'000);
}

void TestLocalCluster::demo()
{
    VERIFY_OK(stack::demo(m_options.name, {}, {}));
    VERIFY_OK(stack::demoLoad(m_options.name, 1, {}, {}));
}

void TestLocalCluster::destroyAsksForTheName()
{
    const auto refused = stack::destroy(m_options.name, QStringLiteral("other"), {}, {});
    QVERIFY(!refused);
    QCOMPARE(refused.error().reason, QStringLiteral("name_mismatch"));
    VERIFY_OK(stack::destroy(m_options.name, m_options.name, {}, {}));
    const auto gone = stack::status(m_options.name);
    VERIFY_OK(gone);
    QCOMPARE(gone->state, stack::StackState::Unknown); // nothing is remembered, and no engine can say that there is none
    QVERIFY(!stack::readRecord(m_options.name)->exists);
    QVERIFY(stack::isPortFree(profile().spec.port)); // the server is gone too
}

QTEST_GUILESS_MAIN(TestLocalCluster)
#include "tst_localcluster.moc"
