// SPDX-License-Identifier: GPL-3.0-or-later
// `howdahctl migrate new --from-diff` and `migrate drift`, as people run them: a change made by hand in dev becomes files, which another database takes.
#include "migrations/converge.h"
#include "migrations/drift.h"
#include "project.h"
#include "session/program.h"

#include <QJsonArray>
#include <QTest>

using namespace howdah;
using namespace howdah::test;
using namespace Qt::StringLiterals;

class TestFromDiff : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void byHandInDev();
    void fromAFile();
    void renamesAreAsked();
    void whatIsNotWritten();
    void drifts();
    void repeatables();
    void defaultPrivileges();
    void refusals();
    void theOwnersSchema();

private:
    QString url(const QString &database) const
    {
        return u"postgresql://postgres:%1@127.0.0.1:%2/%3?sslrootcert=%4"_s.arg(QString::fromLatin1(m_server->password().data())).arg(m_server->port()).arg(database, m_server->caFile());
    }
    // The sandbox is the test's server too, which has to be said.
    Program migrate(const QString &verb, const Project &project, const QString &database, const QStringList &more = {}) const
    {
        const bool scratches = verb == "new"_L1 || verb == "drift"_L1;
        return Program::run(QStringList{u"--url"_s, url(database), u"migrate"_s, u"--folder"_s, project.path(), verb} + more
                            + (scratches ? QStringList{u"--sandbox"_s, url(u"postgres"_s), u"--sandbox-may-be-target"_s} : QStringList{u"--confirm"_s, database}) + QStringList{u"--json"_s});
    }
    static QStringList filesOf(const Program &program)
    {
        QStringList names;
        const QJsonArray files = program.json().value("files"_L1).toArray();
        for (const QJsonValue one : files)
            names << QFileInfo(one.toString()).fileName();
        return names;
    }
    static QString allText(const Project &project)
    {
        QString text;
        for (const migrations::File &file : project.folder().files)
            text += QString::fromUtf8(file.text);
        return text;
    }
    QTemporaryDir m_home;
    std::unique_ptr<TestServer> m_server;
};

void TestFromDiff::initTestCase()
{
    qputenv("XDG_DATA_HOME", m_home.path().toLocal8Bit());
    QString why;
    m_server = TestServer::start({}, &why);
    QVERIFY2(m_server, qPrintable(why));
}

void TestFromDiff::byHandInDev()
{
    const Project dev(*m_server, "dev"), production(*m_server, "production");
    dev.put(u"1_orders.sql"_s, "CREATE TABLE public.orders (id int PRIMARY KEY, total int);", "DROP TABLE public.orders;");
    QVERIFY(migrations::writeSum(dev.folder()));
    QCOMPARE(migrate(u"up"_s, dev, u"dev"_s).exitCode, 0);
    QCOMPARE(migrate(u"up"_s, dev, u"production"_s).exitCode, 0);
    QCOMPARE(migrate(u"drift"_s, dev, u"dev"_s).exitCode, 0);
    // No difference: no file.
    const QStringList made{u"by hand"_s, u"--purpose"_s, u"what was done by hand"_s, u"--from-diff"_s};
    const Program none = migrate(u"new"_s, dev, u"dev"_s, made);
    QVERIFY2(none.exitCode == 0 && filesOf(none).isEmpty(), none.output);
    QCOMPARE(dev.folder().files.size(), 1);

    const auto hand = dev.link();
    for (const QByteArray &statement : {QByteArray("ALTER TABLE public.orders ADD COLUMN customer int NOT NULL DEFAULT 0"), QByteArray("CREATE INDEX orders_customer ON public.orders (customer)"),
                                        QByteArray("ALTER TABLE public.orders ADD CONSTRAINT positive CHECK (total > 0)")})
        QVERIFY(hand->run({statement, {}}));
    const Program drift = migrate(u"drift"_s, dev, u"dev"_s);
    QCOMPARE(drift.exitCode, 4);
    QVERIFY2(drift.output.contains("added index public.orders_customer"), drift.output);
    QCOMPARE(drift.json().value("differences"_L1).toArray().size(), 3);
    const Program written = migrate(u"new"_s, dev, u"dev"_s, made);
    QVERIFY2(written.exitCode == 0, written.output);
    QCOMPARE(filesOf(written).size(), 3); // the table, the index, what is validated
    QVERIFY(allText(dev).contains(u"CREATE INDEX CONCURRENTLY orders_customer"_s));
    QCOMPARE(migrations::checkSum(dev.folder())->state, migrations::SumState::Right);
    // They lead another database to the same, and back.
    QCOMPARE(migrate(u"up"_s, dev, u"production"_s).exitCode, 0);
    QCOMPARE(migrate(u"drift"_s, dev, u"production"_s).exitCode, 0);
    QCOMPARE(production.value("SELECT convalidated FROM pg_constraint WHERE conname = 'positive'"), u"t"_s);
    QCOMPARE(migrate(u"down"_s, dev, u"production"_s, {u"3"_s}).exitCode, 0);
    QCOMPARE(migrate(u"drift"_s, dev, u"production"_s).exitCode, 0);
    QCOMPARE(production.value("SELECT count(*) FROM pg_attribute WHERE attname = 'customer'"), u"0"_s);
    // What is pending on the database that is compared would come out as a difference.
    const Program behind = migrate(u"new"_s, dev, u"production"_s, made);
    QCOMPARE(behind.error("reason"), u"pending"_s);
    QCOMPARE(behind.exitCode, 9);
}

