// SPDX-License-Identifier: GPL-3.0-or-later
// Plans as they are pasted: borders, continuations, logs, every field; and what is broken or hostile, which is an error with its line, in
// bounded time, and never a part of a plan.
#include "plan/exclusive.h"
#include "plan/parse.h"

#include <QRandomGenerator>
#include <QTest>

using namespace howdah;
using namespace howdah::plan;
using namespace Qt::StringLiterals;

namespace
{

// Made by hand in the form of 18; with a CTE, an InitPlan, workers, JIT, triggers, serialization.
const QString &fullText()
{
    static const QString text = uR"(Finalize Aggregate  (cost=1000.00..2000.00 rows=1 width=8) (actual time=10.000..20.000 rows=1.00 loops=1)
  Output: count(*)
  Buffers: shared hit=9007199254740993 read=7 dirtied=1 written=2, local hit=3, temp read=4 written=5
  I/O Timings: shared read=1.500 write=0.250, temp write=0.125
  WAL: records=12 fpi=2 bytes=18446744073709 buffers full=3
  CTE seen
    ->  Seq Scan on public.kind  (cost=0.00..1.00 rows=50 width=4) (actual time=0.010..1.000 rows=50.00 loops=1)
          Output: kind.id
  InitPlan 2
    ->  Limit  (cost=0.00..1.00 rows=1 width=4) (never executed)
          ->  CTE Scan on seen seen_1  (cost=0.00..1.00 rows=50 width=4) (never executed)
                Storage: Memory  Maximum Storage: 17kB
  ->  Gather  (cost=1000.00..1900.00 rows=2 width=8) (actual time=5.000..18.000 rows=3.00 loops=1)
        Workers Planned: 2
        Workers Launched: 2
        ->  Partial Aggregate  (cost=0.00..900.00 rows=1 width=8) (actual time=9.000..9.000 rows=1.00 loops=3)
              Worker 0:  actual time=8.000..8.000 rows=1.00 loops=1
                JIT:
                  Functions: 3
                Buffers: shared hit=4
              Worker 1:  actual time=9.500..9.500 rows=1.00 loops=1
                Buffers: shared hit=5
              ->  Parallel Index Only Scan Backward using "odd: index" on public.item i  (cost=0.00..800.00 rows=12345 width=4) (actual time=0.020..6.000 rows=66.67 loops=3)
                    Disabled: true
                    Index Cond: (i.id > (InitPlan 2).col1)
                    Heap Fetches: 11
                    Index Searches: 3
                    Worker 0:  actual time=0.010..5.000 rows=50.00 loops=1
                    Worker 1:  actual time=0.010..7.000 rows=50.00 loops=1
Settings: work_mem = '64kB', search_path = 'it''s'
Query Identifier: -8663649735074294001
Planning:
  Buffers: shared hit=33
  Memory: used=12kB  allocated=16kB
Planning Time: 0.500 ms
JIT:
  Functions: 9
  Options: Inlining true, Optimization false, Expressions true, Deforming true
  Timing: Generation 1.000 ms (Deform 0.400 ms), Inlining 2.000 ms, Optimization 3.000 ms, Emission 4.000 ms, Total 10.000 ms
Trigger for constraint item_kind_fkey on item: time=2.000 calls=10
Trigger noted on kind: time=1.000 calls=3
Serialization: time=0.100 ms  output=20kB  format=text
Execution Time: 25.000 ms)"_s;
    return text;
}

