// SPDX-License-Identifier: GPL-3.0-or-later
// Who waits for whom, made of readings, without a server.
#include "activity/locktree.h"

#include <QTest>

#include <algorithm>
#include <tuple>

using namespace howdah::activity;
using namespace Qt::StringLiterals;

namespace
{

Backend waiter(int pid, const QVector<int> &blockers)
{
    Backend backend;
    backend.pid = pid;
    backend.blockedBy = blockers;
    return backend;
}

ObjectLock lockOf(int pid, const QString &mode, bool granted)
{
    ObjectLock lock;
    lock.pid = pid;
    lock.kind = u"relation"_s;
    lock.relation = u"public.orders"_s;
    lock.relationOid = 4711;
    lock.databaseOid = 1;
    lock.mode = mode;
    lock.granted = granted;
    return lock;
}

LockNode nodeOf(const LockTree &tree, int pid)
{
    const auto found = std::find_if(tree.nodes.cbegin(), tree.nodes.cend(), [pid](const LockNode &one) { return one.pid == pid; });
    return found == tree.nodes.cend() ? LockNode() : *found;
}

} // namespace

class TestLockTree : public QObject
{
    Q_OBJECT
private slots:
    void aLongQueueIsNoRecursion();
    void aBlockerThatIsGoneIsStillNamed();
    void cyclesOfAnySizeEnd();
    void aCycleThatIsNotTheTreesIsFound();
    void everyBlockerCountsItsWaiters();
    void whatDoesNotConflictIsNoBlocker();
    void aWorkerIsItsLeader();
    void locksThatAreOlderThanTheSessions();
};

