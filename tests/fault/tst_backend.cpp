// SPDX-License-Identifier: GPL-3.0-or-later
// Security.md 6.1, rows 1, 2 and 7: the backend is killed, the backend is told to go, the server is none.
#include "fault/fault.h"
#include "support/netns.h"
#include "support/scriptedserver.h"

#include <QSignalSpy>

#include <csignal>

using namespace howdah;
using namespace howdah::fault;
using pg::LinkState;
using pg::Session;

class TestBackend : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase();
    void row01_backendKilled();
    void row01_everybodyElseHearsOfTheCrash();
    void row02_terminatedIdle();
    void row02_terminatedActive();
    void row02_terminatedInTransaction();
    void row07_hostileServer_data();
    void row07_hostileServer();

private:
    std::unique_ptr<Session> connected(Session::Purpose purpose = Session::Purpose::Editor)
    {
        auto session = std::make_unique<Session>(m_server->spec(), m_server->password(), purpose);
        session->open();
        [&] { QTRY_COMPARE_WITH_TIMEOUT(session->status().state, LinkState::Connected, 15'000); }();
        return session;
    }
    void terminate(int pid) { QCOMPARE(ask(*m_server, "SELECT pg_catalog.pg_terminate_backend(" + QByteArray::number(pid) + ")"), QStringLiteral("t")); }

    std::unique_ptr<test::NetworkNamespace> m_network;
    std::unique_ptr<test::TestServer> m_server;
};

void TestBackend::initTestCase()
{
    QString why;
    m_network = test::NetworkNamespace::make(&why);
    QVERIFY2(m_network, qPrintable(why));
    test::ServerSetup setup;
    setup.network = m_network.get();
    setup.settings << QStringLiteral("log_statement=all");
    m_server = test::TestServer::start(setup, &why);
    QVERIFY2(m_server, qPrintable(why));
}

void TestBackend::cleanupTestCase()
{
    m_server.reset();
    QVERIFY(Worker::joinClosed(5000));
}

void TestBackend::row01_backendKilled()
{
    const auto session = connected();
    QList<pg::LinkStatus> history;
    connect(session.get(), &Session::statusChanged, this, [&](const pg::LinkStatus &status) { history << status; });

    const auto counter = std::make_shared<Counter>();
    const auto future = session->run(streaming("SELECT i, pg_catalog.pg_sleep(CASE WHEN i <= 3000 THEN 0 ELSE 60 END) AS row01 "
                                               "FROM pg_catalog.generate_series(1, 3001) i", counter));
    QTRY_VERIFY(counter->rows() >= 1000);
    const int pid = session->status().facts.backendPid;
    QTRY_VERIFY(stateOf(*m_server, pid).startsWith(QLatin1StringView("active PgSleep")));
    ::kill(pid, SIGKILL);
    QTRY_VERIFY_WITH_TIMEOUT(future.isFinished(), 1000);
    const Error error = errorOf(future);
    QCOMPARE(error.kind, ErrorKind::Connection);
    QVERIFY2(!error.message.isEmpty(), "The error says nothing");
    // What had come is kept, and told to be a part.
    QVERIFY(counter->rows() >= 1000 && counter->rows() < 3001);
    QVERIFY2(error.detail.contains(QStringLiteral("incomplete")), qPrintable(error.text()));
    QTRY_COMPARE(session->status().state, LinkState::Lost);
    QVERIFY(session->status().retryAtMs > session->status().sinceMs);

    // By itself again, when the server takes connections again; each try later than the one before.
    QTRY_COMPARE_WITH_TIMEOUT(session->status().state, LinkState::Connected, 20'000);
    QCOMPARE(session->status().generation, quint64(2));
    QVERIFY(session->status().facts.backendPid != pid);
    qint64 pause = 0;
    for (const pg::LinkStatus &status : std::as_const(history)) {
        if (status.state != LinkState::Lost)
            continue;
        QVERIFY(status.retryAtMs - status.sinceMs >= pause);
        pause = status.retryAtMs - status.sinceMs;
    }
    QVERIFY(pause >= 1000);
    QCOMPARE(first(session->run(statement("SELECT 1"))), QStringLiteral("1"));
    QCOMPARE(executions(*m_server, QStringLiteral("AS row01")), 1);
}

void TestBackend::row01_everybodyElseHearsOfTheCrash()
{
    const auto idle = connected();
    const auto victim = connected();
    ::kill(victim->status().facts.backendPid, SIGKILL);
    QTRY_COMPARE(idle->status().state, LinkState::Lost);
    QCOMPARE(idle->status().error.sqlstate, QStringLiteral("57P02"));
    QCOMPARE(idle->status().error.reason, QStringLiteral("server_crashed"));
    QTRY_COMPARE_WITH_TIMEOUT(idle->status().state, LinkState::Connected, 20'000);
    QTRY_COMPARE_WITH_TIMEOUT(victim->status().state, LinkState::Connected, 20'000);
}

void TestBackend::row02_terminatedIdle()
{
    for (const auto purpose : {Session::Purpose::Editor, Session::Purpose::Monitor, Session::Purpose::Control}) {
        const auto session = connected(purpose);
        terminate(session->status().facts.backendPid);
        QTRY_COMPARE(session->status().state, LinkState::Lost);
        QCOMPARE(session->status().error.sqlstate, QStringLiteral("57P01"));
        QCOMPARE(session->status().error.reason, QStringLiteral("terminated"));
        QVERIFY(session->status().error.message.contains(QStringLiteral("administrator command"))); // the server's own words
        QTRY_COMPARE(session->status().generation, quint64(2));
    }
}

void TestBackend::row02_terminatedActive()
{
    const auto session = connected();
    const int pid = session->status().facts.backendPid;
    const auto future = session->run(statement("SELECT pg_catalog.pg_sleep(60) AS row02"));
    QTRY_COMPARE(stateOf(*m_server, pid), QStringLiteral("active PgSleep"));
    terminate(pid);
    QTRY_VERIFY_WITH_TIMEOUT(future.isFinished(), 1000);
    const Error error = errorOf(future);
    QCOMPARE(error.kind, ErrorKind::Connection);
    QCOMPARE(error.sqlstate, QStringLiteral("57P01"));
    QCOMPARE(error.reason, QStringLiteral("terminated"));
    QTRY_COMPARE(session->status().state, LinkState::Lost);
    QCOMPARE(session->status().error.sqlstate, QStringLiteral("57P01"));
    QTRY_COMPARE(session->status().generation, quint64(2));
    QCOMPARE(executions(*m_server, QStringLiteral("AS row02")), 1);
}

void TestBackend::row02_terminatedInTransaction()
{
    QVERIFY(m_server->sql({"CREATE TABLE public.row02 (a int)"}));
    const auto session = connected();
    QCOMPARE(first(session->run(command("BEGIN"))), QString());
    QCOMPARE(first(session->run(statement("INSERT INTO public.row02 VALUES (1) RETURNING a"))), QStringLiteral("1"));
    terminate(session->status().facts.backendPid);
    QTRY_COMPARE(session->status().state, LinkState::Lost);
    QCOMPARE(session->status().error.sqlstate, QStringLiteral("57P01"));
    QTRY_COMPARE(session->status().generation, quint64(2)); // another session: the transaction is gone, and the number says so
    QCOMPARE(first(session->run(statement("SELECT pg_catalog.count(*) FROM public.row02"))), QStringLiteral("0"));
}

void TestBackend::row07_hostileServer_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("reason");
    QTest::newRow("garbage") << 0 << "not_postgresql";
    QTest::newRow("HTTP") << 1 << "not_postgresql";
    QTest::newRow("silent") << 2 << "connect";
    QTest::newRow("closes at once") << 3 << "closed_early";
    QTest::newRow("2^31 - 1 rounds of SCRAM") << 4 << "scram_rounds";
}

// One of each kind; tests/hostile has them all.
void TestBackend::row07_hostileServer()
{
    QFETCH(int, kind);
    QFETCH(QString, reason);
    using test::ScriptedServer;
    const ScriptedServer::Script scripts[] = {ScriptedServer::says(QByteArray(4000, '\x7f')), ScriptedServer::says("HTTP/1.1 400 Bad Request\r\n\r\n"),
                                              ScriptedServer::silent(), ScriptedServer::closesAtOnce(), ScriptedServer::endlessScram(2147483647)};
    const ScriptedServer server(scripts[kind]);
    pg::ConnectionSpec spec = m_server->spec();
    spec.host = QStringLiteral("127.0.0.1");
    spec.port = server.port();
    spec.connectTimeoutMs = 1500;
    if (kind == 4) {
        spec.sslMode = pg::SslMode::Disable;
        spec.auth = pg::Auth::Scram;
    }
    Session session(spec, Secret("x"), Session::Purpose::Editor);
    session.open();
    QTRY_COMPARE_WITH_TIMEOUT(session.status().state, LinkState::Lost, 10'000);
    QVERIFY2(session.status().error.reason == reason, qPrintable(describe(session.status())));
}

QTEST_GUILESS_MAIN(TestBackend)
#include "tst_backend.moc"
