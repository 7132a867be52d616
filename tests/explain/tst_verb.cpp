// SPDX-License-Identifier: GPL-3.0-or-later
// howdahctl plan as people and scripts run it: what is wanted first, what is run, and that nothing of it stays.
#include "session/program.h"
#include "support/testserver.h"

#include <QJsonArray>
#include <QTest>

using namespace howdah;
using namespace Qt::StringLiterals;

class TestVerb : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase() { m_server.reset(); }
    void asItIs();
    void withParameters();
    void whatWritesWantsConsent();
    void inAnotherDatabase();
    void wrong();

private:
    Program run(const QStringList &arguments, bool json = true)
    {
        QStringList all = QStringList{u"plan"_s} + arguments + QStringList{u"--url"_s, m_url, u"--ca"_s, m_server->caFile(), u"--password-stdin"_s};
        if (json)
            all << u"--json"_s;
        return Program::run(all, QByteArray(m_server->password().data()) + '\n');
    }
    static QJsonObject root(const Program &told) { return told.json().value("plan"_L1)[0]["Plan"_L1].toObject(); }
    qint64 rows() { return m_link->run({"SELECT count(*) FROM shop.item", {}})->integer(0, 0).value(); }

    std::unique_ptr<test::TestServer> m_server;
    std::unique_ptr<pg::Connection> m_link;
    QString m_url;
};

void TestVerb::initTestCase()
{
    QString why;
    m_server = test::TestServer::start({}, &why);
    QVERIFY2(m_server, qPrintable(why));
    QVERIFY2(m_server->sql({"CREATE SCHEMA shop", "CREATE TABLE shop.item (id int PRIMARY KEY, kind int)",
                            "INSERT INTO shop.item SELECT g, g % 50 FROM generate_series(1, 5000) AS g", "CREATE SEQUENCE shop.number",
                            "ALTER TABLE shop.item ALTER kind SET DEFAULT nextval('shop.number')", "VACUUM ANALYZE shop.item", "CREATE DATABASE bare"},
                           &why),
             qPrintable(why));
    auto link = m_server->admin();
    QVERIFY(link);
    m_link = *std::move(link);
    m_url = u"postgresql://postgres@127.0.0.1:%1/postgres"_s.arg(m_server->port());
}

void TestVerb::asItIs()
{
    const Program told = run({u"SELECT * FROM shop.item WHERE id = 7"_s});
    QVERIFY2(told.exitCode == 0, QByteArray(told.output + told.errors));
    QCOMPARE(told.json().value("answer"_L1), u"planned"_s);
    QCOMPARE(told.json().value("rung"_L1), u"as_it_is"_s);
    QCOMPARE(told.json().value("ran"_L1), false);
    QCOMPARE(root(told).value("Index Name"_L1), u"item_pkey"_s);
    QVERIFY(!root(told).contains("Actual Rows"_L1));
    const Program ran = run({u"SELECT * FROM item WHERE id = 7"_s, u"--search-path"_s, u"shop"_s, u"--analyze"_s});
    QVERIFY2(ran.exitCode == 0, QByteArray(ran.output + ran.errors));
    QCOMPARE(ran.json().value("ran"_L1), true);
    QCOMPARE(root(ran).value("Actual Rows"_L1), 1);
    const Program text = run({u"SELECT * FROM shop.item WHERE id = 7"_s}, false);
    QVERIFY2(text.output.contains("as_it_is, search_path ") && text.output.contains("Index Scan on shop.item  (cost "), text.output);
}

