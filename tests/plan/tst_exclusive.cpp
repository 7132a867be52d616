// SPDX-License-Identifier: GPL-3.0-or-later
// Exclusive times against a real server: every statement of statements.sql is explained as JSON and as text; both have one structure, and
// of both each node's own time, with what is of no node, makes the total within 1 %. Where somebody sleeps, that one has the time.
#include "plan/exclusive.h"
#include "plan/parse.h"
#include "plan/report.h"
#include "plan/withoutliterals.h"
#include "plan/writejson.h"
#include "support/testserver.h"

#include <QFile>
#include <QSet>
#include <QTest>

#include <algorithm>
#include <cmath>

using namespace howdah;
using namespace howdah::plan;
using namespace Qt::StringLiterals;
using test::TestServer;

namespace
{

constexpr double within = 0.01;

struct Asked {
    QString name;
    QStringList settings;
    QString more; // options of EXPLAIN
    QByteArray text;
    int since = 15;
};

// 18; `ctest -L long` runs this program with the others too.
int major()
{
    bool given = false;
    const int number = qEnvironmentVariableIntValue("HOWDAH_PLAN_MAJOR", &given);
    return given ? number : 18;
}

QList<Asked> statements()
{
    QFile file(qEnvironmentVariable("HOWDAH_SOURCE_DIR") + u"/tests/plan/statements.sql"_s);
    QList<Asked> all;
    if (!file.open(QIODevice::ReadOnly))
        return all;
    for (const QByteArray &line : file.readAll().split('\n')) {
        if (line.startsWith("-- plan: "))
            all.append({QString::fromUtf8(line.mid(9)), {}, {}, {}, 15});
        else if (all.isEmpty())
            continue;
        else if (line.startsWith("-- set: "))
            all.last().settings = QString::fromUtf8(line.mid(8)).split(u"; "_s);
        else if (line.startsWith("-- since: "))
            all.last().since = line.mid(10).toInt();
        else if (line.startsWith("-- with: "))
            all.last().more = QString::fromUtf8(line.mid(9));
        else
            all.last().text += line + '\n';
    }
    return all;
}

QString structureOf(const Plan &plan)
{
    QStringList lines;
    for (const PlanNode &node : plan.nodes)
        lines.append(QString(node.depth, u' ') +
                     QStringList{node.title, node.type, node.relationship, node.subplan, node.schema, node.object, node.alias, node.index}.join(u'|') +
                     (node.parallelAware ? u"|parallel"_s : QString()) + (node.disabled() ? u"|disabled"_s : QString()));
    return lines.join(u'\n');
}

// Names that text has for what JSON nests.
bool isKnown(const PlanNode &json, const QString &name)
{
    static const QStringList nested = {u"Target Tables"_s, u"Group Key"_s, u"Hash Key"_s, u"Sort Key"_s, u"Full-sort Groups"_s, u"Pre-sorted Groups"_s};
    return json.fields.has(name) || nested.contains(name);
}

QString timesText(const Plan &plan, const PlanTimes &times)
{
    QString text;
    for (qsizetype at = 0; at < times.nodes.size(); ++at)
        text += u"%1%2 %3: %4 of %5 us, +-%6, %7 processes\n"_s.arg(QString(plan.nodes[at].depth, u' '), plan.nodes[at].subplan, plan.nodes[at].title)
                    .arg(times.nodes[at].exclusiveUs).arg(times.nodes[at].inclusiveUs).arg(times.nodes[at].uncertainUs).arg(times.nodes[at].processes);
    for (const TimeEntry &entry : times.entries)
        text += u"entry %1 %2: %3 us\n"_s.arg(int(entry.kind)).arg(entry.name).arg(entry.us);
    return text + u"sum %1, total %2, disagreement %3"_s.arg(times.sumUs()).arg(times.totalUs.value_or(-1)).arg(times.disagreementUs);
}

} // namespace

class TestExclusive : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void sums_data();
    void sums();
    void allWasSeen();
    void whoSleepsHasTheTime_data();
    void whoSleepsHasTheTime();
    void withoutTiming();

