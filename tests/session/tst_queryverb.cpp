// SPDX-License-Identifier: GPL-3.0-or-later
// howdahctl query -1, whose one COMMIT may get no answer.
#include "session/program.h"
#include "support/testserver.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace howdah;

class TestQueryVerb : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void commits();
    void aLinkLostInCommitIsAskedFor();
    void aFailureAtCommitIsTold();
    void aLinkLostUnderAStatement_data();
    void aLinkLostUnderAStatement();
    void anUnreadableScriptIsNotRun();
    void withoutWriteNothingIsWritten_data();
    void withoutWriteNothingIsWritten();
    void cleanupTestCase() { m_server.reset(); }

private:
    Program query(const QStringList &what) const { return reading(QStringList{QStringLiteral("--write")} + what); }
    Program reading(const QStringList &what) const
    {
        return Program::run(QStringList{QStringLiteral("query"), QStringLiteral("--password-stdin"), QStringLiteral("--ca"), m_server->caFile(),
                                        QStringLiteral("--url"), QStringLiteral("postgresql://postgres@127.0.0.1:%1/postgres").arg(m_server->port())}
                                + what,
                            QByteArray(m_server->password().data()) + '\n');
    }
    Program run(const char *statement) const { return query({QStringLiteral("-1"), QStringLiteral("-c"), QString::fromLatin1(statement)}); }
    QString rows() const
    {
        auto admin = m_server->admin();
        const auto counted = (*admin)->run({"SELECT pg_catalog.string_agg(i::text, ',' ORDER BY i) FROM public.t", {}});
        return counted ? counted->text(0, 0) : counted.error().text();
    }
    std::unique_ptr<test::TestServer> m_server;
    QTemporaryDir m_folder;
};

void TestQueryVerb::initTestCase()
{
    qputenv("XDG_DATA_HOME", QFile::encodeName(m_folder.path()));
    QString why;
    m_server = test::TestServer::start({}, &why);
    QVERIFY2(m_server, qPrintable(why));
    // What the transaction does last, in its COMMIT: 2 ends the backend, 3 fails.
    QVERIFY2(m_server->sql({"CREATE TABLE public.t(i int)",
                            "CREATE FUNCTION public.last() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                            "IF NEW.i = 2 THEN PERFORM pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid()); PERFORM pg_catalog.pg_sleep(10); END IF; "
                            "IF NEW.i = 3 THEN RAISE EXCEPTION 'not three'; END IF; RETURN NULL; END $$",
                            "CREATE CONSTRAINT TRIGGER last AFTER INSERT ON public.t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.last()"},
                           &why),
             qPrintable(why));
}

// What a URL leads to is taken for production. The setting is a guard rail that SET undoes: not by accident, and not without --write.
void TestQueryVerb::withoutWriteNothingIsWritten_data()
{
    QTest::addColumn<QString>("script");
    QTest::newRow("plain") << QStringLiteral("INSERT INTO public.t VALUES (77)");
    QTest::newRow("begin read write") << QStringLiteral("BEGIN READ WRITE; INSERT INTO public.t VALUES (77); COMMIT");
    QTest::newRow("set") << QStringLiteral("SET default_transaction_read_only = off; INSERT INTO public.t VALUES (77)");
    QTest::newRow("set_config") << QStringLiteral("SELECT set_config('default_transaction_read_only', 'off', false); INSERT INTO public.t VALUES (77)");
    QTest::newRow("by gexec") << QStringLiteral("SELECT 'SET default_transaction_read_only = off' \\gexec\nINSERT INTO public.t VALUES (77)");
    QTest::newRow("by a variable") << QStringLiteral("\\set off 'SET default_transaction_read_only = off;'\n:off\nINSERT INTO public.t VALUES (77)");
}

void TestQueryVerb::withoutWriteNothingIsWritten()
{
    QFETCH(const QString, script);
    const QString before = rows();
    for (const QString &onError : {QStringLiteral("stop"), QStringLiteral("continue")}) {
        const Program ran = reading({QStringLiteral("--on-error"), onError, QStringLiteral("-c"), script});
        QCOMPARE(ran.exitCode, 1);
        QVERIFY2(ran.errors.contains("--write lets this run change something"), ran.errors);
        QCOMPARE(rows(), before);
    }
}

