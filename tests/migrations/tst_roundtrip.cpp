// SPDX-License-Identifier: GPL-3.0-or-later
// Up, down, up again: the owner's schema leads back, and each of the ways in which a way back can lie is found and named.
#include "migrations/roundtrip.h"
#include "session/program.h"
#include "stack/sandbox.h"

#include <QDir>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace howdah;
using namespace howdah::migrations;
using namespace Qt::StringLiterals;

class TestRoundTrip : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void theOwnersSchema();
    void lies_data();
    void lies();
    void nextBeginsClean();
    void waivers();
    void forthFails();
    void verb();
    void killed();

private:
    FreshBase base(const QByteArray &script = {}, QStringList *left = nullptr) const
    {
        return [this, script, left]() -> Result<std::unique_ptr<Scratch>> {
            auto scratch = Scratch::make(m_sandbox->spec(), m_sandbox->password(), m_sandbox->isPrivate());
            if (!scratch)
                return fail(std::move(scratch.error()));
            if (Done entered = (*scratch)->enter(u"public"_s); !entered)
                return fail(std::move(entered.error()));
            const auto loaded = (*scratch)->load(script);
            if (!loaded)
                return fail(loaded.error());
            if (left)
                *left = loaded->left;
            return scratch;
        };
    }
    static File file(int number, const QByteArray &up, const QByteArray &down, const QByteArray &options = {})
    {
        const auto parsed = parseFile(QString::number(number) + "_x.sql"_L1, "-- migrate:up" + options + "\n" + up + "\n-- migrate:down" + options + "\n" + down + "\n");
        if (!parsed)
            qFatal("%s", qPrintable(parsed.error().text()));
        return *parsed;
    }
    std::optional<stack::Sandbox> m_sandbox;
};

static QString sourceFolder()
{
    return qEnvironmentVariable("HOWDAH_SOURCE_DIR");
}

void TestRoundTrip::initTestCase()
{
    qputenv("HOWDAH_PG_BIN", QFile::encodeName(sourceFolder() + "/build/pg/18/bin"_L1));
    auto sandbox = stack::openSandbox({});
    QVERIFY2(sandbox, sandbox ? "" : qPrintable(sandbox.error().text()));
    m_sandbox = *std::move(sandbox);
}

void TestRoundTrip::theOwnersSchema()
{
    const auto folder = readFolder(sourceFolder() + "/docker/migrations"_L1);
    QVERIFY2(folder, folder ? "" : qPrintable(folder.error().text()));
    QFile init(sourceFolder() + "/docker/postgres/init-db.sql"_L1);
    QVERIFY(init.open(QIODevice::ReadOnly));
    QStringList left;
    const auto trips = roundTrip(base(init.readAll(), &left), folder->files, {}, u"public, ext"_s);
    QVERIFY2(trips, trips ? "" : qPrintable(trips.error().text() + left.join(u'\n')));
    QVERIFY2(trips->passes(), qPrintable(trips->text()));
    QCOMPARE(trips->all.size(), folder->files.size());
    for (const RoundTrip &one : trips->all)
        QVERIFY2(one.verdict == RoundTrip::Verdict::Same, qPrintable(trips->text()));
    qInfo("%s", qPrintable(trips->text() + left.join(u'\n')));
}

void TestRoundTrip::lies_data()
{
    QTest::addColumn<QByteArray>("up");
    QTest::addColumn<QByteArray>("down");
    QTest::addColumn<QString>("word"); // of the words that tell it
    QTest::addColumn<bool>("again");
    const auto row = [](const char *name, const char *up, const char *down, const char *word, bool again = false) {
        QTest::newRow(name) << QByteArray(up) << QByteArray(down) << QString::fromLatin1(word) << again;
    };
    row("an index is left", "CREATE TABLE n (i int); CREATE INDEX t_b ON t (b);", "DROP TABLE n;", "the way back leaves index public.t_b");
    row("a column comes back as another", "ALTER TABLE t DROP COLUMN b;", "ALTER TABLE t ADD COLUMN b varchar(10);", "column public.t.b: type text -> ");
    row("a type is left", "CREATE TYPE mood AS ENUM ('a'); ALTER TABLE t ADD COLUMN m mood;", "ALTER TABLE t DROP COLUMN m;", "the way back leaves enum public.mood");
    row("another default", "ALTER TABLE t ALTER COLUMN a SET DEFAULT 5;", "ALTER TABLE t ALTER COLUMN a DROP DEFAULT;", "column public.t.a: default");
    row("NOT NULL does not come back", "ALTER TABLE t ALTER COLUMN a DROP NOT NULL;", "SELECT 1;", "column public.t.a");
    row("a key's action is lost", "ALTER TABLE t DROP CONSTRAINT t_r;", "ALTER TABLE t ADD CONSTRAINT t_r FOREIGN KEY (r) REFERENCES r;", "constraint public.t.t_r");
    row("a constraint is not valid", "ALTER TABLE t DROP CONSTRAINT t_ck;", "ALTER TABLE t ADD CONSTRAINT t_ck CHECK (a > 0) NOT VALID;", "constraint public.t.t_ck");
    row("a function's old text", "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 2';", "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 0';", "function public.f()");
    row("a view's old text", "DROP VIEW v; CREATE VIEW v AS SELECT id, a, b FROM t;", "DROP VIEW v; CREATE VIEW v AS SELECT id FROM t WHERE a > 1;", "view public.v");
    row("a trigger rests", "ALTER TABLE t DISABLE TRIGGER g;", "ALTER TABLE t ENABLE ALWAYS TRIGGER g;", "trigger");
    row("a right is not given back", "REVOKE SELECT ON t FROM PUBLIC;", "SELECT 1;", "grant");
    row("a comment is lost", "COMMENT ON COLUMN t.a IS 'new';", "COMMENT ON COLUMN t.a IS NULL;", "comment");
    row("too much is dropped", "CREATE TABLE n (i int REFERENCES r);", "DROP TABLE n; DROP TABLE r CASCADE;", "after the way back table public.r is missing");
    row("rows stand in the way", "INSERT INTO r VALUES (7);", "SELECT 1;", "up again fails", true);
    row("the way back fails", "ALTER TABLE t DROP COLUMN b;", "ALTER TABLE t DROP COLUMN b;", "the way back fails");
    row("row security stays on", "ALTER TABLE t ENABLE ROW LEVEL SECURITY;", "SELECT 1;", "table public.t");
    row("a sequence steps otherwise", "ALTER SEQUENCE q INCREMENT BY 5;", "ALTER SEQUENCE q INCREMENT BY 2;", "sequence public.q");
}

