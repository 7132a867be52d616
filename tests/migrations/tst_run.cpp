// SPDX-License-Identifier: GPL-3.0-or-later
// Migrations forth and back on a real server: what stands in schema_migrations and in the ledger, what is refused, and that what can't be run in a
// transaction goes on where it stopped.
#include "project.h"

#include <QTest>

#include <thread>

using namespace howdah;
using namespace howdah::migrations;
using namespace howdah::test;
using namespace Qt::StringLiterals;

class TestRun : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void cleanup() { m_project.reset(); }
    void cleanupTestCase() { m_server.reset(); }

    void forthAndBack();
    void backWithoutTheFile();
    void backIsWhatWasDone();
    void whatFailsLeavesNothing();
    void withoutATransactionItGoesOn();
    void anInvalidIndexIsFoundAndDropped();
    void lockTimeoutIsTriedAgain();
    void lockTimeoutEndsWithWhoItWas();
    void givenUpWhileItWaits();
    void twoRunners();
    void anotherRunnerIsNamed();
    void settingsAreNotTheNextOnes();
    void copyWithItsData();
    void editedAndAdopted();
    void outOfOrder();
    void baselineAndResolve();
    void irreversible();
    void redoIsBothOrNothing();
    void whatWasPlannedIsWhatRuns();
    void aStrangersIndexIsLeftAlone();
    void patienceIsForConcurrentlyAlone();
    void aTransactionIsNotPutAroundTheRest();
    void baselineGoesByNumber();
    void anotherTable();
    void anotherServer();
    void aStandby();
    void aRoleThatMayNot();

private:
    Project &project() { return *m_project; }
    std::unique_ptr<TestServer> m_server;
    std::unique_ptr<Project> m_project;
    int m_databases = 0;
};

void TestRun::initTestCase()
{
    QString why;
    m_server = TestServer::start({}, &why);
    QVERIFY2(m_server, qPrintable(why));
}

void TestRun::init()
{
    m_project = std::make_unique<Project>(*m_server, "project" + QByteArray::number(++m_databases));
}

void TestRun::forthAndBack()
{
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int); INSERT INTO a VALUES (1);", "DROP TABLE a;");
    project().put(u"2_b.sql"_s, "ALTER TABLE a ADD COLUMN j int;", "ALTER TABLE a DROP COLUMN j;");
    const Run forth = project().up();
    QCOMPARE(reasonOf(forth), QString());
    QCOMPARE(forth.done.size(), 2);
    QCOMPARE(project().value("SELECT string_agg(version, ',' ORDER BY version) FROM schema_migrations"), u"1,2"_s);
    // As dbmate makes it, to the letter.
    QCOMPARE(project().value("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'public.schema_migrations'::regclass AND contype = 'p'"), u"PRIMARY KEY (version)"_s);
    const Ledger ledger = project().ledger();
    QCOMPARE(ledger.events.size(), 2);
    const Event &event = ledger.events.constFirst();
    QCOMPARE(event.kind, u"done"_s);
    QCOMPARE(event.statementsDone, 2);
    QCOMPARE(event.purpose, u"a table for the test"_s);
    QCOMPARE(event.who, thisClient());
    QVERIFY(event.tookMs && !event.xid.isEmpty() && event.file.contains("CREATE TABLE a") && event.atMs > 0);
    QCOMPARE(project().up().done.size(), 0); // nothing twice
    const Run back = project().down(2);
    QCOMPARE(reasonOf(back), QString());
    QCOMPARE(back.done.constFirst().version, u"2"_s);
    QCOMPARE(project().value("SELECT count(*) FROM schema_migrations"), u"0"_s);
    QCOMPARE(project().value("SELECT to_regclass('a')"), QString());
    QCOMPARE(project().ledger().events.size(), 4); // and nothing of the history went
    // A plan of one step at a time, and to a version.
    QCOMPARE(project().up({}, {1, {}}).done.size(), 1);
    QCOMPARE(project().up({}, {-1, u"1"_s}).done.size(), 0);
}

