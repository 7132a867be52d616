// SPDX-License-Identifier: GPL-3.0-or-later
// No secret of a statement's text reaches the journal, the history or the screen; what is no secret stays, so that it can be run again.
#include "session/changeplan.h"

#include <QTest>

using namespace howdah;
using namespace howdah::session;

class TestGuardMask : public QObject
{
    Q_OBJECT
private slots:
    void logs_data();
    void logs();
    void hides_data();
    void hides();
    void leaves_data();
    void leaves();
    void exact_data();
    void exact();
    void anyBytes();
    void plansAreMasked();
    void aNameInACommentStaysInIt();
};

void TestGuardMask::hides_data()
{
    QTest::addColumn<QString>("sql"); // "hunter2" (or a piece of it) must not be left
    const auto row = [](const char *name, const char *sql) { QTest::newRow(name) << QString::fromUtf8(sql); };
    row("alter role", "ALTER ROLE ann PASSWORD 'hunter2'");
    row("create user", "create user ann with login encrypted password 'hunter2' valid until 'infinity'");
    row("escapes", "ALTER ROLE ann PASSWORD E'x\\'hunter2'");
    row("doubled quote", "ALTER ROLE ann PASSWORD 'x''hunter2'");
    row("unicode string", "ALTER ROLE ann PASSWORD U&'\\0061hunter2' UESCAPE '!'");
    row("dollar", "ALTER ROLE ann PASSWORD $$hunter2$$");
    row("dollar with tag", "ALTER ROLE ann PASSWORD $q$hunter2$q$");
    row("comment between", "ALTER ROLE ann PASSWORD /* ' */ -- '\n 'hunter2'");
    row("nested comment between", "ALTER ROLE ann PASSWORD /* /* */ ' */'hunter2'");
    row("continued", "ALTER ROLE ann PASSWORD 'x'\n  'hunter2'");
    row("unterminated", "ALTER ROLE ann PASSWORD 'hunter2");
    row("unterminated dollar", "ALTER ROLE ann PASSWORD $a$hunter2");
    row("backslashes of old", "ALTER ROLE ann PASSWORD 'x\\'hunter2'; SELECT 1");
    row("user mapping", "CREATE USER MAPPING FOR ann SERVER s OPTIONS (user 'ann', password 'hunter2')");
    row("user mapping set", "ALTER USER MAPPING FOR ann SERVER s OPTIONS (SET password 'hunter2')");
    row("quoted name", "UPDATE t SET \"password\" = 'hunter2' WHERE id = 1");
    row("comparison", "SELECT * FROM u WHERE u.Password <> 'hunter2'");
    row("named argument", "SELECT f(password => 'hunter2', x := 1)");
    row("longer name", "UPDATE u SET user_password = 'hunter2'");
    row("conninfo", "SELECT dblink_connect('host=db1 password=hunter2 user=ann')");
    row("conninfo quoted", "SELECT dblink_connect('host=db1 password=''hunter2 x'' user=ann')");
    row("conninfo in dollars", "SELECT dblink_connect($$host=db1 password=hunter2$$)");
    row("conninfo with signs", "SELECT dblink_connect('password=a&hunter2,hunter2')");
    row("subscription", "CREATE SUBSCRIPTION s CONNECTION 'host=db1 user=r password=hunter2' PUBLICATION p");
    row("alter subscription", "ALTER SUBSCRIPTION s CONNECTION E'host=db1 password=\\'hunter2\\''");
    row("sslpassword", "SELECT dblink_connect('sslpassword=hunter2')");
    row("url", "SELECT dblink_connect('postgresql://ann:hunter2@db1/x')");
    row("url without user", "SELECT dblink_connect('postgresql://:hunter2@db1/x')");
    row("url with an at sign", "SELECT dblink_connect('postgresql://ann:p@hunter2@db1/x')");
    row("url parameter", "SELECT dblink_connect('postgresql://db1/x?user=ann&password=hunter2&sslmode=require')");
    row("url in a command line", "howdahctl --url postgresql://ann:hunter2@db1/x check");
    row("psql connect", "\\connect postgresql://ann:hunter2@db1/x");
    row("psql connect words", "SELECT 1;\n\\c \"host=db1 password=hunter2\"\nSELECT 2");
    row("in a comment", "SELECT 1 -- password=hunter2");
    row("in a block comment", "/* password: 'x', password = hunter2 */ SELECT 1");
    row("within a statement in a literal", "EXECUTE 'ALTER ROLE ann PASSWORD ''hunter2'''");
    row("within escapes", "EXECUTE E'ALTER ROLE ann PASSWORD \\'hunter2\\''");
    row("within a body", "DO $$ BEGIN EXECUTE 'ALTER ROLE ann PASSWORD ''hunter2'''; END $$");
    row("in a body itself", "DO $do$ BEGIN ALTER ROLE ann PASSWORD 'hunter2'; END $do$");
    row("set", "SET app.password = hunter2");
    row("set to", "SET LOCAL app.password TO hunter2");
    row("set quoted", "SET app.password = 'hunter2'");
    row("alter role set", "ALTER ROLE ann SET app.password = hunter2");
    row("crypt", "UPDATE u SET hash = crypt('hunter2', gen_salt('bf'))");
    row("pgp", "SELECT public.pgp_sym_decrypt(data, 'hunter2') FROM t");
    row("nested call", "SELECT pgp_sym_encrypt(f(('a')), 'hunter2')");
    row("json", "SELECT '{\"user\": \"ann\", \"password\" : \"hunter2\"}'::jsonb");
    row("program", "COPY t FROM PROGRAM 'curl -u ann:hunter2 https://x'");
    row("environment of a program", "COPY t FROM PROGRAM 'PGPASSWORD=hunter2 psql -c x'");
    row("second statement", "SELECT 'it''s'; ALTER ROLE ann PASSWORD 'hunter2'");
    row("after a quoted name with a quote", "SELECT \"a'b\"; ALTER ROLE ann PASSWORD 'hunter2'");
    row("after dollars with a quote", "SELECT $$'$$; ALTER ROLE ann PASSWORD 'hunter2'");
    row("after a parameter", "SELECT $1, 'x'; ALTER ROLE ann PASSWORD 'hunter2'");
}

