// SPDX-License-Identifier: GPL-3.0-or-later
// `howdahctl migrate` in other tools' projects: Alembic's and Sqitch's are run through the real programs, the others are shown and not run.
#include "foreignproject.h"
#include "session/program.h"

#include <QJsonArray>

#include <algorithm>

#include <signal.h>

using namespace howdah;
using namespace howdah::migrations;
using namespace howdah::test;
using namespace Qt::StringLiterals;

class TestForeignRun : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase() { m_server.reset(); }

    void alembic();
    void alembicRefuses();
    void alembicConcurrently();
    void alembicCancelled();
    void alembicNewRevision();
    void sqitch();
    void shownAndNotRun();
    void ofTheDatabaseAlone();

private:
    QStringList words(const ForeignFolder &folder, const QStringList &arguments) const
    {
        const QString url = u"postgresql://postgres:%1@localhost:%2/%3?sslrootcert=%4"_s.arg(QString::fromLatin1(m_server->password().data())).arg(m_server->port()).arg(folder.database().spec().database, m_server->caFile());
        return QStringList{u"--url"_s, url, u"migrate"_s, u"--folder"_s, folder.path()} + arguments + QStringList{u"--json"_s};
    }
    Program ctl(const ForeignFolder &folder, const QStringList &arguments) const { return Program::run(words(folder, arguments)); }
    // As one who has looked at it.
    Program confirmed(const ForeignFolder &folder, const QStringList &arguments) const
    {
        return ctl(folder, arguments + QStringList{u"--confirm"_s, folder.database().spec().database});
    }
    QTemporaryDir m_home;
    std::unique_ptr<TestServer> m_server;
};

static QByteArray said(const Program &program)
{
    return QByteArray(program.output + program.errors);
}

static QStringList versions(const QJsonValue &done)
{
    QStringList all;
    for (const QJsonValue &one : done.toArray())
        all << one.toObject().value("version"_L1).toString();
    return all;
}

static QStringList strings(const QJsonValue &array)
{
    QStringList all;
    for (const QJsonValue &one : array.toArray())
        all << one.toString();
    return all;
}

void TestForeignRun::initTestCase()
{
    qputenv("XDG_DATA_HOME", m_home.path().toLocal8Bit());
    QDir(m_home.path()).mkpath(u"run"_s);
    qputenv("XDG_RUNTIME_DIR", QDir(m_home.path()).filePath(u"run"_s).toLocal8Bit());
    QString why;
    m_server = TestServer::start({}, &why);
    QVERIFY2(m_server, qPrintable(why));
}