QString fullJson()
{
    return uR"J([
  {
    "Plan": {
      "Node Type": "Aggregate", "Strategy": "Plain", "Partial Mode": "Finalize", "Parallel Aware": false, "Async Capable": false,
      "Startup Cost": 1000.00, "Total Cost": 2000.00, "Plan Rows": 1, "Plan Width": 8,
      "Actual Startup Time": 10.000, "Actual Total Time": 20.000, "Actual Rows": 1.00, "Actual Loops": 1, "Disabled": false,
      "Output": ["count(*)"], "Shared Hit Blocks": 9007199254740993, "WAL Bytes": 18446744073709, "Shared I/O Read Time": 1.500,
      "Plans": [
        {
          "Node Type": "Index Only Scan", "Parent Relationship": "Outer", "Parallel Aware": true, "Scan Direction": "Backward", "Index Name": "odd: index",
          "Relation Name": "item", "Schema": "public", "Alias": "i", "Startup Cost": 0.00, "Total Cost": 800.00, "Plan Rows": 12345, "Plan Width": 4,
          "Actual Startup Time": 0.020, "Actual Total Time": 6.000, "Actual Rows": 66.67, "Actual Loops": 3, "Disabled": true, "Heap Fetches": 11,
          "Workers": [{"Worker Number": 0, "Actual Startup Time": 0.010, "Actual Total Time": 5.000, "Actual Rows": 50.00, "Actual Loops": 1, "Shared Hit Blocks": 4}]
        }
      ]
    },
    "Settings": {"work_mem": "64kB"},
    "Query Identifier": -8663649735074294001,
    "Planning Time": 0.500,
    "Triggers": [{"Constraint Name": "item_kind_fkey", "Relation": "item", "Time": 2.000, "Calls": 10}],
    "JIT": {"Functions": 9, "Options": {"Inlining": true}, "Timing": {"Generation": {"Deform": 0.400, "Total": 1.000}, "Inlining": 2.000, "Optimization": 3.000, "Emission": 4.000, "Total": 10.000}},
    "Serialization": {"Time": 0.100, "Output Volume": 20, "Format": "text"},
    "Execution Time": 25.000
  }
])J"_s;
}

// As psql prints a column: each line, its border's beginning, padding and end.
QString table(const QString &text, const QString &before, const QString &after, const QString &rule, const QString &heading)
{
    QString all = heading, last = after;
    last.replace(u'+', u' ').replace(QChar(0x21b5), u' ');
    if (!rule.isEmpty())
        all += rule + u'\n';
    const QStringList lines = text.split(u'\n');
    for (qsizetype at = 0; at < lines.size(); ++at)
        all += before + lines[at].leftJustified(200) + (at + 1 < lines.size() ? after : last) + u'\n';
    return all + u"(%1 rows)\n\n"_s.arg(lines.size());
}

} // namespace

class TestParse : public QObject
{
    Q_OBJECT
private slots:
    void text();
    void json();
    void pastedText_data();
    void pastedText();
    void pastedJson_data();
    void pastedJson();
    void log();
    void details();
    void numbers();
    void broken_data();
    void broken();
    void anyPrefix();
    void anyByte();
    void bounded();
};