private:
    Result<Plan> explain(const QByteArray &statement, const QStringList &settings, const QByteArray &options);

    std::unique_ptr<TestServer> m_server;
    std::unique_ptr<pg::Connection> m_link;
    QSet<QString> m_seen; // titles, relationships, names of fields of all plans, by the format
};

void TestExclusive::initTestCase()
{
    QString why;
    test::ServerSetup setup;
    setup.major = major();
    setup.settings = {u"compute_query_id=on"_s, u"track_io_timing=on"_s, u"max_worker_processes=16"_s, u"max_parallel_workers=12"_s, u"autovacuum=off"_s};
    m_server = TestServer::start(setup, &why);
    QVERIFY2(m_server, qPrintable(why));
    auto link = m_server->admin();
    QVERIFY2(link, link ? "" : qPrintable(link.error().text()));
    m_link = *std::move(link);
    const auto all = statements();
    QVERIFY(all.size() > 60);
    for (const QString &statement : QString::fromUtf8(all.first().text).split(u";\n"_s)) {
        const auto done = m_link->run({statement.toUtf8(), {}});
        QVERIFY2(done, done ? "" : qPrintable(done.error().text() + u' ' + statement));
    }
}

Result<Plan> TestExclusive::explain(const QByteArray &statement, const QStringList &settings, const QByteArray &options)
{
    if (auto begun = m_link->command("BEGIN"); !begun)
        return fail(begun.error());
    Result<Plan> plan = fail(ErrorKind::Client, u"none"_s, u"none"_s);
    Result<pg::Rows> rows = pg::Rows();
    for (const QString &setting : settings) {
        const qsizetype is = setting.indexOf(u'=');
        rows = m_link->run({"SET LOCAL " + setting.first(is).toUtf8() + " = '" + setting.sliced(is + 1).toUtf8() + "'", {}});
        if (!rows)
            break;
    }
    if (rows)
        rows = m_link->run({"EXPLAIN (" + options + ") " + statement, {}});
    (void)m_link->command("ROLLBACK");
    if (!rows)
        return fail(rows.error());
    QStringList lines;
    for (qsizetype row = 0; row < rows->size(); ++row)
        lines.append(rows->text(row, 0));
    auto plans = parsePlans(lines.join(u'\n'));
    if (!plans) {
        Error error = plans.error();
        error.detail = lines.join(u'\n');
        return fail(std::move(error));
    }
    return plans->first();
}

void TestExclusive::sums_data()
{
    QTest::addColumn<QByteArray>("statement");
    QTest::addColumn<QStringList>("settings");
    QTest::addColumn<QString>("more");
    const auto all = statements();
    for (qsizetype at = 1; at < all.size(); ++at)
        if (all[at].since <= major())
            QTest::newRow(all[at].name.toUtf8().constData()) << all[at].text << all[at].settings << all[at].more;
}

