// SPDX-License-Identifier: GPL-3.0-or-later
// auto_explain on real servers: set up by the recipe, what was there kept, taken back by its undo; and its plans read from each form of the log.
#include "explain/autoexplain.h"
#include "explain/readlog.h"
#include "support/client.h"
#include "support/verifyok.h"

#include <array>

using namespace howdah;
using namespace howdah::explain;
using namespace Qt::StringLiterals;
using test::TestServer;

class TestAutoExplain : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void lists_data();
    void lists();
    void recipe_data();
    void recipe();
    void stranger();
    void logs_data();
    void logs();
};

void TestAutoExplain::lists_data()
{
    QTest::addColumn<QString>("value");
    QTest::addColumn<QStringList>("list");
    QTest::newRow("none") << QString() << QStringList{};
    QTest::newRow("two") << u"a, b"_s << QStringList{u"a"_s, u"b"_s};
    QTest::newRow("quoted") << u"\"$libdir/x\", 'y', \"a, \"\"b\"\"\""_s << QStringList{u"$libdir/x"_s, u"y"_s, u"a, \"b\""_s};
}

void TestAutoExplain::lists()
{
    QFETCH(QString, value);
    QTEST(settingList(value), "list");
}

void TestAutoExplain::recipe_data()
{
    QTest::addColumn<int>("major");
    for (const int major : {15, 16, 18})
        QTest::addRow("%d", major) << major;
}

static bool runAll(TestServer &server, const session::ChangePlan &plan)
{
    QList<QByteArray> statements;
    for (const session::ChangeStep &step : plan.steps)
        statements.append(step.text);
    QString why;
    const bool done = server.sql(statements, &why);
    if (!done)
        qWarning("%s", qPrintable(why));
    return done;
}

void TestAutoExplain::recipe()
{
    QFETCH(int, major);
    QString why;
    test::ServerSetup setup;
    setup.major = major;
    auto server = TestServer::start(setup, &why);
    QVERIFY2(server, qPrintable(why));
    // What is there already, one with a name that has to be quoted.
    QVERIFY(server->sql({"ALTER SYSTEM SET session_preload_libraries = 'passwordcheck', '$libdir/auth_delay'", "SELECT pg_reload_conf()"}));
    auto link = server->admin();
    VERIFY_OK(link);
    const auto before = readAutoExplain(**link);
    VERIFY_OK(before);
    QVERIFY(before->superuser && before->preloaded() == false && before->bySystem);
    QCOMPARE(*before->session, (QStringList{u"passwordcheck"_s, u"$libdir/auth_delay"_s}));

    AutoExplainWish wish;
    wish.minDurationMs = 0;
    wish.destination = u"jsonlog"_s;
    const session::ChangePlan plan = autoExplainPlan(*before, wish);
    QVERIFY(!plan.transactional);
    // logging_collector is in force after a restart, and that is said.
    QVERIFY(!plan.facts.isEmpty() && plan.facts.first().name == "Restart"_L1);
    QVERIFY(runAll(*server, plan));
    auto later = server->admin();
    VERIFY_OK(later);
    const auto after = readAutoExplain(**later);
    VERIFY_OK(after);
    QCOMPARE(after->preloaded(), true);
    QCOMPARE(*after->session, (QStringList{u"passwordcheck"_s, u"$libdir/auth_delay"_s, u"auto_explain"_s}));
    QCOMPARE(after->settings.value(u"auto_explain.log_min_duration"_s), u"0"_s);
    QCOMPARE(after->settings.value(u"auto_explain.log_format"_s), u"json"_s);
    QCOMPARE(after->settings.value(u"auto_explain.log_verbose"_s), u"on"_s);
    QCOMPARE(after->settings.value(u"auto_explain.log_timing"_s), u"off"_s);
    QCOMPARE(after->settings.contains(u"auto_explain.log_parameter_max_length"_s), major >= 16);
    QVERIFY(after->pendingRestart.contains(u"logging_collector"_s));
    // Nothing is set twice; a second time it does no harm.
    QVERIFY(runAll(*server, autoExplainPlan(*after, wish)));

    QList<QByteArray> undo;
    for (const QString &line : plan.undo.split(u'\n', Qt::SkipEmptyParts))
        undo.append(line.chopped(1).toUtf8());
    QVERIFY(server->sql(undo, &why));
    auto last = server->admin();
    VERIFY_OK(last);
    const auto again = readAutoExplain(**last);
    VERIFY_OK(again);
    QCOMPARE(*again->session, *before->session);
    QCOMPARE(*again->bySystem, *before->bySystem);

    // With the whole server: a restart, and the other list.
    wish.load = AutoExplainWish::Load::Server;
    QVERIFY(runAll(*server, autoExplainPlan(*again, wish)));
    auto shared = server->admin();
    VERIFY_OK(shared);
    const auto pending = readAutoExplain(**shared);
    VERIFY_OK(pending);
    QVERIFY(pending->pendingRestart.contains(u"shared_preload_libraries"_s));
    QCOMPARE(pending->preloaded(), false);
    // What another has set meanwhile is not in force, and is kept.
    QVERIFY(server->sql({"ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'", "SELECT pg_reload_conf()"}, &why));
    auto others = server->admin();
    VERIFY_OK(others);
    const auto waiting = readAutoExplain(**others);
    VERIFY_OK(waiting);
    const session::ChangePlan further = autoExplainPlan(*waiting, wish);
    QVERIFY(std::any_of(further.steps.cbegin(), further.steps.cend(), [](const auto &step) {
        return step.text.contains("shared_preload_libraries") && step.text.contains("pg_stat_statements") && step.text.contains("auto_explain");
    }));
    QVERIFY(std::any_of(further.facts.cbegin(), further.facts.cend(), [](const auto &fact) { return fact.value.contains("shared_preload_libraries"_L1); }));
}

