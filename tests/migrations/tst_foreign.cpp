// SPDX-License-Identifier: GPL-3.0-or-later
// Other tools' projects, made by the real tools where there are any here (Alembic, Sqitch, knex, node-pg-migrate), else their exact tables (golang-migrate,
// goose, Flyway): recognised, with what the tool itself says is applied, and nothing of theirs written.
#include "foreignproject.h"

#include <QJsonArray>
#include <QRegularExpression>

using namespace howdah;
using namespace howdah::migrations;
using namespace howdah::test;
using namespace Qt::StringLiterals;

class TestForeign : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase() { m_server.reset(); }

    void alembic();
    void alembicGoneAstray();
    void sqitch();
    void knex();
    void nodePgMigrate();
    void golangMigrate();
    void goose();
    void flyway();
    void flywayChecksums();
    void flywayVersions();
    void byTheirTables_data();
    void byTheirTables();
    void mayNotRead();
    void nothingThere();

private:
    std::unique_ptr<TestServer> m_server;
};

void TestForeign::initTestCase()
{
    QString why;
    m_server = TestServer::start({}, &why);
    QVERIFY2(m_server, qPrintable(why));
}

// The revisions that a line of alembic's begins with.
static QStringList revisionsIn(const QByteArray &said)
{
    QStringList all;
    static const QRegularExpression begin(u"^([0-9a-f]{12})\\b"_s, QRegularExpression::MultilineOption);
    for (auto found = begin.globalMatch(QString::fromUtf8(said)); found.hasNext();)
        all << found.next().captured(1);
    all.sort();
    return all;
}

void TestForeign::alembic()
{
    ForeignFolder folder(*m_server, "alembic");
    putAlembic(folder);
    ForeignProject project = folder.read().value(0);
    QCOMPARE(project.tool, u"alembic"_s);
    QVERIFY(project.asked && project.canRun);
    QCOMPARE(project.heads, QStringList());
    QCOMPARE(project.pending.size(), 6);
    // Both branches, one further than the other: two heads, as alembic itself says.
    QVERIFY2(folder.tool(u"alembic"_s, {u"upgrade"_s, u"3a00000000aa"_s}) == 0, folder.said());
    QVERIFY2(folder.tool(u"alembic"_s, {u"upgrade"_s, u"2b00000000bb"_s}) == 0, folder.said());
    project = folder.one();
    QVERIFY2(folder.tool(u"alembic"_s, {u"current"_s}) == 0, folder.said());
    QCOMPARE(project.heads, revisionsIn(folder.said()));
    QCOMPARE(project.heads, QStringList({u"2b00000000bb"_s, u"3a00000000aa"_s}));
    QVERIFY2(folder.tool(u"alembic"_s, {u"heads"_s}) == 0, folder.said());
    QCOMPARE(project.fileHeads, revisionsIn(folder.said()));
    QCOMPARE(project.pending, QStringList({u"4c00000000cc"_s, u"5d00000000dd"_s}));
    QCOMPARE(project.problems, QStringList());
    QCOMPARE(project.find(u"4c00000000cc"_s)->parents, QStringList({u"3a00000000aa"_s, u"2b00000000bb"_s}));
    QCOMPARE(project.find(u"2a00000000aa"_s)->title, u"left"_s);
    QCOMPARE(graphText(project), u"● 1a00000000aa  first\n"
                                 "├─● 2a00000000aa  left  [from 1a00000000aa]\n"
                                 "│ ● 3a00000000aa  left again  ← the database\n"
                                 "● │ 2b00000000bb  right  ← the database  [from 1a00000000aa]\n"
                                 "○─╯ 4c00000000cc  meet  [merges 3a00000000aa, 2b00000000bb]\n"
                                 "○ 5d00000000dd  last\n"_s);
}

