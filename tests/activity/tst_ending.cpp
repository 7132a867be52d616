// SPDX-License-Identifier: GPL-3.0-or-later
// Ending statements and backends on a real server: what it would cost is said beforehand, what must not be ended is refused, only what was meant is
// hit, and it is over when the server says so. With every connection taken one terminate clears a queue of 200.
#include "activity/ending.h"
#include "session/program.h"
#include "support/client.h"

#include <QElapsedTimer>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace howdah;
using namespace howdah::activity;
using namespace Qt::StringLiterals;
using test::TestServer;

namespace
{

constexpr int readers = 200;

using Link = std::unique_ptr<pg::Connection>;

// A statement that is left running.
class Running : public test::Client
{
public:
    Running(Link link, const QByteArray &statement) : Client(std::move(link)) { start(statement); }
};

} // namespace

class TestEnding : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase();

    void theCostIsSaid();
    void aStatementIsCancelled();
    void onlyTheStatementThatWasMeant();
    void aNumberGivenAwayAgain();
    void anotherThanTheOneShown();
    void theJournalOfTheTerminal();
    void whatMustNotBeEnded();
    void byARoleThatMayNot();
    void byARoleThatSeesLess();
    void everyConnectionTaken();

private:
    Link link(const QString &role = u"postgres"_s) const
    {
        pg::ConnectionSpec spec = m_server->spec().withRole(role);
        auto opened = pg::Connection::open(spec, role == "postgres"_L1 ? m_server->password() : Secret(role.toUtf8()));
        if (!opened)
            qWarning("%s", qPrintable(opened.error().text()));
        return opened ? std::move(*opened) : nullptr;
    }
    Program ctl(const QStringList &arguments, const QString &role = u"postgres"_s) const
    {
        const QString url = u"postgresql://%1:%2@127.0.0.1:%3/postgres?sslrootcert=%4"_s
                                .arg(role, role == "postgres"_L1 ? QString::fromLatin1(m_server->password().data()) : role)
                                .arg(m_server->port())
                                .arg(m_server->caFile());
        return Program::run(QStringList{u"--url"_s, url, u"activity"_s} + arguments + QStringList{u"--json"_s});
    }
    bool isRunning(int pid) const
    {
        return QTest::qWaitFor([&] { return readEndTarget(*m_admin, pid).value_or(EndTarget()).state == "active"_L1; }, 20'000);
    }

    QTemporaryDir m_folder;
    std::unique_ptr<TestServer> m_server;
    Link m_admin;
};

void TestEnding::initTestCase()
{
    qputenv("XDG_DATA_HOME", m_folder.path().toLocal8Bit()); // howdahctl's journal
    QString why;
    test::ServerSetup setup;
    setup.settings = {u"max_connections=230"_s, u"superuser_reserved_connections=3"_s};
    m_server = TestServer::start(setup, &why);
    QVERIFY2(m_server, qPrintable(why));
    QVERIFY2(m_server->sql({"CREATE TABLE public.orders (id int PRIMARY KEY, v int)", "INSERT INTO public.orders VALUES (1, 0)", "CREATE ROLE app LOGIN PASSWORD 'app'",
                            "CREATE ROLE other LOGIN PASSWORD 'other'", "GRANT SELECT, UPDATE ON public.orders TO app",
                            "CREATE ROLE signaller LOGIN PASSWORD 'signaller'", "GRANT pg_signal_backend TO signaller"},
                           &why),
             qPrintable(why));
    m_admin = link();
    QVERIFY(m_admin);
}

void TestEnding::cleanupTestCase()
{
    m_admin.reset();
    m_server.reset();
}

