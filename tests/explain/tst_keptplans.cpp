// SPDX-License-Identifier: GPL-3.0-or-later
// Plans that are kept: the same when they are read again, without the values of people, bounded, and each statement's apart.
#include "explain/keptplans.h"
#include "plan/parse.h"
#include "plan/report.h"
#include "plan/withoutliterals.h"
#include "plan/writejson.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace howdah;
using namespace howdah::explain;
using namespace Qt::StringLiterals;
using store::Store;

namespace
{

const QString source = plansSource(u"p1"_s);

const QString told = uR"(Sort  (cost=28.60..28.61 rows=3 width=40) (actual time=1.250..1.300 rows=2.00 loops=1)
  Output: c.id, c.name, (c.name || ' of Leipzig'::text)
  Sort Key: ((c.name || ' of Leipzig'::text))
  Sort Method: quicksort  Memory: 25kB
  Buffers: shared hit=40 read=2
  ->  Seq Scan on app.customer c  (cost=0.00..28.50 rows=3 width=40) (actual time=0.015..1.100 rows=2.00 loops=1)
        Output: c.id, c.name, (c.name || ' of Leipzig'::text)
        Filter: ((c.mail = 'secret.person@example.org'::text) AND (c.age > 47) AND ((c.balance)::numeric(10,2) > 1234.56) AND (NOT (ANY (c.id = (hashed SubPlan 1).col1))))
        Rows Removed by Filter: 1198
        Buffers: shared hit=40 read=2
        SubPlan 1
          ->  Result  (cost=0.00..0.01 rows=1 width=4) (never executed)
                Output: 4711
Settings: work_mem = '64kB'
Query Identifier: -7412340912
Planning Time: 0.210 ms
Execution Time: 1.420 ms)"_s;

plan::Plan planOf(const QString &text = told)
{
    const auto plans = plan::parsePlans(text);
    if (!plans)
        qFatal("%s", qPrintable(plans.error().text()));
    return plans->first();
}

PlanToKeep toKeep(const QString &statement, const plan::Plan &plan = planOf())
{
    PlanToKeep kept;
    kept.plan = plan;
    kept.plan.queryId.clear();
    kept.text = statement;
    kept.database = u"shop"_s;
    kept.origin = PlanOrigin::Measured;
    return kept;
}

} // namespace

class TestKeptPlans : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void writtenAndReadAgain();
    void literals_data();
    void literals();
    void nothingOfPeopleIsKept();
    void theSameIsKeptOnce();
    void statementsAreToldApart();
    void bounded();
    void forgotten();
    void goesWithItsProfile();

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Store> m_store;
};

void TestKeptPlans::init()
{
    m_store.reset();
    m_folder = std::make_unique<QTemporaryDir>();
    auto store = Store::open(m_folder->filePath(u"store.sqlite"_s));
    QVERIFY2(store, store ? "" : qPrintable(store.error().text()));
    m_store = *std::move(store);
}

void TestKeptPlans::writtenAndReadAgain()
{
    const plan::Plan plan = planOf();
    QVERIFY(keepPlan(*m_store, source, toKeep(u"SELECT 1"_s, plan), 1'800'000'000'000).value_or(false));
    const auto list = keptPlans(*m_store, source);
    QVERIFY2(list, list ? "" : qPrintable(list.error().text()));
    QCOMPARE(list->size(), 1);
    const KeptPlan &one = list->first();
    QCOMPARE(one.atMs, 1'800'000'000'000);
    QCOMPARE(one.origin, PlanOrigin::Measured);
    QCOMPARE(one.database, u"shop"_s);
    QCOMPARE(one.root, u"Sort"_s);
    QCOMPARE(one.nodes, 3);
    QCOMPARE(one.totalUs.value_or(-1), 1630.0);
    const auto again = readKeptPlan(*m_store, source, one.id);
    QVERIFY2(again, again ? "" : qPrintable(again.error().text()));
    plan::Plan before = plan::withoutLiterals(plan);
    before.queryId.clear();
    QCOMPARE(plan::reportJson(again->plan, {}), plan::reportJson(before, {}));
    QVERIFY(again->plan.nodes[2].neverExecuted());
    QCOMPARE(again->plan.settings.text(u"work_mem"), u"64kB"_s);
    QCOMPARE(again->plan.nodes[1].fields.text(u"Rows Removed by Filter"), u"1198"_s);
    QCOMPARE(readKeptPlan(*m_store, source, 99).error().reason, u"no_such_plan"_s);
}

