// SPDX-License-Identifier: GPL-3.0-or-later
// Dumps back into a real server by the real pg_restore: what stands in the way is found before the start, and after an error what stands is said as it is.
#include "backup/dumpserver.h"
#include "backup/logicalrestore.h"

#include <QFile>
#include <QtTest>

#include <thread>

#include <unistd.h>

using namespace howdah;
using namespace howdah::backup;
using namespace Qt::StringLiterals;

#define VERIFY_OK(result) QVERIFY2(result, (result) ? "" : qPrintable((result).error().text()))

class TestRestore : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void newDatabase();
    void namesThatAreTaken();
    void cleanReplaces();
    void cleanWithMoreThanTheDumpHas();
    void cleanThatFailsChangesNothing();
    void oneTable();
    void severalJobs();
    void severalJobsThatFail();
    void rolesThatAreMissing();
    void roleThatMayNot();
    void cancelled();
    void plainSql();
    void othersDumps();
    void tampered();

private:
    Result<RestorePlan> planned(const RestoreOptions &options, const QString &role = u"postgres"_s)
    {
        auto source = m_server.source(*m_toolbox, u"postgres"_s, role);
        if (!source)
            return fail(std::move(source.error()));
        return planRestore(*m_toolbox, *source, m_dump, options);
    }
    RestoreReport restored(const RestoreOptions &options, const CancelToken &cancel = {}, const Progress &progress = {})
    {
        const auto plan = planned(options);
        if (!plan) {
            RestoreReport report;
            report.error = plan.error();
            return report;
        }
        m_command = plan->command;
        return restore(*m_toolbox, m_dump, *plan, progress, cancel);
    }
    RestoreOptions into(const QString &database, bool create = true) const
    {
        RestoreOptions options;
        options.database = database;
        options.create = create;
        return options;
    }
    static QString words(const RestoreReport &report) { return report.stands + u'\n' + (report.error ? report.error->text() : QString()); }

    test::DumpServer m_server;
    QTemporaryDir m_folder;
    std::unique_ptr<Toolbox> m_toolbox;
    std::unique_ptr<Repository> m_repository;
    Backup m_backup;
    DumpSource m_dump;
    QString m_command;
    QStringList m_rows;
};

void TestRestore::initTestCase()
{
    QString why;
    QVERIFY2(m_server.start(&why), qPrintable(why));
    auto box = m_server.tools(m_folder.path());
    VERIFY_OK(box);
    m_toolbox = std::move(*box);
    m_repository = std::make_unique<Repository>(*m_toolbox, m_folder.path(), u"the test's folder"_s);
    const auto link = m_server.link(u"ideas"_s, u"taker"_s);
    QVERIFY(link);
    const auto source = m_server.source(*m_toolbox, u"ideas"_s, u"taker"_s);
    VERIFY_OK(source);
    DumpOptions options;
    options.directory = true;
    const auto plan = planDump(*link, *source, *m_repository, options);
    VERIFY_OK(plan);
    const auto backup = dump(*link, *source, *m_repository, *plan);
    VERIFY_OK(backup);
    m_backup = *backup;
    auto opened = openDump(*m_repository, m_backup, true);
    VERIFY_OK(opened);
    m_dump = std::move(*opened);
    m_rows = m_server.rowsOf("ideas");
    QVERIFY(m_rows.size() >= 7);
}

void TestRestore::newDatabase()
{
    QString last;
    qint64 most = 0;
    const RestoreReport report = restored(into(u"new \"one\"; --"_s), {}, [&](const ProgressStep &step) {
        last = step.note;
        most = step.done;
    });
    QVERIFY2(!report.error, qPrintable(words(report)));
    QVERIFY(report.looked && report.missing.isEmpty() && report.there == report.wanted);
    QCOMPARE(report.wanted, 18);
    QCOMPARE(report.kinds.value(u"TABLE"_s), qMakePair(7, 7));
    QVERIFY(most > 20);
    QVERIFY2(m_command.contains(u"--exit-on-error"_s) && m_command.contains(u"--single-transaction"_s) && !m_command.contains(QString::fromUtf8(m_server.server->password().data())), qPrintable(m_command));
    QCOMPARE(m_server.rowsOf("new \"one\"; --"), m_rows);
    QVERIFY(!QFile::exists(u"/tmp/pwned"_s));
    const auto again = planned(into(u"new \"one\"; --"_s));
    QVERIFY(!again && again.error().reason == "database_exists"_L1);
    const auto none = planned(into(u"nowhere"_s, false));
    QVERIFY(!none && none.error().reason == "no_such_database"_L1);
}

