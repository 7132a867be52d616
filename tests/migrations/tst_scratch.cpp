// SPDX-License-Identifier: GPL-3.0-or-later
// A server to try migrations on, and a database on it: where they come from, that nothing of them stays, and that it is never the target by mistake.
#include "migrations/clusterwide.h"
#include "migrations/preview.h"
#include "migrations/roundtrip.h"
#include "project.h"
#include "stack/privatecluster.h"
#include "stack/sandbox.h"
#include "support/testserver.h"

#include <QProcess>
#include <QTest>

#include <signal.h>

using namespace howdah;
using namespace howdah::migrations;
using namespace Qt::StringLiterals;

class TestScratch : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void aPrivateCluster();
    void leftClustersGo();
    void noneIsSaid();
    void olderIsRefused();
    void theTargetIsRefused();
    void unknownIsRefused();
    void aScratchIsDropped();
    void leftScratchesGo();
    void rolesOnlyOnOurs();
    void scriptsAndReplay();
    void nothingLeaks();
    void reach_data();
    void reach();
    void othersServerIsKept();
    void hiddenChangesAreRefused();
    void previewOnOthers();
    void repeatablesBehind();

private:
    std::unique_ptr<test::TestServer> m_server;
};

static void useBinaries(int major)
{
    qputenv("HOWDAH_PG_BIN", QFile::encodeName(qEnvironmentVariable("HOWDAH_SOURCE_DIR") + u"/build/pg/%1/bin"_s.arg(major)));
}

void TestScratch::initTestCase()
{
    QString why;
    m_server = test::TestServer::start({}, &why);
    QVERIFY2(m_server, qPrintable(why));
}

void TestScratch::aPrivateCluster()
{
    useBinaries(18);
    QString folder;
    {
        auto sandbox = stack::openSandbox({});
        QVERIFY2(sandbox, sandbox ? "" : qPrintable(sandbox.error().text()));
        QVERIFY(sandbox->isPrivate() && !sandbox->isTargetCluster());
        QVERIFY2(sandbox->where().contains("PostgreSQL 18."_L1), qPrintable(sandbox->where()));
        folder = sandbox->spec().host;
        auto link = pg::Connection::open(sandbox->spec(), sandbox->password());
        QVERIFY2(link, link ? "" : qPrintable(link.error().text()));
        QVERIFY((*link)->facts().superuser);
        QCOMPARE((*link)->run({"select setting from pg_settings where name = 'listen_addresses'", {}})->text(0, 0), QString());
        QVERIFY(QFile::exists(folder + "/data/PG_VERSION"_L1));
        // Only the user of this program is let in.
        QVERIFY(!(QFileInfo(folder).permissions() & (QFile::ReadGroup | QFile::ReadOther | QFile::ExeOther)));
    }
    QVERIFY(!QFile::exists(folder));
}

void TestScratch::leftClustersGo()
{
    // As a killed program leaves it: its process and its server are gone, the folder is not.
    const auto user = stack::serverUser();
    QVERIFY(user);
    const QString left = QDir::tempPath() + "/howdah-sandbox-left"_L1, running = QDir::tempPath() + "/howdah-sandbox-runs"_L1;
    QProcess gone;
    gone.start(u"true"_s, QStringList());
    const qint64 pid = gone.processId();
    QVERIFY(gone.waitForFinished());
    for (const auto &[folder, maker] : {std::pair(left, pid), std::pair(running, qint64(::getpid()))}) {
        QVERIFY(QDir().mkpath(folder + "/data"_L1));
        QFile file(folder + "/pid"_L1);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(QByteArray::number(maker)) > 0);
        QCOMPARE(::chown(qPrintable(folder), user->uid, user->gid), 0);
    }
    stack::removeLeftClusters(*user);
    QVERIFY(!QFile::exists(left));
    QVERIFY(QFile::exists(running));
    QVERIFY(QDir(running).removeRecursively());
}

void TestScratch::noneIsSaid()
{
    useBinaries(15);
    stack::SandboxChoice choice;
    choice.leastMajor = 98;
    choice.stackName = u"none-such"_s;
    const auto sandbox = stack::openSandbox(choice);
    QVERIFY(!sandbox);
    QCOMPARE(sandbox.error().reason, u"no_sandbox"_s);
    QVERIFY2(sandbox.error().hint.contains("--sandbox"_L1) && sandbox.error().hint.contains("postgresql-98"_L1), qPrintable(sandbox.error().text()));
}