void TestQueryVerb::commits()
{
    const Program program = run("INSERT INTO public.t VALUES (1)");
    QVERIFY2(program.exitCode == 0, program.errors.constData());
    QCOMPARE(rows(), QStringLiteral("1"));
}

void TestQueryVerb::aLinkLostInCommitIsAskedFor()
{
    const Program program = run("INSERT INTO public.t VALUES (2)");
    QVERIFY2(program.errors.contains("lost during COMMIT") && program.errors.contains("rolled back: the server was asked"), program.errors.constData());
    QVERIFY2(program.exitCode == 1, QByteArray::number(program.exitCode).constData());
    QCOMPARE(rows(), QStringLiteral("1"));
}

void TestQueryVerb::aFailureAtCommitIsTold()
{
    const Program program = run("INSERT INTO public.t VALUES (3)");
    QCOMPARE(program.exitCode, 1);
    QVERIFY2(program.errors.contains("not three"), program.errors.constData());
    QCOMPARE(rows(), QStringLiteral("1"));
}

void TestQueryVerb::aLinkLostUnderAStatement_data()
{
    QTest::addColumn<QString>("script");
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<QByteArray>("told");
    const QString end = QStringLiteral("pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid())");
    const QByteArray unknown = "Whether it changed anything is not known";
    QTest::newRow("a write") << QStringLiteral("UPDATE public.t SET i = i WHERE ") + end << 8 << unknown;
    QTest::newRow("a block of code") << QStringLiteral("DO $$ BEGIN PERFORM ") + end + QStringLiteral("; END $$") << 8 << unknown;
    QTest::newRow("a message of several") << QStringLiteral("BEGIN\\; COMMIT\\; SELECT ") + end << 1 << QByteArray();
    QTest::newRow("several of them a write") << QStringLiteral("BEGIN\\; DELETE FROM public.t WHERE i = 9\\; COMMIT\\; SELECT ") + end << 8 << unknown;
    QTest::newRow("a write in a transaction") << QStringLiteral("BEGIN; UPDATE public.t SET i = i WHERE ") + end << 1 << QByteArray("rolled back by the server");
    QTest::newRow("a read") << QStringLiteral("SELECT ") + end << 1 << QByteArray();
}

void TestQueryVerb::aLinkLostUnderAStatement()
{
    QFETCH(QString, script);
    QFETCH(int, exitCode);
    QFETCH(QByteArray, told);
    const Program program = query({QStringLiteral("-c"), script});
    QVERIFY2(program.exitCode == exitCode, QByteArray(program.errors + QByteArray::number(program.exitCode)).constData());
    QVERIFY2(program.errors.contains(told), program.errors.constData());
    QCOMPARE(program.errors.contains("Whether it changed anything"), exitCode == 8);
    const Program json = query({QStringLiteral("--json"), QStringLiteral("-c"), script});
    QCOMPARE(json.exitCode, exitCode);
    QCOMPARE(QJsonDocument::fromJson(json.errors).object().value(QLatin1StringView("outcome_unknown")).toBool(), exitCode == 8);
}

// What came before a read error is no script; neither is a file that is larger than its size told.
void TestQueryVerb::anUnreadableScriptIsNotRun()
{
    const Program program = query({QStringLiteral("-f"), QStringLiteral("/proc/self/mem")});
    QVERIFY2(program.exitCode != 0 && program.errors.contains("/proc/self/mem: "), program.errors.constData());
    const Program included = query({QStringLiteral("-c"), QStringLiteral("\\i /proc/self/mem")});
    QCOMPARE(included.exitCode, 1);
    QVERIFY2(included.errors.contains("/proc/self/mem: "), included.errors.constData());
}

QTEST_GUILESS_MAIN(TestQueryVerb)
#include "tst_queryverb.moc"
