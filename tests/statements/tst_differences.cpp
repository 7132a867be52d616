// SPDX-License-Identifier: GPL-3.0-or-later
// Two readings and what can be known of the time between them.
#include "statements/differences.h"
#include "statements/owntexts.h"

#include "pg/statement.h"

#include <QTest>

#include <cmath>

using namespace howdah;
using namespace howdah::statements;
using namespace Qt::StringLiterals;

static constexpr Measures everything = (Measures(1) << measureCount) - 1;

static Entry entryOf(qint64 calls, double meanMs, double stddevMs = 0)
{
    Entry entry;
    entry.counters[Measure::Calls] = calls;
    entry.counters[Measure::ExecTime] = qRound64(double(calls) * meanMs * 1e6);
    entry.counters.execSquares = double(calls) * (stddevMs * stddevMs + meanMs * meanMs);
    entry.leastMs = meanMs;
    entry.mostMs = meanMs;
    return entry;
}

// At so many seconds, everything readable, of one life. Times in the life: microseconds.
static Snapshot at(qint64 seconds, QHash<Key, Entry> entries, bool hasSince = true)
{
    Snapshot snapshot;
    snapshot.atMs = 1'000'000'000 + seconds * 1000;
    snapshot.endMs = snapshot.atMs + 5;
    snapshot.life = {u"7"_s, 100, 110, 120, 130};
    snapshot.known = everything;
    snapshot.hasSince = hasSince;
    snapshot.mayReadAll = true;
    snapshot.roleId = 10;
    snapshot.evictions = snapshot.evictionsEnd = 3;
    snapshot.entries = std::move(entries);
    return snapshot;
}

