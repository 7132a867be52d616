// SPDX-License-Identifier: GPL-3.0-or-later
// A user's message: every result to its sink, COPY in both directions, notices in time, and an end by anybody that leaves nothing half told.
#include "pg/connection.h"
#include "support/testserver.h"

#include <QElapsedTimer>
#include <QTest>

#include <condition_variable>
#include <mutex>
#include <thread>

using namespace howdah;
using namespace howdah::pg;
using test::TestServer;

namespace
{
struct Sink : ResultSink, RowSink {
    std::vector<std::vector<Column>> headers;
    QByteArrayList tags;
    QByteArrayList cells; // of the first column
    std::vector<qint64> pushedAtMs;
    std::vector<Notice> notices;
    QStringList order;
    QByteArray copied;
    QByteArrayList toCopy; // pieces, first to last
    std::optional<Error> copyError;
    int copyAsked = 0;
    qint64 stopAfter = -1;
    bool dropRows = false;
    QElapsedTimer clock;
    std::function<void()> onPush;
    std::atomic<bool> stopped = false;

    Sink() { clock.start(); }
    RowSink *rows(const std::vector<Column> &columns) override
    {
        headers.push_back(columns);
        return dropRows ? nullptr : this;
    }
    bool push(const Rows &chunk) override
    {
        pushedAtMs.push_back(clock.elapsed());
        order << QStringLiteral("rows");
        for (qsizetype i = 0; i < chunk.size(); ++i)
            cells << (chunk.isNull(i, 0) ? QByteArray("<null>") : chunk.bytes(i, 0).toByteArray());
        if (onPush)
            onPush();
        return stopAfter < 0 || cells.size() < stopAfter;
    }
    void completed(const QByteArray &tag) override
    {
        order << QStringLiteral("end");
        tags << tag;
    }
    void notice(const Notice &notice) override
    {
        order << QStringLiteral("notice");
        notices.push_back(notice);
    }
    Result<QByteArray> copyIn() override
    {
        ++copyAsked;
        if (!toCopy.isEmpty())
            return toCopy.takeFirst();
        if (copyError)
            return fail(*copyError);
        return QByteArray();
    }
    bool copyOut(QByteArrayView bytes) override
    {
        copied.append(bytes);
        if (onPush)
            onPush();
        return stopAfter < 0 || copied.size() < stopAfter;
    }
    void stop() override { stopped = true; }
};

// A reader that takes a few rows and then nothing until it is told to stop.
struct Stalled : Sink {
    std::mutex mutex;
    std::condition_variable wake;
    bool push(const Rows &chunk) override
    {
        Sink::push(chunk);
        std::unique_lock lock(mutex);
        stalls = true;
        wake.wait(lock, [this] { return stopped.load(); });
        return false;
    }
    void stop() override
    {
        const std::lock_guard lock(mutex);
        stopped = true;
        wake.notify_all();
    }
    std::atomic<bool> stalls = false;
};

std::thread after(int ms, std::function<void()> fn)
{
    return std::thread([ms, fn = std::move(fn)] {
        std::this_thread::sleep_for(std::chrono::milliseconds(ms));
        fn();
    });
}
} // namespace

class TestExecute : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase() { m_server.reset(); }
    void oneResult();
    void manyRows();
    void noRowsAndNoReader();
    void emptyText();
    void oneStatementUnlessSeveral();
    void errorOfSeveral();
    void errorAmongRows();
    void transactionState();
    void copyIn();
    void copyInEndedByItsSource();
    void copyInRefusedByTheServer();
    void copyInIsCancelled();
    void copyInWaitsForTheServer();
    void copyOut();
    void copyOutStopped();
    void noticesInTime();
    void noticeFlood();
    void rowsAreNotHeldBack();
    void deadline();
    void cancelByToken();
    void readerStalls();
    void doneThoughUnread();
    void abandonedWhileTheReaderStalls();
    void lostAmongRows();
    void longRowsOverTls();
    void factsFollow();