static const QByteArray lied = "CREATE TABLE r (id int PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL DEFAULT 1, b text, r int, CONSTRAINT t_r FOREIGN KEY (r) REFERENCES r ON DELETE CASCADE, "
                               "CONSTRAINT t_ck CHECK (a > 0)); CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE VIEW v AS SELECT id FROM t; CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS "
                               "'BEGIN RETURN new; END'; CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION g(); GRANT SELECT ON t TO PUBLIC; COMMENT ON COLUMN t.a IS 'old'; CREATE SEQUENCE q;";

void TestRoundTrip::lies()
{
    QFETCH(QByteArray, up);
    QFETCH(QByteArray, down);
    QFETCH(QString, word);
    QFETCH(bool, again);
    const auto trips = roundTrip(base(lied), {file(1, up, down)}, {}, u"public"_s);
    QVERIFY2(trips, trips ? "" : qPrintable(trips.error().text()));
    QVERIFY(!trips->passes());
    const RoundTrip &one = trips->all.constFirst();
    QVERIFY2(one.isFinding() && one.words().join(u'\n').contains(word) && one.again == again, qPrintable(trips->text()));
}

void TestRoundTrip::nextBeginsClean()
{
    // The second is honest, and stands on the first, which is not.
    const auto trips = roundTrip(base(lied), {file(1, "CREATE TABLE n (i int); CREATE INDEX t_b ON t (b);", "DROP TABLE n;"), file(2, "CREATE INDEX n_i ON n (i);", "DROP INDEX n_i;"),
                                              file(3, "CREATE INDEX CONCURRENTLY t_a ON t (a);", "DROP INDEX CONCURRENTLY t_a;", " transaction:false")}, {}, u"public"_s);
    QVERIFY2(trips, trips ? "" : qPrintable(trips.error().text()));
    QVERIFY2(trips->all.at(0).verdict == RoundTrip::Verdict::Differs && trips->all.at(1).verdict == RoundTrip::Verdict::Same && trips->all.at(2).verdict == RoundTrip::Verdict::Same, qPrintable(trips->text()));
    // Columns that move to the end by a way back are no difference; what is asked for is tried, and no more.
    const auto some = roundTrip(base(lied), {file(1, "CREATE TABLE n (i int);", "SELECT 1;"), file(2, "ALTER TABLE t DROP COLUMN b;", "ALTER TABLE t ADD COLUMN b text;")}, {u"2"_s}, u"public"_s);
    QVERIFY2(some && some->passes() && some->all.size() == 1, some ? qPrintable(some->text()) : qPrintable(some.error().text()));
    const auto none = roundTrip(base(lied), {file(1, "SELECT 1;", "SELECT 1;")}, {u"9"_s}, u"public"_s);
    QVERIFY(!none && none.error().reason == "no_such_version"_L1);
}

void TestRoundTrip::waivers()
{
    const auto trips = roundTrip(base(lied), {file(1, "ALTER TABLE t DROP COLUMN b;", "-- irreversible: nobody has read it since 2024")}, {}, u"public"_s);
    QVERIFY2(trips && trips->passes(), trips ? qPrintable(trips->text()) : qPrintable(trips.error().text()));
    QCOMPARE(trips->all.constFirst().verdict, RoundTrip::Verdict::Waived);
    QVERIFY2(trips->text().contains("nobody has read it since 2024"_L1), qPrintable(trips->text()));
}