void TestScratch::olderIsRefused()
{
    stack::SandboxChoice choice;
    choice.given = m_server->spec();
    choice.password = m_server->password();
    choice.leastMajor = 19;
    const auto sandbox = stack::openSandbox(choice);
    QVERIFY(!sandbox);
    QCOMPARE(sandbox.error().reason, u"older_sandbox"_s);
}

void TestScratch::theTargetIsRefused()
{
    auto link = m_server->admin();
    QVERIFY(link && (*link)->readIdentity());
    stack::SandboxChoice choice;
    choice.given = m_server->spec();
    choice.password = m_server->password();
    choice.targetIdentifier = (*link)->identity().systemIdentifier;
    QVERIFY(!choice.targetIdentifier.isEmpty());
    const auto refused = stack::openSandbox(choice);
    QVERIFY(!refused);
    QCOMPARE(refused.error().reason, u"sandbox_is_target"_s);
    choice.mayBeTarget = true;
    const auto allowed = stack::openSandbox(choice);
    QVERIFY(allowed && allowed->isTargetCluster() && !allowed->isPrivate());
    QVERIFY(allowed->where().contains("of the target's own cluster"_L1));
}

void TestScratch::unknownIsRefused()
{
    stack::SandboxChoice choice;
    choice.given = m_server->spec();
    choice.password = m_server->password();
    // Nobody knows what the target is; or the sandbox, behind a pooler, does not tell what it is.
    const auto refused = stack::openSandbox(choice);
    QVERIFY(!refused);
    QCOMPARE(refused.error().reason, u"sandbox_not_compared"_s);
    choice.targetIdentifier = u"7000000000000000001"_s;
    choice.given->pooler = true;
    const auto hidden = stack::openSandbox(choice);
    QVERIFY(!hidden);
    QCOMPARE(hidden.error().reason, u"sandbox_not_compared"_s);
    choice.mayBeTarget = true;
    const auto allowed = stack::openSandbox(choice);
    QVERIFY2(allowed, allowed ? "" : qPrintable(allowed.error().text()));
    QVERIFY2(allowed->where().contains("which may be of the target's own cluster"_L1), qPrintable(allowed->where()));
    choice.given->pooler = false;
    choice.mayBeTarget = false;
    QVERIFY(stack::openSandbox(choice));
}

static int scratches(const test::TestServer &server)
{
    auto link = server.admin();
    return link ? int((*link)->run({"select count(*) from pg_database where datname like 'howdah_scratch_%'", {}})->integer(0, 0).value_or(-1)) : -1;
}

void TestScratch::aScratchIsDropped()
{
    {
        auto scratch = Scratch::make(m_server->spec(), m_server->password(), false);
        QVERIFY2(scratch, scratch ? "" : qPrintable(scratch.error().text()));
        QCOMPARE(scratches(*m_server), 1);
        QVERIFY((*scratch)->isSuperuser());
        QCOMPARE((*scratch)->connection().facts().database, (*scratch)->database());
    }
    QCOMPARE(scratches(*m_server), 0);
    // Without the right the way to it is said.
    QVERIFY(m_server->sql({"create role plain login password 'plain'"}));
    pg::ConnectionSpec spec = m_server->spec();
    spec.role = u"plain"_s;
    const auto refused = Scratch::make(spec, Secret("plain"), false);
    QVERIFY(!refused);
    QVERIFY2(refused.error().hint.contains("CREATEDB"_L1), qPrintable(refused.error().text()));
}

void TestScratch::leftScratchesGo()
{
    const auto longAgo = QByteArray::number(QDateTime::currentSecsSinceEpoch() - 3600), now = QByteArray::number(QDateTime::currentSecsSinceEpoch());
    QVERIFY(m_server->sql({"create database howdah_scratch_0000000000000001", "comment on database howdah_scratch_0000000000000001 is 'howdah scratch, " + longAgo + " by a@b, process 1'",
                           "create database howdah_scratch_0000000000000002", "comment on database howdah_scratch_0000000000000002 is 'howdah scratch, " + now + " by a@b, process 1'",
                           "create database howdah_scratch_0000000000000003"})); // of that name, and not marked: somebody's own
    {
        auto scratch = Scratch::make(m_server->spec(), m_server->password(), false);
        QVERIFY(scratch);
        QCOMPARE(scratches(*m_server), 3);
    }
    auto link = m_server->admin();
    QCOMPARE((*link)->run({"select string_agg(right(datname, 1), ' ' order by 1) from pg_database where datname like 'howdah_scratch_%'", {}})->text(0, 0), u"2 3"_s);
    QVERIFY(m_server->sql({"drop database howdah_scratch_0000000000000002", "drop database howdah_scratch_0000000000000003"}));
}