void TestForeign::alembicGoneAstray()
{
    // What its files and its table may be, without anybody to run them.
    ForeignFolder folder(*m_server, "astray");
    folder.put(u"alembic.ini"_s, "[alembic]\nscript_location = db\n");
    folder.put(u"db/versions/a.py"_s, "# revision = 'no'\nrevision = 'aaaa'\ndown_revision = None\nbranch_labels = ('one',)\n");
    folder.put(u"db/versions/b.py"_s, "\xEF\xBB\xBFrevision = 'bbbb'\ndown_revision = [\n  'aaaa', # why\n]\ndepends_on = 'one'\nif True:\n    revision = 'nested'\n");
    folder.put(u"db/versions/c.py"_s, "r'''Title\\n'''\r\nrevision = \"cc\" 'cc'; x = 1\r\ndown_revision = 'aaaa'\r\n");
    folder.put(u"db/versions/d.py"_s, "revision = make()\n");
    folder.put(u"db/versions/e.py"_s, "revision = 'eeee'\ndown_revision = 'lost'\n");
    folder.sql({"CREATE SCHEMA s", "CREATE TABLE s.alembic_version (version_num varchar(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY)", "INSERT INTO s.alembic_version VALUES ('gone'), ('cccc')"});
    const ForeignProject project = folder.one();
    QCOMPARE(project.table, u"s.alembic_version"_s);
    QCOMPARE(project.fileHeads, QStringList({u"bbbb"_s, u"cccc"_s, u"eeee"_s}));
    QCOMPARE(appliedOf(project), QStringList({u"aaaa"_s, u"cccc"_s, u"gone"_s}));
    QCOMPARE(project.find(u"cccc"_s)->title, u"Title\\n"_s);
    const QString problems = project.problems.join(u'\n');
    QVERIFY2(problems.contains(u"d.py: revision is computed there"_s), qPrintable(problems));
    QVERIFY2(problems.contains(u"eeee stands on lost"_s), qPrintable(problems));
    QVERIFY2(problems.contains(u"The database stands at gone"_s), qPrintable(problems));
    QVERIFY2(problems.contains(u"Several heads: bbbb, cccc, eeee"_s), qPrintable(problems));
    // Without a database nothing is known of what is applied, and nothing said.
    const auto unasked = foreignProjects(folder.path(), nullptr);
    QVERIFY(unasked && unasked->size() == 1 && !unasked->constFirst().asked);
    QVERIFY(unasked->constFirst().toJson().value("pending"_L1).isNull());
}

