// SPDX-License-Identifier: GPL-3.0-or-later
// `howdahctl migrate` as people and scripts run it: its words, its JSON, its exit codes, and what the journal has of it.
#include "project.h"
#include "session/program.h"

#include <QDir>
#include <QJsonArray>
#include <QTest>

#include <algorithm>

using namespace howdah;
using namespace howdah::test;
using namespace Qt::StringLiterals;

class TestVerbs : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void aDay();
    void exitCodes();
    void theOwnersSchema();
    void lints();
    void resumesNoMore();
    void aClashIsNotSigned();

private:
    Program ctl(const QStringList &arguments, const QString &folder = {}, const QString &database = u"verbs"_s) const
    {
        const QString url = u"postgresql://postgres:%1@127.0.0.1:%2/%3?sslrootcert=%4"_s.arg(QString::fromLatin1(m_server->password().data())).arg(m_server->port()).arg(database, m_server->caFile());
        return Program::run(QStringList{u"--url"_s, url, u"migrate"_s, u"--folder"_s, folder.isEmpty() ? m_folder.filePath(u"db"_s) : folder} + arguments + QStringList{u"--json"_s});
    }
    QTemporaryDir m_folder;
    std::unique_ptr<TestServer> m_server;
};

void TestVerbs::initTestCase()
{
    qputenv("XDG_DATA_HOME", m_folder.path().toLocal8Bit());
    QString why;
    m_server = TestServer::start({}, &why);
    QVERIFY2(m_server, qPrintable(why));
    QVERIFY2(m_server->sql({"CREATE DATABASE verbs", "CREATE DATABASE codes"}, &why), qPrintable(why));
}

void TestVerbs::aDay()
{
    QCOMPARE(ctl({u"status"_s}).error("reason"), u"no_such_folder"_s);
    const Program made = ctl({u"new"_s, u"create orders"_s, u"--purpose"_s, u"orders of customers"_s});
    QVERIFY2(made.exitCode == 0, made.output);
    QFile file(made.json().value("file"_L1).toString());
    QVERIFY(file.open(QIODevice::ReadWrite));
    QByteArray text = file.readAll();
    text.replace("-- migrate:up\n", "-- migrate:up\nCREATE TABLE public.orders (id int);\n").replace("-- migrate:down\n", "-- migrate:down\nDROP TABLE public.orders;\n");
    QVERIFY(file.seek(0) && file.write(text) == text.size() && file.flush());
    QCOMPARE(ctl({u"status"_s}).json().value("sum"_L1).toString(), u"behind"_s);
    QCOMPARE(ctl({u"status"_s, u"--check"_s}).exitCode, 9); // pending, and no drift
    QCOMPARE(ctl({u"sum"_s}).exitCode, 0);
    const QJsonObject status = ctl({u"status"_s}).json();
    QCOMPARE(status.value("pending"_L1).toInt(), 1);
    QCOMPARE(status.value("sum"_L1).toString(), u"right"_s);
    QCOMPARE(ctl({u"status"_s, u"--check"_s}).exitCode, 9);
    // Looked at, then confirmed: a URL is taken for production.
    const QJsonObject plan = ctl({u"plan"_s}).json();
    QVERIFY(plan.value("steps"_L1).toArray().at(0).toObject().value("sql"_L1).toString().contains(u"CREATE TABLE public.orders"_s));
    const Program unasked = ctl({u"up"_s});
    QCOMPARE(unasked.error("reason"), u"usage"_s);
    const Program up = ctl({u"up"_s, u"--confirm"_s, u"verbs"_s});
    QVERIFY2(up.exitCode == 0, up.output);
    QCOMPARE(up.json().value("done"_L1).toArray().size(), 1);
    QCOMPARE(ctl({u"status"_s, u"--check"_s}).exitCode, 0);
    const QString version = ctl({u"current"_s}).json().value("version"_L1).toString();
    QVERIFY(QFileInfo(file).fileName().startsWith(version));
    QCOMPARE(ctl({u"redo"_s, u"--confirm"_s, u"verbs"_s}).exitCode, 0);
    const QJsonArray events = ctl({u"history"_s}).json().value("events"_L1).toArray();
    QCOMPARE(events.size(), 3);
    QCOMPARE(events.at(0).toObject().value("purpose"_L1).toString(), u"orders of customers"_s);
    QCOMPARE(ctl({u"down"_s, u"--confirm"_s, u"verbs"_s}).json().value("done"_L1).toArray().size(), 1);
    QVERIFY(ctl({u"current"_s}).json().value("version"_L1).isNull());
    QCOMPARE(ctl({u"goto"_s, version, u"--confirm"_s, u"verbs"_s}).exitCode, 0);
    const QJsonArray journal = Program::run({u"journal"_s, u"--json"_s}).json().value("entries"_L1).toArray();
    QCOMPARE(journal.size(), 4); // up, redo, down, goto
    QVERIFY(journal.at(0).toObject().value("commands"_L1).toString().contains(u"CREATE TABLE public.orders"_s));
}