void TestForeignRun::alembic()
{
    ForeignFolder folder(*m_server, "runs");
    putAlembic(folder);
    const QJsonObject status = ctl(folder, {u"status"_s}).json().value("foreign"_L1).toArray().at(0).toObject();
    QCOMPARE(status.value("tool"_L1).toString(), u"alembic"_s);
    QCOMPARE(status.value("pending"_L1).toArray().size(), 6);
    QCOMPARE(ctl(folder, {u"status"_s, u"--check"_s}).exitCode, 9);
    QVERIFY(ctl(folder, {u"current"_s}).json().value("version"_L1).isNull());
    // Up to one, which has to be confirmed.
    QCOMPARE(ctl(folder, {u"up"_s, u"--to"_s, u"1a00000000aa"_s}).error("reason"), u"usage"_s);
    const Program first = confirmed(folder, {u"up"_s, u"--to"_s, u"1a00000000aa"_s});
    QVERIFY2(first.exitCode == 0, said(first));
    QCOMPARE(versions(first.json().value("done"_L1)), QStringList{u"1a00000000aa"_s});
    QVERIFY(!said(first).contains(m_server->password().data()));
    // Its SQL beforehand, branches and merge and all, and what the linter says of it.
    folder.put(u"alembic/versions/6e.py"_s, "'''hazard'''\nfrom alembic import op\nrevision = '6e00000000ee'\ndown_revision = '5d00000000dd'\n\n\ndef upgrade():\n    op.execute('ALTER TABLE first ADD COLUMN j int NOT NULL')\n\n\ndef downgrade():\n    op.execute('ALTER TABLE first DROP COLUMN j')\n");
    const Program plan = ctl(folder, {u"plan"_s});
    QVERIFY2(plan.exitCode == 0, said(plan));
    const QJsonArray steps = plan.json().value("steps"_L1).toArray();
    QCOMPARE(steps.at(0).toObject().value("command"_L1).toString(), u"alembic upgrade head"_s);
    const QString sql = steps.at(1).toObject().value("sql"_L1).toString();
    QVERIFY2(sql.contains(u"CREATE INDEX l_i ON l (i)"_s) && sql.contains(u"CREATE TABLE r"_s) && !sql.contains(u"UPDATE alembic_version"_s), qPrintable(sql));
    const Program lint = ctl(folder, {u"lint"_s});
    QVERIFY2(lint.exitCode == 5, said(lint));
    const QJsonArray findings = lint.json().value("findings"_L1).toArray();
    QVERIFY2(std::any_of(findings.cbegin(), findings.cend(), [](const QJsonValue &one) { return one.toObject().value("hazard"_L1).toInt() == 13; }), lint.output);
    // All of it, through alembic; then back one, and back to one.
    const Program up = confirmed(folder, {u"up"_s});
    QVERIFY2(up.exitCode == 0, said(up));
    QCOMPARE(versions(up.json().value("done"_L1)).size(), 6);
    QCOMPARE(strings(up.json().value("heads"_L1)), QStringList{u"6e00000000ee"_s});
    QCOMPARE(up.json().value("command"_L1).toString().section(u'/', -1), u"alembic upgrade head"_s);
    QVERIFY2(folder.tool(u"alembic"_s, {u"current"_s}) == 0 && folder.said().contains("6e00000000ee (head)"), folder.said());
    // For people.
    const Program drawn = Program::run(words(folder, {u"status"_s}).mid(0, 6));
    QVERIFY2(drawn.output.contains("●─╯ 4c00000000cc  meet  [merges 3a00000000aa, 2b00000000bb]"), drawn.output);
    QVERIFY2(drawn.output.contains("● 6e00000000ee  hazard  ← the database\n0 pending\n"), drawn.output);
    QCOMPARE(confirmed(folder, {u"up"_s}).json().value("done"_L1).toArray().size(), 0);
    QCOMPARE(versions(confirmed(folder, {u"down"_s}).json().value("done"_L1)), QStringList{u"6e00000000ee"_s});
    const Program back = confirmed(folder, {u"down"_s, u"--to"_s, u"2a00000000aa"_s});
    QVERIFY2(back.exitCode == 0, said(back));
    QCOMPARE(ctl(folder, {u"current"_s}).json().value("heads"_L1).toArray().size(), folder.one().heads.size());
    QVERIFY(ctl(folder, {u"redo"_s}).error("reason") == u"foreign_project"_s);
    // Nothing of the secret is left.
    QCOMPARE(QDir(QDir(m_home.path()).filePath(u"run"_s)).entryList({u"howdah-migrate-*"_s}), QStringList());
    const Program journal = Program::run({u"journal"_s, u"--json"_s});
    QVERIFY(journal.output.contains("alembic upgrade head") && !journal.output.contains(m_server->password().data()));
}