void TestRun::backWithoutTheFile()
{
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int);", "DROP TABLE a;");
    QCOMPARE(reasonOf(project().up()), QString());
    project().remove(u"1_a.sql"_s);
    QCOMPARE(project().state().entries.constFirst().standing, Standing::Missing);
    const Run back = project().down();
    QCOMPARE(reasonOf(back), QString());
    QCOMPARE(project().value("SELECT to_regclass('a')"), QString());
}

void TestRun::backIsWhatWasDone()
{
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int); CREATE TABLE keep (i int);", "DROP TABLE a; DROP TABLE keep;");
    QCOMPARE(reasonOf(project().up()), QString());
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int);", "DROP TABLE a;"); // edited since
    QCOMPARE(reasonOf(project().down()), QString());
    QCOMPARE(project().value("SELECT to_regclass('keep')"), QString());
}

void TestRun::whatFailsLeavesNothing()
{
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int);", "DROP TABLE a;");
    project().put(u"2_b.sql"_s, "CREATE TABLE b (i int);\n\nINSERT INTO b VALUES ('x');", "DROP TABLE b;");
    project().put(u"3_c.sql"_s, "CREATE TABLE c (i int);", "DROP TABLE c;");
    const Run run = project().up();
    QCOMPARE(run.done.size(), 1);
    QCOMPARE(run.error->sqlstate, u"22P02"_s);
    QVERIFY2(run.error->context.contains(u"2_b.sql, line 5, statement 2 of 2"_s), qPrintable(run.error->context));
    QCOMPARE(project().value("SELECT to_regclass('b')"), QString());
    QCOMPARE(project().value("SELECT to_regclass('c')"), QString());
    QCOMPARE(project().ledger().events.constLast().kind, u"failed"_s);
    QCOMPARE(project().ledger().events.constLast().sqlstate, u"22P02"_s);
    project().put(u"2_b.sql"_s, "CREATE TABLE b (i int);", "DROP TABLE b;");
    QCOMPARE(project().up().done.size(), 2);
}

void TestRun::withoutATransactionItGoesOn()
{
    const QByteArray first = "CREATE TABLE a (i int);\nINSERT INTO a VALUES (1);\n";
    project().put(u"1_a.sql"_s, first + "INSERT INTO a VALUES ('x');\nINSERT INTO a VALUES (4);", "DROP TABLE a;", " transaction:false");
    const Run run = project().up();
    QCOMPARE(run.error->sqlstate, u"22P02"_s);
    QCOMPARE(project().value("SELECT count(*) FROM a"), u"1"_s);
    QCOMPARE(project().value("SELECT count(*) FROM schema_migrations"), u"0"_s);
    const Entry entry = project().state().entries.constFirst();
    QCOMPARE(entry.standing, Standing::Interrupted);
    QCOMPARE(entry.statementsDone, 2);
    // What was done is not to be edited.
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int);\nINSERT INTO a VALUES (7);\nINSERT INTO a VALUES (3);", "DROP TABLE a;", " transaction:false");
    QCOMPARE(project().up().error->reason, u"changed_since"_s);
    QCOMPARE(project().value("SELECT count(*) FROM a"), u"1"_s);
    project().put(u"1_a.sql"_s, first + "INSERT INTO a VALUES (3);\nINSERT INTO a VALUES (4);", "DROP TABLE a;", " transaction:false");
    const Run on = project().up();
    QCOMPARE(reasonOf(on), QString());
    QCOMPARE(project().value("SELECT string_agg(i::text, ',' ORDER BY i) FROM a"), u"1,3,4"_s);
    QCOMPARE(project().state().entries.constFirst().standing, Standing::Applied);
}

void TestRun::anInvalidIndexIsFoundAndDropped()
{
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int); INSERT INTO a VALUES (1), (1);", "DROP TABLE a;");
    project().put(u"2_i.sql"_s, "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS a_i ON a (i);", "DROP INDEX CONCURRENTLY a_i;", " transaction:false");
    const Run run = project().up();
    QCOMPARE(run.error->sqlstate, u"23505"_s);
    QVERIFY2(run.error->text().contains(u"public.a_i"_s), qPrintable(run.error->text()));
    QCOMPARE(project().ledger().events.constLast().invalidIndexes, QStringList{u"public.a_i"_s});
    // IF NOT EXISTS would have been content with it.
    QVERIFY(project().link()->run({"DELETE FROM a WHERE ctid = (SELECT min(ctid) FROM a)", {}}));
    const Run again = project().up();
    QCOMPARE(reasonOf(again), QString());
    QCOMPARE(project().value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_i'::regclass"), u"t"_s);
}