void TestParse::text()
{
    const auto plans = parsePlans(fullText());
    QVERIFY2(plans, plans ? "" : qPrintable(plans.error().text()));
    QCOMPARE(plans->size(), 1);
    const Plan &plan = plans->first();
    QCOMPARE(plan.nodes.size(), 7);
    const PlanNode &root = plan.nodes[0];
    QCOMPARE(root.type, u"Aggregate"_s);
    QCOMPARE(root.fields.count(u"Shared Hit Blocks"), 9007199254740993);
    QCOMPARE(root.fields.count(u"Local Hit Blocks"), 3);
    QCOMPARE(root.fields.count(u"Temp Written Blocks"), 5);
    QCOMPARE(root.fields.microseconds(u"Shared I/O Read Time"), 1500);
    QCOMPARE(root.fields.microseconds(u"Temp I/O Write Time"), 125);
    QCOMPARE(root.fields.count(u"WAL Bytes"), 18446744073709);
    QCOMPARE(root.fields.count(u"WAL Buffers Full"), 3);
    QVERIFY(!root.fields.count(u"Heap Fetches").has_value());
    QCOMPARE(plan.nodes[1].subplan, u"CTE seen"_s);
    QCOMPARE(plan.nodes[1].relationship, u"InitPlan"_s);
    QVERIFY(plan.nodes[2].isInitPlan() && plan.nodes[2].neverExecuted());
    const PlanNode &cte = plan.nodes[3];
    QCOMPARE(cte.parent, 2);
    QCOMPARE(cte.object, u"seen"_s);
    QCOMPARE(cte.alias, u"seen_1"_s);
    QCOMPARE(cte.fields.count(u"Maximum Storage"), 17);
    QCOMPARE(plan.nodes[4].parent, 0);
    QCOMPARE(plan.nodes[4].fields.count(u"Workers Launched"), 2);
    QCOMPARE(plan.nodes[5].workers.size(), 2);
    QCOMPARE(plan.nodes[5].workers[1].fields.count(u"Shared Hit Blocks"), 5);
    QCOMPARE(plan.nodes[5].workers[0].actual->totalUs, 8000);
    const PlanNode &scan = plan.nodes[6];
    QCOMPARE(scan.title, u"Parallel Index Only Scan Backward"_s);
    QCOMPARE(scan.type, u"Index Only Scan"_s);
    QCOMPARE(scan.index, u"odd: index"_s);
    QCOMPARE(scan.schema, u"public"_s);
    QCOMPARE(scan.object, u"item"_s);
    QCOMPARE(scan.actual->rowsHundredths, 6667);
    QVERIFY(scan.disabled() && scan.parallelAware);
    QCOMPARE(scan.fields.count(u"Index Searches"), 3);
    QCOMPARE(plan.queryId, u"-8663649735074294001"_s);
    QCOMPARE(plan.settings.text(u"search_path"), u"it's"_s);
    QCOMPARE(plan.planning.count(u"Memory Allocated"), 16);
    QCOMPARE(plan.jit->deformUs, 400);
    QCOMPARE(plan.jit->functions, 9);
    QCOMPARE(plan.triggers.size(), 2);
    QCOMPARE(plan.triggers[0].constraint, u"item_kind_fkey"_s);
    QCOMPARE(plan.triggers[1].relation, u"kind"_s);
    QCOMPARE(plan.serialization->fields.count(u"Output Volume"), 20);
    QCOMPARE(plan.executionUs, 25000);

    // 3 processes of 9 ms each are 9 ms of the clock; 20 of the root, 3.1 beside it, 0.9 in what is left of JIT's code and the start.
    const PlanTimes times = timesOf(plan);
    QCOMPARE(times.nodes[5].processes, 3.0);
    QCOMPARE(times.nodes[4].exclusiveUs, 9000.0);
    QCOMPARE(times.nodes[6].exclusiveUs, 6000.0);
    QCOMPARE(times.totalUs, 25500.0);
    QCOMPARE(qRound64(times.sumUs()), 25500);
    QCOMPARE(times.disagreementUs, 0.0);
}

void TestParse::json()
{
    const auto plans = parsePlans(fullJson());
    QVERIFY2(plans, plans ? "" : qPrintable(plans.error().text()));
    const Plan &plan = plans->first();
    QCOMPARE(plan.nodes.size(), 2);
    QCOMPARE(plan.nodes[0].title, u"Finalize Aggregate"_s);
    QCOMPARE(plan.nodes[0].fields.count(u"Shared Hit Blocks"), 9007199254740993);
    QCOMPARE(plan.nodes[1].title, u"Parallel Index Only Scan Backward"_s);
    QCOMPARE(plan.nodes[1].actual->rowsHundredths, 6667);
    QCOMPARE(plan.nodes[1].workers.size(), 1);
    QCOMPARE(plan.queryId, u"-8663649735074294001"_s);
    QCOMPARE(plan.jit->generationUs, 1000);
    QCOMPARE(plan.jit->deformUs, 400);
    QCOMPARE(plan.serialization->timeUs, 100);
    QCOMPARE(plan.triggers[0].calls, 10);
    QCOMPARE(plan.settings.text(u"work_mem"), u"64kB"_s);
    // Several, and auto_explain's object.
    const QString two = fullJson().chopped(2) + u", "_s + fullJson().sliced(1);
    QCOMPARE(parsePlans(two)->size(), 2);
    const QString object =
        u"{\"Query Text\": \"select 1\", \"Query Identifier\": 9223372036854775807, "_s + fullJson().sliced(fullJson().indexOf(u'{') + 1).chopped(2);
    const auto logged = parsePlans(object);
    QVERIFY2(logged, logged ? "" : qPrintable(logged.error().text()));
    QCOMPARE(logged->first().queryText, u"select 1"_s);
}