void TestLockTree::aLongQueueIsNoRecursion()
{
    Sessions sessions;
    Backend root;
    root.pid = 1;
    sessions.backends.append(root);
    for (int pid = 2; pid <= 20'000; ++pid)
        sessions.backends.append(waiter(pid, {pid - 1}));
    const LockTree tree = lockTreeOf(sessions, {});
    QCOMPARE(tree.roots.size(), 1);
    QCOMPARE(tree.nodes.at(tree.roots.constFirst()).pid, 1);
    QCOMPARE(tree.nodes.at(tree.roots.constFirst()).blocked, 19'999);
}

void TestLockTree::aBlockerThatIsGoneIsStillNamed()
{
    Sessions sessions;
    sessions.backends = {waiter(7, {4})};
    const LockTree tree = lockTreeOf(sessions, {});
    QCOMPARE(tree.roots.size(), 1);
    QCOMPARE(tree.nodes.at(tree.roots.constFirst()).pid, 4);
    QVERIFY(!tree.backend(tree.nodes.at(tree.roots.constFirst())));
}

void TestLockTree::cyclesOfAnySizeEnd()
{
    for (const int size : {2, 3, 50}) {
        Sessions sessions;
        for (int i = 0; i < size; ++i)
            sessions.backends.append(waiter(10 + i, {10 + (i + 1) % size}));
        sessions.backends.append(waiter(1000, {10})); // and one that hangs on it
        const LockTree tree = lockTreeOf(sessions, {});
        QCOMPARE(tree.roots.size(), 1);
        QCOMPARE(tree.nodes.at(tree.roots.constFirst()).blocked, size);
        int members = 0;
        for (const LockNode &node : tree.nodes)
            members += node.inCycle;
        QCOMPARE(members, size);
    }
}

void TestLockTree::aCycleThatIsNotTheTreesIsFound()
{
    // 1 waits for 5 first, which waits for nobody, and for 2, which waits for 1.
    Sessions sessions;
    sessions.backends = {waiter(1, {5, 2}), waiter(2, {1})};
    const LockTree tree = lockTreeOf(sessions, {});
    for (const LockNode &node : tree.nodes)
        QCOMPARE(node.inCycle, node.pid != 5);
}

void TestLockTree::everyBlockerCountsItsWaiters()
{
    // Two readers of a table, an ALTER behind both, and three behind the ALTER.
    Sessions sessions;
    sessions.backends = {waiter(10, {1, 2}), waiter(11, {10}), waiter(12, {10}), waiter(13, {10})};
    Locks locks;
    locks.locks = {lockOf(1, u"AccessShareLock"_s, true), lockOf(2, u"AccessShareLock"_s, true), lockOf(10, u"AccessExclusiveLock"_s, false)};
    for (const int pid : {11, 12, 13})
        locks.locks.append(lockOf(pid, u"AccessShareLock"_s, false));
    const LockTree tree = lockTreeOf(sessions, locks);
    QCOMPARE(tree.roots.size(), 2);
    for (const int root : tree.roots) {
        QCOMPARE(tree.nodes.at(root).blocked, 4);
        QVERIFY(tree.nodes.at(root).shared);
        QCOMPARE(tree.nodes.at(root).holds->mode, u"AccessShareLock"_s);
    }
    QCOMPARE(nodeOf(tree, 10).blocked, 3);
    QVERIFY(!nodeOf(tree, 10).shared);
    QCOMPARE(nodeOf(tree, 11).soft, std::optional(true));
    QCOMPARE(nodeOf(tree, 10).soft, std::optional(false));
}

void TestLockTree::whatDoesNotConflictIsNoBlocker()
{
    // 5 has read the table and waits to change it: who reads it queues behind 5 and is not held up by what 5 holds.
    Sessions sessions;
    sessions.backends = {waiter(5, {1}), waiter(6, {5}), waiter(7, {0})};
    Locks locks;
    locks.locks = {lockOf(1, u"AccessShareLock"_s, true), lockOf(5, u"AccessShareLock"_s, true), lockOf(5, u"AccessExclusiveLock"_s, false),
                   lockOf(6, u"AccessShareLock"_s, false)};
    // Of two prepared transactions on another table only one shuts the writer out; a third holds the same number in another database.
    ObjectLock other = lockOf(7, u"RowExclusiveLock"_s, false);
    other.relationOid = 4712;
    locks.locks.append(other);
    other.pid = 0;
    other.granted = true;
    for (const auto &[gid, mode, database] : {std::tuple(u"innocent"_s, u"RowExclusiveLock"_s, 1U), std::tuple(u"elsewhere"_s, u"ShareLock"_s, 2U),
                                              std::tuple(u"holder"_s, u"ShareLock"_s, 1U)}) {
        other.preparedGid = gid;
        other.mode = mode;
        other.databaseOid = database;
        locks.locks.append(other);
    }
    const LockTree tree = lockTreeOf(sessions, locks);
    QCOMPARE(nodeOf(tree, 6).soft, std::optional(true));
    QVERIFY(!nodeOf(tree, 5).holds);
    QStringList prepared;
    for (const LockNode &node : tree.nodes) {
        if (node.pid == 0)
            prepared << node.preparedGid;
    }
    QCOMPARE(prepared, QStringList{u"holder"_s});
    // And so it is in a file.
    QCOMPARE(lockTreeOf(sessions, Locks::fromJson(locks.toJson())).toJson(), tree.toJson());
}

void TestLockTree::aWorkerIsItsLeader()
{
    Sessions sessions;
    Backend worker = waiter(21, {9});
    worker.leaderPid = 20;
    Backend leader;
    leader.pid = 20;
    sessions.backends = {leader, worker, waiter(30, {20})};
    const LockTree tree = lockTreeOf(sessions, {});
    QCOMPARE(tree.waiting, 2);
    QCOMPARE(tree.roots.size(), 1);
    QCOMPARE(tree.nodes.at(tree.roots.constFirst()).pid, 9);
    QCOMPARE(tree.nodes.at(tree.roots.constFirst()).blocked, 2);
    QCOMPARE(nodeOf(tree, 21).pid, 0); // no node of its own
}

void TestLockTree::locksThatAreOlderThanTheSessions()
{
    Sessions then;
    then.atMs = 100'000;
    then.backends = {waiter(7, {4}), waiter(8, {4})};
    then.backends[0].queryMs = 500;
    then.backends[1].queryMs = 500;
    Locks locks;
    locks.atMs = 100'010;
    for (const int pid : {7, 8}) {
        locks.locks.append(lockOf(pid, u"AccessShareLock"_s, false));
        locks.locks.last().waitingMs = 400;
    }
    QVERIFY(!isStale(locks, then, then));
    // Ten seconds later: one waits still, the other has begun another statement and waits again.
    Sessions now = then;
    now.atMs = 110'010;
    now.backends[0].queryMs = 10'510;
    now.backends[1].queryMs = 3000;
    QVERIFY(isStale(locks, then, now));
    const LockTree tree = lockTreeOf(now, locks);
    QCOMPARE(nodeOf(tree, 7).waitingMs, std::optional<qint64>(10'400));
    QCOMPARE(nodeOf(tree, 7).waitsFor->relation, u"public.orders"_s);
    QVERIFY(!nodeOf(tree, 8).waitsFor && !nodeOf(tree, 8).waitingMs);
    // Nothing new: the same statements, the same blockers. Then another blocker, and somebody new.
    now.backends[1].queryMs = 10'510;
    QVERIFY(!isStale(locks, then, now));
    now.backends[1].blockedBy = {4, 5};
    QVERIFY(isStale(locks, then, now));
    now.backends[1].blockedBy = {4};
    now.backends.append(waiter(9, {4}));
    QVERIFY(isStale(locks, then, now));
}

QTEST_APPLESS_MAIN(TestLockTree)
#include "tst_locktree.moc"
