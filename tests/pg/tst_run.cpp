// SPDX-License-Identifier: GPL-3.0-or-later
// Statements on one link: results, errors, cancel, deadlines, loss, notices, streams.
#include "pg/connection.h"
#include "support/testserver.h"

#include <QElapsedTimer>
#include <QTest>

#include <thread>

#include <signal.h>

using namespace howdah;
using namespace howdah::pg;
using test::TestServer;

class TestRun : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase() { m_server.reset(); }
    void values();
    void parameters();
    void errors();
    void oneStatementOnly();
    void preparedOnce();
    void timeout();
    void cancelByToken();
    void cancelFromOutside();
    void cancelBeforeItBegins();
    void cancelThatComesTooLate();
    void pausedServer();
    void streamInChunks();
    void readerStops();
    void tooLarge();
    void bigResultFitsOnce();
    void lostInTheMiddle();
    void lastWordsWhileIdle();
    void idleInTransactionTimeout();
    void notices();
    void copyIsRefused();
    void listenAndCommand();

private:
    std::unique_ptr<Connection> connect() const;
    std::unique_ptr<TestServer> m_server;
};

static std::thread after(int ms, std::function<void()> fn)
{
    return std::thread([ms, fn = std::move(fn)] {
        std::this_thread::sleep_for(std::chrono::milliseconds(ms));
        fn();
    });
}

void TestRun::initTestCase()
{
    QString why;
    m_server = TestServer::start({}, &why);
    QVERIFY2(m_server, qPrintable(why));
}

std::unique_ptr<Connection> TestRun::connect() const
{
    auto connection = Connection::open(m_server->spec(), m_server->password());
    if (!connection)
        qFatal("%s", qPrintable(connection.error().text()));
    return std::move(*connection);
}

void TestRun::values()
{
    auto link = connect();
    auto rows = link->run({"SELECT 42::int8 AS n, 'Grüße'::text AS t, NULL::int4 AS nothing, 1.5::float8 AS r, 'NaN'::float8 AS nan, true AS yes, "
                           "'{\"a\": [1, null]}'::jsonb AS j, ''::text AS empty UNION ALL SELECT 43, NULL, 7, -0.25, 1, false, '3', 'x'",
                           {}});
    QVERIFY2(rows, qPrintable(rows ? QString() : rows.error().text()));
    QCOMPARE(rows->size(), 2);
    QCOMPARE(rows->columns().size(), size_t(8));
    QCOMPARE(rows->columns()[0].typeOid, 20u);
    QCOMPARE(rows->integer(0, QLatin1StringView("n")), std::optional<qint64>(42));
    QCOMPARE(rows->text(0, 1), QStringLiteral("Grüße"));
    QVERIFY(rows->isNull(0, 2));
    QVERIFY(!rows->integer(0, 2));
    QCOMPARE(rows->real(0, 3), std::optional<double>(1.5));
    QVERIFY(qIsNaN(rows->real(0, 4).value()));
    QCOMPARE(rows->boolean(0, 5), std::optional<bool>(true));
    QCOMPARE(rows->json(0, 6)[QLatin1StringView("a")][0].toInt(), 1);
    QVERIFY(!rows->isNull(0, 7) && rows->bytes(0, 7).isEmpty());
    QCOMPARE(rows->integer(1, 0), std::optional<qint64>(43));
    QVERIFY(rows->isNull(1, 1));
    QCOMPARE(rows->json(1, 6).toInt(), 3);
    QCOMPARE(rows->text(1, 7), QStringLiteral("x"));
    QCOMPARE(rows->affected(), 2);
    QVERIFY(rows->isNull(0, QLatin1StringView("no such").size() ? rows->columnIndex(QLatin1StringView("no such")) : 0));
    auto empty = link->run({"SELECT 1 AS a WHERE false", {}});
    QVERIFY(empty && empty->isEmpty());
    QCOMPARE(empty->columns()[0].name, QStringLiteral("a"));
}

