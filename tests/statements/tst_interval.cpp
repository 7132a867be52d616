// SPDX-License-Identifier: GPL-3.0-or-later
// Readings of real servers, stored: what the history tells of an interval is what the view itself counted meanwhile, and what can't be known is said.
#include "statements/sampler.h"

#include "support/testserver.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace howdah;
using namespace howdah::statements;
using namespace Qt::StringLiterals;
using Link = std::unique_ptr<pg::Connection>;

namespace
{

// As somebody sees it who asks with psql.
struct Direct {
    qint64 calls = 0;
    double execMs = 0;
    qint64 rows = 0;
    qint64 hit = 0;
    qint64 walBytes = 0;
    qint64 temp = 0;
};

const QString source = historySource(u"p"_s);

} // namespace

class TestInterval : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase_data()
    {
        QTest::addColumn<int>("major");
        for (const int major : {15, 16, 17, 18})
            QTest::addRow("%d", major) << major;
    }
    void init();
    void cleanup() { m_store.reset(); }
    void cleanupTestCase() { m_servers.clear(); }

    void figuresAreTheViews();
    void aStormOfEvictionsIsSaid();
    void aResetIsSaid();
    void aRestartLosesNothing();
    void aCrashIsSaid();
    void aStoreThatFailedIsCaughtUp();
    void twoConsolesCountOnce();

private:
    Link open();
    void run(pg::Connection &link, const QByteArray &statement, int times = 1);
    QMap<QByteArray, Direct> direct(pg::Connection &link); // of the statements that carry "loaded", by id, role, database, toplevel
    bool record(pg::Connection &link); // true: a piece was written
    TopList history() { return historyOf(*m_store, source, 0, std::numeric_limits<qint64>::max() / 2).value(); }
    static qint64 callsOf(const TopList &list, const QString &text)
    {
        qint64 calls = 0;
        for (const Total &total : list.totals)
            calls += total.text && total.text->text.contains(text) ? total.counters[Measure::Calls] : 0;
        return calls;
    }

    std::map<int, std::unique_ptr<test::TestServer>> m_servers;
    test::TestServer *m_server = nullptr;
    int m_major = 0;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<store::Store> m_store;
    std::unique_ptr<Recorder> m_recorder;
};

void TestInterval::init()
{
    QFETCH_GLOBAL(int, major);
    m_major = major;
    auto &server = m_servers[major];
    if (!server) {
        QString why;
        test::ServerSetup setup;
        setup.major = major;
        setup.settings = {u"shared_preload_libraries=pg_stat_statements"_s, u"pg_stat_statements.max=100"_s, u"pg_stat_statements.track=all"_s,
                          u"autovacuum=off"_s};
        server = test::TestServer::start(setup, &why);
        QVERIFY2(server, qPrintable(why));
        QVERIFY2(server->sql(
                     {"CREATE EXTENSION pg_stat_statements SCHEMA public",
                      "CREATE TABLE public.t AS SELECT i, repeat('x', 300) AS filler FROM generate_series(1, 20000) AS i",
                      "CREATE FUNCTION public.f() RETURNS int8 LANGUAGE plpgsql AS 'BEGIN PERFORM count(*) FROM public.t AS loaded_inside; RETURN 1; END'"},
                     &why),
                 qPrintable(why));
    }
    m_server = server.get();
    QVERIFY(m_server->sql({"SELECT public.pg_stat_statements_reset()"}));
    m_folder = std::make_unique<QTemporaryDir>();
    auto store = store::Store::open(m_folder->filePath(u"store.sqlite"_s));
    QVERIFY(store);
    m_store = std::move(*store);
    m_recorder = std::make_unique<Recorder>();
}

Link TestInterval::open()
{
    auto link = pg::Connection::open(m_server->socketSpec(), {});
    if (!link)
        qFatal("%s", qPrintable(link.error().text()));
    return std::move(*link);
}

void TestInterval::run(pg::Connection &link, const QByteArray &statement, int times)
{
    for (int i = 0; i < times; ++i) {
        const auto ran = link.run({statement, {}});
        if (!ran)
            qFatal("%s", qPrintable(ran.error().text()));
    }
}