void TestForeignRun::alembicRefuses()
{
    ForeignFolder folder(*m_server, "refuses");
    putAlembic(folder);
    // What fails is told with alembic's own words, and nothing is said to be done.
    folder.put(u"alembic/versions/6e.py"_s, "from alembic import op\nrevision = '6e00000000ee'\ndown_revision = '5d00000000dd'\n\n\ndef upgrade():\n    op.execute('SELECT 1 / 0')\n");
    const Program failed = confirmed(folder, {u"up"_s});
    QCOMPARE(failed.exitCode, 1);
    QCOMPARE(failed.error("reason"), u"failed"_s);
    QVERIFY2(failed.output.contains("division by zero"), failed.output);
    QCOMPARE(failed.json().value("done"_L1).toArray().size(), 0);
    QFile::remove(QDir(folder.path()).filePath(u"alembic/versions/6e.py"_s));
    // Another run of ours.
    {
        Client holder(folder.database().spec(u"deploy"_s), m_server->password());
        QVERIFY(holder.run("SELECT pg_advisory_lock(x'686F776461680001'::bigint)"));
        const Program locked = confirmed(folder, {u"up"_s, u"--wait"_s, u"0"_s});
        QCOMPARE(locked.exitCode, 6);
        QVERIFY2(locked.output.contains("(deploy)"), locked.output);
    }
    // The lock timeout reaches it: a blocker does not make it wait for ever.
    QVERIFY(confirmed(folder, {u"up"_s, u"--to"_s, u"2a00000000aa"_s}).exitCode == 0);
    {
        Client holder(folder.database().spec(u"checkout"_s), m_server->password());
        QVERIFY(holder.run("BEGIN") && holder.run("LOCK TABLE l IN ACCESS EXCLUSIVE MODE"));
        const Program waited = confirmed(folder, {u"up"_s, u"--lock-timeout"_s, u"200ms"_s});
        QCOMPARE(waited.exitCode, 1);
        QVERIFY2(waited.output.contains("lock timeout"), waited.output);
    }
    QCOMPARE(confirmed(folder, {u"up"_s, u"--to"_s, u"-x"_s}).error("reason"), u"bad_revision"_s);
    // An env.py that is led elsewhere.
    ForeignFolder other(*m_server, "elsewhere");
    QFile env(QDir(folder.path()).filePath(u"alembic/env.py"_s));
    QVERIFY(env.open(QIODevice::ReadOnly));
    folder.put(u"alembic/env.py"_s, env.readAll().replace("url = os.environ['DATABASE_URL']", "url = os.environ['DATABASE_URL'].replace('/refuses', '/elsewhere')"));
    const Program elsewhere = confirmed(folder, {u"up"_s});
    QCOMPARE(elsewhere.error("reason"), u"another_database"_s);
    QVERIFY(other.read().isEmpty());
    // Several heads.
    folder.put(u"alembic/versions/7f.py"_s, "revision = '7f00000000ff'\ndown_revision = '1a00000000aa'\n");
    QCOMPARE(confirmed(folder, {u"up"_s}).error("reason"), u"several_heads"_s);
}