void TestForeign::sqitch()
{
    ForeignFolder folder(*m_server, "sqitch");
    const auto sqitch = [&](const QStringList &arguments) { return folder.tool(u"sqitch"_s, arguments); };
    const QString target = u"db:pg:"_s;
    QVERIFY2(sqitch({u"init"_s, u"shop"_s, u"--engine"_s, u"pg"_s, u"--uri"_s, u"https://example.org/shop"_s}) == 0, folder.said());
    for (const auto &[key, value] : {std::pair(u"user.name"_s, u"Ada Löv"_s), std::pair(u"user.email"_s, u"ada@example.org"_s)})
        QVERIFY2(sqitch({u"config"_s, key, value}) == 0, folder.said());
    const auto add = [&](const QStringList &arguments, const QString &name, const QByteArray &up, const QByteArray &down) {
        if (sqitch(arguments) != 0)
            qFatal("%s", folder.said().constData());
        folder.put(u"deploy/%1.sql"_s.arg(name), "BEGIN;\n" + up + "\nCOMMIT;\n");
        folder.put(u"revert/%1.sql"_s.arg(name), "BEGIN;\n" + down + "\nCOMMIT;\n");
        folder.put(u"verify/%1.sql"_s.arg(name), "SELECT 1;\n");
    };
    add({u"add"_s, u"users"_s, u"-m"_s, u"Users, schön"_s}, u"users"_s, "CREATE TABLE users (i int);", "DROP TABLE users;");
    add({u"add"_s, u"orders"_s, u"--requires"_s, u"users"_s, u"--conflicts"_s, u"last"_s, u"-m"_s, u"Orders"_s}, u"orders"_s, "CREATE TABLE orders (i int);", "DROP TABLE orders;");
    QVERIFY2(sqitch({u"tag"_s, u"v1"_s, u"-m"_s, u"One"_s}) == 0, folder.said());
    add({u"rework"_s, u"users"_s, u"-m"_s, u"Users again"_s}, u"users"_s, "ALTER TABLE users ADD j int;", "ALTER TABLE users DROP j;");
    add({u"add"_s, u"last"_s, u"-m"_s, u"Last"_s}, u"last"_s, "CREATE TABLE last (i int);", "DROP TABLE last;");
    QVERIFY2(sqitch({u"deploy"_s, target, u"--to"_s, u"orders"_s}) == 0, folder.said());
    ForeignProject project = folder.one();
    QCOMPARE(project.tool, u"sqitch"_s);
    QCOMPARE(project.problems, QStringList()); // so every change's id is as sqitch computes it
    QCOMPARE(appliedOf(project), QStringList({u"users@v1"_s, u"orders"_s}));
    QCOMPARE(project.pending, QStringList({u"users"_s, u"last"_s}));
    QCOMPARE(project.fileHeads, QStringList{u"last"_s});
    QCOMPARE(project.migrations.constFirst().who, u"Ada Löv <ada@example.org>"_s);
    QVERIFY(project.migrations.constFirst().appliedMs);
    // The head as sqitch's own status tells it, by the change's hash.
    QVERIFY2(sqitch({u"status"_s, target}) == 0, folder.said());
    const QString head = QRegularExpression(u"# Change:\\s+([0-9a-f]{40})"_s).match(QString::fromUtf8(folder.said())).captured(1);
    QCOMPARE(project.heads, QStringList{u"orders"_s});
    QVERIFY2(!head.isEmpty() && project.find(u"orders"_s)->note.contains(head), qPrintable(project.find(u"orders"_s)->note + u'\n' + QString::fromUtf8(folder.said())));
    QVERIFY2(sqitch({u"deploy"_s, target}) == 0, folder.said());
    QCOMPARE(folder.one().heads, QStringList{u"last"_s});
    QCOMPARE(folder.one().problems, QStringList());
    // A script that was edited since: both say so.
    QVERIFY2(sqitch({u"check"_s, target}) == 0, folder.said());
    folder.put(u"deploy/orders.sql"_s, "BEGIN;\nSELECT 1;\nCOMMIT;\n");
    QVERIFY2(sqitch({u"check"_s, target}) != 0, folder.said());
    QVERIFY2(folder.one().problems.contains(u"The deploy script of orders was edited since it was deployed"_s), qPrintable(folder.one().problems.join(u'\n')));
    // Of the registry alone.
    QFile::remove(QDir(folder.path()).filePath(u"sqitch.plan"_s));
    QCOMPARE(folder.one().heads, QStringList{u"last"_s});
    QVERIFY(!folder.one().canRun);
}

void TestForeign::knex()
{
    ForeignFolder folder(*m_server, "knex");
    folder.put(u"knexfile.js"_s, "module.exports = { client: 'pg', connection: process.env.DATABASE_URL, migrations: { directory: './changes' } };\n");
    for (const char *name : {"20260101000000_first", "20260102000000_second", "20260103000000_third"})
        folder.put(u"changes/%1.js"_s.arg(QLatin1StringView(name)), "exports.up = knex => knex.raw('SELECT 1');\nexports.down = knex => knex.raw('SELECT 1');\n");
    QVERIFY2(folder.node(u"knex/bin/cli.js"_s, {u"migrate:up"_s}) == 0, folder.said());
    QVERIFY2(folder.node(u"knex/bin/cli.js"_s, {u"migrate:up"_s}) == 0, folder.said());
    ForeignProject project = folder.one();
    QCOMPARE(project.tool, u"knex"_s);
    QVERIFY(!project.canRun);
    QCOMPARE(project.heads, QStringList{u"20260102000000_second.js"_s});
    QCOMPARE(project.pending, QStringList{u"20260103000000_third.js"_s});
    QVERIFY(project.migrations.constFirst().appliedMs);
    QVERIFY2(folder.node(u"knex/bin/cli.js"_s, {u"migrate:list"_s}) == 0, folder.said());
    const QByteArray completed = folder.said().left(folder.said().indexOf("Found 1 Pending"));
    QVERIFY2(completed.contains("Found 2 Completed") && completed.contains("20260102000000_second.js") && !completed.contains("third"), folder.said());
    folder.sql({"UPDATE knex_migrations_lock SET is_locked = 1"});
    QVERIFY(folder.one().problems.value(0).startsWith(u"Locked in public.knex_migrations_lock"_s));
}