QMap<QByteArray, Direct> TestInterval::direct(pg::Connection &link)
{
    const auto rows =
        link.run({"SELECT userid, dbid, queryid, toplevel, calls, total_exec_time, rows, shared_blks_hit, wal_bytes::int8, temp_blks_read + temp_blks_written"
                  " FROM public.pg_stat_statements WHERE query LIKE '%loaded%' AND query NOT LIKE '%pg_stat_statements%'",
                  {}});
    if (!rows)
        qFatal("%s", qPrintable(rows.error().text()));
    QMap<QByteArray, Direct> all;
    for (qsizetype row = 0; row < rows->size(); ++row) {
        const auto number = [&](int column) { return rows->integer(row, column).value(); };
        const QByteArray key = QByteArray::number(number(0)) + '/' + QByteArray::number(number(1)) + '/' + QByteArray::number(number(2)) +
                               (rows->boolean(row, 3).value() ? "" : "/nested");
        all.insert(key, {number(4), rows->real(row, 5).value(), number(6), number(7), number(8), number(9)});
    }
    return all;
}

bool TestInterval::record(pg::Connection &link)
{
    const auto reading = m_recorder->read(link);
    if (!reading)
        qFatal("%s", qPrintable(reading.error().text()));
    if (!*reading)
        return false;
    const auto kept = keep(*m_store, source, **reading, Clock().wallMs());
    if (!kept)
        qFatal("%s", qPrintable(kept.error().text()));
    m_recorder->done(kept);
    return kept->written;
}

// Three intervals of one load; their sum is what the view counted from the first reading to the last.
void TestInterval::figuresAreTheViews()
{
    const Link link = open();
    const auto load = [&](int times) {
        run(*link, "SELECT count(*) FROM public.t AS loaded WHERE i < 100", times);
        run(*link, "UPDATE public.t AS loaded SET i = i + 1 WHERE i % 100 = 1", times);
        run(*link, "SELECT count(*) FROM (SELECT i, filler FROM public.t AS loaded ORDER BY filler, i DESC OFFSET 10) AS sorted", times);
        run(*link, "SELECT public.f() AS loaded", times);
    };
    run(*link, "SET work_mem = '64kB'");
    load(2);
    QVERIFY(!record(*link));
    const auto before = direct(*link);
    for (const int times : {3, 1, 4}) {
        load(times);
        QVERIFY(record(*link));
    }
    const auto after = direct(*link);
    const TopList list = history();
    QVERIFY(list.holes.isEmpty());
    QVERIFY2(list.gaps.isComplete(), qPrintable(list.gaps.text()));
    QVERIFY2(after.size() >= 5, qPrintable(QString::number(after.size()))); // four that we sent, one inside the function
    int nested = 0;
    for (auto it = after.cbegin(); it != after.cend(); ++it) {
        const Direct was = before.value(it.key());
        std::optional<Total> total;
        for (const Total &one : list.totals) {
            const QByteArray key = QByteArray::number(one.key.roleId) + '/' + QByteArray::number(one.key.databaseId) + '/' +
                                   QByteArray::number(one.key.queryId) + (one.key.toplevel ? "" : "/nested");
            if (key == it.key())
                total = one;
        }
        QVERIFY2(total, it.key().constData());
        nested += !total->key.toplevel;
        const Counters &c = total->counters;
        QCOMPARE(c[Measure::Calls], it->calls - was.calls);
        QCOMPARE(c[Measure::Calls], 8);
        QVERIFY(qAbs(double(c[Measure::ExecTime]) - (it->execMs - was.execMs) * 1e6) <= 8);
        QCOMPARE(c[Measure::Rows], it->rows - was.rows);
        QCOMPARE(c[Measure::SharedHit], it->hit - was.hit);
        QCOMPARE(c[Measure::WalBytes], it->walBytes - was.walBytes);
        QCOMPARE(c[Measure::TempRead] + c[Measure::TempWritten], it->temp - was.temp);
        QVERIFY(total->text && total->text->text.contains("loaded"_L1));
        QVERIFY(!total->own);
    }
    QCOMPARE(nested, 1);
    QCOMPARE(list.names.roles.value(list.totals.first().key.roleId), u"postgres"_s);
    QVERIFY(std::any_of(list.totals.cbegin(), list.totals.cend(), [](const Total &total) { return total.own; })); // our own readings
    // Half of it: the second and third piece.
    const auto pieces = historyOf(*m_store, source, list.toMs - 1, list.toMs);
    QCOMPARE(callsOf(*pieces, u"UPDATE public.t AS loaded"_s), 4);
    QCOMPARE(pieces->toMs, list.toMs);
    QVERIFY(pieces->fromMs > list.fromMs);
}