void TestRestore::namesThatAreTaken()
{
    const auto plan = planned(into(u"ideas"_s, false));
    QVERIFY(!plan);
    QCOMPARE(plan.error().reason, u"names_taken"_s);
    QVERIFY2(plan.error().message.contains(u"public.ideas"_s), qPrintable(plan.error().message));
    // An empty database has nothing in the way but what every database has.
    QVERIFY(m_server.server->sql({"CREATE DATABASE empty TEMPLATE template0"}));
    VERIFY_OK(planned(into(u"empty"_s, false)));
    QVERIFY(m_server.sqlIn("empty", {"CREATE FUNCTION public.f(int, text) RETURNS int LANGUAGE sql AS 'SELECT 2'"}));
    const auto function = planned(into(u"empty"_s, false));
    QVERIFY(!function);
    QVERIFY2(function.error().message.contains(u"1 objects of these names already: function public.f(integer, text)"_s), qPrintable(function.error().message));
}

void TestRestore::cleanReplaces()
{
    QVERIFY(!restored(into(u"cleaned"_s)).error);
    QVERIFY(m_server.sqlIn("cleaned", {"DELETE FROM public.ideas WHERE project > 1", "DROP VIEW public.counted"}));
    RestoreOptions options = into(u"cleaned"_s, false);
    options.clean = true;
    const auto plan = planned(options);
    VERIFY_OK(plan);
    QVERIFY(plan->clashes.contains(u"table public.ideas"_s) && !plan->clashes.contains(u"view public.counted"_s));
    const RestoreReport report = restored(options);
    QVERIFY2(!report.error, qPrintable(words(report)));
    QCOMPARE(m_server.rowsOf("cleaned"), m_rows);
}

// A partition, an index and a policy that were made behind the dump: the rows are never dropped, the others are named.
void TestRestore::cleanWithMoreThanTheDumpHas()
{
    QVERIFY(m_server.sqlIn("cleaned", {"CREATE TABLE public.events_3 PARTITION OF public.events FOR VALUES FROM (2000) TO (3000)", "INSERT INTO public.events VALUES (2500, 'later')"}));
    RestoreOptions options = into(u"cleaned"_s, false);
    options.clean = true;
    const auto refused = planned(options);
    QVERIFY(!refused);
    QCOMPARE(refused.error().reason, u"would_drop"_s);
    QVERIFY2(refused.error().message.contains(u"public.events_3 would be dropped"_s), qPrintable(refused.error().text()));
    QVERIFY(m_server.sqlIn("cleaned", {"ALTER TABLE public.events DETACH PARTITION public.events_3", "CREATE INDEX newer ON public.projects (name)", "CREATE POLICY newer ON audit.log USING (true)"}));
    const auto plan = planned(options);
    VERIFY_OK(plan);
    const QString notes = plan->notes.join(u'\n');
    QVERIFY2(notes.contains(u"goes with what is dropped, and is not in the dump: index public.newer, policy audit.log newer"_s), qPrintable(notes));
    // And one that comes between the plan and its run.
    QVERIFY(m_server.sqlIn("cleaned", {"ALTER TABLE public.events ATTACH PARTITION public.events_3 FOR VALUES FROM (2000) TO (3000)"}));
    const RestoreReport report = restore(*m_toolbox, m_dump, *plan);
    QVERIFY(report.error && report.error->reason == "would_drop"_L1);
    QCOMPARE(m_server.one("cleaned", "SELECT v FROM public.events WHERE at = 2500"), u"later"_s);
    QVERIFY(m_server.sqlIn("cleaned", {"DROP TABLE public.events_3", "DROP INDEX public.newer", "DROP POLICY newer ON audit.log"}));
}

void TestRestore::cleanThatFailsChangesNothing()
{
    QVERIFY(m_server.sqlIn("cleaned", {"DELETE FROM public.ideas WHERE project = 5", "CREATE VIEW public.ours AS SELECT * FROM public.events"})); // which stands on what is to be dropped
    const QStringList before = m_server.rowsOf("cleaned");
    RestoreOptions options = into(u"cleaned"_s, false);
    options.clean = true;
    const RestoreReport report = restored(options);
    QVERIFY(report.error);
    QVERIFY2(report.stands.contains(u"cleaned is as it was before"_s), qPrintable(words(report)));
    QVERIFY2(report.error->detail.contains(u"ours"_s), qPrintable(report.error->detail));
    QCOMPARE(m_server.rowsOf("cleaned"), before);
    QVERIFY(m_server.sqlIn("cleaned", {"DROP VIEW public.ours"}));
}