void TestVerbs::exitCodes()
{
    const Project project(*m_server, "codes");
    const QString codes = u"codes"_s;
    const auto up = [&](const QStringList &more = {}) { return ctl(QStringList{u"up"_s, u"--confirm"_s, codes} + more, project.path(), codes); };
    project.put(u"1_a.sql"_s, "CREATE TABLE public.a (i int);", "DROP TABLE public.a;");
    QCOMPARE(up().exitCode, 0);
    project.put(u"1_a.sql"_s, "CREATE TABLE public.a (i bigint);", "DROP TABLE public.a;");
    project.put(u"2_b.sql"_s, "ALTER TABLE public.a ADD COLUMN j int;", "SELECT 1;");
    QCOMPARE(up().exitCode, 4);
    QCOMPARE(ctl({u"plan"_s}, project.path(), codes).exitCode, 4); // as it would be
    QCOMPARE(ctl({u"status"_s, u"--check"_s}, project.path(), codes).exitCode, 4);
    QCOMPARE(ctl({u"adopt"_s, u"1"_s, u"--reason"_s, u"by hand"_s, u"--confirm"_s, codes}, project.path(), codes).exitCode, 0);
    {
        Client holder(project.spec(u"checkout"_s), m_server->password());
        QVERIFY(holder.run("BEGIN") && holder.run("SELECT count(*) FROM a"));
        const Program exhausted = up({u"--lock-timeout"_s, u"200ms"_s, u"--tries"_s, u"2"_s});
        QCOMPARE(exhausted.exitCode, 7);
        QVERIFY2(exhausted.output.contains("(checkout)"), exhausted.output);
    }
    QCOMPARE(up().exitCode, 0);
    project.put(u"3_c.sql"_s, "SELECT 1 / 0;", "SELECT 1;");
    const Program failed = up();
    QCOMPARE(failed.exitCode, 1);
    QCOMPARE(failed.error("sqlstate"), u"22012"_s);
}

void TestVerbs::theOwnersSchema()
{
    // The files of docker/migrations as they are: every one has its purpose.
    const auto folder = migrations::readFolder(qEnvironmentVariable("HOWDAH_SOURCE_DIR") + u"/docker/migrations"_s);
    QVERIFY2(folder, qPrintable(folder ? QString() : folder.error().text()));
    QVERIFY(folder->files.size() >= 5);
    for (const migrations::File &file : folder->files)
        QVERIFY2(!file.purpose.isEmpty() && !file.down.statements.empty(), qPrintable(file.name));
}

void TestVerbs::lints()
{
    QString why;
    QVERIFY2(m_server->sql({"CREATE DATABASE lints"}, &why), qPrintable(why));
    const Project project(*m_server, "lints");
    const auto lint = [&](const QStringList &more) { return ctl(QStringList{u"lint"_s} + more, project.path(), u"lints"_s); };
    project.put(u"1_a.sql"_s, "CREATE TABLE public.a (i int);", "DROP TABLE public.a;");
    QCOMPARE(lint({}).exitCode, 0);
    project.put(u"2_i.sql"_s, "CREATE INDEX a_i ON public.a (i);", "DROP INDEX CONCURRENTLY public.a_i;", " transaction:false");
    const Program found = lint({});
    QCOMPARE(found.exitCode, 5);
    QCOMPARE(found.json().value("standing"_L1).toInt(), 1);
    const QJsonArray findings = found.json().value("findings"_L1).toArray();
    const auto index = std::find_if(findings.cbegin(), findings.cend(), [](const QJsonValue &one) { return one.toObject().value("rule"_L1).toString() == "create-index"_L1; });
    QVERIFY2(index != findings.cend(), found.output);
    const QJsonObject finding = (*index).toObject();
    QCOMPARE(finding.value("hazard"_L1).toInt(), 6);
    QCOMPARE(finding.value("file"_L1).toString(), u"2_i.sql"_s);
    QCOMPARE(finding.value("line"_L1).toInt(), 3);
    // A table that the server knows to be small holds nobody up for long.
    QVERIFY(project.link()->run({"CREATE TABLE public.a AS SELECT 1 AS i", {}}) && project.link()->run({"ANALYZE public.a", {}}));
    QCOMPARE(lint({u"--connected"_s}).exitCode, 0);
    // The safe form where it is mechanical, in the file that is named.
    QCOMPARE(lint({u"--fix"_s}).error("reason"), u"usage"_s);
    QCOMPARE(lint({u"--fix"_s, u"2"_s}).json().value("fixed"_L1).toArray().size(), 1);
    QCOMPARE(QString::fromUtf8(project.folder().files.at(1).up.statements.at(0).text), u"CREATE INDEX CONCURRENTLY a_i ON public.a (i)"_s);
    QCOMPARE(lint({}).exitCode, 0);
    // Both halves of a safe form.
    project.put(u"3_c.sql"_s, "ALTER TABLE ONLY public.a\n  ADD CONSTRAINT \"i Pos\" CHECK (i > 0),\n  ADD COLUMN j int;", "ALTER TABLE public.a DROP COLUMN j, DROP CONSTRAINT \"i Pos\";");
    const QJsonArray made = lint({u"--fix"_s, u"3"_s}).json().value("made"_L1).toArray();
    QCOMPARE(made.size(), 1);
    QVERIFY(project.link()->run({"DROP TABLE public.a", {}}));
    const auto run = [&](const QString &verb, const QStringList &more = {}) { return ctl(QStringList{verb} + more + QStringList{u"--confirm"_s, u"lints"_s}, project.path(), u"lints"_s).exitCode; };
    const auto valid = [&] { return project.value("SELECT convalidated FROM pg_constraint WHERE conname = 'i Pos'"); };
    QCOMPARE(run(u"up"_s), 0);
    QCOMPARE(valid(), u"t"_s);
    QCOMPARE(run(u"down"_s), 0);
    QCOMPARE(valid(), u"f"_s);
    QCOMPARE(run(u"down"_s), 0);
    QCOMPARE(valid(), QString());
}

