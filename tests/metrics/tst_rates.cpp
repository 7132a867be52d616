// SPDX-License-Identifier: GPL-3.0-or-later
// From samples to points, with numbers recorded on real servers. The traps that need a server are in tst_sample.cpp.
#include "metrics/rates.h"

#include <QJsonDocument>
#include <QTest>

#include <cmath>

using namespace howdah::metrics;
using namespace Qt::StringLiterals;

constexpr qint64 period = 1000;
constexpr qint64 start = 1'795'620'925'000;

// A sample so many milliseconds after the start, both clocks in step.
static Sample sampleAt(qint64 ms)
{
    Sample sample;
    sample.atMs = start + ms;
    sample.monotonicMs = 5'000'000 + ms;
    sample.serverMs = 1;
    sample.identity = {u"7712132013953432728"_s, 1795620661.324804, false, u"00000001"_s};
    sample.resets = {{u"wal"_s, u"1795620660.793207"_s}, {u"bgwriter"_s, u"1795620660.793207"_s}, {u"checkpointer"_s, u"1795620660.793207"_s}, {u"io"_s, u"1795620660.793207"_s}};
    sample.counters = {{u"wal_lsn"_s, 24749680}, {u"checkpoints_done"_s, 4}, {u"checkpoints_timed"_s, 3}, {u"checkpoints_requested"_s, 14}, {u"io_normal_hits"_s, 99765}, {u"io_normal_read_bytes"_s, 7086080}};
    sample.gauges = {{u"connections_active"_s, 2}, {u"connections_total"_s, 9}, {u"connections_usable"_s, 97}, {u"block_size"_s, 8192}};
    sample.databases = {{0, {0, 0, 517, 51, "-"}}, {5, {937, 3, 94026, 832, "-"}}};
    return sample;
}

static Sample grown(const Sample &from, qint64 ms)
{
    Sample sample = from;
    sample.atMs += ms;
    sample.monotonicMs += ms;
    sample.counters[u"wal_lsn"_s] += 3'273'760;
    sample.databases[0].blocksHit += 100;
    sample.databases[5].commits += 400;
    sample.databases[5].rollbacks += 8;
    sample.databases[5].blocksHit += 890;
    sample.databases[5].blocksRead += 10;
    return sample;
}

class TestRates : public QObject
{
    Q_OBJECT
private slots:
    void rates()
    {
        const Point point = pointBetween(sampleAt(0), grown(sampleAt(0), 1000), period);
        QCOMPARE(point.commits.value(), 400.0);
        QCOMPARE(point.rollbacks.value(), 8.0);
        QCOMPARE(point.walBytes.value(), 3'273'760.0);
        QCOMPARE(point.checkpoints.value(), 0.0);
        QCOMPARE(point.active.value(), 2.0);
        QVERIFY(point.event.isEmpty());
    }

    // 18, a cold scan of 11,776 pages: 789 reads, 96,468,992 bytes. Hits over hits and reads said 18.95 % where the truth was 1.34 %.
    void trap1_readsAreOperations()
    {
        const qint64 hits = 184; // 184 / (184 + 789) is 18.9 %
        QVERIFY(std::abs(double(hits) / double(hits + 789) - 0.189) < 0.001);
        const auto share = ioHitShare(hits, 96'468'992, 8192);
        QVERIFY(share);
        QVERIFY2(std::abs(*share - 184.0 / (184.0 + 11776.0)) < 1e-9, qPrintable(QString::number(*share)));
        QVERIFY(!ioHitShare(0, 0, 8192));
        QVERIFY(!ioHitShare(5, 5, 0));

        Sample after = grown(sampleAt(0), 1000);
        after.counters[u"io_normal_hits"_s] += hits;
        after.counters[u"io_normal_read_bytes"_s] += 96'468'992;
        QCOMPARE(pointBetween(sampleAt(0), after, period).bufferHitNormal.value(), *share);
    }

    void trap2_hitRatioOfTheInterval()
    {
        // Over the interval, cluster-wide with the shared catalogs' row, not the lifetime's 99 %.
        const Point point = pointBetween(sampleAt(0), grown(sampleAt(0), 1000), period);
        QCOMPARE(point.bufferHit.value(), 990.0 / 1000.0);
    }

