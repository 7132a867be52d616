// SPDX-License-Identifier: GPL-3.0-or-later
// Situations as they are met on call, each made on a real server by real sessions: `howdahctl activity` must name the root and the holder right.
#include "activity/ending.h"
#include "session/program.h"
#include "support/client.h"

#include <QJsonArray>
#include <QSignalSpy>
#include <QTest>

#include <algorithm>
#include <functional>

using namespace howdah;
using namespace Qt::StringLiterals;
using test::Client;
using test::TestServer;

namespace
{

pg::ConnectionSpec inWork(const TestServer &server, const QString &name)
{
    pg::ConnectionSpec spec = server.spec();
    spec.applicationName = name;
    spec.database = u"work"_s;
    spec.options = u"-c search_path=public"_s;
    return spec;
}

QJsonObject nodeOf(const QJsonObject &tree, int pid)
{
    const QJsonArray nodes = tree.value("nodes"_L1).toArray();
    for (const QJsonValue &node : nodes) {
        if (node.toObject().value("pid"_L1).toInt(-1) == pid)
            return node.toObject();
    }
    return {};
}

// The processes of the roots, 0 for a prepared transaction, most blocked first.
QList<int> rootsOf(const QJsonObject &tree)
{
    QList<int> pids;
    const QJsonArray roots = tree.value("roots"_L1).toArray(), nodes = tree.value("nodes"_L1).toArray();
    for (const QJsonValue &root : roots)
        pids << nodes.at(root.toInt()).toObject().value("pid"_L1).toInt(0);
    return pids;
}

int parentOf(const QJsonObject &tree, int pid)
{
    const QJsonValue parent = nodeOf(tree, pid).value("parent"_L1);
    return parent.isDouble() ? tree.value("nodes"_L1).toArray().at(parent.toInt()).toObject().value("pid"_L1).toInt(0) : -1;
}

} // namespace

class TestSituations : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase();
    void init();

    void s01_oneWaitsForARow();
    void s02_chainOfThree();
    void s03_twoRoots();
    void s04_queueBehindAnAlter();
    void s05_deadlockBeforeItIsBroken();
    void s06_preparedTransaction();
    void s07_preparedTransactionHoldsARelation();
    void s08_sessionAdvisoryLock();
    void s09_sharedAdvisoryLocks();
    void s10_concurrentlyWaitsForASnapshot();
    void s11_idleInTransactionThatPins();
    void s12_idleInTransactionThatDoesNot();
    void s13_aCursorPins();
    void s14_anUpdateOfNothingPinsNothing();
    void s15_aSlotHoldsTheHorizon();
    void s16_aPreparedTransactionHoldsTheHorizon();
    void s17_wraparoundVacuumBehindALock();
    void s18_rowsOfOneTable();
    void s19_aParallelQueryIsOneSession();
    void s20_maxConnectionsFull();
    void s21_aStandbyHoldsTheHorizon(); // the last: it stops the server once

private:
    std::unique_ptr<Client> client(const char *name) const { return std::make_unique<Client>(inWork(*m_server, QString::fromLatin1(name)), m_server->password()); }
    QJsonObject asked(const QString &what, const QStringList &more = {}) const
    {
        const QString url = u"postgresql://postgres:%1@127.0.0.1:%2/work?sslrootcert=%3"_s.arg(QString::fromLatin1(m_server->password().data()))
                                .arg(m_server->port())
                                .arg(m_server->caFile());
        const Program ran = Program::run(QStringList{u"--url"_s, url, u"activity"_s, what, u"--json"_s} + more);
        if (ran.exitCode != 0)
            qWarning("exit %d: %s%s", ran.exitCode, ran.output.constData(), ran.errors.constData());
        return ran.json();
    }
    // The tree once so many wait.
    QJsonObject locks(int waiting) const
    {
        QJsonObject tree;
        const bool seen = QTest::qWaitFor([&] { return (tree = asked(u"locks"_s)).value("waiting"_L1).toInt() == waiting; }, 20'000);
        if (!seen)
            qWarning("%d wait, not %d", tree.value("waiting"_L1).toInt(), waiting);
        return tree;
    }
    QJsonObject holder(const QString &kind, const std::function<bool(const QJsonObject &)> &is) const
    {
        const QJsonArray holders = asked(u"horizon"_s).value("holders"_L1).toArray();
        for (const QJsonValue &one : holders) {
            if (one.toObject().value("kind"_L1).toString() == kind && is(one.toObject()))
                return one.toObject();
        }
        return {};
    }
    QJsonObject sessionHolder(int pid) const
    {
        return holder(u"session"_s, [pid](const QJsonObject &one) { return one.value("pid"_L1).toInt() == pid; });
    }

    std::unique_ptr<TestServer> m_server;
};