// Another's file came in between, by a merge: to finish the interrupted one is not to run that one.
void TestVerbs::resumesNoMore()
{
    const QString folder = m_folder.filePath(u"resume"_s);
    QVERIFY(QDir().mkpath(folder));
    const auto put = [&](const QString &name, const QByteArray &up) {
        QFile file(folder + u'/' + name);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("-- Purpose: a test\n-- migrate:up transaction:false\n" + up + "-- migrate:down transaction:false\nSELECT 1;\n") > 0);
    };
    QString why;
    QVERIFY2(m_server->sql({"CREATE DATABASE resumed"}, &why), qPrintable(why));
    put(u"2_b.sql"_s, "CREATE TABLE public.b (i int);\nSELECT 1 / 0;\n");
    QCOMPARE(ctl({u"up"_s, u"--confirm"_s, u"resumed"_s}, folder, u"resumed"_s).exitCode, 1);
    put(u"1_a.sql"_s, "CREATE TABLE public.a (i int);\n");
    put(u"2_b.sql"_s, "CREATE TABLE public.b (i int);\nSELECT 1 / 1;\n");
    const Program resumed = ctl({u"resume"_s, u"--confirm"_s, u"resumed"_s}, folder, u"resumed"_s);
    QVERIFY2(resumed.exitCode == 0, resumed.output);
    const QJsonArray done = resumed.json().value("done"_L1).toArray();
    QCOMPARE(done.size(), 1);
    QCOMPARE(done.at(0)["version"_L1].toString(), u"2"_s);
    QCOMPARE(ctl({u"status"_s}, folder, u"resumed"_s).json().value("pending"_L1).toInt(), 1);
}

void TestVerbs::aClashIsNotSigned()
{
    const QString folder = m_folder.filePath(u"clash"_s);
    const auto make = [&](const QString &title) { return ctl({u"new"_s, title, u"--purpose"_s, u"a test"_s}, folder, u"codes"_s); };
    QVERIFY(make(u"first"_s).json().value("sum_follows"_L1).toBool());
    QVERIFY(make(u"second"_s).json().value("sum_follows"_L1).toBool());
    QCOMPARE(ctl({u"status"_s}, folder, u"codes"_s).json().value("sum"_L1).toString(), u"right"_s);
    // What came from elsewhere is not signed along.
    QVERIFY(QFile::copy(m_folder.filePath(u"resume/2_b.sql"_s), folder + u"/2_b.sql"_s));
    QFile sum(folder + u"/migrations.sum"_s);
    QVERIFY(sum.open(QIODevice::ReadOnly));
    const QByteArray before = sum.readAll();
    sum.close();
    const Program third = make(u"third"_s);
    QVERIFY2(third.exitCode == 0, third.output);
    QVERIFY(!third.json().value("sum_follows"_L1).toBool(true));
    QVERIFY(sum.open(QIODevice::ReadOnly));
    QCOMPARE(sum.readAll(), before);
}

QTEST_GUILESS_MAIN(TestVerbs)
#include "tst_verbs.moc"
