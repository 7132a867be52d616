// SPDX-License-Identifier: GPL-3.0-or-later
// What stands beside the folder: scripts that say whether a migration did what it was for, and files that are run again when they have changed.
#include "project.h"

#include "migrations/verify.h"

#include <QTest>

using namespace howdah;
using namespace howdah::migrations;
using namespace howdah::test;
using namespace Qt::StringLiterals;

class TestBeside : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void cleanup() { m_project.reset(); }
    void cleanupTestCase() { m_server.reset(); }

    void whatDoesNotHoldIsRolledBack_data();
    void whatDoesNotHoldIsRolledBack();
    void aCheckLeavesNothing();
    void withoutATransactionItIsAskedAgain();
    void askedLater();
    void aCheckOfNothing();
    void repeatables();
    void aRepeatableThatFails();
    void dbmateSeesNothingOfIt();

private:
    Project &project() { return *m_project; }
    void beside(const QString &folder, const QString &name, const QByteArray &text)
    {
        const QDir dir(project().path() + u"/../"_s + folder);
        QVERIFY(dir.mkpath(u"."_s));
        QFile file(dir.filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(text) == text.size());
    }

    std::unique_ptr<TestServer> m_server;
    std::unique_ptr<Project> m_project;
    int m_databases = 0;
};

void TestBeside::initTestCase()
{
    QString why;
    m_server = TestServer::start({}, &why);
    QVERIFY2(m_server, qPrintable(why));
}

void TestBeside::init()
{
    m_project = std::make_unique<Project>(*m_server, "beside" + QByteArray::number(++m_databases));
}

void TestBeside::whatDoesNotHoldIsRolledBack_data()
{
    QTest::addColumn<QByteArray>("check");
    QTest::addColumn<QString>("reason");
    QTest::addColumn<QString>("where");
    QTest::newRow("false") << QByteArray("SELECT i IS NOT NULL FROM a;\nSELECT count(*) = 2 FROM a;") << u"not_verified/"_s << u"verify/1_a.sql, line 2"_s;
    QTest::newRow("null") << QByteArray("SELECT NULL::boolean;") << u"not_verified/"_s << u"verify/1_a.sql, line 1"_s;
    QTest::newRow("no row") << QByteArray("SELECT true FROM a WHERE i = 7;") << u"not_verified/"_s << u"verify/1_a.sql, line 1"_s;
    QTest::newRow("an error") << QByteArray("SELECT 1;\n\nSELECT b FROM a;") << u"no_such_column/42703"_s << u"verify/1_a.sql, line 3"_s;
    QTest::newRow("it writes") << QByteArray("INSERT INTO a VALUES (2);") << u"read_only/25006"_s << u"verify/1_a.sql, line 1"_s;
}

void TestBeside::whatDoesNotHoldIsRolledBack()
{
    QFETCH(QByteArray, check);
    QFETCH(QString, reason);
    QFETCH(QString, where);
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int);\nINSERT INTO a VALUES (1);", "DROP TABLE a;");
    beside(u"verify"_s, u"1_a.sql"_s, check);
    const Run run = project().up();
    QCOMPARE(reasonOf(run), reason);
    QCOMPARE(run.error->context, where);
    QCOMPARE(project().value("SELECT to_regclass('public.a')"), QString());
    QVERIFY(!project().ledger().isApplied(u"1"_s));
    QCOMPARE(project().ledger().events.constLast().kind, u"failed"_s);
    beside(u"verify"_s, u"1_a.sql"_s, "SELECT count(*) = 1 FROM a;\nSELECT i FROM a WHERE false;");
    QCOMPARE(reasonOf(project().up()), QString());
    QVERIFY(project().ledger().isApplied(u"1"_s));
}

void TestBeside::aCheckLeavesNothing()
{
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int);", "DROP TABLE a;");
    project().put(u"2_b.sql"_s, "CREATE TABLE b AS SELECT current_setting('work_mem') AS w, current_setting('transaction_read_only') AS r;", "DROP TABLE b;");
    beside(u"verify"_s, u"1_a.sql"_s, "SET work_mem = '77MB'; DEALLOCATE ALL; SELECT true;");
    QCOMPARE(reasonOf(project().up()), QString());
    QCOMPARE(project().value("SELECT r FROM b"), u"off"_s);
    QVERIFY(project().value("SELECT w FROM b") != "77MB"_L1);
}

