// SPDX-License-Identifier: GPL-3.0-or-later
// A link that is lost during COMMIT, on a real server: what became of the transaction is asked, and told as it is.
#include "session/commit.h"
#include "support/testserver.h"

#include <QTest>

#include <atomic>
#include <thread>

using namespace howdah;
using namespace howdah::session;
using test::TestServer;
using What = CommitFate::What;

class TestCommit : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase() { m_server.reset(); }
    void committed();
    void rolledBack();
    void inProgress();
    void nothingWritten();
    void serverGone();
    void restarted();
    void failedOver();
    void lostInOpenTransaction();

private:
    std::unique_ptr<pg::Connection> connect() const
    {
        auto connection = pg::Connection::open(m_server->spec(), m_server->password());
        if (!connection || !(*connection)->readIdentity())
            return nullptr;
        return std::move(*connection);
    }
    // BEGIN and a row, noted; what COMMIT then says comes from its thread.
    CommitTicket write(pg::Connection &connection, int number) const
    {
        if (!connection.command("BEGIN") || !connection.run({"INSERT INTO public.deeds VALUES ($1::int4)", {}}, {number}))
            return {};
        return noteBeforeCommit(connection).value_or(CommitTicket());
    }
    QString ask(const QByteArray &query) const
    {
        const auto admin = m_server->admin();
        const auto rows = admin ? (*admin)->run({query, {}}) : Result<pg::Rows>(fail(admin.error()));
        return rows && !rows->isEmpty() ? rows->text(0, 0) : QString();
    }
    QString waitEvent(const pg::Connection &connection) const
    {
        return ask("SELECT wait_event FROM pg_catalog.pg_stat_activity WHERE pid = " + QByteArray::number(connection.facts().backendPid));
    }
    void terminate(const pg::Connection &connection) const { ask("SELECT pg_catalog.pg_terminate_backend(" + QByteArray::number(connection.facts().backendPid) + ')'); }
    bool letStandbysGo() { return m_server->sql({"ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_catalog.pg_reload_conf()"}); }
    int rows(int number) const { return ask("SELECT pg_catalog.count(*) FROM public.deeds WHERE deed = " + QByteArray::number(number)).toInt(); }

    std::unique_ptr<TestServer> m_server;
};

void TestCommit::initTestCase()
{
    QString why;
    m_server = TestServer::start({}, &why);
    QVERIFY2(m_server, qPrintable(why));
    // Whoever asks for it waits at COMMIT for a standby that never comes.
    QVERIFY(m_server->sql({"ALTER SYSTEM SET synchronous_commit = 'local'", "ALTER SYSTEM SET synchronous_standby_names = 'nobody'"}));
    QVERIFY(m_server->stop() && m_server->startAgain());
    QVERIFY(m_server->sql({"CREATE TABLE public.deeds (deed int4)", "CREATE FUNCTION public.dawdle() RETURNS trigger LANGUAGE plpgsql AS "
                           "'BEGIN PERFORM pg_catalog.pg_sleep(60); RETURN NULL; END'",
                           "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON public.deeds DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.deed = 2) "
                           "EXECUTE FUNCTION public.dawdle()"}));
}

