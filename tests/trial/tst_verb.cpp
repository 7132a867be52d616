// SPDX-License-Identifier: GPL-3.0-or-later
// howdahctl statements try as a script sees it, as far as no lab is needed: that is backup.lab's.
#include "session/program.h"
#include "support/testserver.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace howdah;
using namespace Qt::StringLiterals;

class TestVerb : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase() { m_server.reset(); }
    void neitherWay();
    void usage_data();
    void usage();
    void noLab();
    void noHypoPg();
    void valuesFromALog();

private:
    Program run(const QStringList &arguments)
    {
        const QStringList server{
            u"--url"_s, u"postgresql://postgres@127.0.0.1:%1/postgres"_s.arg(m_server->port()), u"--ca"_s, m_server->caFile(), u"--password-stdin"_s,
            u"--json"_s};
        return Program::run(QStringList{u"statements"_s, u"try"_s} + arguments + server, QByteArray(m_server->password().data()) + '\n');
    }
    QString m_text;
    QTemporaryDir m_folder;
    std::unique_ptr<test::TestServer> m_server;
};

void TestVerb::initTestCase()
{
    qputenv("XDG_DATA_HOME", m_folder.path().toLocal8Bit());
    QString why;
    m_server = test::TestServer::start({}, &why);
    QVERIFY2(m_server, qPrintable(why));
    m_text = m_folder.filePath(u"statement.sql"_s);
    QFile file(m_text);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("SELECT 1 WHERE 1 = $1") > 0);
}

void TestVerb::neitherWay()
{
    const Program told = run({u"--text"_s, m_text, u"--remedy"_s, u"CREATE INDEX ON t (a)"_s});
    QVERIFY2(told.exitCode == 2, told.output.constData());
    QCOMPARE(told.error("reason"), u"no_way"_s);
    QVERIFY2(told.error("hint").contains("lab"_L1) && told.error("hint").contains("HypoPG is not installed"_L1), told.output.constData());
}

void TestVerb::usage_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("reason");
    const QStringList hypoPg{u"--hypopg"_s, u"--remedy"_s, u"CREATE INDEX ON t (a)"_s};
    QTest::newRow("no statement") << hypoPg << u"usage"_s;
    QTest::newRow("no key") << QStringList(hypoPg + QStringList{u"--statement"_s, u"x"_s}) << u"usage"_s;
    QTest::newRow("two ways") << QStringList(hypoPg + QStringList{u"--lab"_s, u"x"_s, u"--text"_s, u"x"_s}) << u"usage"_s;
    QTest::newRow("no remedy") << QStringList{u"--hypopg"_s, u"--text"_s, u"STATEMENT"_s} << u"no_remedy"_s;
    QTest::newRow("bad remedy") << QStringList{u"--hypopg"_s, u"--text"_s, u"STATEMENT"_s, u"--remedy"_s, u"DROP TABLE t"_s} << u"no_remedy"_s;
    QTest::newRow("bad value") << QStringList(hypoPg + QStringList{u"--text"_s, u"STATEMENT"_s, u"--value"_s, u"x"_s}) << u"usage"_s;
}

void TestVerb::usage()
{
    QFETCH(QStringList, arguments);
    arguments.replaceInStrings(u"STATEMENT"_s, m_text);
    const Program told = run(arguments);
    QVERIFY2(told.exitCode == 2, told.output.constData());
    QTEST(told.error("reason"), "reason");
}

void TestVerb::noLab()
{
    const Program told = run({u"--lab"_s, u"no-such-lab-here"_s, u"--text"_s, m_text, u"--remedy"_s, u"ANALYZE t"_s});
    QVERIFY(told.exitCode != 0);
    // Where Docker is, it has none of that name; elsewhere that is said.
    QVERIFY2(told.error("reason") == "no_such_lab"_L1 || told.error("kind") == "tool"_L1, told.output.constData());
}

void TestVerb::noHypoPg()
{
    const Program told = run({u"--hypopg"_s, u"--text"_s, m_text, u"--remedy"_s, u"CREATE INDEX ON t (a)"_s, u"--value"_s, u"1=1"_s});
    QVERIFY(told.exitCode != 0);
    QCOMPARE(told.error("reason"), u"no_hypopg"_s);
    QVERIFY(told.error("hint").contains("CREATE EXTENSION"_L1));
}

void TestVerb::valuesFromALog()
{
    const QString log = m_folder.filePath(u"server.log"_s);
    const auto put = [&](const QByteArray &text) {
        QFile file(log);
        return file.open(QIODevice::WriteOnly | QIODevice::Truncate) && file.write(text) == text.size();
    };
    const auto logged = [](const char *parameters) -> QByteArray {
        return QByteArray("2026-11-28 02:13:33.123 UTC [42] LOG:  duration: 1.234 ms  plan:\n\tQuery Text: SELECT 1 WHERE 1 = $1\n\tQuery Parameters: ") +
               parameters + "\n\tResult  (cost=0.00..0.01 rows=1 width=4)\n\t  One-Time Filter: (1 = 1)\n2026-11-28 02:13:34.123 UTC [42] LOG:  done\n";
    };
    const QStringList tried{u"--hypopg"_s, u"--text"_s, m_text, u"--remedy"_s, u"CREATE INDEX ON t (a)"_s, u"--values-from"_s, log};
    QVERIFY(put("2026-11-28 02:13:33.123 UTC [42] LOG:  nothing of plans\n"));
    QCOMPARE(run(tried).error("reason"), u"no_logged_plan"_s);
    QVERIFY(put(logged("$1 = '123...'")));
    QCOMPARE(run(tried).error("reason"), u"value_cut"_s);
    // With its values it comes as far as to look for HypoPG.
    QVERIFY(put(logged("$1 = '1'")));
    const Program told = run(tried);
    QVERIFY2(told.error("reason") == "no_hypopg"_L1, told.output.constData());
}

QTEST_GUILESS_MAIN(TestVerb)
#include "tst_verb.moc"