void TestRun::lockTimeoutIsTriedAgain()
{
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int);", "DROP TABLE a;");
    QCOMPARE(reasonOf(project().up()), QString());
    project().put(u"2_b.sql"_s, "CREATE TABLE b (i int); ALTER TABLE a ADD COLUMN j int;", "SELECT 1;");
    Client holder(project().spec(u"checkout"_s), m_server->password());
    QVERIFY(holder.run("BEGIN") && holder.run("SELECT count(*) FROM a"));
    RunOptions options;
    options.lockTimeoutMs = 400;
    options.lockTries = 100;
    Run run;
    std::thread runs([&] { run = project().up(options); });
    // It is told who stands in the way, and goes on once he has gone.
    QString blocked, again;
    QTRY_VERIFY_WITH_TIMEOUT(([&] {
                                 for (const Told &told : project().takeTold()) {
                                     blocked += told.what == Told::What::Blocked ? told.text : QString();
                                     again += told.what == Told::What::TriesAgain ? told.text : QString();
                                 }
                                 return !blocked.isEmpty() && !again.isEmpty();
                             }()),
                             20'000);
    const bool committed = holder.run("COMMIT");
    runs.join();
    QVERIFY(committed);
    QCOMPARE(reasonOf(run), QString());
    QVERIFY(run.done.constFirst().tries > 1);
    for (const QString &text : {blocked, again})
        QVERIFY2(text.contains(u"backend %1 of postgres (checkout), idle in transaction"_s.arg(holder.pid())), qPrintable(text));
    QCOMPARE(project().value("SELECT count(*) FROM howdah.migration_event WHERE version = '2'"), u"1"_s);
}

void TestRun::lockTimeoutEndsWithWhoItWas()
{
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int);", "DROP TABLE a;");
    QCOMPARE(reasonOf(project().up()), QString());
    project().put(u"2_b.sql"_s, "ALTER TABLE a ADD COLUMN j int;", "SELECT 1;");
    Client holder(project().spec(u"checkout"_s), m_server->password());
    QVERIFY(holder.run("BEGIN") && holder.run("SELECT count(*) FROM a"));
    RunOptions options;
    options.lockTimeoutMs = 400;
    options.lockTries = 2;
    const Run run = project().up(options);
    QCOMPARE(run.error->reason, u"retries_exhausted"_s);
    QVERIFY2(run.error->text().contains(u"backend %1 of postgres (checkout)"_s.arg(holder.pid())), qPrintable(run.error->text()));
    QCOMPARE(project().ledger().events.constLast().kind, u"failed"_s);
}

void TestRun::givenUpWhileItWaits()
{
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int);", "DROP TABLE a;");
    QCOMPARE(reasonOf(project().up()), QString());
    project().put(u"2_b.sql"_s, "ALTER TABLE a ADD COLUMN j int;", "SELECT 1;");
    Client holder(project().spec(u"checkout"_s), m_server->password());
    QVERIFY(holder.run("BEGIN") && holder.run("SELECT count(*) FROM a"));
    RunOptions options;
    options.lockTimeoutMs = 0;
    CancelToken cancel;
    Run run;
    std::thread runs([&] {
        const auto link = project().link();
        run = up(*link, project().folder(), {}, options, [](const Told &) {}, cancel);
    });
    const auto waits = [&] { return project().value("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"); };
    const bool waited = QTest::qWaitFor([&] { return waits() == "1"_L1; }, 20'000);
    cancel.cancel();
    runs.join();
    QVERIFY(waited);
    QCOMPARE(run.error->kind, ErrorKind::Cancelled);
    QCOMPARE(waits(), u"0"_s);
    QCOMPARE(project().state().entries.constLast().standing, Standing::Pending);
}

