// SPDX-License-Identifier: GPL-3.0-or-later
// A plan that is kept: made with a preview in a sandbox, run where all is as it was, refused with what differs where it is not.
#include "project.h"
#include "session/program.h"

#include <QJsonArray>
#include <QTest>

#include <thread>

using namespace howdah;
using namespace howdah::test;
using namespace Qt::StringLiterals;

class TestPlanFile : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void previewed();
    void refused_data();
    void refused();
    void changedBeforeTheLock();
    void otherPlaces();
    void noSandbox();
    void dumped();

private:
    Program ctl(const Project &project, const QStringList &arguments, const TestServer *server = nullptr) const
    {
        const TestServer &at = server ? *server : *m_server;
        const QString database = project.spec().database;
        return Program::run(QStringList{u"migrate"_s, u"--url"_s, u"postgresql://postgres:%1@127.0.0.1:%2/%3"_s.arg(QString::fromLatin1(at.password().data())).arg(at.port()).arg(database), u"--ca"_s,
                                        at.caFile(), u"--folder"_s, project.path()}
                            + arguments);
    }
    std::unique_ptr<TestServer> m_server;
};

void TestPlanFile::initTestCase()
{
    QString why;
    m_server = TestServer::start({}, &why);
    QVERIFY2(m_server, qPrintable(why));
    static QTemporaryDir home;
    qputenv("XDG_DATA_HOME", home.path().toUtf8());
    qputenv("HOWDAH_PG_BIN", QFile::encodeName(qEnvironmentVariable("HOWDAH_SOURCE_DIR") + "/build/pg/18/bin"_L1));
}

static void fill(Project &project)
{
    project.put(u"1_a.sql"_s, "CREATE TABLE orders (id int PRIMARY KEY, note text);", "DROP TABLE orders;");
    if (const auto run = project.up(); run.error)
        qFatal("%s", qPrintable(run.error->text()));
    project.put(u"2_b.sql"_s, "ALTER TABLE orders ADD COLUMN paid boolean NOT NULL DEFAULT false;\nALTER TABLE orders ADD CONSTRAINT noted CHECK (note <> '');", "ALTER TABLE orders DROP CONSTRAINT noted, DROP COLUMN paid;");
    project.put(u"3_c.sql"_s, "CREATE INDEX CONCURRENTLY orders_note ON orders (note);", "DROP INDEX CONCURRENTLY orders_note;", " transaction:false");
}

void TestPlanFile::previewed()
{
    Project project(*m_server, "planned");
    fill(project);
    const QString file = project.path() + "/plan.json"_L1;
    const auto link = project.link();
    QVERIFY(link->run({"insert into orders select g, 'x' from generate_series(1, 5000) g", {}}) && link->run({"analyze orders", {}}));
    const Program planned = ctl(project, {u"plan"_s, u"--preview-locks"_s, u"-o"_s, file, u"--json"_s});
    QVERIFY2(planned.exitCode == 0, qPrintable(QString::fromUtf8(planned.output + planned.errors)));
    const QJsonObject preview = planned.json().value("preview"_L1).toObject();
    QVERIFY2(preview.value("where"_L1).toString().startsWith("a private cluster of PostgreSQL 18"_L1), qPrintable(preview.value("where"_L1).toString()));
    QVERIFY2(preview.value("basis"_L1).toString().contains("the schema is as the target's"_L1), qPrintable(preview.value("basis"_L1).toString()));
    const QJsonArray statements = preview.value("statements"_L1).toArray();
    QCOMPARE(statements.size(), 3);
    const QJsonObject check = statements.at(1).toObject(), scan = check.value("scans"_L1).toArray().at(0).toObject();
    QCOMPARE(check.value("locks"_L1).toArray().at(0).toObject().value("mode"_L1).toString(), u"ACCESS EXCLUSIVE"_s);
    QCOMPARE(scan.value("relation"_L1).toString(), u"public.orders"_s);
    QCOMPARE(scan.value("rows"_L1).toInt(), 10'000);
    QCOMPARE(scan.value("target_rows"_L1).toInt(), 5000);
    QVERIFY(preview.value("would_block_now"_L1).isArray());
    // Nothing was done to the target.
    QCOMPARE(project.value("select count(*) from schema_migrations"), u"1"_s);
    QVERIFY(project.value("select paid from orders") == "42703"_L1);
    // Never over another by mistake.
    QCOMPARE(ctl(project, {u"plan"_s, u"-o"_s, file}).exitCode, 1);
    const Program text = ctl(project, {u"plan"_s, u"--preview-locks"_s, u"-o"_s, file, u"--force"_s});
    QVERIFY2(text.exitCode == 0 && text.output.contains("locks public.orders: ACCESS EXCLUSIVE (blocks reads and writes)") && text.output.contains("builds the index public.orders_note"), text.output);
    // As it was: it runs.
    const Program ran = ctl(project, {u"up"_s, u"--plan"_s, file, u"--confirm"_s, u"planned"_s});
    QVERIFY2(ran.exitCode == 0, qPrintable(QString::fromUtf8(ran.output + ran.errors)));
    QCOMPARE(project.value("select count(*) from schema_migrations"), u"3"_s);
    // And not a second time.
    const Program again = ctl(project, {u"up"_s, u"--plan"_s, file, u"--confirm"_s, u"planned"_s});
    QVERIFY2(again.exitCode == 4 && again.output.contains("pending are none, and planned were 2, 3"), again.output);
}

void TestPlanFile::refused_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<QByteArray>("edited"); // of 2_b.sql
    QTest::addColumn<QByteArray>("word");
    QTest::newRow("a column was added") << QByteArray("alter table orders add column by_hand int") << QByteArray() << QByteArray("added column public.orders.by_hand");
    QTest::newRow("an index was dropped") << QByteArray("alter table orders drop constraint orders_pkey") << QByteArray() << QByteArray("orders_pkey");
    QTest::newRow("a file was edited") << QByteArray("select 1") << QByteArray("ALTER TABLE orders ADD COLUMN other int;") << QByteArray("2_b.sql was edited since");
    QTest::newRow("one is applied meanwhile") << QByteArray("insert into schema_migrations values ('2')") << QByteArray() << QByteArray("pending are 3, and planned were 2, 3");
}

