// SPDX-License-Identifier: GPL-3.0-or-later
// Findings against a real server: each problem of findings.sql is planted, found with its object and the statements it drafts, mended by just
// these, and gone. What is well has no finding. JIT, which the bundled servers lack, by plans made by hand.
#include "plan/finding.h"
#include "plan/parse.h"
#include "support/testserver.h"

#include <QFile>
#include <QRegularExpression>
#include <QSet>
#include <QTest>

#include <algorithm>

using namespace howdah;
using namespace howdah::plan;
using namespace Qt::StringLiterals;
using test::TestServer;

namespace
{

struct Planted {
    QString name;
    QString kind;      // empty: well
    QString relation;
    QStringList drafts;
    QStringList settings, unset, before, after;
    QByteArray instead;
    QByteArray text;
    int since = 15;
};

int major()
{
    bool given = false;
    const int number = qEnvironmentVariableIntValue("HOWDAH_PLAN_MAJOR", &given);
    return given ? number : 18;
}

QList<Planted> planted()
{
    QFile file(qEnvironmentVariable("HOWDAH_SOURCE_DIR") + u"/tests/plan/findings.sql"_s);
    QList<Planted> all;
    if (!file.open(QIODevice::ReadOnly))
        return all;
    static const QRegularExpression heading(u"^-- (plan|finds|of|drafts|set|unset|since|before|after|instead): (.*)$"_s);
    for (const QString &line : QString::fromUtf8(file.readAll()).split(u'\n')) {
        const auto match = heading.match(line);
        const QString key = match.captured(1), value = match.captured(2);
        if (key == "plan"_L1)
            all.append({value, {}, {}, {}, {}, {}, {}, {}, {}, {}, 15});
        else if (all.isEmpty())
            continue;
        else if (key == "finds"_L1)
            all.last().kind = value;
        else if (key == "of"_L1)
            all.last().relation = value;
        else if (key == "drafts"_L1)
            all.last().drafts.append(value);
        else if (key == "set"_L1)
            all.last().settings = value.split(u"; "_s);
        else if (key == "unset"_L1)
            all.last().unset = value.split(u"; "_s);
        else if (key == "since"_L1)
            all.last().since = value.toInt();
        else if (key == "before"_L1)
            all.last().before.append(value);
        else if (key == "after"_L1)
            all.last().after.append(value);
        else if (key == "instead"_L1)
            all.last().instead = value.toUtf8();
        else
            all.last().text += line.toUtf8() + '\n';
    }
    return all;
}

QString told(const QVector<Finding> &findings)
{
    QString text;
    for (const Finding &finding : findings)
        text += u"[%1] node %2, %3 %4, share %5\n  %6\n  %7\n  %8\n  %9\n"_s.arg(finding.name())
                    .arg(finding.node)
                    .arg(finding.relation, finding.index)
                    .arg(finding.share.value_or(-1))
                    .arg(finding.evidence, finding.remedy, finding.cost, finding.statements.join(u"; "_s));
    return text;
}

// A "*" stands for a figure.
bool fits(const QStringList &drafted, const QStringList &wanted)
{
    return drafted.size() == wanted.size() && std::equal(drafted.cbegin(), drafted.cend(), wanted.cbegin(), [](const QString &one, const QString &other) {
        return QRegularExpression(QRegularExpression::anchoredPattern(QRegularExpression::escape(other).replace(u"\\*"_s, u"[0-9]+"_s))).match(one).hasMatch();
    });
}

QString jitText(const QString &jitMs)
{
    return u"Aggregate  (cost=120000.00..120001.00 rows=1 width=8) (actual time=99.000..99.500 rows=1.00 loops=1)\n"
           "  ->  Seq Scan on public.item  (cost=0.00..110000.00 rows=4000000 width=4) (actual time=0.010..60.000 rows=4000000.00 loops=1)\n"
           "Planning Time: 0.100 ms\n"
           "JIT:\n"
           "  Functions: 7\n"
           "  Options: Inlining false, Optimization false, Expressions true, Deforming true\n"
           "  Timing: Generation 1.000 ms (Deform 0.400 ms), Inlining 0.000 ms, Optimization 3.000 ms, Emission 4.000 ms, Total %1 ms\n"
           "Execution Time: 100.000 ms\n"_s.arg(jitMs);
}

} // namespace

