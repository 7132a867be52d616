// SPDX-License-Identifier: GPL-3.0-or-later
// Each cause from evidence made by hand: seen with its object and its figures, and silent once it is mended.
#include "advise/called.h"
#include "advise/causes.h"
#include "advise/gather.h"
#include "advise/logged.h"
#include "advise/report.h"
#include "plan/parse.h"

#include <QJsonArray>
#include <QTest>

using namespace howdah;
using namespace howdah::advise;
using namespace Qt::StringLiterals;
using statements::Key;
using statements::Measure;

namespace
{

constexpr quint32 role = 10, database = 5;
constexpr double ms = 1e6;

Key keyOf(qint64 query)
{
    return {role, database, query, true, 0};
}

statements::Total totalOf(qint64 query, const QString &text, qint64 calls, double execMs, qint64 rows = 0)
{
    statements::Total total;
    total.key = keyOf(query);
    total.text = statements::Text{text, text.size()};
    total.counters[Measure::Calls] = calls;
    total.counters[Measure::ExecTime] = qint64(execMs * ms);
    total.counters[Measure::Rows] = rows;
    return total;
}

plan::Plan planOf(const QString &text)
{
    const auto plans = plan::parsePlans(text);
    return plans ? plans->first() : plan::Plan();
}

PlanSeen seen(Source source, const QString &text)
{
    PlanSeen one;
    one.source = source;
    one.plan = planOf(text);
    return one;
}

// public.item with a key, of 100,000 rows on 2,000 pages, analyzed.
plan::RelationFacts itemFacts()
{
    plan::RelationFacts item;
    item.oid = 100;
    item.schema = u"public"_s;
    item.name = u"item"_s;
    item.rows = 100'000;
    item.pages = 2'000;
    item.allVisiblePages = 2'000;
    item.changedSinceAnalyze = 0;
    item.analyzed = true;
    item.hasStatistics = true;
    for (const QString &name : {u"id"_s, u"customer"_s, u"city"_s, u"country"_s})
        item.columns.append({name, u"integer"_s, {}, true, 4});
    item.indexes.append({u"public"_s, u"item_pkey"_s, u"btree"_s, true, true, false, {{u"id"_s, {}, false}}});
    return item;
}

plan::RelationFacts customerFacts()
{
    plan::RelationFacts customer = itemFacts();
    customer.oid = 101;
    customer.name = u"customer"_s;
    customer.indexes.first().name = u"customer_pkey"_s;
    return customer;
}

Evidence evidenceOf(const QVector<Looked> &looked)
{
    Evidence evidence;
    evidence.list.fromMs = 1'000'000;
    evidence.list.toMs = 1'060'000;
    evidence.list.gaps.known = (statements::Measures(1) << statements::measureCount) - 1;
    evidence.list.names.roles = {{role, u"app"_s}};
    evidence.list.names.databases = {{database, u"shop"_s}};
    evidence.looked = looked;
    for (const Looked &one : looked)
        evidence.list.totals.append(one.total);
    plan::Facts facts;
    facts.relations = {itemFacts(), customerFacts()};
    facts.searchPath = {u"public"_s};
    evidence.facts[database].facts = facts;
    return evidence;
}

QStringList told(const Evidence &evidence)
{
    QStringList all;
    const Advised advised = adviceOf(evidence);
    for (const Advice &one : advised.advice)
        all.append(one.kind + u' ' + one.object);
    return all;
}

const QString sequential =
    u"Seq Scan on public.item  (cost=0.00..3000.00 rows=20 width=8) (actual time=0.010..20.000 rows=20.00 loops=1)\n"
    "  Filter: (item.customer = 7)\n"
    "  Rows Removed by Filter: 99980\n"
    "Planning Time: 0.100 ms\n"
    "Execution Time: 20.100 ms\n"_s;
const QString byIndex = u"Index Scan using item_customer on public.item  (cost=0.29..8.00 rows=20 width=8) (actual "
                        u"time=0.010..0.050 rows=20.00 loops=1)\n"
                        "  Index Cond: (item.customer = 7)\n"
                        "Planning Time: 0.100 ms\n"
                        "Execution Time: 0.060 ms\n"_s;
const QString estimated = u"Seq Scan on public.item  (cost=0.00..3000.00 rows=20 width=8)\n  Filter: (item.customer = "
                          "$1)\n"_s;

Looked lookedAt(const statements::Total &total, const QVector<PlanSeen> &plans)
{
    return {total, plans, plans.isEmpty() ? u"no plan"_s : QString(), 0};
}

// What each of a statement's blocks were.
statements::Total reading(statements::Total total, qint64 blocksEach)
{
    total.counters[Measure::SharedHit] = blocksEach * total.counters[Measure::Calls];
    return total;
}

const QString byCustomer = u"SELECT id FROM item WHERE customer = $1"_s;

} // namespace