void TestEnding::theCostIsSaid()
{
    const Link idle = link(u"app"_s), reads = link(u"app"_s), writes = link(u"app"_s);
    QVERIFY(reads->command("BEGIN") && reads->run({"SELECT * FROM public.orders", {}}));
    QVERIFY(writes->command("BEGIN") && writes->run({"UPDATE public.orders SET v = 1", {}}));
    const auto cost = [&](const Link &one) {
        const auto target = readEndTarget(*m_admin, one->facts().backendPid);
        const auto plan = target ? planEnd(End::Terminate, *target, {}) : Result<session::ChangePlan>(fail(target.error()));
        return plan ? plan->steps.constFirst().blocks : plan.error().text();
    };
    QCOMPARE(cost(idle), u"the client loses its connection; no transaction is open"_s);
    QVERIFY2(cost(reads).contains(u"has changed nothing"_s), qPrintable(cost(reads)));
    QVERIFY2(cost(writes).contains(u"is rolled back"_s), qPrintable(cost(writes)));
    // What is said is what happens.
    const auto target = readEndTarget(*m_admin, writes->facts().backendPid);
    const auto ended = end(*m_admin, End::Terminate, *target);
    QVERIFY(ended && ended->confirmed);
    QCOMPARE(readEndTarget(*m_admin, writes->facts().backendPid).error().reason, u"no_such_backend"_s);
    QCOMPARE((*m_admin).run({"SELECT v FROM public.orders", {}})->text(0, 0), u"0"_s);
}

void TestEnding::aStatementIsCancelled()
{
    Running sleeps(link(u"app"_s), "SELECT pg_sleep(600)");
    QVERIFY(isRunning(sleeps.pid()));
    const auto target = readEndTarget(*m_admin, sleeps.pid());
    QVERIFY(target && planEnd(End::Cancel, *target, {}));
    const auto ended = end(*m_admin, End::Cancel, *target);
    QVERIFY(ended && ended->confirmed);
    QCOMPARE(sleeps.end(), u"57014"_s);
    QVERIFY(sleeps.link().run({"SELECT 1", {}})); // the session stays
    QCOMPARE(planEnd(End::Cancel, *readEndTarget(*m_admin, sleeps.pid()), {}).error().reason, u"nothing_runs"_s);
}

void TestEnding::onlyTheStatementThatWasMeant()
{
    // Between the question and the answer the statement ended, and the same one began anew.
    Link again = link(u"app"_s);
    const int pid = again->facts().backendPid;
    pg::Connection &raw = *again;
    std::optional<EndTarget> meant;
    {
        CancelToken stop;
        std::thread first([&] { (void)raw.run({"SELECT pg_sleep(600)", {}}, {}, {}, stop); });
        const bool seen = isRunning(pid);
        const auto target = readEndTarget(*m_admin, pid);
        (void)m_admin->run({"SELECT pg_cancel_backend($1)", {}}, {pid});
        first.join();
        QVERIFY(seen && target);
        meant = *target;
    }
    Running second(std::move(again), "SELECT pg_sleep(600)");
    QVERIFY(isRunning(pid));
    QCOMPARE(end(*m_admin, End::Cancel, *meant).error().reason, u"statement_over"_s);
    QVERIFY(isRunning(pid));
    QVERIFY(m_admin->run({"SELECT pg_cancel_backend($1)", {}}, {pid}));
    QCOMPARE(second.end(), u"57014"_s);
}

void TestEnding::aNumberGivenAwayAgain()
{
    const Link client = link(u"app"_s);
    auto target = readEndTarget(*m_admin, client->facts().backendPid);
    QVERIFY(target);
    target->backendStart = u"2001-01-01 00:00:00+00"_s; // another's
    QCOMPARE(end(*m_admin, End::Terminate, *target).error().reason, u"no_such_backend"_s);
    QVERIFY(client->run({"SELECT 1", {}}));
}