void TestForeign::nodePgMigrate()
{
    ForeignFolder folder(*m_server, "pgmigrate");
    folder.put(u"migrations/1700000000000_first.sql"_s, "-- Up Migration\nSELECT 1;\n-- Down Migration\nSELECT 1;\n");
    folder.put(u"migrations/1700000000001_second.js"_s, "exports.up = pgm => { pgm.sql('SELECT 1'); };\nexports.down = pgm => { pgm.sql('SELECT 1'); };\n");
    folder.put(u"migrations/1700000000002_third.sql"_s, "-- Up Migration\nSELECT 1;\n");
    QVERIFY2(folder.node(u"node-pg-migrate/bin/node-pg-migrate.js"_s, {u"up"_s, u"2"_s}) == 0, folder.said());
    const ForeignProject project = folder.one();
    QCOMPARE(project.tool, u"node-pg-migrate"_s);
    QCOMPARE(project.heads, QStringList{u"1700000000001_second"_s});
    QCOMPARE(project.pending, QStringList{u"1700000000002_third"_s});
    QVERIFY2(folder.node(u"node-pg-migrate/bin/node-pg-migrate.js"_s, {u"up"_s, u"--dry-run"_s}) == 0, folder.said());
    QVERIFY2(folder.said().contains("1700000000002_third") && !folder.said().contains("> - 1700000000001"), folder.said());
}

void TestForeign::golangMigrate()
{
    ForeignFolder folder(*m_server, "golang");
    for (const char *name : {"000001_users", "000002_orders", "000003_carts"}) {
        folder.put(u"db/migrations/%1.up.sql"_s.arg(QLatin1StringView(name)), "SELECT 1;\n");
        folder.put(u"db/migrations/%1.down.sql"_s.arg(QLatin1StringView(name)), "SELECT 1;\n");
    }
    QCOMPARE(folder.one().pending.size(), 3);
    folder.sql({"CREATE TABLE schema_migrations (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL)", "INSERT INTO schema_migrations VALUES (2, false)"});
    ForeignProject project = folder.one();
    QCOMPARE(project.tool, u"golang-migrate"_s);
    QCOMPARE(project.heads, QStringList{u"2"_s});
    QCOMPARE(project.pending, QStringList{u"3"_s});
    QCOMPARE(project.problems, QStringList());
    folder.sql({"UPDATE schema_migrations SET version = 3, dirty = true"});
    project = folder.one();
    QCOMPARE(project.heads, QStringList{u"3"_s});
    QVERIFY2(project.problems.value(0).startsWith(u"Dirty at version 3"_s), qPrintable(project.problems.join(u'\n')));
    folder.sql({"UPDATE schema_migrations SET version = 9, dirty = false"});
    QVERIFY(folder.one().problems.contains(u"9 is applied, and has no file here"_s));
}