void TestGuardMask::hides()
{
    QFETCH(QString, sql);
    const QString text = masked(sql);
    QVERIFY2(!text.contains(QLatin1StringView("hunter2")), qPrintable(text));
    QVERIFY2(text.contains(QLatin1StringView("***")), qPrintable(text));
    QCOMPARE(masked(text), text); // again: nothing more
}

void TestGuardMask::leaves_data()
{
    QTest::addColumn<QString>("sql");
    const auto row = [](const char *name, const char *sql) { QTest::newRow(name) << QString::fromUtf8(sql); };
    row("empty", "");
    row("plain", "SELECT 'a', \"b\", $1, $$c$$ FROM t WHERE x = 'y' -- z");
    row("no password", "ALTER ROLE ann PASSWORD NULL");
    row("columns", "UPDATE u SET password = p.password FROM p WHERE u.password = p.password");
    row("columns in a body", "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF new.password = old.password THEN RETURN new; END IF; END $$");
    row("parameters", "UPDATE u SET password = $1");
    row("psql variable", "ALTER ROLE ann PASSWORD :'pw'");
    row("format", "EXECUTE format('ALTER ROLE %I PASSWORD %L', r, p)");
    row("format with =", "EXECUTE format('UPDATE u SET password=%L', p)");
    row("password_encryption", "SET password_encryption = 'scram-sha-256'");
    row("other settings", "SET work_mem = '64MB'; ALTER ROLE ann SET search_path = app");
    row("a list", "INSERT INTO u (name, password) VALUES ('a', 'b')");
    row("comment on", "COMMENT ON COLUMN u.password IS 'the hash'");
    row("label", "SELECT 'x' AS password, 'y'");
    row("a url", "SELECT 'https://example.org:8080/a?b=c'");
    row("a cast", "SELECT a::text, b ->> 'password', c #> '{password}'");
    row("non-ASCII", "SELECT 'Stra\u00dfe \U0001F418' AS \u00fc");
    row("valid until", "ALTER ROLE ann VALID UNTIL '2027-01-01'");
    row("psql command", "\\d orders\nSELECT 1");
    row("unterminated", "SELECT 'x");
}

void TestGuardMask::leaves()
{
    QFETCH(QString, sql);
    QCOMPARE(masked(sql), sql);
}

void TestGuardMask::exact_data()
{
    QTest::addColumn<QString>("sql");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *name, const char *sql, const char *expected) {
        QTest::newRow(name) << QString::fromLatin1(sql) << QString::fromLatin1(expected);
    };
    row("role", "ALTER ROLE ann PASSWORD 'x' VALID UNTIL 'y';", "ALTER ROLE ann PASSWORD '***' VALID UNTIL 'y';");
    row("literal in a literal", "EXECUTE 'ALTER ROLE a PASSWORD ''x'' LOGIN'", "EXECUTE 'ALTER ROLE a PASSWORD ''***'' LOGIN'");
    row("verifier",
        "SELECT 'SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk:c2VydmVy' x", "SELECT 'SCRAM-SHA-256$***' x");
    row("verifier in a role", "ALTER ROLE a PASSWORD 'SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk:c2VydmVy'", "ALTER ROLE a PASSWORD '***'");
    row("md5", "SELECT 'md55f4dcc3b5aa765d61d8327deb882cf99'", "SELECT 'md5***'");
    row("url", "SELECT 'postgresql://ann:x@db1/y?z'", "SELECT 'postgresql://ann:***@db1/y?z'");
    row("conninfo", "SELECT 'host=a password=x user=b'", "SELECT 'host=a password=*** user=b'");
    row("statement after", "SET a.password = x; SET b = y", "SET a.password = ***; SET b = y");
    row("psql line", "\\c \"password=x y\"\nSELECT 'z'", "\\c \"password=*** y\"\nSELECT 'z'");
}