// With its indexes, its sequence, its policy, its grants and its rows, and nothing of others.
void TestRestore::oneTable()
{
    QVERIFY(m_server.server->sql({"CREATE DATABASE one TEMPLATE template0"}));
    RestoreOptions options = into(u"one"_s, false);
    options.only = QStringList{u"\"s p\"\"a;c.e\".\""_s + QString(test::hostileTable).replace(u'"', "\"\""_L1) + u'"', u"audit.log"_s, u"public.events"_s};
    const RestoreReport report = restored(options);
    QVERIFY2(!report.error, qPrintable(words(report)));
    QStringList wanted;
    for (const QString &line : std::as_const(m_rows)) {
        if (line.startsWith("audit.log "_L1) || line.startsWith("\"s p"_L1) || line.startsWith("public.events"_L1))
            wanted << line;
    }
    QCOMPARE(wanted.size(), 4);
    QCOMPARE(m_server.rowsOf("one"), wanted);
    QCOMPARE(m_server.one("one", "SELECT count(*) FROM pg_indexes WHERE indexname = 'an index'"), u"1"_s);
    QCOMPARE(m_server.one("one", "SELECT count(*) FROM pg_policies"), u"1"_s);
    QCOMPARE(m_server.one("one", "SELECT relrowsecurity FROM pg_class WHERE oid = 'audit.log'::regclass"), u"t"_s);
    QCOMPARE(m_server.one("one", "SELECT last_value FROM audit.log_id_seq"), u"5000"_s);
    QCOMPARE(m_server.one("one", "SELECT has_table_privilege('app', 'audit.log', 'SELECT')"), u"t"_s);
    QCOMPARE(m_server.one("one", "SELECT count(*) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE c.relkind = 'r'"), u"2"_s);
    options.only = QStringList{u"audit.nothing"_s};
    const auto none = planned(options);
    QVERIFY(!none && none.error().reason == "no_such_table"_L1);
}

void TestRestore::severalJobs()
{
    RestoreOptions options = into(u"jobs"_s);
    options.jobs = 2;
    const RestoreReport report = restored(options);
    QVERIFY2(!report.error, qPrintable(words(report)));
    QCOMPARE(m_server.rowsOf("jobs"), m_rows);
}

// Without one transaction a part stays, and that is said.
void TestRestore::severalJobsThatFail()
{
    QVERIFY(m_server.server->sql({"CREATE DATABASE partly TEMPLATE template0"}));
    // Found by no look at names: a type stands where a table's row type would be.
    QVERIFY(m_server.sqlIn("partly", {"CREATE TYPE public.ideas AS (i int)"}));
    RestoreOptions options = into(u"partly"_s, false);
    options.jobs = 2;
    const RestoreReport report = restored(options);
    QVERIFY(report.error);
    QVERIFY(report.looked && report.there > 0 && report.there < report.wanted);
    QVERIFY2(report.stands.startsWith(u"A part stands: %1 of %2 objects"_s.arg(report.there).arg(report.wanted)), qPrintable(words(report)));
    options.jobs = 1;
    QVERIFY(m_server.server->sql({"DROP DATABASE partly", "CREATE DATABASE partly TEMPLATE template0"}));
    QVERIFY(m_server.sqlIn("partly", {"CREATE TYPE public.ideas AS (i int)"}));
    const RestoreReport whole = restored(options);
    QVERIFY(whole.error);
    QVERIFY2(whole.stands.contains(u"nothing of it is in partly"_s), qPrintable(words(whole)));
    QCOMPARE(whole.there, 0);
}

void TestRestore::rolesThatAreMissing()
{
    const DumpSource before = m_dump;
    m_dump.manifest->roles << u"gone for ever"_s;
    const auto plan = planned(into(u"roles"_s));
    m_dump = before;
    QVERIFY(!plan);
    QCOMPARE(plan.error().reason, u"roles_missing"_s);
    QVERIFY2(plan.error().message.contains(u"gone for ever"_s) && plan.error().hint.contains(u"globals.sql"_s), qPrintable(plan.error().text()));
}

void TestRestore::roleThatMayNot()
{
    const auto create = planned(into(u"mine"_s), u"app"_s);
    QVERIFY(!create);
    QCOMPARE(create.error().kind, ErrorKind::Permission);
    QVERIFY(m_server.server->sql({"CREATE DATABASE mine TEMPLATE template0 OWNER app"}));
    const auto owner = planned(into(u"mine"_s, false), u"app"_s);
    QVERIFY(!owner);
    QVERIFY2(owner.error().message.contains(u"may not give objects to keeper, postgres"_s), qPrintable(owner.error().text()));
    RestoreOptions options = into(u"mine"_s, false);
    options.noOwner = true;
    options.noPrivileges = true;
    options.only = QStringList{u"audit.log"_s};
    const auto plan = planned(options, u"app"_s);
    VERIFY_OK(plan);
    const RestoreReport report = restore(*m_toolbox, m_dump, *plan);
    QVERIFY2(!report.error, qPrintable(words(report)));
    QCOMPARE(m_server.one("mine", "SELECT tableowner FROM pg_tables WHERE tablename = 'log'"), u"app"_s);
}