void TestParse::pastedText_data()
{
    QTest::addColumn<QString>("pasted");
    const QString rule(202, u'-');
    QTest::newRow("psql") << table(fullText(), u" "_s, u""_s, rule, u"                 QUERY PLAN\n"_s);
    QTest::newRow("psql, CRLF") << table(fullText(), u" "_s, u""_s, rule, u"                 QUERY PLAN\n"_s).replace(u'\n', u"\r\n"_s);
    QTest::newRow("without heading") << table(fullText(), u" "_s, u""_s, QString(), QString());
    const QString bars = u'+' + rule + u'+';
    QTest::newRow("border 2") << bars + u"\n|       QUERY PLAN    |\n"_s + table(fullText(), u"| "_s, u" |"_s, bars, QString());
    QString quoted = fullText();
    QTest::newRow("a grid's cells") << u"QUERY PLAN\n\""_s + quoted.replace(u"\""_s, u"\"\""_s).replace(u"\n"_s, u"\"\n\""_s) + u"\""_s;
    QTest::newRow("blank lines around") << u"\n\n"_s + fullText() + u"\n\n(40 rows)\n"_s;
    QTest::newRow("indented by tabs") << u'\t' + QString(fullText()).replace(u"\n"_s, u"\n\t"_s);
}

void TestParse::pastedText()
{
    QFETCH(QString, pasted);
    const auto plans = parsePlans(pasted);
    QVERIFY2(plans, plans ? "" : qPrintable(plans.error().text()));
    QCOMPARE(plans->size(), 1);
    QCOMPARE(plans->first().nodes.size(), 7);
    QCOMPARE(plans->first().executionUs, 25000);
    QCOMPARE(plans->first().nodes[6].index, u"odd: index"_s);
    QCOMPARE(plans->first().nodes[5].workers.size(), 2);
    QCOMPARE(plans->first().planning.count(u"Memory Allocated"), 16);
    QVERIFY(plans->first().other.all.isEmpty());
}

void TestParse::pastedJson_data()
{
    QTest::addColumn<QString>("pasted");
    const QString rule(202, u'-');
    QTest::newRow("as it is") << fullJson();
    QTest::newRow("psql") << table(fullJson(), u" "_s, u"+"_s, rule, u"        QUERY PLAN\n"_s);
    QTest::newRow("unicode") << table(fullJson(), u" "_s, u"\u21b5"_s, QString(202, QChar(0x2500)), u"        QUERY PLAN\n"_s);
    QTest::newRow("border 2") << u'+' + rule + u"+\n|        QUERY PLAN    |\n"_s + table(fullJson(), u"| "_s, u"+|"_s, u'+' + rule + u'+', QString());
    QTest::newRow("old ascii") << QString(table(fullJson(), u": "_s, u""_s, rule, u"        QUERY PLAN\n"_s)).replace(u"\n: ["_s, u"\n  ["_s);
}

void TestParse::pastedJson()
{
    QFETCH(QString, pasted);
    const auto plans = parsePlans(pasted);
    QVERIFY2(plans, plans ? "" : qPrintable(plans.error().text()));
    QCOMPARE(plans->first().nodes.size(), 2);
    QCOMPARE(plans->first().executionUs, 25000);
}

