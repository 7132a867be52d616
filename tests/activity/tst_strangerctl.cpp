// SPDX-License-Identifier: GPL-3.0-or-later
// `howdahctl activity` by a role that may see nothing of others, on every server version: each verb answers, says what is not permitted, and leaves
// no error in the server's log. What everybody may see (the locks) is there all the same.
#include "session/program.h"
#include "support/client.h"

#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

using namespace howdah;
using namespace howdah::test;
using namespace Qt::StringLiterals;

namespace
{

QJsonObject ofPid(const QJsonArray &all, int pid)
{
    for (const QJsonValue &one : all) {
        if (one.toObject().value("pid"_L1).toInt() == pid)
            return one.toObject();
    }
    return {};
}

} // namespace

class TestStrangerCtl : public QObject
{
    Q_OBJECT
private slots:
    void everyVerb_data();
    void everyVerb();
};

void TestStrangerCtl::everyVerb_data()
{
    QTest::addColumn<int>("major");
    for (const int major : {15, 16, 17, 18})
        QTest::addRow("%d", major) << major;
}

void TestStrangerCtl::everyVerb()
{
    QFETCH(int, major);
    QString why;
    ServerSetup setup;
    setup.major = major;
    const auto server = TestServer::start(setup, &why);
    QVERIFY2(server, qPrintable(why));
    QVERIFY2(server->sql({"CREATE ROLE stranger LOGIN PASSWORD 'stranger'", "CREATE TABLE public.orders AS SELECT i FROM generate_series(1, 1000) i"}, &why), qPrintable(why));
    const qsizetype logBegin = server->log().size();
    Client holds(*server, u"of another"_s), waits(*server, u"of another"_s), copies(*server, u"of another"_s);
    QVERIFY(holds.run("BEGIN ISOLATION LEVEL REPEATABLE READ") && holds.run("SELECT count(*) AS secret_of_another FROM public.orders"));
    waits.start("ALTER TABLE public.orders /* secret_of_another */ ADD COLUMN j int");
    copies.start("COPY (SELECT pg_sleep(3600)) TO '/dev/null'");

    const QString url = u"postgresql://stranger:stranger@127.0.0.1:%1/postgres?sslrootcert=%2"_s.arg(server->port()).arg(server->caFile());
    const auto asked = [&](const QStringList &verb) {
        const Program ran = Program::run(QStringList{u"--url"_s, url, u"activity"_s} + verb + QStringList{u"--json"_s});
        if (ran.exitCode != 0 || ran.output.contains("secret_of_another"))
            qWarning("%s: exit %d: %s%s", qPrintable(verb.join(u' ')), ran.exitCode, ran.output.constData(), ran.errors.constData());
        return ran.exitCode == 0 && !ran.output.contains("secret_of_another") ? ran.json() : QJsonObject();
    };

    QJsonObject tree;
    QTRY_COMPARE_WITH_TIMEOUT((tree = asked({u"locks"_s})).value("waiting"_L1).toInt(-1), 1, 20'000);
    QCOMPARE(tree.value("may_read_all"_L1), QJsonValue(false));
    const QJsonArray nodes = tree.value("nodes"_L1).toArray();
    const QJsonObject waiter = ofPid(nodes, waits.pid());
    QCOMPARE(nodes.at(waiter.value("parent"_L1).toInt(-1)).toObject().value("pid"_L1).toInt(), holds.pid());
    QCOMPARE(waiter.value("waits_for"_L1).toObject().value("object"_L1).toString(), u"public.orders"_s);

    const QJsonObject sessions = asked({u"sessions"_s});
    QCOMPARE(sessions.value("may_read_all"_L1), QJsonValue(false));
    const QJsonObject other = ofPid(sessions.value("sessions"_L1).toArray(), holds.pid());
    QCOMPARE(other.value("permitted"_L1), QJsonValue(false));
    for (const char *hidden : {"state", "query", "transaction_ms", "client", "wait", "temp_bytes"})
        QVERIFY2(other.value(QLatin1StringView(hidden)).isNull(), hidden);

    const QJsonObject averages = asked({u"waits"_s, u"--seconds"_s, u"2"_s});
    QCOMPARE(averages.value("may_read_all"_L1), QJsonValue(false));

    const QJsonArray tasks = asked({u"progress"_s}).value("tasks"_L1).toArray();
    const QJsonObject task = ofPid(tasks, copies.pid());
    QCOMPARE(task.value("pid"_L1).toInt(), copies.pid());
    QCOMPARE(task.value("permitted"_L1), QJsonValue(false));
    QVERIFY(task.value("share"_L1).isNull());

    const QJsonObject horizon = asked({u"horizon"_s});
    QCOMPARE(horizon.value("may_read_all"_L1), QJsonValue(false));
    QVERIFY(!horizon.value("databases"_L1).toArray().isEmpty());

    QTemporaryDir folder;
    const QString file = folder.filePath(u"incident.json"_s);
    const QJsonObject kept = asked({u"snapshot"_s, file, u"--seconds"_s, u"1"_s});
    QCOMPARE(kept.value("file"_L1).toString(), file);
    const QJsonArray missing = kept.value("missing"_L1).toArray();
    QVERIFY(std::any_of(missing.cbegin(), missing.cend(), [](const QJsonValue &one) { return one.toString().startsWith("log: "_L1); }));
    QFile incident(file);
    QVERIFY(incident.open(QIODevice::ReadOnly) && !incident.readAll().contains("secret_of_another"));

    const QString said = server->log().sliced(logBegin);
    for (const QString &word : {u"ERROR:"_s, u"FATAL:"_s, u"PANIC:"_s, u"WARNING:"_s})
        QVERIFY2(!said.contains(word), qPrintable(said));
}

QTEST_GUILESS_MAIN(TestStrangerCtl)
#include "tst_strangerctl.moc"