void TestRun::twoRunners()
{
    const int rounds = std::max(20, qEnvironmentVariableIntValue("HOWDAH_ROUNDS"));
    project().put(u"0_a.sql"_s, "CREATE TABLE a (i int); CREATE TABLE once (version text PRIMARY KEY);", "SELECT 1;");
    QCOMPARE(reasonOf(project().up()), QString());
    for (int round = 1; round <= rounds; ++round) {
        const QByteArray number = QByteArray::number(round);
        project().put(u"%1_t.sql"_s.arg(round * 2 - 1), "INSERT INTO once VALUES ('t" + number + "'); ALTER TABLE a ADD COLUMN c" + number + " int;", "SELECT 1;");
        project().put(u"%1_i.sql"_s.arg(round * 2), "CREATE INDEX CONCURRENTLY a_c" + number + " ON a (c" + number + ");", "SELECT 1;", " transaction:false");
        Run one, other;
        std::thread second([&] { other = project().up(); });
        one = project().up();
        second.join();
        QCOMPARE(reasonOf(one), QString());
        QCOMPARE(reasonOf(other), QString());
        QCOMPARE(one.done.size() + other.done.size(), 2);
    }
    QCOMPARE(project().value("SELECT count(*) FROM pg_index WHERE NOT indisvalid"), u"0"_s);
    QCOMPARE(project().value("SELECT count(*) FROM howdah.migration_event WHERE kind = 'done'"), QString::number(rounds * 2 + 1));
}

void TestRun::anotherRunnerIsNamed()
{
    project().put(u"1_a.sql"_s, "SELECT pg_sleep(600);", "SELECT 1;");
    CancelToken cancel;
    Run first;
    std::thread runs([&] {
        const auto link = project().link(u"the first"_s);
        first = up(*link, project().folder(), {}, {}, [](const Told &) {}, cancel);
    });
    const bool started = QTest::qWaitFor([&] { return project().value("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(600)%'") == "1"_L1; }, 20'000);
    RunOptions options;
    options.otherRunnerMs = 0;
    const Run second = project().up(options);
    cancel.cancel();
    runs.join();
    QVERIFY(started);
    QCOMPARE(second.error->reason, u"locked"_s);
    QVERIFY2(second.error->message.contains(u"(the first)"_s), qPrintable(second.error->message));
}

void TestRun::settingsAreNotTheNextOnes()
{
    project().put(u"0_z.sql"_s, "CREATE TABLE z (i int);", "SELECT 1;"); // so that the ledger's statements are prepared
    project().put(u"1_a.sql"_s, "CREATE SCHEMA other; SET search_path = other; SET lock_timeout = '1h'; CREATE TABLE a (i int);", "SELECT 1;");
    project().put(u"2_b.sql"_s, "CREATE TABLE b AS SELECT current_setting('lock_timeout') AS l, current_setting('TimeZone') AS z;", "SELECT 1;");
    QCOMPARE(reasonOf(project().up()), QString());
    QCOMPARE(project().value("SELECT l || ' ' || z FROM public.b"), u"3s UTC"_s);
    // What was prepared is gone, within the transaction and for the next one.
    for (const auto *text : {"DEALLOCATE ALL;", "DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$;"}) {
        project().put(u"3_c.sql"_s, text, text);
        project().put(u"4_d.sql"_s, "CREATE TABLE d (i int);", "DROP TABLE d;");
        QCOMPARE(reasonOf(project().up()), QString());
        QCOMPARE(reasonOf(project().down(2)), QString());
        project().put(u"3_c.sql"_s, "SELECT 1;", "SELECT 1;");
    }
    project().put(u"3_c.sql"_s, "CREATE TABLE c (i int);", "DROP TABLE c;");
    project().put(u"4_d.sql"_s, "DEALLOCATE ALL;", "DEALLOCATE ALL;");
    QCOMPARE(reasonOf(project().up()), QString());
}

void TestRun::copyWithItsData()
{
    project().put(u"1_a.sql"_s, "CREATE TABLE public.a (i int, t text);\nCOPY public.a FROM STDIN;\n1\tone\n2\ttwo; three\n\\.\nINSERT INTO public.a VALUES (3, $q$it's$q$);", "DROP TABLE a;");
    QCOMPARE(reasonOf(project().up()), QString());
    QCOMPARE(project().value("SELECT string_agg(t, '|' ORDER BY i) FROM a"), u"one|two; three|it's"_s);
}

void TestRun::editedAndAdopted()
{
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int);", "DROP TABLE a;");
    QCOMPARE(reasonOf(project().up()), QString());
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int); -- a note", "DROP TABLE a;");
    QCOMPARE(project().state().entries.constFirst().standing, Standing::Cosmetic);
    QCOMPARE(reasonOf(project().up()), QString());
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i bigint);", "DROP TABLE a;");
    project().put(u"2_b.sql"_s, "CREATE TABLE b (i int);", "DROP TABLE b;");
    const Run refused = project().up();
    QCOMPARE(refused.error->reason, u"edited"_s);
    QVERIFY(refused.done.isEmpty());
    const auto link = project().link();
    QCOMPARE(adopt(*link, project().folder(), u"1"_s, u" "_s, {}, [](const Told &) {}).error->reason, u"no_reason"_s);
    QCOMPARE(reasonOf(adopt(*link, project().folder(), u"1"_s, u"done by hand"_s, {}, [](const Told &) {})), QString());
    QCOMPARE(project().ledger().events.constLast().message, u"done by hand"_s);
    QVERIFY(project().state().entries.constFirst().appliedMs < project().ledger().events.constLast().atMs); // when it was run, not when it was adopted
    QCOMPARE(project().up().done.size(), 1);
}