void TestExclusive::sums()
{
    QFETCH(QByteArray, statement);
    QFETCH(QStringList, settings);
    QFETCH(QString, more);
    const QByteArray options = "ANALYZE, BUFFERS, WAL, VERBOSE" + (more.isEmpty() ? QByteArray() : ", " + more.toUtf8());
    const auto json = explain(statement, settings, options + ", FORMAT JSON");
    QVERIFY2(json, json ? "" : qPrintable(json.error().text()));
    const auto text = explain(statement, settings, options);
    QVERIFY2(text, text ? "" : qPrintable(text.error().text()));
    QCOMPARE(structureOf(*text), structureOf(*json));
    for (qsizetype at = 0; at < text->nodes.size(); ++at)
        for (const Field &field : text->nodes[at].fields.all)
            QVERIFY2(isKnown(json->nodes[at], field.name), qPrintable(u"%1: \"%2\" is no name of JSON"_s.arg(text->nodes[at].title, field.name)));
    for (const auto &[format, plan] : {std::pair(u"json "_s, *json), std::pair(u"text "_s, *text)}) {
        for (const PlanNode &node : plan.nodes) {
            m_seen << format + node.title << format + node.relationship << format + (node.isCte() ? u"CTE"_s : QString())
                   << format + (node.neverExecuted() ? u"never executed"_s : QString()) << format + (node.workers.isEmpty() ? QString() : u"Workers"_s)
                   << format + (node.actual->rowsHundredths % 100 ? u"fractional rows"_s : QString());
            for (const Field &field : node.fields.all)
                m_seen << format + field.name;
        }
        for (const Trigger &trigger : plan.triggers)
            m_seen << format + (trigger.constraint.isEmpty() ? u"Trigger"_s : u"Constraint"_s);
    }
    QCOMPARE(text->queryId, json->queryId);
    QVERIFY(!json->queryId.isEmpty());
    QVERIFY2(text->other.all.isEmpty(), qPrintable(text->other.all.value(0).name));
    QVERIFY2(json->other.all.isEmpty(), qPrintable(json->other.all.value(0).name));
    QCOMPARE(text->triggers.size(), json->triggers.size());
    QCOMPARE(text->serialization.has_value(), json->serialization.has_value());
    QCOMPARE(text->serialization.has_value(), more.contains(u"SERIALIZE"_s));
    QCOMPARE(text->planning.has(u"Memory Used"), more.contains(u"MEMORY"_s));
    QCOMPARE(json->planning.has(u"Memory Used"), more.contains(u"MEMORY"_s));
    if (more.contains(u"SETTINGS"_s)) {
        QCOMPARE(json->settings.text(u"work_mem"), u"1MB"_s);
        QCOMPARE(text->settings.text(u"work_mem"), u"1MB"_s);
    }
    // What is kept of it is the same plan, in either form; and without its literals it has the same times.
    for (const Plan &plan : {*json, *text}) {
        for (const Plan &before : {plan, withoutLiterals(plan)}) {
            const auto again = parsePlans(QString::fromUtf8(writeJson(before)));
            QVERIFY2(again, again ? "" : qPrintable(again.error().text()));
            QCOMPARE(structureOf(again->first()), structureOf(plan));
            QCOMPARE(reportJson(again->first(), {}), reportJson(before, {}));
            for (qsizetype at = 0; at < before.nodes.size(); ++at) {
                QCOMPARE(again->first().nodes[at].fields, before.nodes[at].fields);
                QCOMPARE(again->first().nodes[at].workers, before.nodes[at].workers);
            }
            QCOMPARE(timesText(before, timesOf(before)), timesText(plan, timesOf(plan)));
        }
    }
    for (const Plan &plan : {*json, *text}) {
        QVERIFY(plan.executionUs && plan.planningUs && plan.analyzed());
        const PlanTimes times = timesOf(plan);
        const double total = double(*plan.executionUs + *plan.planningUs);
        const QByteArray told = timesText(plan, times).toUtf8();
        if (qEnvironmentVariableIsSet("PLAN_SHOW"))
            qInfo("%s", told.constData());
        QVERIFY2(std::abs(times.sumUs() - total) <= within * total, told.constData());
        QVERIFY2(times.disagreementUs <= within * total, told.constData());
        for (const NodeTime &node : times.nodes)
            QVERIFY2(node.exclusiveUs >= 0, told.constData());
    }
}