class TestFindings : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void planted_data();
    void planted();
    void jit();
    void sortUnderLimit();
    void genericPlan();
    void withoutFacts();
    void notPermitted();
    void notRun();
    void facts();
    void eachKind();

private:
    Result<Plan> explain(const QByteArray &statement, const QByteArray &options = "ANALYZE, BUFFERS, FORMAT JSON");
    QVector<Finding> findingsIn(const Plan &plan, bool *ok);
    void run(const QString &statement);

    std::unique_ptr<TestServer> m_server;
    std::unique_ptr<pg::Connection> m_link;
    QSet<QString> m_found; // kinds
};

void TestFindings::initTestCase()
{
    QString why;
    test::ServerSetup setup;
    setup.major = major();
    setup.settings = {u"autovacuum=off"_s, u"fsync=off"_s};
    m_server = TestServer::start(setup, &why);
    QVERIFY2(m_server, qPrintable(why));
    auto link = m_server->admin();
    QVERIFY2(link, link ? "" : qPrintable(link.error().text()));
    m_link = *std::move(link);
    const auto all = ::planted();
    QVERIFY(all.size() > 40);
    for (const QString &statement : QString::fromUtf8(all.first().text).split(u";\n"_s))
        run(statement);
}

void TestFindings::init()
{
    run(u"RESET ALL"_s);
}

void TestFindings::run(const QString &statement)
{
    const auto done = m_link->run({statement.toUtf8(), {}});
    QVERIFY2(done, done ? "" : qPrintable(done.error().text() + u' ' + statement));
}

Result<Plan> TestFindings::explain(const QByteArray &statement, const QByteArray &options)
{
    const auto rows = m_link->run({"EXPLAIN (" + options + ") " + statement, {}});
    if (!rows)
        return fail(rows.error());
    QStringList lines;
    for (qsizetype row = 0; row < rows->size(); ++row)
        lines.append(rows->text(row, 0));
    auto plans = parsePlans(lines.join(u'\n'));
    if (!plans)
        return fail(plans.error());
    return plans->first();
}

QVector<Finding> TestFindings::findingsIn(const Plan &plan, bool *ok)
{
    const auto facts = readFacts(*m_link, {plan});
    *ok = facts.has_value();
    if (!facts)
        qWarning("%s", qPrintable(facts.error().text()));
    return facts ? findingsOf(plan, &*facts) : QVector<Finding>();
}

void TestFindings::planted_data()
{
    QTest::addColumn<int>("at");
    const auto all = ::planted();
    for (qsizetype at = 1; at < all.size(); ++at)
        if (all[at].since <= major())
            QTest::newRow(all[at].name.toUtf8().constData()) << int(at);
}

void TestFindings::planted()
{
    QFETCH(int, at);
    const Planted one = ::planted()[at];
    for (const QString &statement : one.before)
        run(statement);
    for (const QString &setting : one.settings) {
        const qsizetype is = setting.indexOf(u'=');
        run(u"SET %1 = '%2'"_s.arg(setting.first(is), setting.sliced(is + 1)));
    }
    const bool well = one.kind.isEmpty();
    bool ok = false;
    Finding finding;
    // As text too: what is read of it is the same.
    for (const QByteArray &options : {QByteArray("ANALYZE, BUFFERS, FORMAT JSON"), QByteArray("ANALYZE, BUFFERS, VERBOSE")}) {
        auto plan = explain(one.text, options);
        QVERIFY2(plan, plan ? "" : qPrintable(plan.error().text()));
        auto findings = findingsIn(*plan, &ok);
        QVERIFY(ok);
        const auto isThere = [&one](const Finding &candidate) { return candidate.name() == one.kind; };
        // A pause of a busy machine may take so much of one measurement that the problem's share is none.
        for (int again = 0; again < 3 && !well && std::none_of(findings.cbegin(), findings.cend(), isThere); ++again) {
            plan = explain(one.text, options);
            QVERIFY2(plan, plan ? "" : qPrintable(plan.error().text()));
            findings = findingsIn(*plan, &ok);
            QVERIFY(ok);
        }
        const QByteArray what = told(findings).toUtf8();
        if (qEnvironmentVariableIsSet("PLAN_SHOW"))
            qInfo("%s", what.constData());
        if (well) {
            QVERIFY2(findings.isEmpty(), what.constData());
            continue;
        }
        const auto found = std::find_if(findings.cbegin(), findings.cend(), isThere);
        if (found == findings.cend() && qEnvironmentVariableIsSet("PLAN_SHOW")) {
            const auto text = m_link->run({"EXPLAIN (ANALYZE, BUFFERS) " + one.text, {}});
            for (qsizetype row = 0; text && row < text->size(); ++row)
                qInfo("%s", qPrintable(text->text(row, 0)));
        }
        QVERIFY2(found != findings.cend(), qPrintable(u"none of %1 among: %2"_s.arg(one.kind, QString::fromUtf8(what))));
        finding = *found;
        QCOMPARE(finding.relation, one.relation);
        QVERIFY2(fits(finding.statements, one.drafts), what.constData());
        QVERIFY2(finding.share && *finding.share > 0 && *finding.share <= 1, what.constData());
        QVERIFY(!finding.evidence.isEmpty() && !finding.remedy.isEmpty() && !finding.cost.isEmpty());
        for (const QString &text : {finding.evidence, finding.remedy, finding.cost})
            QVERIFY2(!QRegularExpression(u"%[0-9]"_s).match(text).hasMatch() && text.endsWith(u'.'), qPrintable(text));
        m_found.insert(one.kind);
    }
    if (well)
        return;
    for (const QString &statement : finding.statements + one.after)
        run(statement);
    for (const QString &setting : one.unset)
        run(u"RESET "_s + setting);
    const auto mended = explain(one.instead.isEmpty() ? one.text : one.instead);
    QVERIFY2(mended, mended ? "" : qPrintable(mended.error().text()));
    for (const Finding &left : findingsIn(*mended, &ok))
        QVERIFY2(left.name() != one.kind, qPrintable(told({left})));
    QVERIFY(ok);
}

