// SPDX-License-Identifier: GPL-3.0-or-later
// Runs that are killed, cut off or raced, on real servers: nothing is done twice, nothing half done is shown as done, and what became of a lost COMMIT
// is asked and not guessed.
#include "project.h"
#include "session/program.h"
#include "support/delayproxy.h"

#include <QCryptographicHash>
#include <QProcess>
#include <QTest>

#include <thread>

using namespace howdah;
using namespace howdah::migrations;
using namespace howdah::test;
using namespace Qt::StringLiterals;

class TestCrash : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void cleanup() { m_project.reset(); }
    void cleanupTestCase() { m_server.reset(); }

    void killedInATransaction();
    void killedBetweenStatements();
    void cutOffAfterItsStatement();
    void killedInConcurrently();
    void concurrentlyMeetsALockTimeout();
    void commitIsLostAndStands();
    void commitIsLostAndDoesNot();
    void readersWaitNoLongerThanTheTimeout();

private:
    Project &project() { return *m_project; }
    QString url() const
    {
        const pg::ConnectionSpec spec = m_project->spec();
        return u"postgresql://postgres:%1@127.0.0.1:%2/%3?sslrootcert=%4"_s.arg(QString::fromLatin1(m_server->password().data())).arg(m_server->port()).arg(spec.database, m_server->caFile());
    }
    std::unique_ptr<QProcess> startCtl()
    {
        auto ctl = std::make_unique<QProcess>();
        ctl->setStandardErrorFile(QProcess::nullDevice());
        ctl->start(Program::path(), {u"--url"_s, url(), u"migrate"_s, u"--folder"_s, project().path(), u"up"_s, u"--confirm"_s, project().spec().database, u"--json"_s});
        return ctl;
    }
    bool runs(const QString &beginning)
    {
        const QByteArray asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid() AND query LIKE '" + beginning.toUtf8() + "%'";
        return QTest::qWaitFor([&] { return project().value(asked) == "1"_L1; }, 30'000);
    }
    // Until nobody but who asks is left of this database.
    bool allGone()
    {
        return QTest::qWaitFor([&] { return project().value("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()") == "0"_L1; }, 30'000);
    }
    Run throughProxy(DelayProxy &proxy, const std::function<bool()> &whenToCut, const std::function<void()> &then = [] {});

    QTemporaryDir m_folder;
    std::unique_ptr<TestServer> m_server;
    std::unique_ptr<Project> m_project;
    int m_databases = 0;
};

void TestCrash::initTestCase()
{
    qputenv("XDG_DATA_HOME", m_folder.path().toLocal8Bit()); // howdahctl's journal
    QString why;
    m_server = TestServer::start({}, &why);
    QVERIFY2(m_server, qPrintable(why));
}

void TestCrash::init()
{
    m_project = std::make_unique<Project>(*m_server, "crash" + QByteArray::number(++m_databases));
}

void TestCrash::killedInATransaction()
{
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int); SELECT pg_sleep(600);", "DROP TABLE a;");
    const auto ctl = startCtl();
    QVERIFY(runs(u"SELECT pg_sleep"_s));
    ctl->kill();
    QVERIFY(ctl->waitForFinished(10'000));
    QVERIFY(allGone()); // the server noticed that its client went
    QCOMPARE(project().value("SELECT to_regclass('a')"), QString());
    QCOMPARE(project().value("SELECT count(*) FROM howdah.migration_event"), u"0"_s);
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int);", "DROP TABLE a;");
    QCOMPARE(reasonOf(project().up()), QString());
}

void TestCrash::killedBetweenStatements()
{
    const QByteArray first = "CREATE TABLE a (i int);\nINSERT INTO a VALUES (1);\n";
    project().put(u"1_a.sql"_s, first + "SELECT pg_sleep(600);", "DROP TABLE a;", " transaction:false");
    const auto ctl = startCtl();
    QVERIFY(runs(u"SELECT pg_sleep"_s));
    ctl->kill();
    QVERIFY(ctl->waitForFinished(10'000));
    QVERIFY(allGone());
    QCOMPARE(project().state().entries.constFirst().statementsDone, 2);
    project().put(u"1_a.sql"_s, first + "INSERT INTO a VALUES (2);", "DROP TABLE a;", " transaction:false");
    // Nobody saw what became of the third: it is not run a second time unasked.
    const Run unknown = project().up();
    QCOMPARE(unknown.error->reason, u"outcome_unknown"_s);
    QCOMPARE(project().value("SELECT count(*) FROM a"), u"1"_s);
    QCOMPARE(reasonOf(resolve(*project().link(), project().folder(), u"1"_s, Resolved::StatementNotDone, {}, [](const Told &) {})), QString());
    QCOMPARE(reasonOf(project().up()), QString());
    QCOMPARE(project().value("SELECT string_agg(i::text, ',') FROM a"), u"1,2"_s);
}

void TestCrash::cutOffAfterItsStatement()
{
    // The link goes while the third runs, and that one ends all the same: as an index that was finished without anybody there.
    const QByteArray statements = "CREATE TABLE a (i int);\nCREATE INDEX CONCURRENTLY a_i ON a (i);\nINSERT INTO a VALUES (1);";
    project().put(u"1_a.sql"_s, statements, "DROP TABLE a;", " transaction:false");
    const auto link = project().link();
    QVERIFY(createLedger(*link, {}));
    QVERIFY(link->run({"CREATE TABLE a (i int)", {}}) && link->run({"CREATE INDEX a_i ON a (i)", {}}));
    const File file = project().folder().files.constFirst();
    Event event;
    event.run = u"00000000-0000-0000-0000-000000000000"_s;
    event.version = file.version;
    event.name = file.name;
    event.sha256 = file.sha256;
    event.meaning = file.meaning;
    event.who = event.client = u"test"_s;
    event.statements = 3;
    event.kind = u"begun"_s;
    QVERIFY(addEvent(*link, event));
    event.kind = u"step"_s;
    event.statementsDone = 1;
    event.hashes = QStringList{QString::fromLatin1(QCryptographicHash::hash(file.up.statements.at(0).text, QCryptographicHash::Sha256).toHex().left(16))};
    QVERIFY(addEvent(*link, event));
    const Run run = project().up();
    QCOMPARE(reasonOf(run), QString());
    QCOMPARE(project().value("SELECT count(*) FROM a"), u"1"_s); // the index was seen to stand, and the rest was run once
}

void TestCrash::killedInConcurrently()
{
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int);", "DROP TABLE a;");
    QCOMPARE(reasonOf(project().up()), QString());
    project().put(u"2_i.sql"_s, "CREATE INDEX CONCURRENTLY a_i ON a (i);", "DROP INDEX a_i;", " transaction:false");
    Client holder(project().spec(u"report"_s), m_server->password());
    QVERIFY(holder.run("BEGIN ISOLATION LEVEL REPEATABLE READ") && holder.run("SELECT count(*) FROM a"));
    const auto ctl = startCtl();
    QVERIFY(runs(u"CREATE INDEX CONCURRENTLY"_s));
    QTRY_COMPARE_WITH_TIMEOUT(project().value("SELECT count(*) FROM pg_index WHERE NOT indisvalid"), u"1"_s, 20'000);
    ctl->kill();
    QVERIFY(ctl->waitForFinished(10'000));
    QTRY_COMPARE_WITH_TIMEOUT(project().value("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX%' AND state = 'active' AND datname = current_database() AND pid <> pg_backend_pid()"), u"0"_s, 30'000);
    QCOMPARE(project().value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_i'::regclass"), u"f"_s);
    QVERIFY(holder.run("COMMIT"));
    QCOMPARE(project().state().entries.constLast().standing, Standing::Interrupted);
    const Run again = project().up();
    QCOMPARE(reasonOf(again), QString());
    const QVector<Told> told = project().takeTold();
    QVERIFY(std::any_of(told.cbegin(), told.cend(), [](const Told &one) { return one.what == Told::What::Dropped && one.text == "public.a_i"_L1; }));
    QCOMPARE(project().value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_i'::regclass"), u"t"_s);
}

void TestCrash::concurrentlyMeetsALockTimeout()
{
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int);", "DROP TABLE a;");
    QCOMPARE(reasonOf(project().up()), QString());
    project().put(u"2_i.sql"_s, "CREATE INDEX CONCURRENTLY a_i ON a (i);", "DROP INDEX a_i;", " transaction:false lock_timeout:300ms");
    Client holder(project().spec(u"report"_s), m_server->password());
    QVERIFY(holder.run("BEGIN ISOLATION LEVEL REPEATABLE READ") && holder.run("SELECT count(*) FROM a"));
    RunOptions options;
    options.lockTries = 2;
    const Run run = project().up(options);
    QCOMPARE(run.error->reason, u"retries_exhausted"_s);
    QVERIFY2(run.error->text().contains(u"public.a_i"_s), qPrintable(run.error->text()));
    QVERIFY(holder.run("COMMIT"));
    QCOMPARE(reasonOf(project().up()), QString());
    QCOMPARE(project().value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_i'::regclass"), u"t"_s);
}

// A run whose link is cut off when `whenToCut` says; new links go through.
Run TestCrash::throughProxy(DelayProxy &proxy, const std::function<bool()> &whenToCut, const std::function<void()> &then)
{
    pg::ConnectionSpec spec = project().spec();
    spec.port = proxy.port();
    auto link = pg::Connection::open(spec, m_server->password());
    if (!link)
        return {{}, {}, link.error()};
    Run run;
    std::thread runs([&] { run = up(**link, project().folder(), {}, {}, [](const Told &) {}); });
    const bool came = QTest::qWaitFor(whenToCut, 30'000);
    proxy.cut();
    then();
    runs.join();
    if (!came)
        run.error = Error{};
    return run;
}

void TestCrash::commitIsLostAndStands()
{
    // Its COMMIT waits for a standby that never comes: it stands already, and nobody says so.
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int);", "DROP TABLE a;");
    project().put(u"2_b.sql"_s, "CREATE TABLE b (i int);", "DROP TABLE b;");
    QVERIFY(createLedger(*project().link(), {}));
    QString why;
    QVERIFY2(m_server->sql({"ALTER SYSTEM SET synchronous_standby_names = 'nobody'", "SELECT pg_reload_conf()"}, &why), qPrintable(why));
    bool reset = false;
    DelayProxy proxy(u"127.0.0.1"_s, m_server->port());
    const Run run = throughProxy(proxy, [&] { return project().value("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND datname = current_database()") == "1"_L1; },
                                 [&] { reset = m_server->sql({"ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()"}, &why); });
    QVERIFY2(reset, qPrintable(why));
    QVERIFY(run.error);
    QVERIFY2(run.error->detail.contains(u"says is committed"_s), qPrintable(run.error->text()));
    QCOMPARE(run.done.size(), 1);
    QVERIFY(allGone());
    QCOMPARE(project().value("SELECT string_agg(version, ',') FROM schema_migrations"), u"1"_s);
    const Run on = project().up();
    QCOMPARE(reasonOf(on), QString());
    QCOMPARE(on.done.size(), 1);
}

void TestCrash::commitIsLostAndDoesNot()
{
    // Its COMMIT runs a deferred trigger that takes its time: the server gives up when its client is gone.
    project().put(u"1_a.sql"_s,
                  "CREATE TABLE a (i int); CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(600); RETURN NULL; END $$;"
                  "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON a DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slow(); INSERT INTO a VALUES (1);",
                  "DROP TABLE a;");
    QVERIFY(createLedger(*project().link(), {})); // whose COMMIT is not the one that is waited for
    DelayProxy proxy(u"127.0.0.1"_s, m_server->port());
    const Run run = throughProxy(proxy, [&] { return project().value("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND query = 'COMMIT' AND datname = current_database()") == "1"_L1; });
    QVERIFY(run.error);
    QVERIFY2(run.error->detail.contains(u"says is rolled back"_s), qPrintable(run.error->text()));
    QVERIFY(run.done.isEmpty());
    QCOMPARE(project().value("SELECT to_regclass('a')"), QString());
    QCOMPARE(project().state().entries.constFirst().standing, Standing::Pending);
}

void TestCrash::readersWaitNoLongerThanTheTimeout()
{
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int);", "DROP TABLE a;");
    QCOMPARE(reasonOf(project().up()), QString());
    project().put(u"2_b.sql"_s, "ALTER TABLE a ADD COLUMN j int;", "SELECT 1;");
    Client holder(project().spec(u"backup"_s), m_server->password()); // as a nightly pg_dump does
    QVERIFY(holder.run("BEGIN") && holder.run("SELECT count(*) FROM a"));
    RunOptions options;
    options.lockTimeoutMs = 300;
    options.lockTries = 4;
    Run run;
    std::thread runs([&] { run = project().up(options); });
    // Readers that come behind the ALTER are let through each time it gives up, and none fails.
    const auto reader = project().link(u"reader"_s);
    int reads = 0, failed = 0;
    std::atomic<bool> over = false;
    std::thread ends([&] {
        runs.join();
        over = true;
    });
    while (!over) {
        pg::RunOptions patience;
        patience.timeoutMs = 20'000;
        ++reads;
        failed += reader->run({"SELECT count(*) FROM a", {}}, {}, patience) ? 0 : 1;
    }
    ends.join();
    QCOMPARE(run.error->reason, u"retries_exhausted"_s);
    QCOMPARE(failed, 0);
    QVERIFY(reads > 4);
}

QTEST_GUILESS_MAIN(TestCrash)
#include "tst_crash.moc"