// What the statements are there for did happen, in both forms. They were chosen on 18; older planners have other ways.
void TestExclusive::allWasSeen()
{
    if (major() < 18)
        return;
    static const QStringList wanted = {
        u"Parallel Seq Scan"_s,
        u"Parallel Index Only Scan"_s,
        u"Parallel Bitmap Heap Scan"_s,
        u"Parallel Append"_s,
        u"Parallel Hash Join"_s,
        u"Gather"_s,
        u"Gather Merge"_s,
        u"Partial Aggregate"_s,
        u"Finalize Aggregate"_s,
        u"Finalize GroupAggregate"_s,
        u"Workers"_s,
        u"Workers Launched"_s,
        u"Single Copy"_s,
        u"CTE"_s,
        u"CTE Scan"_s,
        u"WorkTable Scan"_s,
        u"Recursive Union"_s,
        u"InitPlan"_s,
        u"SubPlan"_s,
        u"Member"_s,
        u"Subquery"_s,
        u"Memoize"_s,
        u"Cache Hits"_s,
        u"Nested Loop"_s,
        u"Nested Loop Left Join"_s,
        u"Hash Join"_s,
        u"Merge Join"_s,
        u"Hash Batches"_s,
        u"BitmapAnd"_s,
        u"BitmapOr"_s,
        u"Bitmap Index Scan"_s,
        u"Lossy Heap Blocks"_s,
        u"Exact Heap Blocks"_s,
        u"Index Scan Backward"_s,
        u"Index Searches"_s,
        u"Heap Fetches"_s,
        u"Disabled"_s,
        u"Tid Scan"_s,
        u"Tid Range Scan"_s,
        u"Sample Scan"_s,
        u"Sampling Method"_s,
        u"Sort Method"_s,
        u"Sort Space Used"_s,
        u"Incremental Sort"_s,
        u"Presorted Key"_s,
        u"HashAggregate"_s,
        u"Disk Usage"_s,
        u"GroupAggregate"_s,
        u"MixedAggregate"_s,
        u"Unique"_s,
        u"WindowAgg"_s,
        u"Window"_s,
        u"Run Condition"_s,
        u"Storage"_s,
        u"Maximum Storage"_s,
        u"Append"_s,
        u"Merge Append"_s,
        u"Subplans Removed"_s,
        u"never executed"_s,
        u"fractional rows"_s,
        u"Insert"_s,
        u"Update"_s,
        u"Delete"_s,
        u"Merge"_s,
        u"Tuples Inserted"_s,
        u"Tuples Updated"_s,
        u"Conflict Resolution"_s,
        u"Trigger"_s,
        u"Constraint"_s,
        u"LockRows"_s,
        u"Values Scan"_s,
        u"Function Scan"_s,
        u"Table Function Scan"_s,
        u"ProjectSet"_s,
        u"Result"_s,
        u"One-Time Filter"_s,
        u"Limit"_s,
        u"Materialize"_s,
        u"Rows Removed by Filter"_s,
        u"Rows Removed by Index Recheck"_s,
        u"Rows Removed by Join Filter"_s,
        u"Shared Hit Blocks"_s,
        u"Temp Written Blocks"_s,
        u"Temp I/O Write Time"_s,
        u"WAL Records"_s,
        u"WAL Bytes"_s,
        u"Filter"_s,
        u"Index Cond"_s,
        u"Output"_s,
    };
    QStringList missing;
    for (const QString &name : wanted)
        for (const auto &format : {u"json "_s, u"text "_s})
            if (!m_seen.contains(format + name))
                missing.append(format + name);
    QVERIFY2(missing.isEmpty(), qPrintable(missing.join(u", "_s) + u"; seen: "_s + QStringList(m_seen.cbegin(), m_seen.cend()).join(u", "_s)));
}

