// SPDX-License-Identifier: GPL-3.0-or-later
// Several hosts: which of them is taken, and what is told of the server that is there after a loss.
#include "pg/session.h"
#include "support/scriptedserver.h"
#include "support/testserver.h"

#include <QElapsedTimer>
#include <QTest>

using namespace howdah;
using namespace howdah::pg;
using test::ScriptedServer;
using test::TestServer;

class TestHosts : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase();
    void targets_data();
    void targets();
    void deadHostsFirst();
    void refusalEndsIt();
    void noneLetsIn();
    void ourReadOnlyIsNotTheServers();
    void comebacks();
    void tellsWhatCameBack();
    void pooler();

private:
    QString portOf(const ConnectionSpec &spec) const
    {
        const auto connection = Connection::open(spec, m_primary->password());
        if (!connection)
            return connection.error().reason;
        if (!(*connection)->spec().otherHosts.isEmpty())
            return QStringLiteral("its spec still names others");
        return (*connection)->spec().port == m_primary->port() ? QStringLiteral("primary") : QStringLiteral("standby");
    }
    std::unique_ptr<TestServer> m_primary;
    std::unique_ptr<TestServer> m_standby;
};

void TestHosts::initTestCase()
{
    QString why;
    test::ServerSetup setup;
    setup.hba << QStringLiteral("local replication all trust");
    m_primary = TestServer::start(setup, &why);
    QVERIFY2(m_primary, qPrintable(why));
    QVERIFY(m_primary->stop());
    setup.copyOf = m_primary.get();
    setup.dataFiles << QStringLiteral("standby.signal");
    setup.settings << QStringLiteral("primary_conninfo=host=%1 port=%2 user=postgres").arg(m_primary->folder()).arg(m_primary->port());
    m_standby = TestServer::start(setup, &why);
    QVERIFY2(m_standby, qPrintable(why));
    QVERIFY2(m_primary->startAgain(&why), qPrintable(why));
}

void TestHosts::cleanupTestCase()
{
    m_standby.reset();
    m_primary.reset();
    QVERIFY(Worker::joinClosed(5000));
}

void TestHosts::targets_data()
{
    QTest::addColumn<QString>("target");
    QTest::addColumn<QString>("ofBoth");    // the standby first
    QTest::addColumn<QString>("ofPrimary"); // the primary alone
    QTest::newRow("any") << "any" << "standby" << "primary";
    QTest::newRow("read-write") << "read-write" << "primary" << "primary";
    QTest::newRow("read-only") << "read-only" << "standby" << "no_host_fits";
    QTest::newRow("primary") << "primary" << "primary" << "primary";
    QTest::newRow("standby") << "standby" << "standby" << "no_host_fits";
    QTest::newRow("prefer-standby") << "prefer-standby" << "standby" << "primary";
}

void TestHosts::targets()
{
    QFETCH(QString, target);
    QFETCH(QString, ofBoth);
    QFETCH(QString, ofPrimary);
    ConnectionSpec spec = m_standby->spec();
    spec.target = targetFromName(target).value();
    spec.otherHosts = {{QStringLiteral("127.0.0.1"), m_primary->port()}};
    QCOMPARE(portOf(spec), ofBoth);
    ConnectionSpec alone = m_primary->spec();
    alone.target = spec.target;
    QCOMPARE(portOf(alone), ofPrimary);
    // The other way round: what is wanted is found behind what is not.
    alone.otherHosts = {{QStringLiteral("127.0.0.1"), m_standby->port()}};
    QCOMPARE(portOf(alone), target == QLatin1StringView("any") ? QStringLiteral("primary") : ofBoth);
}

void TestHosts::deadHostsFirst()
{
    const ScriptedServer silent(ScriptedServer::silent());
    quint16 nobody = 0;
    {
        const ScriptedServer gone(ScriptedServer::silent());
        nobody = gone.port();
    }
    ConnectionSpec spec = m_primary->spec();
    spec.host = QStringLiteral("no-such-host.invalid");
    spec.otherHosts = {{QStringLiteral("127.0.0.1"), nobody}, {QStringLiteral("127.0.0.1"), silent.port()}, {QStringLiteral("127.0.0.1"), m_primary->port()}};
    spec.connectTimeoutMs = 4000;
    QElapsedTimer clock;
    clock.start();
    QCOMPARE(portOf(spec), QStringLiteral("primary"));
    QVERIFY2(clock.elapsed() < 4000, qPrintable(QString::number(clock.elapsed())));
}

void TestHosts::refusalEndsIt()
{
    std::atomic<int> asked = 0;
    const ScriptedServer second([&](const ScriptedServer::Client &) { ++asked; });
    ConnectionSpec spec = m_primary->spec();
    spec.otherHosts = {{QStringLiteral("127.0.0.1"), second.port()}};
    const auto connection = Connection::open(spec, Secret("wrong"));
    QVERIFY(!connection);
    QCOMPARE(connection.error().reason, QStringLiteral("wrong_password"));
    spec.caFile = m_primary->otherCaFile();
    const auto stranger = Connection::open(spec, m_primary->password());
    QVERIFY(!stranger);
    QCOMPARE(stranger.error().kind, ErrorKind::Tls);
    QCOMPARE(asked.load(), 0);
}