void TestEnding::anotherThanTheOneShown()
{
    const Link client = link(u"app"_s);
    const int pid = client->facts().backendPid;
    QVERIFY(client->run({"SELECT 'shown'", {}}));
    const auto shown = readSessions(*m_admin);
    QVERIFY(shown && shown->find(pid));
    const Backend backend = *shown->find(pid);
    const auto same = [&](End how, const Backend &one) { return isTheOneShown(how, *readEndTarget(*m_admin, pid), one, shown->atMs).has_value(); };
    QVERIFY(same(End::Cancel, backend) && same(End::Terminate, backend));
    // The same backend with another statement may be ended, and its statement may not.
    QVERIFY(client->run({"SELECT 'another'", {}}));
    QVERIFY(!same(End::Cancel, backend));
    QVERIFY(same(End::Terminate, backend));
    Backend older = backend;
    older.backendMs = *backend.backendMs + 60'000;
    QVERIFY(!same(End::Terminate, older));
    // And the plan names what it runs.
    QVERIFY(planEnd(End::Terminate, *readEndTarget(*m_admin, pid), {})->steps.constFirst().blocks.contains(u"SELECT 'another'"_s));
}

void TestEnding::theJournalOfTheTerminal()
{
    const Link client = link(u"app"_s);
    const QString pid = QString::number(client->facts().backendPid);
    const Program other = ctl({u"terminate"_s, pid, u"--yes-end"_s, pid, u"--started"_s, u"2001-01-01 00:00:00+00"_s});
    QCOMPARE(other.error("reason"), u"another"_s);
    QVERIFY(client->run({"SELECT 1", {}}));
    const QString start = readEndTarget(*m_admin, client->facts().backendPid)->backendStart;
    const Program ended = ctl({u"terminate"_s, pid, u"--yes-end"_s, pid, u"--started"_s, start});
    QVERIFY2(ended.exitCode == 0, ended.output);
    const QJsonObject journal = Program::run({u"journal"_s, u"--json"_s}).json();
    const QJsonArray entries = journal.value("entries"_L1).toArray();
    const auto mine = std::find_if(entries.cbegin(), entries.cend(), [&](const QJsonValue &one) { return one.toObject().value("action"_L1).toString() == u"Terminate backend "_s + pid; });
    QVERIFY2(mine != entries.cend(), QJsonDocument(journal).toJson());
    QCOMPARE((*mine).toObject().value("outcome"_L1).toString(), u"done"_s);
}

void TestEnding::whatMustNotBeEnded()
{
    const auto rows = m_admin->run({"SELECT pid FROM pg_stat_activity WHERE backend_type NOT IN ('client backend', 'autovacuum worker', 'io worker')", {}});
    QVERIFY(rows && rows->size() >= 3); // checkpointer, walwriter, launchers
    for (int row = 0; row < rows->size(); ++row) {
        const auto target = readEndTarget(*m_admin, int(rows->integer(row, 0).value_or(0)));
        QVERIFY(target);
        QVERIFY(!target->type.isEmpty());
        for (const End how : {End::Cancel, End::Terminate})
            QCOMPARE(planEnd(how, *target, {}).error().reason, u"must_not_end"_s);
        const Program refused = ctl({u"terminate"_s, QString::number(target->pid), u"--yes-end"_s, QString::number(target->pid)});
        QVERIFY2(refused.exitCode != 0, refused.output.constData());
        QCOMPARE(refused.json().value("error"_L1).toObject().value("reason"_L1).toString(), u"must_not_end"_s);
    }
    // A link that the console stands on; and its own backend is no backend to end at all.
    const Link own = link();
    const auto target = readEndTarget(*m_admin, own->facts().backendPid);
    QCOMPARE(planEnd(End::Terminate, *target, {}, {target->pid}).error().reason, u"must_not_end"_s);
    QVERIFY(planEnd(End::Terminate, *target, {}));
    // The number is to be said again where nothing is known of the environment.
    const Program unasked = ctl({u"terminate"_s, QString::number(target->pid)});
    QVERIFY(unasked.exitCode != 0);
    QVERIFY2(unasked.output.contains("--yes-end") || unasked.errors.contains("--yes-end"), unasked.output.constData());
    QVERIFY(own->run({"SELECT 1", {}}));
}