void TestAutoExplain::stranger()
{
    QString why;
    auto server = TestServer::start({}, &why);
    QVERIFY2(server, qPrintable(why));
    QVERIFY(server->sql({"CREATE ROLE somebody LOGIN", "ALTER ROLE somebody SET session_preload_libraries = 'passwordcheck'"}, &why));
    auto link = server->admin();
    VERIFY_OK(link);
    VERIFY_OK((*link)->run({"SET ROLE somebody", {}}));
    const auto now = readAutoExplain(**link);
    VERIFY_OK(now);
    // Not permitted is not "none".
    QVERIFY(!now->shared && !now->session && !now->preloaded());
    QCOMPARE(now->ownSettings.size(), 1);
    QVERIFY(now->ownSettings.first().contains(u"role somebody"_s));
    const auto log = findServerLog(**link);
    QVERIFY(!log);
    QCOMPARE(log.error().kind, ErrorKind::Permission);
    VERIFY_OK((*link)->run({"RESET ROLE", {}}));
    QCOMPARE(findServerLog(**link).error().reason, u"no_log_file"_s);
}

void TestAutoExplain::logs_data()
{
    QTest::addColumn<int>("major");
    QTest::addColumn<QString>("destination");
    QTest::addColumn<QString>("format");
    for (const int major : {15, 18}) {
        for (const QString &destination : {u"stderr"_s, u"csvlog"_s, u"jsonlog"_s}) {
            for (const QString &format : {u"json"_s, u"text"_s})
                QTest::addRow("%d %s %s", major, qPrintable(destination), qPrintable(format)) << major << destination << format;
        }
    }
}