// Written and flushed, and its answer held back: it waits for a standby when the link is ended.
void TestCommit::committed()
{
    const auto connection = connect();
    QVERIFY(connection);
    const CommitTicket ticket = write(*connection, 1);
    QVERIFY(!ticket.xid.isEmpty());
    QVERIFY(connection->command("SET LOCAL synchronous_commit = on"));
    Done done;
    std::thread committing([&] { done = connection->command("COMMIT"); });
    const bool waits = QTest::qWaitFor([&] { return waitEvent(*connection) == QLatin1StringView("SyncRep"); }, 10'000);
    terminate(*connection);
    committing.join();
    QVERIFY(waits);
    QVERIFY(!done);
    QVERIFY(!connection->isAlive());
    const CommitFate fate = resolveCommit(*connection, ticket);
    QVERIFY2(fate.what == What::Committed, qPrintable(fateText(fate)));
    QCOMPARE(rows(1), 1);
}

void TestCommit::rolledBack()
{
    const auto connection = connect();
    QVERIFY(connection);
    const CommitTicket ticket = write(*connection, 2); // its trigger sleeps at COMMIT
    Done done;
    std::thread committing([&] { done = connection->command("COMMIT"); });
    const bool sleeps = QTest::qWaitFor([&] { return waitEvent(*connection) == QLatin1StringView("PgSleep"); }, 10'000);
    terminate(*connection);
    committing.join();
    QVERIFY(sleeps);
    QVERIFY(!done && !connection->isAlive());
    const CommitFate fate = resolveCommit(*connection, ticket);
    QVERIFY2(fate.what == What::RolledBack, qPrintable(fateText(fate)));
    QCOMPARE(rows(2), 0);
}

// The link is gone and its backend is not: asked again until it is decided, and no longer than wanted.
void TestCommit::inProgress()
{
    const auto connection = connect();
    QVERIFY(connection);
    const CommitTicket ticket = write(*connection, 3);
    QVERIFY(connection->command("SET LOCAL synchronous_commit = on"));
    std::thread committing([&] { (void)connection->command("COMMIT"); });
    const bool waits = QTest::qWaitFor([&] { return waitEvent(*connection) == QLatin1StringView("SyncRep"); }, 10'000);
    connection->abandon(pg::Connection::End::NoAnswer);
    committing.join();
    QVERIFY(waits);
    const CommitFate fate = resolveCommit(*connection, ticket, 700);
    QVERIFY2(fate.what == What::InProgress, qPrintable(fateText(fate)));
    QVERIFY(fateText(fate).contains(ticket.xid));

    std::thread later([this] {
        std::this_thread::sleep_for(std::chrono::milliseconds(500));
        letStandbysGo();
    });
    const CommitFate then = resolveCommit(*connection, ticket);
    later.join();
    QVERIFY2(then.what == What::Committed, qPrintable(fateText(then)));
    QCOMPARE(rows(3), 1);
}

void TestCommit::nothingWritten()
{
    const auto connection = connect();
    QVERIFY(connection && connection->command("BEGIN") && connection->run({"SELECT 1", {}}));
    const auto ticket = noteBeforeCommit(*connection);
    QVERIFY(ticket && ticket->xid.isEmpty());
    QCOMPARE(connection->transactionState(), pg::TransactionState::Open);
    terminate(*connection);
    QVERIFY(!connection->command("COMMIT"));
    QCOMPARE(resolveCommit(*connection, *ticket).what, What::NothingWritten);
}

void TestCommit::serverGone()
{
    const auto connection = connect();
    QVERIFY(connection);
    const CommitTicket ticket = write(*connection, 5);
    QVERIFY(m_server->stop());
    QVERIFY(!connection->command("COMMIT"));
    const CommitFate fate = resolveCommit(*connection, ticket, 500);
    QCOMPARE(fate.what, What::Unknown);
    QVERIFY2(fateText(fate).contains(QStringLiteral("could not be asked")), qPrintable(fateText(fate)));
    const CancelToken cancel;
    cancel.cancel();
    QCOMPARE(resolveCommit(*connection, ticket, 20'000, cancel).what, What::Unknown);
    QVERIFY(m_server->startAgain());
}

// The server crashed under it and is back: it is the same one, and it knows.
void TestCommit::restarted()
{
    const auto connection = connect();
    QVERIFY(connection);
    const CommitTicket ticket = write(*connection, 2);
    std::thread committing([&] { (void)connection->command("COMMIT"); });
    const bool sleeps = QTest::qWaitFor([&] { return waitEvent(*connection) == QLatin1StringView("PgSleep"); }, 10'000);
    QVERIFY(m_server->stopAtOnce());
    committing.join();
    QVERIFY(sleeps);
    CommitFate fate;
    std::thread asking([&] { fate = resolveCommit(*connection, ticket); });
    const bool back = m_server->startAgain();
    asking.join();
    QVERIFY(back);
    QVERIFY2(fate.what == What::RolledBack, qPrintable(fateText(fate)));
    const auto again = connect();
    QVERIFY(again);
    QCOMPARE(pg::comebackOf(ticket.server, again->identity()), pg::Comeback::Restarted);
}

// Numbers of another line of history say nothing of this one's.
void TestCommit::failedOver()
{
    const auto connection = connect();
    QVERIFY(connection);
    CommitTicket ticket = write(*connection, 6);
    QVERIFY(connection->command("COMMIT"));
    QCOMPARE(resolveCommit(*connection, ticket).what, What::Committed);
    ++ticket.server.timeline;
    CommitFate fate = resolveCommit(*connection, ticket);
    QCOMPARE(fate.what, What::Unknown);
    QVERIFY(fateText(fate).contains(QStringLiteral("failed over")));
    ticket.server = connection->identity();
    ticket.server.systemIdentifier += QLatin1Char('1');
    QCOMPARE(resolveCommit(*connection, ticket).what, What::Unknown);
    ticket.server = connection->identity();
    ticket.xid = QStringLiteral("4000000000");
    fate = resolveCommit(*connection, ticket);
    QCOMPARE(fate.what, What::Unknown);
    QVERIFY2(fateText(fate).contains(QStringLiteral("has not come to")), qPrintable(fateText(fate)));
    ticket.server = {};
    ticket.xid = QStringLiteral("800");
    QCOMPARE(resolveCommit(*connection, ticket).what, What::Unknown);
}

void TestCommit::lostInOpenTransaction()
{
    const auto connection = connect();
    QVERIFY(connection);
    (void)write(*connection, 7);
    terminate(*connection);
    QVERIFY(!connection->run({"SELECT 1", {}}));
    QVERIFY(!connection->isAlive());
    QCOMPARE(connection->lastTransactionState(), pg::TransactionState::Open);
    QCOMPARE(rows(7), 0);
}

QTEST_GUILESS_MAIN(TestCommit)
#include "tst_commit.moc"