// Room for a hundred statements, three hundred of them.
void TestInterval::aStormOfEvictionsIsSaid()
{
    const Link link = open();
    const auto evictions = [&] { return link->run({"SELECT dealloc FROM public.pg_stat_statements_info", {}})->integer(0, 0).value(); };
    const auto shapeOf = [](int shape) -> QByteArray {
        return "SELECT 1 AS loaded_" + QByteArray::number(shape) + QByteArray(", 1").repeated(shape);
    }; // an alias alone makes no other statement
    run(*link, "SELECT 'often' AS loaded, 1 AS often", 20);
    QVERIFY(!record(*link));
    const qint64 before = evictions();
    run(*link, "SELECT 'often' AS loaded, 1 AS often", 3);
    qint64 sent = 3;
    for (int shape = 0; shape < 300; ++shape, ++sent)
        run(*link, shapeOf(shape));
    run(*link, "SELECT 'often' AS loaded, 1 AS often", 2);
    sent += 2;
    const qint64 after = evictions();
    QVERIFY(record(*link));
    const TopList list = history();
    QVERIFY(after > before);
    QVERIFY2(list.gaps.evictions >= after - before, qPrintable(list.gaps.text()));
    QVERIFY(!list.gaps.isComplete());
    QVERIFY(list.gaps.text().contains("dropped the least used"_L1));
    const qint64 calls = callsOf(list, u"loaded"_s);
    QVERIFY(calls > 0 && calls <= sent); // less than all, and never more
    const qint64 often = callsOf(list, u"AS often"_s);
    QVERIFY2(often <= 5 && often >= 2, qPrintable(QString::number(often)));
    // The next one, calm again, is whole.
    run(*link, shapeOf(299), 4);
    QVERIFY(record(*link));
    const auto calm = historyOf(*m_store, source, list.toMs, list.toMs + 3'600'000);
    QCOMPARE(callsOf(*calm, u"loaded_299"_s), 4);
}

void TestInterval::aResetIsSaid()
{
    const Link link = open();
    run(*link, "SELECT 'reset' AS loaded", 5);
    QVERIFY(!record(*link));
    run(*link, "SELECT 'reset' AS loaded", 4);
    run(*link, "SELECT pg_catalog.pg_sleep(0.05)");
    run(*link, "SELECT public.pg_stat_statements_reset()");
    run(*link, "SELECT 'reset' AS loaded", 3);
    QVERIFY(record(*link));
    const TopList list = history();
    QCOMPARE(callsOf(list, u"AS loaded"_s), 3);
    QCOMPARE(list.gaps.events.size(), 1);
    QCOMPARE(list.gaps.events.first().event, Event::Reset);
    QVERIFY(list.gaps.lostMs >= 50 && list.gaps.lostMs <= list.toMs - list.fromMs);
}

void TestInterval::aRestartLosesNothing()
{
    {
        const Link link = open();
        run(*link, "SELECT 'restart' AS loaded", 5);
        QVERIFY(!record(*link));
        run(*link, "SELECT 'restart' AS loaded", 2);
    }
    QString why;
    QVERIFY(m_server->stop());
    QVERIFY2(m_server->startAgain(&why), qPrintable(why));
    const Link link = open();
    run(*link, "SELECT 'restart' AS loaded", 3);
    QVERIFY(record(*link));
    const TopList list = history();
    QCOMPARE(callsOf(list, u"AS loaded"_s), 5);
    QCOMPARE(list.gaps.events.size(), 1);
    QCOMPARE(list.gaps.events.first().event, Event::Restarted);
    QCOMPARE(list.gaps.lostMs, 0);
}