void TestSituations::initTestCase()
{
    QString why;
    test::ServerSetup setup;
    setup.settings = {u"max_prepared_transactions=5"_s, u"deadlock_timeout=600s"_s, u"wal_level=logical"_s, u"max_connections=40"_s,
                                           u"superuser_reserved_connections=3"_s, u"autovacuum_naptime=1s"_s, u"autovacuum_freeze_max_age=100000"_s};
    setup.hba << u"local replication all trust"_s;
    m_server = TestServer::start(setup, &why);
    QVERIFY2(m_server, qPrintable(why));
    QVERIFY2(m_server->sql({"CREATE DATABASE work"}, &why), qPrintable(why));
    auto maker = client("maker");
    QVERIFY(maker->run("CREATE TABLE orders (id int PRIMARY KEY, v int)"));
    QVERIFY(maker->run("INSERT INTO orders SELECT i, 0 FROM generate_series(1, 100) i"));
    QVERIFY(maker->run("CREATE TABLE wide AS SELECT i FROM generate_series(1, 200000) i"));
}

void TestSituations::cleanupTestCase()
{
    m_server.reset();
}

// Nothing of the last situation is left, even where it failed.
void TestSituations::init()
{
    // No prepared transaction stays.
    auto tidy = client("tidy");
    const auto left = tidy->link().run({"SELECT gid FROM pg_prepared_xacts", {}});
    QVERIFY(left);
    for (int row = 0; row < left->size(); ++row)
        QVERIFY(tidy->run("ROLLBACK PREPARED '" + left->text(row, 0).toUtf8() + "'"));
    tidy.reset();
    QTRY_COMPARE_WITH_TIMEOUT(asked(u"locks"_s).value("waiting"_L1).toInt(-1), 0, 20'000);
}

void TestSituations::s01_oneWaitsForARow()
{
    auto root = client("root"), reader = client("waiter");
    QVERIFY(root->run("BEGIN") && root->run("UPDATE orders SET v = 1 WHERE id = 1"));
    reader->start("UPDATE orders SET v = 2 WHERE id = 1");
    const QJsonObject tree = locks(1);
    QCOMPARE(rootsOf(tree), QList<int>{root->pid()});
    QCOMPARE(parentOf(tree, reader->pid()), root->pid());
    QVERIFY(!nodeOf(tree, reader->pid()).value("soft"_L1).toBool());
    const QJsonObject session = nodeOf(tree, root->pid()).value("session"_L1).toObject();
    QCOMPARE(session.value("state"_L1).toString(), u"idle in transaction"_s);
    QCOMPARE(session.value("query"_L1).toString(), u"UPDATE orders SET v = 1 WHERE id = 1"_s); // its last
    QVERIFY(nodeOf(tree, reader->pid()).value("waits_for"_L1).toObject().value("object"_L1).toString().startsWith(u"transaction "_s));
    QVERIFY(nodeOf(tree, reader->pid()).value("waiting_ms"_L1).toInteger(-1) >= 0);
}

void TestSituations::s02_chainOfThree()
{
    auto a = client("a"), b = client("b"), c = client("c");
    QVERIFY(a->run("BEGIN") && a->run("UPDATE orders SET v = 1 WHERE id = 2"));
    QVERIFY(b->run("BEGIN") && b->run("UPDATE orders SET v = 1 WHERE id = 3"));
    b->start("UPDATE orders SET v = 1 WHERE id = 2");
    c->start("UPDATE orders SET v = 1 WHERE id = 3");
    const QJsonObject tree = locks(2);
    QCOMPARE(rootsOf(tree), QList<int>{a->pid()});
    QCOMPARE(parentOf(tree, c->pid()), b->pid());
    QCOMPARE(parentOf(tree, b->pid()), a->pid());
    QCOMPARE(nodeOf(tree, a->pid()).value("blocked"_L1).toInt(), 2);
}

void TestSituations::s03_twoRoots()
{
    auto one = client("one"), other = client("other"), x = client("x"), y = client("y"), z = client("z");
    QVERIFY(one->run("BEGIN") && one->run("UPDATE orders SET v = 1 WHERE id = 4"));
    QVERIFY(other->run("BEGIN") && other->run("UPDATE orders SET v = 1 WHERE id = 5"));
    x->start("UPDATE orders SET v = 1 WHERE id = 4");
    QCOMPARE(locks(1).value("waiting"_L1).toInt(), 1);
    y->start("UPDATE orders SET v = 1 WHERE id = 4");
    z->start("UPDATE orders SET v = 1 WHERE id = 5");
    const QJsonObject tree = locks(3);
    QCOMPARE(rootsOf(tree), (QList<int>{one->pid(), other->pid()})); // the one that blocks more comes first
}

void TestSituations::s04_queueBehindAnAlter()
{
    auto root = client("root"), alter = client("alter");
    QVERIFY(root->run("BEGIN") && root->run("SELECT * FROM orders WHERE id = 1"));
    alter->start("ALTER TABLE orders ADD COLUMN w int");
    QCOMPARE(rootsOf(locks(1)), QList<int>{root->pid()});
    std::vector<std::unique_ptr<Client>> readers;
    for (int i = 0; i < 5; ++i) {
        readers.push_back(client("reader"));
        readers.back()->start("SELECT count(*) FROM orders");
    }
    const QJsonObject tree = locks(6);
    QCOMPARE(rootsOf(tree), QList<int>{root->pid()});
    QCOMPARE(nodeOf(tree, root->pid()).value("blocked"_L1).toInt(), 6);
    QCOMPARE(parentOf(tree, alter->pid()), root->pid());
    QVERIFY(!nodeOf(tree, alter->pid()).value("soft"_L1).toBool());
    // The readers would not be stopped by the root: they only queue behind the ALTER.
    for (const auto &reader : readers) {
        QCOMPARE(parentOf(tree, reader->pid()), alter->pid());
        QVERIFY(nodeOf(tree, reader->pid()).value("soft"_L1).toBool());
        QCOMPARE(nodeOf(tree, reader->pid()).value("waits_for"_L1).toObject().value("object"_L1).toString(), u"public.orders"_s);
    }
    QCOMPARE(nodeOf(tree, root->pid()).value("holds"_L1).toObject().value("mode"_L1).toString(), u"AccessShareLock"_s);
    // One terminate clears it.
    const QJsonObject ended = asked(u"terminate"_s, {QString::number(root->pid()), u"--yes-end"_s, QString::number(root->pid())});
    QVERIFY(ended.value("confirmed"_L1).toBool());
    QTRY_COMPARE_WITH_TIMEOUT(asked(u"locks"_s).value("waiting"_L1).toInt(-1), 0, 20'000);
    auto cleaner = client("cleaner");
    QVERIFY(cleaner->run("ALTER TABLE orders DROP COLUMN w"));
}

void TestSituations::s05_deadlockBeforeItIsBroken()
{
    auto a = client("a"), b = client("b");
    QVERIFY(a->run("BEGIN") && a->run("UPDATE orders SET v = 1 WHERE id = 6"));
    QVERIFY(b->run("BEGIN") && b->run("UPDATE orders SET v = 1 WHERE id = 7"));
    a->start("UPDATE orders SET v = 1 WHERE id = 7");
    QCOMPARE(locks(1).value("waiting"_L1).toInt(), 1);
    b->start("UPDATE orders SET v = 1 WHERE id = 6");
    const QJsonObject tree = locks(2);
    QCOMPARE(tree.value("roots"_L1).toArray().size(), 1);
    QVERIFY(nodeOf(tree, a->pid()).value("in_cycle"_L1).toBool());
    QVERIFY(nodeOf(tree, b->pid()).value("in_cycle"_L1).toBool());
}

void TestSituations::s06_preparedTransaction()
{
    auto maker = client("maker"), waiter = client("waiter");
    QVERIFY(maker->run("BEGIN") && maker->run("UPDATE orders SET v = 1 WHERE id = 8") && maker->run("PREPARE TRANSACTION 'left behind'"));
    waiter->start("UPDATE orders SET v = 2 WHERE id = 8");
    const QJsonObject tree = locks(1);
    QCOMPARE(rootsOf(tree), QList<int>{0});
    const QJsonObject root = tree.value("nodes"_L1).toArray().at(tree.value("roots"_L1).toArray().at(0).toInt()).toObject();
    QCOMPARE(root.value("prepared"_L1).toString(), u"left behind"_s);
    QVERIFY(maker->run("ROLLBACK PREPARED 'left behind'"));
}

void TestSituations::s07_preparedTransactionHoldsARelation()
{
    auto maker = client("maker"), waiter = client("waiter");
    QVERIFY(maker->run("BEGIN") && maker->run("LOCK TABLE orders IN SHARE MODE") && maker->run("INSERT INTO wide VALUES (0)")
            && maker->run("PREPARE TRANSACTION 'share'"));
    waiter->start("UPDATE orders SET v = 2 WHERE id = 9");
    const QJsonObject tree = locks(1);
    const QJsonObject root = tree.value("nodes"_L1).toArray().at(tree.value("roots"_L1).toArray().at(0).toInt()).toObject();
    QCOMPARE(root.value("prepared"_L1).toString(), u"share"_s);
    QCOMPARE(root.value("holds"_L1).toObject().value("mode"_L1).toString(), u"ShareLock"_s);
    QVERIFY(maker->run("ROLLBACK PREPARED 'share'"));
}

void TestSituations::s08_sessionAdvisoryLock()
{
    auto root = client("root"), waiter = client("waiter");
    QVERIFY(root->run("SELECT pg_advisory_lock(8589934593)"));
    waiter->start("SELECT pg_advisory_lock(8589934593)");
    const QJsonObject tree = locks(1);
    QCOMPARE(rootsOf(tree), QList<int>{root->pid()});
    QCOMPARE(nodeOf(tree, waiter->pid()).value("waits_for"_L1).toObject().value("object"_L1).toString(), u"advisory lock 8589934593"_s);
    // It is idle, in no transaction, and blocks all the same.
    QCOMPARE(nodeOf(tree, root->pid()).value("session"_L1).toObject().value("state"_L1).toString(), u"idle"_s);
}

void TestSituations::s09_sharedAdvisoryLocks()
{
    auto one = client("one"), other = client("other"), writer = client("writer");
    QVERIFY(one->run("SELECT pg_advisory_lock_shared(1, 2)") && other->run("SELECT pg_advisory_lock_shared(1, 2)"));
    writer->start("SELECT pg_advisory_lock(1, 2)");
    const QJsonObject tree = locks(1);
    const QJsonObject waits = nodeOf(tree, writer->pid());
    QList<int> blockers{parentOf(tree, writer->pid())};
    const QJsonArray also = waits.value("also_blocked_by"_L1).toArray();
    for (const QJsonValue &pid : also)
        blockers << pid.toInt();
    std::sort(blockers.begin(), blockers.end());
    QList<int> expected{one->pid(), other->pid()};
    std::sort(expected.begin(), expected.end());
    QCOMPARE(blockers, expected);
}

void TestSituations::s10_concurrentlyWaitsForASnapshot()
{
    auto holder = client("holder"), builder = client("builder");
    QVERIFY(holder->run("BEGIN ISOLATION LEVEL REPEATABLE READ") && holder->run("SELECT count(*) FROM orders"));
    builder->start("CREATE INDEX CONCURRENTLY orders_v ON orders (v)");
    const QJsonObject tree = locks(1);
    QCOMPARE(rootsOf(tree), QList<int>{holder->pid()});
    QVERIFY(nodeOf(tree, builder->pid()).value("waits_for"_L1).toObject().value("object"_L1).toString().startsWith(u"snapshot of transaction"_s));
    const QJsonArray tasks = asked(u"progress"_s).value("tasks"_L1).toArray();
    QCOMPARE(tasks.size(), 1);
    QCOMPARE(tasks.at(0).toObject().value("in_the_way"_L1).toInt(), holder->pid());
    QVERIFY(holder->run("COMMIT"));
    QTRY_COMPARE_WITH_TIMEOUT(asked(u"progress"_s).value("tasks"_L1).toArray().size(), 0, 20'000);
}

void TestSituations::s11_idleInTransactionThatPins()
{
    auto pins = client("pins");
    QVERIFY(pins->run("BEGIN ISOLATION LEVEL REPEATABLE READ") && pins->run("SELECT count(*) FROM orders"));
    const QJsonObject held = sessionHolder(pins->pid());
    QVERIFY(!held.isEmpty());
    QVERIFY(held.value("remedy"_L1).toString().contains(QString::number(pins->pid())));
}

void TestSituations::s12_idleInTransactionThatDoesNot()
{
    auto harmless = client("harmless");
    // Of a statement in the extended protocol the unnamed portal stays, and its snapshot with it, until the next one.
    QVERIFY(harmless->run("BEGIN") && harmless->run("SELECT count(*) FROM orders") && harmless->run("SAVEPOINT here"));
    QVERIFY(sessionHolder(harmless->pid()).isEmpty());
    const QJsonArray all = asked(u"sessions"_s).value("sessions"_L1).toArray();
    for (const QJsonValue &one : all) {
        if (one.toObject().value("pid"_L1).toInt() != harmless->pid())
            continue;
        QCOMPARE(one.toObject().value("state"_L1).toString(), u"idle in transaction"_s);
        QVERIFY(one.toObject().value("horizon_age"_L1).isNull());
        return;
    }
    QFAIL("the session is not listed");
}

void TestSituations::s13_aCursorPins()
{
    auto cursor = client("cursor");
    QVERIFY(cursor->run("BEGIN") && cursor->run("DECLARE c CURSOR FOR SELECT * FROM wide") && cursor->run("FETCH 1 FROM c"));
    QVERIFY(!sessionHolder(cursor->pid()).isEmpty());
}

void TestSituations::s14_anUpdateOfNothingPinsNothing()
{
    auto nothing = client("nothing"), something = client("something");
    QVERIFY(nothing->run("BEGIN") && nothing->run("UPDATE orders SET v = 1 WHERE id = -1"));
    QVERIFY(something->run("BEGIN") && something->run("UPDATE orders SET v = 1 WHERE id = 10"));
    QVERIFY(sessionHolder(nothing->pid()).isEmpty());
    QVERIFY(!sessionHolder(something->pid()).isEmpty());
}

void TestSituations::s15_aSlotHoldsTheHorizon()
{
    auto maker = client("maker");
    QVERIFY(maker->run("SELECT pg_create_logical_replication_slot('forgotten', 'pgoutput')"));
    const QJsonObject slot = holder(u"slot"_s, [](const QJsonObject &one) { return one.value("name"_L1).toString() == "forgotten"_L1; });
    QCOMPARE(slot.value("state"_L1).toString(), u"inactive"_s);
    QVERIFY(slot.value("remedy"_L1).toString().contains(u"drop the slot"_s));
    QVERIFY(maker->run("SELECT pg_drop_replication_slot('forgotten')"));
}

void TestSituations::s16_aPreparedTransactionHoldsTheHorizon()
{
    auto maker = client("maker");
    QVERIFY(maker->run("BEGIN") && maker->run("UPDATE orders SET v = 1 WHERE id = 11") && maker->run("PREPARE TRANSACTION 'old'"));
    const QJsonObject held = holder(u"prepared transaction"_s, [](const QJsonObject &one) { return one.value("name"_L1).toString() == "old"_L1; });
    QVERIFY(held.value("remedy"_L1).toString().contains(u"ROLLBACK PREPARED 'old'"_s));
    QVERIFY(maker->run("ROLLBACK PREPARED 'old'"));
}

void TestSituations::s17_wraparoundVacuumBehindALock()
{
    // A table whose oldest row is 100,000 transactions old is vacuumed whatever stands in its way.
    auto maker = client("maker"), holder = client("holder");
    QVERIFY(maker->run("CREATE TABLE old (id int) WITH (autovacuum_freeze_max_age = 100000)") && maker->run("INSERT INTO old VALUES (1)"));
    QVERIFY(maker->run("CREATE PROCEDURE burn(n int) LANGUAGE plpgsql AS $$ BEGIN FOR i IN 1..n LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$"));
    QVERIFY(holder->run("BEGIN") && holder->run("LOCK TABLE old IN SHARE UPDATE EXCLUSIVE MODE"));
    QVERIFY(maker->run("SET synchronous_commit = off") && maker->run("CALL burn(110000)"));
    const QJsonObject tree = locks(1);
    QCOMPARE(rootsOf(tree), QList<int>{holder->pid()});
    const QJsonArray nodes = tree.value("nodes"_L1).toArray();
    const QJsonObject vacuum = nodes.at(0).toObject().value("pid"_L1).toInt() == holder->pid() ? nodes.at(1).toObject() : nodes.at(0).toObject();
    QVERIFY(vacuum.value("session"_L1).toObject().value("query"_L1).toString().endsWith(u"(to prevent wraparound)"_s));
    // It is not to be ended, and says why.
    const int pid = vacuum.value("pid"_L1).toInt();
    const QJsonObject refused = asked(u"terminate"_s, {QString::number(pid), u"--yes-end"_s, QString::number(pid)});
    QCOMPARE(refused.value("error"_L1).toObject().value("reason"_L1).toString(), u"must_not_end"_s);
    const QJsonArray tables = asked(u"horizon"_s).value("tables"_L1).toArray();
    QVERIFY(!tables.isEmpty());
    QVERIFY(tables.at(0).toObject().value("xid_age"_L1).toInteger() >= 100'000); // they stand in line, the oldest first
    QVERIFY(holder->run("COMMIT"));
    QTRY_COMPARE_WITH_TIMEOUT(asked(u"locks"_s).value("waiting"_L1).toInt(-1), 0, 20'000); // it went on
}

void TestSituations::s18_rowsOfOneTable()
{
    // Three want the same row: one waits for the transaction, the others for the row itself, behind it.
    auto root = client("root"), first = client("first"), second = client("second"), third = client("third");
    QVERIFY(root->run("BEGIN") && root->run("UPDATE orders SET v = 1 WHERE id = 12"));
    first->start("UPDATE orders SET v = 2 WHERE id = 12");
    QCOMPARE(locks(1).value("waiting"_L1).toInt(), 1);
    second->start("UPDATE orders SET v = 3 WHERE id = 12");
    QCOMPARE(locks(2).value("waiting"_L1).toInt(), 2);
    third->start("UPDATE orders SET v = 4 WHERE id = 12");
    const QJsonObject tree = locks(3);
    QCOMPARE(rootsOf(tree), QList<int>{root->pid()});
    QCOMPARE(parentOf(tree, second->pid()), first->pid());
    QVERIFY(nodeOf(tree, second->pid()).value("waits_for"_L1).toObject().value("object"_L1).toString().startsWith(u"row of public.orders (page 0, tuple "_s));
    QCOMPARE(nodeOf(tree, root->pid()).value("blocked"_L1).toInt(), 3);
}

void TestSituations::s19_aParallelQueryIsOneSession()
{
    auto leader = client("leader");
    for (const char *setting : {"SET debug_parallel_query = on", "SET parallel_setup_cost = 0", "SET min_parallel_table_scan_size = 0"})
        QVERIFY(leader->run(setting));
    QVERIFY(leader->run("CREATE FUNCTION slowly(i int) RETURNS int LANGUAGE plpgsql PARALLEL SAFE AS $$ BEGIN PERFORM pg_sleep(0.05); RETURN i; END $$"));
    leader->start("SELECT sum(slowly(i)) FROM wide WHERE i < 5000");
    QJsonObject seen;
    const auto look = [&] {
        const QJsonArray all = asked(u"sessions"_s).value("sessions"_L1).toArray();
        for (const QJsonValue &one : all) {
            if (one.toObject().value("pid"_L1).toInt() == leader->pid())
                seen = one.toObject();
        }
        return seen.value("workers"_L1).toInt() > 0;
    };
    QVERIFY(QTest::qWaitFor(look, 15'000));
    // A cancel ends them all, as the server confirms.
    const QJsonObject ended = asked(u"cancel"_s, {QString::number(leader->pid()), u"--yes-end"_s, QString::number(leader->pid())});
    QVERIFY(ended.value("confirmed"_L1).toBool());
}

void TestSituations::s20_maxConnectionsFull()
{
    auto root = client("root"), alter = client("alter");
    QVERIFY(root->run("BEGIN") && root->run("SELECT 1 FROM orders WHERE id = 1"));
    alter->start("ALTER TABLE orders ADD COLUMN w int");
    QCOMPARE(rootsOf(locks(1)), QList<int>{root->pid()});
    QString why;
    QVERIFY2(m_server->sql({"CREATE ROLE app LOGIN PASSWORD 'app'", "GRANT pg_read_all_data TO app"}, &why), qPrintable(why));
    // All that ordinary roles may have; then the reserved connection is what is left.
    std::vector<std::unique_ptr<pg::Connection>> crowd;
    pg::ConnectionSpec spec = m_server->spec().withRole(u"app"_s).withDatabase(u"work"_s);
    for (;;) {
        auto one = pg::Connection::open(spec, Secret("app"));
        if (!one) {
            QCOMPARE(one.error().sqlstate, u"53300"_s);
            break;
        }
        crowd.push_back(std::move(*one));
        QVERIFY(crowd.size() < 60);
    }
    const QJsonObject tree = asked(u"locks"_s);
    QCOMPARE(rootsOf(tree), QList<int>{root->pid()});
    QVERIFY(asked(u"terminate"_s, {QString::number(root->pid()), u"--yes-end"_s, QString::number(root->pid())}).value("confirmed"_L1).toBool());
    crowd.clear();
    QTRY_COMPARE_WITH_TIMEOUT(asked(u"locks"_s).value("waiting"_L1).toInt(-1), 0, 20'000);
}

void TestSituations::s21_aStandbyHoldsTheHorizon()
{
    // A copy that follows over the primary's socket, reads for long, and says so by hot_standby_feedback.
    QVERIFY(m_server->stop());
    test::ServerSetup following;
    following.copyOf = m_server.get();
    following.dataFiles << u"standby.signal"_s;
    following.settings = {u"max_connections=40"_s, u"max_prepared_transactions=5"_s, u"wal_level=logical"_s, u"hot_standby_feedback=on"_s, u"wal_receiver_status_interval=1s"_s,
                          u"primary_conninfo=host=%1 port=%2 user=postgres application_name=replica"_s.arg(m_server->folder()).arg(m_server->port())};
    QString why;
    const auto standby = TestServer::start(following, &why);
    QVERIFY2(standby, qPrintable(why));
    QVERIFY2(m_server->startAgain(&why), qPrintable(why));
    Client reader(inWork(*standby, u"report"_s), standby->password());
    QVERIFY(reader.run("BEGIN ISOLATION LEVEL REPEATABLE READ") && reader.run("SELECT count(*) FROM orders"));
    QJsonObject held;
    const auto seen = [&] {
        held = holder(u"standby"_s, [](const QJsonObject &one) { return one.value("name"_L1).toString() == "replica"_L1; });
        return !held.isEmpty();
    };
    QTRY_VERIFY_WITH_TIMEOUT(seen(), 20'000);
    QVERIFY(held.value("pid"_L1).toInt() > 0);
    QVERIFY(held.value("age"_L1).isDouble());
    QVERIFY2(held.value("remedy"_L1).toString().contains(u"standby"_s), qPrintable(held.value("remedy"_L1).toString()));
    QVERIFY(reader.run("COMMIT"));
}

QTEST_GUILESS_MAIN(TestSituations)
#include "tst_situations.moc"
