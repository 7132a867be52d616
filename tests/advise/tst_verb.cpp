// SPDX-License-Identifier: GPL-3.0-or-later
// howdahctl statements advise and explain on a server without auto_explain: what figures, estimates and samples tell,
// in a database that is not the connected one; what can't be known is said.
#include "session/program.h"
#include "support/testserver.h"

#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <thread>

using namespace howdah;
using namespace Qt::StringLiterals;

class TestVerb : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase() { m_server.reset(); }

    void advised();
    void explained();
    void mended();
    void whatCannotBeKnownIsSaid();

private:
    Program run(const QStringList &arguments, bool json = true)
    {
        QStringList all =
            QStringList{u"statements"_s} + arguments + QStringList{u"--profile"_s, u"p"_s, u"--password-stdin"_s};
        if (json)
            all << u"--json"_s;
        return Program::run(all, QByteArray(m_server->password().data()) + '\n', 60'000);
    }
    // The one by the customer again and again in shop; where `locked` an account is held by a session that does
    // nothing, and another wants it.
    Program runUnderLoad(const QStringList &arguments, bool locked, bool json = true);
    std::unique_ptr<pg::Connection> link(const QString &database)
    {
        pg::ConnectionSpec spec = m_server->socketSpec();
        spec.database = database;
        spec.applicationName = u"shop"_s;
        auto opened = pg::Connection::open(spec, {});
        return opened && (*opened)->run({"SET search_path = public", {}}) ? *std::move(opened) : nullptr;
    }
    static QJsonObject adviceOf(const Program &ran, const QString &kind)
    {
        const QJsonArray all = ran.json().value("advice"_L1).toArray();
        for (const QJsonValue &one : all)
            if (one["kind"_L1].toString() == kind)
                return one.toObject();
        return {};
    }

    QTemporaryDir m_folder;
    std::unique_ptr<test::TestServer> m_server;
    QString m_key;
};

void TestVerb::initTestCase()
{
    qputenv("XDG_DATA_HOME", m_folder.path().toLocal8Bit());
    QString why;
    test::ServerSetup setup;
    setup.settings = {u"shared_preload_libraries=pg_stat_statements"_s, u"autovacuum=off"_s,
                      u"max_parallel_workers_per_gather=0"_s};
    m_server = test::TestServer::start(setup, &why);
    QVERIFY2(m_server, qPrintable(why));
    QVERIFY2(m_server->sql({"CREATE EXTENSION pg_stat_statements SCHEMA public", "CREATE DATABASE shop"}, &why),
             qPrintable(why));
    const auto shop = link(u"shop"_s);
    QVERIFY(shop);
    for (const char *text : {"CREATE TABLE item (id int PRIMARY KEY, customer int, pad text)",
                             "INSERT INTO item SELECT g, g % 5000, repeat('x', 80) FROM generate_series(1, 200000) g",
                             "CREATE TABLE account (id int PRIMARY KEY, balance int)",
                             "INSERT INTO account SELECT g, 0 FROM generate_series(1, 100) AS g", "VACUUM ANALYZE"}) {
        const auto done = shop->run({text, {}});
        QVERIFY2(done, qPrintable(done ? QString() : done.error().text()));
    }
    const QString url =
        u"postgresql://postgres@127.0.0.1:%1/postgres?sslrootcert=%2"_s.arg(m_server->port()).arg(m_server->caFile());
    const Program added =
        Program::run({u"profile"_s, u"add"_s, u"p"_s, u"--url"_s, url, u"--environment"_s, u"test"_s, u"--json"_s});
    QVERIFY2(added.exitCode == 0, added.output);
}

Program TestVerb::runUnderLoad(const QStringList &arguments, bool locked, bool json)
{
    std::atomic<bool> stop = false;
    std::thread reader([&] {
        const auto shop = link(u"shop"_s);
        for (int i = 0; shop && !stop; ++i) {
            std::ignore = shop->run({"SELECT count(*) FROM item WHERE customer = $1", {}}, {i % 5000});
            QTest::qSleep(50);
        }
    });
    const auto holder = link(u"shop"_s);
    if (locked && holder) {
        std::ignore = holder->command("BEGIN");
        std::ignore = holder->run({"UPDATE account SET balance = balance + 1 WHERE id = 7", {}});
    }
    std::thread waiter([&] {
        const auto shop = link(u"shop"_s);
        if (locked && shop)
            std::ignore = shop->run({"UPDATE account SET balance = 0 WHERE id = $1", {}}, {7});
    });
    Program ran = run(arguments, json);
    stop = true;
    if (locked && holder)
        std::ignore = holder->command("ROLLBACK");
    waiter.join();
    reader.join();
    return ran;
}