class TestAdvice : public QObject
{
    Q_OBJECT
private slots:
    void measuredScan()
    {
        Evidence evidence =
            evidenceOf({lookedAt(totalOf(1, byCustomer, 100, 2000, 2000), {seen(Source::MeasuredPlan, sequential)})});
        evidence.looked.first().loggedUs = 999'000; // of two seconds: of most runs nobody knows the plan
        QCOMPARE(adviceOf(evidence).advice.value(0).stake, Stake::AtMost);
        evidence.looked.first().loggedUs = 1'001'000;
        const Advised advised = adviceOf(evidence);
        QCOMPARE(advised.advice.size(), 1);
        const Advice &one = advised.advice.first();
        QCOMPARE(one.kind, u"missing_index"_s);
        QCOMPARE(one.object, u"public.item"_s);
        QCOMPARE(one.key, keyOf(1));
        QCOMPARE(one.source, Source::MeasuredPlan);
        QCOMPARE(one.stake, Stake::Measured);
        QVERIFY(one.ns > 1900 * ms && one.ns <= 2000 * ms);
        QVERIFY2(one.statements.value(0).contains(u"ON public.item"_s), qPrintable(one.statements.join(u';')));
        // Mended.
        evidence = evidenceOf({lookedAt(totalOf(1, byCustomer, 100, 6, 2000), {seen(Source::MeasuredPlan, byIndex)})});
        QCOMPARE(told(evidence), QStringList());
    }

    void weighedByTheTimeOfThePlans()
    {
        // One of two plans shows it, and took 20 ms of 40: half of the statement's time.
        const QString slowIndex =
            QString(byIndex).replace(u"0.050 rows"_s, u"20.000 rows"_s).replace(u"0.060 ms"_s, u"20.100 ms"_s);
        const Evidence evidence =
            evidenceOf({lookedAt(totalOf(1, byCustomer, 100, 2000, 2000),
                                 {seen(Source::MeasuredPlan, sequential), seen(Source::MeasuredPlan, slowIndex)})});
        const Advised advised = adviceOf(evidence);
        QCOMPARE(advised.advice.size(), 1);
        QVERIFY2(advised.advice.first().ns > 900 * ms && advised.advice.first().ns < 1100 * ms,
                 qPrintable(QString::number(advised.advice.first().ns)));
        QVERIFY(advised.advice.first().evidence.contains(u"1 of 2 plans"_s));
    }

