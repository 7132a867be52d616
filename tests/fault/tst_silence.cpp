// SPDX-License-Identifier: GPL-3.0-or-later
// Security.md 6.1, rows 3 and 4: the server stands still, or nothing gets through any more. Given up: fault.patience.
#include "fault/fault.h"
#include "fault/heart.h"
#include "support/netns.h"

#include <QElapsedTimer>

using namespace howdah;
using namespace howdah::fault;
using pg::LinkState;
using pg::Session;

class TestSilence : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanup();
    void cleanupTestCase();
    void row03_serverStopped();
    void row04_monitorFindsTheDeadLink();
    void row04_eightSecondsCostNothing();

private:
    std::unique_ptr<Session> connected(const pg::ConnectionSpec &spec, Session::Purpose purpose = Session::Purpose::Editor)
    {
        auto session = std::make_unique<Session>(spec, m_server->password(), purpose);
        session->open();
        [&] { QTRY_COMPARE_WITH_TIMEOUT(session->status().state, LinkState::Connected, 15'000); }();
        return session;
    }

    std::unique_ptr<test::NetworkNamespace> m_network;
    std::unique_ptr<test::TestServer> m_server;
};

void TestSilence::initTestCase()
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

void TestSilence::cleanup()
{
    QVERIFY(m_network->heal());
    m_server->resume();
}

void TestSilence::cleanupTestCase()
{
    m_server.reset();
    QVERIFY(Worker::joinClosed(5000));
}

void TestSilence::row03_serverStopped()
{
    const auto editor = connected(m_server->spec());
    const auto control = connected(m_server->spec(), Session::Purpose::Control);
    const auto monitor = connected(m_server->spec(), Session::Purpose::Monitor);
    const Heart heart;
    QElapsedTimer silent;
    silent.start();
    m_server->pause();
    const auto query = editor->run(statement("SELECT 3 AS row03"));
    const auto sample = monitor->run(statement("SELECT 1"));
    QTRY_COMPARE_WITH_TIMEOUT(editor->status().state, LinkState::NoAnswer, 15'000);
    QTRY_COMPARE_WITH_TIMEOUT(monitor->status().state, LinkState::NoAnswer, int(15'000 - silent.elapsed()));
    QCOMPARE(pg::linkStateText(editor->status().state), QStringLiteral("no answer"));
    QVERIFY(!query.isFinished()); // told, not killed

    // Cancel gives control back at once, and gives up the link that can't be asked.
    editor->cancelRunning(control.get());
    QTRY_VERIFY_WITH_TIMEOUT(query.isFinished(), 3000);
    QCOMPARE(errorOf(query).kind, ErrorKind::Cancelled);
    QVERIFY2(errorOf(query).detail.contains(QStringLiteral("given up")), qPrintable(errorOf(query).text()));
    QVERIFY(heart.isAlive());

    m_server->resume();
    QTRY_COMPARE_WITH_TIMEOUT(editor->status().state, LinkState::Connected, 15'000);
    QCOMPARE(editor->status().generation, quint64(2));
    QTRY_COMPARE_WITH_TIMEOUT(monitor->status().state, LinkState::Connected, 15'000);
    QCOMPARE(first(editor->run(statement("SELECT 1"))), QStringLiteral("1"));
    QVERIFY(executions(*m_server, QStringLiteral("AS row03")) <= 1);
}

void TestSilence::row04_monitorFindsTheDeadLink()
{
    pg::ConnectionSpec spec = m_server->spec();
    spec.shortKeepalives = true;
    const auto monitor = connected(spec, Session::Purpose::Monitor);
    const Heart heart;
    QVERIFY(m_network->dropAll());
    QTRY_COMPARE_WITH_TIMEOUT(monitor->status().state, LinkState::Lost, 10'000);
    QCOMPARE(monitor->status().error.kind, ErrorKind::Connection);
    QVERIFY(heart.isAlive());
    QVERIFY(m_network->heal());
    QTRY_COMPARE_WITH_TIMEOUT(monitor->status().state, LinkState::Connected, 25'000);
    QCOMPARE(monitor->status().generation, quint64(2));
}

void TestSilence::row04_eightSecondsCostNothing()
{
    QVERIFY(m_server->sql({"CREATE TABLE public.row04 (a int)"}));
    const auto editor = connected(m_server->spec());
    const int pid = editor->status().facts.backendPid;
    QCOMPARE(first(editor->run(statement("CREATE TEMP TABLE roam AS SELECT 7 AS a"))), QString());
    QCOMPARE(first(editor->run(command("BEGIN"))), QString());
    QCOMPARE(first(editor->run(statement("INSERT INTO public.row04 VALUES (1) RETURNING a"))), QStringLiteral("1"));
    const auto idle = connected(m_server->spec());
    const int idlePid = idle->status().facts.backendPid;

    QVERIFY(m_network->dropAll());
    const Heart heart;
    const auto query = editor->run(statement("SELECT a FROM pg_temp.roam")); // asked into the silence
    QVERIFY(!QTest::qWaitFor([&] { return query.isFinished() || editor->status().state == LinkState::Lost || idle->status().state == LinkState::Lost; }, 8000));
    QVERIFY(heart.isAlive());
    QVERIFY(m_network->heal());
    QTRY_VERIFY_WITH_TIMEOUT(query.isFinished(), 20'000);
    QCOMPARE(first(query), QStringLiteral("7"));
    QCOMPARE(first(editor->run(command("COMMIT"))), QString());
    QCOMPARE(first(editor->run(statement("SELECT pg_catalog.count(*) FROM public.row04"))), QStringLiteral("1"));
    QCOMPARE(editor->status().generation, quint64(1));
    QCOMPARE(editor->status().facts.backendPid, pid);
    QCOMPARE(first(idle->run(statement("SELECT pg_catalog.pg_backend_pid()"))), QString::number(idlePid));
    QCOMPARE(idle->status().generation, quint64(1));
}

QTEST_GUILESS_MAIN(TestSilence)
#include "tst_silence.moc"
