// SPDX-License-Identifier: GPL-3.0-or-later
// howdahctl statements as a script sees it: recorded, ranked, shown and compared.
#include "session/program.h"
#include "support/testserver.h"

#include <QDateTime>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <thread>

using namespace howdah;
using namespace Qt::StringLiterals;

class TestVerbs : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase() { m_server.reset(); }

    void withoutAHistory();
    void recordedAndRanked();
    void compared();
    void whatIsNoTimeIsRefused();

private:
    Program run(const QStringList &arguments, bool json = true)
    {
        QStringList all = QStringList{u"statements"_s} + arguments + QStringList{u"--profile"_s, u"p"_s, u"--password-stdin"_s};
        if (json)
            all << u"--json"_s;
        return Program::run(all, QByteArray(m_server->password().data()) + '\n');
    }
    // While statements run; begun by the first reading.
    Program recordWhile(const QList<QByteArray> &statements, int seconds)
    {
        std::thread load([&] {
            for (const QByteArray &statement : statements)
                m_server->sql({statement});
        });
        const Program recorded = run({u"record"_s, u"--for"_s, u"%1s"_s.arg(seconds), u"--every"_s, u"1s"_s});
        load.join();
        return recorded;
    }
    static QJsonObject rowOf(const QJsonObject &list, const QString &text)
    {
        const QJsonArray rows = list.value("statements"_L1).toArray();
        for (const QJsonValue &row : rows) {
            if (row["text"_L1].toString().contains(text))
                return row.toObject();
        }
        return {};
    }

    QTemporaryDir m_folder;
    std::unique_ptr<test::TestServer> m_server;
};

void TestVerbs::initTestCase()
{
    qputenv("XDG_DATA_HOME", m_folder.path().toLocal8Bit());
    QString why;
    test::ServerSetup setup;
    setup.settings = {u"shared_preload_libraries=pg_stat_statements"_s};
    m_server = test::TestServer::start(setup, &why);
    QVERIFY2(m_server, qPrintable(why));
    QVERIFY2(m_server->sql({"CREATE EXTENSION pg_stat_statements SCHEMA public", "CREATE DATABASE bare"}, &why), qPrintable(why));
    const QString url = u"postgresql://postgres@127.0.0.1:%1/postgres?sslrootcert=%2"_s.arg(m_server->port()).arg(m_server->caFile());
    const Program added = Program::run({u"profile"_s, u"add"_s, u"p"_s, u"--url"_s, url, u"--environment"_s, u"test"_s, u"--json"_s});
    QVERIFY2(added.exitCode == 0, added.output);
}

void TestVerbs::withoutAHistory()
{
    const Program none = run({u"top"_s});
    QCOMPARE(none.exitCode, 1);
    QCOMPARE(none.error("reason"), u"no_history"_s);
    QVERIFY(none.error("hint").contains("--over"_L1));
    QVERIFY(m_server->sql({"SELECT 'always' AS lifetime_one"}));
    const Program lifetime = run({u"top"_s, u"--lifetime"_s, u"--by"_s, u"calls"_s, u"--limit"_s, u"1000"_s});
    QVERIFY2(lifetime.exitCode == 0, lifetime.output);
    QCOMPARE(lifetime.json().value("basis"_L1).toString(), u"lifetime"_s);
    QVERIFY(lifetime.json().value("from_ms"_L1).toInteger() > 0);
    QCOMPARE(rowOf(lifetime.json(), u"lifetime_one"_s).value("calls"_L1).toInteger(), 1);
    std::thread load([&] { m_server->sql({"SELECT pg_catalog.pg_sleep(0.7)", "SELECT 'meanwhile' AS over_one, pg_catalog.pg_sleep(2)"}); });
    const Program over = run({u"top"_s, u"--over"_s, u"4s"_s, u"--limit"_s, u"1000"_s});
    load.join();
    QCOMPARE(over.json().value("basis"_L1).toString(), u"two_readings"_s);
    QVERIFY2(rowOf(over.json(), u"over_one"_s).value("exec_ms"_L1).toDouble() >= 2000, over.output);
    QVERIFY(rowOf(over.json(), u"lifetime_one"_s).isEmpty());
    QVERIFY(rowOf(over.json(), u"pg_stat_statements("_s).isEmpty()); // our own, but for --all
    const QString url = u"postgresql://postgres@127.0.0.1:%1/bare"_s.arg(m_server->port());
    const auto byUrl = [&](const QStringList &arguments) {
        return Program::run(QStringList{u"statements"_s} + arguments +
                                QStringList{u"--url"_s, url, u"--ca"_s, m_server->caFile(), u"--password-stdin"_s, u"--json"_s},
                            QByteArray(m_server->password().data()) + '\n');
    };
    QCOMPARE(byUrl({u"top"_s}).error("reason"), u"no_profile"_s);
    QCOMPARE(byUrl({u"record"_s}).error("reason"), u"no_profile"_s);
    const Program without = byUrl({u"top"_s, u"--lifetime"_s});
    QCOMPARE(without.error("reason"), u"not_installed"_s);
    QCOMPARE(without.exitCode, 1);
}

