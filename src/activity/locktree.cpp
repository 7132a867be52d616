// SPDX-License-Identifier: GPL-3.0-or-later
#include "activity/locktree.h"

#include "activity/lockmode.h"
#include "activity/reach.h"

#include <QDateTime>
#include <QElapsedTimer>
#include <QHash>
#include <QJsonArray>
#include <QSet>

#include <algorithm>

namespace howdah::activity
{

using namespace Qt::StringLiterals;

QString ObjectLock::objectText() const
{
    const QString named = relation.isEmpty() ? (relationOid ? u"a relation of another database"_s : QString()) : relation;
    if (kind == "relation"_L1)
        return named;
    if (kind == "tuple"_L1)
        return u"row of %1 (%2)"_s.arg(named, detail);
    if (kind == "transactionid"_L1)
        return u"transaction %1"_s.arg(transactionId);
    if (kind == "virtualxid"_L1)
        return u"snapshot of transaction %1"_s.arg(detail);
    if (kind == "advisory"_L1)
        return u"advisory lock %1"_s.arg(detail);
    if (kind == "extend"_L1)
        return u"extension of %1"_s.arg(named);
    return named.isEmpty() ? kind : u"%1 of %2"_s.arg(kind, named);
}

static Result<QVector<Prepared>> readPrepared(pg::Connection &connection, const CancelToken &cancel)
{
    const auto rows = connection.runFile(u"activity/prepared"_s, {}, {}, cancel);
    if (!rows)
        return fail(Error(rows.error()).during(u"read the prepared transactions"_s));
    QVector<Prepared> all;
    for (qsizetype row = 0; row < rows->size(); ++row)
        all.append({rows->text(row, "gid"_L1), rows->text(row, "transaction_id"_L1), rows->text(row, "role"_L1), rows->text(row, "database"_L1),
                    rows->integer(row, "prepared_ms"_L1), rows->integer(row, "xid_age"_L1)});
    return all;
}

Result<Locks> readLocks(pg::Connection &connection, const CancelToken &cancel)
{
    QElapsedTimer clock;
    clock.start();
    pg::RunOptions options;
    options.prepared = true;
    const auto rows = connection.runFile(u"activity/locks_waited"_s, {}, options, cancel);
    if (!rows)
        return fail(Error(rows.error()).during(u"read the locks"_s));
    Locks locks;
    locks.locks.reserve(rows->size());
    for (qsizetype row = 0; row < rows->size(); ++row) {
        ObjectLock lock;
        lock.pid = int(rows->integer(row, "pid"_L1).value_or(0));
        lock.preparedGid = rows->text(row, "prepared_gid"_L1);
        lock.transactionId = rows->text(row, "transaction_id"_L1);
        lock.kind = rows->text(row, "lock_type"_L1);
        lock.mode = rows->text(row, "mode"_L1);
        lock.granted = rows->boolean(row, "granted"_L1).value_or(false);
        lock.waitingMs = rows->integer(row, "waiting_ms"_L1);
        lock.relation = rows->text(row, "relation"_L1);
        lock.relationOid = quint32(rows->integer(row, "relation_oid"_L1).value_or(0));
        lock.databaseOid = quint32(rows->integer(row, "database_oid"_L1).value_or(0));
        lock.detail = rows->text(row, "detail"_L1);
        locks.locks.append(lock);
    }
    auto prepared = readPrepared(connection, cancel);
    if (!prepared)
        return fail(std::move(prepared.error()));
    locks.prepared = *std::move(prepared);
    locks.serverMs = double(clock.nsecsElapsed()) / 1e6;
    locks.atMs = rows->isEmpty() ? QDateTime::currentMSecsSinceEpoch() : rows->integer(0, "at_ms"_L1).value_or(0);
    return locks;
}

namespace
{

bool sameObject(const ObjectLock &one, const ObjectLock &other)
{
    return one.kind == other.kind && one.databaseOid == other.databaseOid && one.relationOid == other.relationOid
        && one.transactionId == other.transactionId && one.detail == other.detail;
}

// Grows the tree from its waiters: a node for each backend that waits or blocks. A parallel worker is its leader, as pg_blocking_pids has it.
class Builder
{
public:
    Builder(LockTree &tree, const Locks &locks) : m_tree(tree), m_locksAgeMs(std::max<qint64>(0, tree.atMs - locks.atMs))
    {
        for (const Backend &backend : std::as_const(tree.sessions.backends)) {
            if (backend.leaderPid)
                m_leader.insert(backend.pid, backend.leaderPid);
        }
        for (const ObjectLock &lock : locks.locks)
            (lock.granted ? m_held[leaderOf(lock.pid)] : m_waited[lock.pid]).append(lock);
    }

