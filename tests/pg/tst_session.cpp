// SPDX-License-Identifier: GPL-3.0-or-later
// A session against a real server: tasks in order, loss and reconnect, cancel, no answer, and an end that never blocks.
#include "pg/session.h"
#include "pg/wait.h"
#include "support/scriptedserver.h"
#include "support/testserver.h"

#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>

#include <poll.h>

using namespace howdah;
using namespace howdah::pg;
using test::ScriptedServer;
using test::TestServer;

namespace
{
Result<int> one(Connection &connection, const CancelToken &cancel)
{
    const auto rows = connection.run({"SELECT 1", {}}, {}, {}, cancel);
    if (!rows)
        return fail(rows.error());
    return int(rows->integer(0, 0).value_or(0));
}

Result<int> sleepLong(Connection &connection, const CancelToken &cancel)
{
    const auto rows = connection.run({"SELECT pg_catalog.pg_sleep(60)", {}}, {}, {}, cancel);
    if (!rows)
        return fail(rows.error());
    return 2;
}

Error errorOf(const QFuture<Result<int>> &future)
{
    const Result<int> result = future.resultCount() ? future.result() : Result<int>(1);
    return result ? Error() : result.error();
}
} // namespace

class TestSession : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase();
    void runsInOrder();
    void opensByItself();
    void reconnectsAfterLoss();
    void wrongPasswordStops();
    void serverComesBack();
    void cancelOne();
    void cancelWhatWaits();
    void cancelThroughControl();
    void pausedServer();
    void monitorDoesNotPileUp();
    void closeDropsTasks();
    void destructorDoesNotBlock();
    void contextGone();
    void noticesArrive();
    void factsAreTold();
    void tokenReachesAStalledReader();

private:
    std::unique_ptr<Session> session(Session::Purpose purpose = Session::Purpose::Editor) const
    {
        return std::make_unique<Session>(m_server->spec(), m_server->password(), purpose);
    }
    std::unique_ptr<TestServer> m_server;
};

void TestSession::initTestCase()
{
    QString why;
    m_server = TestServer::start({}, &why);
    QVERIFY2(m_server, qPrintable(why));
}

void TestSession::cleanupTestCase()
{
    m_server.reset();
    QVERIFY(Worker::joinClosed(5000));
}

void TestSession::runsInOrder()
{
    const auto session = this->session();
    QSignalSpy changed(session.get(), &Session::statusChanged);
    session->open();
    QTRY_COMPARE(session->status().state, LinkState::Connected);
    QCOMPARE(session->status().facts.auth, QStringLiteral("SCRAM-SHA-256-PLUS"));
    QCOMPARE(session->status().generation, quint64(1));
    QTRY_VERIFY(changed.size() >= 2);

    std::vector<int> order;
    std::vector<QFuture<Result<int>>> futures;
    for (int i = 0; i < 20; ++i)
        futures.push_back(session->run([i, &order](Connection &connection, const CancelToken &cancel) {
            order.push_back(i);
            return one(connection, cancel);
        }));
    for (auto &future : futures) {
        future.waitForFinished();
        QCOMPARE(future.result().value_or(0), 1);
    }
    QVERIFY(std::is_sorted(order.begin(), order.end()));
    QCOMPARE(session->status().generation, quint64(1));
}

void TestSession::opensByItself()
{
    const auto session = this->session();
    QCOMPARE(session->status().state, LinkState::Closed);
    auto future = session->run(one);
    future.waitForFinished();
    QCOMPARE(future.result().value_or(0), 1);
    QCOMPARE(session->status().state, LinkState::Connected);
}