void TestRun::outOfOrder()
{
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int);", "DROP TABLE a;");
    project().put(u"3_c.sql"_s, "CREATE TABLE c (i int);", "DROP TABLE c;");
    QCOMPARE(reasonOf(project().up()), QString());
    project().put(u"2_b.sql"_s, "CREATE TABLE b (i int);", "DROP TABLE b;"); // of a branch
    QCOMPARE(project().up().error->reason, u"out_of_order"_s);
    QCOMPARE(project().value("SELECT to_regclass('b')"), QString());
    RunOptions options;
    options.allowOutOfOrder = true;
    QCOMPARE(project().up(options).done.size(), 1);
    QCOMPARE(project().down().done.constFirst().version, u"2"_s); // the last that was applied, and not the highest
}

void TestRun::baselineAndResolve()
{
    QVERIFY(project().link()->run({"CREATE TABLE a (i int)", {}}));
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int);", "DROP TABLE a;");
    project().put(u"2_b.sql"_s, "CREATE TABLE b (i int); SELECT 1 / 0;", "DROP TABLE b;", " transaction:false");
    const auto link = project().link();
    QCOMPARE(reasonOf(baseline(*link, project().folder(), u"1"_s, {}, [](const Told &) {})), QString());
    QCOMPARE(project().state().entries.constFirst().standing, Standing::Applied);
    QCOMPARE(project().up().error->sqlstate, u"22012"_s);
    const auto resolved = [&](bool applied) { return resolve(*link, project().folder(), u"2"_s, applied ? Resolved::Applied : Resolved::NotApplied, {}, [](const Told &) {}); };
    QCOMPARE(reasonOf(resolved(true)), QString());
    QCOMPARE(project().state().pending(), 0);
    QCOMPARE(resolved(true).error->reason, u"nothing_to_resolve"_s);
    QCOMPARE(resolved(false).error->reason, u"nothing_to_resolve"_s);
    QCOMPARE(project().down(3).error->reason, u"too_many"_s); // a cut-off version is no count
    QCOMPARE(project().value("SELECT count(*) FROM schema_migrations"), u"2"_s);
}

void TestRun::irreversible()
{
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int);", "-- irreversible: nobody wants it back");
    QCOMPARE(reasonOf(project().up()), QString());
    const Run run = project().down();
    QCOMPARE(run.error->reason, u"irreversible"_s);
    QVERIFY(run.error->message.contains(u"nobody wants it back"_s));
    QCOMPARE(project().value("SELECT count(*) FROM schema_migrations"), u"1"_s);
}

