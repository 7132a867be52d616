// SPDX-License-Identifier: GPL-3.0-or-later
// Samples of real servers, old and new: the traps that only a server can set.
#include "metrics/rates.h"
#include "support/testserver.h"

#include <QElapsedTimer>
#include <QFile>
#include <QJsonObject>
#include <QProcess>
#include <QTest>
#include <QThread>

#include <signal.h>

using namespace howdah;
using namespace howdah::metrics;
using namespace Qt::StringLiterals;
using Link = std::unique_ptr<pg::Connection>;

constexpr qint64 period = 1000;

class TestSample : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase_data()
    {
        QTest::addColumn<int>("major");
        QTest::newRow("15") << 15;
        QTest::newRow("18") << 18;
    }
    void init();
    void cleanupTestCase() { m_servers.clear(); }

    void everyNameIsThereOrSaidToBeAbsent();
    void countersLieBetweenPsqlsReadings();
    void gaugesCountOthersNotUs();
    void cheapOnTheServer();
    void trap4_backendCrashIsSeen();
    void trap5_openTransactionIsFlatThenASpike();
    void trap6_sampledInATransactionItFreezes();
    void trap7_notPermittedIsNotZero();
    void trap11_standbyAndPromotion();

private:
    Link open(const QString &role = u"postgres"_s);
    Sample sample(pg::Connection &link);
    qint64 waitFor(pg::Connection &link, const QString &counter, qint64 atLeast);
    QMap<QString, qint64> psql();

    std::map<int, std::unique_ptr<test::TestServer>> m_servers;
    test::TestServer *m_server = nullptr;
    int m_major = 0;
};

void TestSample::init()
{
    QFETCH_GLOBAL(int, major);
    m_major = major;
    auto &server = m_servers[major];
    if (!server) {
        QString why;
        test::ServerSetup setup;
        setup.major = major;
        setup.settings = {u"autovacuum=off"_s};
        server = test::TestServer::start(setup, &why);
        QVERIFY2(server, qPrintable(why));
        QVERIFY(server->sql({"CREATE TABLE public.big AS SELECT i, repeat('x', 500) AS filler FROM generate_series(1, 40000) i",
                             "CREATE ROLE plain LOGIN", "CREATE ROLE watcher LOGIN IN ROLE pg_monitor", "CHECKPOINT"}));
    }
    m_server = server.get();
}

Link TestSample::open(const QString &role)
{
    auto link = pg::Connection::open(m_server->socketSpec().withRole(role), {});
    if (!link)
        qFatal("%s", qPrintable(link.error().text()));
    return std::move(*link);
}

Sample TestSample::sample(pg::Connection &link)
{
    const auto read = readSample(link);
    if (!read)
        qFatal("%s", qPrintable(read.error().text()));
    return *read;
}

// Statistics arrive up to a second after a transaction's end.
qint64 TestSample::waitFor(pg::Connection &link, const QString &counter, qint64 atLeast)
{
    QElapsedTimer clock;
    clock.start();
    qint64 value = 0;
    do {
        value = sample(link).counters.value(counter);
    } while (value < atLeast && clock.elapsed() < 5000);
    return value;
}