void TestForeignRun::alembicConcurrently()
{
    ForeignFolder folder(*m_server, "concurrent");
    putAlembic(folder);
    QCOMPARE(confirmed(folder, {u"up"_s}).exitCode, 0);
    folder.put(u"alembic/versions/6e.py"_s, "from alembic import op\nrevision = '6e00000000ee'\ndown_revision = '5d00000000dd'\n\n\ndef upgrade():\n    op.execute('CREATE TABLE beside (i int)')\n"
                                            "    with op.get_context().autocommit_block():\n        op.execute('CREATE INDEX CONCURRENTLY first_i ON first (i)')\n");
    // What is outside of the transaction is told and linted as that.
    const Program plan = ctl(folder, {u"plan"_s});
    const QJsonArray steps = plan.json().value("steps"_L1).toArray();
    QStringList titles;
    for (const QJsonValue &step : steps)
        titles << step.toObject().value("title"_L1).toString();
    QCOMPARE(titles, QStringList({u"alembic upgrade head"_s, u"6e00000000ee"_s, u"6e00000000ee (without a transaction)"_s}));
    QVERIFY2(!plan.output.contains("concurrently-in-transaction"), plan.output);
    // It waits for an old snapshot longer than the lock timeout, which would have left an invalid index.
    auto holder = std::make_unique<Client>(folder.database().spec(u"report"_s), m_server->password());
    QVERIFY(holder->run("BEGIN ISOLATION LEVEL REPEATABLE READ") && holder->run("SELECT count(*) FROM last"));
    QProcess process;
    process.start(Program::path(), words(folder, {u"up"_s, u"--lock-timeout"_s, u"100ms"_s, u"--confirm"_s, u"concurrent"_s}));
    QTRY_COMPARE_WITH_TIMEOUT(folder.database().value("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'howdah: alembic' AND wait_event_type = 'Lock' AND clock_timestamp() - query_start > interval '300 ms'"), u"1"_s, 30'000);
    holder.reset();
    QVERIFY(process.waitForFinished(30'000));
    QCOMPARE(process.exitCode(), 0);
    QCOMPARE(folder.database().value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'first_i'::regclass"), u"t"_s);
}

void TestForeignRun::alembicCancelled()
{
    ForeignFolder folder(*m_server, "cancelled");
    putAlembic(folder);
    folder.put(u"alembic/versions/6e.py"_s, "from alembic import op\nrevision = '6e00000000ee'\ndown_revision = '5d00000000dd'\n\n\ndef upgrade():\n    op.execute('SELECT pg_sleep(50)')\n");
    QProcess process;
    process.start(Program::path(), words(folder, {u"up"_s, u"--confirm"_s, u"cancelled"_s}));
    const QByteArray sleeps = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'howdah: alembic' AND query LIKE '%pg_sleep%'";
    QTRY_COMPARE_WITH_TIMEOUT(folder.database().value(sleeps), u"1"_s, 30'000);
    ::kill(pid_t(process.processId()), SIGINT);
    QVERIFY(process.waitForFinished(30'000));
    QCOMPARE(process.exitCode(), 130);
    QTRY_COMPARE_WITH_TIMEOUT(folder.database().value(sleeps), u"0"_s, 30'000);
    QCOMPARE(folder.one().heads, QStringList());
}

void TestForeignRun::alembicNewRevision()
{
    ForeignFolder folder(*m_server, "makes");
    putAlembic(folder);
    QCOMPARE(ctl(folder, {u"new"_s, u"too early"_s}).error("reason"), u"failed"_s); // alembic: not up to date
    QCOMPARE(confirmed(folder, {u"up"_s}).exitCode, 0);
    folder.sql({"DROP TABLE first, l, r, last"}); // what its models do not have would be dropped
    const Program made = ctl(folder, {u"new"_s, u"wanted: a table"_s});
    QVERIFY2(made.exitCode == 0, said(made));
    QFile file(made.json().value("file"_L1).toString());
    QVERIFY2(file.open(QIODevice::ReadOnly), made.output);
    const QByteArray text = file.readAll();
    QVERIFY2(text.contains("create_table('wanted'") && text.startsWith("\"\"\"wanted: a table"), text);
    QCOMPARE(folder.one().pending.size(), 1);
    QCOMPARE(confirmed(folder, {u"up"_s}).exitCode, 0);
    QCOMPARE(folder.database().value("SELECT count(*) FROM wanted"), u"0"_s);
}

void TestForeignRun::sqitch()
{
    ForeignFolder folder(*m_server, "deploys");
    const auto sqitch = [&](const QStringList &arguments) { return folder.tool(u"sqitch"_s, arguments); };
    QVERIFY2(sqitch({u"init"_s, u"shop"_s, u"--engine"_s, u"pg"_s, u"--registry"_s, u"ledger"_s}) == 0, folder.said());
    QVERIFY2(sqitch({u"config"_s, u"user.name"_s, u"Ada"_s}) == 0 && sqitch({u"config"_s, u"user.email"_s, u"ada@example.org"_s}) == 0, folder.said());
    for (const char *name : {"one", "two", "three"}) {
        const QString word = QString::fromLatin1(name);
        QVERIFY2(sqitch({u"add"_s, word, u"-m"_s, word}) == 0, folder.said());
        folder.put(u"deploy/%1.sql"_s.arg(word), QByteArray("\\set ON_ERROR_STOP on\nBEGIN;\nCREATE TABLE ") + name + " (i int);\nCOMMIT;\n");
        folder.put(u"revert/%1.sql"_s.arg(word), QByteArray("BEGIN;\nDROP TABLE ") + name + ";\nCOMMIT;\n");
        folder.put(u"verify/%1.sql"_s.arg(word), QByteArray("SELECT i FROM ") + name + ";\n");
    }
    const Program plan = ctl(folder, {u"plan"_s});
    QVERIFY2(plan.exitCode == 0, said(plan));
    QCOMPARE(plan.json().value("steps"_L1).toArray().size(), 4); // the command, and three scripts
    const Program up = confirmed(folder, {u"up"_s, u"2"_s});
    QVERIFY2(up.exitCode == 0, said(up));
    QCOMPARE(versions(up.json().value("done"_L1)), QStringList({u"one"_s, u"two"_s}));
    QCOMPARE(folder.one().table, u"ledger.changes"_s);
    QVERIFY2(confirmed(folder, {u"up"_s}).exitCode == 0, up.output);
    QCOMPARE(ctl(folder, {u"current"_s}).json().value("version"_L1).toString(), u"three"_s);
    const Program down = confirmed(folder, {u"down"_s});
    QVERIFY2(down.exitCode == 0, said(down));
    QCOMPARE(versions(down.json().value("done"_L1)), QStringList{u"three"_s});
    // Its verify scripts.
    QCOMPARE(ctl(folder, {u"verify"_s}).exitCode, 0);
    folder.sql({"ALTER TABLE two RENAME i TO j"});
    const Program verified = ctl(folder, {u"verify"_s});
    QCOMPARE(verified.exitCode, 5);
    QVERIFY2(verified.json().value("holds"_L1).isBool() && verified.output.contains("two"), said(verified));
    QCOMPARE(versions(confirmed(folder, {u"down"_s, u"5"_s}).json().value("done"_L1)), QStringList({u"two"_s, u"one"_s}));
    // Another Sqitch at work.
    Client holder(folder.database().spec(u"sqitch elsewhere"_s), m_server->password());
    QVERIFY(holder.run("SELECT pg_advisory_lock(75474063)"));
    QCOMPARE(confirmed(folder, {u"up"_s, u"--wait"_s, u"0"_s}).exitCode, 6);
}

void TestForeignRun::shownAndNotRun()
{
    ForeignFolder folder(*m_server, "shown");
    folder.put(u"000001_users.up.sql"_s, "SELECT 1;\n");
    folder.put(u"000002_orders.up.sql"_s, "SELECT 1;\n");
    folder.sql({"CREATE TABLE schema_migrations (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL)", "INSERT INTO schema_migrations VALUES (1, true)"});
    const QString before = folder.tables();
    QCOMPARE(ctl(folder, {u"status"_s, u"--check"_s}).exitCode, 4);
    QCOMPARE(ctl(folder, {u"current"_s}).json().value("version"_L1).toString(), u"1"_s);
    QCOMPARE(strings(ctl(folder, {u"plan"_s}).json().value("pending"_L1)), QStringList{u"2"_s});
    for (const QString &verb : {u"up"_s, u"down"_s}) {
        const Program refused = confirmed(folder, {verb});
        QCOMPARE(refused.error("reason"), u"read_only"_s);
        QCOMPARE(refused.exitCode, 2);
    }
    QCOMPARE(ctl(folder, {u"new"_s, u"x"_s}).error("reason"), u"read_only"_s);
    QCOMPARE(folder.tables(), before);
}

void TestForeignRun::ofTheDatabaseAlone()
{
    const ForeignFolder folder(*m_server, "alone");
    folder.sql({"CREATE TABLE schema_migrations (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL)", "INSERT INTO schema_migrations VALUES (7, false)"});
    const QJsonObject status = ctl(folder, {u"status"_s}).json().value("foreign"_L1).toArray().at(0).toObject();
    QCOMPARE(status.value("tool"_L1).toString(), u"golang-migrate"_s);
    QCOMPARE(strings(status.value("heads"_L1)), QStringList{u"7"_s});
    QCOMPARE(ctl(folder, {u"up"_s}).error("reason"), u"foreign_table"_s); // and that of ours is not put beside it
}

QTEST_GUILESS_MAIN(TestForeignRun)
#include "tst_foreignrun.moc"