void TestRun::parameters()
{
    auto link = connect();
    auto rows = link->run({"SELECT $1::int4 + 1, $2::text, $3::text IS NULL, $4::bool", {}}, {41, QStringLiteral("a'b\"; --"), Param(), true});
    QVERIFY2(rows, qPrintable(rows ? QString() : rows.error().text()));
    QCOMPARE(rows->integer(0, 0), std::optional<qint64>(42));
    QCOMPARE(rows->text(0, 1), QStringLiteral("a'b\"; --"));
    QCOMPARE(rows->boolean(0, 2), std::optional<bool>(true));
    QCOMPARE(rows->boolean(0, 3), std::optional<bool>(true));
    auto refused = link->run({"SELECT $1::text", {}}, {QByteArray("a\0b", 3)});
    QVERIFY(!refused);
    QCOMPARE(refused.error().reason, QStringLiteral("nul_in_parameter"));
}

void TestRun::errors()
{
    auto link = connect();
    auto syntax = link->run({"SELECT 1 FROMM x", {}});
    QVERIFY(!syntax);
    QCOMPARE(syntax.error().kind, ErrorKind::Sql);
    QCOMPARE(syntax.error().reason, QStringLiteral("syntax_error"));
    QCOMPARE(syntax.error().sqlstate, QStringLiteral("42601"));
    QVERIFY(syntax.error().position > 0);
    QVERIFY(m_server->sql({"CREATE ROLE poor", "CREATE TABLE public.secret (a int)"}));
    QVERIFY(link->command("SET ROLE poor"));
    auto denied = link->run({"SELECT * FROM public.secret", {}});
    QVERIFY(!denied);
    QCOMPARE(denied.error().kind, ErrorKind::Permission);
    QVERIFY(link->isAlive());
    QVERIFY(link->run({"SELECT 1", {}})); // an error leaves the link usable
}

void TestRun::oneStatementOnly()
{
    auto link = connect();
    auto two = link->run({"SELECT 1; SELECT 2", {}});
    QVERIFY(!two);
    QCOMPARE(two.error().sqlstate, QStringLiteral("42601"));
}

void TestRun::preparedOnce()
{
    auto link = connect();
    RunOptions options;
    options.prepared = true;
    const Statement statement{"SELECT count(*) FROM pg_catalog.pg_prepared_statements WHERE $1::int4 = 7", QStringLiteral("test/prepared")};
    for (int i = 0; i < 3; ++i) {
        auto rows = link->run(statement, {7}, options);
        QVERIFY2(rows, qPrintable(rows ? QString() : rows.error().text()));
        QCOMPARE(rows->integer(0, 0), std::optional<qint64>(1));
    }
    auto other = link->run({"SELECT 'another text'", QStringLiteral("test/prepared")}, {}, options);
    QVERIFY(other);
    QCOMPARE(other->text(0, 0), QStringLiteral("another text"));
}

void TestRun::timeout()
{
    auto link = connect();
    RunOptions options;
    options.timeoutMs = 300;
    QElapsedTimer clock;
    clock.start();
    auto rows = link->run({"SELECT pg_catalog.pg_sleep(30)", {}}, {}, options);
    QVERIFY(!rows);
    QVERIFY(clock.elapsed() < 1000);
    QCOMPARE(rows.error().kind, ErrorKind::Timeout);
    QCOMPARE(rows.error().reason, QStringLiteral("statement_timeout_client"));
    QVERIFY(link->isAlive());
    QVERIFY(link->run({"SELECT 1", {}}));
    // The server's own timeout is not ours.
    QVERIFY(link->command("SET statement_timeout = 100"));
    auto server = link->run({"SELECT pg_catalog.pg_sleep(30)", {}});
    QCOMPARE(server.error().kind, ErrorKind::Sql);
    QCOMPARE(server.error().sqlstate, QStringLiteral("57014"));
}