// What psql reads of the same views, by the names of the sample.
QMap<QString, qint64> TestSample::psql()
{
    QByteArray query =
        "WITH d AS (SELECT sum(xact_commit) c, sum(xact_rollback) r, sum(blks_hit) h, sum(blks_read) b, sum(tup_returned) t, sum(temp_bytes) y FROM pg_stat_database) "
        "SELECT 'xact_commit', c FROM d UNION ALL SELECT 'xact_rollback', r FROM d UNION ALL SELECT 'blks_hit', h FROM d UNION ALL SELECT 'blks_read', b FROM d "
        "UNION ALL SELECT 'tup_returned', t FROM d UNION ALL SELECT 'temp_bytes', y FROM d "
        "UNION ALL SELECT 'wal_lsn', pg_current_wal_insert_lsn() - '0/0' UNION ALL SELECT 'wal_bytes', wal_bytes FROM pg_stat_wal "
        "UNION ALL SELECT 'wal_records', wal_records FROM pg_stat_wal UNION ALL SELECT 'archived_count', archived_count FROM pg_stat_archiver "
        "UNION ALL SELECT 'buffers_alloc', buffers_alloc FROM pg_stat_bgwriter";
    query += m_major >= 18 ? " UNION ALL SELECT 'checkpoints_done', num_done FROM pg_stat_checkpointer"
                             " UNION ALL SELECT 'io_normal_read_bytes', sum(read_bytes) FROM pg_stat_io WHERE object = 'relation' AND context = 'normal'"
                           : " UNION ALL SELECT 'checkpoints_requested', checkpoints_req FROM pg_stat_bgwriter";
    const pg::ConnectionSpec spec = m_server->socketSpec();
    QProcess process;
    process.start(u"psql"_s, {u"-XAt"_s, u"-h"_s, spec.host, u"-p"_s, QString::number(spec.port), u"-U"_s, u"postgres"_s, u"-c"_s, QString::fromLatin1(query)});
    QMap<QString, qint64> values;
    if (!process.waitForFinished(20'000) || process.exitCode() != 0)
        qFatal("psql: %s", process.readAllStandardError().constData());
    const QList<QByteArray> lines = process.readAllStandardOutput().trimmed().split('\n');
    for (const QByteArray &line : lines)
        values.insert(QString::fromLatin1(line.split('|').first()), line.split('|').last().toLongLong());
    return values;
}

void TestSample::everyNameIsThereOrSaidToBeAbsent()
{
    const Link link = open();
    const Sample read = sample(*link);
    for (const QString &name : {u"xact_commit"_s, u"blks_hit"_s, u"wal_lsn"_s, u"wal_bytes"_s, u"checkpoints_done"_s, u"restartpoints_done"_s,
                                u"io_normal_hits"_s, u"checksum_failures"_s})
        QVERIFY2(read.counters.contains(name) != read.absent.contains(name), qPrintable(name));
    QCOMPARE(read.absent.value(u"io_normal_hits"_s), m_major == 15 ? u"not known on 15"_s : QString());
    QCOMPARE(read.absent.value(u"checkpoints_done"_s), m_major == 15 ? u"not known on 15"_s : QString());
    // initdb turns checksums on from 18 on.
    QCOMPARE(read.absent.value(u"checksum_failures"_s), m_major == 15 ? u"data checksums are off"_s : QString());
    QVERIFY(!read.identity.systemIdentifier.isEmpty());
    QCOMPARE(read.identity.timeline, u"00000001"_s);
    QVERIFY(!read.identity.inRecovery);
    QVERIFY(read.databases.contains(0));
    QCOMPARE(read.gauges.value(u"connections_max"_s), 40);
    QCOMPARE(read.gauges.value(u"connections_usable"_s), 37);
}

void TestSample::countersLieBetweenPsqlsReadings()
{
    const Link link = open();
    for (int round = 0; round < 3; ++round) {
        const QMap<QString, qint64> before = psql();
        const Sample read = sample(*link);
        QVERIFY(m_server->sql({"INSERT INTO public.big SELECT 0, 'y' FROM generate_series(1, 100)", "CHECKPOINT"}));
        const QMap<QString, qint64> after = psql();
        for (auto it = before.cbegin(); it != before.cend(); ++it) {
            QVERIFY2(read.counters.contains(it.key()), qPrintable(it.key()));
            const qint64 value = read.counters.value(it.key());
            QVERIFY2(*it <= value && value <= after.value(it.key()), qPrintable(u"%1: %2 <= %3 <= %4"_s.arg(it.key()).arg(*it).arg(value).arg(after.value(it.key()))));
        }
    }
}

void TestSample::gaugesCountOthersNotUs()
{
    const Link link = open();
    QTRY_COMPARE(sample(*link).gauges.value(u"connections_total"_s), 0); // sessions of earlier tests may still be leaving
    const Link idle = open();
    const Link busy = open();
    QVERIFY(busy->command("BEGIN").has_value());
    const Sample read = sample(*link);
    QCOMPARE(read.gauges.value(u"connections_total"_s), 2);
    QCOMPARE(read.gauges.value(u"connections_idle"_s), 1);
    QCOMPARE(read.gauges.value(u"connections_idle_in_transaction"_s), 1);
    QCOMPARE(read.gauges.value(u"connections_active"_s), 0);
    QCOMPARE(read.gauges.value(u"locks_waiting"_s), 0);
}

void TestSample::cheapOnTheServer()
{
    const Link link = open();
    QVector<double> costs;
    for (int i = 0; i < 21; ++i)
        costs << sample(*link).serverMs;
    std::sort(costs.begin(), costs.end());
    QVERIFY2(costs.at(10) < 5, qPrintable(u"median %1 ms"_s.arg(costs.at(10)))); // the round trip is in it
}

void TestSample::trap4_backendCrashIsSeen()
{
    Link link = open();
    const Sample before = sample(*link);
    QVERIFY(before.counters.value(u"blks_hit"_s) > 0);
    const Link doomed = open();
    ::kill(pid_t(doomed->facts().backendPid), SIGKILL);
    QElapsedTimer clock;
    clock.start();
    std::optional<Sample> after;
    while (!after && clock.elapsed() < 30'000) { // every session goes, and the server recovers
        auto again = pg::Connection::open(m_server->socketSpec(), {});
        if (again) {
            if (auto read = readSample(**again))
                after = *read;
        } else {
            QThread::msleep(20);
        }
    }
    QVERIFY(after);
    QCOMPARE(after->identity.postmasterStart, before.identity.postmasterStart); // the trap
    Sample inTime = *after; // however long recovery took
    inTime.atMs = before.atMs + 1000;
    inTime.monotonicMs = before.monotonicMs + 1000;
    const Point point = pointBetween(before, inTime, period);
    QCOMPARE(point.event, u"statistics reset"_s);
    QVERIFY(!point.commits && !point.bufferHit);
}

void TestSample::trap5_openTransactionIsFlatThenASpike()
{
    const Link link = open();
    const Link worker = open();
    QVERIFY(worker->run({"SET max_parallel_workers_per_gather = 0", {}}).has_value());
    QThread::msleep(1100); // lets its connecting be flushed
    QVERIFY(worker->command("BEGIN").has_value());
    const qint64 before = waitFor(*link, u"tup_returned"_s, 1);
    QVERIFY(worker->run({"SELECT count(*) FROM public.big", {}}).has_value());
    QThread::msleep(1200); // past the interval of flushing
    QVERIFY(worker->run({"SELECT 1", {}}).has_value());
    const Sample during = sample(*link);
    QVERIFY2(during.counters.value(u"tup_returned"_s) < before + 30'000, "the statistics of an open transaction are visible by now: say so in the chart");
    QVERIFY(during.gauges.value(u"longest_transaction_ms"_s) > 1000); // what tells the reader why the line is flat
    QVERIFY(worker->command("COMMIT").has_value());
    QVERIFY(waitFor(*link, u"tup_returned"_s, before + 40'000) >= before + 40'000);
}

void TestSample::trap6_sampledInATransactionItFreezes()
{
    const Link link = open();
    const auto work = [this] { return m_server->sql({"SELECT count(*) FROM public.big"}); };

    QVERIFY(link->command("BEGIN").has_value());
    const qint64 first = sample(*link).counters.value(u"tup_returned"_s);
    QVERIFY(work());
    QThread::msleep(300); // a closed session's statistics are there at once
    QCOMPARE(sample(*link).counters.value(u"tup_returned"_s), first); // the trap: the same numbers again
    QVERIFY(link->command("COMMIT").has_value());

    // As the sampler does it, each sample its own transaction: the work shows.
    QVERIFY(waitFor(*link, u"tup_returned"_s, first + 40'000) >= first + 40'000);
}

void TestSample::trap7_notPermittedIsNotZero()
{
    const Link other = open();
    const Link link = open(u"plain"_s);
    const Sample read = sample(*link);
    for (const QString &name : {u"connections_total"_s, u"connections_active"_s, u"connections_idle"_s, u"locks_waiting"_s, u"longest_transaction_ms"_s}) {
        QVERIFY2(!read.gauges.contains(name), qPrintable(name));
        QCOMPARE(read.absent.value(name), u"not permitted: GRANT pg_monitor TO plain"_s);
    }
    QVERIFY(read.counters.value(u"xact_commit"_s) > 0); // what it may have, it has
    const Point point = firstPoint(read);
    QVERIFY(!point.connections && !point.active);
    QCOMPARE(point.usable.value(), 37.0);

    const Link watcher = open(u"watcher"_s);
    QVERIFY(sample(*watcher).gauges.value(u"connections_total"_s) >= 2);
}

void TestSample::trap11_standbyAndPromotion()
{
    Link link = open();
    const Sample primary = sample(*link);
    link.reset();
    QVERIFY(m_server->stop());
    QFile signal(m_server->socketSpec().host + u"/data/standby.signal"_s);
    QVERIFY(signal.open(QIODevice::WriteOnly));
    signal.close();
    QString why;
    QVERIFY2(m_server->startAgain(&why), qPrintable(why));

    link = open();
    const Sample standby = sample(*link); // pg_current_wal_lsn() would have raised 55000
    QVERIFY(standby.identity.inRecovery);
    QVERIFY(standby.identity.timeline.isEmpty());
    QCOMPARE(standby.identity.systemIdentifier, primary.identity.systemIdentifier);
    QVERIFY(standby.counters.value(u"wal_lsn"_s) >= primary.counters.value(u"wal_lsn"_s));
    QCOMPARE(standby.absent.value(u"wal_bytes"_s), u"stands still in recovery"_s);
    QVERIFY(standby.counters.contains(u"restartpoints_done"_s) == (m_major >= 17));
    QCOMPARE(pointBetween(primary, standby, period).event, u"now a standby"_s);

    QVERIFY(link->run({"SELECT pg_catalog.pg_promote()", {}}).has_value());
    QTRY_VERIFY(!sample(*link).identity.inRecovery);
    const Sample promoted = sample(*link);
    QCOMPARE(promoted.identity.timeline, u"00000002"_s); // the control file may still say 1
    QCOMPARE(pointBetween(standby, promoted, period).event, u"promoted"_s);
}

QTEST_GUILESS_MAIN(TestSample)
#include "tst_sample.moc"