void TestGuardMask::exact()
{
    QFETCH(QString, sql);
    QFETCH(QString, expected);
    QCOMPARE(masked(sql), expected);
}

void TestGuardMask::anyBytes()
{
    // Whatever is typed, it ends, and with the same text again where there is nothing to hide.
    const QString signs = QStringLiteral("'\"$\\-/*Ee&uU;a1 \n=(\u00e4");
    quint32 state = 1;
    for (int round = 0; round < 20'000; ++round) {
        QString text;
        for (int i = 0; i < 24; ++i) {
            state = state * 1664525 + 1013904223;
            text += signs.at(int(state >> 16) % signs.size());
        }
        QCOMPARE(masked(text), text);
        const QString secret = QStringLiteral("ALTER ROLE a PASSWORD 'hunter2'; ") + text;
        QVERIFY(!masked(secret).contains(QLatin1StringView("hunter2")));
    }
    QVERIFY(masked(QString(200'000, QLatin1Char('\''))).size() >= 200'000);
    QVERIFY(!masked(QStringLiteral("password=").repeated(20'000)).isEmpty());
}

void TestGuardMask::plansAreMasked()
{
    ChangePlan plan;
    plan.title = QStringLiteral("Set the password of ann");
    plan.server = QStringLiteral("db1:5432");
    plan.steps.append({QStringLiteral("Set it"), "ALTER ROLE ann PASSWORD 'hunter2'", false, {}, {}});
    plan.undo = QStringLiteral("ALTER ROLE ann PASSWORD 'hunter2'");
    QVERIFY(!planAsSql(plan).contains(QLatin1StringView("hunter2")));
}

void TestGuardMask::aNameInACommentStaysInIt()
{
    ChangePlan plan;
    plan.title = QStringLiteral("Drop x\nDROP DATABASE shop; --");
    plan.server = QStringLiteral("db1:5432");
    plan.database = QStringLiteral("a\nb");
    plan.steps.append({QStringLiteral("One\r\ntwo"), "SELECT $1", false, {pg::Param(QByteArray("it's\nx")), pg::Param()}, {}});
    plan.undo = QStringLiteral("none:\nit is gone");
    for (const QString &line : planAsSql(plan).split(QLatin1Char('\n'), Qt::SkipEmptyParts))
        QVERIFY2(line.startsWith(QLatin1StringView("--")) || line == QLatin1StringView("BEGIN;") || line == QLatin1StringView("SELECT $1;")
                     || line == QLatin1StringView("COMMIT;"),
                 qPrintable(line));
    QVERIFY(planAsSql(plan).contains(QLatin1StringView("$1 = 'it''s")));
    QVERIFY(planAsSql(plan).contains(QLatin1StringView("$2 = NULL")));
}

void TestGuardMask::logs_data()
{
    QTest::addColumn<QString>("log");
    QTest::newRow("stderr") << QStringLiteral("2026-11-26 LOG:  statement: ALTER ROLE app PASSWORD 'hunter2'");
    QTest::newRow("after an odd apostrophe") << QStringLiteral("LOG:  l'instruction a dur\u00e9 1 ms\nLOG:  statement: ALTER ROLE app PASSWORD 'hunter2'\nLOG:  host=a password=hunter2");
    QTest::newRow("within a comment that is not closed") << QStringLiteral("LOG: statement: SELECT /* 1\nLOG:  statement: ALTER ROLE app PASSWORD 'hunter2'");
    QTest::newRow("on the next line") << QStringLiteral("LOG:  statement: ALTER ROLE app PASSWORD\n\t'hunter2'");
    QTest::newRow("csvlog") << QStringLiteral("2026-11-26,\"app\",,\"statement: ALTER ROLE app PASSWORD 'hunter2'\",,");
    QTest::newRow("jsonlog") << QStringLiteral("{\"message\":\"statement: ALTER ROLE app PASSWORD 'hunter2'\"}");
    QTest::newRow("jsonlog, two lines") << QStringLiteral("{\"message\":\"statement: ALTER ROLE app PASSWORD\\n 'hunter2'\"}");
    QTest::newRow("a quote in it") << QStringLiteral("{\"message\":\"ALTER ROLE app PASSWORD 'it''s hunter2'\"}");
    QTest::newRow("in dollars") << QStringLiteral("{\"message\":\"ALTER ROLE app PASSWORD $x$hunter2$x$\"}");
    QTest::newRow("cut off in the midst") << QStringLiteral("LOG:  statement: ALTER ROLE app PASSWORD 'hunter2");
}

void TestGuardMask::logs()
{
    QFETCH(QString, log);
    const QString masked = session::maskedLog(log);
    QVERIFY2(!masked.contains(QLatin1StringView("hunter2")), qPrintable(masked));
    QVERIFY2(masked.contains(QLatin1StringView("***")), qPrintable(masked));
    QCOMPARE(masked.count(QLatin1Char('\n')), log.count(QLatin1Char('\n')));
}

QTEST_GUILESS_MAIN(TestGuardMask)
#include "tst_guardmask.moc"