void TestForeign::goose()
{
    ForeignFolder folder(*m_server, "goose");
    for (const char *name : {"00001_users", "00002_orders", "00003_carts", "00004_last"})
        folder.put(u"migrations/%1.sql"_s.arg(QLatin1StringView(name)), "-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 1;\n");
    folder.sql({"CREATE TABLE goose_db_version (id integer PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, version_id bigint NOT NULL, is_applied boolean NOT NULL, tstamp timestamp NOT NULL DEFAULT now())",
                // 2 went back by a row of its own, as older releases did it, 3 forth, back and forth again.
                "INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, true), (1, true), (2, true), (2, false), (3, true), (3, false), (3, true)"});
    const ForeignProject project = folder.one();
    QCOMPARE(project.tool, u"goose"_s);
    QCOMPARE(appliedOf(project), QStringList({u"1"_s, u"3"_s}));
    QCOMPARE(project.heads, QStringList{u"3"_s});
    QCOMPARE(project.pending, QStringList({u"2"_s, u"4"_s}));
    QVERIFY2(project.problems.value(0).startsWith(u"2 is pending though 3 is applied"_s) && project.problems.size() == 1, qPrintable(project.problems.join(u'\n')));
    QVERIFY(!project.migrations.constFirst().appliedMs); // a moment without a time zone is none
    QVERIFY(project.migrations.constFirst().note.contains(u"without a time zone"_s));
}

void TestForeign::flywayChecksums()
{
    // Of zlib.crc32 over the lines without their ends, as signed numbers.
    QCOMPARE(flywayChecksum(""), 0);
    QCOMPARE(flywayChecksum("123456789"), qint32(0xCBF43926u));
    QCOMPARE(flywayChecksum("1234\n56789\n"), qint32(0xCBF43926u));
    QCOMPARE(flywayChecksum("\xEF\xBB\xBF" "1234\r\n567\r89"), qint32(0xCBF43926u));
    QCOMPARE(flywayChecksum("CREATE TABLE users (i int);\n"), -1326978547);
}

void TestForeign::flywayVersions()
{
    QVERIFY(compareFlywayVersions(u"1.2"_s, u"1.10"_s) < 0);
    QVERIFY(compareFlywayVersions(u"2"_s, u"10"_s) < 0);
    QCOMPARE(compareFlywayVersions(u"1.0"_s, u"1"_s), 0);
    QCOMPARE(compareFlywayVersions(u"1_2"_s, u"01.2"_s), 0);
    QVERIFY(compareFlywayVersions(u"20260101000000000000000001"_s, u"20260101000000000000000000"_s) > 0);
}

void TestForeign::flyway()
{
    ForeignFolder folder(*m_server, "flyway");
    folder.put(u"sql/V1__users.sql"_s, "CREATE TABLE users (i int);\n");
    folder.put(u"sql/V1_2__orders.sql"_s, "CREATE TABLE orders (i int);\n");
    folder.put(u"sql/V1_10__carts.sql"_s, "CREATE TABLE carts (i int);\n");
    folder.put(u"sql/V1_3__late.sql"_s, "SELECT 1;\n");
    folder.put(u"sql/V2__next.sql"_s, "SELECT 1;\n");
    folder.put(u"sql/R__view_of_users.sql"_s, "CREATE OR REPLACE VIEW v AS SELECT 1;\n");
    folder.sql({"CREATE TABLE flyway_schema_history (installed_rank int NOT NULL CONSTRAINT flyway_schema_history_pk PRIMARY KEY, version varchar(50), description varchar(200) NOT NULL, type varchar(20) NOT NULL, "
                "script varchar(1000) NOT NULL, checksum int, installed_by varchar(100) NOT NULL, installed_on timestamp NOT NULL DEFAULT now(), execution_time int NOT NULL, success boolean NOT NULL)",
                "CREATE INDEX flyway_schema_history_s_idx ON flyway_schema_history (success)",
                "INSERT INTO flyway_schema_history VALUES (1, '1', 'users', 'SQL', 'V1__users.sql', -1326978547, 'ada', now(), 3, true), (2, '1.2', 'orders', 'SQL', 'V1_2__orders.sql', -1544680430, 'ada', now(), 3, true), "
                "(3, '1.10', 'carts', 'SQL', 'V1_10__carts.sql', 1794719862, 'ada', now(), 3, true), (4, NULL, 'view of users', 'SQL', 'R__view_of_users.sql', 537954288, 'ada', now(), 3, true)"});
    ForeignProject project = folder.one();
    QCOMPARE(project.tool, u"flyway"_s);
    QCOMPARE(project.heads, QStringList{u"1.10"_s}); // higher than 1.2
    QCOMPARE(appliedOf(project), QStringList({u"1"_s, u"1.2"_s, u"1.10"_s, u"R view of users"_s}));
    QCOMPARE(project.pending, QStringList({u"1.3"_s, u"2"_s}));
    QCOMPARE(project.problems, QStringList{u"1.3 is pending though 1.10 is applied: Flyway runs it only with outOfOrder"_s});
    QCOMPARE(project.migrations.constFirst().who, u"ada"_s);
    // Line ends make no difference, words do.
    folder.put(u"sql/V1__users.sql"_s, "CREATE TABLE users (i int);\r\n");
    QCOMPARE(folder.one().problems.size(), 1);
    folder.put(u"sql/V1_2__orders.sql"_s, "CREATE TABLE orders (i bigint);\n");
    folder.put(u"sql/R__view_of_users.sql"_s, "CREATE OR REPLACE VIEW v AS SELECT 2;\n");
    project = folder.one();
    QVERIFY2(project.problems.contains(u"V1_2__orders.sql was edited since it was applied: its checksum is 352218539, and that of the history is -1544680430"_s), qPrintable(project.problems.join(u'\n')));
    QVERIFY(project.pending.contains(u"R view of users"_s));
    folder.sql({"INSERT INTO flyway_schema_history VALUES (5, '2', 'next', 'SQL', 'V2__next.sql', 1, 'ada', now(), 3, false)"});
    QVERIFY(folder.one().problems.contains(u"2 failed, and its row stands: put it right, then `flyway repair`"_s));
}

