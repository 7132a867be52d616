// SPDX-License-Identifier: GPL-3.0-or-later
// Trials on a real server that stands for a lab: what is measured, what a remedy makes, and that the lab is as it was afterwards, whatever went wrong.
#include "plan/report.h"
#include "support/testserver.h"
#include "support/verifyok.h"
#include "trial/draft.h"
#include "trial/report.h"

#include <QJsonArray>
#include <QTest>

using namespace howdah;
using namespace howdah::trial;
using namespace Qt::StringLiterals;

class TestOnLab : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void cleanup();
    void cleanupTestCase() { m_server.reset(); }
    void indexIsUsed();
    void indexIsNotUsed();
    void withoutValues();
    void nameAndSearchPath();
    void statisticsAndWhatStays();
    void partitioned();
    void adopted();
    void expression();
    void setting();
    void customPlans();
    void tooSlowBefore();
    void failedRemedy();
    void brokenIndex();
    void cancelledInTheMidst();
    void cutOff();
    void oneAtATime();
    void notItsOwn();
    void asARole();
    void writing();
    void told();

private:
    TrialRequest of(const QString &text, const QStringList &remedies, const QMap<int, explain::Value> &values = {}) const
    {
        TrialRequest request;
        request.statement.text = text;
        request.statement.values = values;
        request.remedies = remedies;
        request.where = u"the lab trial"_s;
        return request;
    }
    QString scalar(const QByteArray &question)
    {
        const auto rows = m_link->run({question, {}});
        return rows ? (rows->isEmpty() ? QString() : rows->text(0, 0)) : rows.error().text();
    }
    // All that a trial may have left.
    QString state()
    {
        return scalar("SELECT concat_ws(' ', (SELECT string_agg(indexrelid::text, ',' ORDER BY indexrelid) FROM pg_catalog.pg_index), (SELECT count(*) FROM "
                      "pg_catalog.pg_statistic_ext), "
                      "(SELECT sum(hashtext(o::text)) FROM shop.orders AS o), current_user, current_setting('work_mem'))");
    }

    std::unique_ptr<test::TestServer> m_server;
    std::unique_ptr<pg::Connection> m_link; // the trial's own
    QString m_before;
};

void TestOnLab::initTestCase()
{
    QString why;
    test::ServerSetup setup;
    setup.settings = {u"autovacuum=off"_s, u"jit=off"_s, u"max_parallel_workers_per_gather=0"_s, u"work_mem=1MB"_s};
    m_server = test::TestServer::start(setup, &why);
    QVERIFY2(m_server, qPrintable(why));
    QVERIFY2(m_server->sql({"CREATE SCHEMA shop", "CREATE TABLE shop.orders (id int PRIMARY KEY, customer_id int, town int, zip int, note text)",
                            "INSERT INTO shop.orders SELECT g, g % 20000, g % 100, g % 100, 'note ' || g FROM generate_series(1, 100000) AS g",
                            "CREATE TABLE shop.parted (a int, b int) PARTITION BY RANGE (b)",
                            "CREATE TABLE shop.p1 PARTITION OF shop.parted FOR VALUES FROM (0) TO (50)",
                            "CREATE TABLE shop.p2 PARTITION OF shop.parted FOR VALUES FROM (50) TO (100)",
                            "INSERT INTO shop.parted SELECT g, g % 100 FROM generate_series(1, 40000) AS g", "CREATE TABLE shop.secret (x int)",
                            "CREATE TABLE shop.skewed (status int, body text)",
                            "INSERT INTO shop.skewed SELECT CASE WHEN g <= 20 THEN g ELSE 0 END, 'b' FROM generate_series(1, 50000) AS g",
                            "CREATE INDEX skewed_status ON shop.skewed (status)", "CREATE ROLE app", "GRANT USAGE ON SCHEMA shop TO app",
                            "GRANT SELECT ON shop.orders TO app", "VACUUM ANALYZE"},
                           &why),
             qPrintable(why));
}

void TestOnLab::init()
{
    auto link = m_server->admin();
    VERIFY_OK(link);
    m_link = *std::move(link);
    m_before = state();
}