void TestRun::redoIsBothOrNothing()
{
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int);", "DROP TABLE a;");
    QCOMPARE(reasonOf(project().up()), QString());
    const auto again = [&] { return redo(*project().link(), project().folder(), {}, [](const Told &) {}); };
    const QString before = project().value("SELECT 'a'::regclass::oid");
    QCOMPARE(reasonOf(again()), QString());
    QVERIFY(project().value("SELECT 'a'::regclass::oid") != before);
    project().remove(u"1_a.sql"_s);
    QCOMPARE(again().error->reason, u"no_text"_s);
    QCOMPARE(project().value("SELECT count(*) FROM schema_migrations"), u"1"_s); // not undone either
}

void TestRun::whatWasPlannedIsWhatRuns()
{
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int);", "DROP TABLE a;");
    project().put(u"2_b.sql"_s, "CREATE TABLE b (i int);", "DROP TABLE b;");
    RunOptions options;
    options.planned = QStringList{u"1"_s};
    QCOMPARE(project().up(options).error->reason, u"changed_meanwhile"_s);
    QCOMPARE(project().value("SELECT count(*) FROM schema_migrations"), u"0"_s);
    options.planned = QStringList{u"1"_s, u"2"_s};
    QCOMPARE(reasonOf(project().up(options)), QString());
    options.planned = QStringList{u"1"_s};
    QCOMPARE(project().down(1, options).error->reason, u"changed_meanwhile"_s);
    QCOMPARE(project().value("SELECT count(*) FROM schema_migrations"), u"2"_s);
}

void TestRun::aStrangersIndexIsLeftAlone()
{
    const auto link = project().link();
    QVERIFY(link->run({"CREATE TABLE theirs AS SELECT 1 AS i FROM generate_series(1, 2)", {}}));
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int);", "DROP TABLE a;");
    QCOMPARE(reasonOf(project().up()), QString());
    // While ours runs, somebody's own CONCURRENTLY fails and leaves an index of his.
    project().put(u"2_i.sql"_s, "CREATE INDEX CONCURRENTLY a_i ON a (i);\nSELECT pg_sleep(1.5);\nALTER TABLE a ADD COLUMN j int;", "SELECT 1;", " transaction:false");
    Run run;
    std::thread runs([&] { run = project().up(); });
    const bool sleeps = QTest::qWaitFor([&] { return project().value("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(1.5)%' AND state = 'active'") == "1"_L1; }, 20'000);
    const bool made = link->run({"CREATE UNIQUE INDEX CONCURRENTLY theirs_i ON theirs (i)", {}}).has_value();
    runs.join();
    QVERIFY(sleeps && !made);
    QCOMPARE(reasonOf(run), QString());
    QCOMPARE(project().value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'theirs_i'::regclass"), u"f"_s); // his to look at
}

void TestRun::patienceIsForConcurrentlyAlone()
{
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int);", "DROP TABLE a;");
    QCOMPARE(reasonOf(project().up()), QString());
    project().put(u"2_b.sql"_s, "ALTER TABLE a ADD COLUMN j int;", "SELECT 1;", " transaction:false");
    Client holder(project().spec(u"checkout"_s), m_server->password());
    QVERIFY(holder.run("BEGIN") && holder.run("SELECT count(*) FROM a"));
    RunOptions options;
    options.lockTimeoutMs = 300;
    options.lockTries = 2;
    QCOMPARE(project().up(options).error->reason, u"retries_exhausted"_s); // and does not wait without end, with everybody behind it
}

void TestRun::aTransactionIsNotPutAroundTheRest()
{
    const QByteArray first = "CREATE TABLE a (i int);\nINSERT INTO a VALUES (1);\n";
    project().put(u"1_a.sql"_s, first + "SELECT 1 / 0;", "DROP TABLE a;", " transaction:false");
    QCOMPARE(project().up().error->sqlstate, u"22012"_s);
    project().put(u"1_a.sql"_s, first + "SELECT 1;", "DROP TABLE a;");
    QCOMPARE(project().up().error->reason, u"changed_since"_s);
    QCOMPARE(project().value("SELECT count(*) FROM a"), u"1"_s);
}