void TestRun::cancelByToken()
{
    auto link = connect();
    for (int i = 0; i < 3; ++i) {
        const CancelToken cancel;
        auto thread = after(150, [&] { cancel.cancel(); });
        QElapsedTimer clock;
        clock.start();
        auto rows = link->run({"SELECT pg_catalog.pg_sleep(30)", {}}, {}, {}, cancel);
        const qint64 took = clock.elapsed();
        thread.join();
        QVERIFY(!rows);
        QCOMPARE(rows.error().kind, ErrorKind::Cancelled);
        QCOMPARE(rows.error().sqlstate, QStringLiteral("57014"));
        QVERIFY2(took < 1000, qPrintable(QString::number(took)));
        auto next = link->run({"SELECT 5", {}}); // meets no late cancel
        QVERIFY2(next, qPrintable(next ? QString() : next.error().text()));
    }
}

void TestRun::cancelFromOutside()
{
    auto link = connect();
    link->requestCancel(); // nothing runs: nothing happens
    QVERIFY(link->run({"SELECT 1", {}}));
    auto thread = after(150, [&] { link->requestCancel(); });
    auto rows = link->run({"SELECT pg_catalog.pg_sleep(30)", {}});
    thread.join();
    QVERIFY(!rows);
    QCOMPARE(rows.error().kind, ErrorKind::Cancelled);
    QVERIFY(link->run({"SELECT 1", {}}));
}

void TestRun::cancelBeforeItBegins()
{
    auto link = connect();
    const CancelToken cancel;
    cancel.cancel();
    auto rows = link->run({"CREATE TABLE never (a int)", {}}, {}, {}, cancel);
    QCOMPARE(rows.error().kind, ErrorKind::Cancelled);
    QVERIFY(link->run({"SELECT 'public.never'::pg_catalog.regclass", {}}).error().sqlstate == QStringLiteral("42P01"));
}

void TestRun::cancelThatComesTooLate()
{
    auto link = connect();
    // What was done is told as done, whatever came meanwhile.
    const CancelToken cancel;
    auto thread = after(20, [&] { cancel.cancel(); });
    auto rows = link->run({"SELECT 1", {}}, {}, {}, cancel);
    thread.join();
    QVERIFY(rows);
}

void TestRun::pausedServer()
{
    auto link = connect();
    const CancelToken cancel;
    auto thread = after(300, [&] {
        m_server->pause();
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        cancel.cancel();
    });
    QElapsedTimer clock;
    clock.start();
    auto rows = link->run({"SELECT pg_catalog.pg_sleep(30)", {}}, {}, {}, cancel);
    const qint64 took = clock.elapsed();
    thread.join();
    m_server->resume();
    QVERIFY(!rows);
    QCOMPARE(rows.error().kind, ErrorKind::Cancelled);
    QVERIFY2(took < 600 + 1000, qPrintable(QString::number(took)));
    QVERIFY(!link->isAlive());
    QCOMPARE(link->lostReason().reason, QStringLiteral("no_answer"));
    QTRY_VERIFY(Connection::open(m_server->spec(), m_server->password()));
}

namespace
{
struct Counter : RowSink {
    qint64 rows = 0;
    qsizetype largest = 0;
    qint64 sum = 0;
    qint64 stopAfter = -1;
    bool push(const Rows &chunk) override
    {
        rows += chunk.size();
        largest = std::max(largest, chunk.size());
        for (qsizetype i = 0; i < chunk.size(); ++i)
            sum += chunk.integer(i, 0).value_or(0);
        return stopAfter < 0 || rows < stopAfter;
    }
};

qint64 residentKb()
{
    QFile file(QStringLiteral("/proc/self/statm"));
    return file.open(QIODevice::ReadOnly) ? file.readAll().split(' ').at(1).toLongLong() * 4 : 0;
}
} // namespace