void TestScratch::rolesOnlyOnOurs()
{
    auto others = Scratch::make(m_server->spec(), m_server->password(), false);
    auto ours = Scratch::make(m_server->spec(), m_server->password(), true);
    QVERIFY(others && ours);
    QCOMPARE(*(*others)->makeRoles({u"postgres"_s, u"Some One"_s}), QStringList{u"Some One"_s});
    QCOMPARE(*(*ours)->makeRoles({u"postgres"_s, u"Some One"_s}), QStringList());
    QVERIFY(roleNames((*ours)->connection())->contains(u"Some One"_s));
    QVERIFY(m_server->sql({"drop role \"Some One\""}));
}

void TestScratch::scriptsAndReplay()
{
    auto scratch = Scratch::make(m_server->spec(), m_server->password(), false);
    QVERIFY(scratch && (*scratch)->enter(u"public"_s));
    const auto loaded = (*scratch)->load("\\restrict abc\nSET client_min_messages = warning;\nCREATE TABLE public.a (i int);\nALTER TABLE public.a OWNER TO nobody_here;\n"
                                         "COPY public.a FROM stdin;\n1\n2\n\\.\n\\connect other\n");
    QVERIFY2(loaded, loaded ? "" : qPrintable(loaded.error().text()));
    QCOMPARE(loaded->statements, 4);
    QCOMPARE(loaded->left.size(), 2);
    QVERIFY2(loaded->left.constFirst().contains("nobody_here"_L1) && loaded->left.constLast().contains("\\connect"_L1), qPrintable(loaded->left.join(u'\n')));
    QCOMPARE((*scratch)->connection().run({"select sum(i) from public.a", {}})->text(0, 0), u"3"_s);

    test::Project project(*m_server, "replayed");
    project.put(u"1_a.sql"_s, "CREATE TABLE b (i int);", "DROP TABLE b;");
    project.put(u"2_b.sql"_s, "CREATE INDEX CONCURRENTLY b_i ON b (i);", "DROP INDEX CONCURRENTLY b_i;", " transaction:false");
    project.put(u"3_c.sql"_s, "ALTER TABLE b ADD COLUMN j int;", "ALTER TABLE b DROP COLUMN j;");
    QVERIFY(!project.up().error);
    // The ledger's texts, where the file is gone or was edited since.
    project.remove(u"1_a.sql"_s);
    project.put(u"3_c.sql"_s, "ALTER TABLE b ADD COLUMN other int;", "SELECT 1;");
    const Applied applied = appliedFiles(project.folder(), project.ledger());
    QVERIFY(applied.missing.isEmpty());
    QVERIFY((*scratch)->replay(applied.files));
    QCOMPARE((*scratch)->connection().run({"select count(j) from b", {}})->text(0, 0), u"0"_s);
    QCOMPARE((*scratch)->connection().run({"select indisvalid from pg_index where indexrelid = 'b_i'::regclass", {}})->text(0, 0), u"t"_s);
    // What fails says where.
    const Done again = (*scratch)->replay(applied.files);
    QVERIFY(!again);
    QVERIFY2(again.error().context.startsWith("1_a.sql, line 3, statement 1 of 1"_L1), qPrintable(again.error().text()));
}

