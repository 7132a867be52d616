// SPDX-License-Identifier: GPL-3.0-or-later
// What a reading says of what this role may not see or the server does not count: that it is not known, and never 0, "no" or somebody else's remedy.
#include "activity/ending.h"
#include "activity/horizon.h"
#include "activity/progress.h"
#include "session/changeplan.h"
#include "support/client.h"

#include <QTest>

#include <algorithm>

using namespace howdah;
using namespace howdah::activity;
using namespace Qt::StringLiterals;
using test::Client;
using test::TestServer;

class TestRights : public QObject
{
    Q_OBJECT
private slots:
    void everyVersion_data();
    void everyVersion();
    void settingsAreMasked_data();
    void settingsAreMasked();
};

void TestRights::everyVersion_data()
{
    QTest::addColumn<int>("major");
    for (const int major : {15, 16, 17, 18})
        QTest::addRow("%d", major) << major;
}

void TestRights::everyVersion()
{
    QFETCH(int, major);
    QString why;
    test::ServerSetup setup;
    setup.major = major;
    setup.settings = {u"autovacuum_freeze_max_age=200000000"_s, u"vacuum_cost_limit=1"_s, u"autovacuum=off"_s};
    const auto server = TestServer::start(setup, &why);
    QVERIFY2(server, qPrintable(why));
    QVERIFY2(server->sql({"CREATE ROLE stranger LOGIN PASSWORD 'stranger'", "CREATE ROLE signaller LOGIN PASSWORD 'signaller'", "GRANT pg_signal_backend TO signaller",
                          "CREATE TABLE public.orders WITH (autovacuum_freeze_max_age = 1000000) AS SELECT i, repeat('x', 500) AS x FROM generate_series(1, 60000) i",
                          "CREATE TABLE public.later (i int) WITH (autovacuum_freeze_max_age = 2000000000)", "DELETE FROM public.orders WHERE i % 2 = 0"},
                         &why),
             qPrintable(why));
    const auto admin = server->admin();
    const auto stranger = pg::Connection::open(server->spec().withRole(u"stranger"_s), Secret("stranger"));
    const auto signaller = pg::Connection::open(server->spec().withRole(u"signaller"_s), Secret("signaller"));
    QVERIFY(admin && stranger && signaller);
    // Only the oldest tables are listed: the server's own are made the youngest.
    const auto catalogs = (*admin)->run({"SELECT string_agg(oid::regclass::text, ', ') FROM pg_class WHERE relkind = 'r' AND oid < 16384 AND NOT relisshared", {}});
    QVERIFY(catalogs && (*admin)->run({"VACUUM (FREEZE) " + catalogs->text(0, 0).toUtf8(), {}}));
    Client holds(*server, u"holds"_s), vacuums(*server, u"vacuums"_s);
    QVERIFY(holds.run("BEGIN ISOLATION LEVEL REPEATABLE READ") && holds.run("SELECT 1"));
    QVERIFY(vacuums.run("SET vacuum_cost_delay = '100ms'"));
    vacuums.start("VACUUM public.orders");
    QTRY_VERIFY((*admin)->run({"SELECT 1 FROM pg_stat_progress_vacuum", {}})->size() == 1);

    // The horizon: a plain vacuum holds nothing; of somebody who may not be seen only that he does.
    const auto holderOf = [](const Horizon &horizon, int pid) {
        const auto found = std::find_if(horizon.holders.cbegin(), horizon.holders.cend(), [pid](const Holder &one) { return one.pid == pid; });
        return found == horizon.holders.cend() ? std::nullopt : std::optional(*found);
    };
    const auto seen = readHorizon(**admin), unseen = readHorizon(**stranger);
    QVERIFY(seen && unseen);
    QCOMPARE(holderOf(*seen, holds.pid())->kind, u"session"_s);
    QVERIFY(!holderOf(*seen, vacuums.pid()));
    QVERIFY(!holderOf(*unseen, vacuums.pid()));
    QCOMPARE(holderOf(*unseen, holds.pid())->kind, u"not known"_s);
    QVERIFY(holderOf(*unseen, holds.pid())->remedy().contains(u"GRANT pg_monitor"_s));

    // The tables: whether a vacuum runs on one is not known to who may not see which; the table's own option can't put the forced vacuum off.
    const auto tableOf = [](const Horizon &horizon, const QString &name) {
        const auto found = std::find_if(horizon.tables.cbegin(), horizon.tables.cend(), [&](const TableAge &one) { return one.name == name; });
        return found == horizon.tables.cend() ? TableAge() : *found;
    };
    QCOMPARE(tableOf(*seen, u"public.orders"_s).vacuumRunning, std::optional(true));
    QCOMPARE(tableOf(*seen, u"public.later"_s).vacuumRunning, std::optional(false));
    QCOMPARE(tableOf(*unseen, u"public.orders"_s).vacuumRunning, std::nullopt);
    QCOMPARE(tableOf(*seen, u"public.orders"_s).freezeMaxAge, qint64(1'000'000));
    QCOMPARE(tableOf(*seen, u"public.later"_s).freezeMaxAge, qint64(200'000'000));
    QCOMPARE(tableOf(Horizon::fromJson(unseen->toJson()), u"public.orders"_s).vacuumRunning, std::nullopt);

    // The progress: a delay that is not timed is not 0; an unseen relation has no name.
    const auto tasks = readTasks(**admin), unseenTasks = readTasks(**stranger);
    QVERIFY(tasks && unseenTasks && tasks->tasks.size() == 1 && unseenTasks->tasks.size() == 1);
    QCOMPARE(tasks->tasks.constFirst().relation, u"public.orders"_s);
    QVERIFY(!tasks->tasks.constFirst().delayMs);
    const auto rows = (*stranger)->runFile(u"activity/progress"_s, {});
    QVERIFY(rows && rows->isNull(0, rows->columnIndex("relation"_L1)));
    if (major >= 18) {
        QVERIFY((*admin)->run({"SET track_cost_delay_timing = on", {}}));
        QVERIFY(readTasks(**admin)->tasks.constFirst().delayMs);
    }

    // Who it is: where its client may not be seen it is not said to be local.
    const auto target = readEndTarget(**signaller, holds.pid());
    QVERIFY(target);
    QCOMPARE(target->client, QString());
    QVERIFY(readEndTarget(**admin, holds.pid())->client.startsWith(u"127.0.0.1"_s));

    // Of no superuser, it may be ended all the same; that it is still the same one can't be compared, and the plan says so.
    const int pid = int((*stranger)->run({"SELECT pg_backend_pid()", {}})->integer(0, "pg_backend_pid"_L1).value_or(0));
    const auto hidden = readEndTarget(**signaller, pid), shown = readEndTarget(**admin, pid);
    QVERIFY(hidden && shown && hidden->backendStart.isEmpty() && hidden->maySignal.value_or(false) && !shown->backendStart.isEmpty());
    const auto blind = planEnd(End::Terminate, *hidden, {}), sighted = planEnd(End::Terminate, *shown, {});
    QVERIFY(blind && sighted);
    QVERIFY(blind->steps.constFirst().blocks.contains(u"can't be compared"_s));
    QVERIFY(!sighted->steps.constFirst().blocks.contains(u"can't be compared"_s));
}

void TestRights::settingsAreMasked_data()
{
    QTest::addColumn<QString>("setting"); // "hunter2" must not be left
    QTest::newRow("bare") << u"host=h user=u password=hunter2 port=5"_s;
    QTest::newRow("uri") << u"postgresql://u:hunter2@h/"_s;
    QTest::newRow("uri's query") << u"postgresql://h/db?user=u&password=hunter2"_s;
    QTest::newRow("quoted") << u"host=h password='a hunter2' port=5"_s;
    QTest::newRow("escaped quote") << u"host=h password = 'a\\' hunter2' user=x"_s;
    QTest::newRow("of a command") << u"PGPASSWORD=hunter2 pg_receivewal"_s;
}

void TestRights::settingsAreMasked()
{
    QFETCH(QString, setting);
    const QString masked = session::maskedValue(setting);
    QVERIFY2(!masked.contains(u"hunter2"_s), qPrintable(masked));
}

QTEST_GUILESS_MAIN(TestRights)
#include "tst_rights.moc"