void TestRoundTrip::forthFails()
{
    const auto trips = roundTrip(base(), {file(1, "ALTER TABLE none_such ADD COLUMN b int;", "SELECT 1;")}, {}, u"public"_s);
    QVERIFY(!trips);
    QVERIFY2(trips.error().context.startsWith("1_x.sql, line 2"_L1), qPrintable(trips.error().text()));
}

void TestRoundTrip::verb()
{
    QTemporaryDir folder, temporary; // a folder of this test's own, since other programs make clusters at the same time
    QVERIFY(::chmod(QFile::encodeName(temporary.path()).constData(), 01777) == 0); // the server's user passes through
    const QByteArray before = qgetenv("TMPDIR");
    const auto back = qScopeGuard([&] { before.isNull() ? qunsetenv("TMPDIR") : qputenv("TMPDIR", before); });
    QVERIFY(qputenv("TMPDIR", QFile::encodeName(temporary.path())));
    const auto put = [&](const QString &name, const QByteArray &text) {
        QFile out(folder.filePath(name));
        return out.open(QIODevice::WriteOnly) && out.write(text) == text.size();
    };
    QVERIFY(put(u"1_a.sql"_s, "-- migrate:up\nCREATE TABLE n (i int);\nGRANT SELECT ON n TO app;\n-- migrate:down\nDROP TABLE n;\n"));
    QVERIFY(put(u"base.psql"_s, "CREATE ROLE app;\n"));
    const QStringList arguments{u"migrate"_s, u"--folder"_s, folder.path(), u"roundtrip"_s, u"--base"_s, folder.filePath(u"base.psql"_s)};
    const Program right = Program::run(arguments);
    QVERIFY2(right.exitCode == 0 && right.output.contains("1 of 1 lead back"), qPrintable(QString::fromUtf8(right.output + right.errors)));
    QVERIFY(put(u"2_b.sql"_s, "-- migrate:up\nCREATE INDEX n_i ON n (i);\n-- migrate:down\nSELECT 1;\n"));
    const Program wrong = Program::run(arguments + QStringList{u"--json"_s});
    QCOMPARE(wrong.exitCode, 5);
    QCOMPARE(wrong.json().value("migrations"_L1).toArray().at(1).toObject().value("words"_L1).toArray().at(0).toString(), u"the way back leaves index public.n_i"_s);
    QCOMPARE(Program::run(arguments + QStringList{u"1"_s}).exitCode, 0);
    QCOMPARE(QDir(temporary.path()).entryList({u"howdah-sandbox-*"_s}, QDir::Dirs), QStringList());
}

void TestRoundTrip::killed()
{
    // The program is killed while its private cluster runs a statement: the cluster goes with it, and its folder with the next run.
    QTemporaryDir folder, temporary;
    QVERIFY(::chmod(QFile::encodeName(temporary.path()).constData(), 01777) == 0); // the server's user passes through
    QFile out(folder.filePath(u"1_a.sql"_s));
    QVERIFY(out.open(QIODevice::WriteOnly) && out.write("-- migrate:up\nSELECT pg_sleep(300);\n-- migrate:down\nSELECT 1;\n") > 0);
    out.close();
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"TMPDIR"_s, temporary.path());
    process.setProcessEnvironment(environment);
    process.start(Program::path(), {u"migrate"_s, u"--folder"_s, folder.path(), u"roundtrip"_s});
    const auto clusters = [&] { return QDir(temporary.path()).entryList({u"howdah-sandbox-*"_s}, QDir::Dirs); };
    const auto server = [&]() -> qint64 {
        QFile pid(temporary.path() + u'/' + clusters().value(0) + "/data/postmaster.pid"_L1);
        const QList<QByteArray> lines = pid.open(QIODevice::ReadOnly) ? pid.readAll().split('\n') : QList<QByteArray>();
        return lines.value(7).startsWith("ready") ? lines.value(0).toLongLong() : 0;
    };
    QTRY_VERIFY_WITH_TIMEOUT(server() > 0, 60'000);
    const qint64 pid = server();
    process.kill();
    QVERIFY(process.waitForFinished());
    QTRY_VERIFY_WITH_TIMEOUT(!QFile::exists(u"/proc/%1/cmdline"_s.arg(pid)) || QFile(u"/proc/%1/exe"_s.arg(pid)).symLinkTarget().isEmpty(), 20'000);
    QCOMPARE(clusters().size(), 1);
    QVERIFY(out.open(QIODevice::WriteOnly | QIODevice::Truncate) && out.write("-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 1;\n") > 0);
    out.close();
    process.start(Program::path(), {u"migrate"_s, u"--folder"_s, folder.path(), u"roundtrip"_s});
    QVERIFY(process.waitForFinished(60'000));
    QCOMPARE(process.exitCode(), 0);
    QCOMPARE(clusters(), QStringList());
}

QTEST_GUILESS_MAIN(TestRoundTrip)
#include "tst_roundtrip.moc"