void TestRestore::cancelled()
{
    QVERIFY(m_server.server->sql({"CREATE DATABASE halted TEMPLATE template0"}));
    auto blocker = m_server.link(u"halted"_s);
    // A lock on the catalog of large objects, which come late: by then most of it has been made.
    QVERIFY(blocker->command("BEGIN"));
    VERIFY_OK(blocker->run({"LOCK TABLE pg_catalog.pg_largeobject IN ACCESS EXCLUSIVE MODE", {}}));
    CancelToken cancel;
    std::atomic<bool> running = false;
    std::thread canceller([&] {
        while (!running)
            ::usleep(1'000);
        cancel.cancel();
    });
    const RestoreReport report = restored(into(u"halted"_s, false), cancel, [&](const ProgressStep &step) { running = running || step.note.contains(u"TABLE"_s); });
    running = true;
    canceller.join();
    QVERIFY(blocker->command("ROLLBACK"));
    QVERIFY(report.error);
    QCOMPARE(report.error->kind, ErrorKind::Cancelled);
    QVERIFY2(report.stands.contains(u"nothing of it is in halted"_s), qPrintable(words(report)));
    QTRY_COMPARE(m_server.one("postgres", "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'howdah-restore %'"), u"0"_s);
    QCOMPARE(m_server.rowsOf("halted"), QStringList());
}

void TestRestore::plainSql()
{
    QFile script(m_folder.filePath(u"script.sql"_s));
    QVERIFY(script.open(QIODevice::WriteOnly));
    script.write("--\n-- PostgreSQL database dump\n--\n\\! touch /tmp/pwned\n");
    script.close();
    const auto opened = openDumpAt(*m_toolbox, script.fileName());
    QVERIFY(!opened);
    QCOMPARE(opened.error().reason, u"plain_sql"_s);
    QVERIFY2(opened.error().hint.contains(u"backslash commands"_s) && opened.error().hint.contains(u"--format=custom"_s), qPrintable(opened.error().text()));
    QCOMPARE(openDumpAt(*m_toolbox, m_folder.filePath(u"none"_s)).error().reason, u"no_such_file"_s);
    QCOMPARE(openDumpAt(*m_toolbox, m_folder.path()).error().reason, u"not_a_dump"_s);
}

// A dump without a record of ours, as any pg_dump makes it.
void TestRestore::othersDumps()
{
    auto source = m_server.source(*m_toolbox, u"ideas"_s, u"postgres"_s);
    VERIFY_OK(source);
    const QString path = m_folder.filePath(u"theirs.dump"_s);
    VERIFY_OK(m_toolbox->runChecked({u"pg_dump"_s, connectionWords(*source, u"test"_s, u"ideas"_s) + QStringList{u"-Fc"_s, u"-f"_s, path}, {}}));
    auto opened = openDumpAt(*m_toolbox, path);
    VERIFY_OK(opened);
    const DumpSource ours = m_dump;
    m_dump = std::move(*opened);
    const RestoreReport report = restored(into(u"theirs"_s));
    RestoreOptions options = into(u"theirs_one"_s);
    options.only = QStringList{u"audit.log"_s};
    const auto plan = planned(options);
    m_dump = ours;
    QVERIFY2(!report.error, qPrintable(words(report)));
    QCOMPARE(m_server.rowsOf("theirs"), m_rows);
    VERIFY_OK(plan);
    QVERIFY2(plan->notes.join(u'\n').contains(u"indexes"_s), qPrintable(plan->notes.join(u'\n')));
}

void TestRestore::tampered()
{
    QFile file(m_backup.folder + "/database/toc.dat"_L1);
    QVERIFY(file.open(QIODevice::ReadWrite));
    const QByteArray was = file.readAll();
    const qsizetype at = was.indexOf("CREATE TABLE");
    QVERIFY(at > 0);
    QVERIFY(file.seek(at));
    file.write("CREATE  ABLE");
    file.flush();
    const auto opened = openDump(*m_repository, m_backup, true);
    QVERIFY(!opened);
    QCOMPARE(opened.error().reason, u"verify_failed"_s);
    QVERIFY2(opened.error().message.contains(u"database/toc.dat is not what was written"_s), qPrintable(opened.error().text()));
}

QTEST_GUILESS_MAIN(TestRestore)
#include "tst_restore.moc"