    void trap2_nothingReadIsUndefined()
    {
        Sample after = sampleAt(1000);
        const Point point = pointBetween(sampleAt(0), after, period);
        QVERIFY(!point.bufferHit); // neither 0 nor 100 %, and no NaN
        QVERIFY(!point.bufferHitNormal);
        QCOMPARE(point.commits.value(), 0.0); // no commits is a fact
        QVERIFY(!point.toJson().contains(u"buffer_hit"_s));
    }

    // After a crash stats_reset of pg_stat_database stays NULL while the counters drop (79,105 to 1,599 hits).
    void trap3_resetWithoutStatsReset()
    {
        Sample before = sampleAt(0);
        before.databases[5].blocksHit = 79'105;
        Sample after = grown(before, 1000);
        after.databases[5].blocksHit = 1'599;
        after.databases[0].blocksHit += 200'000; // the sum over all databases still grows
        const Point point = pointBetween(before, after, period);
        QCOMPARE(point.event, u"statistics reset"_s);
        QVERIFY(!point.bufferHit && !point.commits && !point.rollbacks);
        QVERIFY(point.walBytes); // a position in the log is not a statistic
        QVERIFY(point.active);
    }

    void trap3_resetThatGrewPastItself()
    {
        Sample after = grown(sampleAt(0), 1000);
        after.databases[5].reset = "1795620926.5"; // pg_stat_reset(), then much work: nothing went down
        const Point point = pointBetween(sampleAt(0), after, period);
        QCOMPARE(point.event, u"statistics reset"_s);
        QVERIFY(!point.commits);
    }

    void trap3_databasesComeAndGo()
    {
        Sample after = grown(sampleAt(0), 1000);
        after.databases.remove(0);
        after.databases.insert(16384, {10, 0, 100, 0, "-"});
        const Point point = pointBetween(sampleAt(0), after, period);
        QVERIFY(point.event.isEmpty());
        QCOMPARE(point.commits.value(), 410.0);
    }

    // kill -9 of one backend: postmaster start unchanged, statistics gone; the other groups' stats_reset moved.
    void trap4_backendCrash()
    {
        Sample after = sampleAt(1000);
        after.databases = {{0, {0, 0, 17, 5, "-"}}, {5, {2, 0, 30, 9, "-"}}};
        for (const QString &group : {u"wal"_s, u"bgwriter"_s, u"checkpointer"_s, u"io"_s})
            after.resets[group] = u"1795620925.9"_s;
        after.counters[u"io_normal_hits"_s] = 12;
        const Point point = pointBetween(sampleAt(0), after, period);
        QCOMPARE(point.event, u"statistics reset"_s);
        QVERIFY(!point.commits && !point.bufferHit && !point.bufferHitNormal && !point.checkpoints);
    }

    void trap4_groupsResetApart()
    {
        Sample after = grown(sampleAt(0), 1000);
        after.resets[u"io"_s] = u"1795620925.9"_s; // pg_stat_reset_shared('io')
        const Point point = pointBetween(sampleAt(0), after, period);
        QCOMPARE(point.event, u"statistics reset"_s);
        QVERIFY(!point.bufferHitNormal);
        QVERIFY(point.commits && point.bufferHit && point.checkpoints);
    }

    // pgAdmin shows five times the TPS at its default refresh of 5 s.
    void trap10_measuredInterval()
    {
        const Sample before = sampleAt(0);
        QCOMPARE(pointBetween(before, grown(before, 1250), period).commits.value(), 320.0);
        QCOMPARE(pointBetween(before, grown(before, 800), period).commits.value(), 500.0);
    }

    void trap10_longIntervalBreaksTheLine()
    {
        const Sample before = sampleAt(0);
        QVERIFY(pointBetween(before, grown(before, 3000), period).commits);
        const Point point = pointBetween(before, grown(before, 3001), period);
        QVERIFY(!point.commits && !point.walBytes && !point.bufferHit && !point.checkpoints);
        QVERIFY(point.event.isEmpty());
        QVERIFY(point.connections); // a gauge is of now
    }

    void trap10_clockSteppedBack()
    {
        const Sample before = sampleAt(0);
        Sample after = grown(before, 1000);
        after.atMs = before.atMs - 2000;
        QVERIFY(!pointBetween(before, after, period).commits);
        after.atMs = before.atMs;
        QVERIFY(!pointBetween(before, after, period).commits);
        after.atMs = before.atMs + 100; // stepped back by 0.9 s: the rate would be ten times too high
        QVERIFY(!pointBetween(before, after, period).commits);
    }

