// SPDX-License-Identifier: GPL-3.0-or-later
// Named servers, each pinned to its cluster, and runs on several of them.
#include "migrations/targets.h"
#include "project.h"
#include "session/program.h"

#include <QJsonArray>
#include <QTest>

using namespace howdah;
using namespace howdah::migrations;
using namespace howdah::test;
using namespace Qt::StringLiterals;

class TestTargets : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void pinned();
    void oneAfterTheOther();
    void theFirstThatFailsIsTheLast();
    void anotherServerIsRefused();
    void badFiles_data();
    void badFiles();

private:
    Program ctl(const QStringList &arguments)
    {
        return Program::run(QStringList{u"--password-stdin"_s} + arguments + QStringList{u"--json"_s}, QByteArray(m_server->password().data()) + '\n');
    }
    Program migrate(const QStringList &arguments) { return ctl(QStringList{u"migrate"_s, u"--folder"_s, folder()} + arguments); }
    QString folder() const { return m_folder.filePath(u"db/migrations"_s); }
    void put(const QString &name, const QByteArray &up) const
    {
        QDir().mkpath(folder());
        QFile file(folder() + u'/' + name);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("-- Purpose: a table for the test\n-- migrate:up\n" + up + "\n-- migrate:down\nSELECT 1;\n") > 0);
    }
    QTemporaryDir m_folder;
    std::unique_ptr<TestServer> m_server, m_other;
};

void TestTargets::initTestCase()
{
    qputenv("XDG_DATA_HOME", m_folder.path().toLocal8Bit());
    QString why;
    m_server = TestServer::start({}, &why);
    QVERIFY2(m_server, qPrintable(why));
    QVERIFY2(m_server->sql({"CREATE DATABASE canary", "CREATE DATABASE main"}, &why), qPrintable(why));
    for (const QString &name : {u"canary"_s, u"main"_s}) {
        const QString url = u"postgresql://postgres@127.0.0.1:%1/%2?sslrootcert=%3"_s.arg(m_server->port()).arg(name, m_server->caFile());
        const Program added = Program::run({u"profile"_s, u"add"_s, u"p_"_s + name, u"--url"_s, url, u"--environment"_s, u"production"_s, u"--json"_s});
        QVERIFY2(added.exitCode == 0, added.output);
    }
}

void TestTargets::pinned()
{
    put(u"1_a.sql"_s, "CREATE TABLE public.a (i int);");
    for (const QString &name : {u"canary"_s, u"main"_s}) {
        const Program done = ctl({u"--profile"_s, u"p_"_s + name, u"migrate"_s, u"--folder"_s, folder(), u"pin"_s, name});
        QVERIFY2(done.exitCode == 0, done.output);
    }
    const auto named = readTargets(folder());
    QVERIFY(named);
    QCOMPARE(named->size(), 2);
    QCOMPARE(named->at(0).name, u"canary"_s);
    QCOMPARE(named->at(1).database, u"main"_s);
    QVERIFY(named->at(0).cluster.toULongLong() > 0);
    QCOMPARE(migrate({u"--target"_s, u"elsewhere"_s, u"status"_s}).error("reason"), u"no_such_target"_s);
    QCOMPARE(migrate({u"--target"_s, u"canary"_s, u"status"_s}).json().value("pending"_L1).toInt(), 1);
}

void TestTargets::oneAfterTheOther()
{
    QCOMPARE(migrate({u"--target"_s, u"canary,main"_s, u"up"_s}).exitCode, 2); // production: to be confirmed
    const Program done = migrate({u"--target"_s, u"canary,main"_s, u"up"_s, u"--confirm"_s, u"canary,main"_s});
    QVERIFY2(done.exitCode == 0, done.output);
    const QJsonArray ran = done.json().value("targets"_L1).toArray();
    QCOMPARE(ran.size(), 2);
    for (const QJsonValue &one : ran)
        QCOMPARE(one["done"_L1].toArray().size(), 1);
    const QJsonArray all = migrate({u"targets"_s}).json().value("targets"_L1).toArray();
    QCOMPARE(all.size(), 2);
    for (const QJsonValue &one : all)
        QCOMPARE(one["state"_L1]["migrations"_L1][0]["state"_L1].toString(), u"applied"_s);
}

void TestTargets::theFirstThatFailsIsTheLast()
{
    put(u"2_b.sql"_s, "CREATE TABLE public.b AS SELECT 1 / (current_database() <> 'canary')::int AS i;");
    const Program done = migrate({u"--target"_s, u"canary,main"_s, u"up"_s, u"--confirm"_s, u"canary,main"_s});
    QCOMPARE(done.exitCode, 1);
    QCOMPARE(done.json().value("targets"_L1).toArray().size(), 1);
    QCOMPARE(migrate({u"--target"_s, u"main"_s, u"status"_s}).json().value("pending"_L1).toInt(), 1);
    QFile::remove(folder() + u"/2_b.sql"_s);
}

void TestTargets::anotherServerIsRefused()
{
    const auto named = readTargets(folder());
    QVERIFY(named && named->size() == 2);
    NamedTarget moved = named->at(1);
    moved.cluster = u"7000000000000000001"_s;
    QVERIFY(pinTarget(folder(), moved));
    put(u"3_c.sql"_s, "CREATE TABLE public.c (i int);");
    for (const QStringList &verb : {QStringList{u"status"_s}, QStringList{u"up"_s, u"--confirm"_s, u"main"_s}, QStringList{u"down"_s, u"--confirm"_s, u"main"_s}, QStringList{u"history"_s}, QStringList{u"lint"_s, u"--connected"_s}, QStringList{u"new"_s, u"x"_s, u"--purpose"_s, u"x"_s, u"--from-diff"_s}}) {
        const Program refused = migrate(QStringList{u"--target"_s, u"main"_s} + verb);
        QVERIFY2(refused.exitCode != 0, qPrintable(verb.join(u' ')));
        QCOMPARE(refused.error("reason"), u"another_server"_s);
    }
    QVERIFY(migrate({u"--target"_s, u"main"_s, u"lint"_s}).json().contains("findings"_L1)); // no server is asked
    // Another database of the right cluster.
    moved = named->at(1);
    moved.profile = u"p_canary"_s;
    QVERIFY(pinTarget(folder(), moved));
    QCOMPARE(migrate({u"--target"_s, u"main"_s, u"status"_s}).error("reason"), u"another_server"_s);
}

void TestTargets::badFiles_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("no JSON") << QByteArray("{\"targets\": [");
    QTest::newRow("a list") << QByteArray("[]");
    QTest::newRow("no cluster") << QByteArray(R"({"targets": [{"name": "a", "profile": "p"}]})");
    QTest::newRow("twice") << QByteArray(R"({"targets": [{"name": "a", "profile": "p", "cluster": "1"}, {"name": "a", "profile": "q", "cluster": "1"}]})");
}

void TestTargets::badFiles()
{
    QFETCH(QByteArray, text);
    QFile file(targetsFile(folder()));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(text) == text.size() && file.flush());
    const auto read = readTargets(folder());
    QVERIFY(!read);
    QCOMPARE(read.error().reason, u"bad_targets"_s);
    QVERIFY(!pinTarget(folder(), {u"b"_s, u"p"_s, u"1"_s, u"d"_s, {}, {}})); // what can't be read is not written over
}

QTEST_GUILESS_MAIN(TestTargets)
#include "tst_targets.moc"
