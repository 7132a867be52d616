// SPDX-License-Identifier: GPL-3.0-or-later
// Which statements cost most, and which became slower.
#include "statements/ranking.h"

#include <QTest>

using namespace howdah;
using namespace howdah::statements;
using namespace Qt::StringLiterals;

namespace
{

constexpr Measures everything = (Measures(1) << measureCount) - 1;

Total totalOf(qint64 query, qint64 calls, qint64 execNs, bool toplevel = true)
{
    Total total;
    total.key = {10, 5, query, toplevel, 0};
    total.counters[Measure::Calls] = calls;
    total.counters[Measure::ExecTime] = execNs;
    total.text = Text{u"SELECT %1"_s.arg(query), 8};
    return total;
}

TopList listOf(QVector<Total> totals)
{
    TopList list;
    list.fromMs = 1000;
    list.toMs = 2000;
    list.totals = std::move(totals);
    list.gaps.known = everything;
    list.names.roles = {{10, u"ann"_s}};
    list.names.databases = {{5, u"orders"_s}};
    return list;
}

QVector<qint64> idsOf(const QVector<Total> &totals)
{
    QVector<qint64> ids;
    for (const Total &total : totals)
        ids << total.key.queryId;
    return ids;
}

} // namespace

class TestRanking : public QObject
{
    Q_OBJECT
private slots:
    void theLargestFirst()
    {
        TopList list = listOf({totalOf(1, 10, 1000), totalOf(2, 1, 900), totalOf(3, 0, 0), totalOf(4, 100, 5000, false)});
        QCOMPARE(idsOf(ranked(list, Order::Total, {})), (QVector<qint64>{4, 1, 2}));
        QCOMPARE(idsOf(ranked(list, Order::Mean, {})), (QVector<qint64>{2, 1, 4})); // 900, 100, 50; what was not called has no mean
        QCOMPARE(idsOf(ranked(list, Order::Calls, {})), (QVector<qint64>{4, 1, 2}));
        QVERIFY(ranked(list, Order::Wal, {}).isEmpty());
        list.totals[0].counters[Measure::WorkersWanted] = 8;
        list.totals[0].counters[Measure::WorkersLaunched] = 3;
        list.totals[1].counters[Measure::WorkersWanted] = 9;
        list.totals[1].counters[Measure::WorkersLaunched] = 9;
        QCOMPARE(idsOf(ranked(list, Order::Shortfall, {})), (QVector<qint64>{1}));
        QCOMPARE(figureOf(Order::Shortfall, list.totals.first().counters, everything).value(), 5.0);
        list.gaps.known &= ~bitOf(Measure::WorkersWanted);
        QVERIFY(!figureOf(Order::Shortfall, list.totals.first().counters, list.gaps.known));
        QVERIFY(ranked(list, Order::Shortfall, {}).isEmpty());
    }

    void sharesAreOfAll()
    {
        TopList list = listOf({totalOf(1, 10, 600), totalOf(2, 30, 5000, false)});
        list.others.statements = 4;
        list.others.counters[Measure::ExecTime] = 400;
        list.nestedOthers.counters[Measure::Calls] = 10;
        list.nestedOthers.counters[Measure::ExecTime] = 7000;
        QCOMPARE(shareOf(Order::Total, list.totals.first(), list).value(), 0.6);
        QVERIFY(!shareOf(Order::Total, list.totals.last(), list)); // it is in its caller's
        QCOMPARE(shareOf(Order::Calls, list.totals.last(), list).value(), 0.6);
        QVERIFY(!shareOf(Order::Mean, list.totals.first(), list));
        QVERIFY(!shareOf(Order::Temp, list.totals.first(), list)); // nobody did any
        QCOMPARE(othersOf(Order::Total, list), 400.0);
        QCOMPARE(othersOf(Order::Calls, list), 10.0);
    }

    void whatIsAskedForPasses()
    {
        TopList list = listOf({totalOf(1, 1, 1), totalOf(2, 1, 1), totalOf(3, 1, 1)});
        list.totals[1].own = true;
        list.totals[2].text.reset();
        const auto found = [&](const Filter &filter) { return idsOf(ranked(list, Order::Calls, filter)); };
        QCOMPARE(found({}), (QVector<qint64>{1, 3}));
        QCOMPARE(found({{}, {}, {}, true}), (QVector<qint64>{1, 2, 3}));
        QCOMPARE(found({u"orders"_s, u"ann"_s, u"select 1"_s, true}), (QVector<qint64>{1}));
        QVERIFY(found({u"other"_s, {}, {}, true}).isEmpty());
        QVERIFY(found({{}, u"bob"_s, {}, true}).isEmpty());
    }

    void keysAreReadAsTheyAreWritten()
    {
        for (const Key &key : {Key{10, 5, std::numeric_limits<qint64>::min(), true, 0}, Key{4'294'967'295u, 0, 7, false, 0}})
            QCOMPARE(keyFromText(keyText(key)).value(), key);
        QCOMPARE(keyText({10, 5, -7, false, 0}), u"10/5/-7/nested"_s);
        for (const auto *bad : {"", "1/2", "1/2/x", "1/2/3/4", "1/2/3/nested/5", "-1/2/3"})
            QVERIFY2(!keyFromText(QString::fromLatin1(bad)), bad);
        for (const QString &name : orderNames())
            QCOMPARE(QString::fromLatin1(factsOf(*orderFromName(name)).name), name);
    }

    void whatBecameSlowerComesFirst()
    {
        const TopList before = listOf({totalOf(1, 100, 1000), totalOf(2, 100, 1000), totalOf(3, 100, 1000), totalOf(4, 3, 3), totalOf(5, 100, 1000)});
        TopList after = listOf({totalOf(1, 1000, 20'000),  // 10 -> 20 ns, a thousand times: 10,000 more
                                totalOf(2, 10, 1000),      // 10 -> 100 ns, ten times: 900 more
                                totalOf(3, 200, 1000),     // 10 -> 5 ns: 1,000 less
                                totalOf(4, 100, 9000), totalOf(6, 5, 70), totalOf(7, 5, 80)});
        after.totals[4].firstMs = 2500;
        after.totals[5].firstMs = 1500; // seen in the earlier time, and not told apart there
        const Comparison found = compare(before, after, 10, {});
        QCOMPARE(found.slower.size(), 2);
        QCOMPARE(found.slower.first().after.key.queryId, 1);
        QCOMPARE(found.slower.first().addedNs, 10'000.0);
        QCOMPARE(found.slower.last().addedNs, 900.0);
        QCOMPARE(found.faster.size(), 1);
        QCOMPARE(found.faster.first().addedNs, -1000.0);
        QCOMPARE(found.tooFewCalls, 1);
        QCOMPARE(found.fresh.size(), 2);
        QCOMPARE(found.fresh.first().total.key.queryId, 7);
        QVERIFY(!found.fresh.first().isNew);
        QVERIFY(found.fresh.last().isNew);
        // One that may be among the others of the earlier time is not compared; others of another level are not its.
        TopList cut = before;
        cut.nestedOthers.statements = 1;
        QCOMPARE(compare(cut, after, 10, {}).fresh.size(), 2);
        cut.others.statements = 1;
        const Comparison unsure = compare(cut, after, 10, {});
        QCOMPARE(unsure.fresh.size(), 1);
        QVERIFY(unsure.fresh.first().isNew);
        QCOMPARE(unsure.notToldApart, 1);
    }
};

QTEST_GUILESS_MAIN(TestRanking)
#include "tst_ranking.moc"