void TestKeptPlans::literals_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("masked");
    QTest::newRow("string") << u"(a = 'x y'::text)"_s << u"(a = '***'::text)"_s;
    QTest::newRow("escaped") << u"(a = E'x\\'y'::text)"_s << u"(a = '***'::text)"_s;
    QTest::newRow("quoted quote") << u"(a = 'O''Brien'::text)"_s << u"(a = '***'::text)"_s;
    QTest::newRow("number") << u"(a > 47)"_s << u"(a > '***')"_s;
    QTest::newRow("decimal") << u"(a > 47.11)"_s << u"(a > '***')"_s;
    QTest::newRow("parameter") << u"(a = $1)"_s << u"(a = $1)"_s;
    QTest::newRow("type's digits") << u"((a)::numeric(10,2) = '1'::timestamp(3) with time zone)"_s
                                   << u"((a)::numeric(10,2) = '***'::timestamp(3) with time zone)"_s;
    QTest::newRow("a call is no type") << u"f(12, a::text, 13)"_s << u"f('***', a::text, '***')"_s;
    QTest::newRow("subplan") << u"(hashed SubPlan 12).col1"_s << u"(hashed SubPlan 12).col1"_s;
    QTest::newRow("initplan") << u"(a = (InitPlan 2).col1)"_s << u"(a = (InitPlan 2).col1)"_s;
    QTest::newRow("quoted name") << u"(\"a 1\" = 1)"_s << u"(\"a 1\" = '***')"_s;
    QTest::newRow("dollar") << u"SELECT $q$secret$q$"_s << u"SELECT '***'"_s;
    QTest::newRow("comment") << u"SELECT a /* of Smith */ FROM t -- Smith"_s << u"SELECT a   FROM t  "_s;
    QTest::newRow("psql's quoted variable") << u"SELECT :'secret', :name"_s << u"SELECT :'***', :name"_s;
    QTest::newRow("slice") << u"SELECT a[1:472]"_s << u"SELECT a['***':'***']"_s;
    QTest::newRow("cut off") << u"(a = 'secret"_s << u"(a = '***'"_s;
    QTest::newRow("array") << u"(a = ANY ('{1,2,3}'::integer[]))"_s << u"(a = ANY ('***'::integer[]))"_s;
}

void TestKeptPlans::literals()
{
    QFETCH(QString, text);
    QTEST(plan::withoutLiterals(text), "masked");
}

void TestKeptPlans::nothingOfPeopleIsKept()
{
    plan::Plan plan = planOf();
    plan.queryText = u"SELECT * FROM customer WHERE mail = 'secret.person@example.org'"_s;
    plan.parameters = u"$1 = 'secret.person@example.org'"_s;
    plan.other.set(u"Something New"_s, u"(mail = 'secret.person@example.org'::text)"_s);
    QVERIFY(keepPlan(*m_store, source, toKeep(u"SELECT * FROM customer WHERE mail = 'secret.person@example.org' AND age > 47 -- for secret.person"_s, plan), 1)
                .value_or(false));
    const auto list = keptPlans(*m_store, source);
    const auto kept = readKeptPlan(*m_store, source, list->first().id);
    QVERIFY(kept);
    const QString all = list->first().text + kept->about.text + QString::fromUtf8(plan::writeJson(kept->plan));
    for (const QString &of : {u"secret"_s, u"47"_s, u"4711"_s, u"1234.56"_s, u"Leipzig"_s})
        QVERIFY2(!all.contains(of), qPrintable(all));
    QVERIFY(kept->about.text.contains(u"mail = '***'"_s));
    QVERIFY(kept->plan.nodes[1].fields.text(u"Filter").contains(u"(c.mail = '***'::text)"_s));
    QVERIFY(kept->plan.nodes[1].fields.text(u"Filter").contains(u"(hashed SubPlan 1).col1"_s));
    QCOMPARE(kept->plan.nodes[2].fields.text(u"Output"), u"'***'"_s);
    m_store.reset(); // all of it is in the file
    QFile file(m_folder->filePath(u"store.sqlite"_s));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QVERIFY(!file.readAll().contains("secret.person"));
}

