// SPDX-License-Identifier: GPL-3.0-or-later
// Two plans of one statement, as a real server makes them before and after an index, another way to join, another condition: which node is
// which, and what differs. Figures by plans made by hand.
#include "plan/compare.h"
#include "plan/parse.h"
#include "support/testserver.h"

#include <QTest>

#include <algorithm>

using namespace howdah;
using namespace howdah::plan;
using namespace Qt::StringLiterals;
using test::TestServer;

namespace
{

QString told(const Plan &before, const Plan &after, const PlanComparison &comparison)
{
    QStringList lines;
    for (const NodePair &pair : comparison.pairs)
        lines.append(u"%1 > %2: %3"_s.arg(pair.before < 0 ? u"-"_s : before.nodes[pair.before].title, pair.after < 0 ? u"-"_s : after.nodes[pair.after].title,
                                          differenceWords(pair.differs & ~NodePair::Time).join(u' ')));
    return lines.join(u'\n');
}

Plan handMade(const QString &text)
{
    const auto plans = parsePlans(text);
    return plans ? plans->first() : Plan();
}

} // namespace

class TestCompare : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void same();
    void anIndex();
    void anotherJoin();
    void anotherCondition();
    void parallel();
    void figures();
    void withoutTiming();

private:
    Plan explain(const QByteArray &statement, const QList<QByteArray> &settings = {});

    std::unique_ptr<TestServer> m_server;
    std::unique_ptr<pg::Connection> m_link;
};

void TestCompare::initTestCase()
{
    QString why;
    test::ServerSetup setup;
    setup.settings = {u"autovacuum=off"_s, u"max_parallel_workers_per_gather=0"_s};
    m_server = TestServer::start(setup, &why);
    QVERIFY2(m_server, qPrintable(why));
    QVERIFY2(
        m_server->sql({"CREATE TABLE public.item (id int PRIMARY KEY, kind int, price int)",
                       "INSERT INTO public.item SELECT g, g % 50, g % 1000 FROM generate_series(1, 20000) g",
                       "CREATE TABLE public.kind (id int PRIMARY KEY, name text)", "INSERT INTO public.kind SELECT g, 'k' || g FROM generate_series(0, 49) g",
                       "VACUUM ANALYZE public.item", "VACUUM ANALYZE public.kind"},
                      &why),
        qPrintable(why));
    auto link = m_server->admin();
    QVERIFY(link);
    m_link = *std::move(link);
}