void TestInterval::aCrashIsSaid()
{
    {
        const Link link = open();
        run(*link, "SELECT 'crash' AS loaded", 5);
        QVERIFY(!record(*link));
        run(*link, "SELECT 'crash' AS loaded", 4);
        const qint64 pid = link->run({"SELECT pg_catalog.pg_backend_pid()", {}})->integer(0, 0).value();
        QCOMPARE(::kill(pid_t(pid), SIGKILL), 0);
    }
    Link link;
    QTRY_VERIFY_WITH_TIMEOUT([&] {
        auto again = pg::Connection::open(m_server->socketSpec(), {});
        if (again)
            link = std::move(*again);
        return bool(again);
    }(), 60'000);
    run(*link, "SELECT 'crash' AS loaded", 3);
    QVERIFY(record(*link));
    const TopList list = history();
    QCOMPARE(callsOf(list, u"AS loaded"_s), 3);
    QCOMPARE(list.gaps.events.size(), 1);
    QCOMPARE(list.gaps.events.first().event, Event::Crashed);
    QVERIFY(list.gaps.lostMs > 0 && list.gaps.lostMs <= list.toMs - list.fromMs);
}

void TestInterval::aStoreThatFailedIsCaughtUp()
{
    const Link link = open();
    QVERIFY(!record(*link));
    run(*link, "SELECT 'full' AS loaded", 2);
    QVERIFY(*m_recorder->read(*link));
    m_recorder->done(fail(ErrorKind::Io, u"disk_full"_s, u"full"_s));
    run(*link, "SELECT 'full' AS loaded", 3);
    QVERIFY(record(*link));
    QCOMPARE(callsOf(history(), u"AS loaded"_s), 5);
    QVERIFY(history().gaps.isComplete());
}

// Two windows with samplers of their own at one server and one store.
void TestInterval::twoConsolesCountOnce()
{
    if (m_major != 18)
        return;
    pg::Session one(m_server->socketSpec(), Secret(), pg::Session::Purpose::Monitor), two(m_server->socketSpec(), Secret(), pg::Session::Purpose::Monitor);
    store::StoreWorker worker(m_store->path());
    Sampler first(&one, &worker, source, 300), second(&two, &worker, source, 300);
    QSignalSpy failures(&first, &Sampler::failed), unsaved(&second, &Sampler::notSaved), began(&first, &Sampler::began), secondBegan(&second, &Sampler::began);
    int written[] = {0, 0};
    int refused = 0;
    for (Sampler *sampler : {&first, &second}) {
        connect(sampler, &Sampler::recorded, this, [&, place = int(sampler == &second)](const Interval &, bool kept) { ++(kept ? written[place] : refused); });
        sampler->start();
    }
    QTRY_VERIFY(!began.isEmpty() && !secondBegan.isEmpty());
    const Link link = open();
    run(*link, "SELECT 'twice' AS loaded", 50);
    QTRY_VERIFY_WITH_TIMEOUT(written[0] + written[1] >= 4 && refused >= 2, 20'000);
    // Each once; where one took over from the other in between, the time that is lost is said.
    const qint64 calls = callsOf(history(), u"AS loaded"_s);
    QVERIFY2(calls == 50 || (calls < 50 && history().gaps.lostMs > 0), qPrintable(QString::number(calls)));
    first.stop();
    const int before = written[1];
    QTRY_VERIFY_WITH_TIMEOUT(written[1] > before, 20'000);
    run(*link, "SELECT 'twice' AS loaded", 5);
    QTRY_COMPARE_WITH_TIMEOUT(callsOf(history(), u"AS loaded"_s), calls + 5, 20'000);
    second.stop();
    QCOMPARE(failures.size() + unsaved.size(), 0);
    worker.drain(5000);
}

QTEST_GUILESS_MAIN(TestInterval)
#include "tst_interval.moc"
