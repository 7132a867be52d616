// SPDX-License-Identifier: GPL-3.0-or-later
// The real dbmate beside us: the same folder driven by both gives the same table, each goes on where the other stopped, and racing with it nothing has an
// effect twice.
#include "project.h"

#include <QProcess>
#include <QTest>

#include <thread>

using namespace howdah;
using namespace howdah::migrations;
using namespace howdah::test;
using namespace Qt::StringLiterals;

class TestDbmate : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init() { m_project = std::make_unique<Project>(*m_server, "dbmate" + QByteArray::number(++m_databases)); }
    void cleanup() { m_project.reset(); }
    void cleanupTestCase() { m_server.reset(); }

    void theSameTable();
    void inTurns();
    void racingWithIt();
    void itPassesOverWhatIsOurs();

private:
    Project &project() { return *m_project; }
    int dbmate(const QStringList &arguments)
    {
        QProcess process;
        process.setProcessChannelMode(QProcess::MergedChannels);
        const QString url = u"postgres://postgres:%1@127.0.0.1:%2/%3?sslmode=require"_s.arg(QString::fromLatin1(m_server->password().data())).arg(m_server->port()).arg(project().spec().database);
        process.start(qEnvironmentVariable("HOWDAH_SOURCE_DIR") + u"/build/tool/dbmate"_s,
                      QStringList{u"--url"_s, url, u"--migrations-dir"_s, project().path(), u"--no-dump-schema"_s} + arguments);
        if (!process.waitForFinished(60'000))
            return -1;
        m_said = process.readAll();
        return process.exitCode();
    }
    QString table() { return project().value("SELECT string_agg(version, ',' ORDER BY version) FROM schema_migrations"); }

    std::unique_ptr<TestServer> m_server;
    std::unique_ptr<Project> m_project;
    QByteArray m_said;
    int m_databases = 0;
};

void TestDbmate::initTestCase()
{
    QString why;
    m_server = TestServer::start({}, &why);
    QVERIFY2(m_server, qPrintable(why));
}

void TestDbmate::theSameTable()
{
    const QByteArray shape = "SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull, ',' ORDER BY attnum) FROM pg_attribute "
                             "WHERE attrelid = 'public.schema_migrations'::regclass AND attnum > 0";
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int);", "DROP TABLE a;");
    QVERIFY2(dbmate({u"migrate"_s}) == 0, m_said);
    const QString theirs = project().value(shape);
    Project other(*m_server, "dbmate_ours");
    other.put(u"1_a.sql"_s, "CREATE TABLE a (i int);", "DROP TABLE a;");
    QCOMPARE(reasonOf(other.up()), QString());
    QCOMPARE(other.value(shape), theirs);
}

void TestDbmate::inTurns()
{
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int);", "DROP TABLE a;");
    QVERIFY2(dbmate({u"migrate"_s}) == 0, m_said);
    project().put(u"2_b.sql"_s, "CREATE TABLE b (i int);", "DROP TABLE b;");
    QCOMPARE(project().up().done.size(), 1); // and 1 is applied, by whomever
    project().put(u"3_c.sql"_s, "CREATE TABLE c (i int);", "DROP TABLE c;");
    QVERIFY2(dbmate({u"migrate"_s}) == 0, m_said);
    QCOMPARE(table(), u"1,2,3"_s);
    QCOMPARE(project().state().pending(), 0);
    QVERIFY2(dbmate({u"status"_s, u"--exit-code"_s}) == 0, m_said); // it sees nothing pending either
    QVERIFY2(dbmate({u"rollback"_s}) == 0, m_said);
    QCOMPARE(project().down().done.constFirst().version, u"2"_s);
    QCOMPARE(table(), u"1"_s);
    QVERIFY2(dbmate({u"migrate"_s}) == 0, m_said);
    QCOMPARE(table(), u"1,2,3"_s);
}

void TestDbmate::racingWithIt()
{
    project().put(u"0_a.sql"_s, "CREATE TABLE a (i int);", "DROP TABLE a;");
    QCOMPARE(reasonOf(project().up()), QString());
    for (int round = 1; round <= 10; ++round) {
        const QByteArray number = QByteArray::number(round);
        project().put(u"%1_t.sql"_s.arg(round), "INSERT INTO a VALUES (" + number + ");", "SELECT 1;");
        Run ours;
        std::thread second([&] { ours = project().up(); });
        (void)dbmate({u"migrate"_s}); // it knows no lock: who comes second fails at the table's key
        second.join();
        if (ours.error)
            QCOMPARE(ours.error->sqlstate, u"23505"_s);
        QCOMPARE(project().value("SELECT count(*) FROM a WHERE i = " + number), u"1"_s);
    }
    QCOMPARE(project().state().pending(), 0);
}

void TestDbmate::itPassesOverWhatIsOurs()
{
    project().put(u"1_a.sql"_s, "CREATE TABLE a (i int);", "-- irreversible: a test", " lock_timeout:3s statement_timeout:10min");
    QCOMPARE(reasonOf(project().up()), QString());
    QVERIFY(writeSum(project().folder()));
    project().put(u"2_b.sql"_s, "CREATE TABLE b (i int);", "DROP TABLE b;", " lock_timeout:3s");
    QVERIFY2(dbmate({u"migrate"_s}) == 0, m_said);
    QCOMPARE(table(), u"1,2"_s);
}

QTEST_GUILESS_MAIN(TestDbmate)
#include "tst_dbmate.moc"