void TestFindings::jit()
{
    const auto dear = parsePlans(jitText(u"40.000"_s)), cheap = parsePlans(jitText(u"8.000"_s));
    QVERIFY(dear && cheap);
    QVERIFY(findingsOf(cheap->first()).isEmpty());
    const auto findings = findingsOf(dear->first());
    QCOMPARE(findings.size(), 1);
    QCOMPARE(findings.first().name(), u"jit_cost"_s);
    QCOMPARE(findings.first().share, 0.4);
    QCOMPARE(findings.first().statements, QStringList{u"SET jit_above_cost = 190000"_s});
    QVERIFY2(findings.first().evidence.contains(u"40 ms of 100 ms"_s), qPrintable(findings.first().evidence));
    run(findings.first().statements.first());
    m_found.insert(u"jit_cost"_s);
}

// Two values have nearly all rows, a third a few: the plan for any of them walks by the key until it has ten, which for the rare one is nearly the whole table.
// A LIMIT above it takes few rows of a sort: what was sorted is what the node below gave, in each process.
void TestFindings::sortUnderLimit()
{
    const auto read = parsePlans(QString::fromLatin1(R"([{"Plan": {"Node Type": "Limit", "Actual Startup Time": 150.0, "Actual Total Time": 160.0, "Actual Rows": 100, "Actual Loops": 1,
        "Plan Rows": 100, "Plan Width": 96, "Plans": [{"Node Type": "Gather Merge", "Actual Startup Time": 150.0, "Actual Total Time": 159.0, "Actual Rows": 100, "Actual Loops": 1,
        "Plan Rows": 200000, "Plan Width": 96, "Workers Planned": 2, "Workers Launched": 2, "Plans": [{"Node Type": "Sort", "Sort Key": ["note"], "Sort Method": "external merge",
        "Sort Space Used": 8800, "Sort Space Type": "Disk", "Actual Startup Time": 140.0, "Actual Total Time": 141.0, "Actual Rows": 343, "Actual Loops": 3, "Plan Rows": 83333,
        "Plan Width": 96, "Plans": [{"Node Type": "Seq Scan", "Relation Name": "orders", "Schema": "shop", "Alias": "o", "Actual Startup Time": 0.1, "Actual Total Time": 40.0,
        "Actual Rows": 66630, "Actual Loops": 3, "Plan Rows": 83333, "Plan Width": 96}]}]}]}, "Execution Time": 161.0}])"));
    QVERIFY2(read && read->size() == 1, read ? "more than one" : qPrintable(read.error().text()));
    const QVector<Finding> found = findingsOf(read->first());
    const auto spill = std::find_if(found.cbegin(), found.cend(), [](const Finding &one) { return one.kind == Finding::Kind::Spill; });
    QVERIFY(spill != found.cend());
    QVERIFY2(spill->evidence.contains("66,630 rows"_L1), qPrintable(spill->evidence));
    QCOMPARE(spill->statements.size(), 1);
    static const QRegularExpression megabytes(u"work_mem = '([0-9]+)MB'"_s);
    const int wanted = megabytes.match(spill->statements.first()).captured(1).toInt();
    QVERIFY2(wanted >= 12 && wanted <= 24, qPrintable(spill->statements.first())); // 66,630 tuples of 120 bytes, and their array
}

