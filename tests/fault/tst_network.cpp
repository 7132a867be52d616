// SPDX-License-Identifier: GPL-3.0-or-later
// Security.md 6.1, row 5: a network that resets, loses, is far away or narrow. Cancel works in all of them, and what goes on is seen.
#include "fault/fault.h"
#include "support/delayproxy.h"
#include "support/netns.h"

#include <QElapsedTimer>

using namespace howdah;
using namespace howdah::fault;
using pg::LinkState;
using pg::Session;

class TestNetwork : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanup();
    void cleanupTestCase();
    void row05_reset();
    void row05_resetDuringCancel();
    void row05_onePercentLoss();
    void row05_twoSecondsLatency();
    void row05_tenKilobytesASecond();

private:
    std::unique_ptr<Session> connected(const pg::ConnectionSpec &spec, Session::Purpose purpose = Session::Purpose::Editor)
    {
        auto session = std::make_unique<Session>(spec, m_server->password(), purpose);
        session->open();
        [&] { QTRY_COMPARE_WITH_TIMEOUT(session->status().state, LinkState::Connected, 15'000); }();
        return session;
    }
    bool isStill(const Session &session) { return stateOf(*m_server, session.status().facts.backendPid).startsWith(QLatin1StringView("idle")); }

    std::unique_ptr<test::NetworkNamespace> m_network;
    std::unique_ptr<test::TestServer> m_server;
};

static const QByteArray manyRows("SELECT i, pg_catalog.repeat('x', 80) FROM pg_catalog.generate_series(1, 10000000) i");

void TestNetwork::initTestCase()
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

void TestNetwork::cleanup()
{
    QVERIFY(m_network->heal());
}

void TestNetwork::cleanupTestCase()
{
    m_server.reset();
    QVERIFY(Worker::joinClosed(5000));
}

void TestNetwork::row05_reset()
{
    const auto editor = connected(m_server->spec());
    const auto counter = std::make_shared<Counter>();
    const auto query = editor->run(streaming(manyRows + " /* row05 reset */", counter));
    QTRY_VERIFY(counter->rows() > 1000);
    QVERIFY(m_network->resetAll());
    QTRY_VERIFY_WITH_TIMEOUT(query.isFinished(), 3000);
    const Error error = errorOf(query);
    QCOMPARE(error.kind, ErrorKind::Connection);
    QVERIFY2(error.detail.contains(QStringLiteral("incomplete")), qPrintable(error.text()));
    QTRY_COMPARE(editor->status().state, LinkState::Lost);
    QVERIFY(editor->status().retryAtMs > 0);
    QVERIFY(m_network->heal());
    QTRY_COMPARE_WITH_TIMEOUT(editor->status().state, LinkState::Connected, 20'000);
    QCOMPARE(editor->status().generation, quint64(2));
    QCOMPARE(executions(*m_server, QStringLiteral("row05 reset")), 1);
}

void TestNetwork::row05_resetDuringCancel()
{
    const auto editor = connected(m_server->spec());
    const auto control = connected(m_server->spec(), Session::Purpose::Control);
    const auto query = editor->run(statement("SELECT pg_catalog.pg_sleep(60)"));
    QTRY_VERIFY(stateOf(*m_server, editor->status().facts.backendPid).endsWith(QStringLiteral("PgSleep")));
    QVERIFY(m_network->resetAll());
    // Neither way of cancelling gets through: control is back at once all the same, and nothing is claimed of the server.
    editor->cancelRunning(control.get());
    QTRY_VERIFY_WITH_TIMEOUT(query.isFinished(), 3000);
    QVERIFY(errorOf(query).kind == ErrorKind::Cancelled || errorOf(query).kind == ErrorKind::Connection);
    QVERIFY2(errorOf(query).text().contains(QStringLiteral("given up")), qPrintable(errorOf(query).text()));
    QTRY_COMPARE(control->status().state, LinkState::Lost);
}

void TestNetwork::row05_onePercentLoss()
{
    QVERIFY(m_network->lose(0.01));
    const auto editor = connected(m_server->spec());
    const auto control = connected(m_server->spec(), Session::Purpose::Control);
    // What arrives is all of it.
    QCOMPARE(first(editor->run(statement("SELECT pg_catalog.md5(pg_catalog.repeat('howdah', 1000000))"))).size(), 32);
    const auto whole = std::make_shared<Counter>();
    QCOMPARE(first(editor->run(streaming("SELECT pg_catalog.repeat('x', 80) FROM pg_catalog.generate_series(1, 50000)", whole))), QString());
    QCOMPARE(whole->rows(), 50'000);

    const auto counter = std::make_shared<Counter>();
    const auto query = editor->run(streaming(manyRows, counter));
    QTRY_VERIFY(counter->rows() > 1000);
    editor->cancelRunning(control.get());
    QTRY_VERIFY_WITH_TIMEOUT(query.isFinished(), 8000);
    QCOMPARE(errorOf(query).kind, ErrorKind::Cancelled);
    QTRY_VERIFY(isStill(*editor));
    QCOMPARE(first(editor->run(statement("SELECT 1"))), QStringLiteral("1"));
    QCOMPARE(editor->status().generation, quint64(1));
}

void TestNetwork::row05_twoSecondsLatency()
{
    test::DelayProxy away(m_server->address(), m_server->port());
    pg::ConnectionSpec spec = m_server->spec();
    spec.host = QStringLiteral("127.0.0.1");
    spec.port = away.port();
    away.setDelay(1000); // there and back: 2 s
    Session first(spec, m_server->password(), Session::Purpose::Editor), second(spec, m_server->password(), Session::Purpose::Control);
    Session *editor = &first, *control = &second;
    editor->open();
    control->open();
    QTRY_COMPARE_WITH_TIMEOUT(editor->status().state, LinkState::Connected, 15'000);
    QTRY_COMPARE_WITH_TIMEOUT(control->status().state, LinkState::Connected, 15'000);
    QElapsedTimer clock;
    clock.start();
    QCOMPARE(fault::first(editor->run(statement("SELECT 1"))), QStringLiteral("1"));
    QVERIFY(clock.elapsed() >= 2000);

    const auto query = editor->run(statement("SELECT pg_catalog.pg_sleep(60)"));
    QTRY_VERIFY(stateOf(*m_server, editor->status().facts.backendPid).endsWith(QStringLiteral("PgSleep")));
    editor->cancelRunning(control);
    QTRY_VERIFY_WITH_TIMEOUT(query.isFinished(), 10'000);
    QCOMPARE(errorOf(query).kind, ErrorKind::Cancelled);
    QTRY_VERIFY(!stateOf(*m_server, editor->status().facts.backendPid).startsWith(QStringLiteral("active"))); // on the server too
    QVERIFY2(editor->status().generation == 1 && editor->status().state == LinkState::Connected, qPrintable(describe(editor->status())));
    QCOMPARE(fault::first(editor->run(statement("SELECT 2"))), QStringLiteral("2"));
}

void TestNetwork::row05_tenKilobytesASecond()
{
    const auto editor = connected(m_server->spec());
    const auto control = connected(m_server->spec(), Session::Purpose::Control);
    QVERIFY(m_network->limit(10'000));
    const auto counter = std::make_shared<Counter>();
    const auto query = editor->run(streaming(manyRows, counter));
    // Progress: rows go on coming, and nobody says that there is no answer.
    for (int step = 1; step <= 3; ++step) {
        const qint64 before = counter->rows();
        QTRY_VERIFY_WITH_TIMEOUT(counter->rows() > before, 10'000);
        QCOMPARE(editor->status().state, LinkState::Connected);
    }
    const int pid = editor->status().facts.backendPid;
    QElapsedTimer clock;
    clock.start();
    editor->cancelRunning(control.get());
    QTRY_VERIFY_WITH_TIMEOUT(query.isFinished(), 20'000);
    qInfo("cancelled after %lld ms", clock.elapsed());
    QCOMPARE(errorOf(query).kind, ErrorKind::Cancelled);
    QVERIFY2(errorOf(query).detail.contains(QStringLiteral("incomplete")), qPrintable(errorOf(query).text()));
    QTRY_VERIFY_WITH_TIMEOUT(!stateOf(*m_server, pid).startsWith(QStringLiteral("active")), 15'000);
}

QTEST_GUILESS_MAIN(TestNetwork)
#include "tst_network.moc"