void TestForeign::byTheirTables_data()
{
    QTest::addColumn<QList<QByteArray>>("statements");
    QTest::addColumn<QString>("tool");
    QTest::addColumn<QStringList>("heads");
    QTest::addColumn<QString>("problem");
    using Statements = QList<QByteArray>;
    QTest::newRow("liquibase") << Statements{"CREATE TABLE databasechangelog (id varchar(255) NOT NULL, author varchar(255) NOT NULL, filename varchar(255) NOT NULL, dateexecuted timestamp NOT NULL, orderexecuted int NOT NULL, "
                                             "exectype varchar(10) NOT NULL, md5sum varchar(35), description varchar(255), comments varchar(255), tag varchar(255), liquibase varchar(20), contexts varchar(255), labels varchar(255), deployment_id varchar(10))",
                                             "INSERT INTO databasechangelog VALUES ('1', 'ada', 'a.xml', now(), 1, 'EXECUTED'), ('2', 'ada', 'a.xml', now(), 2, 'EXECUTED')",
                                             "CREATE TABLE databasechangeloglock (id int PRIMARY KEY, locked boolean NOT NULL, lockgranted timestamp, lockedby varchar(255))",
                                             "INSERT INTO databasechangeloglock VALUES (1, true, '2026-01-01', 'host (10.0.0.1)')"}
                               << u"liquibase"_s << QStringList{u"a.xml::ada::2"_s} << u"Locked by host (10.0.0.1) since"_s;
    QTest::newRow("rails") << Statements{"CREATE TABLE schema_migrations (version varchar NOT NULL PRIMARY KEY)", "CREATE TABLE ar_internal_metadata (key varchar PRIMARY KEY, value varchar)", "INSERT INTO schema_migrations VALUES ('20260102000000'), ('20260101000000')"}
                           << u"rails"_s << QStringList{u"20260102000000"_s} << QString();
    QTest::newRow("prisma") << Statements{"CREATE TABLE _prisma_migrations (id varchar(36) PRIMARY KEY, checksum varchar(64) NOT NULL, finished_at timestamptz, migration_name varchar(255) NOT NULL, logs text, rolled_back_at timestamptz, started_at timestamptz NOT NULL DEFAULT now(), applied_steps_count int NOT NULL DEFAULT 0)",
                                          "INSERT INTO _prisma_migrations VALUES ('1', 'x', now(), '20260101000000_a', NULL, NULL, now() - interval '2 s', 1), ('2', 'x', NULL, '20260102000000_b', 'no', NULL, now(), 0)"}
                            << u"prisma"_s << QStringList{u"20260101000000_a"_s} << u"20260102000000_b failed and is not resolved"_s;
    QTest::newRow("sqlx") << Statements{"CREATE TABLE _sqlx_migrations (version bigint PRIMARY KEY, description text NOT NULL, installed_on timestamptz NOT NULL DEFAULT now(), success boolean NOT NULL, checksum bytea NOT NULL, execution_time bigint NOT NULL)",
                                        "INSERT INTO _sqlx_migrations VALUES (1, 'a', now(), true, '', 1), (2, 'b', now(), false, '', 1)"}
                          << u"sqlx"_s << QStringList{u"1"_s} << u"2 was begun and did not end well"_s;
    QTest::newRow("django") << Statements{"CREATE TABLE django_migrations (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, app varchar(255) NOT NULL, name varchar(255) NOT NULL, applied timestamptz NOT NULL)",
                                          "INSERT INTO django_migrations (app, name, applied) VALUES ('auth', '0001_initial', now()), ('shop', '0001_initial', now()), ('auth', '0002_more', now())"}
                            << u"django"_s << QStringList({u"auth.0002_more"_s, u"shop.0001_initial"_s}) << QString();
    QTest::newRow("drizzle") << Statements{"CREATE SCHEMA drizzle", "CREATE TABLE drizzle.__drizzle_migrations (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint)", "INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('aaaaaaaaaaaaaaaa', 1700000000000)"}
                             << u"drizzle"_s << QStringList{u"aaaaaaaaaaaa"_s} << QString();
    QTest::newRow("supabase") << Statements{"CREATE SCHEMA supabase_migrations", "CREATE TABLE supabase_migrations.schema_migrations (version text PRIMARY KEY, statements text[], name text)", "INSERT INTO supabase_migrations.schema_migrations VALUES ('20260101000000', '{select 1}', 'first')"}
                              << u"supabase"_s << QStringList{u"20260101000000"_s} << QString();
    QTest::newRow("efcore") << Statements{"CREATE TABLE \"__EFMigrationsHistory\" (\"MigrationId\" varchar(150) PRIMARY KEY, \"ProductVersion\" varchar(32) NOT NULL)", "INSERT INTO \"__EFMigrationsHistory\" VALUES ('20260101000000_First', '9.0.0')"}
                            << u"efcore"_s << QStringList{u"20260101000000_First"_s} << QString();
    QTest::newRow("atlas") << Statements{"CREATE SCHEMA atlas_schema_revisions", "CREATE TABLE atlas_schema_revisions.atlas_schema_revisions (version varchar PRIMARY KEY, description varchar NOT NULL, type bigint NOT NULL DEFAULT 2, applied bigint NOT NULL DEFAULT 0, total bigint NOT NULL DEFAULT 0, "
                                         "executed_at timestamptz NOT NULL, execution_time bigint NOT NULL, error text, error_stmt text, hash varchar NOT NULL, partial_hashes jsonb, operator_version varchar NOT NULL)",
                                         "INSERT INTO atlas_schema_revisions.atlas_schema_revisions VALUES ('1', 'a', 2, 2, 2, now(), 1, NULL, NULL, 'h', NULL, 'Atlas'), ('2', 'b', 2, 1, 3, now(), 1, 'no such table', 's', 'h', NULL, 'Atlas')"}
                           << u"atlas"_s << QStringList{u"2"_s} << u"2 stopped at 1 of 3 statements: no such table"_s;
    QTest::newRow("graphile-migrate") << Statements{"CREATE SCHEMA graphile_migrate", "CREATE TABLE graphile_migrate.migrations (hash text PRIMARY KEY, previous_hash text, filename text NOT NULL, date timestamptz NOT NULL DEFAULT now())", "INSERT INTO graphile_migrate.migrations VALUES ('sha1:a', NULL, '000001-a.sql', now()), ('sha1:b', 'sha1:a', '000002.sql', now())"}
                                      << u"graphile-migrate"_s << QStringList{u"000002.sql"_s} << QString();
    QTest::newRow("pgroll") << Statements{"CREATE SCHEMA pgroll", "CREATE TABLE pgroll.migrations (schema name NOT NULL, name text NOT NULL, migration jsonb NOT NULL, created_at timestamptz, updated_at timestamptz, parent text, done boolean NOT NULL DEFAULT false, resulting_schema jsonb NOT NULL DEFAULT '{}')",
                                          "INSERT INTO pgroll.migrations VALUES ('public', '01_a', '{}', now() - interval '1 s', NULL, NULL, true), ('public', '02_b', '{}', now(), NULL, '01_a', false)"}
                            << u"pgroll"_s << QStringList{u"02_b"_s} << u"02_b was started and is not completed"_s;
    QTest::newRow("goose, under another name") << Statements{"CREATE SCHEMA \"Odd \"\"one\"", "CREATE TABLE \"Odd \"\"one\".\"my versions\" (id serial PRIMARY KEY, version_id bigint NOT NULL, is_applied boolean NOT NULL, tstamp timestamp DEFAULT now())", "INSERT INTO \"Odd \"\"one\".\"my versions\" (version_id, is_applied) VALUES (0, true), (20260101000000, true)"}
                                               << u"goose"_s << QStringList{u"20260101000000"_s} << QString();
}