void TestSession::reconnectsAfterLoss()
{
    const auto session = this->session();
    session->open();
    QTRY_COMPARE(session->status().state, LinkState::Connected);
    QSignalSpy changed(session.get(), &Session::statusChanged);
    QVERIFY(m_server->sql({"SELECT pg_catalog.pg_terminate_backend(" + QByteArray::number(session->status().facts.backendPid) + ")"}));
    QTRY_COMPARE(session->status().state, LinkState::Lost); // heard while idle
    QCOMPARE(session->status().error.sqlstate, QStringLiteral("57P01"));
    QVERIFY(session->status().retryAtMs > QDateTime::currentMSecsSinceEpoch());
    QTRY_COMPARE(session->status().generation, quint64(2));
    QCOMPARE(session->status().state, LinkState::Connected);
    QTRY_VERIFY(!changed.isEmpty() && changed.last().first().value<LinkStatus>().state == LinkState::Connected);

    // A statement under way is not run again.
    QVERIFY(m_server->sql({"CREATE TABLE public.runs (a int)"}));
    const QByteArray pid = QByteArray::number(session->status().facts.backendPid);
    auto future = session->run([](Connection &connection, const CancelToken &cancel) -> Result<int> {
        const auto rows = connection.run({"WITH w AS (INSERT INTO public.runs VALUES (1)) SELECT pg_catalog.pg_sleep(60)", {}}, {}, {}, cancel);
        if (!rows)
            return fail(rows.error());
        return 1;
    });
    bool ended = false; // QTRY_VERIFY asks once more after a yes
    QTRY_VERIFY([&] {
        auto admin = m_server->admin();
        auto rows = (*admin)->run({"SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE pid = " + pid
                                       + " AND wait_event = 'PgSleep'",
                                   {}});
        ended = ended || (rows && rows->size() == 1);
        return ended;
    }());
    QTRY_VERIFY(future.isFinished());
    QCOMPARE(errorOf(future).kind, ErrorKind::Connection);
    auto again = session->run([](Connection &connection, const CancelToken &) -> Result<int> {
        const auto rows = connection.run({"SELECT count(*) FROM public.runs", {}});
        return rows ? Result<int>(int(rows->integer(0, 0).value_or(-1))) : Result<int>(fail(rows.error()));
    });
    again.waitForFinished();
    QCOMPARE(again.result().value_or(-2), 0);
}

void TestSession::wrongPasswordStops()
{
    Session session(m_server->spec(), Secret("wrong"), Session::Purpose::Editor);
    session.open();
    QTRY_COMPARE(session.status().state, LinkState::Lost);
    QCOMPARE(session.status().error.reason, QStringLiteral("wrong_password"));
    QCOMPARE(session.status().retryAtMs, 0);
    auto future = session.run(one);
    future.waitForFinished();
    QCOMPARE(errorOf(future).reason, QStringLiteral("wrong_password"));
    QCOMPARE(session.status().generation, quint64(0));
}