void TestParse::log()
{
    const QString head = u"2026-11-27 18:00:00 UTC [42] LOG:  duration: 31.250 ms  plan:\n"_s;
    const QString text =
        head +
        u"\tQuery Text: select 'it is\n\t  Seq: no plan' -- it's\n\tfrom t;\n\tSeq Scan on t  (cost=0.00..1.00 rows=1 width=4) (actual "
        u"time=0.010..30.000 rows=1.00 loops=1)\n\t  Filter: (a > 1)\n"_s;
    auto plans = parsePlans(text);
    QVERIFY2(plans, plans ? "" : qPrintable(plans.error().text()));
    QCOMPARE(plans->first().nodes.size(), 1);
    QCOMPARE(plans->first().executionUs, 31250);
    QVERIFY(plans->first().queryText.contains("from t"_L1));
    QCOMPARE(plans->first().nodes[0].fields.text(u"Filter"), u"(a > 1)"_s);
    plans = parsePlans(head + u"\t"_s + QString(fullJson().sliced(4).chopped(2)).replace(u"\n"_s, u"\n\t"_s));
    QVERIFY2(plans, plans ? "" : qPrintable(plans.error().text()));
    QCOMPARE(plans->first().nodes.size(), 2);
}

// One line of text each, and what JSON has for it.
void TestParse::details()
{
    const auto plans = parsePlans(uR"(Hash Join  (cost=0.00..1.00 rows=1 width=4) (actual time=0.010..0.020 rows=1.00 loops=1)
  ->  Memoize  (cost=0.00..1.00 rows=1 width=4) (actual time=0.010..0.020 rows=1.00 loops=1)
        Cache Key: i.kind, (i.a || ': '::text)
        Cache Mode: logical
        Hits: 19950  Misses: 50  Evictions: 1  Overflows: 2  Memory Usage: 6kB
        ->  Foreign Scan on "it's, ""x"" on".t  (cost=0.00..1.00 rows=1 width=4) (never executed)
              Remote SQL: a (b)
  ->  Hash  (cost=0.00..1.00 rows=1 width=4) (actual time=0.010..0.020 rows=1.00 loops=1)
        Buckets: 2048 (originally 1024)  Batches: 4 (originally 1)  Memory Usage: 97kB
        ->  Bitmap Heap Scan on t a  (cost=0.00..1.00 rows=1 width=4) (actual rows=0.50 loops=2)
              Rows Removed by Index Recheck: 17
              Heap Blocks: exact=12 lossy=34
              I/O Timings: shared/local read=0.500 write=0.250
              ->  Bitmap Index Scan on "t: i"  (cost=0.00..1.00 rows=1 width=0) (actual time=0.010..0.020 rows=1.00 loops=1)
  ->  Sort  (cost=0.00..1.00 rows=1 width=4) (actual time=0.010..0.020 rows=1.00 loops=1)
        Sort Key: t.a DESC, t.b
        Sort Method: external merge  Disk: 1234kB)"_s);
    QVERIFY2(plans, plans ? "" : qPrintable(plans.error().text()));
    const auto &nodes = plans->first().nodes;
    QCOMPARE(nodes.size(), 7);
    QCOMPARE(nodes[1].fields.text(u"Cache Key"), u"i.kind, (i.a || ': '::text)"_s);
    QCOMPARE(nodes[1].fields.count(u"Cache Hits"), 19950);
    QCOMPARE(nodes[1].fields.count(u"Cache Overflows"), 2);
    QCOMPARE(nodes[1].fields.count(u"Peak Memory Usage"), 6);
    QCOMPARE(nodes[2].schema, u"it's, \"x\" on"_s);
    QCOMPARE(nodes[2].object, u"t"_s);
    QCOMPARE(nodes[3].fields.count(u"Hash Buckets"), 2048);
    QCOMPARE(nodes[3].fields.count(u"Original Hash Buckets"), 1024);
    QCOMPARE(nodes[3].fields.count(u"Original Hash Batches"), 1);
    QCOMPARE(nodes[4].actual->rows(), 1.0);
    QVERIFY(!nodes[4].actual->totalUs);
    QCOMPARE(nodes[4].fields.count(u"Lossy Heap Blocks"), 34);
    QCOMPARE(nodes[4].fields.microseconds(u"Shared I/O Read Time"), 500);
    QCOMPARE(nodes[5].index, u"t: i"_s);
    QCOMPARE(nodes[6].fields.text(u"Sort Space Type"), u"Disk"_s);
    QCOMPARE(nodes[6].fields.count(u"Sort Space Used"), 1234);
}