    void build()
    {
        for (const Backend &backend : std::as_const(m_tree.sessions.backends)) {
            if (backend.isWaitingForLock())
                addWaiter(backend);
        }
        m_tree.waiting = int(m_waits.size());
        QVector<int> walkOf(m_tree.nodes.size(), 0);
        for (int i = 0; i < m_tree.nodes.size(); ++i)
            breakCycle(i, walkOf);
        for (int i = 0; i < m_tree.nodes.size(); ++i) {
            const int parent = m_tree.nodes.at(i).parent;
            if (parent < 0)
                m_tree.roots.append(i);
            else
                m_tree.nodes[parent].children.append(i);
        }
        const std::vector<Reach> reach = reachOf(m_waiters);
        for (int i = 0; i < m_tree.nodes.size(); ++i) {
            m_tree.nodes[i].blocked = reach[size_t(i)].others;
            m_tree.nodes[i].inCycle = reach[size_t(i)].itself;
        }
        sortByBlocked(m_tree.roots);
        for (LockNode &node : m_tree.nodes)
            sortByBlocked(node.children);
    }

private:
    int leaderOf(int pid) const { return m_leader.value(pid, pid); }

    int nodeOf(const QString &key, int pid, const QString &gid)
    {
        if (const auto known = m_index.constFind(key); known != m_index.cend())
            return *known;
        LockNode node;
        node.pid = pid;
        node.preparedGid = gid;
        m_tree.nodes.append(node);
        m_waiters.emplace_back();
        m_index.insert(key, int(m_tree.nodes.size()) - 1);
        return int(m_tree.nodes.size()) - 1;
    }
    int nodeOf(int pid) { return nodeOf(QString::number(pid), pid, {}); }

    // Of those that one holds on the object the strongest that shuts the waiter out.
    std::optional<ObjectLock> heldAgainst(const ObjectLock &waited, int pid, const QString &gid) const
    {
        const QVector<ObjectLock> held = m_held.value(pid);
        std::optional<ObjectLock> strongest;
        for (const ObjectLock &lock : held) {
            if (sameObject(lock, waited) && conflict(lock.mode, waited.mode) && (pid != 0 || lock.preparedGid == gid)
                && (!strongest || strengthOf(lock.mode) > strengthOf(strongest->mode)))
                strongest = lock;
        }
        return strongest;
    }

    // Prepared transactions have no process: they are known by what they hold against the waiter. `self`: whose, where not even that is known.
    QVector<int> preparedAgainst(const std::optional<ObjectLock> &waited, int self)
    {
        QVector<int> nodes;
        const QVector<ObjectLock> held = waited ? m_held.value(0) : QVector<ObjectLock>();
        for (const ObjectLock &lock : held) {
            if (!sameObject(lock, *waited) || !conflict(lock.mode, waited->mode))
                continue;
            if (const int node = nodeOf(u"prepared "_s + lock.preparedGid, 0, lock.preparedGid); !nodes.contains(node))
                nodes.append(node);
        }
        if (nodes.isEmpty())
            nodes.append(nodeOf(u"prepared, before "_s + QString::number(m_tree.nodes.at(self).pid), 0, {}));
        return nodes;
    }

    QVector<int> blockersOf(const Backend &backend, int self)
    {
        QVector<int> blockers;
        const auto waited = m_tree.nodes.at(self).waitsFor;
        for (const int pid : backend.blockedBy) {
            const QVector<int> nodes = pid ? QVector<int>{nodeOf(leaderOf(pid))} : preparedAgainst(waited, self);
            for (const int node : nodes) {
                if (node != self && !blockers.contains(node))
                    blockers.append(node);
            }
        }
        return blockers;
    }