void TestFromDiff::fromAFile()
{
    const Project project(*m_server, "of_file");
    QFile schema(project.path() + u"/../schema_%1.sql"_s.arg(QFileInfo(project.path()).fileName()));
    QVERIFY(schema.open(QIODevice::WriteOnly));
    schema.write("CREATE TABLE public.t (a int);\nCREATE VIEW public.v AS SELECT a FROM public.t;\n");
    schema.close();
    const QStringList made{u"all of it"_s, u"--purpose"_s, u"the schema as it is"_s, u"--from-diff"_s, schema.fileName()};
    const Program written = migrate(u"new"_s, project, u"of_file"_s, made);
    QVERIFY2(written.exitCode == 0, written.output);
    QCOMPARE(filesOf(written).size(), 1);
    QCOMPARE(migrate(u"up"_s, project, u"of_file"_s).exitCode, 0);
    QCOMPARE(project.value("SELECT count(*) FROM public.v"), u"0"_s);
    QVERIFY(filesOf(migrate(u"new"_s, project, u"of_file"_s, made)).isEmpty());
    // What does not run as a whole is no schema to go to.
    QVERIFY(schema.open(QIODevice::Append));
    schema.write("CREATE VIEW public.w AS SELECT a FROM public.nowhere;\n");
    schema.close();
    const Program broken = migrate(u"new"_s, project, u"of_file"_s, made);
    QCOMPARE(broken.error("reason"), u"not_loaded"_s);
    QVERIFY2(broken.output.contains("nowhere"), broken.output);
    schema.remove();
}

void TestFromDiff::renamesAreAsked()
{
    const Project project(*m_server, "renames");
    project.put(u"1_t.sql"_s, "CREATE TABLE public.t (a int, b text);", "DROP TABLE public.t;");
    QCOMPARE(migrate(u"up"_s, project, u"renames"_s).exitCode, 0);
    QVERIFY(project.link()->run({"ALTER TABLE public.t RENAME a TO total", {}}));
    const QStringList made{u"rename"_s, u"--purpose"_s, u"a better name for it"_s, u"--from-diff"_s};
    const Program asked = migrate(u"new"_s, project, u"renames"_s, made);
    QCOMPARE(asked.error("reason"), u"rename_or_drop"_s);
    QVERIFY2(asked.output.contains("--rename public.t.a=public.t.total"), asked.output);
    QCOMPARE(project.folder().files.size(), 1);
    const Program written = migrate(u"new"_s, project, u"renames"_s, QStringList{u"rename"_s, u"--purpose"_s, u"a better name for it"_s, u"--rename"_s, u"public.t.a=public.t.total"_s, u"--from-diff"_s});
    QVERIFY2(written.exitCode == 0, written.output);
    QVERIFY(allText(project).contains(u"RENAME COLUMN a TO total"_s) && !allText(project).contains(u"DROP COLUMN"_s));
}

