// SPDX-License-Identifier: GPL-3.0-or-later
// Security.md 6.1, row 6: restarts fast and immediate, a server that still starts, no connection left, and a standby that takes over.
#include "fault/fault.h"
#include "support/netns.h"

using namespace howdah;
using namespace howdah::fault;
using pg::LinkState;
using pg::Session;
using test::TestServer;

class TestFailover : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase();
    void row06_fastRestart();
    void row06_immediateRestart();
    void row06_stillStarting();
    void row06_outOfConnections();
    void row06_connectionLimitOfTheRole();
    void row06_failover();

private:
    std::unique_ptr<Session> opened(const pg::ConnectionSpec &spec, Session::Purpose purpose = Session::Purpose::Editor)
    {
        auto session = std::make_unique<Session>(spec, m_server->password(), purpose);
        session->open();
        return session;
    }
    std::unique_ptr<Session> connected(const pg::ConnectionSpec &spec, Session::Purpose purpose = Session::Purpose::Editor)
    {
        auto session = opened(spec, purpose);
        [&] { QTRY_COMPARE_WITH_TIMEOUT(session->status().state, LinkState::Connected, 15'000); }();
        return session;
    }
    test::ServerSetup setup() const
    {
        test::ServerSetup setup;
        setup.network = m_network.get();
        setup.hba << QStringLiteral("local replication all trust");
        setup.settings << QStringLiteral("log_statement=all") << QStringLiteral("max_connections=12") << QStringLiteral("superuser_reserved_connections=3");
        return setup;
    }

    std::unique_ptr<test::NetworkNamespace> m_network;
    std::unique_ptr<TestServer> m_server;
};

void TestFailover::initTestCase()
{
    QString why;
    m_network = test::NetworkNamespace::make(&why);
    QVERIFY2(m_network, qPrintable(why));
    m_server = TestServer::start(setup(), &why);
    QVERIFY2(m_server, qPrintable(why));
    // Their password is the superuser's, so that one Secret does.
    QVERIFY(m_server->sql({"CREATE ROLE app LOGIN CONNECTION LIMIT 1", "CREATE ROLE crowd LOGIN", "CREATE ROLE shut LOGIN CONNECTION LIMIT 0",
                           "DO $$ DECLARE v text; BEGIN SELECT rolpassword INTO v FROM pg_catalog.pg_authid WHERE rolname = 'postgres'; "
                           "EXECUTE pg_catalog.format('ALTER ROLE app PASSWORD %L', v); EXECUTE pg_catalog.format('ALTER ROLE crowd PASSWORD %L', v); "
                           "EXECUTE pg_catalog.format('ALTER ROLE shut PASSWORD %L', v); END $$"}));
}

void TestFailover::cleanupTestCase()
{
    m_server.reset();
    QVERIFY(Worker::joinClosed(5000));
}

void TestFailover::row06_fastRestart()
{
    const auto idle = connected(m_server->spec());
    const auto busy = connected(m_server->spec());
    const auto query = busy->run(statement("SELECT pg_catalog.pg_sleep(60) AS row06fast"));
    QTRY_VERIFY(stateOf(*m_server, busy->status().facts.backendPid).endsWith(QStringLiteral("PgSleep")));
    QVERIFY(m_server->stop());
    QTRY_VERIFY(query.isFinished());
    QCOMPARE(errorOf(query).sqlstate, QStringLiteral("57P01"));
    QTRY_COMPARE(idle->status().state, LinkState::Lost);
    QVERIFY2(idle->status().error.sqlstate == QLatin1StringView("57P01") || idle->status().error.reason == QLatin1StringView("refused"),
             qPrintable(describe(idle->status())));
    // Nobody is there now: said so, and tried again.
    QTRY_COMPARE(idle->status().error.reason, QStringLiteral("refused"));
    QVERIFY(idle->status().retryAtMs > 0);
    QString why;
    QVERIFY2(m_server->startAgain(&why), qPrintable(why));
    QTRY_COMPARE_WITH_TIMEOUT(idle->status().state, LinkState::Connected, 20'000);
    QTRY_COMPARE_WITH_TIMEOUT(busy->status().state, LinkState::Connected, 20'000);
    QCOMPARE(idle->status().generation, quint64(2));
    QCOMPARE(executions(*m_server, QStringLiteral("AS row06fast")), 1);
}

void TestFailover::row06_immediateRestart()
{
    const auto idle = connected(m_server->spec());
    const auto busy = connected(m_server->spec());
    QStringList reasons;
    connect(idle.get(), &Session::statusChanged, this, [&](const pg::LinkStatus &status) { reasons << status.error.sqlstate; });
    const auto query = busy->run(statement("SELECT pg_catalog.pg_sleep(60) AS row06now"));
    QTRY_VERIFY(stateOf(*m_server, busy->status().facts.backendPid).endsWith(QStringLiteral("PgSleep")));
    QVERIFY(m_server->stopAtOnce());
    QTRY_VERIFY(query.isFinished());
    QCOMPARE(errorOf(query).kind, ErrorKind::Connection);
    QCOMPARE(errorOf(query).sqlstate, QStringLiteral("57P01"));
    QVERIFY2(errorOf(query).message.contains(QStringLiteral("immediate shutdown")), qPrintable(errorOf(query).text()));
    QTRY_VERIFY(reasons.contains(QStringLiteral("57P01")));
    QString why;
    QVERIFY2(m_server->startAgain(&why), qPrintable(why));
    QTRY_COMPARE_WITH_TIMEOUT(idle->status().state, LinkState::Connected, 20'000);
    QCOMPARE(idle->status().generation, quint64(2));
    QCOMPARE(executions(*m_server, QStringLiteral("AS row06now")), 1);
}

// 57P03: a standby that may not be read yet. It becomes an open one meanwhile, and the session is in by itself.
void TestFailover::row06_stillStarting()
{
    QString why;
    QVERIFY(m_server->stop());
    test::ServerSetup closed = setup();
    closed.copyOf = m_server.get();
    closed.dataFiles << QStringLiteral("standby.signal");
    closed.settings << QStringLiteral("hot_standby=off");
    closed.awaitsConnections = false;
    const auto starting = TestServer::start(closed, &why);
    QVERIFY2(starting, qPrintable(why));
    const auto session = opened(starting->spec());
    QTRY_COMPARE(session->status().error.sqlstate, QStringLiteral("57P03"));
    QCOMPARE(session->status().error.reason, QStringLiteral("starting_up"));
    QVERIFY(!session->status().error.message.isEmpty());
    QVERIFY(session->status().retryAtMs > 0);
    QVERIFY2(m_server->startAgain(&why), qPrintable(why));
}

void TestFailover::row06_outOfConnections()
{
    std::vector<std::unique_ptr<Session>> crowd;
    const pg::ConnectionSpec spec = m_server->spec().withRole(QStringLiteral("crowd"));
    for (int i = 0; i < 12; ++i)
        crowd.push_back(opened(spec));
    const auto refused = [&] {
        for (const auto &session : crowd) {
            if (session->status().state == LinkState::Lost)
                return session.get();
        }
        return static_cast<Session *>(nullptr);
    };
    QTRY_VERIFY_WITH_TIMEOUT(refused(), 15'000);
    const pg::LinkStatus status = refused()->status();
    QCOMPARE(status.error.sqlstate, QStringLiteral("53300"));
    QCOMPARE(status.error.reason, QStringLiteral("too_many_connections"));
    QVERIFY2(status.error.message.contains(QStringLiteral("no connection left")), qPrintable(status.error.text()));
    QVERIFY(!status.error.detail.isEmpty()); // whose limit it is, in the server's words
    QVERIFY(status.retryAtMs > 0);
    // A place becomes free, and it is taken.
    Session *waiting = refused();
    for (auto &session : crowd) {
        if (session.get() != waiting)
            session.reset();
    }
    QTRY_COMPARE_WITH_TIMEOUT(waiting->status().state, LinkState::Connected, 20'000);
}

void TestFailover::row06_connectionLimitOfTheRole()
{
    const auto only = connected(m_server->spec().withRole(QStringLiteral("app")));
    for (const QString &role : {QStringLiteral("app"), QStringLiteral("shut")}) {
        const auto session = opened(m_server->spec().withRole(role));
        QTRY_COMPARE(session->status().state, LinkState::Lost);
        QCOMPARE(session->status().error.sqlstate, QStringLiteral("53300"));
        QCOMPARE(session->status().error.reason, QStringLiteral("too_many_connections"));
        QVERIFY2(session->status().error.detail.contains(role), qPrintable(session->status().error.text()));
    }
    QCOMPARE(only->status().state, LinkState::Connected);
}

void TestFailover::row06_failover()
{
    // A standby: a copy of the stopped primary that follows it over its socket.
    QString why;
    QVERIFY(m_server->stop());
    test::ServerSetup following = setup();
    following.copyOf = m_server.get();
    following.dataFiles << QStringLiteral("standby.signal");
    following.settings << QStringLiteral("primary_conninfo=host=%1 port=%2 user=postgres").arg(m_server->folder()).arg(m_server->port());
    auto standby = TestServer::start(following, &why);
    QVERIFY2(standby, qPrintable(why));
    QVERIFY2(m_server->startAgain(&why), qPrintable(why));
    QVERIFY(m_server->sql({"CREATE TABLE public.followed (a int)", "INSERT INTO public.followed VALUES (1)"}));

    // The standby first in the list: only the right one is taken.
    pg::ConnectionSpec spec = standby->spec();
    spec.otherHosts = {{m_server->address(), m_server->port()}};
    spec.target = pg::TargetSession::ReadWrite;
    const auto writer = connected(spec);
    QCOMPARE(first(writer->run(statement("SELECT pg_catalog.current_setting('port')"))), QString::number(m_server->port()));
    const auto reader = connected(standby->spec());
    QVERIFY(reader->status().facts.inRecovery);
    QTRY_COMPARE(first(reader->run(statement("SELECT a FROM public.followed"))), QStringLiteral("1"));
    const auto refused = reader->run(statement("INSERT INTO public.followed VALUES (2) RETURNING a"));
    QTRY_VERIFY(refused.isFinished());
    QCOMPARE(errorOf(refused).sqlstate, QStringLiteral("25006"));

    m_server->kill();
    QTRY_COMPARE(writer->status().state, LinkState::Lost);
    QVERIFY(writer->status().retryAtMs > 0); // a standby alone is no reason to stop
    QCOMPARE(ask(*standby, "SELECT pg_catalog.pg_promote()"), QStringLiteral("t"));
    QTRY_COMPARE_WITH_TIMEOUT(writer->status().state, LinkState::Connected, 30'000);
    QCOMPARE(writer->status().generation, quint64(2));
    QCOMPARE(first(writer->run(statement("SELECT pg_catalog.current_setting('port')"))), QString::number(standby->port()));
    QCOMPARE(first(writer->run(statement("INSERT INTO public.followed VALUES (2) RETURNING a"))), QStringLiteral("2"));
    // The reader's own link stood through it; a server says with its next answer that it is no standby any more.
    QCOMPARE(first(reader->run(statement("SELECT 1"))), QStringLiteral("1"));
    QTRY_VERIFY(!reader->status().facts.inRecovery);
    QCOMPARE(reader->status().generation, quint64(1));
}

QTEST_GUILESS_MAIN(TestFailover)
#include "tst_failover.moc"