void TestVerbs::recordedAndRanked()
{
    const Program recorded =
        recordWhile({"SELECT pg_catalog.pg_sleep(3)", "SELECT 'a' AS ranked, pg_catalog.pg_sleep(0.5)", "SELECT 'b' AS ranked, pg_catalog.pg_sleep(0.7)",
                     "CREATE TABLE public.filled AS SELECT generate_series(1, 1000) AS i"},
                    9);
    QVERIFY2(recorded.exitCode == 0, recorded.errors);
    QVERIFY2(recorded.json().value("intervals"_L1).toInt() >= 5, recorded.output);
    QCOMPARE(recorded.json().value("kept_by_another"_L1).toInt(), 0);
    const Program top = run({u"top"_s, u"--last"_s, u"10m"_s});
    QVERIFY2(top.exitCode == 0, top.output);
    const QJsonObject list = top.json();
    QCOMPARE(list.value("basis"_L1).toString(), u"history"_s);
    QCOMPARE(list.value("from_ms"_L1).toInteger(), recorded.json().value("from_ms"_L1).toInteger());
    QCOMPARE(list.value("to_ms"_L1).toInteger(), recorded.json().value("to_ms"_L1).toInteger());
    QVERIFY(list.value("complete"_L1).toBool());
    const QJsonObject row = rowOf(list, u"ranked"_s);
    QCOMPARE(row.value("calls"_L1).toInteger(), 2);
    QVERIFY(row.value("exec_ms"_L1).toDouble() >= 1200 && row.value("exec_ms"_L1).toDouble() < 5000);
    QVERIFY(row.value("exec_stddev_ms"_L1).toDouble() >= 90); // of 500 and 700
    QCOMPARE(row.value("role"_L1).toString(), u"postgres"_s);
    QVERIFY(row.value("share"_L1).toDouble() > 0 && row.value("share"_L1).toDouble() < 1);
    QVERIFY(!row.value("text"_L1).toString().contains("'a'"_L1));
    QVERIFY(rowOf(run({u"top"_s, u"--by"_s, u"wal"_s}).json(), u"public.filled"_s).value("figure"_L1).toDouble() > 10'000);
    QVERIFY(run({u"top"_s, u"--db"_s, u"bare"_s}).json().value("statements"_L1).toArray().isEmpty());
    const QJsonArray all = run({u"top"_s, u"--all"_s}).json().value("statements"_L1).toArray();
    QVERIFY(std::any_of(all.cbegin(), all.cend(), [](const QJsonValue &one) { return one["own"_L1].toBool(); }));
    const Program text = run({u"top"_s}, false);
    QVERIFY2(text.exitCode == 0 && text.output.contains("ranked") && text.output.contains("SHARE"), text.output);

    const QString key = row.value("key"_L1).toString();
    const Program shown = run({u"show"_s, key});
    QVERIFY2(shown.exitCode == 0, shown.output);
    QCOMPARE(shown.json().value("calls"_L1).toInteger(), 2);
    qint64 calls = 0;
    const QJsonArray series = shown.json().value("series"_L1).toArray();
    for (const QJsonValue &point : series)
        calls += point["calls"_L1].toInteger();
    QCOMPARE(calls, 2);
    QVERIFY(series.size() >= 5);
    QVERIFY(run({u"show"_s, key}, false).output.contains("a call"));
    const Program absent = run({u"show"_s, u"1/2/3"_s});
    QCOMPARE(absent.error("reason"), u"no_such_statement"_s);
    QCOMPARE(absent.exitCode, 1);
    QCOMPARE(run({u"show"_s, u"what"_s}).exitCode, 2);
}

void TestVerbs::compared()
{
    const auto now = [] { return QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs); };
    const QByteArray slow = "SELECT 'x' AS compared, 1 AS two, pg_catalog.pg_sleep(";
    const QString begin = now();
    QVERIFY(recordWhile({"SELECT pg_catalog.pg_sleep(3)", slow + "0.05)", slow + "0.05)"}, 6).exitCode == 0);
    const QString between = now();
    QVERIFY(recordWhile({"SELECT pg_catalog.pg_sleep(3)", slow + "0.3)", slow + "0.3)", "SELECT 'y' AS brand, 1 AS new"}, 7).exitCode == 0);
    const Program compared = run({u"compare"_s, u"--a"_s, begin + u'/' + between, u"--b"_s, between + u"/now"_s, u"--min-calls"_s, u"2"_s});
    QVERIFY2(compared.exitCode == 0, compared.output);
    const QJsonArray slower = compared.json().value("slower"_L1).toArray();
    QVERIFY2(!slower.isEmpty(), compared.output);
    // A busy machine makes others slower too.
    const auto ours = std::find_if(slower.cbegin(), slower.cend(), [](const QJsonValue &one) { return one["text"_L1].toString().contains("AS compared"_L1); });
    QVERIFY2(ours != slower.cend(), compared.output);
    const QJsonValue grown = *ours;
    const double added = grown["added_ms"_L1].toDouble();
    QVERIFY2(added > 350 && added < 2000, qPrintable(QString::number(added)));
    QVERIFY(grown["before"_L1]["exec_mean_ms"_L1].toDouble() < grown["exec_mean_ms"_L1].toDouble());
    bool isNew = false;
    const QJsonArray fresh = compared.json().value("only_in_b"_L1).toArray();
    for (const QJsonValue &one : fresh)
        isNew = isNew || (one["text"_L1].toString().contains("AS brand"_L1) && one["new"_L1].toBool());
    QVERIFY2(isNew, compared.output);
    QVERIFY(run({u"compare"_s, u"--a"_s, begin + u'/' + between, u"--b"_s, between + u"/now"_s, u"--min-calls"_s, u"2"_s}, false).output.contains("Slower"));
}

void TestVerbs::whatIsNoTimeIsRefused()
{
    for (const QStringList &bad : {QStringList{u"top"_s, u"--last"_s, u"soon"_s}, QStringList{u"top"_s, u"--last"_s, u"1h"_s, u"--from"_s, u"2h"_s},
                                   QStringList{u"top"_s, u"--from"_s, u"1h"_s, u"--to"_s, u"2h"_s}, QStringList{u"top"_s, u"--over"_s, u"x"_s},
                                   QStringList{u"compare"_s, u"--a"_s, u"1h"_s, u"--b"_s, u"1h/now"_s}, QStringList{u"record"_s, u"--for"_s, u"x"_s},
                                   QStringList{u"top"_s, u"--by"_s, u"x"_s}}) {
        const Program refused = run(bad);
        QVERIFY2(refused.exitCode == 2, qPrintable(bad.join(u' ')));
    }
}

QTEST_GUILESS_MAIN(TestVerbs)
#include "tst_verbs.moc"