void TestHosts::noneLetsIn()
{
    const ScriptedServer http(ScriptedServer::says("HTTP/1.1 400 Bad Request\r\n\r\n")), silent(ScriptedServer::silent());
    ConnectionSpec spec = m_primary->spec();
    spec.port = http.port();
    spec.otherHosts = {{QStringLiteral("127.0.0.1"), silent.port()}};
    spec.connectTimeoutMs = 1500;
    QElapsedTimer clock;
    clock.start();
    const auto connection = Connection::open(spec, m_primary->password());
    QVERIFY(clock.elapsed() < 1800);
    QVERIFY(!connection);
    const Error &error = connection.error();
    QCOMPARE(error.reason, QStringLiteral("not_postgresql")); // of the first
    QVERIFY2(error.message.contains(QStringLiteral("2 servers")), qPrintable(error.text()));
    QVERIFY2(error.detail.contains(QString::number(http.port())) && error.detail.contains(QString::number(silent.port())), qPrintable(error.detail));

    spec = m_standby->spec();
    spec.target = TargetSession::Primary;
    const auto unfit = Connection::open(spec, m_primary->password());
    QVERIFY(!unfit);
    QCOMPARE(unfit.error().reason, QStringLiteral("no_host_fits"));
    QVERIFY2(unfit.error().detail.contains(QStringLiteral("is a standby")), qPrintable(unfit.error().detail));
}

void TestHosts::ourReadOnlyIsNotTheServers()
{
    ConnectionSpec spec = m_primary->spec();
    spec.target = TargetSession::ReadWrite;
    spec.readOnly = true;
    QCOMPARE(portOf(spec), QStringLiteral("primary"));
    spec.readOnly = false;
    spec.options = QStringLiteral("-c default_transaction_read_only=on");
    QCOMPARE(portOf(spec), QStringLiteral("primary"));
}

void TestHosts::comebacks()
{
    const auto primary = Connection::open(m_primary->spec(), m_primary->password());
    const auto standby = Connection::open(m_standby->spec(), m_primary->password());
    QVERIFY(primary && (*primary)->readIdentity());
    QVERIFY(standby && (*standby)->readIdentity());
    const ServerIdentity first = (*primary)->identity();
    QVERIFY(first.isKnown());
    QCOMPARE(first.timeline, 1);
    QVERIFY(first.startedMs > 1'700'000'000'000);
    QCOMPARE(comebackOf(first, first), Comeback::Same);
    QCOMPARE(comebackOf(first, (*standby)->identity()), Comeback::OtherHost);
    QCOMPARE(comebackOf({}, first), Comeback::Unknown);
    QVERIFY(comebackText(Comeback::Same).isEmpty() && !comebackText(Comeback::FailedOver).isEmpty());
}

void TestHosts::tellsWhatCameBack()
{
    ConnectionSpec spec = m_primary->spec();
    spec.otherHosts = {{QStringLiteral("127.0.0.1"), m_standby->port()}};
    spec.target = TargetSession::ReadWrite;
    Session session(spec, m_primary->password(), Session::Purpose::Editor);
    session.open();
    QTRY_COMPARE(session.status().state, LinkState::Connected);
    QCOMPARE(session.status().comeback, Comeback::First);
    QCOMPARE(session.status().server.address, m_primary->spec().address());

    const auto begun = session.run([](Connection &connection, const CancelToken &) -> Result<int> { return connection.command("BEGIN").map([] { return 1; }); });
    QTRY_VERIFY(begun.isFinished());
    QVERIFY(m_primary->stop() && m_primary->startAgain());
    QTRY_COMPARE(session.status().generation, quint64(2));
    QCOMPARE(session.status().comeback, Comeback::Restarted);

    const auto again = session.run([](Connection &connection, const CancelToken &) -> Result<int> { return connection.command("BEGIN").map([] { return 1; }); });
    QTRY_VERIFY(again.isFinished());
    QVERIFY(m_primary->stop());
    QTRY_COMPARE(session.status().state, LinkState::Lost);
    QCOMPARE(session.status().lostIn, TransactionState::Open);
    QVERIFY(m_standby->sql({"SELECT pg_catalog.pg_promote()"}));
    QTRY_COMPARE_WITH_TIMEOUT(session.status().generation, quint64(3), 20'000);
    QCOMPARE(session.status().comeback, Comeback::FailedOver);
    QCOMPARE(session.status().server.address, m_standby->spec().address());
    QCOMPARE(session.status().lostIn, TransactionState::Idle);
    QString why;
    QVERIFY2(m_primary->startAgain(&why), qPrintable(why));
}

// No startup parameter that PgBouncer refuses, and nothing that outlives a transaction.
void TestHosts::pooler()
{
    QVERIFY(!poolerLimits().isEmpty());
    ConnectionSpec spec = m_primary->spec();
    spec.pooler = true;
    spec.readOnly = true;
    spec.options = QStringLiteral("-c work_mem=99MB");
    auto connection = Connection::open(spec, m_primary->password());
    QVERIFY2(connection, qPrintable(connection ? QString() : connection.error().text()));
    RunOptions options;
    options.prepared = true;
    const auto rows = (*connection)->run({"SELECT current_setting('work_mem'), current_setting('default_transaction_read_only')", QStringLiteral("named")}, {}, options);
    QVERIFY(rows);
    QCOMPARE(rows->text(0, 0), QStringLiteral("4MB"));
    QCOMPARE(rows->text(0, 1), QStringLiteral("off"));
    const auto named = (*connection)->run({"SELECT count(*) FROM pg_catalog.pg_prepared_statements WHERE name <> ''", {}});
    QVERIFY(named);
    QCOMPARE(named->integer(0, 0).value_or(-1), 0);
    const auto described = (*connection)->describe({"SELECT 1 AS a", {}});
    QVERIFY(described);
    QCOMPARE(described->columns().front().name, QStringLiteral("a"));
    QCOMPARE((*connection)->transactionState(), TransactionState::Idle);
    QVERIFY((*connection)->readIdentity());
    QVERIFY(!(*connection)->identity().isKnown());
}

QTEST_GUILESS_MAIN(TestHosts)
#include "tst_hosts.moc"