// As pg_stat_statements has it: for any values, and for those that are given, never for NULL where nobody said so.
void TestVerb::withParameters()
{
    const QString statement = u"SELECT * FROM shop.item WHERE kind = $1 AND id < $2"_s;
    const Program any = run({statement});
    QVERIFY2(any.exitCode == 0, QByteArray(any.output + any.errors));
    QCOMPARE(any.json().value("rung"_L1), u"generic_plan"_s);
    QVERIFY(root(any).value("Filter"_L1).toString().contains(u"$1"_s));
    const Program some = run({statement, u"--param"_s, u"1=7"_s});
    QCOMPARE(some.exitCode, 5);
    QCOMPARE(some.json().value("answer"_L1), u"values_wanted"_s);
    QVERIFY(!some.json().contains("plan"_L1));
    QVERIFY(run({statement, u"--param"_s, u"1=7"_s}, false).output.contains("--param 2=VALUE   integer\n"));
    const Program all = run({statement, u"--param"_s, u"1=7"_s, u"--param"_s, u"2:int8=12"_s});
    QVERIFY2(all.exitCode == 0, QByteArray(all.output + all.errors));
    QCOMPARE(all.json().value("rung"_L1), u"custom_plan"_s);
    QVERIFY(QJsonDocument(root(all)).toJson().contains("12"));
    const Program null = run({statement, u"--null"_s, u"1"_s, u"--param"_s, u"2=12"_s});
    QCOMPARE(root(null).value("Node Type"_L1), u"Result"_s); // kind = NULL is never true
}

void TestVerb::whatWritesWantsConsent()
{
    const QString statement = u"INSERT INTO shop.item (id) SELECT 5000 + g FROM generate_series(1, 10) AS g"_s;
    const Program asked = run({statement, u"--analyze"_s});
    QCOMPARE(asked.exitCode, 5);
    QCOMPARE(asked.json().value("answer"_L1), u"consent_wanted"_s);
    QCOMPARE(asked.json().value("ran"_L1), false);
    QVERIFY(asked.json().value("not_rolled_back"_L1)[0].toString().contains("shop.number"_L1));
    QVERIFY(run({statement, u"--analyze"_s}, false).output.contains("not rolled back: "));
    const Program ran = run({statement, u"--analyze"_s, u"--consent"_s, u"--wal"_s});
    QVERIFY2(ran.exitCode == 0, QByteArray(ran.output + ran.errors));
    QCOMPARE(ran.json().value("ran"_L1), true);
    QVERIFY(root(ran).value("WAL Records"_L1).toInteger() > 0);
    QCOMPARE(rows(), 5000);
    QCOMPARE(m_link->run({"SELECT last_value FROM shop.number", {}})->integer(0, 0), 10); // as it was said
}

void TestVerb::inAnotherDatabase()
{
    const Program there = run({u"SELECT current_database()"_s, u"-d"_s, u"bare"_s});
    QVERIFY2(there.exitCode == 0, QByteArray(there.output + there.errors));
    const Program none = run({u"SELECT * FROM shop.item"_s, u"-d"_s, u"bare"_s});
    QCOMPARE(none.exitCode, 1);
    QVERIFY2(none.error("hint").contains("here it is bare"_L1), none.output);
    QCOMPARE(run({u"SELECT 1"_s, u"-d"_s, u"none"_s}).exitCode, 1);
}

void TestVerb::wrong()
{
    for (const QStringList &bad :
         {QStringList{u"SELECT $1"_s, u"--param"_s, u"x"_s}, QStringList{u"SELECT $1"_s, u"--param"_s, u"one=1"_s}, QStringList{u"SELECT $1"_s, u"--null"_s, u"x"_s},
          QStringList{u"SELECT 1"_s, u"--param"_s, u"1=1"_s}, QStringList{u"SELECT 1"_s, u"--consent"_s}, QStringList{u"SELECT 1; SELECT 2"_s},
          QStringList{u"VACUUM"_s}, QStringList{u"SELECT 1"_s, u"--generic"_s, u"--custom"_s}, QStringList{u"-"_s}, QStringList{}}) {
        const Program refused = run(bad);
        QVERIFY2(refused.exitCode == 2, qPrintable(bad.join(u' ') + QString::fromUtf8(refused.output)));
    }
    const Program slow = run({u"SELECT pg_sleep(20)"_s, u"--analyze"_s, u"--consent"_s, u"--timeout"_s, u"0.5"_s});
    QCOMPARE(slow.exitCode, 1);
    QCOMPARE(slow.error("reason"), u"statement_timeout"_s);
}

QTEST_GUILESS_MAIN(TestVerb)
#include "tst_verb.moc"