void TestFromDiff::whatIsNotWritten()
{
    const Project project(*m_server, "half");
    project.put(u"1_t.sql"_s, "CREATE TABLE public.t (a int);", "DROP TABLE public.t;");
    QCOMPARE(migrate(u"up"_s, project, u"half"_s).exitCode, 0);
    const auto hand = project.link();
    QVERIFY(hand->run({"CREATE TABLE public.p (a int) PARTITION BY RANGE (a)", {}}) && hand->run({"ALTER TABLE public.t ADD COLUMN b int", {}}));
    const Program written = migrate(u"new"_s, project, u"half"_s, {u"half"_s, u"--purpose"_s, u"as much as there are words for"_s, u"--from-diff"_s});
    QCOMPARE(written.exitCode, 5);
    QCOMPARE(written.json().value("unsupported"_L1).toArray().size(), 2); // the table and its column
    QVERIFY(allText(project).contains(u"-- TODO: unsupported difference: added table public.p"_s));
    const Program linted = Program::run({u"migrate"_s, u"--folder"_s, project.path(), u"lint"_s, u"--json"_s});
    QCOMPARE(linted.exitCode, 5);
    QVERIFY2(linted.output.contains("\"todo\""), linted.output);
}

void TestFromDiff::drifts()
{
    const Project project(*m_server, "drifts");
    project.put(u"1_t.sql"_s, "CREATE TABLE public.t (a int);", "DROP TABLE public.t;");
    project.put(u"2_u.sql"_s, "CREATE TABLE public.u (a int);", "DROP TABLE public.u;");
    QCOMPARE(migrate(u"up"_s, project, u"drifts"_s, {u"1"_s}).exitCode, 0);
    QCOMPARE(migrate(u"drift"_s, project, u"drifts"_s).exitCode, 0); // what is pending is none
    // By the text that was run, not by the one that was edited since.
    project.put(u"1_t.sql"_s, "CREATE TABLE public.t (a bigint);", "DROP TABLE public.t;");
    QCOMPARE(migrate(u"drift"_s, project, u"drifts"_s).exitCode, 0);
    QVERIFY(project.link()->run({"ALTER TABLE public.t ALTER a SET DEFAULT 7", {}}));
    const Program drift = migrate(u"drift"_s, project, u"drifts"_s);
    QCOMPARE(drift.exitCode, 4);
    QCOMPARE(drift.json().value("differences"_L1).toArray().at(0).toObject().value("text"_L1).toString(), u"changed column public.t.a: default none -> 7"_s);
    // dbmate keeps no text, and without one nothing can be said.
    QVERIFY(project.link()->run({"INSERT INTO public.schema_migrations VALUES ('3')", {}}));
    const Program unknown = migrate(u"drift"_s, project, u"drifts"_s);
    QCOMPARE(unknown.error("reason"), u"no_text"_s);
    QCOMPARE(unknown.exitCode, 1);
}

void TestFromDiff::repeatables()
{
    const Project project(*m_server, "repeats");
    const auto repeatable = [&](const QByteArray &text) {
        QVERIFY(QDir(project.path()).mkpath(u"../repeatable"_s));
        QFile file(project.path() + "/../repeatable/v.sql"_L1);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(text) > 0);
    };
    const QStringList made{u"by hand"_s, u"--purpose"_s, u"what was done by hand"_s, u"--from-diff"_s};
    project.put(u"1_t.sql"_s, "CREATE TABLE public.t (a int);", "DROP TABLE public.t;");
    repeatable("CREATE OR REPLACE VIEW public.v AS SELECT a FROM public.t;");
    QCOMPARE(migrate(u"up"_s, project, u"repeats"_s).exitCode, 0);
    // What they make is no difference, and no migration's affair.
    const Program drift = migrate(u"drift"_s, project, u"repeats"_s);
    QVERIFY2(drift.exitCode == 0, drift.output);
    const Program none = migrate(u"new"_s, project, u"repeats"_s, made);
    QVERIFY2(none.exitCode == 0 && filesOf(none).isEmpty(), none.output);
    // Edited, and not run yet: drift is by what was run, and a diff would write into a migration what is the file's.
    repeatable("CREATE OR REPLACE VIEW public.v AS SELECT a, a + 1 AS b FROM public.t;");
    QCOMPARE(migrate(u"drift"_s, project, u"repeats"_s).exitCode, 0);
    const Program behind = migrate(u"new"_s, project, u"repeats"_s, made);
    QCOMPARE(behind.error("reason"), u"pending"_s);
    QVERIFY2(behind.output.contains("repeatable/v.sql"), behind.output);
    QVERIFY(project.link()->run({"DROP VIEW public.v", {}}));
    const Program dropped = migrate(u"drift"_s, project, u"repeats"_s);
    QCOMPARE(dropped.exitCode, 4);
    QVERIFY2(dropped.output.contains("removed view public.v"), dropped.output);
}