    void littleIsNothing()
    {
        const PlanSeen plan = seen(Source::MeasuredPlan, sequential);
        QCOMPARE(told(evidenceOf({lookedAt(totalOf(1, byCustomer, 10, 9, 200), {plan})})),
                 QStringList()); // 9 ms in all
        QCOMPARE(told(evidenceOf({lookedAt(totalOf(1, byCustomer, 2000, 200, 200), {plan})})),
                 QStringList()); // 0.1 ms a call, 0.3 % of a session
        QCOMPARE(told(evidenceOf({lookedAt(totalOf(1, byCustomer, 90'000, 9000, 200), {plan})})),
                 (QStringList{u"missing_index public.item"_s})); // 15 %
        // Below a hundredth of all.
        Evidence evidence = evidenceOf({lookedAt(totalOf(1, byCustomer, 10, 200, 200), {plan})});
        evidence.list.totals.append(totalOf(2, u"SELECT 1"_s, 10, 30'000));
        QCOMPARE(told(evidence), QStringList());
        QCOMPARE(adviceOf(evidence).notLooked.size(), 1); // and the heavy one was not looked at: said
        // What only waits for locks hides nothing.
        StatementWaits waits;
        waits.key = keyOf(2);
        waits.samples = 30;
        waits.events = {{{u"Lock"_s, u"tuple"_s}, 30}};
        evidence.waits = WaitProfile{60, 1000, true, true, {waits}};
        QCOMPARE(told(evidence), (QStringList{u"missing_index public.item"_s}));
    }

    void estimatedScan()
    {
        const QVector<PlanSeen> plans{seen(Source::EstimatedPlan, estimated)};
        Evidence evidence = evidenceOf({lookedAt(reading(totalOf(1, byCustomer, 100, 2000, 2000), 2000), plans)});
        QCOMPARE(told(evidence), (QStringList{u"missing_index public.item"_s}));
        QCOMPARE(adviceOf(evidence).advice.first().stake, Stake::ByCost);
        QCOMPARE(adviceOf(evidence).advice.first().source, Source::EstimatedPlan);
        // It is not the plan that ran: far fewer pages were read than the table has.
        QCOMPARE(told(evidenceOf({lookedAt(reading(totalOf(1, byCustomer, 100, 2000, 2000), 20), plans)})),
                 QStringList());
        // It gives half of the table: no index would help.
        QCOMPARE(told(evidenceOf({lookedAt(reading(totalOf(1, byCustomer, 100, 2000, 5'000'000), 2000), plans)})),
                 QStringList());
    }

    void estimatesThatDecide()
    {
        const auto text = [](int planned) {
            return u"Nested Loop  (cost=0.00..300.00 rows=%1 width=8) (actual time=0.010..80.000 rows=2000.00 "
                   u"loops=1)\n"
                   "  ->  Index Scan using item_city on public.item  (cost=0.00..100.00 rows=%1 width=8) (actual "
                   "time=0.010..2.000 rows=2000.00 loops=1)\n"
                   "        Index Cond: ((item.city = 7) AND (item.country = 3))\n"
                   "  ->  Index Scan using customer_pkey on public.customer  (cost=0.29..0.40 rows=1 width=8) (actual "
                   "time=0.030..0.035 rows=1.00 loops=2000)\n"
                   "        Index Cond: (customer.id = item.customer)\n"
                   "Execution Time: 80.100 ms\n"_s.arg(planned);
        };
        const auto total = totalOf(1, u"SELECT 1"_s, 50, 4000, 100'000);
        Evidence evidence = evidenceOf({lookedAt(total, {seen(Source::MeasuredPlan, text(20))})});
        QCOMPARE(told(evidence), (QStringList{u"correlated_columns public.item"_s}));
        QCOMPARE(adviceOf(evidence).advice.first().stake, Stake::AtMost);
        evidence.facts[database].facts->relations.first().changedSinceAnalyze = 60'000;
        QCOMPARE(told(evidence), (QStringList{u"stale_statistics public.item"_s}));
        QCOMPARE(told(evidenceOf({lookedAt(total, {seen(Source::MeasuredPlan, text(2000))})})), QStringList());
    }

    void staleByFigures()
    {
        const QString text =
            u"Nested Loop  (cost=0.00..16.00 rows=1 width=8)\n"
            "  ->  Index Scan using item_city on public.item  (cost=0.00..8.00 rows=1 width=8)\n"
            "        Index Cond: (item.city = $1)\n"
            "  ->  Index Scan using customer_pkey on public.customer  (cost=0.29..8.00 rows=1 width=8)\n"
            "        Index Cond: (customer.id = item.customer)\n"_s;
        const auto total = reading(totalOf(1, u"SELECT count(*)"_s, 50, 4000, 50), 120'000);
        Evidence evidence = evidenceOf({lookedAt(total, {seen(Source::EstimatedPlan, text)})});
        QCOMPARE(told(evidence), QStringList()); // far more pages than it expects, and nothing known that explains it
        evidence.facts[database].facts->relations.first().changedSinceAnalyze = 60'000;
        QCOMPARE(told(evidence), (QStringList{u"stale_statistics public.item"_s}));
        QVERIFY(adviceOf(evidence).advice.first().evidence.contains(u"60,000"_s));
        evidence.looked.first().total = evidence.list.totals.first() =
            reading(totalOf(1, u"SELECT count(*)"_s, 50, 4000, 50), 100);
        QCOMPARE(told(evidence), QStringList());
    }

    void heapFetches()
    {
        const auto text = [](int fetches) {
            return u"Aggregate  (cost=400.00..401.00 rows=1 width=8) (actual time=20.000..20.000 rows=1.00 loops=1)\n"
                   "  ->  Index Only Scan using item_pkey on public.item  (cost=0.29..350.00 rows=20000 width=4) "
                   "(actual time=0.020..18.000 rows=20000.00 loops=1)\n"
                   "        Index Cond: (item.id < 20000)\n"
                   "        Heap Fetches: %1\n"
                   "Execution Time: 20.100 ms\n"_s.arg(fetches);
        };
        const auto total = totalOf(1, u"SELECT count(*)"_s, 100, 2000, 100);
        QCOMPARE(told(evidenceOf({lookedAt(total, {seen(Source::MeasuredPlan, text(20000))})})),
                 (QStringList{u"heap_fetches public.item"_s}));
        QCOMPARE(told(evidenceOf({lookedAt(total, {seen(Source::MeasuredPlan, text(0))})})), QStringList());
        // By figures.
        const QString guess =
            u"Aggregate  (cost=400.00..401.00 rows=1 width=8)\n"
            "  ->  Index Only Scan using item_pkey on public.item  (cost=0.29..350.00 rows=500 width=4)\n"
            "        Index Cond: ((item.id >= $1) AND (item.id <= $2))\n"_s;
        Evidence evidence = evidenceOf({lookedAt(reading(total, 1500), {seen(Source::EstimatedPlan, guess)})});
        QCOMPARE(told(evidence), QStringList());
        evidence.facts[database].tables[u"public.item"_s] = {100'000, 60'000, 0};
        QCOMPARE(told(evidence), (QStringList{u"heap_fetches public.item"_s}));
        evidence.facts[database].tables[u"public.item"_s] = {100'000, 0, 0};
        QCOMPARE(told(evidence), QStringList());
    }

    void spills()
    {
        const QString text =
            u"Sort  (cost=9000.00..9200.00 rows=80000 width=44) (actual time=60.000..90.000 rows=80000.00 loops=1)\n"
            "  Sort Key: item.city\n"
            "  Sort Method: external merge  Disk: 9000kB\n"
            "  ->  Seq Scan on public.item  (cost=0.00..2000.00 rows=80000 width=44) (actual time=0.010..10.000 "
            "rows=80000.00 loops=1)\n"
            "Execution Time: 95.000 ms\n"_s;
        auto total = totalOf(1, u"SELECT"_s, 20, 1900, 1'600'000);
        total.counters[Measure::TempWritten] = 20 * 1125;
        // Told once, by the plan, of the table that was sorted.
        Evidence evidence = evidenceOf({lookedAt(total, {seen(Source::MeasuredPlan, text)})});
        QCOMPARE(told(evidence), (QStringList{u"spill public.item"_s}));
        QVERIFY(adviceOf(evidence).advice.first().statements.first().startsWith(u"SET work_mem"_s));
        // By figures, without a plan.
        evidence = evidenceOf({lookedAt(total, {})});
        QCOMPARE(told(evidence), (QStringList{u"spill "_s}));
        QCOMPARE(adviceOf(evidence).advice.first().stake, Stake::AtMost);
        QCOMPARE(adviceOf(evidence).notLooked.first().why, u"no plan"_s);
        total.counters[Measure::TempWritten] = 0;
        QCOMPARE(told(evidenceOf({lookedAt(total, {})})), QStringList());
        total.counters[Measure::TempWritten] = 20 * 1125; // not counted by this version: not 0, not known
        evidence = evidenceOf({lookedAt(total, {})});
        evidence.list.gaps.known &= ~statements::bitOf(Measure::TempWritten);
        QCOMPARE(told(evidence), QStringList());
    }

    void compiling()
    {
        auto total = totalOf(1, u"SELECT"_s, 20, 2000, 20);
        total.counters[Measure::JitTime] = qint64(1500 * ms);
        total.counters[Measure::JitFunctions] = 600;
        QCOMPARE(told(evidenceOf({lookedAt(total, {seen(Source::EstimatedPlan, estimated)})})),
                 (QStringList{u"jit_cost public.item"_s}));
        total.counters[Measure::JitTime] = qint64(100 * ms);
        QCOMPARE(told(evidenceOf({lookedAt(total, {seen(Source::EstimatedPlan, estimated)})})), QStringList());
    }

    void workers()
    {
        auto total = totalOf(1, u"SELECT"_s, 20, 2000, 20);
        total.counters[Measure::WorkersWanted] = 40;
        total.counters[Measure::WorkersLaunched] = 3;
        QCOMPARE(told(evidenceOf({lookedAt(total, {})})), (QStringList{u"workers_not_launched "_s}));
        total.counters[Measure::WorkersLaunched] = 40;
        QCOMPARE(told(evidenceOf({lookedAt(total, {})})), QStringList());
    }

    void genericPlans()
    {
        const QString generic = u"Seq Scan on public.item  (cost=0.00..3000.00 rows=50000 width=8) (actual "
                                u"time=0.010..20.000 rows=20.00 loops=1)\n"
                                "  Filter: (item.id = $1)\n"
                                "  Rows Removed by Filter: 99980\n"
                                "Execution Time: 20.100 ms\n"_s;
        const QString custom = u"Index Scan using item_pkey on public.item  (cost=0.29..8.00 rows=20 width=8)\n  Index "
                               "Cond: (item.id = 7)\n"_s;
        PlanSeen one = seen(Source::MeasuredPlan, generic);
        QVERIFY(isGeneric(one.plan, u"SELECT count(*) FROM item WHERE id = $1"_s));
        QVERIFY(!isGeneric(one.plan, u"SELECT count(*) FROM item WHERE id = 7"_s));
        QVERIFY(!isGeneric(planOf(custom), u"SELECT count(*) FROM item WHERE id = $1"_s));
        one.generic = true;
        one.durationUs = 20'100;
        one.custom = planOf(custom);
        const auto total = totalOf(1, u"SELECT count(*) FROM item WHERE id = $1"_s, 100, 2000, 100);
        Evidence evidence = evidenceOf({lookedAt(total, {one})});
        QCOMPARE(told(evidence), (QStringList{u"generic_plan public.item"_s}));
        QVERIFY(adviceOf(evidence).advice.first().statements.first().contains(u"force_custom_plan"_s));
        one.custom = one.plan; // the planner would do the same
        QCOMPARE(told(evidenceOf({lookedAt(total, {one})})), QStringList());
        one.custom.reset();
        one.customWhy = u"the log cuts them off"_s;
        evidence = evidenceOf({lookedAt(total, {one})});
        QCOMPARE(told(evidence), (QStringList{u"generic_plan public.item"_s}));
        QVERIFY(adviceOf(evidence).advice.first().evidence.contains(one.customWhy));
    }

    void calledForEachRow()
    {
        const QString parent = u"Seq Scan on public.item  (cost=0.00..30.00 rows=500 width=8)\n"_s;
        const QString child = u"Index Scan using customer_pkey on public.customer  (cost=0.29..8.00 rows=1 width=8)\n  "
                              "Index Cond: (customer.id = $1)\n"_s;
        const auto made = [&](qint64 calls, const QString &parentText) {
            return evidenceOf({lookedAt(totalOf(1, parentText, 10, 50, 5000), {seen(Source::EstimatedPlan, parent)}),
                               lookedAt(totalOf(2, u"SELECT name FROM customer WHERE id = $1"_s, calls, 100, calls),
                                        {seen(Source::EstimatedPlan, child)})});
        };
        Evidence evidence = made(4900, u"SELECT id, customer_id FROM item"_s);
        QCOMPARE(told(evidence), (QStringList{u"n_plus_one public.customer"_s}));
        const Advice one = adviceOf(evidence).advice.first();
        QCOMPARE(one.key, keyOf(2));
        QCOMPARE(one.related.value(), keyOf(1));
        QVERIFY(one.evidence.contains(u"customer_id"_s));
        QCOMPARE(told(made(7000, u"SELECT id, customer_id FROM item"_s)), QStringList()); // another number
        evidence = made(4900, u"SELECT id FROM item"_s); // nothing in common but the number
        QCOMPARE(told(evidence), QStringList());
        evidence.facts[database].foreignKeys.append({u"public.item"_s, u"public.customer"_s});
        QCOMPARE(told(evidence), (QStringList{u"n_plus_one public.customer"_s}));
        evidence.list.totals.first().key.roleId = 11; // of another role
        QVERIFY(callPairs(evidence.list).isEmpty());
    }

    void locks()
    {
        const auto total = totalOf(1, u"UPDATE item SET city = $1 WHERE id = $2"_s, 10, 20'000, 10);
        Evidence evidence = evidenceOf({lookedAt(total, {})});
        StatementWaits waits;
        waits.key = keyOf(1);
        waits.samples = 20;
        waits.events = {{{u"Lock"_s, u"transactionid"_s}, 18}, {{QString(), QString()}, 2}};
        waits.relations = {{{database, 100}, 18}};
        waits.blockers = {{keyOf(9), u"UPDATE item SET country = 1"_s, u"idle in transaction"_s, {}, false, 18}};
        evidence.waits = WaitProfile{60, 1000, true, true, {waits}};
        evidence.relationNames[{database, 100}] = u"public.item"_s;
        QCOMPARE(told(evidence), (QStringList{u"lock_wait public.item"_s}));
        const Advice one = adviceOf(evidence).advice.first();
        QCOMPARE(one.ns, 18'000 * ms);
        QCOMPARE(one.stake, Stake::Measured);
        evidence.waits->statements.first().key.roleId = 0; // of samples that were kept
        QCOMPARE(adviceOf(evidence).advice.value(0).stake, Stake::AtMost);
        evidence.waits->statements.first().key.roleId = waits.key.roleId;
        QCOMPARE(one.related.value(), keyOf(9));
        QVERIFY(one.evidence.contains(u"idle in transaction"_s) && one.evidence.contains(u"country"_s));
        QVERIFY(one.remedy.contains(u"idle_in_transaction_session_timeout"_s));
        // Its calls were short: what a sample met was a moment.
        evidence.looked.first().total = evidence.list.totals.first() = totalOf(1, u"UPDATE"_s, 200, 400, 200);
        QCOMPARE(told(evidence), QStringList());
        // It waits still, and was not counted at all.
        evidence.looked.first().total = evidence.list.totals.first() = totalOf(1, u"UPDATE"_s, 0, 0, 0);
        evidence.waits->statements.first().waitingStill = 18;
        QCOMPARE(told(evidence), (QStringList{u"lock_wait public.item"_s}));
        evidence.waits->statements.first().events = {{{u"IO"_s, u"DataFileRead"_s}, 20}};
        QCOMPARE(told(evidence), QStringList());
    }

    void stringsOfPlansAreMasked()
    {
        QString text = sequential;
        text.replace(u"= 7"_s, u"= 'ann''s password'::text"_s);
        const Evidence evidence =
            evidenceOf({lookedAt(totalOf(1, byCustomer, 100, 2000, 2000), {seen(Source::MeasuredPlan, text)})});
        const Advised advised = adviceOf(evidence);
        QCOMPARE(advised.advice.size(), 1);
        QVERIFY2(advised.advice.first().evidence.contains(u"'***'::text"_s),
                 qPrintable(advised.advice.first().evidence));
        QCOMPARE(withoutStrings(u"item.name = 'ann''s pass…"_s), u"item.name = '***…"_s);
        for (const QString &report : {QString::fromUtf8(QJsonDocument(toJson(advised, evidence)).toJson()),
                                      advise::text(advised, evidence), markdown(advised, evidence)})
            QVERIFY2(!report.contains(u"password"_s), qPrintable(report));
    }

    void reports()
    {
        const Evidence evidence = evidenceOf({lookedAt(totalOf(1, byCustomer + u" -- ```"_s, 100, 2000, 2000),
                                                       {seen(Source::MeasuredPlan, sequential)})});
        const Advised advised = adviceOf(evidence);
        const QJsonObject json = toJson(advised, evidence);
        const QJsonObject one = json.value("advice"_L1).toArray().first().toObject();
        for (const char *name : {"kind", "statement", "query", "database", "role", "object", "index", "related",
                                 "evidence", "remedy", "cost", "statements", "share", "ms", "source"})
            QVERIFY2(one.contains(QLatin1StringView(name)), name);
        QCOMPARE(one.value("database"_L1).toString(), u"shop"_s);
        QCOMPARE(one.value("source"_L1).toString(), u"measured_plan"_s);
        QVERIFY(one.value("related"_L1).isNull());
        QVERIFY(one.value("share"_L1).toDouble() > 0.9);
        QCOMPARE(json.value("looked"_L1).toInt(), 1);
        const Evidence blind = evidenceOf({lookedAt(totalOf(1, byCustomer, 10, 1, 1), {})});
        QCOMPARE(toJson(adviceOf(blind), blind).value("looked"_L1).toInt(), 0);
        for (const QString &nothing : {advise::text(adviceOf(blind), blind), markdown(adviceOf(blind), blind)})
            QVERIFY2(nothing.contains(u"No plan could be had of any of 1 statements"_s) && !nothing.contains(u"Nothing"_s), qPrintable(nothing));
        const QString ticket = markdown(advised, evidence);
        QVERIFY2(ticket.contains(u"````sql\n"_s), qPrintable(ticket)); // longer than what is within
        QVERIFY(ticket.contains(u"Seq Scan"_s) && ticket.contains(u"| calls | 100 |"_s) &&
                ticket.contains(u"CREATE INDEX"_s));
    }

    void someOfManyPlans()
    {
        LoggedStatement statement;
        for (int i = 0; i < 100; ++i) {
            explain::LoggedPlan plan;
            plan.begin = i;
            plan.durationUs = i == 7 ? 9'000'000 : i;
            statement.add(plan);
        }
        QCOMPARE(statement.newest.size(), newestPlans);
        QCOMPARE(statement.newest.last().begin, 99);
        QCOMPARE(statement.slowest.size(), slowestPlans);
        QCOMPARE(statement.slowest.first().begin, 7);
    }

    // Of one statement that somebody chose: it is looked at however little it took, others are not, and nothing is said of them.
    void ofOneStatement()
    {
        const auto small = totalOf(2, u"SELECT 2"_s, 1, 0.5, 1);
        statements::TopList list = evidenceOf({lookedAt(totalOf(1, byCustomer, 100, 2000, 2000), {}), lookedAt(small, {})}).list;
        Gathering how;
        how.only = keyOf(2);
        const auto evidence = gather(list, how);
        QVERIFY(evidence);
        QCOMPARE(evidence->looked.size(), 1);
        QCOMPARE(evidence->looked.first().total.key, keyOf(2));
        how.only.reset();
        QCOMPARE(gather(list, how)->looked.first().total.key, keyOf(1));

        Advised all;
        Advice its, others, caused;
        its.key = caused.related.emplace(keyOf(2));
        others.key = caused.key = keyOf(1);
        caused.kind = u"lock_wait"_s;
        all.advice = {its, others, caused};
        all.notLooked = {{keyOf(1), {}, u"of another"_s}, {keyOf(2), {}, u"no plan"_s}};
        all.notes = {u"a note"_s};
        const Advised about = adviceAbout(all, keyOf(2));
        QCOMPARE(about.advice.size(), 2);
        QCOMPARE(about.advice.last().kind, u"lock_wait"_s);
        QCOMPARE(about.notLooked.size(), 1);
        QCOMPARE(about.notLooked.first().why, u"no plan"_s);
        QCOMPARE(about.notes, all.notes);
    }

    void keptSamples()
    {
        activity::WaitSample sample;
        sample.atMs = 1000;
        sample.sessions[{u"Lock"_s, u"tuple"_s, u"1"_s}] = 3;
        sample.sessions[{QString(), QString(), u"0"_s}] = 5;
        activity::WaitSample later = sample;
        later.atMs = 11'000;
        const WaitProfile profile = profileOf({sample, later});
        QCOMPARE(profile.periodMs, 10'000.0);
        activity::WaitSample latest = later, last = later;
        latest.atMs = 21'000;
        last.atMs = 3'621'000; // nobody looked for an hour
        QCOMPARE(profileOf({sample, later, latest, last}).periodMs, 10'000.0);
        QCOMPARE(profile.statements.size(), 1);
        QVERIFY(profile.find(keyOf(1)));
        QCOMPARE(profile.find(keyOf(1))->waitedFor(u"Lock"), 6);
        QVERIFY(!profile.find(keyOf(2)));
        QVERIFY(!profile.tellsBlockers);
    }
};

QTEST_GUILESS_MAIN(TestAdvice)
#include "tst_advice.moc"