// Whatever a trial did, nothing is left of it but what it says.
void TestOnLab::cleanup()
{
    if (m_link)
        QCOMPARE(state(), m_before);
    m_link.reset();
}

void TestOnLab::indexIsUsed()
{
    TrialRequest request =
        of(u"SELECT * FROM shop.orders WHERE customer_id = $1"_s, {u"CREATE INDEX CONCURRENTLY ON shop.orders (customer_id)"_s}, {{1, {u"77"_s, {}}}});
    request.runs = 5;
    QStringList steps;
    const auto trial = tryOnLab(*m_link, request, [&](const ProgressStep &step) { steps.append(step.step); });
    VERIFY_OK(trial);
    for (const Measured *measured : {&trial->before, &trial->after}) {
        QVERIFY(measured->ran && measured->coldUs && measured->reason.isEmpty());
        QCOMPARE(measured->runsUs.size(), 5);
        QVector<qint64> sorted = measured->runsUs;
        std::sort(sorted.begin(), sorted.end());
        QCOMPARE(*measured->medianUs, sorted[2]);
        // The plan that is shown is the one of that run.
        QCOMPARE(*measured->plan.executionUs, *measured->medianUs);
        QCOMPARE(measured->rung, explain::Rung::Values);
    }
    QCOMPARE(trial->before.plan.nodes.first().type, u"Seq Scan"_s);
    QVERIFY(trial->after.plan.nodes.first().type != "Seq Scan"_L1);
    QVERIFY2(*trial->before.blocks.touched() > 10 * *trial->after.blocks.touched(), qPrintable(toText(*trial)));
    QCOMPARE(trial->judgement.verdict, Judgement::Verdict::Faster);
    QVERIFY(trial->judgement.measured && *trial->judgement.factor > 2);
    QVERIFY(!trial->comparison.sameShape);
    QCOMPARE(trial->remedies.size(), 1);
    const RemedyRun &run = trial->remedies.first();
    QVERIFY(run.tookMs && !run.stays);
    QCOMPARE(run.made.size(), 1);
    QCOMPARE(run.made.first().name, u"shop.orders_customer_id_idx"_s);
    QCOMPARE(run.made.first().relation, u"shop.orders"_s);
    QCOMPARE(run.made.first().used, std::optional(true));
    QVERIFY(run.made.first().bytes && *run.made.first().bytes > 100'000);
    QCOMPARE(run.undo, QStringList{u"DROP INDEX shop.orders_customer_id_idx"_s});
    QVERIFY(trial->stays.isEmpty());
    QVERIFY(steps.contains(u"Measure before"_s) && steps.contains(u"Run the remedy"_s) && steps.contains(u"Measure after"_s));
    const auto draft = draftOf(*trial);
    VERIFY_OK(draft);
    QCOMPARE(draft->files.first().up.first().text, u"CREATE INDEX CONCURRENTLY orders_customer_id_idx ON shop.orders (customer_id)"_s);
}

void TestOnLab::indexIsNotUsed()
{
    const auto trial = tryOnLab(*m_link, of(u"SELECT count(*) FROM shop.orders WHERE note LIKE '%7'"_s, {u"CREATE INDEX by_town ON shop.orders (town)"_s}));
    VERIFY_OK(trial);
    QCOMPARE(trial->remedies.first().made.first().name, u"shop.by_town"_s);
    QCOMPARE(trial->remedies.first().made.first().used, std::optional(false));
    QVERIFY(trial->comparison.sameShape && trial->before.ran && trial->after.ran);
}

void TestOnLab::withoutValues()
{
    const auto trial = tryOnLab(*m_link, of(u"SELECT * FROM shop.orders WHERE customer_id = $1"_s, {u"CREATE INDEX ON shop.orders (customer_id)"_s}));
    VERIFY_OK(trial);
    for (const Measured *measured : {&trial->before, &trial->after}) {
        QVERIFY(!measured->ran && !measured->medianUs && measured->runsUs.isEmpty() && !measured->blocks.touched());
        QVERIFY(!measured->reason.isEmpty() && measured->cost);
        QCOMPARE(measured->rung, explain::Rung::AnyValues);
    }
    QCOMPARE(trial->judgement.verdict, Judgement::Verdict::Faster);
    QVERIFY(!trial->judgement.measured && trial->judgement.words.contains("was not run"_L1));
    const QJsonObject json = toJson(*trial);
    QVERIFY(json[u"before"_s][u"median_ms"_s].isNull() && json[u"before"_s][u"blocks"_s][u"touched"_s].isNull());
    QVERIFY(toText(*trial).contains("not run"_L1));
}

void TestOnLab::nameAndSearchPath()
{
    TrialRequest request = of(u"SELECT * FROM orders WHERE customer_id = 5"_s, {u"CREATE INDEX ON orders (customer_id)"_s});
    const auto missing = tryOnLab(*m_link, request);
    QVERIFY(!missing);
    QCOMPARE(missing.error().sqlstate, u"42P01"_s);
    request.statement.searchPath = {u"shop"_s};
    const auto trial = tryOnLab(*m_link, request);
    VERIFY_OK(trial);
    QCOMPARE(trial->remedies.first().made.first().name, u"shop.orders_customer_id_idx"_s);
    QVERIFY(trial->after.ran);
    QCOMPARE(draftOf(*trial)->files.first().section(false), "CREATE INDEX CONCURRENTLY orders_customer_id_idx ON shop.orders (customer_id);\n");
}

void TestOnLab::statisticsAndWhatStays()
{
    const TrialRequest request = of(u"SELECT count(*) FROM shop.orders WHERE town = 5 AND zip = 5"_s,
                                    {u"CREATE STATISTICS shop.st (dependencies) ON town, zip FROM shop.orders"_s, u"ANALYZE shop.orders"_s});
    const auto lasting = lastingOf(request);
    VERIFY_OK(lasting);
    QCOMPARE(*lasting, QStringList{u"ANALYZE shop.orders"_s});
    const auto trial = tryOnLab(*m_link, request);
    VERIFY_OK(trial);
    QCOMPARE(trial->stays, *lasting);
    QCOMPARE(trial->remedies[0].made.first().kind, u"statistics"_s);
    QCOMPARE(trial->remedies[0].undo, QStringList{u"DROP STATISTICS shop.st"_s});
    QVERIFY(!trial->remedies[0].made.first().used && !trial->remedies[0].made.first().bytes);
    QVERIFY(!trial->remedies[0].stays && trial->remedies[1].stays);
    // The estimate became right: a tenth of a percent before, one percent after.
    const auto rows = [](const Measured &measured) { return *measured.plan.nodes[1].planRows; };
    QVERIFY2(rows(trial->before) < 100 && rows(trial->after) > 500, qPrintable(toText(*trial)));
}

void TestOnLab::partitioned()
{
    const auto trial = tryOnLab(*m_link, of(u"SELECT * FROM shop.parted WHERE a = 5"_s, {u"CREATE INDEX ON shop.parted (a)"_s}));
    VERIFY_OK(trial);
    QCOMPARE(trial->remedies.first().made.size(), 1); // those of the partitions go with it
    const Made &made = trial->remedies.first().made.first();
    QCOMPARE(made.name, u"shop.parted_a_idx"_s);
    QVERIFY(made.partitioned && *made.bytes > 100'000);
    QCOMPARE(made.used, std::optional(true));
}

// The parent's index takes in the one that a partition had: dropped with it, that would be lost.
void TestOnLab::adopted()
{
    QVERIFY(m_server->sql({"CREATE INDEX earlier ON shop.p1 (a)"}));
    const auto trial = tryOnLab(*m_link, of(u"SELECT * FROM shop.parted WHERE a = 5"_s, {u"CREATE INDEX ON shop.parted (a)"_s}));
    const auto left = m_link->run({"SELECT to_regclass('shop.earlier') IS NOT NULL", {}});
    QVERIFY(m_server->sql({"DROP INDEX shop.parted_a_idx"}));
    VERIFY_OK(trial);
    VERIFY_OK(left);
    QCOMPARE(left->boolean(0, 0), std::optional(true));
    QCOMPARE(trial->stays, QStringList{u"CREATE INDEX ON shop.parted (a)"_s});
    QVERIFY(trial->remedies.first().undo.isEmpty());
    const auto draft = draftOf(*trial);
    VERIFY_OK(draft);
    QVERIFY(draft->isEmpty() && draft->left.size() == 1);
}

void TestOnLab::expression()
{
    const auto trial = tryOnLab(*m_link, of(u"SELECT * FROM shop.orders WHERE customer_id + 1 = 5"_s, {u"CREATE INDEX ON shop.orders ((customer_id + 1))"_s}));
    VERIFY_OK(trial);
    QVERIFY(trial->notes.join(u'\n').contains("ANALYZE shop.orders"_L1));
    QCOMPARE(trial->remedies.first().made.first().used, std::optional(true));
}

void TestOnLab::setting()
{
    const auto trial = tryOnLab(*m_link, of(u"SELECT note FROM shop.orders ORDER BY note OFFSET 99999"_s, {u"SET work_mem = '256MB'"_s}));
    VERIFY_OK(trial);
    QVERIFY2(*trial->before.blocks.tempWritten > 0, qPrintable(toText(*trial)));
    QCOMPARE(*trial->after.blocks.tempWritten, 0);
    QCOMPARE(trial->remedies.first().undo, QStringList{u"RESET work_mem"_s});
    QVERIFY(trial->remedies.first().made.isEmpty() && trial->stays.isEmpty() && draftOf(*trial)->isEmpty());
}

void TestOnLab::customPlans()
{
    const auto trial =
        tryOnLab(*m_link, of(u"SELECT count(*) FROM shop.skewed WHERE status = $1"_s, {u"SET plan_cache_mode = force_custom_plan"_s}, {{1, {u"0"_s, {}}}}));
    VERIFY_OK(trial);
    QCOMPARE(trial->before.rung, explain::Rung::AnyValuesPrepared);
    QCOMPARE(trial->after.rung, explain::Rung::Values);
    QVERIFY(trial->before.ran && trial->after.ran && !trial->comparison.sameShape);
}

void TestOnLab::tooSlowBefore()
{
    TrialRequest request = of(u"SELECT sum((SELECT count(*) FROM shop.orders AS o WHERE o.customer_id = c)) FROM generate_series(1, 300) AS c"_s,
                              {u"CREATE INDEX ON shop.orders (customer_id)"_s});
    request.statement.statementTimeoutMs = 400;
    const auto trial = tryOnLab(*m_link, request);
    VERIFY_OK(trial);
    QCOMPARE(trial->before.overMs, std::optional(400));
    QVERIFY(!trial->before.ran && trial->before.reason.contains("0.4 s"_L1) && !trial->before.medianUs);
    QVERIFY2(trial->after.ran, qPrintable(toText(*trial)));
    QCOMPARE(trial->judgement.verdict, Judgement::Verdict::Faster);
}

void TestOnLab::failedRemedy()
{
    const auto trial =
        tryOnLab(*m_link, of(u"SELECT * FROM shop.orders WHERE customer_id = 5"_s,
                             {u"CREATE INDEX ON shop.orders (customer_id)"_s, u"ANALYZE shop.orders"_s, u"CREATE INDEX ON shop.orders (nothing)"_s}));
    QVERIFY(!trial);
    QCOMPARE(trial.error().sqlstate, u"42703"_s);
    QVERIFY(trial.error().context.contains("(nothing)"_L1));
    QVERIFY2(trial.error().detail.contains("ANALYZE shop.orders"_L1), qPrintable(trial.error().detail)); // cleanup() sees that the index is gone
    QVERIFY(!tryOnLab(*m_link, of(u"SELECT 1"_s, {u"DROP TABLE shop.orders"_s})));
}

void TestOnLab::brokenIndex()
{
    // It leaves an invalid one behind, which goes too.
    const auto trial = tryOnLab(
        *m_link, of(u"SELECT * FROM shop.orders WHERE customer_id = 5"_s, {u"CREATE UNIQUE INDEX CONCURRENTLY broken ON shop.orders (customer_id)"_s}));
    QVERIFY(!trial);
    QCOMPARE(trial.error().sqlstate, u"23505"_s);
    QCOMPARE(scalar("SELECT to_regclass('shop.broken') IS NULL"), u"t"_s);
}

void TestOnLab::cancelledInTheMidst()
{
    const CancelToken cancel;
    bool built = false;
    const auto trial = tryOnLab(
        *m_link, of(u"SELECT * FROM shop.orders WHERE customer_id = 5"_s, {u"CREATE INDEX by_customer ON shop.orders (customer_id)"_s}),
        [&](const ProgressStep &step) {
            if (step.step != "Measure after"_L1 || built)
                return;
            auto other = m_server->admin();
            const auto there = other ? (*other)->run({"SELECT to_regclass('shop.by_customer') IS NOT NULL", {}}) : Result<pg::Rows>(fail(other.error()));
            built = there && there->boolean(0, 0).value_or(false);
            cancel.cancel();
        },
        cancel);
    QVERIFY(built);
    QVERIFY(!trial);
    QCOMPARE(trial.error().kind, ErrorKind::Cancelled);
    QCOMPARE(scalar("SELECT to_regclass('shop.by_customer') IS NULL"), u"t"_s);
}

// The link is gone in the midst: what was built is said to stay, and does.
void TestOnLab::cutOff()
{
    QStringList stays;
    const auto trial = tryOnLab(
        *m_link, of(u"SELECT * FROM shop.orders WHERE customer_id = 5"_s, {u"CREATE INDEX cut_off ON shop.orders (customer_id)"_s, u"SET work_mem = '2MB'"_s}),
        [&](const ProgressStep &step) {
            if (step.step == "Measure after"_L1)
                QVERIFY(m_server->sql({"SELECT pg_terminate_backend(" + QByteArray::number(m_link->facts().backendPid) + ")"}));
        },
        {}, &stays);
    QVERIFY(!trial);
    QCOMPARE(stays, QStringList{u"CREATE INDEX cut_off ON shop.orders (customer_id)"_s});
    QVERIFY2(trial.error().detail.contains("cut_off"_L1), qPrintable(trial.error().text()));
    QVERIFY(m_server->sql({"DROP INDEX shop.cut_off"}));
    init();
}

// Two would measure each other, and each would take the other's indexes for its own.
void TestOnLab::oneAtATime()
{
    const TrialRequest request = of(u"SELECT 1"_s, {u"CREATE INDEX ON shop.orders (customer_id)"_s});
    QStringList second;
    const auto trial = tryOnLab(*m_link, request, [&](const ProgressStep &) {
        auto other = m_server->admin();
        const auto refused = other ? tryOnLab(**other, request) : Result<Trial>(fail(other.error()));
        second.append(refused ? u"tried"_s : refused.error().reason);
    });
    VERIFY_OK(trial);
    second.removeDuplicates();
    QCOMPARE(second, QStringList{u"busy"_s});
    VERIFY_OK(tryOnLab(**m_server->admin(), request));
}

// What others make meanwhile, and what a remedy makes anew, is not dropped.
void TestOnLab::notItsOwn()
{
    QVERIFY(m_server->sql({"CREATE INDEX kept ON shop.orders (town)"}));
    const auto rebuilt = tryOnLab(*m_link, of(u"SELECT count(*) FROM shop.orders WHERE town = 5"_s, {u"REINDEX INDEX CONCURRENTLY shop.kept"_s}));
    VERIFY_OK(rebuilt);
    QCOMPARE(rebuilt->stays, QStringList{u"REINDEX INDEX CONCURRENTLY shop.kept"_s});
    QVERIFY(rebuilt->remedies.first().undo.isEmpty());
    const auto there = tryOnLab(*m_link, of(u"SELECT count(*) FROM shop.orders WHERE town = 5"_s, {u"CREATE INDEX IF NOT EXISTS kept ON shop.orders (town)"_s}));
    VERIFY_OK(there);
    QVERIFY(there->remedies.first().made.isEmpty() && draftOf(*there)->isEmpty());
    QCOMPARE(scalar("SELECT to_regclass('shop.kept') IS NOT NULL"), u"t"_s);
    QVERIFY(m_server->sql({"DROP INDEX shop.kept"}));
}

void TestOnLab::asARole()
{
    TrialRequest request = of(u"SELECT x FROM shop.secret"_s, {u"CREATE INDEX ON shop.secret (x)"_s});
    request.role = u"app"_s;
    const auto denied = tryOnLab(*m_link, request);
    QVERIFY(!denied);
    QCOMPARE(denied.error().sqlstate, u"42501"_s);
    QCOMPARE(scalar("SELECT current_user"), u"postgres"_s);
    // The remedy is the superuser's, the measuring the role's.
    request = of(u"SELECT * FROM shop.orders WHERE customer_id = 5"_s, {u"CREATE INDEX ON shop.orders (customer_id)"_s});
    request.role = u"app"_s;
    const auto trial = tryOnLab(*m_link, request);
    VERIFY_OK(trial);
    QCOMPARE(trial->role, u"app"_s);
    QVERIFY(!trial->notes.join(u'\n').contains("row security"_L1));
    request.role.clear();
    QVERIFY(tryOnLab(*m_link, request)->notes.join(u'\n').contains("row security"_L1));
    request.role = u"nobody there"_s;
    QVERIFY(tryOnLab(*m_link, request).error().context.contains("nobody there"_L1));
}

void TestOnLab::writing()
{
    TrialRequest request = of(u"UPDATE shop.orders SET note = 'x' WHERE customer_id = 5"_s, {u"CREATE INDEX ON shop.orders (customer_id)"_s});
    const auto unasked = tryOnLab(*m_link, request);
    VERIFY_OK(unasked);
    QVERIFY(!unasked->before.ran && !unasked->after.ran && unasked->before.writes && unasked->before.reason.contains("agreed"_L1));
    request.statement.consent = true;
    QCOMPARE(*lastingOf(request), QStringList{QString::fromLatin1(writtenRuns)});
    const auto trial = tryOnLab(*m_link, request);
    VERIFY_OK(trial);
    QVERIFY(trial->before.ran && trial->after.ran && trial->notes.join(u'\n').contains("dead rows"_L1));
    QCOMPARE(trial->stays, *lastingOf(request));
    QCOMPARE(trial->remedies.first().made.first().used, std::optional(true));
}

void TestOnLab::told()
{
    const auto trial = tryOnLab(*m_link, of(u"SELECT * FROM shop.orders WHERE customer_id = 5"_s, {u"CREATE INDEX ON shop.orders (customer_id)"_s}));
    VERIFY_OK(trial);
    const QJsonObject json = toJson(*trial);
    QCOMPARE(json[u"on"_s], u"lab"_s);
    QCOMPARE(json[u"verdict"_s], u"faster"_s);
    QCOMPARE(json[u"measured"_s], true);
    QCOMPARE(json[u"before"_s][u"runs_ms"_s].toArray().size(), 3);
    QVERIFY(json[u"before"_s][u"median_ms"_s].toDouble() > json[u"after"_s][u"median_ms"_s].toDouble());
    QCOMPARE(json[u"before"_s][u"plan"_s].toArray().size(), 1);
    QVERIFY(json[u"remedies"_s][0][u"took_ms"_s].isDouble() && json[u"remedies"_s][0][u"made"_s][0][u"used"_s] == true);
    QVERIFY(json[u"comparison"_s].isObject());
    const QString text = toText(*trial);
    for (const QString &line : {u"median of 3"_s, u"blocks touched"_s, u"locks: SHARE on shop.orders; what waits for it: writes"_s, u"the plan uses it"_s,
                                u"put back: DROP INDEX shop.orders_customer_id_idx"_s, u"On the lab trial"_s})
        QVERIFY2(text.contains(line), qPrintable(line + u'\n' + text));
}

QTEST_GUILESS_MAIN(TestOnLab)
#include "tst_onlab.moc"