void TestKeptPlans::theSameIsKeptOnce()
{
    QVERIFY(keepPlan(*m_store, source, toKeep(u"SELECT 1"_s), 1).value_or(false));
    const auto again = keepPlan(*m_store, source, toKeep(u"SELECT 1"_s), 2);
    QVERIFY(again);
    QVERIFY(!*again);
    plan::Plan slower = planOf();
    slower.executionUs = 99'000;
    QVERIFY(keepPlan(*m_store, source, toKeep(u"SELECT 1"_s, slower), 3).value_or(false));
    QCOMPARE(keptPlans(*m_store, source)->size(), 2);
    QCOMPARE(keptPlans(*m_store, source)->first().atMs, 3);
}

void TestKeptPlans::statementsAreToldApart()
{
    const plan::Plan plan = planOf();
    // Other values are no other statement; another id is.
    QCOMPARE(statementKeyOf({}, u"SELECT * FROM t WHERE a = 1"_s, {}), statementKeyOf({}, u"SELECT *  FROM t WHERE a = 2"_s, {}));
    QVERIFY(statementKeyOf({}, u"SELECT * FROM t WHERE a = 1"_s, {}) != statementKeyOf({}, u"SELECT * FROM t WHERE b = 1"_s, {}));
    QCOMPARE(statementKeyOf(u"5"_s, u"SELECT 1"_s, plan), u"id 5"_s);
    QCOMPARE(statementKeyOf({}, {}, plan), u"id -7412340912"_s);
    plan::Plan without = plan;
    without.queryId.clear();
    QVERIFY(statementKeyOf({}, {}, without).startsWith(u"reads "_s));

    PlanToKeep one = toKeep(u"SELECT 1"_s), other = toKeep(u"SELECT 2, 3"_s);
    one.queryId = u"1"_s;
    other.queryId = u"2"_s;
    QVERIFY(keepPlan(*m_store, source, one, 1));
    QVERIFY(keepPlan(*m_store, source, other, 2));
    QVERIFY(keepPlan(*m_store, plansSource({}), one, 3));
    QCOMPARE(keptPlans(*m_store, source)->size(), 2);
    QCOMPARE(keptPlans(*m_store, source, u"id 1"_s)->size(), 1);
    QCOMPARE(keptPlans(*m_store, source, u"id 3"_s)->size(), 0);
    QCOMPARE(keptPlans(*m_store, plansSource({}))->size(), 1);
}

void TestKeptPlans::bounded()
{
    plan::Plan plan = planOf();
    for (int i = 0; i < keptOfStatement + 5; ++i) {
        plan.executionUs = i;
        QVERIFY(keepPlan(*m_store, source, toKeep(u"SELECT 1"_s, plan), i).value_or(false));
    }
    QVERIFY(keepPlan(*m_store, source, toKeep(u"SELECT x"_s, plan), 1'000).value_or(false));
    const auto list = keptPlans(*m_store, source, {}, 1000);
    QCOMPARE(list->size(), keptOfStatement + 1);
    QCOMPARE(list->at(1).atMs, keptOfStatement + 4);
    QCOMPARE(list->last().atMs, 5);
    // All of them together: the oldest go.
    QVERIFY(m_store->run(u"plan_fit"_s, {4000}));
    const auto left = keptPlans(*m_store, source, {}, 1000);
    QVERIFY2(left->size() >= 1 && left->size() < 8, qPrintable(QString::number(left->size())));
    QCOMPARE(left->first().atMs, 1'000);
}

void TestKeptPlans::forgotten()
{
    QVERIFY(keepPlan(*m_store, source, toKeep(u"SELECT 1"_s), 1));
    QVERIFY(keepPlan(*m_store, source, toKeep(u"SELECT x"_s), 2));
    const auto list = keptPlans(*m_store, source);
    QVERIFY(forgetPlans(*m_store, plansSource(u"other"_s), {list->first().id})); // not another's
    QCOMPARE(keptPlans(*m_store, source)->size(), 2);
    QVERIFY(forgetPlans(*m_store, source, {list->first().id}));
    QCOMPARE(keptPlans(*m_store, source)->size(), 1);
    QCOMPARE(keptPlans(*m_store, source)->first().atMs, 1);
}

void TestKeptPlans::goesWithItsProfile()
{
    QVERIFY(keepPlan(*m_store, source, toKeep(u"SELECT 1"_s), 1));
    QVERIFY(m_store->run(u"source_remove"_s, {u"p1"_s}));
    QCOMPARE(keptPlans(*m_store, source)->size(), 0);
}

QTEST_GUILESS_MAIN(TestKeptPlans)
#include "tst_keptplans.moc"