void TestSession::serverComesBack()
{
    const auto editor = session();
    const auto monitor = session(Session::Purpose::Monitor);
    editor->open();
    monitor->open();
    QTRY_COMPARE(monitor->status().state, LinkState::Connected);
    QTRY_COMPARE(editor->status().state, LinkState::Connected);
    QVERIFY(m_server->stop());
    QTRY_COMPARE(monitor->status().state, LinkState::Lost);
    QTRY_COMPARE(editor->status().state, LinkState::Lost);
    // The monitor's tasks wait for the back-off instead of hammering; the answer is at once.
    QElapsedTimer clock;
    clock.start();
    auto future = monitor->run(one);
    future.waitForFinished();
    QVERIFY(clock.elapsed() < 200);
    QCOMPARE(errorOf(future).kind, ErrorKind::Connection);
    QString why;
    QVERIFY2(m_server->startAgain(&why), qPrintable(why));
    QTRY_COMPARE_WITH_TIMEOUT(monitor->status().state, LinkState::Connected, 15'000);
    auto next = editor->run(one); // a person's task tries at once
    next.waitForFinished();
    QCOMPARE(next.result().value_or(0), 1);
}

void TestSession::cancelOne()
{
    const auto session = this->session();
    const CancelToken cancel;
    auto future = session->run(sleepLong, cancel);
    QTRY_COMPARE(session->status().state, LinkState::Connected);
    cancel.cancel();
    QTRY_VERIFY_WITH_TIMEOUT(future.isFinished(), 1000);
    QCOMPARE(errorOf(future).kind, ErrorKind::Cancelled);
    auto next = session->run(one);
    next.waitForFinished();
    QCOMPARE(next.result().value_or(0), 1);
}

void TestSession::cancelWhatWaits()
{
    const auto session = this->session();
    const CancelToken first, second;
    auto running = session->run(sleepLong, first);
    auto waiting = session->run(one, second);
    QTRY_COMPARE(session->status().state, LinkState::Connected);
    second.cancel();
    QTRY_VERIFY_WITH_TIMEOUT(waiting.isFinished(), 1000);
    QCOMPARE(errorOf(waiting).kind, ErrorKind::Cancelled);
    QVERIFY(!running.isFinished());
    first.cancel();
    QTRY_VERIFY(running.isFinished());
}

void TestSession::cancelThroughControl()
{
    const auto session = this->session();
    const auto control = this->session(Session::Purpose::Control);
    control->open();
    QTRY_COMPARE(control->status().state, LinkState::Connected);
    auto future = session->run(sleepLong);
    QTRY_COMPARE(session->status().state, LinkState::Connected);
    const auto pid = QByteArray::number(session->status().facts.backendPid);
    QTRY_VERIFY([&] {
        auto admin = m_server->admin();
        return (*admin)->run({"SELECT 1 FROM pg_catalog.pg_stat_activity WHERE wait_event = 'PgSleep' AND pid = " + pid, {}})->size() == 1;
    }());
    session->cancelRunning(control.get());
    QTRY_VERIFY_WITH_TIMEOUT(future.isFinished(), 1000);
    QCOMPARE(errorOf(future).kind, ErrorKind::Cancelled);
    QCOMPARE(session->status().state, LinkState::Connected);
    auto next = session->run(one);
    next.waitForFinished();
    QCOMPARE(next.result().value_or(0), 1);
}

void TestSession::pausedServer()
{
    const auto session = this->session();
    const auto control = this->session(Session::Purpose::Control);
    const auto monitor = this->session(Session::Purpose::Monitor);
    session->open();
    control->open();
    monitor->open();
    QTRY_COMPARE(session->status().state, LinkState::Connected);
    QTRY_COMPARE(control->status().state, LinkState::Connected);
    QTRY_COMPARE(monitor->status().state, LinkState::Connected);
    m_server->pause();
    auto future = session->run(one);
    auto sample = monitor->run(one);
    QTRY_COMPARE_WITH_TIMEOUT(session->status().state, LinkState::NoAnswer, 12'000);
    QCOMPARE(linkStateText(session->status().state), QStringLiteral("no answer"));
    QTRY_COMPARE(monitor->status().state, LinkState::NoAnswer);
    // The next sample does not wait in line behind the one that hangs.
    auto second = monitor->run(one);
    QVERIFY(second.isFinished());
    QCOMPARE(errorOf(second).reason, QStringLiteral("no_answer"));
    QVERIFY(!sample.isFinished());

    QElapsedTimer clock;
    clock.start();
    session->cancelRunning(control.get());
    QTRY_VERIFY_WITH_TIMEOUT(future.isFinished(), 2000);
    QVERIFY2(clock.elapsed() < 1000, qPrintable(QString::number(clock.elapsed())));
    QCOMPARE(errorOf(future).kind, ErrorKind::Cancelled);

    m_server->resume();
    QTRY_VERIFY(sample.isFinished());
    QCOMPARE(sample.result().value_or(0), 1); // the old answer, late but whole
    QTRY_COMPARE(monitor->status().state, LinkState::Connected);
    QCOMPARE(monitor->status().generation, quint64(1));
    QTRY_COMPARE_WITH_TIMEOUT(session->status().state, LinkState::Connected, 10'000);
    QCOMPARE(session->status().generation, quint64(2));
}

void TestSession::monitorDoesNotPileUp()
{
    // Without a server at all: each tick is answered at once, from the first failure on.
    ConnectionSpec spec = m_server->spec();
    {
        const ScriptedServer gone(ScriptedServer::silent());
        spec.port = gone.port();
    }
    Session monitor(spec, Secret("x"), Session::Purpose::Monitor);
    auto first = monitor.run(one);
    QTRY_VERIFY(first.isFinished());
    QCOMPARE(errorOf(first).reason, QStringLiteral("refused"));
    QVERIFY(monitor.status().retryAtMs > 0);
}

void TestSession::closeDropsTasks()
{
    const auto session = this->session();
    auto running = session->run(sleepLong);
    auto waiting = session->run(one);
    QTRY_COMPARE(session->status().state, LinkState::Connected);
    session->close();
    QTRY_VERIFY(running.isFinished() && waiting.isFinished());
    QCOMPARE(waiting.resultCount(), 0);
    QTRY_COMPARE(session->status().state, LinkState::Closed);
    session->open();
    QTRY_COMPARE(session->status().state, LinkState::Connected);
    QCOMPARE(session->status().generation, quint64(2));
}

void TestSession::destructorDoesNotBlock()
{
    const ScriptedServer server(ScriptedServer::silent());
    ConnectionSpec spec = m_server->spec();
    spec.port = server.port();
    QFuture<Result<int>> connecting, running;
    {
        auto silent = std::make_unique<Session>(spec, Secret("x"), Session::Purpose::Editor);
        auto busy = session();
        running = busy->run(sleepLong);
        connecting = silent->run(one);
        QTRY_COMPARE(busy->status().state, LinkState::Connected);
        QTRY_COMPARE(silent->status().state, LinkState::Connecting);
        QElapsedTimer clock;
        clock.start();
        silent.reset();
        busy.reset();
        QVERIFY2(clock.elapsed() < 20, qPrintable(QString::number(clock.elapsed())));
    }
    QTRY_VERIFY(running.isFinished() && connecting.isFinished());
    QVERIFY(Worker::joinClosed(2000));
}

void TestSession::contextGone()
{
    const auto session = this->session();
    bool called = false;
    {
        QObject pane;
        async::onFinished(session->run(one), &pane, [&](const Result<int> &) { called = true; });
    }
    auto last = session->run(one);
    QTRY_VERIFY(last.isFinished());
    QCoreApplication::processEvents();
    QVERIFY(!called);
}

void TestSession::noticesArrive()
{
    const auto session = this->session();
    QSignalSpy notices(session.get(), &Session::noticesArrived);
    auto future = session->run([](Connection &connection, const CancelToken &) -> Result<int> {
        return connection.command("DO $$ BEGIN RAISE WARNING 'careful'; END $$").map([] { return 1; });
    });
    QTRY_VERIFY(future.isFinished());
    QTRY_COMPARE(notices.size(), 1);
    QCOMPARE(notices.first().first().value<std::vector<Notice>>().front().message, QStringLiteral("careful"));
}

void TestSession::factsAreTold()
{
    const auto session = this->session();
    session->open();
    QTRY_COMPARE(session->status().state, LinkState::Connected);
    QVERIFY(!session->status().facts.defaultReadOnly);
    QSignalSpy changed(session.get(), &Session::statusChanged);
    auto set = session->run([](Connection &connection, const CancelToken &) -> Result<int> {
        return connection.command("SET default_transaction_read_only = on") ? 1 : 0;
    });
    QTRY_VERIFY(!changed.isEmpty() && changed.last().first().value<LinkStatus>().facts.defaultReadOnly);
    QVERIFY(session->status().facts.defaultReadOnly);
    // Changed behind our back: a server reports it with its next answer.
    QVERIFY(m_server->sql({"ALTER SYSTEM SET standard_conforming_strings = off", "SELECT pg_catalog.pg_reload_conf()"}));
    QTRY_VERIFY([&] {
        session->run(one).waitForFinished();
        return !session->status().facts.standardStrings;
    }());
    QTRY_VERIFY(!changed.last().first().value<LinkStatus>().facts.standardStrings);
    QVERIFY(m_server->sql({"ALTER SYSTEM RESET ALL", "SELECT pg_catalog.pg_reload_conf()"}));
}

void TestSession::tokenReachesAStalledReader()
{
    struct Stalled : RowSink {
        std::atomic<bool> stalls = false;
        WakeEvent stopped;
        bool push(const Rows &) override
        {
            stalls = true;
            waitOn(stopped.fd(), POLLIN, {}, Deadline::never());
            return false;
        }
        void stop() override { stopped.set(); }
    } sink;
    const auto session = this->session();
    const CancelToken cancel;
    auto future = session->run(
        [&sink](Connection &connection, const CancelToken &token) -> Result<int> {
            const auto rows = connection.stream({"SELECT pg_catalog.repeat('x', 1000), pg_catalog.generate_series(1, 10000000)", {}}, {}, sink, {}, token);
            if (!rows)
                return fail(rows.error());
            return 1;
        },
        cancel);
    QTRY_VERIFY(sink.stalls);
    cancel.cancel();
    QTRY_VERIFY_WITH_TIMEOUT(future.isFinished(), 1500);
    QCOMPARE(errorOf(future).reason, QStringLiteral("by_user"));
    QCOMPARE(session->status().state, LinkState::Connected);
}

QTEST_GUILESS_MAIN(TestSession)
#include "tst_session.moc"