void TestParse::numbers()
{
    QCOMPARE(scaledDecimal(u"50.50", 2), 5050);
    QCOMPARE(scaledDecimal(u"50.5", 2), 5050);
    QCOMPARE(scaledDecimal(u"0.0005", 3), 1);
    QCOMPARE(scaledDecimal(u"-663649735074294001", 0), -663649735074294001);
    QCOMPARE(scaledDecimal(u"9223372036854775807", 0), 9223372036854775807);
    QVERIFY(!scaledDecimal(u"9223372036854775808", 0));
    QVERIFY(!scaledDecimal(u"9223372036854775807", 2));
    for (const auto &wrong : {u""_s, u"-"_s, u"."_s, u"1.2.3"_s, u"1e5"_s, u"NaN"_s, u" 1"_s, u"0x10"_s, u"\u0661"_s})
        QVERIFY2(!scaledDecimal(wrong, 2), qPrintable(wrong));
}

void TestParse::broken_data()
{
    QTest::addColumn<QString>("pasted");
    QTest::addColumn<int>("line");
    QTest::newRow("nothing") << QString() << 1;
    QTest::newRow("blank") << u" \n\t\n"_s << 1;
    QTest::newRow("prose") << u"hello: world\n"_s << 1;
    QTest::newRow("one word") << u"hello\n"_s << 1;
    QTest::newRow("HTML") << u"<b>Plan</b>: x\n"_s << 1;
    QTest::newRow("a node below none") << u"  ->  Seq Scan on t\n"_s << 1;
    QTest::newRow("figures not read") << u"Seq Scan on t  (cost=a..b rows=1 width=4)\n"_s << 1;
    QTest::newRow("loops beyond 64 bits") << u"Seq Scan on t  (cost=0.00..1.00 rows=1 width=4) (actual time=0.1..0.2 rows=1 loops=99999999999999999999)\n"_s
                                          << 1;
    QTest::newRow("neither") << u"Sort  (cost=0.00..1.00 rows=1 width=4)\n  Sort Key: a\n  what is this\n"_s << 3;
    QTest::newRow("after the end") << u"Sort  (cost=0.00..1.00 rows=1 width=4)\nPlanning Time: 1.000 ms\n  ->  Seq Scan on t\n"_s << 3;
    QTest::newRow("JSON without end") << u"[\n {\n  \"Plan\": {\n"_s << 3;
    QTest::newRow("JSON and more") << fullJson() + u"\nx"_s << int(fullJson().count(u'\n')) + 2;
    QTest::newRow("no plan in it") << u"[]"_s << 1;
    QTest::newRow("no Plan") << u"[{}]"_s << 1;
    QTest::newRow("Plan is a list") << u"[{\n\"Plan\": []}]"_s << 2;
    QTest::newRow("a node without type") << u"[{\n\"Plan\":\n{\"Total Cost\": 1}}]"_s << 3;
    QTest::newRow("rows as text") << u"[{\"Plan\":\n{\"Node Type\": \"Result\",\n\"Actual Rows\": \"1\"}}]"_s << 3;
    QTest::newRow("negative loops") << u"[{\"Plan\":\n{\"Node Type\": \"Result\",\n\"Actual Loops\": -1}}]"_s << 3;
    QTest::newRow("loops in halves of a double") << u"[{\"Plan\":\n{\"Node Type\": \"Result\",\n\"Actual Loops\": 1e300}}]"_s << 3;
    QTest::newRow("Plans is no list") << u"[{\"Plan\":\n{\"Node Type\": \"Result\",\n\"Plans\": 7}}]"_s << 3;
    QTest::newRow("line in a bordered paste") << u"   QUERY PLAN\n--------\n [   +\n {   +\n ]   +\n(3 rows)\n"_s << 5;
}