    void addWaiter(const Backend &backend)
    {
        const int self = nodeOf(leaderOf(backend.pid));
        // Of a leader and its workers one wait stands for all.
        if (m_waits.contains(self))
            return;
        m_waits.insert(self);
        // The locks may be older than the sessions: then they tell nothing of a statement that has begun since.
        const QVector<ObjectLock> waits = backend.queryMs && *backend.queryMs < m_locksAgeMs ? QVector<ObjectLock>() : m_waited.value(backend.pid);
        if (!waits.isEmpty()) {
            m_tree.nodes[self].waitsFor = waits.constFirst();
            if (const auto waited = waits.constFirst().waitingMs)
                m_tree.nodes[self].waitingMs = *waited + m_locksAgeMs;
        }
        const auto waited = m_tree.nodes.at(self).waitsFor;
        const QVector<int> blockers = blockersOf(backend, self);
        // The parent: who holds what is waited for, before who only queues for it.
        int parent = -1, holders = 0;
        bool parentHolds = false;
        for (const int node : blockers) {
            const auto held = waited ? heldAgainst(*waited, m_tree.nodes.at(node).pid, m_tree.nodes.at(node).preparedGid) : std::nullopt;
            m_waiters[size_t(node)].push_back(self);
            if (held && !m_tree.nodes.at(node).holds)
                m_tree.nodes[node].holds = held;
            holders += held ? 1 : 0;
            if (parent >= 0 && (parentHolds || !held)) {
                m_tree.nodes[self].alsoBlockedBy.append(m_tree.nodes.at(node).pid);
                continue;
            }
            if (parent >= 0)
                m_tree.nodes[self].alsoBlockedBy.append(m_tree.nodes.at(parent).pid);
            parent = node;
            parentHolds = held.has_value();
        }
        m_tree.nodes[self].parent = parent;
        if (parentHolds)
            m_tree.nodes[self].soft = false;
        else if (parent >= 0 && waited && waitsForSame(m_tree.nodes.at(parent).pid, *waited))
            m_tree.nodes[self].soft = true;
        for (const int node : blockers)
            m_tree.nodes[node].shared = m_tree.nodes.at(node).shared || holders > 1;
    }

    bool waitsForSame(int pid, const ObjectLock &waited) const
    {
        const QVector<ObjectLock> waits = m_waited.value(pid);
        return std::any_of(waits.cbegin(), waits.cend(), [&](const ObjectLock &lock) { return sameObject(lock, waited); });
    }

    // Up from each node: where one meets itself again the tree is cut above the member with the lowest process number. `walk` tells the
    // nodes of this way up from those that were found sound before.
    void breakCycle(int start, QVector<int> &walkOf)
    {
        const int walk = start + 1;
        int node = start;
        while (node >= 0 && walkOf.at(node) == 0) {
            walkOf[node] = walk;
            node = m_tree.nodes.at(node).parent;
        }
        if (node < 0 || walkOf.at(node) != walk)
            return;
        int top = node;
        int member = node;
        do {
            if (m_tree.nodes.at(member).pid < m_tree.nodes.at(top).pid)
                top = member;
            member = m_tree.nodes.at(member).parent;
        } while (member != node);
        m_tree.nodes[top].alsoBlockedBy.prepend(m_tree.nodes.at(m_tree.nodes.at(top).parent).pid);
        m_tree.nodes[top].parent = -1;
    }

    void sortByBlocked(QVector<int> &list) const
    {
        std::sort(list.begin(), list.end(), [this](int a, int b) {
            const LockNode &one = m_tree.nodes.at(a), &other = m_tree.nodes.at(b);
            if (one.blocked != other.blocked)
                return one.blocked > other.blocked;
            const qint64 oneWaits = one.waitingMs.value_or(0), otherWaits = other.waitingMs.value_or(0);
            return oneWaits != otherWaits ? oneWaits > otherWaits : one.pid < other.pid;
        });
    }

