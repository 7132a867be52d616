// SPDX-License-Identifier: GPL-3.0-or-later
// What came of a cancel is told as the server has it: cancelled, finished already, not confirmed.
#include "pg/session.h"
#include "pg/wait.h"
#include "support/testserver.h"

#include <QTest>

#include <poll.h>

using namespace howdah;
using namespace howdah::pg;
using test::TestServer;
using What = CancelOutcome::What;
using Way = CancelOutcome::Way;

class TestCancel : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase();
    void nothingRuns();
    void overTheControlLink();
    void withoutControl();
    void controlMayNot();
    void whileTheReaderStalls();
    void whileTheLoopStands();
    void failsByItself();
    void neverTheNextStatement();
    void stoppedServer();
    void sessionGoes();

private:
    std::unique_ptr<Session> session(const QString &role = {}, Session::Purpose purpose = Session::Purpose::Editor) const
    {
        const bool other = !role.isEmpty();
        auto made = std::make_unique<Session>(other ? m_server->spec().withRole(role) : m_server->spec(), other ? Secret("pw") : m_server->password(), purpose);
        made->open();
        [&] { QTRY_COMPARE_WITH_TIMEOUT(made->status().state, LinkState::Connected, 10'000); }();
        return made;
    }
    static QFuture<Result<int>> start(Session &session, const QByteArray &statement)
    {
        return session.run([statement](Connection &connection, const CancelToken &cancel) -> Result<int> {
            return connection.run({statement, {}}, {}, {}, cancel).map([](const Rows &) { return 1; });
        });
    }
    bool runs(const Session &session) const
    {
        auto admin = m_server->admin();
        const auto rows = (*admin)->run({"SELECT 1 FROM pg_catalog.pg_stat_activity WHERE state = 'active' AND pid = " + QByteArray::number(session.status().facts.backendPid), {}});
        return rows && rows->size() == 1;
    }
    static CancelOutcome outcomeOf(QFuture<Result<CancelOutcome>> future)
    {
        [&] { QTRY_VERIFY_WITH_TIMEOUT(future.isFinished(), 15'000); }();
        return future.resultCount() > 0 ? future.result().value_or(CancelOutcome()) : CancelOutcome();
    }
    std::unique_ptr<TestServer> m_server;
};

void TestCancel::initTestCase()
{
    QString why;
    m_server = TestServer::start({}, &why);
    QVERIFY2(m_server, qPrintable(why));
    QVERIFY(m_server->sql({"CREATE ROLE stranger LOGIN PASSWORD 'pw'"}));
}

void TestCancel::cleanupTestCase()
{
    m_server.reset();
    QVERIFY(Worker::joinClosed(5000));
}

void TestCancel::nothingRuns()
{
    const auto editor = session();
    QCOMPARE(outcomeOf(editor->cancelRunning()).what, What::NothingRan);
    Session closed(m_server->spec(), m_server->password(), Session::Purpose::Editor);
    QCOMPARE(outcomeOf(closed.cancelRunning()).what, What::NothingRan);
}

void TestCancel::overTheControlLink()
{
    const auto editor = session();
    const auto control = session({}, Session::Purpose::Control);
    const auto future = start(*editor, "SELECT pg_catalog.pg_sleep(60)");
    QTRY_VERIFY(runs(*editor));
    const CancelOutcome outcome = outcomeOf(editor->cancelRunning(control.get()));
    QCOMPARE(outcome.what, What::Cancelled);
    QCOMPARE(outcome.way, Way::ControlLink);
    QVERIFY(outcome.seenEnded && !outcome.inClear);
    QVERIFY2(outcome.tookMs < 1000, qPrintable(cancelText(outcome)));
    QTRY_VERIFY(future.isFinished());
    QCOMPARE(future.result().error().kind, ErrorKind::Cancelled);
    QVERIFY(!runs(*editor));
}

void TestCancel::withoutControl()
{
    const auto editor = session();
    const auto future = start(*editor, "SELECT pg_catalog.pg_sleep(60)");
    QTRY_VERIFY(runs(*editor));
    const CancelOutcome outcome = outcomeOf(editor->cancelRunning());
    QCOMPARE(outcome.what, What::Cancelled); // the server's own 57014
    QCOMPARE(outcome.way, Way::Libpq);
    QCOMPARE(outcome.inClear, !libpqFeatures().encryptedCancel);
    QVERIFY(!outcome.seenEnded);
    QTRY_VERIFY(future.isFinished());
}

void TestCancel::controlMayNot()
{
    const auto editor = session();
    const auto control = session(QStringLiteral("stranger"), Session::Purpose::Control);
    const auto future = start(*editor, "SELECT pg_catalog.pg_sleep(60)");
    QTRY_VERIFY(runs(*editor));
    const CancelOutcome outcome = outcomeOf(editor->cancelRunning(control.get()));
    QCOMPARE(outcome.what, What::Cancelled);
    QCOMPARE(outcome.way, Way::Libpq);
    QTRY_VERIFY(future.isFinished());
}

void TestCancel::whileTheReaderStalls()
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
    const auto editor = session();
    const auto control = session({}, Session::Purpose::Control);
    const auto future = editor->run([&sink](Connection &connection, const CancelToken &cancel) -> Result<int> {
        return connection.stream({"SELECT pg_catalog.repeat('x', 1000), pg_catalog.generate_series(1, 10000000)", {}}, {}, sink, {}, cancel).map([](const Rows &) { return 1; });
    });
    QTRY_VERIFY(sink.stalls);
    const CancelOutcome outcome = outcomeOf(editor->cancelRunning(control.get()));
    QCOMPARE(outcome.what, What::Cancelled);
    QVERIFY2(outcome.seenEnded && outcome.tookMs < 1000, qPrintable(cancelText(outcome)));
    QTRY_VERIFY(future.isFinished());
}

// What follows a cancel does not wait for the caller's loop to turn: the link hears of the answer by itself.
void TestCancel::whileTheLoopStands()
{
    const auto editor = session();
    const auto control = session({}, Session::Purpose::Control);
    auto future = start(*editor, "SELECT pg_catalog.pg_sleep(60)");
    QTRY_VERIFY(runs(*editor));
    const auto cancelled = editor->cancelRunning(control.get());
    future.waitForFinished(); // no loop turns here
    QCOMPARE(future.result().error().kind, ErrorKind::Cancelled);
    auto next = start(*editor, "SELECT 1");
    next.waitForFinished();
    QVERIFY2(next.result(), qPrintable(next.result() ? QString() : next.result().error().text()));
    QCOMPARE(outcomeOf(cancelled).what, What::Cancelled);
    QCOMPARE(editor->status().generation, quint64(1));
}

// An end of its own, seen while the cancel is under way: the control link is busy meanwhile.
void TestCancel::failsByItself()
{
    const auto editor = session();
    const auto control = session({}, Session::Purpose::Control);
    const auto future = start(*editor, "DO $$ BEGIN PERFORM pg_catalog.pg_sleep(0.5); RAISE EXCEPTION 'no more'; END $$");
    QTRY_VERIFY(runs(*editor));
    const auto busy = start(*control, "SELECT pg_catalog.pg_sleep(1.5)");
    QTRY_VERIFY(runs(*control));
    const CancelOutcome outcome = outcomeOf(editor->cancelRunning(control.get()));
    QTRY_VERIFY(future.isFinished());
    QCOMPARE(future.result().error().message, QStringLiteral("no more"));
    QCOMPARE(outcome.what, What::HadFinished);
    // The late cancel does not come to the next statement.
    const auto next = start(*editor, "SELECT pg_catalog.pg_sleep(1.5)");
    QTRY_VERIFY(next.isFinished() && busy.isFinished());
    QVERIFY(next.result());
}

// The control link is slow and then may not: by then the statement has ended, and the next one waits for just that answer.
void TestCancel::neverTheNextStatement()
{
    const auto editor = session();
    const auto control = session(QStringLiteral("stranger"), Session::Purpose::Control);
    const auto future = start(*editor, "SELECT pg_catalog.pg_sleep(0.5)");
    QTRY_VERIFY(runs(*editor));
    const auto busy = start(*control, "SELECT pg_catalog.pg_sleep(1.5)");
    QTRY_VERIFY(runs(*control));
    const auto cancelled = editor->cancelRunning(control.get());
    const auto next = start(*editor, "SELECT pg_catalog.pg_sleep(1)");
    QTRY_VERIFY(next.isFinished() && busy.isFinished());
    QVERIFY(future.result());
    QVERIFY2(next.result(), qPrintable(next.result() ? QString() : next.result().error().text()));
    QCOMPARE(outcomeOf(cancelled).what, What::HadFinished);
}

void TestCancel::stoppedServer()
{
    const auto editor = session();
    const auto future = start(*editor, "SELECT pg_catalog.pg_sleep(60)");
    QTRY_VERIFY(runs(*editor));
    m_server->pause();
    const CancelOutcome outcome = outcomeOf(editor->cancelRunning());
    m_server->resume();
    QVERIFY2(outcome.what == What::LinkLost, qPrintable(cancelText(outcome)));
    QTRY_VERIFY(future.isFinished());
}

void TestCancel::sessionGoes()
{
    auto editor = session();
    (void)start(*editor, "SELECT pg_catalog.pg_sleep(60)");
    QTRY_VERIFY(runs(*editor));
    const auto cancelled = editor->cancelRunning();
    editor.reset();
    QTRY_VERIFY(cancelled.isFinished());
}

QTEST_GUILESS_MAIN(TestCancel)
#include "tst_cancel.moc"