void TestFindings::genericPlan()
{
    run(u"CREATE TABLE shop.skewed (id int PRIMARY KEY, state int, pad text)"_s);
    run(u"INSERT INTO shop.skewed SELECT g, CASE WHEN g > 99900 THEN 2 ELSE g % 2 END, repeat('z', 200) FROM generate_series(1, 100000) g"_s);
    run(u"CREATE INDEX skewed_state ON shop.skewed (state)"_s);
    run(u"VACUUM ANALYZE shop.skewed"_s);
    run(u"PREPARE by_state (int) AS SELECT * FROM shop.skewed WHERE state = $1 ORDER BY id LIMIT 10"_s);
    const auto planOf = [this](const QString &mode, const QByteArray &options) {
        run(u"SET plan_cache_mode = "_s + mode);
        (void)explain("EXECUTE by_state (2)", options);
        return explain("EXECUTE by_state (2)", options);
    };
    const auto generic = planOf(u"force_generic_plan"_s, "ANALYZE, FORMAT JSON"), custom = planOf(u"force_custom_plan"_s, "ANALYZE, FORMAT JSON");
    QVERIFY(generic && custom);
    const auto finding = genericPlanFinding(*generic, *custom);
    QVERIFY(finding.has_value());
    QCOMPARE(finding->name(), u"generic_plan"_s);
    QCOMPARE(finding->relation, u"skewed"_s);
    QVERIFY(finding->share && *finding->share > 0.5);
    QVERIFY2(!genericPlanFinding(*custom, *generic), "the custom plan is the better one");
    QVERIFY(!genericPlanFinding(*generic, *generic));
    // By the costs alone, where neither was run: the planner takes the generic one for the cheaper, so that nothing can be said of it.
    const auto genericCost = planOf(u"force_generic_plan"_s, "VERBOSE"), customCost = planOf(u"force_custom_plan"_s, "VERBOSE");
    QVERIFY(genericCost && customCost);
    QVERIFY(!genericPlanFinding(*genericCost, *customCost));
    const auto byCost = genericPlanFinding(*customCost, *genericCost);
    QVERIFY(byCost && !byCost->share && byCost->evidence.contains(u"neither was run"_s));
    QCOMPARE(byCost->relation, u"shop.skewed"_s);
    // Mended: the session plans for the value.
    run(u"RESET plan_cache_mode"_s);
    QCOMPARE(finding->statements.size(), 1);
    run(finding->statements.first());
    const auto mended = explain("EXECUTE by_state (2)");
    QVERIFY(mended && !genericPlanFinding(*mended, *custom));
    m_found.insert(u"generic_plan"_s);
}

// Nothing asked of a server: what is not known is said to be so, and no schema is made up.
void TestFindings::withoutFacts()
{
    const auto plan = explain("SELECT * FROM shop.sale WHERE pad = 'none' AND id % 2 = 0");
    QVERIFY(plan);
    const auto findings = findingsOf(*plan);
    QVERIFY2(findings.size() == 1, qPrintable(told(findings)));
    QCOMPARE(findings.first().relation, u"sale"_s);
    QVERIFY2(findings.first().evidence.contains(u"not known"_s), qPrintable(findings.first().evidence));
    QVERIFY2(findings.first().statements.first().startsWith("CREATE INDEX CONCURRENTLY ON sale (pad"_L1), qPrintable(told(findings)));
}

