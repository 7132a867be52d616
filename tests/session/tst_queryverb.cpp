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
    void cleanupTestCase() { m_server.reset(); }

private:
    Program run(const char *statement) const
    {
        return Program::run({QStringLiteral("query"), QStringLiteral("-1"), QStringLiteral("-c"), QString::fromLatin1(statement), QStringLiteral("--password-stdin"),
                             QStringLiteral("--ca"), m_server->caFile(), QStringLiteral("--url"),
                             QStringLiteral("postgresql://postgres@127.0.0.1:%1/postgres").arg(m_server->port())},
                            QByteArray(m_server->password().data()) + '\n');
    }
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
    QVERIFY2(program.exitCode != 0 && program.exitCode != 8, QByteArray::number(program.exitCode).constData());
    QCOMPARE(rows(), QStringLiteral("1"));
}

void TestQueryVerb::aFailureAtCommitIsTold()
{
    const Program program = run("INSERT INTO public.t VALUES (3)");
    QCOMPARE(program.exitCode, 1);
    QVERIFY2(program.errors.contains("not three"), program.errors.constData());
    QCOMPARE(rows(), QStringLiteral("1"));
}

QTEST_GUILESS_MAIN(TestQueryVerb)
#include "tst_queryverb.moc"