private:
    std::unique_ptr<Connection> connect() const;
    Error errorOf(const Done &done) const { return done ? Error() : done.error(); }
    std::unique_ptr<TestServer> m_server;
};

#define WORKED(what) \
    do { \
        const Done worked = (what); \
        QVERIFY2(worked, qPrintable(errorOf(worked).text())); \
    } while (false)

void TestExecute::initTestCase()
{
    QString why;
    m_server = TestServer::start({}, &why);
    QVERIFY2(m_server, qPrintable(why));
}

std::unique_ptr<Connection> TestExecute::connect() const
{
    auto connection = Connection::open(m_server->spec(), m_server->password());
    if (!connection)
        qFatal("%s", qPrintable(connection.error().text()));
    return std::move(*connection);
}

void TestExecute::oneResult()
{
    auto link = connect();
    Sink sink;
    const auto done = link->execute({"SELECT i, $1::text AS t FROM pg_catalog.generate_series(1, 3) i", {}}, {QStringLiteral("x")}, sink);
    WORKED(done);
    QCOMPARE(sink.cells, QByteArrayList({"1", "2", "3"}));
    QCOMPARE(sink.headers.size(), size_t(1));
    QCOMPARE(sink.headers[0][1].name, QStringLiteral("t"));
    QCOMPARE(sink.headers[0][0].typeOid, 23u);
    QCOMPARE(sink.tags, QByteArrayList({"SELECT 3"}));
    QVERIFY(link->execute({"SELECT 1", {}}, {}, sink)); // the link is ready for the next
}