void TestScratch::nothingLeaks()
{
    auto scratch = Scratch::make(m_server->spec(), m_server->password(), false);
    QVERIFY(scratch && (*scratch)->enter(u"public"_s));
    pg::Connection &link = (*scratch)->connection();
    const auto now = [&] { return link.run({"select concat_ws(' ', current_user, session_user, current_setting('search_path'), current_setting('work_mem'))", {}})->text(0, 0); };
    const QString before = now();
    const auto loaded = (*scratch)->load("CREATE SCHEMA other;\nSELECT pg_catalog.set_config('search_path', 'other', false);\nSET work_mem = '123kB';\nSET SESSION AUTHORIZATION pg_monitor;\nBEGIN;\nSELECT 1;\n");
    QVERIFY(loaded);
    QCOMPARE(now(), before);
    QVERIFY2(loaded->left.size() == 1 && loaded->left.constFirst().contains("does not end"_L1), qPrintable(loaded->left.join(u'\n')));
    const auto file = [](int number, const QByteArray &up) { return *parseFile(QString::number(number) + "_x.sql"_L1, "-- migrate:up\n" + up + "\n-- migrate:down\n"); };
    QVERIFY((*scratch)->replay({file(1, "SET search_path = other; SET work_mem = '123kB'; SET ROLE pg_monitor;"), file(2, "CREATE TABLE here (i int);")}));
    QCOMPARE(link.run({"select relnamespace::regnamespace || ' ' || relowner::regrole from pg_class where relname = 'here'", {}})->text(0, 0), u"public postgres"_s);
    QCOMPARE(now(), before);
}

void TestScratch::repeatablesBehind()
{
    test::Project project(*m_server, "repeated");
    const auto repeatable = [&](const QByteArray &text) {
        QVERIFY(QDir(project.path()).mkpath(u"../repeatable"_s));
        QFile file(project.path() + "/../repeatable/v.sql"_L1);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(text) > 0);
    };
    project.put(u"1_a.sql"_s, "CREATE TABLE b (i int);", "DROP TABLE b;");
    repeatable("CREATE OR REPLACE VIEW v AS SELECT i, 1 AS one FROM b;");
    QVERIFY(!project.up().error);
    // As it was run, though it was edited since, or is gone.
    repeatable("CREATE OR REPLACE VIEW v AS SELECT i, 1 AS one, 2 AS two FROM b;");
    for (const bool gone : {false, true}) {
        if (gone)
            QVERIFY(QFile::remove(project.path() + "/../repeatable/v.sql"_L1));
        const Applied applied = appliedFiles(project.folder(), project.ledger());
        QCOMPARE(applied.files.size(), 2);
        QCOMPARE(applied.text(), u"1 applied migration and 1 repeatable file"_s);
        auto scratch = Scratch::make(m_server->spec(), m_server->password(), false);
        QVERIFY(scratch && (*scratch)->enter(u"public"_s) && (*scratch)->replay(applied.files));
        QCOMPARE((*scratch)->connection().run({"select count(*) from pg_attribute where attrelid = 'v'::regclass and attnum > 0", {}})->text(0, 0), u"2"_s);
    }
}

void TestScratch::reach_data()
{
    QTest::addColumn<Reach>("expected");
    const auto rows = [](Reach reach, const QList<QByteArray> &statements) {
        for (const QByteArray &one : statements)
            QTest::newRow(one) << reach;
    };
    rows(Reach::Server, {"CREATE ROLE a", "create user a password 'x'", "/* c */ DROP GROUP a", "ALTER ROLE a IN DATABASE d SET work_mem = '1MB'", "ALTER DATABASE d SET work_mem = '1MB'", "ALTER USER a RENAME TO b",
                         "CREATE DATABASE d", "DROP TABLESPACE t", "ALTER SYSTEM SET work_mem = '1MB'", "GRANT a TO b", "REVOKE ADMIN OPTION FOR a FROM b CASCADE", "GRANT CONNECT ON DATABASE d TO a",
                         "GRANT CREATE ON TABLESPACE t TO a", "GRANT SET ON PARAMETER work_mem TO a", "REASSIGN OWNED BY a TO b", "DROP OWNED BY a", "COMMENT ON ROLE a IS 'x'", "COMMENT ON DATABASE d IS 'x'",
                         "SECURITY LABEL FOR p ON ROLE a IS 'x'", "COPY t TO PROGRAM 'cat'", "COPY (SELECT 1) TO '/tmp/x'", "COPY t FROM PROGRAM 'ls'", "DO $$ BEGIN CREATE ROLE a; END $$", "DO $$ BEGIN EXECUTE 'drop  role a'; END $$",
                         "DO 'BEGIN GRANT CONNECT ON DATABASE d TO a; END'", "SELECT pg_terminate_backend(1)", "SELECT pg_catalog.pg_reload_conf()", "INSERT INTO t SELECT dblink_exec('c', 'x')"});
    rows(Reach::Elsewhere, {"CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p", "DROP SUBSCRIPTION s", "ALTER SUBSCRIPTION s DISABLE", "DO $$ BEGIN DROP SUBSCRIPTION s; END $$"});
    rows(Reach::Database, {"CREATE TABLE role (i int)", "CREATE USER MAPPING FOR a SERVER s", "ALTER TABLE t OWNER TO a", "GRANT SELECT (a, b) ON t TO a", "GRANT USAGE ON SCHEMA s TO a", "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO a",
                           "COMMENT ON TABLE t IS 'of the database'", "COPY t FROM STDIN", "COPY t (a) TO STDOUT", "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'select pg_terminate_backend(1)'", "DO $$ BEGIN PERFORM 1 FROM pg_roles; END $$",
                           "CREATE PUBLICATION p", "REVOKE ALL ON ALL TABLES IN SCHEMA s FROM PUBLIC", "ALTER TABLE t SET TABLESPACE x"});
}