void TestExclusive::whoSleepsHasTheTime_data()
{
    QTest::addColumn<QByteArray>("statement");
    QTest::addColumn<QString>("title");   // of the heaviest node
    QTest::addColumn<QString>("under");   // the subplan that it is in, or is
    QTest::newRow("CTE") << QByteArray("WITH c AS MATERIALIZED (SELECT pg_catalog.pg_sleep(0.2), kind FROM shop.item LIMIT 1) SELECT count(*) FROM c a, c b")
                         << u"Seq Scan"_s << u"CTE c"_s;
    QTest::newRow("InitPlan") << QByteArray("SELECT count(*) FROM shop.kind WHERE id < (SELECT count(q.*) FROM (SELECT pg_catalog.pg_sleep(0.2) OFFSET 0) q)")
                              << u"Result"_s << u"InitPlan 1"_s;
    QTest::newRow("InitPlan of the output") << QByteArray(
                                                   "SELECT (SELECT count(q.*) FROM (SELECT pg_catalog.pg_sleep(0.2) OFFSET 0) q), count(*) FROM shop.kind")
                                            << u"Result"_s << u"InitPlan 1"_s;
    QTest::newRow("SubPlan") << QByteArray("SELECT (SELECT count(q.*) FROM (SELECT pg_catalog.pg_sleep(0.01 + 0 * k.id) OFFSET 0) q) FROM shop.kind k LIMIT 20")
                             << u"Result"_s << u"SubPlan 1"_s;
    QTest::newRow("trigger before") << QByteArray("INSERT INTO shop.noted SELECT g FROM pg_catalog.generate_series(1, 100) g") << u"noted_before"_s
                                    << QString();
    QTest::newRow("trigger after") << QByteArray("INSERT INTO shop.noted SELECT g FROM pg_catalog.generate_series(1, 100) g") << u"noted_after"_s << QString();
    QTest::newRow("CTE that nobody reads")
        << QByteArray("WITH c AS (INSERT INTO shop.child SELECT 100000, 1 FROM (SELECT pg_catalog.pg_sleep(0.2) OFFSET 0) q) SELECT 1") << u"Result"_s
        << u"CTE c"_s;
}

void TestExclusive::whoSleepsHasTheTime()
{
    QFETCH(QByteArray, statement);
    QFETCH(QString, title);
    QFETCH(QString, under);
    for (const QByteArray &options : {QByteArray("ANALYZE, FORMAT JSON"), QByteArray("ANALYZE")}) {
        const auto plan = explain(statement, {}, options);
        QVERIFY2(plan, plan ? "" : qPrintable(plan.error().text()));
        const PlanTimes times = timesOf(*plan);
        const QByteArray told = timesText(*plan, times).toUtf8();
        const auto heaviest =
            std::max_element(times.nodes.cbegin(), times.nodes.cend(), [](const NodeTime &a, const NodeTime &b) { return a.exclusiveUs < b.exclusiveUs; });
        if (under.isEmpty()) { // both triggers sleep the same: each has more than any node
            const auto entry = std::find_if(times.entries.cbegin(), times.entries.cend(), [&](const TimeEntry &candidate) { return candidate.name == title; });
            QVERIFY2(entry != times.entries.cend() && entry->us > heaviest->exclusiveUs, told.constData());
            continue;
        }
        int node = int(heaviest - times.nodes.cbegin());
        QVERIFY2(heaviest->exclusiveUs > 0.5 * times.totalUs.value(), told.constData());
        QVERIFY2(plan->nodes[node].title == title, told.constData());
        while (node >= 0 && plan->nodes[node].subplan.isEmpty())
            node = plan->nodes[node].parent;
        QVERIFY2(node >= 0 && plan->nodes[node].subplan.startsWith(under), told.constData());
        QVERIFY2(times.disagreementUs <= within * *times.totalUs, told.constData());
    }
}

// Without TIMING a node's time is not known, which is not 0.
void TestExclusive::withoutTiming()
{
    for (const QByteArray &options :
         {QByteArray("ANALYZE, TIMING OFF, FORMAT JSON"), QByteArray("ANALYZE, TIMING OFF"), QByteArray("COSTS OFF"), QByteArray("COSTS OFF, FORMAT JSON")}) {
        const auto plan = explain("SELECT count(*) FROM shop.item i JOIN shop.kind k ON k.id = i.kind", {}, options);
        QVERIFY2(plan, plan ? "" : qPrintable(plan.error().text()));
        QCOMPARE(plan->analyzed(), options.startsWith("ANALYZE"));
        QCOMPARE(plan->nodes.first().totalCost.has_value(), options.startsWith("ANALYZE"));
        QCOMPARE(plan->nodes.size(), 5);
        const PlanTimes times = timesOf(*plan);
        QVERIFY(times.nodes.isEmpty());
        QCOMPARE(times.totalUs.has_value(), options.startsWith("ANALYZE"));
    }
}

QTEST_GUILESS_MAIN(TestExclusive)
#include "tst_exclusive.moc"