void TestExecute::manyRows()
{
    auto link = connect();
    Sink sink;
    ExecuteOptions options;
    options.chunkRows = 700;
    const auto done = link->execute({"SELECT nullif(i % 10, 0), pg_catalog.repeat('x', i % 100) FROM pg_catalog.generate_series(1, 20000) i", {}}, {}, sink, options);
    WORKED(done);
    QCOMPARE(sink.cells.size(), 20'000);
    for (qsizetype i = 0; i < sink.cells.size(); ++i)
        QCOMPARE(sink.cells[i], (i + 1) % 10 ? QByteArray::number((i + 1) % 10) : QByteArray("<null>"));
    QCOMPARE(sink.pushedAtMs.size(), size_t(29));
}

void TestExecute::noRowsAndNoReader()
{
    auto link = connect();
    Sink sink;
    WORKED(link->execute({"SELECT 1 AS a WHERE false", {}}, {}, sink));
    QCOMPARE(sink.headers[0][0].name, QStringLiteral("a"));
    QCOMPARE(sink.tags, QByteArrayList({"SELECT 0"}));
    QVERIFY(sink.pushedAtMs.empty());
    sink.dropRows = true;
    WORKED(link->execute({"SELECT pg_catalog.generate_series(1, 5000)", {}}, {}, sink));
    QCOMPARE(sink.tags.last(), QByteArray("SELECT 5000"));
    WORKED(link->execute({"SELECT", {}}, {}, sink)); // no column at all
    QCOMPARE(sink.tags.last(), QByteArray("SELECT 1"));
    WORKED(link->execute({"CREATE TEMP TABLE made (a int)", {}}, {}, sink));
    QCOMPARE(sink.tags.last(), QByteArray("CREATE TABLE"));
    QCOMPARE(sink.headers.size(), size_t(3));
}

void TestExecute::emptyText()
{
    auto link = connect();
    for (const char *text : {"", " -- only a comment\n", ";"}) {
        Sink sink;
        WORKED(link->execute({text, {}}, {}, sink));
        QVERIFY(sink.order.isEmpty());
        ExecuteOptions several;
        several.several = true;
        WORKED(link->execute({text, {}}, {}, sink, several));
        QVERIFY(sink.order.isEmpty());
    }
    Sink sink;
    QCOMPARE(errorOf(link->execute({QByteArray("SELECT 1\0", 9), {}}, {}, sink)).reason, QStringLiteral("nul_in_statement"));
    QCOMPARE(errorOf(link->execute({"SELECT $1::text", {}}, {QByteArray("a\0", 2)}, sink)).reason, QStringLiteral("nul_in_parameter"));
}

void TestExecute::oneStatementUnlessSeveral()
{
    auto link = connect();
    Sink sink;
    QCOMPARE(errorOf(link->execute({"SELECT 1; DROP TABLE x", {}}, {}, sink)).sqlstate, QStringLiteral("42601"));
    QVERIFY(sink.order.isEmpty());
    ExecuteOptions options;
    options.several = true;
    QCOMPARE(errorOf(link->execute({"SELECT $1", {}}, {1}, sink, options)).reason, QStringLiteral("parameters_of_several"));
    WORKED(link->execute({"SELECT 1 AS a; CREATE TEMP TABLE t AS SELECT 7 AS b; SELECT b, 2 FROM t UNION ALL SELECT 8, 3; SELECT 9 WHERE false", {}}, {}, sink,
                         options));
    QCOMPARE(sink.tags, QByteArrayList({"SELECT 1", "SELECT 1", "SELECT 2", "SELECT 0"}));
    QCOMPARE(sink.headers.size(), size_t(3));
    QCOMPARE(sink.headers[1].size(), size_t(2));
    QCOMPARE(sink.cells, QByteArrayList({"1", "7", "8"}));
    QCOMPARE(sink.order, QStringList({QStringLiteral("rows"), QStringLiteral("end"), QStringLiteral("end"), QStringLiteral("rows"), QStringLiteral("end"),
                                      QStringLiteral("end")}));
}

void TestExecute::errorOfSeveral()
{
    auto link = connect();
    Sink sink;
    ExecuteOptions options;
    options.several = true;
    const Error error = errorOf(link->execute({"SELECT 1; SELECT 1 FROM; SELECT 2", {}}, {}, sink, options));
    QCOMPARE(error.reason, QStringLiteral("syntax_error"));
    QVERIFY(sink.tags.isEmpty()); // a parse error is found before the first of them runs
    const QByteArray text("SELECT 1; SELECT 2 / 0; SELECT 3");
    const Error division = errorOf(link->execute({text, {}}, {}, sink, options));
    QCOMPARE(division.sqlstate, QStringLiteral("22012"));
    QCOMPARE(sink.tags, QByteArrayList({"SELECT 1"}));
    QVERIFY(!division.detail.contains(QStringLiteral("incomplete")));
    const Error name = errorOf(link->execute({"SELECT 'ä', nowhere", {}}, {}, sink));
    QCOMPARE(name.position, 13); // characters, not bytes
    QVERIFY(link->isAlive());
}

void TestExecute::errorAmongRows()
{
    auto link = connect();
    Sink sink;
    const Error error = errorOf(link->execute({"SELECT 1 / (1500 - i) FROM pg_catalog.generate_series(1, 10000) i", {}}, {}, sink));
    QCOMPARE(error.sqlstate, QStringLiteral("22012"));
    QCOMPARE(sink.cells.size(), 1499); // all that came, also what fills no chunk
    QVERIFY2(error.detail.contains(QStringLiteral("1499 rows")), qPrintable(error.detail));
    QVERIFY(sink.tags.isEmpty());
}

void TestExecute::transactionState()
{
    auto link = connect();
    Sink sink;
    QCOMPARE(link->transactionState(), TransactionState::Idle);
    WORKED(link->execute({"BEGIN", {}}, {}, sink));
    QCOMPARE(link->transactionState(), TransactionState::Open);
    sink.onPush = [&] { QCOMPARE(link->transactionState(), TransactionState::Running); };
    WORKED(link->execute({"SELECT 1", {}}, {}, sink));
    QVERIFY(!link->execute({"SELECT 1/0", {}}, {}, sink));
    QCOMPARE(link->transactionState(), TransactionState::Failed);
    WORKED(link->execute({"ROLLBACK", {}}, {}, sink));
    QCOMPARE(link->transactionState(), TransactionState::Idle);
    m_server->sql({"SELECT pg_catalog.pg_terminate_backend(" + QByteArray::number(link->facts().backendPid) + ")"});
    QTRY_VERIFY(!link->readIdle());
    QCOMPARE(link->transactionState(), TransactionState::Unknown);
}

void TestExecute::copyIn()
{
    auto link = connect();
    Sink sink;
    WORKED(link->execute({"CREATE TEMP TABLE t (a int, b text)", {}}, {}, sink));
    sink.toCopy = {"1\tone\n2\t", "two\n", QByteArray("3\t") + QByteArray(3'000'000, 'x') + '\n'};
    WORKED(link->execute({"COPY t FROM STDIN", {}}, {}, sink));
    QCOMPARE(sink.tags.last(), QByteArray("COPY 3"));
    WORKED(link->execute({"SELECT pg_catalog.string_agg(a || ':' || pg_catalog.length(b), ' ' ORDER BY a) FROM t", {}}, {}, sink));
    QCOMPARE(sink.cells.last(), QByteArray("1:3 2:3 3:3000000"));
    ExecuteOptions several;
    several.several = true;
    sink.toCopy = {"4\tfour\n"};
    WORKED(link->execute({"COPY t FROM STDIN; SELECT pg_catalog.count(*) FROM t", {}}, {}, sink, several));
    QCOMPARE(sink.cells.last(), QByteArray("4"));
}

void TestExecute::copyInEndedByItsSource()
{
    auto link = connect();
    Sink sink;
    WORKED(link->execute({"CREATE TEMP TABLE t (a int)", {}}, {}, sink));
    sink.toCopy = {"1\n2\n"};
    sink.copyError = Error{ErrorKind::Io, QStringLiteral("read_failed"), QStringLiteral("The file ended\nearly"), {}, {}, {}, {}, 0};
    const Error error = errorOf(link->execute({"COPY t FROM STDIN", {}}, {}, sink));
    QCOMPARE(error.kind, ErrorKind::Io);
    QCOMPARE(error.reason, QStringLiteral("read_failed"));
    WORKED(link->execute({"SELECT pg_catalog.count(*) FROM t", {}}, {}, sink));
    QCOMPARE(sink.cells.last(), QByteArray("0"));
}

void TestExecute::copyInRefusedByTheServer()
{
    auto link = connect();
    Sink sink;
    WORKED(link->execute({"CREATE TEMP TABLE t (a int)", {}}, {}, sink));
    sink.toCopy << QByteArray("no number\n");
    const QByteArray block(100'000, '1');
    for (int i = 0; i < 10'000; ++i)
        sink.toCopy << block; // shared: a gigabyte to the server, a piece here
    const Error error = errorOf(link->execute({"COPY t FROM STDIN", {}}, {}, sink));
    QCOMPARE(error.sqlstate, QStringLiteral("22P02"));
    QVERIFY2(sink.copyAsked < 5000, "fed to the last byte"); // it is not fed after it said no
    WORKED(link->execute({"SELECT 5", {}}, {}, sink));
    QCOMPARE(sink.cells.last(), QByteArray("5"));
}

void TestExecute::copyInIsCancelled()
{
    auto link = connect();
    Sink sink;
    WORKED(link->execute({"CREATE TEMP TABLE t (a int)", {}}, {}, sink));
    const CancelToken cancel;
    struct Endless : Sink {
        CancelToken token;
        Result<QByteArray> copyIn() override
        {
            if (++copyAsked == 100)
                token.cancel();
            return QByteArray("1\n2\n");
        }
    } endless;
    endless.token = cancel;
    const Error error = errorOf(link->execute({"COPY t FROM STDIN", {}}, {}, endless, {}, cancel));
    QCOMPARE(error.kind, ErrorKind::Cancelled);
    QCOMPARE(endless.copyAsked, 100);
    WORKED(link->execute({"SELECT pg_catalog.count(*) FROM t", {}}, {}, sink));
    QCOMPARE(sink.cells.last(), QByteArray("0"));
}

// The server takes no more, since its COPY waits for a lock: nothing piles up here, and a cancel gets through.
void TestExecute::copyInWaitsForTheServer()
{
    auto link = connect();
    auto other = connect();
    Sink sink;
    WORKED(other->execute({"CREATE TABLE public.busy (a int, b int UNIQUE)", {}}, {}, sink));
    WORKED(other->execute({"BEGIN", {}}, {}, sink));
    WORKED(other->execute({"INSERT INTO public.busy VALUES (1, 1)", {}}, {}, sink));
    struct Endless : Sink {
        std::atomic<int> asked = 0;
        Result<QByteArray> copyIn() override
        {
            ++asked;
            QByteArray text;
            for (int i = 0; i < 10'000; ++i)
                text += "1\t" + QByteArray::number(asked * 10'000 + i - 9'999) + '\n';
            return text;
        }
    } endless;
    auto thread = after(1500, [&] { link->requestCancel(); });
    QElapsedTimer clock;
    clock.start();
    const Error error = errorOf(link->execute({"COPY public.busy FROM STDIN", {}}, {}, endless));
    const qint64 took = clock.elapsed();
    thread.join();
    QCOMPARE(error.kind, ErrorKind::Cancelled);
    QVERIFY2(took >= 1400 && took < 2500, qPrintable(QString::number(took)));
    QVERIFY2(endless.asked < 100, qPrintable(QString::number(endless.asked)));
    WORKED(link->execute({"SELECT 5", {}}, {}, sink));
    WORKED(other->execute({"ROLLBACK", {}}, {}, sink));
}

void TestExecute::copyOut()
{
    auto link = connect();
    Sink sink;
    WORKED(link->execute({"COPY (SELECT i, pg_catalog.repeat('y', 50) FROM pg_catalog.generate_series(1, 100000) i) TO STDOUT", {}}, {}, sink));
    QCOMPARE(sink.tags.last(), QByteArray("COPY 100000"));
    QCOMPARE(sink.copied.count('\n'), 100'000);
    QVERIFY(sink.copied.startsWith("1\ty") && sink.copied.endsWith("y\n"));
    const Error error = errorOf(link->execute({"COPY (SELECT 1 / (500 - i) FROM pg_catalog.generate_series(1, 1000) i) TO STDOUT", {}}, {}, sink));
    QCOMPARE(error.sqlstate, QStringLiteral("22012"));
    QVERIFY2(error.detail.contains(QStringLiteral("499 rows")), qPrintable(error.detail));
}

void TestExecute::copyOutStopped()
{
    auto link = connect();
    Sink sink;
    sink.stopAfter = 500'000;
    const Error error = errorOf(link->execute({"COPY (SELECT * FROM pg_catalog.generate_series(1, 50000000)) TO STDOUT", {}}, {}, sink));
    QCOMPARE(error.kind, ErrorKind::Cancelled);
    QCOMPARE(error.reason, QStringLiteral("by_reader"));
    QVERIFY(sink.copied.size() < 700'000);
    WORKED(link->execute({"SELECT 5", {}}, {}, sink));
}

void TestExecute::noticesInTime()
{
    auto link = connect();
    Sink sink;
    WORKED(link->execute({"DO $$ BEGIN RAISE NOTICE 'first' USING HINT = 'h'; PERFORM pg_catalog.pg_sleep(0.5); END $$", {}}, {}, sink));
    QCOMPARE(sink.order, QStringList({QStringLiteral("notice"), QStringLiteral("end")}));
    QCOMPARE(sink.notices[0].message, QStringLiteral("first"));
    QCOMPARE(sink.notices[0].hint, QStringLiteral("h"));
    QVERIFY(link->takeNotices().empty()); // told once
}

void TestExecute::noticeFlood()
{
    auto link = connect();
    Sink sink;
    WORKED(link->execute({"DO $$ BEGIN FOR i IN 1..50000 LOOP RAISE NOTICE 'n %', i; END LOOP; END $$", {}}, {}, sink));
    QVERIFY2(sink.notices.size() >= 1000 && sink.notices.size() < 2000, qPrintable(QString::number(sink.notices.size())));
    QVERIFY(sink.notices.back().message.contains(QStringLiteral("more notices")));
}

void TestExecute::rowsAreNotHeldBack()
{
    auto link = connect();
    Sink sink;
    QElapsedTimer clock;
    clock.start();
    WORKED(link->execute({"SELECT i, CASE i WHEN 4 THEN pg_catalog.pg_sleep(0.6) END, pg_catalog.repeat('z', 4000) FROM pg_catalog.generate_series(1, 6) i", {}}, {}, sink));
    QCOMPARE(sink.cells.size(), 6);
    QCOMPARE(sink.pushedAtMs.size(), size_t(2));
    QVERIFY(sink.pushedAtMs[1] - sink.pushedAtMs[0] > 300);
}

void TestExecute::deadline()
{
    auto link = connect();
    Sink sink;
    ExecuteOptions options;
    options.timeoutMs = 200;
    const Error error = errorOf(link->execute({"SELECT pg_catalog.pg_sleep(20)", {}}, {}, sink, options));
    QCOMPARE(error.kind, ErrorKind::Timeout);
    QCOMPARE(error.reason, QStringLiteral("statement_timeout_client"));
    WORKED(link->execute({"SELECT 5", {}}, {}, sink));
}

void TestExecute::cancelByToken()
{
    auto link = connect();
    Sink sink;
    const CancelToken cancel;
    auto thread = after(150, [&] { cancel.cancel(); });
    const Error error = errorOf(link->execute({"SELECT pg_catalog.pg_sleep(20)", {}}, {}, sink, {}, cancel));
    thread.join();
    QCOMPARE(error.kind, ErrorKind::Cancelled);
    QCOMPARE(error.sqlstate, QStringLiteral("57014"));
    WORKED(link->execute({"SELECT 5", {}}, {}, sink));
}

void TestExecute::readerStalls()
{
    auto link = connect();
    for (int round = 0; round < 3; ++round) {
        Stalled sink;
        QElapsedTimer clock;
        clock.start();
        std::thread thread([&] {
            while (!sink.stalls)
                std::this_thread::yield();
            clock.restart();
            link->requestCancel();
        });
        const Error error = errorOf(link->execute({"SELECT pg_catalog.repeat('x', 1000), pg_catalog.generate_series(1, 10000000)", {}}, {}, sink));
        const qint64 took = clock.elapsed();
        thread.join();
        QCOMPARE(error.kind, ErrorKind::Cancelled);
        QCOMPARE(error.reason, QStringLiteral("by_user"));
        QVERIFY2(error.detail.contains(QStringLiteral("incomplete")), qPrintable(error.detail));
        QVERIFY2(took < 1500, qPrintable(QString::number(took)));
        Sink next;
        WORKED(link->execute({"SELECT 5", {}}, {}, next));
    }
}

// The rows were not all read, but what the statement did is done: no word of a cancel may hide that.
void TestExecute::doneThoughUnread()
{
    auto link = connect();
    Sink sink;
    WORKED(link->execute({"CREATE TEMP TABLE t (a int)", {}}, {}, sink));
    sink.stopAfter = 1;
    const Error error = errorOf(link->execute({"INSERT INTO t SELECT pg_catalog.generate_series(1, 5) RETURNING a", {}}, {}, sink));
    QCOMPARE(error.kind, ErrorKind::Cancelled);
    QVERIFY2(error.detail.contains(QStringLiteral("INSERT 0 5")), qPrintable(error.detail));
    Sink counts;
    WORKED(link->execute({"SELECT pg_catalog.count(*) FROM t", {}}, {}, counts));
    QCOMPARE(counts.cells.last(), QByteArray("5"));
}

void TestExecute::abandonedWhileTheReaderStalls()
{
    auto link = connect();
    Stalled sink;
    auto thread = after(300, [&] { link->abandon(); });
    const Error error = errorOf(link->execute({"SELECT pg_catalog.repeat('x', 1000) FROM pg_catalog.generate_series(1, 10000000)", {}}, {}, sink));
    thread.join();
    QCOMPARE(error.reason, QStringLiteral("closed"));
    QVERIFY(!link->isAlive());
}

void TestExecute::lostAmongRows()
{
    auto link = connect();
    Sink sink;
    const QByteArray pid = QByteArray::number(link->facts().backendPid);
    sink.onPush = [&, done = false]() mutable {
        if (!std::exchange(done, true))
            m_server->sql({"SELECT pg_catalog.pg_terminate_backend(" + pid + ")"});
    };
    const Error error = errorOf(link->execute({"SELECT pg_catalog.repeat('x', 1000) FROM pg_catalog.generate_series(1, 1000000)", {}}, {}, sink));
    QCOMPARE(error.kind, ErrorKind::Connection);
    QVERIFY2(error.detail.contains(QStringLiteral("%1 rows").arg(sink.cells.size())), qPrintable(error.detail + QString::number(sink.cells.size())));
    QVERIFY(sink.tags.isEmpty());
    QVERIFY(!link->isAlive());
    QCOMPARE(link->transactionState(), TransactionState::Unknown);

    // While the server computes: its reason is kept.
    auto second = connect();
    auto thread = after(300, [&, victim = second->facts().backendPid] {
        m_server->sql({"SELECT pg_catalog.pg_terminate_backend(" + QByteArray::number(victim) + ")"});
    });
    Sink some;
    const Error terminated = errorOf(second->execute({"SELECT i, CASE i WHEN 3 THEN pg_catalog.pg_sleep(20) END FROM pg_catalog.generate_series(1, 3) i", {}}, {}, some));
    thread.join();
    QCOMPARE(terminated.sqlstate, QStringLiteral("57P01"));
    QCOMPARE(terminated.reason, QStringLiteral("terminated"));
}

// Records larger than what libpq's buffer has free: the rest stays inside OpenSSL, where no poll() sees it.
void TestExecute::longRowsOverTls()
{
    auto link = connect();
    QVERIFY(link->facts().tls);
    for (int size = 20'000; size < 60'000; size += 3'333) {
        Sink sink;
        ExecuteOptions options;
        options.timeoutMs = 10'000;
        const auto done = link->execute({"SELECT pg_catalog.repeat('x', $1::int4) FROM pg_catalog.generate_series(1, 40)", {}}, {size}, sink, options);
        WORKED(done);
        QCOMPARE(sink.cells.size(), 40);
        QCOMPARE(sink.cells.last().size(), size);
        WORKED(link->execute({"COPY (SELECT pg_catalog.repeat('x', " + QByteArray::number(size) + ")) TO STDOUT", {}}, {}, sink, options));
        QCOMPARE(sink.copied.size(), size + 1);
        QCOMPARE(sink.tags.last(), QByteArray("COPY 1"));
    }
}

void TestExecute::factsFollow()
{
    auto link = connect();
    QVERIFY(link->facts().superuser && link->facts().standardStrings && !link->facts().defaultReadOnly);
    QVERIFY(link->command("SET standard_conforming_strings = off"));
    QVERIFY(!link->facts().standardStrings);
    QVERIFY(link->command("SET default_transaction_read_only = on"));
    QVERIFY(link->facts().defaultReadOnly);
    QVERIFY(link->command("SET SESSION AUTHORIZATION pg_monitor") || link->command("CREATE ROLE plain"));
    QVERIFY(link->command("SET default_transaction_read_only = off"));
    QVERIFY(!link->facts().defaultReadOnly);
}

QTEST_GUILESS_MAIN(TestExecute)
#include "tst_execute.moc"