static qint64 usAt(qint64 seconds)
{
    return (1'000'000'000 + seconds * 1000) * 1000;
}

static const Key key{10, 5, -663'649'735'074'294'001, true, 1000};

static Counters of(const Interval &interval, const Key &which)
{
    for (const Change &change : interval.changes) {
        if (change.key == which)
            return change.counters;
    }
    return {};
}

class TestDifferences : public QObject
{
    Q_OBJECT
private slots:
    void whatGrewIsTheDifference()
    {
        Key nested = key;
        nested.toplevel = false; // the same queryid inside a function is another key
        Entry idle = entryOf(4, 1);
        Key other = key;
        other.queryId = 7;
        const Interval interval = between(at(0, {{key, entryOf(500, 2, 1)}, {nested, entryOf(7, 10)}, {other, idle}}),
                                          at(60, {{key, entryOf(507, 2, 1)}, {nested, entryOf(9, 10)}, {other, idle}}));
        QVERIFY(interval.isKnown);
        QCOMPARE(interval.toMs - interval.fromMs, 60'000);
        QCOMPARE(interval.changes.size(), 2); // what did nothing is no change
        QCOMPARE(of(interval, key)[Measure::Calls], 7);
        QCOMPARE(of(interval, key)[Measure::ExecTime], 14'000'000);
        QCOMPARE(of(interval, nested)[Measure::Calls], 2);
        QVERIFY(interval.gaps.isComplete());
        QVERIFY(interval.gaps.events.isEmpty());
        QVERIFY2(interval.gaps.text().isEmpty(), qPrintable(interval.gaps.text()));
    }

    // Ten calls of 1 ms, then ten of 101 ms: the view's mean says 51, the interval's is 101.
    void meanAndDeviationAreTheIntervals()
    {
        const Interval interval = between(at(0, {{key, entryOf(10, 1, 0)}}), at(60, {{key, entryOf(20, 51, 50)}}));
        QCOMPARE(of(interval, key).meanExecMs().value(), 101.0);
        QVERIFY2(of(interval, key).stddevExecMs().value() < 1e-6, qPrintable(QString::number(*of(interval, key).stddevExecMs())));
        QVERIFY(!Counters().meanExecMs()); // not called: no mean, not 0
        QVERIFY(!Counters().stddevPlanMs());
    }

    void deviationsOfIntervalsAddUp()
    {
        // Calls of 1, 2, …, 9 ms, three in each interval.
        const auto until = [](int last) {
            double sum = 0, squares = 0;
            for (int i = 1; i <= last; ++i) {
                sum += i;
                squares += i * i;
            }
            const double mean = sum / last;
            return entryOf(last, mean, std::sqrt(squares / last - mean * mean));
        };
        Counters sum;
        for (int last = 3; last <= 9; last += 3)
            sum += of(between(at(last - 3, last > 3 ? QHash<Key, Entry>{{key, until(last - 3)}} : QHash<Key, Entry>()), at(last, {{key, until(last)}})), key);
        QCOMPARE(sum[Measure::Calls], 9);
        QVERIFY(qAbs(*sum.meanExecMs() - 5) < 1e-6);
        QVERIFY(qAbs(*sum.stddevExecMs() - std::sqrt(60.0 / 9)) < 1e-6);
    }

    // max=100 and 300 shapes: the statement vanished and came back with calls=1 and another stats_since.
    void anEvictedStatementIsAnotherSeries()
    {
        Key again = key;
        again.sinceUs = usAt(30);
        Snapshot after = at(60, {{again, entryOf(1, 2)}});
        after.evictions = after.evictionsEnd = 24;
        const Interval interval = between(at(0, {{key, entryOf(500, 2)}}), after);
        QCOMPARE(interval.gaps.evictions, 21);
        QCOMPARE(interval.gaps.vanished, 1);
        QVERIFY(!interval.gaps.isComplete());
        QCOMPARE(interval.changes.size(), 1);
        QCOMPARE(of(interval, again)[Measure::Calls], 1); // all of it ran in between
    }

    void evictedAndBackWithoutStatsSince_data()
    {
        QTest::addColumn<Entry>("after");
        QTest::addColumn<qint64>("calls");
        QTest::addColumn<int>("cameBack");
        QTest::addColumn<int>("maybeLess");
        QTest::newRow("less calls") << entryOf(1, 2) << qint64(1) << 1 << 0;
        Entry slower = entryOf(600, 2);
        slower.leastMs = 3; // the least of a life can't rise
        QTest::newRow("more calls, another least") << slower << qint64(600) << 1 << 0;
        Entry faster = entryOf(600, 2);
        faster.mostMs = 1;
        QTest::newRow("more calls, another most") << faster << qint64(600) << 1 << 0;
        QTest::newRow("gone on, or so it seems") << entryOf(600, 2) << qint64(100) << 0 << 1;
        QTest::newRow("did nothing") << entryOf(500, 2) << qint64(0) << 0 << 0;
    }
    void evictedAndBackWithoutStatsSince()
    {
        QFETCH(Entry, after);
        QFETCH(qint64, calls);
        QFETCH(int, cameBack);
        QFETCH(int, maybeLess);
        Key bare = key;
        bare.sinceUs = 0;
        Snapshot second = at(60, {{bare, after}}, false);
        second.evictions = second.evictionsEnd = 4;
        const Interval interval = between(at(0, {{bare, entryOf(500, 2)}}, false), second);
        QCOMPARE(of(interval, bare)[Measure::Calls], calls);
        QCOMPARE(interval.gaps.cameBack, cameBack);
        QCOMPARE(interval.gaps.maybeLess, maybeLess);
    }

    // From the reset on all is known; from the first reading to the reset nothing.
    void aResetLosesWhatWasBeforeIt()
    {
        Key again = key;
        again.sinceUs = usAt(41);
        Snapshot after = at(60, {{again, entryOf(5, 2)}});
        after.life.resetUs = usAt(40);
        after.evictions = after.evictionsEnd = 0;
        const Interval interval = between(at(0, {{key, entryOf(500, 2)}}), after);
        QVERIFY(interval.isKnown);
        QCOMPARE(interval.gaps.events, QVector<EventAt>({{usAt(40) / 1000, Event::Reset}}));
        QCOMPARE(interval.gaps.lostMs, 40'000);
        QCOMPARE(interval.gaps.evictions, 0);
        QCOMPARE(interval.gaps.vanished, 0); // that is what a reset is
        QCOMPARE(of(interval, again)[Measure::Calls], 5);
        QVERIFY(!interval.gaps.isComplete());
    }

    void whatHappenedIsNamed_data()
    {
        QTest::addColumn<qint64>("postmaster");
        QTest::addColumn<qint64>("checkpointer");
        QTest::addColumn<qint64>("cumulative");
        QTest::addColumn<qint64>("reset");
        QTest::addColumn<QString>("event");
        QTest::addColumn<bool>("known");
        const qint64 then = usAt(30);
        QTest::newRow("nothing") << qint64(100) << qint64(110) << qint64(120) << qint64(130) << QString() << true;
        QTest::newRow("reset of all statistics, no crash") << qint64(100) << qint64(110) << then << then << u"reset"_s << true;
        QTest::newRow("backend's crash") << qint64(100) << then << then << then << u"crashed"_s << true;
        QTest::newRow("backend's crash, checkpointer not permitted") << qint64(100) << qint64(0) << then << then << u"crashed"_s << true;
        QTest::newRow("restart") << then << then << qint64(120) << qint64(130) << u"restarted"_s << true;
        QTest::newRow("server's crash") << then << then << then << then << u"restarted_anew"_s << true;
        QTest::newRow("other statistics reset") << qint64(100) << qint64(110) << then << qint64(130) << QString() << true;
        QTest::newRow("a standby in its place") << usAt(-500) << usAt(-500) << usAt(-400) << usAt(-300) << u"other_server"_s << false;
    }
    void whatHappenedIsNamed()
    {
        QFETCH(qint64, postmaster);
        QFETCH(qint64, checkpointer);
        QFETCH(qint64, cumulative);
        QFETCH(qint64, reset);
        QFETCH(QString, event);
        QFETCH(bool, known);
        Snapshot after = at(60, {{key, entryOf(600, 2)}});
        after.life = {u"7"_s, postmaster, checkpointer, cumulative, reset};
        const Interval interval = between(at(0, {{key, entryOf(500, 2)}}), after);
        QCOMPARE(interval.gaps.events.isEmpty() ? QString() : eventName(interval.gaps.events.first().event), event);
        QCOMPARE(interval.isKnown, known);
        QCOMPARE(of(interval, key)[Measure::Calls], !known ? 0 : reset == 130 ? 100 : 600);
    }

    void anotherServerAndAClockSetBackAreNoInterval()
    {
        Snapshot other = at(60, {{key, entryOf(600, 2)}});
        other.life.systemIdentifier = u"8"_s;
        QVERIFY(!between(at(0, {{key, entryOf(500, 2)}}), other).isKnown);
        QVERIFY(between(at(0, {{key, entryOf(500, 2)}}), other).changes.isEmpty());
        const Interval back = between(at(60, {{key, entryOf(500, 2)}}), at(0, {{key, entryOf(600, 2)}}));
        QVERIFY(!back.isKnown && back.changes.isEmpty());
        QCOMPARE(back.gaps.lostMs, 0);
        QCOMPARE(back.gaps.events.first().event, Event::ClockSetBack);
    }

    // GRANT pg_read_all_stats between two readings: what comes into sight did not begin then.
    void whatComesIntoSightIsNotCounted()
    {
        Key others = key, born = key, own = key;
        others.roleId = 11;
        born.roleId = 12;
        born.sinceUs = usAt(20);
        own.queryId = 9;
        Snapshot before = at(0, {});
        before.mayReadAll = false;
        before.notPermitted = 2;
        const Interval interval = between(before, at(60, {{others, entryOf(500, 2)}, {born, entryOf(3, 1)}, {own, entryOf(4, 1)}}));
        QCOMPARE(of(interval, others)[Measure::Calls], 0);
        QCOMPARE(of(interval, born)[Measure::Calls], 3);
        QCOMPARE(of(interval, own)[Measure::Calls], 4);
        QCOMPARE(interval.gaps.unknown, 1);
        QCOMPARE(interval.gaps.notPermitted, 2);
        QVERIFY(!interval.gaps.mayReadAll);
        QVERIFY(interval.gaps.text().contains(u"not permitted"_s));
    }

    void whatOnlyOneReadingCountsIsNotKnown()
    {
        Snapshot before = at(0, {{key, entryOf(1, 1)}});
        before.known &= ~bitOf(Measure::WorkersWanted);
        Entry now = entryOf(2, 1);
        now.counters[Measure::WorkersWanted] = 70;
        const Interval interval = between(before, at(60, {{key, now}}));
        QCOMPARE(of(interval, key)[Measure::WorkersWanted], 0);
        QVERIFY(!(interval.gaps.known & bitOf(Measure::WorkersWanted)));
        QCOMPARE(interval.gaps.events.first().event, Event::Altered);
    }

    // 1.10 to 1.11: every key gets a stats_since, and none can be held against what it was.
    void keysOfAnotherKindAreNotHeldAgainstEachOther()
    {
        Key bare = key, born = key;
        bare.sinceUs = 0;
        born.queryId = 8;
        born.sinceUs = usAt(20);
        const Interval interval = between(at(0, {{bare, entryOf(500, 2)}}, false), at(60, {{key, entryOf(507, 2)}, {born, entryOf(2, 2)}}));
        QCOMPARE(of(interval, key)[Measure::Calls], 0);
        QCOMPARE(of(interval, born)[Measure::Calls], 2);
        QCOMPARE(interval.gaps.unknown, 1);
        QCOMPARE(interval.gaps.vanished, 0);
    }

    void gapsAddUpAndComeBackFromJson()
    {
        Gaps gaps;
        gaps.events = {{5000, Event::Crashed}};
        gaps.lostMs = 7;
        gaps.evictions = 2;
        gaps.evictionsTold = false;
        gaps.vanished = 3;
        gaps.cameBack = 4;
        gaps.maybeLess = 5;
        gaps.unknown = 6;
        gaps.notPermitted = 8;
        gaps.mayReadAll = false;
        gaps.known = everything & ~bitOf(Measure::WalBytes);
        QCOMPARE(Gaps::fromJson(gaps.toJson()), gaps);
        QCOMPARE(Gaps::fromJson(Gaps().toJson()), Gaps());
        Gaps sum;
        sum += gaps;
        sum += gaps;
        QCOMPARE(sum.evictions, 4);
        QCOMPARE(sum.events.size(), 2);
        QCOMPARE(sum.notPermitted, 8); // the same rows again
        QVERIFY(!sum.evictionsTold && !sum.mayReadAll);
        QCOMPARE(sum.known, gaps.known);
    }

    void ourOwnTextsAreKnown()
    {
        const auto life = pg::sqlFile(u"statements/life"_s, 180004);
        QVERIFY(life);
        QString text = QString::fromUtf8(life->text);
        QVERIFY(isOwnText(text));
        text.replace(u"1000000"_s, u"$1"_s).replace(u"'checkpointer'"_s, u"$2"_s); // as the server keeps it
        QVERIFY(isOwnText(text));
        QVERIFY(!isOwnText(text.replace(u"pg_stat_wal"_s, u"pg_stat_io"_s)));
        const auto report = pg::sqlFile(u"health/ownfunction"_s, 180004);
        QVERIFY(report);
        QString list = QString::fromUtf8(report->text);
        QVERIFY(isOwnText(list));
        list.replace(u"('pg_catalog.json'::pg_catalog.regtype, 'pg_catalog.jsonb'::pg_catalog.regtype)"_s, u"($5 /*, ... */)"_s); // as 18 keeps it
        QVERIFY(list.contains(u"$5"_s) && isOwnText(list));
        QVERIFY(isOwnText(u"SELECT /* howdah */ userid FROM ext.pg_stat_statements($1)"_s));
        QVERIFY(!isOwnText(u"SELECT a FROM b WHERE c = '/* howdah */ '"_s));
        QVERIFY(!isOwnText(u"BEGIN"_s));
        QVERIFY(!isOwnText({}));
    }
};

QTEST_GUILESS_MAIN(TestDifferences)
#include "tst_differences.moc"
