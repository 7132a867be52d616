// SPDX-License-Identifier: GPL-3.0-or-later
// Estimates by HypoPG. Here an extension of its name stands in, whose indexes are real until its reset: HypoPG itself is tried on the stack, which has it
// (backup.lab). What counts is what is asked of it, and that nothing is run.
#include "support/testserver.h"
#include "support/verifyok.h"
#include "trial/draft.h"
#include "trial/hypothetical.h"
#include "trial/report.h"
#include "trial/ways.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace howdah;
using namespace howdah::trial;
using namespace Qt::StringLiterals;

class TestHypothetical : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase() { m_server.reset(); }
    void notInstalled();
    void notOfTheExtension();
    void notPermitted();
    void costsAlone();
    void withValues();
    void neverRun();
    void asARole();
    void indexOnly();
    void notThroughAPooler();
    void refusedByIt();
    void ways();

private:
    std::unique_ptr<pg::Connection> link(const QString &database = QStringLiteral("postgres"), const QString &role = QStringLiteral("postgres"))
    {
        pg::ConnectionSpec spec = m_server->spec();
        spec.database = database;
        spec.role = role;
        auto opened = pg::Connection::open(spec, m_server->password());
        return opened ? *std::move(opened) : nullptr;
    }
    static TrialRequest of(const QString &text, const QStringList &remedies)
    {
        TrialRequest request;
        request.statement.text = text;
        request.remedies = remedies;
        return request;
    }

    QTemporaryDir m_dir{QStringLiteral("/tmp/howdah-hypopg-XXXXXX")};
    std::unique_ptr<test::TestServer> m_server;
};