void TestVerb::advised()
{
    const Program ran = runUnderLoad({u"advise"_s, u"--over"_s, u"6s"_s}, true);
    QCOMPARE(ran.exitCode, 5);
    const QJsonObject index = adviceOf(ran, u"missing_index"_s);
    QVERIFY2(!index.isEmpty(), ran.output);
    QCOMPARE(index["object"_L1].toString(), u"public.item"_s);
    QCOMPARE(index["database"_L1].toString(), u"shop"_s);
    QCOMPARE(index["source"_L1].toString(), u"estimated_plan"_s);
    QVERIFY(index["statements"_L1].toArray().first().toString().contains("(customer)"_L1));
    m_key = index["statement"_L1].toString();
    const QJsonObject lock = adviceOf(ran, u"lock_wait"_s);
    QVERIFY2(!lock.isEmpty(), ran.output); // of a statement that has not ended, which the server has not counted yet
    QCOMPARE(lock["object"_L1].toString(), u"public.account"_s);
    QVERIFY(lock["query"_L1].toString().contains("SET balance"_L1));
    QVERIFY(lock["related_query"_L1].toString().contains("balance + '***'"_L1));
    QVERIFY2(lock["evidence"_L1].toString().contains("idle in transaction"_L1),
             qPrintable(lock["evidence"_L1].toString()));
    QCOMPARE(ran.json().value("advice"_L1).toArray().size(), 2);
    // The same out of what was kept.
    QCOMPARE(run({u"advise"_s, u"--last"_s, u"1h"_s}).error("reason"), u"no_history"_s);
    const Program recorded = runUnderLoad({u"record"_s, u"--for"_s, u"5s"_s, u"--every"_s, u"1s"_s}, false);
    QVERIFY2(recorded.exitCode == 0, recorded.output);
    const Program kept = run({u"advise"_s, u"--last"_s, u"1h"_s});
    QCOMPARE(kept.json().value("basis"_L1).toString(), u"history"_s);
    QVERIFY2(adviceOf(kept, u"missing_index"_s)["object"_L1].toString() == "public.item"_L1, kept.output);
    // A report for a ticket.
    const Program ticket = runUnderLoad({u"advise"_s, u"--over"_s, u"3s"_s, u"--markdown"_s}, false, false);
    QVERIFY2(ticket.output.startsWith("# Slow statements") && ticket.output.contains("Seq Scan on public.item") &&
                 ticket.output.contains("CREATE INDEX"),
             ticket.output);
    QCOMPARE(run({u"advise"_s, u"--over"_s, u"1s"_s, u"--lifetime"_s}).error("reason"), u"usage"_s);
}

void TestVerb::explained()
{
    const Program any = run({u"explain"_s, m_key});
    QVERIFY2(any.exitCode == 0, any.output);
    QCOMPARE(any.json().value("rung"_L1).toString(), u"generic_plan"_s);
    QCOMPARE(any.json().value("statement"_L1).toString(), m_key);
    const Program wants = run({u"explain"_s, m_key, u"--analyze"_s});
    QCOMPARE(wants.exitCode, 5);
    const Program ran = run({u"explain"_s, m_key, u"--analyze"_s, u"--param"_s, u"1=7"_s});
    QVERIFY2(ran.exitCode == 0, ran.output);
    QVERIFY(ran.json().value("ran"_L1).toBool());
    QCOMPARE(run({u"explain"_s, u"10/5/7"_s}).error("reason"), u"no_such_statement"_s);
    QCOMPARE(run({u"explain"_s, u"10/4000000000/7"_s}).error("reason"), u"no_such_database"_s);
    QCOMPARE(run({u"explain"_s, u"7"_s}).error("reason"), u"usage"_s);
}

void TestVerb::mended()
{
    const auto shop = link(u"shop"_s);
    QVERIFY(shop && shop->run({"CREATE INDEX item_customer ON item (customer)", {}}));
    const Program ran = runUnderLoad({u"advise"_s, u"--over"_s, u"5s"_s}, false);
    QVERIFY2(ran.exitCode == 0, ran.output);
    QVERIFY2(ran.json().value("advice"_L1).toArray().isEmpty(), ran.output);
    QVERIFY(ran.json().value("looked"_L1).toInt() > 0);
}

void TestVerb::whatCannotBeKnownIsSaid()
{
    const Program ran = run({u"advise"_s, u"--lifetime"_s});
    QVERIFY2(ran.exitCode == 0 || ran.exitCode == 5, ran.output);
    QCOMPARE(ran.json().value("basis"_L1).toString(), u"lifetime"_s);
    const QString notes = QString::fromUtf8(QJsonDocument(ran.json().value("notes"_L1).toArray()).toJson());
    QVERIFY2(notes.contains("log"_L1) && notes.contains("not sampled"_L1), qPrintable(notes));
    QString why; // the set-up has no plan
    const QJsonArray notLooked = ran.json().value("not_looked"_L1).toArray();
    for (const QJsonValue &one : notLooked)
        if (one["query"_L1].toString().startsWith("VACUUM"_L1))
            why = one["why"_L1].toString();
    QVERIFY2(!why.isEmpty(), ran.output);
}

QTEST_GUILESS_MAIN(TestVerb)
#include "tst_verb.moc"