Plan TestCompare::explain(const QByteArray &statement, const QList<QByteArray> &settings)
{
    QStringList lines;
    (void)m_link->run({"RESET ALL", {}});
    for (const QByteArray &setting : settings)
        if (const auto done = m_link->run({"SET " + setting, {}}); !done)
            qWarning("%s", qPrintable(done.error().text()));
    const auto rows = m_link->run({"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + statement, {}});
    if (!rows)
        qWarning("%s", qPrintable(rows.error().text()));
    for (qsizetype row = 0; rows && row < rows->size(); ++row)
        lines.append(rows->text(row, 0));
    return handMade(lines.join(u'\n'));
}

void TestCompare::same()
{
    const QByteArray statement = "SELECT k.name, count(*) FROM public.item a JOIN public.item b ON b.id = a.price JOIN public.kind k ON k.id = a.kind WHERE "
                                 "b.kind < 10 GROUP BY k.name ORDER BY 2";
    (void)explain(statement);
    const Plan before = explain(statement), after = explain(statement);
    QVERIFY(before.nodes.size() > 6);
    const PlanComparison comparison = comparePlans(before, after);
    QVERIFY2(comparison.sameShape, qPrintable(told(before, after, comparison)));
    QCOMPARE(comparison.pairs.size(), before.nodes.size());
    for (const NodePair &pair : comparison.pairs) {
        QCOMPARE(pair.before, pair.after);
        QVERIFY2(!(pair.differs & ~NodePair::Time), qPrintable(told(before, after, comparison)));
        QVERIFY(pair.was.rows && pair.was.buffers && pair.was.exclusiveUs && pair.was.planRows);
    }
    QVERIFY(comparison.totalUsBefore && comparison.totalUsAfter);
}

void TestCompare::anIndex()
{
    const QByteArray statement = "SELECT count(*) FROM public.item i JOIN public.kind k ON k.id = i.kind WHERE i.price = 17";
    const Plan before = explain(statement);
    QVERIFY(m_server->sql({"CREATE INDEX item_price ON public.item (price)"}));
    const Plan after = explain(statement);
    const PlanComparison comparison = comparePlans(before, after);
    QVERIFY(!comparison.sameShape);
    const auto pair = std::find_if(comparison.pairs.cbegin(), comparison.pairs.cend(),
                                   [&](const NodePair &one) { return one.after >= 0 && after.nodes[one.after].alias == "i"_L1; });
    QVERIFY2(pair != comparison.pairs.cend() && pair->before >= 0, qPrintable(told(before, after, comparison)));
    QCOMPARE(before.nodes[pair->before].type, u"Seq Scan"_s);
    QCOMPARE(after.nodes[pair->after].type, u"Bitmap Heap Scan"_s);
    QVERIFY((pair->differs & NodePair::Type) && (pair->differs & NodePair::Buffers) && !(pair->differs & (NodePair::Rows | NodePair::Relation)));
    QCOMPARE(pair->was.rows, 20.0);
    QVERIFY(*pair->was.buffers > *pair->is.buffers);
    // The index's own scan is new.
    QVERIFY(std::any_of(comparison.pairs.cbegin(), comparison.pairs.cend(),
                        [&](const NodePair &one) { return one.before < 0 && after.nodes[one.after].index == "item_price"_L1; }));
    QVERIFY(m_server->sql({"DROP INDEX public.item_price"}));
}

void TestCompare::anotherJoin()
{
    const QByteArray statement = "SELECT count(*) FROM public.item i JOIN public.kind k ON k.id = i.kind";
    const Plan before = explain(statement), after = explain(statement, {"enable_hashjoin = off", "enable_mergejoin = off"});
    const PlanComparison comparison = comparePlans(before, after);
    QString joins;
    for (const NodePair &pair : comparison.pairs)
        if (pair.before >= 0 && pair.after >= 0 && before.nodes[pair.before].type == "Hash Join"_L1)
            joins += after.nodes[pair.after].type;
    QCOMPARE(joins, u"Nested Loop"_s);
    // Hash is of the earlier plan alone, and comes last.
    QCOMPARE(comparison.pairs.last().after, -1);
    QCOMPARE(before.nodes[comparison.pairs.last().before].type, u"Hash"_s);
}

void TestCompare::anotherCondition()
{
    const Plan before = explain("SELECT * FROM public.item WHERE price < 10"), after = explain("SELECT * FROM public.item WHERE price < 500");
    const PlanComparison comparison = comparePlans(before, after);
    QCOMPARE(comparison.pairs.size(), 1);
    QVERIFY(comparison.sameShape);
    QCOMPARE(differenceWords(comparison.pairs.first().differs & ~NodePair::Time), (QStringList{u"condition"_s, u"rows"_s}));
}

// What the workers' part adds is new; the scan is the same scan.
void TestCompare::parallel()
{
    const QByteArray statement = "SELECT sum(price) FROM public.item";
    const Plan before = explain(statement);
    const Plan after =
        explain(statement, {"max_parallel_workers_per_gather = 2", "min_parallel_table_scan_size = 0", "parallel_setup_cost = 0", "parallel_tuple_cost = 0"});
    const PlanComparison comparison = comparePlans(before, after);
    QCOMPARE(told(before, after, comparison),
             u"Aggregate > Finalize Aggregate: type\n- > Gather: \n- > Partial Aggregate: \nSeq Scan > Parallel Seq Scan: type"_s);
}

void TestCompare::figures()
{
    const QString text = u"Sort  (cost=0.00..30.00 rows=100 width=8) (actual time=10.000..%1 rows=%2.00 loops=1)\n"
                         "  Sort Key: a\n"
                         "  Buffers: shared hit=%3 read=10\n"
                         "  ->  Seq Scan on public.t  (cost=0.00..10.00 rows=100 width=8) (actual time=0.010..5.000 rows=100.00 loops=1)\n"
                         "        Buffers: shared hit=20 read=10\n"
                         "Planning Time: 0.000 ms\n"
                         "Execution Time: 30.000 ms\n"_s;
    const Plan before = handMade(text.arg(u"20.000"_s, u"100"_s, u"20"_s));
    const auto differs = [&](const QString &time, const QString &rows, const QString &hits) {
        const PlanComparison comparison = comparePlans(before, handMade(text.arg(time, rows, hits)));
        return comparison.pairs.size() == 2 && comparison.pairs[1].differs == 0 ? differenceWords(comparison.pairs[0].differs) : QStringList{u"the scan"_s};
    };
    QCOMPARE(differs(u"20.000"_s, u"100"_s, u"20"_s), QStringList());
    QCOMPARE(differs(u"24.000"_s, u"95"_s, u"20"_s), QStringList()); // 15 ms and 19 ms of its own: no two runs are alike
    QCOMPARE(differs(u"26.000"_s, u"100"_s, u"20"_s), QStringList{u"time"_s});
    QCOMPARE(differs(u"20.000"_s, u"50"_s, u"20"_s), QStringList{u"rows"_s});
    QCOMPARE(differs(u"20.000"_s, u"100"_s, u"25"_s), QStringList{u"buffers"_s});
    const PlanComparison comparison = comparePlans(before, before);
    QCOMPARE(comparison.pairs[0].was.exclusiveUs, 15'000.0);
    QCOMPARE(comparison.pairs[0].was.buffers, 0);
    QCOMPARE(comparison.pairs[1].was.buffers, 30);
}

// What was not told is not 0, and differs in nothing.
void TestCompare::withoutTiming()
{
    const Plan plan = handMade(u"Seq Scan on t  (cost=0.00..10.00 rows=100 width=8)\n"_s),
               run = handMade(u"Seq Scan on t  (cost=0.00..10.00 rows=100 width=8) (actual rows=5.00 loops=1)\n  Buffers: shared hit=3\n"_s);
    const PlanComparison comparison = comparePlans(plan, run);
    QCOMPARE(comparison.pairs.size(), 1);
    QCOMPARE(comparison.pairs.first().differs, 0);
    QVERIFY(!comparison.pairs.first().was.rows && !comparison.pairs.first().was.buffers && !comparison.pairs.first().is.exclusiveUs &&
            comparison.pairs.first().is.buffers == 3);
}

QTEST_GUILESS_MAIN(TestCompare)
#include "tst_compare.moc"