void TestRun::baselineGoesByNumber()
{
    project().put(u"2_a.sql"_s, "CREATE TABLE a (i int);", "DROP TABLE a;");
    project().put(u"10_b.sql"_s, "CREATE TABLE b (i int);", "DROP TABLE b;"); // before it by name
    const auto link = project().link();
    QCOMPARE(baseline(*link, project().folder(), u"2"_s, {}, [](const Told &) {}).done.size(), 1);
    QCOMPARE(project().state().pending(), 1);
}

void TestRun::anotherTable()
{
    QVERIFY(project().link()->run({"CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL)", {}})); // golang-migrate's
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int);", "DROP TABLE a;");
    QCOMPARE(project().up().error->reason, u"foreign_table"_s);
    QCOMPARE(project().value("SELECT count(*) FROM schema_migrations"), u"0"_s);
    QCOMPARE(project().value("SELECT to_regclass('howdah.migration_event')"), QString());
    // Rails' has dbmate's form, and another table beside it.
    QVERIFY(project().link()->run({"DROP TABLE schema_migrations", {}}) && project().link()->run({"CREATE TABLE schema_migrations (version varchar PRIMARY KEY)", {}})
            && project().link()->run({"CREATE TABLE ar_internal_metadata (key varchar PRIMARY KEY, value varchar)", {}}));
    QCOMPARE(project().up().error->reason, u"foreign_table"_s);
    QCOMPARE(project().value("SELECT count(*) FROM schema_migrations"), u"0"_s);
}

void TestRun::anotherServer()
{
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int);", "DROP TABLE a;");
    RunOptions options;
    options.systemIdentifier = u"1"_s;
    QCOMPARE(project().up(options).error->reason, u"another_server"_s);
    options.systemIdentifier = project().value("SELECT system_identifier FROM pg_control_system()");
    QCOMPARE(reasonOf(project().up(options)), QString());
}

void TestRun::aStandby()
{
    QString why;
    const auto first = TestServer::start({}, &why);
    QVERIFY2(first, qPrintable(why));
    QVERIFY(first->stop());
    ServerSetup setup;
    setup.copyOf = first.get();
    setup.dataFiles = {u"standby.signal"_s};
    const auto standby = TestServer::start(setup, &why);
    QVERIFY2(standby, qPrintable(why));
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int);", "DROP TABLE a;");
    const auto link = standby->admin();
    QVERIFY(link);
    QCOMPARE(up(**link, project().folder(), {}, {}, [](const Told &) {}).error->reason, u"standby"_s);
}

void TestRun::aRoleThatMayNot()
{
    QVERIFY(project().link()->run({"CREATE ROLE deployer LOGIN PASSWORD 'deployer'", {}}));
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int);", "DROP TABLE a;");
    const auto link = pg::Connection::open(project().spec().withRole(u"deployer"_s), Secret("deployer"));
    QVERIFY(link);
    const Run run = up(**link, project().folder(), {}, {}, [](const Told &) {});
    QCOMPARE(run.error->kind, ErrorKind::Permission);
    QVERIFY(run.error->hint.contains(u"GRANT CREATE"_s));
    // Where its DBA has made the tables it needs no more than to write to them.
    QVERIFY(createLedger(*project().link(), {}));
    for (const QByteArray &grant : {QByteArray("GRANT SELECT, INSERT, DELETE ON public.schema_migrations TO deployer"), QByteArray("GRANT USAGE ON SCHEMA howdah TO deployer"),
                                    QByteArray("GRANT SELECT, INSERT ON howdah.migration_event TO deployer"), QByteArray("GRANT CREATE ON SCHEMA public TO deployer")})
        QVERIFY(project().link()->run({grant, {}}));
    QCOMPARE(reasonOf(up(**link, project().folder(), {}, {}, [](const Told &) {})), QString());
    QVERIFY(project().link()->run({"DROP OWNED BY deployer", {}}) && project().link()->run({"DROP ROLE deployer", {}}));
}

QTEST_GUILESS_MAIN(TestRun)
#include "tst_run.moc"