// A role that may see nothing of the statistics: unknown, and no error.
void TestFindings::notPermitted()
{
    run(u"CREATE ROLE plain LOGIN PASSWORD 'plain'"_s);
    pg::ConnectionSpec spec = m_server->spec();
    spec.role = u"plain"_s;
    auto link = pg::Connection::open(spec, Secret("plain"));
    QVERIFY2(link, link ? "" : qPrintable(link.error().text()));
    const auto plan = explain("SELECT * FROM shop.sale WHERE pad = 'none'");
    QVERIFY(plan);
    const auto few = readFacts(**link, {*plan});
    QVERIFY2(few, few ? "" : qPrintable(few.error().text()));
    const RelationFacts *sale = few->find(u"shop", u"sale");
    QVERIFY(sale && sale->rows && !sale->hasStatistics && sale->column(u"pad") && !sale->column(u"pad")->width);
    run(u"REVOKE SELECT ON pg_catalog.pg_stats FROM PUBLIC"_s);
    const auto none = readFacts(**link, {*plan});
    run(u"GRANT SELECT ON pg_catalog.pg_stats TO PUBLIC"_s);
    QVERIFY2(none, none ? "" : qPrintable(none.error().text()));
    QCOMPARE(none->notPermitted, (QStringList{u"relations"_s, u"columns"_s}));
    const auto findings = findingsOf(*plan, &*none);
    QVERIFY(!findings.isEmpty() && findings.first().evidence.contains(u"not known"_s));
}

// EXPLAIN alone: by what the server knows of the table, and no share of a time.
void TestFindings::notRun()
{
    const auto plan = explain("SELECT * FROM shop.skip WHERE pad = 'none'", "FORMAT JSON");
    QVERIFY(plan && !plan->analyzed());
    bool ok = false;
    const auto findings = findingsIn(*plan, &ok);
    QVERIFY2(ok && (findings.isEmpty() || !findings.first().share), qPrintable(told(findings)));
    const auto rare = explain("SELECT * FROM shop.line WHERE state = 17", "FORMAT JSON");
    QVERIFY(rare);
    const auto found = findingsIn(*rare, &ok);
    QVERIFY2(found.size() == 1 && found.first().name() == "missing_index"_L1 && !found.first().share && found.first().evidence.contains(u"estimate"_s),
             qPrintable(told(found)));
}

void TestFindings::facts()
{
    run(u"CREATE SCHEMA other"_s);
    run(u"CREATE TABLE other.sale (id int)"_s);
    const auto plan = explain("SELECT * FROM shop.sale WHERE id = 1"); // names no schema
    QVERIFY(plan);
    auto facts = readFacts(*m_link, {*plan});
    QVERIFY2(facts, facts ? "" : qPrintable(facts.error().text()));
    QCOMPARE(facts->relations.size(), 2);
    QVERIFY2(!facts->find(u"", u"sale"), "two of that name: none is the one");
    QVERIFY(facts->find(u"shop", u"sale"));
    facts->searchPath = {u"none"_s, u"other"_s, u"shop"_s};
    QCOMPARE(facts->find(u"", u"sale")->schema, u"other"_s);
    const RelationFacts *sale = facts->find(u"shop", u"sale");
    QCOMPARE(sale->rows, 200000);
    QVERIFY(*sale->pages > 1000 && sale->allVisiblePages == sale->pages);
    QCOMPARE(sale->changedSinceAnalyze, 0);
    QCOMPARE(sale->column(u"code")->type, u"character varying"_s);
    QVERIFY(sale->column(u"code")->sameAs.contains(u"text"_s) && sale->column(u"code")->ordered && sale->column(u"code")->width > 5);
    QVERIFY(!sale->column(u"id")->sameAs.contains(u"numeric"_s));
    QVERIFY(std::any_of(sale->indexes.cbegin(), sale->indexes.cend(), [](const IndexFacts &index) {
        return index.name == "sale_pkey"_L1 && index.unique && index.valid && index.keys.size() == 1 && index.keys.first().column == "id"_L1;
    }));
    const RelationFacts *other = facts->find(u"other", u"sale");
    QVERIFY(!other->rows && !other->pages && other->hasStatistics == false && other->analyzed == false);
    run(u"DROP SCHEMA other CASCADE"_s);
}

// None is there that no test has seen.
void TestFindings::eachKind()
{
    QStringList missing;
    for (const Finding::Kind kind : findingKinds())
        if (!m_found.contains(findingName(kind)) && !(major() < 18 && kind == Finding::Kind::IndexSearches))
            missing.append(findingName(kind));
    QVERIFY2(missing.isEmpty(), qPrintable(missing.join(u", "_s)));
}

QTEST_GUILESS_MAIN(TestFindings)
#include "tst_findings.moc"