void TestParse::broken()
{
    QFETCH(QString, pasted);
    QFETCH(int, line);
    const auto plans = parsePlans(pasted);
    QVERIFY(!plans);
    QCOMPARE(plans.error().reason, u"plan_not_read"_s);
    QVERIFY2(plans.error().message.contains(u"line %1:"_s.arg(line)), qPrintable(plans.error().message));
}

// JSON that was cut anywhere is an error, never a smaller plan; text that was cut is read or is an error.
void TestParse::anyPrefix()
{
    const QString json = fullJson();
    for (qsizetype size = 0; size < json.size() - 1; ++size)
        QVERIFY2(!parsePlans(json.first(size)), qPrintable(QString::number(size)));
    for (qsizetype size = 0; size < fullText().size(); size += 3)
        if (const auto plans = parsePlans(fullText().first(size)))
            for (const Plan &plan : *plans)
                (void)timesOf(plan);
}

void TestParse::anyByte()
{
    QRandomGenerator random(20261127);
    static const QString marks = u"\"'{}[]():,->+|\n\t 0123456789eE.\u21b5\\%<"_s;
    for (const QString &whole : {fullText(), fullJson()}) {
        for (int round = 0; round < 3000; ++round) {
            QString text = whole;
            for (int change = 0; change < 1 + round % 5; ++change)
                text[random.bounded(text.size())] = marks[random.bounded(marks.size())];
            const auto plans = parsePlans(text);
            for (const Plan &plan : plans.value_or(QVector<Plan>())) {
                const PlanTimes times = timesOf(plan);
                QVERIFY(std::isfinite(times.sumUs()));
                for (qsizetype at = 1; at < plan.nodes.size(); ++at)
                    QVERIFY(plan.nodes[at].parent >= 0 && plan.nodes[at].parent < at);
            }
        }
    }
}

void TestParse::bounded()
{
    QVERIFY(!parsePlans(QString(3'000'000, u'[')));
    QString deep = u"[{\"Plan\": "_s;
    for (int level = 0; level < 460; ++level)
        deep += u"{\"Node Type\": \"Result\", \"Plans\": ["_s;
    QVERIFY(!parsePlans(deep + QString(u"]}"_s).repeated(460) + u"}]"_s));
    QString stairs = u"Result  (cost=0.00..1.00 rows=1 width=4)\n"_s;
    for (int level = 1; level < 460; ++level)
        stairs += QString(level * 6, u' ') + u"->  Result  (cost=0.00..1.00 rows=1 width=4)\n"_s;
    const auto tooDeep = parsePlans(stairs);
    QVERIFY(!tooDeep && tooDeep.error().message.contains("deeper"_L1));

    const QString node = u"Seq Scan on t  (cost=0.00..1.00 rows=1 width=4)\n"_s;
    const QString literal = u"  Filter: (a = '"_s + QString(1'000'000, u'x') + u"\n->  Seq Scan on evil\n<img src=x onerror=alert(1)>')"_s;
    const auto long_ = parsePlans(node + literal);
    QVERIFY2(long_, long_ ? "" : qPrintable(long_.error().text()));
    QCOMPARE(long_->first().nodes.size(), 1);
    QVERIFY(long_->first().nodes[0].fields.text(u"Filter").contains("<img"_L1));
    QString many = node;
    for (int at = 0; at < 20'000; ++at)
        many += u"  Key %1: 'open\n"_s.arg(at);
    (void)parsePlans(many);
    many = node;
    for (int at = 0; at < 20'000; ++at)
        many += u"  Key %1: 1\n"_s.arg(at);
    QVERIFY(!parsePlans(many));
    QVERIFY(!parsePlans(u"Append\n"_s + QString(u"  ->  Result\n"_s).repeated(250'000)));
    (void)parsePlans(QString(u"\""_s).repeated(1'000'000));
    (void)parsePlans(QString(u"----\n"_s).repeated(200'000));
    (void)parsePlans(QString(u"|\n"_s).repeated(200'000));
}

QTEST_GUILESS_MAIN(TestParse)
#include "tst_parse.moc"