void TestRun::streamInChunks()
{
    auto link = connect();
    Counter counter;
    RunOptions options;
    options.chunkRows = 100;
    const qint64 before = residentKb();
    auto rows = link->stream({"SELECT i, pg_catalog.repeat('x', 100) FROM pg_catalog.generate_series(1, $1::int4) i", {}}, {200'000}, counter, options);
    QVERIFY2(rows, qPrintable(rows ? QString() : rows.error().text()));
    QCOMPARE(counter.rows, 200'000);
    QCOMPARE(counter.sum, qint64(200'000) * 200'001 / 2);
    QVERIFY(counter.largest <= 100);
    QCOMPARE(rows->size(), 0);
    QCOMPARE(rows->columns().size(), size_t(2));
    QCOMPARE(rows->commandTag(), QByteArray("SELECT 200000"));
    const qint64 grown = residentKb() - before;
    QVERIFY2(grown < 8'000, qPrintable(QString::number(grown)));
}

void TestRun::readerStops()
{
    auto link = connect();
    Counter counter;
    counter.stopAfter = 1000;
    auto rows = link->stream({"SELECT i FROM pg_catalog.generate_series(1, 100000000) i", {}}, {}, counter);
    QVERIFY(!rows);
    QCOMPARE(rows.error().kind, ErrorKind::Cancelled);
    QCOMPARE(rows.error().reason, QStringLiteral("by_reader"));
    QVERIFY(counter.rows < 2000);
    QVERIFY(link->run({"SELECT 1", {}}));

    // An error in the middle says that what came is not all.
    Counter half;
    auto broken = link->stream({"SELECT 1 / (5000 - i) FROM pg_catalog.generate_series(1, 10000) i", {}}, {}, half);
    QVERIFY(!broken);
    QCOMPARE(broken.error().sqlstate, QStringLiteral("22012"));
    QVERIFY(half.rows > 0);
    QVERIFY(broken.error().detail.contains(QStringLiteral("incomplete")));
}

void TestRun::tooLarge()
{
    auto link = connect();
    RunOptions options;
    options.maxBytes = 1'000'000;
    auto rows = link->run({"SELECT pg_catalog.repeat('x', 1000) FROM pg_catalog.generate_series(1, 10000000) i", {}}, {}, options);
    QVERIFY(!rows);
    QCOMPARE(rows.error().reason, QStringLiteral("result_too_large"));
    QVERIFY(link->run({"SELECT 1", {}}));
}

void TestRun::bigResultFitsOnce()
{
    auto link = connect();
    const qint64 before = residentKb();
    auto rows = link->run({"SELECT i, pg_catalog.repeat('x', 90) FROM pg_catalog.generate_series(1, 500000) i", {}});
    QVERIFY(rows);
    QCOMPARE(rows->size(), 500'000);
    QCOMPARE(rows->integer(499'999, 0), std::optional<qint64>(500'000));
    // 48 MB of cells and 8 MB of offsets; the arena may have grown by half beyond.
    const qint64 grown = residentKb() - before;
    QVERIFY2(grown < 110'000, qPrintable(QString::number(grown)));
}

void TestRun::lostInTheMiddle()
{
    auto link = connect();
    const int pid = link->facts().backendPid;
    auto thread = after(200, [&] { m_server->sql({"SELECT pg_catalog.pg_terminate_backend(" + QByteArray::number(pid) + ")"}); });
    auto rows = link->run({"SELECT pg_catalog.pg_sleep(30)", {}});
    thread.join();
    QVERIFY(!rows);
    QCOMPARE(rows.error().kind, ErrorKind::Connection);
    QCOMPARE(rows.error().reason, QStringLiteral("terminated"));
    QCOMPARE(rows.error().sqlstate, QStringLiteral("57P01"));
    QVERIFY(!link->isAlive());
    QCOMPARE(link->run({"SELECT 1", {}}).error().reason, QStringLiteral("terminated"));

    // Killed in the middle of its rows: no last words, and what came is not all.
    auto second = connect();
    struct Killer : Counter {
        pid_t victim = 0;
        bool push(const Rows &chunk) override
        {
            if (victim && rows > 1000)
                ::kill(std::exchange(victim, 0), SIGKILL);
            return Counter::push(chunk);
        }
    } killer;
    killer.victim = second->facts().backendPid;
    auto cut = second->stream({"SELECT i, pg_catalog.repeat('y', 200) FROM pg_catalog.generate_series(1, 3000000) i", {}}, {}, killer);
    QVERIFY(!cut);
    QCOMPARE(cut.error().kind, ErrorKind::Connection);
    QCOMPARE(cut.error().reason, QStringLiteral("lost"));
    QVERIFY(cut.error().detail.contains(QStringLiteral("incomplete")));
    QTRY_VERIFY_WITH_TIMEOUT(m_server->admin().has_value(), 20'000);
}

void TestRun::lastWordsWhileIdle()
{
    auto link = connect();
    QVERIFY(m_server->sql({"SELECT pg_catalog.pg_terminate_backend(" + QByteArray::number(link->facts().backendPid) + ")"}));
    QTRY_VERIFY(!link->readIdle());
    QCOMPARE(link->lostReason().kind, ErrorKind::Connection);
    QCOMPARE(link->lostReason().sqlstate, QStringLiteral("57P01"));
    QCOMPARE(link->lostReason().reason, QStringLiteral("terminated"));
}

void TestRun::idleInTransactionTimeout()
{
    auto link = connect();
    QVERIFY(link->command("SET idle_in_transaction_session_timeout = 100"));
    QVERIFY(link->command("BEGIN"));
    QTRY_VERIFY(!link->readIdle());
    QCOMPARE(link->lostReason().reason, QStringLiteral("idle_in_transaction_timeout"));
}

void TestRun::notices()
{
    auto link = connect();
    QVERIFY(link->command("DO $$ BEGIN FOR i IN 1..5000 LOOP RAISE WARNING 'number %', i USING HINT = 'h'; END LOOP; END $$"));
    const auto notices = link->takeNotices();
    QCOMPARE(notices.size(), size_t(1001));
    QCOMPARE(notices.front().severity, QStringLiteral("WARNING"));
    QCOMPARE(notices.front().message, QStringLiteral("number 1"));
    QCOMPARE(notices.front().hint, QStringLiteral("h"));
    QVERIFY(notices.back().message.contains(QStringLiteral("4000")));
    QVERIFY(link->takeNotices().empty());
}

void TestRun::copyIsRefused()
{
    auto link = connect();
    QVERIFY(link->command("CREATE TEMP TABLE t AS SELECT pg_catalog.generate_series(1, 100000) AS i"));
    for (const char *text : {"COPY t TO STDOUT", "COPY t FROM STDIN"}) {
        auto rows = link->run({text, {}});
        QVERIFY(!rows);
        QCOMPARE(rows.error().reason, QStringLiteral("copy_not_supported"));
        QVERIFY(link->run({"SELECT 1", {}}));
    }
}

void TestRun::listenAndCommand()
{
    auto link = connect();
    QVERIFY(link->command("BEGIN"));
    QVERIFY(!link->run({"SELECT 1/0", {}}));
    QCOMPARE(link->run({"SELECT 1", {}}).error().reason, QStringLiteral("transaction_failed"));
    QVERIFY(link->command("ROLLBACK"));
    QVERIFY(link->run({"LISTEN channel", {}}));
    QVERIFY(m_server->sql({"NOTIFY channel, 'x'"}));
    QVERIFY(link->readIdle());
    auto rows = link->run({"", {}});
    QVERIFY(rows && rows->isEmpty());
}

QTEST_GUILESS_MAIN(TestRun)
#include "tst_run.moc"