void TestEnding::byARoleThatMayNot()
{
    const Link client = link(u"app"_s), other = link(u"other"_s);
    const auto target = readEndTarget(*other, client->facts().backendPid);
    QVERIFY(target);
    const auto plan = planEnd(End::Terminate, *target, {});
    QCOMPARE(plan.error().reason, u"may_not_signal"_s);
    QVERIFY(plan.error().hint.contains(u"GRANT pg_signal_backend"_s));
    // The server's word counts, not ours alone.
    const auto ended = end(*other, End::Terminate, *target);
    QCOMPARE(ended.error().reason, u"may_not_signal"_s);
    QVERIFY(client->run({"SELECT 1", {}}));
}

void TestEnding::byARoleThatSeesLess()
{
    // It may signal, and may not see what it would end: that is said, and not that there is nothing.
    Running sleeps(link(u"app"_s), "SELECT pg_sleep(600)");
    QVERIFY(isRunning(sleeps.pid()));
    const Link signaller = link(u"signaller"_s);
    const auto target = readEndTarget(*signaller, sleeps.pid());
    QVERIFY(target && !target->permitted);
    const auto plan = planEnd(End::Terminate, *target, {});
    QVERIFY(plan);
    QVERIFY2(plan->steps.constFirst().blocks.contains(u"may not be seen"_s), qPrintable(plan->steps.constFirst().blocks));
    const auto cancelled = end(*signaller, End::Cancel, *target);
    QVERIFY(cancelled && !cancelled->confirmed);
    QCOMPARE(sleeps.end(), u"57014"_s);
    const auto ended = end(*signaller, End::Terminate, *readEndTarget(*signaller, sleeps.pid()));
    QVERIFY(ended && ended->confirmed);
}

void TestEnding::everyConnectionTaken()
{
    Link root = link(u"app"_s);
    const int pid = root->facts().backendPid;
    QVERIFY(root->command("BEGIN") && root->run({"SELECT * FROM public.orders", {}}));
    std::vector<std::unique_ptr<Running>> queue;
    queue.push_back(std::make_unique<Running>(link(), "ALTER TABLE public.orders ADD COLUMN w int"));
    QVERIFY(isRunning(queue.front()->pid()));
    for (int i = 0; i < readers; ++i)
        queue.push_back(std::make_unique<Running>(link(u"app"_s), "SELECT count(*) FROM public.orders"));
    std::vector<Link> crowd;
    for (;;) {
        auto one = pg::Connection::open(m_server->spec().withRole(u"app"_s), Secret("app"));
        if (!one) {
            QCOMPARE(one.error().sqlstate, u"53300"_s);
            break;
        }
        crowd.push_back(std::move(*one));
        QVERIFY(crowd.size() < 60);
    }
    const auto waiting = [&] { return ctl({u"locks"_s}).json().value("waiting"_L1).toInt(-1); };
    QTRY_COMPARE_WITH_TIMEOUT(waiting(), readers + 1, 30'000);
    // Cold: a program that has seen nothing of it before.
    QElapsedTimer clock;
    clock.start();
    const Program asked = ctl({u"locks"_s});
    qInfo("the root was named in %lld ms", clock.elapsed()); // a figure to be read, no limit: a machine may be busy
    QCOMPARE(asked.exitCode, 0);
    const QJsonArray roots = asked.json().value("roots"_L1).toArray();
    QCOMPARE(roots.size(), 1);
    const QJsonObject node = asked.json().value("nodes"_L1).toArray().at(roots.at(0).toInt()).toObject();
    QCOMPARE(node.value("pid"_L1).toInt(), pid);
    QCOMPARE(node.value("blocked"_L1).toInt(), readers + 1);
    QCOMPARE(node.value("session"_L1).toObject().value("state"_L1).toString(), u"idle in transaction"_s);
    const Program ended = ctl({u"terminate"_s, QString::number(pid), u"--yes-end"_s, QString::number(pid)});
    QVERIFY2(ended.json().value("confirmed"_L1).toBool(), ended.output.constData());
    QTRY_COMPARE_WITH_TIMEOUT(waiting(), 0, 20'000);
    for (const auto &one : queue)
        QCOMPARE(one->end(), u"done"_s); // nobody else lost anything
}

QTEST_GUILESS_MAIN(TestEnding)
#include "tst_ending.moc"