    void trap10_slowAnswerIsNoStep()
    {
        // The answer travelled for 1.4 s: our clock moved more than the server's, which is right all the same.
        const Sample before = sampleAt(0);
        Sample after = grown(before, 1000);
        after.monotonicMs += 1400;
        after.serverMs = 1401;
        QCOMPARE(pointBetween(before, after, period).commits.value(), 400.0);
    }

    void trap11_standbyCountsRestartpoints()
    {
        Sample before = sampleAt(0);
        before.identity.inRecovery = true;
        before.identity.timeline.clear();
        before.counters[u"checkpoints_done"_s] = 0;
        before.counters[u"restartpoints_done"_s] = 6;
        Sample after = grown(before, 1000);
        after.counters[u"restartpoints_done"_s] = 7;
        const Point point = pointBetween(before, after, period);
        QCOMPARE(point.checkpoints.value(), 1.0);
        QCOMPARE(point.walBytes.value(), 3'273'760.0); // what was replayed
    }

    void identityEndsEverySeries_data()
    {
        QTest::addColumn<ServerIdentity>("before");
        QTest::addColumn<ServerIdentity>("after");
        QTest::addColumn<QString>("event");
        const ServerIdentity primary{u"1"_s, 100.5, false, u"00000001"_s};
        const ServerIdentity standby{u"1"_s, 200.5, true, {}};
        QTest::newRow("restarted") << primary << ServerIdentity{u"1"_s, 101.5, false, u"00000001"_s} << u"restarted"_s;
        QTest::newRow("promoted") << standby << ServerIdentity{u"1"_s, 200.5, false, u"00000002"_s} << u"promoted"_s;
        QTest::newRow("failover behind one address") << primary << ServerIdentity{u"1"_s, 200.5, false, u"00000002"_s} << u"promoted"_s;
        QTest::newRow("other server") << primary << ServerIdentity{u"2"_s, 100.5, false, u"00000001"_s} << u"other server"_s;
        QTest::newRow("now a standby") << primary << standby << u"now a standby"_s;
        QTest::newRow("not permitted to see it") << ServerIdentity{{}, 100.5, false, {}} << primary << QString();
    }

    void identityEndsEverySeries()
    {
        QFETCH(ServerIdentity, before);
        QFETCH(ServerIdentity, after);
        QFETCH(QString, event);
        Sample from = sampleAt(0);
        from.identity = before;
        Sample to = grown(from, 1000);
        to.identity = after;
        const Point point = pointBetween(from, to, period);
        QCOMPARE(point.event, event);
        QCOMPARE(point.commits.has_value(), event.isEmpty());
        QCOMPARE(point.walBytes.has_value(), event.isEmpty());
        QVERIFY(point.connections);
    }

    void notPermittedIsAbsent()
    {
        Sample sample = sampleAt(0);
        sample.gauges = {{u"connections_usable"_s, 97}};
        const Point point = firstPoint(sample);
        QVERIFY(!point.active && !point.idle && !point.connections && !point.locksWaiting);
        QVERIFY(!point.toJson().contains(u"active"_s));
        QCOMPARE(point.usable.value(), 97.0);
    }

    void before18AllBegunCheckpoints()
    {
        Sample before = sampleAt(0);
        before.counters.remove(u"checkpoints_done"_s);
        Sample after = grown(before, 1000);
        after.counters[u"checkpoints_requested"_s] += 1;
        after.counters[u"checkpoints_timed"_s] += 1;
        QCOMPARE(pointBetween(before, after, period).checkpoints.value(), 2.0);
    }

    void jsonThereAndBack()
    {
        Point point = pointBetween(sampleAt(0), grown(sampleAt(0), 1000), period);
        point.event = u"restarted"_s;
        const QByteArray bytes = QJsonDocument(point.toJson()).toJson();
        const Point again = Point::fromJson(point.atMs, QJsonDocument::fromJson(bytes).object());
        QCOMPARE(again.toJson(), point.toJson());
        QCOMPARE(again.bufferHit.value(), point.bufferHit.value());
        QVERIFY(!again.idle);
        QCOMPARE(again.event, u"restarted"_s);
    }

    void countersStayExactInJson()
    {
        Sample sample = sampleAt(0);
        sample.counters[u"blks_hit"_s] = 9'007'199'254'740'993; // 2^53 + 1
        const QByteArray bytes = QJsonDocument(sample.toJson()).toJson(QJsonDocument::Compact);
        QVERIFY2(bytes.contains("9007199254740993"), bytes.constData());
    }
};

QTEST_GUILESS_MAIN(TestRates)
#include "tst_rates.moc"