void TestBeside::withoutATransactionItIsAskedAgain()
{
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int);\nCREATE INDEX CONCURRENTLY a_i ON a (i);", "DROP TABLE a;", " transaction:false");
    beside(u"verify"_s, u"1_a.sql"_s, "SELECT count(*) = 1 FROM a;");
    const Run run = project().up();
    QCOMPARE(reasonOf(run), u"not_verified/"_s);
    QVERIFY(run.error->detail.contains(u"All of its statements stand"_s));
    const Entry entry = project().state().entries.constFirst();
    QCOMPARE(entry.standing, Standing::Interrupted);
    QCOMPARE(entry.statementsDone, 2);
    QCOMPARE(project().value("INSERT INTO a VALUES (1) RETURNING i"), u"1"_s);
    QCOMPARE(reasonOf(project().up()), QString());
    QCOMPARE(project().state().entries.constFirst().standing, Standing::Applied);
}

void TestBeside::askedLater()
{
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int);", "DROP TABLE a;");
    project().put(u"2_b.sql"_s, "CREATE TABLE b (i int);", "DROP TABLE b;");
    beside(u"verify"_s, u"1_a.sql"_s, "SELECT count(*) = 0 FROM a;");
    QCOMPARE(reasonOf(project().up()), QString());
    const auto link = project().link();
    auto all = verify(*link, project().folder(), project().ledger().versions);
    QVERIFY(all);
    QCOMPARE(all->size(), 1);
    QVERIFY(!all->constFirst().error);
    (void)project().value("INSERT INTO a VALUES (1) RETURNING 1");
    all = verify(*link, project().folder(), project().ledger().versions);
    QVERIFY(all && all->constFirst().error);
    QCOMPARE(all->constFirst().error->reason, u"not_verified"_s);
    QCOMPARE(link->transactionState(), pg::TransactionState::Idle);
}

void TestBeside::aCheckOfNothing()
{
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int);", "DROP TABLE a;");
    beside(u"verify"_s, u"7_a.sql"_s, "SELECT true;");
    const auto folder = readFolder(project().path());
    QVERIFY(!folder);
    QCOMPARE(folder.error().reason, u"no_such_version"_s);
}

void TestBeside::repeatables()
{
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int);", "DROP TABLE a;");
    beside(u"repeatable"_s, u"views.sql"_s, "-- Purpose: what the reports read\nCREATE OR REPLACE VIEW v AS SELECT 1 AS one;");
    QCOMPARE(project().state().pending(), 2);
    const Run first = project().up();
    QCOMPARE(reasonOf(first), QString());
    QCOMPARE(first.done.constLast().version, u"repeatable/views.sql"_s);
    QCOMPARE(project().state().pending(), 0);
    QVERIFY(project().up().done.isEmpty());
    beside(u"repeatable"_s, u"views.sql"_s, "-- Purpose: what the reports read today\nCREATE OR REPLACE VIEW v AS SELECT 1 AS one;");
    QCOMPARE(project().state().repeatables.constFirst().standing, Standing::Cosmetic);
    QVERIFY(project().up().done.isEmpty());
    beside(u"repeatable"_s, u"views.sql"_s, "CREATE OR REPLACE VIEW v AS SELECT 2 AS one;");
    QCOMPARE(project().state().pending(), 1);
    QCOMPARE(project().up({}, {1, {}}).done.size(), 0); // some are run: not these
    QCOMPARE(project().up().done.size(), 1);
    QCOMPARE(project().value("SELECT one FROM v"), u"2"_s);
    QCOMPARE(project().value("SELECT string_agg(version, ',') FROM schema_migrations"), u"1"_s);
    QCOMPARE(project().down().done.constFirst().version, u"1"_s); // and not on the way back
}

void TestBeside::aRepeatableThatFails()
{
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int);", "DROP TABLE a;");
    beside(u"repeatable"_s, u"1_views.sql"_s, "CREATE VIEW v AS SELECT 1 AS one;\nSELECT nowhere;");
    beside(u"repeatable"_s, u"2_more.sql"_s, "CREATE VIEW w AS SELECT 1 AS one;");
    const Run run = project().up();
    QCOMPARE(reasonOf(run), u"no_such_column/42703"_s);
    QCOMPARE(run.error->context, u"1_views.sql, line 2, statement 2 of 2"_s);
    QCOMPARE(run.done.size(), 1);
    QCOMPARE(project().value("SELECT to_regclass('public.v')"), QString());
    QCOMPARE(project().state().pending(), 2);
}

void TestBeside::dbmateSeesNothingOfIt()
{
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int);", "DROP TABLE a;");
    beside(u"repeatable"_s, u"views.sql"_s, "CREATE OR REPLACE VIEW v AS SELECT 1 AS one;");
    QCOMPARE(reasonOf(project().up()), QString());
    QCOMPARE(QDir(project().path()).entryList(QDir::Files | QDir::Dirs | QDir::NoDotAndDotDot), QStringList{u"1_a.sql"_s});
}

QTEST_GUILESS_MAIN(TestBeside)
#include "tst_beside.moc"