void TestPlanFile::refused()
{
    QFETCH(QByteArray, sql);
    QFETCH(QByteArray, edited);
    QFETCH(QByteArray, word);
    const QByteArray database = "refused" + QByteArray::number(qHash(word) % 100'000);
    Project project(*m_server, database);
    fill(project);
    const QString file = project.path() + "/plan.json"_L1;
    QCOMPARE(ctl(project, {u"plan"_s, u"-o"_s, file}).exitCode, 0);
    QVERIFY(project.link()->run({sql, {}}));
    if (!edited.isEmpty())
        project.put(u"2_b.sql"_s, edited, "SELECT 1;");
    const QString before = project.value("select count(*) from schema_migrations");
    const Program refused = ctl(project, {u"up"_s, u"--plan"_s, file, u"--confirm"_s, QString::fromLatin1(database)});
    QVERIFY2(refused.exitCode == 4 && refused.output.contains(word), refused.output);
    QCOMPARE(project.value("select count(*) from schema_migrations"), before);
}

void TestPlanFile::changedBeforeTheLock()
{
    Project project(*m_server, "raced");
    fill(project);
    const QString file = project.path() + "/plan.json"_L1;
    QCOMPARE(ctl(project, {u"plan"_s, u"-o"_s, file}).exitCode, 0);
    // Another run has the lock, while this one finds all as it was planned; it changes the schema before it gives the lock back.
    const auto other = project.link();
    const auto held = other->run({"select pg_advisory_lock(" + QByteArray::number(0x686F776461680001) + ")", {}});
    QVERIFY2(held, held ? "" : qPrintable(held.error().text()));
    Program refused;
    std::thread runs([&] { refused = ctl(project, {u"up"_s, u"--plan"_s, file, u"--confirm"_s, u"raced"_s, u"--json"_s}); });
    bool waits = false;
    for (int i = 0; i < 60'000 && !waits; ++i) {
        const auto seen = other->run({"select 1 from pg_stat_activity where query like '%pg_try_advisory_lock%' and datname = 'raced' and pid <> pg_backend_pid()", {}});
        waits = seen && !seen->isEmpty();
    }
    const bool changed = other->run({"alter table orders add column by_hand int", {}}) && other->run({"select pg_advisory_unlock_all()", {}});
    runs.join();
    QVERIFY(waits && changed);
    QCOMPARE(refused.exitCode, 4);
    QVERIFY2(refused.output.contains("plan_differs") && refused.output.contains("added column public.orders.by_hand"), refused.output);
    QCOMPARE(project.value("select count(*) from schema_migrations"), u"1"_s);
}

void TestPlanFile::otherPlaces()
{
    Project project(*m_server, "placed");
    fill(project);
    const QString file = project.path() + "/plan.json"_L1;
    QCOMPARE(ctl(project, {u"plan"_s, u"-o"_s, file}).exitCode, 0);
    // Another cluster with a database of the same name and the same schema.
    QString why;
    const auto other = TestServer::start({}, &why);
    QVERIFY2(other, qPrintable(why));
    Project twin(*other, "placed");
    fill(twin);
    const Program refused = ctl(project, {u"up"_s, u"--plan"_s, file, u"--confirm"_s, u"placed"_s}, other.get());
    QVERIFY2(refused.exitCode == 4 && refused.output.contains("it was made for the cluster"), refused.output);
    // What is no plan, and one that was edited.
    QFile plan(file);
    QVERIFY(plan.open(QIODevice::ReadOnly));
    QByteArray text = plan.readAll();
    plan.close();
    QVERIFY(plan.open(QIODevice::WriteOnly | QIODevice::Truncate));
    QVERIFY(text.contains("\"note\"") || text.contains("orders.note"));
    text.replace("public.orders.note", "public.orders.nota");
    plan.write(text);
    plan.close();
    const Program edited = ctl(project, {u"up"_s, u"--plan"_s, file, u"--confirm"_s, u"placed"_s, u"--json"_s});
    QVERIFY2(edited.exitCode == 2 && edited.error("reason") == "bad_plan"_L1, edited.output);
}

void TestPlanFile::noSandbox()
{
    Project project(*m_server, "lonely");
    fill(project);
    const QByteArray before = qgetenv("HOWDAH_PG_BIN");
    qputenv("HOWDAH_PG_BIN", "/nonexistent");
    const Program planned = ctl(project, {u"plan"_s, u"--preview-locks"_s});
    qputenv("HOWDAH_PG_BIN", before);
    QVERIFY2(planned.exitCode == 0 && planned.output.contains("Nothing was tried:") && planned.output.contains("--sandbox URL") && planned.output.contains("table of locks that was measured"), planned.output);
    // The target's own cluster is none, unless that is said.
    const QString url = u"postgresql://postgres:%1@127.0.0.1:%2/postgres"_s.arg(QString::fromLatin1(m_server->password().data())).arg(m_server->port());
    const Program own = ctl(project, {u"plan"_s, u"--preview-locks"_s, u"--sandbox"_s, url});
    QVERIFY2(own.exitCode == 0 && own.output.contains("is of the target's own cluster"), own.output);
    const Program said = ctl(project, {u"plan"_s, u"--preview-locks"_s, u"--sandbox"_s, url, u"--sandbox-may-be-target"_s});
    QVERIFY2(said.exitCode == 0 && said.output.contains("Tried in 127.0.0.1:") && said.output.contains("of the target's own cluster"), said.output);
    QCOMPARE(project.value("select count(*) from pg_database where datname like 'howdah_scratch%'"), u"0"_s);
}

void TestPlanFile::dumped()
{
    // pg_dump of Debian is of 15: with it the schema is as the target's, also what no migration has made.
    QString why;
    ServerSetup old;
    old.major = 15;
    const auto server = TestServer::start(old, &why);
    QVERIFY2(server, qPrintable(why));
    Project project(*server, "dumped");
    project.put(u"1_a.sql"_s, "CREATE TABLE orders (id int PRIMARY KEY);", "DROP TABLE orders;");
    QVERIFY(!project.up().error);
    const auto link = project.link();
    for (const auto *text : {"create role clerk", "create table by_hand (id int primary key, note text)", "grant select on by_hand to clerk", "create view seen as select id from by_hand"})
        QVERIFY(link->run({text, {}}));
    project.put(u"2_b.sql"_s, "ALTER TABLE by_hand ALTER COLUMN note SET NOT NULL;", "ALTER TABLE by_hand ALTER COLUMN note DROP NOT NULL;");
    const QByteArray before = qgetenv("HOWDAH_PG_BIN");
    qputenv("HOWDAH_PG_BIN", QFile::encodeName(qEnvironmentVariable("HOWDAH_SOURCE_DIR") + "/build/pg/15/bin"_L1));
    const Program planned = ctl(project, {u"plan"_s, u"--preview-locks"_s, u"--json"_s}, server.get());
    qputenv("HOWDAH_PG_BIN", before);
    const QJsonObject preview = planned.json().value("preview"_L1).toObject();
    const QString basis = preview.value("basis"_L1).toString();
    QVERIFY2(basis.startsWith("pg_dump of the target's schema; the schema is as the target's"_L1), qPrintable(QString::fromUtf8(planned.output + planned.errors)));
    QCOMPARE(preview.value("statements"_L1).toArray().at(0).toObject().value("scans"_L1).toArray().at(0).toObject().value("rows"_L1).toInt(), 10'000);
    // Without it the applied migrations are all there is, and what they lack is said.
    const Program newer = ctl(project, {u"plan"_s, u"--preview-locks"_s, u"--json"_s, u"--sandbox"_s, u"postgresql://postgres:%1@127.0.0.1:%2/postgres"_s.arg(QString::fromLatin1(m_server->password().data())).arg(m_server->port())}, server.get());
    QVERIFY2(newer.exitCode == 0, newer.errors);
    QVERIFY2(newer.json().value("preview_missing"_L1).isString() || newer.json().value("preview"_L1).toObject().value("basis"_L1).toString().contains("PostgreSQL 18 in place of 15"_L1), newer.output);
}

QTEST_GUILESS_MAIN(TestPlanFile)
#include "tst_planfile.moc"