    LockTree &m_tree;
    qint64 m_locksAgeMs;
    QHash<int, int> m_leader; // of a parallel worker
    QHash<int, QVector<ObjectLock>> m_waited, m_held;
    QHash<QString, int> m_index;
    QSet<int> m_waits;                       // nodes
    std::vector<std::vector<int>> m_waiters; // of each node, those that wait for it
};

QJsonValue lockJson(const std::optional<ObjectLock> &lock)
{
    if (!lock)
        return QJsonValue::Null;
    return QJsonObject{{u"kind"_s, lock->kind}, {u"mode"_s, lock->mode}, {u"object"_s, lock->objectText()}};
}

} // namespace

bool isStale(const Locks &locks, const Sessions &then, const Sessions &now)
{
    return std::any_of(now.backends.cbegin(), now.backends.cend(), [&](const Backend &backend) {
        if (!backend.isWaitingForLock())
            return false;
        const Backend *before = then.find(backend.pid);
        return !before || before->blockedBy != backend.blockedBy || backend.queryMs.value_or(0) < now.atMs - locks.atMs;
    });
}

Locks stillTrue(const Locks &locks, const Sessions &then, const Sessions &now)
{
    Locks kept = locks;
    kept.locks.removeIf([&](const ObjectLock &lock) {
        if (lock.granted)
            return false;
        const Backend *before = then.find(lock.pid), *one = now.find(lock.pid);
        return !before || !one || before->blockedBy != one->blockedBy;
    });
    return kept;
}

LockTree lockTreeOf(const Sessions &sessions, const Locks &locks)
{
    LockTree tree;
    tree.atMs = sessions.atMs;
    tree.mayReadAll = sessions.mayReadAll;
    tree.sessions = sessions;
    tree.locks = locks;
    Builder(tree, locks).build();
    return tree;
}

Result<LockTree> readLockTree(pg::Connection &connection, const CancelToken &cancel)
{
    // The sessions first: a wait that ended in between then lacks its lock, which shows; the other way round it would be missing.
    auto sessions = readSessions(connection, cancel);
    if (!sessions)
        return fail(std::move(sessions.error()));
    Locks locks;
    if (sessions->anyWaits()) {
        auto read = readLocks(connection, cancel);
        if (!read)
            return fail(std::move(read.error()));
        locks = *std::move(read);
    }
    return lockTreeOf(*sessions, locks);
}

const Prepared *LockTree::prepared(const LockNode &node) const
{
    const auto found = std::find_if(locks.prepared.cbegin(), locks.prepared.cend(),
                                    [&node](const Prepared &one) { return node.pid == 0 && one.gid == node.preparedGid; });
    return found == locks.prepared.cend() ? nullptr : &*found;
}

QJsonObject LockTree::toJson() const
{
    QJsonArray all;
    for (const LockNode &node : nodes) {
        QJsonObject json{{u"pid"_s, node.pid ? QJsonValue(node.pid) : QJsonValue(QJsonValue::Null)},
                         {u"prepared"_s, node.preparedGid.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(node.preparedGid)},
                         {u"parent"_s, node.parent < 0 ? QJsonValue(QJsonValue::Null) : QJsonValue(node.parent)},
                         {u"soft"_s, node.soft ? QJsonValue(*node.soft) : QJsonValue(QJsonValue::Null)},
                         {u"in_cycle"_s, node.inCycle},
                         {u"blocked"_s, node.blocked},
                         {u"shared"_s, node.shared},
                         {u"waiting_ms"_s, node.waitingMs ? QJsonValue(*node.waitingMs) : QJsonValue(QJsonValue::Null)},
                         {u"waits_for"_s, lockJson(node.waitsFor)},
                         {u"holds"_s, lockJson(node.holds)}};
        QJsonArray also;
        for (const int pid : node.alsoBlockedBy)
            also.append(pid);
        json.insert(u"also_blocked_by"_s, also);
        const Backend *one = backend(node);
        json.insert(u"session"_s, one ? QJsonValue(one->toJson()) : QJsonValue(QJsonValue::Null));
        all.append(json);
    }
    QJsonArray rootList;
    for (const int root : roots)
        rootList.append(root);
    return {{u"at_ms"_s, atMs}, {u"waiting"_s, waiting}, {u"may_read_all"_s, mayReadAll}, {u"roots"_s, rootList}, {u"nodes"_s, all}};
}

} // namespace howdah::activity