void TestForeign::byTheirTables()
{
    QFETCH(const QList<QByteArray>, statements);
    QFETCH(const QString, problem);
    static int number = 0;
    const ForeignFolder folder(*m_server, "tables" + QByteArray::number(++number));
    folder.sql(statements);
    const ForeignProject project = folder.one();
    QTEST(project.tool, "tool");
    QTEST(project.heads, "heads");
    QVERIFY(!project.canRun && !project.runsBy.isEmpty() && !project.table.isEmpty());
    QCOMPARE(project.problems.isEmpty(), problem.isEmpty());
    QVERIFY2(project.problems.join(u'\n').contains(problem), qPrintable(project.problems.join(u'\n')));
    QCOMPARE(project.pending, QStringList());
}

void TestForeign::mayNotRead()
{
    const ForeignFolder folder(*m_server, "closed");
    folder.put(u"migrations/1_a.sql"_s, "-- +goose Up\nSELECT 1;\n");
    folder.sql({"CREATE TABLE goose_db_version (id int, version_id bigint, is_applied boolean, tstamp timestamp)", "CREATE ROLE stranger"});
    const auto link = folder.database().link();
    QVERIFY(link->run({"SET ROLE stranger", {}}));
    const auto found = foreignProjects(folder.path(), link.get());
    QVERIFY(found && found->size() == 1);
    QVERIFY(!found->constFirst().asked); // not known, and neither pending nor applied
    QCOMPARE(found->constFirst().pending, QStringList());
    QVERIFY(found->constFirst().problems.value(0).contains(u"may not read public.goose_db_version"_s));
}

void TestForeign::nothingThere()
{
    const ForeignFolder folder(*m_server, "nothing");
    // dbmate's, and tables that look a little like others'.
    folder.put(u"db/migrations/1_a.sql"_s, "-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 1;\n");
    folder.sql({"CREATE TABLE schema_migrations (version varchar PRIMARY KEY)", "CREATE TABLE migrations (id int, name text)", "CREATE TABLE changes (change_id int)", "CREATE TABLE tags (id int)"});
    QVERIFY(folder.read().isEmpty());
    QCOMPARE(foreignProjects(u"/nonexistent"_s, nullptr)->size(), 0);
}

QTEST_GUILESS_MAIN(TestForeign)
#include "tst_foreign.moc"