void TestAutoExplain::logs()
{
    QFETCH(int, major);
    QFETCH(QString, destination);
    QFETCH(QString, format);
    QString why;
    test::ServerSetup setup;
    setup.major = major;
    setup.settings = {u"shared_preload_libraries=pg_stat_statements"_s, u"logging_collector=on"_s, u"log_directory=log"_s, u"log_destination="_s + destination,
                      u"log_line_prefix=%m [%p] %q%u@%d/%a "_s, u"log_timezone=Europe/Berlin"_s};
    auto server = TestServer::start(setup, &why);
    QVERIFY2(server, qPrintable(why));
    QVERIFY2(server->sql({"CREATE EXTENSION pg_stat_statements SCHEMA public", "CREATE TABLE public.t AS SELECT g AS a FROM generate_series(1, 100) AS g"},
                         &why),
             qPrintable(why));
    test::Client client(*server, u"shop app"_s);
    const QString hostile = u"\n2026-11-28 02:13:33.123 UTC [1] LOG:  duration: 1.000 ms  plan:\n{\"Query Text\": \"FAKE\"}\n"_s;
    for (const QByteArray &text : QList<QByteArray>{"LOAD 'auto_explain'", "SET auto_explain.log_verbose = on",
                                                    "SET auto_explain.log_format = " + format.toUtf8(), "SET auto_explain.log_min_duration = 0"})
        QVERIFY(client.run(text));
    const QByteArray asked = "SELECT count(*) FROM public.t WHERE a > $1 /* " + hostile.toUtf8() + " */";
    VERIFY_OK(client.link().run({asked, {}}, {pg::Param(5)}));
    QVERIFY(client.run("SELECT sum(a) FROM public.t"));
    QVERIFY(client.run("SET auto_explain.log_min_duration = -1"));

    auto link = server->admin();
    VERIFY_OK(link);
    const auto log = findServerLog(**link);
    VERIFY_OK(log);
    QCOMPARE(log->source.timeZone, u"Europe/Berlin"_s);
    QVERIFY(log->source.form == (destination == "csvlog"_L1 ? LogForm::Csv : destination == "jsonlog"_L1 ? LogForm::Json : LogForm::Stderr));
    // What the collector has not written yet comes with a later reading; the last entry of stderr ends with the next one.
    QVector<LoggedPlan> plans;
    LogCursor cursor = log->cursor;
    QStringList notes;
    QVERIFY(QTest::qWaitFor([&] {
        (void)(*link)->run({"DO $$ BEGIN RAISE LOG 'tick'; END $$", {}});
        const auto reading = readServerLog(**link, cursor, log->source);
        if (!reading)
            return false;
        cursor = reading->next;
        notes += reading->plans.notes;
        plans += reading->plans.plans;
        return plans.size() >= 2;
    }, 20'000));
    QVERIFY2(notes.isEmpty(), qPrintable(notes.join(u' ')));
    QCOMPARE(plans.size(), 2);
    QCOMPARE(plans[0].queryText, QString::fromUtf8(asked));
    QVERIFY(qAbs(plans[0].atMs.value_or(0) - QDateTime::currentMSecsSinceEpoch()) < 120'000);
    QCOMPARE(plans[0].user, u"postgres"_s);
    QCOMPARE(plans[0].database, u"postgres"_s);
    QCOMPARE(plans[0].application, u"shop app"_s);
    QCOMPARE(plans[0].pid, client.pid());
    QVERIFY(plans[0].durationUs && plans[0].plan.nodes.size() >= 2);
    QCOMPARE(plans[0].parameters.contains(u"'5'"_s), major >= 16);
    // The joint to pg_stat_statements, which 15 does not log.
    QCOMPARE(plans[1].queryId.isEmpty(), major < 16);
    if (major >= 16) {
        const auto known = (*link)->run({"SELECT count(*) FROM public.pg_stat_statements WHERE queryid = $1::int8", {}}, {plans[1].queryId});
        VERIFY_OK(known);
        QCOMPARE(known->integer(0, 0), 1);
    }
    // The file from this machine's side, by its tail.
    const auto local = readLogFile({server->folder() + u"/data/"_s + log->cursor.file, -1, false}, log->source);
    VERIFY_OK(local);
    QCOMPARE(local->plans.plans.size(), 2);
}

QTEST_GUILESS_MAIN(TestAutoExplain)
#include "tst_autoexplain.moc"