void TestScratch::reach()
{
    QFETCH(Reach, expected);
    QCOMPARE(reachOf(QTest::currentDataTag()), expected);
}

static File migration(int number, const QByteArray &up, const QByteArray &down = "SELECT 1;", const QByteArray &options = {})
{
    const auto file = parseFile(QString::number(number) + "_x.sql"_L1, "-- migrate:up" + options + "\n" + up + "\n-- migrate:down" + options + "\n" + down + "\n");
    if (!file)
        qFatal("%s", qPrintable(file.error().text()));
    return *file;
}

static QString sharedState(const test::TestServer &server)
{
    auto link = server.admin();
    const auto rows = link ? (*link)->run({"select (select string_agg(r::text, ' ' order by oid) from pg_roles r), (select string_agg(m::text, ' ' order by oid) from pg_auth_members m), "
                                           "(select string_agg(s::text, ' ' order by 1) from pg_db_role_setting s), (select string_agg(d::text, ' ' order by 1) from pg_shdescription d)", {}})
                           : Result<pg::Rows>(fail(link.error()));
    return rows ? QStringList{rows->text(0, 0), rows->text(0, 1), rows->text(0, 2), rows->text(0, 3)}.join(u'\n') : rows.error().text();
}

void TestScratch::othersServerIsKept()
{
    QVERIFY(m_server->sql({"create role kept", "create role member"}));
    const QString before = sharedState(*m_server);
    {
        auto scratch = Scratch::make(m_server->spec(), m_server->password(), false);
        QVERIFY(scratch && (*scratch)->enter(u"public"_s));
        const auto loaded = (*scratch)->load("GRANT kept TO member;\nCOMMENT ON ROLE kept IS 'x';\nCREATE TABLE a (i int);\n");
        QVERIFY(loaded);
        QVERIFY2(loaded->left.size() == 2 && loaded->statements == 1, qPrintable(loaded->left.join(u'\n')));
        const QVector<File> files{migration(1, "ALTER ROLE kept SET work_mem = '1MB';\nCREATE TABLE b (i int);\nGRANT SELECT ON b TO kept;", "DROP TABLE b;"), migration(2, "DROP ROLE kept;", "SELECT 1;", " transaction:false")};
        const Done replayed = (*scratch)->replay(files);
        QVERIFY2(replayed, replayed ? "" : qPrintable(replayed.error().text()));
        const QStringList left = (*scratch)->takeLeft();
        QCOMPARE(left.size(), 2);
        QVERIFY2(left.constFirst().startsWith("1_x.sql, line 2, ALTER ROLE kept SET work_mem = '1MB': it would change the whole server"_L1), qPrintable(left.constFirst()));
        QCOMPARE((*scratch)->connection().run({"select count(*) from b", {}})->text(0, 0), u"0"_s);
        // A round trip says so too: it has not been made in whole.
        const auto trips = roundTrip([&] { return Scratch::make(m_server->spec(), m_server->password(), false); }, {files.constFirst(), migration(3, "CREATE TABLE c (i int);", "DROP TABLE c;")}, {}, u"public"_s);
        QVERIFY2(trips, trips ? "" : qPrintable(trips.error().text()));
        QCOMPARE(trips->all.at(0).verdict, RoundTrip::Verdict::NotTried);
        QCOMPARE(trips->all.at(1).verdict, RoundTrip::Verdict::Same);
        QVERIFY2(!trips->passes() && trips->text().contains("not run: 1_x.sql, line 2, ALTER ROLE"_L1), qPrintable(trips->text()));
    }
    QCOMPARE(sharedState(*m_server), before);
    QVERIFY(m_server->sql({"drop role kept", "drop role member"}));
}