void TestHypothetical::initTestCase()
{
    const auto put = [&](const QString &name, const char *text) {
        QFile file(m_dir.filePath(u"extension/"_s + name));
        return file.open(QIODevice::WriteOnly) && file.write(text) > 0;
    };
    QVERIFY(QDir(m_dir.path()).mkpath(u"extension"_s));
    QVERIFY(put(u"hypopg.control"_s, "default_version = '1.0'\nrelocatable = false\n"));
    QVERIFY(put(u"hypopg--1.0.sql"_s, R"(
CREATE TABLE @extschema@.made (oid oid, name text);
GRANT ALL ON @extschema@.made TO PUBLIC;
CREATE FUNCTION @extschema@.hypopg_create_index(sql_order text, OUT indexrelid oid, OUT indexname text) RETURNS SETOF record
LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    EXECUTE sql_order;
    SELECT c.oid, c.relname INTO indexrelid, indexname FROM pg_catalog.pg_class AS c WHERE c.relkind = 'i' ORDER BY c.oid DESC LIMIT 1;
    INSERT INTO @extschema@.made VALUES (indexrelid, indexname);
    RETURN NEXT;
END $$;
CREATE FUNCTION @extschema@.hypopg_relation_size(indexid oid) RETURNS bigint LANGUAGE sql AS 'SELECT 12345::bigint';
CREATE FUNCTION @extschema@.hypopg_reset() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE one oid;
BEGIN
    FOR one IN DELETE FROM @extschema@.made RETURNING oid LOOP
        EXECUTE pg_catalog.format('DROP INDEX %s', one::pg_catalog.regclass);
    END LOOP;
END $$;
)"));
    QFile::setPermissions(m_dir.path(), QFile::Permissions(0x7755));
    QFile::setPermissions(m_dir.filePath(u"extension"_s), QFile::Permissions(0x7755));
    for (const char *name : {"hypopg.control", "hypopg--1.0.sql"})
        QFile::setPermissions(m_dir.filePath(u"extension/"_s + QString::fromLatin1(name)), QFile::Permissions(0x6644));
    QString why;
    test::ServerSetup setup;
    setup.settings = {u"autovacuum=off"_s, u"extension_control_path=$system:"_s + m_dir.path()};
    m_server = test::TestServer::start(setup, &why);
    QVERIFY2(m_server, qPrintable(why));
    QVERIFY2(
        m_server->sql({"CREATE DATABASE bare", "CREATE SCHEMA \"odd Schema\"", "CREATE EXTENSION hypopg SCHEMA \"odd Schema\"",
                       "CREATE ROLE nobody_much LOGIN PASSWORD '" + QByteArray(m_server->password().data()) + "'", "CREATE SCHEMA shop",
                       "CREATE TABLE shop.orders (id int, customer_id int)", "INSERT INTO shop.orders SELECT g, g % 20000 FROM generate_series(1, 100000) AS g",
                       "VACUUM ANALYZE shop.orders", "CREATE SEQUENCE shop.runs"},
                      &why),
        qPrintable(why));
}

void TestHypothetical::notInstalled()
{
    const auto connection = link(u"bare"_s);
    QVERIFY(connection);
    const auto found = readHypoPg(*connection);
    VERIFY_OK(found);
    QVERIFY(found->state == HypoPg::State::NotInstalled && found->todo.contains("bare"_L1));
    const auto trial = tryHypothetical(*connection, of(u"SELECT 1"_s, {u"CREATE INDEX ON t (a)"_s}));
    QVERIFY(!trial);
    QCOMPARE(trial.error().reason, u"no_hypopg"_s);
}

// Anybody may make a function of that name; it is not called.
void TestHypothetical::notOfTheExtension()
{
    const auto connection = link(u"bare"_s);
    QVERIFY(connection);
    QVERIFY(connection->run({"CREATE SCHEMA hypopg", {}}));
    QVERIFY(connection->run({"CREATE FUNCTION hypopg.hypopg_create_index(text) RETURNS int LANGUAGE sql AS 'SELECT 1'", {}}));
    QCOMPARE(readHypoPg(*connection)->state, HypoPg::State::NotInstalled);
}

void TestHypothetical::notPermitted()
{
    const auto connection = link(u"postgres"_s, u"nobody_much"_s);
    QVERIFY(connection);
    const auto found = readHypoPg(*connection);
    VERIFY_OK(found);
    QVERIFY(found->state == HypoPg::State::NotPermitted && found->todo.contains("GRANT USAGE ON SCHEMA \"odd Schema\" TO nobody_much"_L1));
    QCOMPARE(tryHypothetical(*connection, of(u"SELECT 1"_s, {u"CREATE INDEX ON t (a)"_s})).error().kind, ErrorKind::Permission);
}

void TestHypothetical::costsAlone()
{
    const auto connection = link();
    QVERIFY(connection);
    const auto trial =
        tryHypothetical(*connection, of(u"SELECT * FROM shop.orders WHERE customer_id = $1"_s, {u"CREATE INDEX CONCURRENTLY ON shop.orders (customer_id)"_s}));
    VERIFY_OK(trial);
    QCOMPARE(trial->on, Trial::On::HypoPg);
    QVERIFY(!trial->before.ran && !trial->after.ran && !trial->before.medianUs && !trial->after.blocks.touched());
    QVERIFY(*trial->before.cost > 10 * *trial->after.cost);
    QCOMPARE(trial->judgement.verdict, Judgement::Verdict::Faster);
    QVERIFY(!trial->judgement.measured && trial->judgement.words.contains("An estimate"_L1));
    QCOMPARE(trial->remedies.first().made.first().used, std::optional(true));
    QCOMPARE(trial->remedies.first().made.first().bytes, std::optional<qint64>(12345));
    QVERIFY(!trial->remedies.first().tookMs && trial->remedies.first().undo.isEmpty() && !trial->remedies.first().stays);
    QVERIFY(trial->notes.join(u' ').contains("Estimates only"_L1));
    QVERIFY(toText(*trial).contains("By HypoPG"_L1) && toText(*trial).contains("supposed"_L1));
    // Reset.
    QCOMPARE(connection->run({"SELECT count(*) FROM \"odd Schema\".made", {}})->integer(0, 0), std::optional<qint64>(0));
}

void TestHypothetical::withValues()
{
    const auto connection = link();
    QVERIFY(connection);
    TrialRequest request = of(u"SELECT * FROM orders WHERE customer_id = $1"_s, {u"CREATE INDEX ON orders (customer_id)"_s, u"CREATE INDEX ON orders (id)"_s});
    request.statement.searchPath = {u"shop"_s};
    request.statement.values = {{1, {u"5"_s, {}}}};
    const auto trial = tryHypothetical(*connection, request);
    VERIFY_OK(trial);
    QCOMPARE(trial->after.rung, explain::Rung::Values);
    QCOMPARE(trial->remedies[0].made.first().used, std::optional(true));
    QCOMPARE(trial->remedies[1].made.first().used, std::optional(false));
    const auto draft = draftOf(*trial);
    VERIFY_OK(draft);
    QCOMPARE(draft->files.first().section(false),
             "CREATE INDEX CONCURRENTLY orders_customer_id_idx ON shop.orders (customer_id);\nCREATE INDEX CONCURRENTLY orders_id_idx ON shop.orders (id);\n");
    QCOMPARE(draft->files.first().down.first().text, u"DROP INDEX CONCURRENTLY shop.orders_id_idx"_s);
}

void TestHypothetical::neverRun()
{
    const auto connection = link();
    QVERIFY(connection);
    TrialRequest request = of(u"SELECT nextval('shop.runs') FROM shop.orders WHERE customer_id = 5"_s, {u"CREATE INDEX ON shop.orders (customer_id)"_s});
    request.statement.mode = explain::Mode::Analyze; // whatever is asked
    request.statement.consent = true;
    VERIFY_OK(tryHypothetical(*connection, request));
    QCOMPARE(connection->run({"SELECT is_called FROM shop.runs", {}})->boolean(0, 0), std::optional(false));
}

void TestHypothetical::asARole()
{
    const auto connection = link();
    QVERIFY(connection);
    TrialRequest request = of(u"SELECT * FROM shop.orders WHERE customer_id = 5"_s, {u"CREATE INDEX ON shop.orders (customer_id)"_s});
    request.role = u"nobody_much"_s;
    QCOMPARE(tryHypothetical(*connection, request).error().sqlstate, u"42501"_s);
    QCOMPARE(connection->run({"SELECT current_user", {}})->text(0, 0), u"postgres"_s);
}

void TestHypothetical::indexOnly()
{
    const auto connection = link();
    QVERIFY(connection);
    for (const char *remedy : {"ANALYZE shop.orders", "SET work_mem = '64MB'", "DROP INDEX shop.i"}) {
        const auto trial = tryHypothetical(*connection, of(u"SELECT 1"_s, {QString::fromLatin1(remedy)}));
        QVERIFY(!trial);
        QCOMPARE(trial.error().reason, u"index_only"_s);
    }
}

void TestHypothetical::notThroughAPooler()
{
    pg::ConnectionSpec spec = m_server->spec();
    spec.pooler = true;
    auto connection = pg::Connection::open(spec, m_server->password());
    VERIFY_OK(connection);
    QCOMPARE(tryHypothetical(**connection, of(u"SELECT 1"_s, {u"CREATE INDEX ON shop.orders (id)"_s})).error().reason, u"pooler"_s);
}

void TestHypothetical::refusedByIt()
{
    const auto connection = link();
    QVERIFY(connection);
    const auto trial =
        tryHypothetical(*connection, of(u"SELECT * FROM shop.orders"_s, {u"CREATE INDEX ON shop.orders (id)"_s, u"CREATE INDEX ON shop.orders (nothing)"_s}));
    QVERIFY(!trial);
    QVERIFY(trial.error().context.contains("(nothing)"_L1));
    QCOMPARE(connection->run({"SELECT count(*) FROM \"odd Schema\".made", {}})->integer(0, 0), std::optional<qint64>(0));
}

void TestHypothetical::ways()
{
    Ways none;
    none.labs.emplace();
    none.hypoPg = HypoPg{HypoPg::State::NotInstalled, {}, {}, u"CREATE EXTENSION hypopg"_s};
    QVERIFY(!none.any());
    QVERIFY(waysText(none).join(u' ').contains("backup create"_L1) && waysText(none).join(u' ').contains("lab create"_L1) &&
            waysText(none).join(u' ').contains("CREATE EXTENSION"_L1));
    Ways unknown;
    unknown.labsMissing = u"no Docker"_s;
    unknown.hypoPgMissing = u"not asked"_s;
    QVERIFY(!unknown.any());
    QVERIFY(waysText(unknown).join(u' ').contains("Labs: not known (no Docker)"_L1));
    Ways some = none;
    backup::Lab lab;
    lab.name = u"trial"_s;
    lab.running = true;
    lab.rehearsal.changed = {u"ANALYZE t"_s};
    some.labs->append(lab);
    QVERIFY(some.any() && waysText(some).join(u' ').contains("--lab trial"_L1) && waysText(some).join(u' ').contains("ANALYZE t"_L1));
    some.labs->first().running = false;
    QVERIFY(!some.any() && waysText(some).join(u' ').contains("docker start"_L1));
}

QTEST_GUILESS_MAIN(TestHypothetical)
#include "tst_hypothetical.moc"