void TestFromDiff::defaultPrivileges()
{
    // Of the role that runs the files: without it there would be a difference that is none.
    const Project project(*m_server, "rights");
    QVERIFY(m_server->sql({"CREATE ROLE owner_of_all", "CREATE ROLE looks", "ALTER DATABASE rights OWNER TO owner_of_all"}));
    QFile base(project.path() + u"/base.sql"_s); // no migration: its name has no number
    QVERIFY(base.open(QIODevice::WriteOnly));
    base.write("ALTER DEFAULT PRIVILEGES FOR ROLE owner_of_all GRANT SELECT ON TABLES TO looks;\n");
    base.close();
    QVERIFY(project.link()->run({"ALTER DEFAULT PRIVILEGES FOR ROLE owner_of_all GRANT SELECT ON TABLES TO looks", {}}));
    project.put(u"1_t.sql"_s, "CREATE TABLE public.t (a int);", "DROP TABLE public.t;");
    const QStringList as{u"--role"_s, u"owner_of_all"_s}, from{u"--base"_s, base.fileName()};
    QCOMPARE(migrate(u"up"_s, project, u"rights"_s, as).exitCode, 0);
    const Program drift = migrate(u"drift"_s, project, u"rights"_s, as + from);
    QVERIFY2(drift.exitCode == 0, drift.output);
    QCOMPARE(migrate(u"drift"_s, project, u"rights"_s, from).exitCode, 4);
}

void TestFromDiff::refusals()
{
    const Project project(*m_server, "refusals");
    project.put(u"1_t.sql"_s, "CREATE TABLE public.t (a int);", "DROP TABLE public.t;");
    // A sandbox that is the target is taken only where that was said.
    QCOMPARE(Program::run({u"--url"_s, url(u"refusals"_s), u"migrate"_s, u"--folder"_s, project.path(), u"drift"_s, u"--sandbox"_s, url(u"postgres"_s), u"--json"_s}).error("reason"), u"sandbox_is_target"_s);
    QCOMPARE(migrate(u"new"_s, project, u"refusals"_s, {u"x"_s, u"--purpose"_s, u"nothing"_s, u"--from-diff"_s, u"nowhere.sql"_s}).error("reason"), u"unreadable"_s);
    const auto left = project.link()->run({"SELECT count(*) FROM pg_database WHERE datname LIKE 'howdah_scratch%'", {}});
    QCOMPARE(left->text(0, 0), u"0"_s);
}

void TestFromDiff::theOwnersSchema()
{
    // Written anew from what it has become, and forth and back.
    const QString source = qEnvironmentVariable("HOWDAH_SOURCE_DIR");
    const auto folder = migrations::readFolder(source + u"/docker/migrations"_s);
    QVERIFY(folder);
    QFile init(source + u"/docker/postgres/init-db.sql"_s);
    QVERIFY(init.open(QIODevice::ReadOnly));
    const migrations::ScratchServer server{m_server->spec(), m_server->password(), true, init.readAll(), {}};
    const auto made = migrations::replayed(server, folder->files, {}, u"public, ext"_s, 0);
    QVERIFY2(made, made ? "" : qPrintable(made.error().text()));
    const auto wanted = catalog::readSnapshot(made->scratch->connection());
    QVERIFY(wanted);
    migrations::Replayed current;
    const auto generated = migrations::converging(
        [&]() -> Result<pg::Connection *> {
            current = {};
            auto base = migrations::replayed(server, {}, {}, u"public, ext"_s, 0);
            if (!base)
                return fail(std::move(base.error()));
            current = *std::move(base);
            return &current.scratch->connection();
        },
        *wanted, {}, {});
    QVERIFY2(generated, generated ? "" : qPrintable(generated.error().text()));
    QVERIFY2(generated->isWhole(), qPrintable((generated->unsupported + generated->oneWay).join(u'\n')));
    qsizetype statements = 0;
    for (const migrations::GeneratedFile &file : generated->files)
        statements += file.up.size();
    QVERIFY2(statements > 30, qPrintable(QString::number(statements)));
}

QTEST_GUILESS_MAIN(TestFromDiff)
#include "tst_fromdiff.moc"