void TestScratch::hiddenChangesAreRefused()
{
    // In what runs code no words tell it: the server does, before it stands.
    QVERIFY(m_server->sql({"create role kept"}));
    const QString before = sharedState(*m_server);
    const QByteArray hides = "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'CREATE' || ' ROLE made_here'; RETURN 1; END $$;\n";
    {
        auto scratch = Scratch::make(m_server->spec(), m_server->password(), false);
        QVERIFY(scratch && (*scratch)->enter(u"public"_s));
        const auto loaded = (*scratch)->load(hides + "SELECT f();\nBEGIN;\nSELECT f();\nCOMMIT;\nDO $$ BEGIN EXECUTE 'ALTER RO' || 'LE kept CREATEDB'; COMMIT; END $$;\nCREATE TABLE a (i int);\n");
        QVERIFY(loaded);
        QVERIFY2(loaded->left.size() == 3 && loaded->left.constFirst().contains("pg_authid"_L1), qPrintable(loaded->left.join(u'\n')));
        QCOMPARE((*scratch)->connection().run({"select count(*) from a", {}})->text(0, 0), u"0"_s);
        for (const char *options : {"", " transaction:false"}) {
            const Done applied = (*scratch)->apply(migration(1, "SELECT 1;\nSELECT f();", "SELECT 1;", options), Direction::Up);
            QVERIFY(!applied);
            QCOMPARE(applied.error().reason, u"whole_server"_s);
            QVERIFY2(applied.error().context.startsWith("1_x.sql, line 3"_L1), qPrintable(applied.error().text()));
        }
        QVERIFY((*scratch)->apply(migration(2, "CREATE INDEX CONCURRENTLY a_i ON a (i);", "SELECT 1;", " transaction:false"), Direction::Up));
    }
    QCOMPARE(sharedState(*m_server), before);
    // On one of ours it may.
    auto ours = Scratch::make(m_server->spec(), m_server->password(), true);
    QVERIFY(ours && (*ours)->enter(u"public"_s) && (*ours)->load(hides + "SELECT f();"));
    QVERIFY(m_server->sql({"drop role kept", "drop role made_here"}));
}

void TestScratch::previewOnOthers()
{
    const QString before = sharedState(*m_server);
    {
        auto scratch = Scratch::make(m_server->spec(), m_server->password(), false);
        QVERIFY(scratch && (*scratch)->enter(u"public"_s) && (*scratch)->load("CREATE TABLE t (i int);"));
        const auto seen = preview(**scratch, {{migration(1, "CREATE ROLE previewed;\nALTER TABLE t ADD COLUMN j int;")}, {migration(2, "ALTER ROLE postgres SET work_mem = '1MB';\nCREATE INDEX CONCURRENTLY ON t (i);", "SELECT 1;", " transaction:false")},
                                              {migration(3, "DO $$ BEGIN EXECUTE 'CREATE' || ' ROLE previewed'; END $$;")}}, {});
        QVERIFY2(seen, seen ? "" : qPrintable(seen.error().text()));
        QCOMPARE(seen->statements.size(), 5);
        QStringList tried;
        for (const PreviewedStatement &one : seen->statements)
            tried << (!one.notTried.isEmpty() ? u"not tried"_s : one.error ? one.error->reason : u"tried"_s);
        QCOMPARE(tried, (QStringList{u"not tried"_s, u"tried"_s, u"not tried"_s, u"tried"_s, u"whole_server"_s}));
        QVERIFY2(seen->text().contains("not tried, and nothing is known of it: it would change the whole server"_L1), qPrintable(seen->text()));
        QVERIFY(seen->statements.constFirst().toJson().value("not_tried"_L1).isString() && seen->statements.at(1).toJson().value("not_tried"_L1).isNull());
    }
    QCOMPARE(sharedState(*m_server), before);
}

QTEST_GUILESS_MAIN(TestScratch)
#include "tst_scratch.moc"
