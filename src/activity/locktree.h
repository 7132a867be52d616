// SPDX-License-Identifier: GPL-3.0-or-later
// Who waits for whom, as a tree: roots are those that block others and wait for nobody. Made of one reading of the sessions and, where there is
// one, of the locks; pure functions of values beside the one service that reads the locks.
#pragma once

#include "activity/sessions.h"

namespace howdah::activity
{

// A lock on something that somebody waits for.
struct ObjectLock {
    int pid = 0;             // 0: a prepared transaction
    QString preparedGid;     // of it
    QString transactionId;   // of a wait for a transaction's end
    QString kind;            // "relation", "transactionid", "tuple", "advisory", …
    QString mode;            // "AccessExclusiveLock"
    bool granted = false;
    std::optional<qint64> waitingMs;
    QString relation;        // "public.orders"; empty: none, or of another database
    quint32 relationOid = 0;
    quint32 databaseOid = 0; // 0: of no database, as a transaction is
    QString detail;          // "page 3, tuple 7", the key of an advisory lock

    QString objectText() const; // "public.orders", "row of public.orders (page 3, tuple 7)", "transaction 4711", "advisory lock 42"
};

struct Prepared {
    QString gid;
    QString transactionId;
    QString role;
    QString database;
    std::optional<qint64> preparedMs;
    std::optional<qint64> xidAge;
};

// What a reading of the whole lock table gives; heavy (46 ms of the server at 50,000 locks), so it is made seldom.
struct Locks {
    qint64 atMs = 0;     // Unix time by the server's clock
    double serverMs = 0; // as seen from here
    QVector<ObjectLock> locks;
    QVector<Prepared> prepared;
    QJsonObject toJson() const;
    static Locks fromJson(const QJsonObject &json);
};
Result<Locks> readLocks(pg::Connection &connection, const CancelToken &cancel = {});

struct LockNode {
    int pid = 0;             // 0: a prepared transaction
    QString preparedGid;
    int parent = -1;         // index in LockTree::nodes; -1: a root
    QVector<int> children;
    QVector<int> alsoBlockedBy; // pids, beside the parent
    std::optional<bool> soft; // its parent does not hold the lock: it queues before it. nullopt: what it waits for is not known
    bool inCycle = false;    // waits for itself round a corner, over whatever way: deadlock_timeout will end one of them
    int blocked = 0;         // all who wait for it, directly or not; they need not stand below it, since others may hold them up too
    bool shared = false;     // somebody who waits for it is held up by another as well: its end alone frees not all
    std::optional<ObjectLock> waitsFor;
    std::optional<ObjectLock> holds; // what of its locks its children wait for, where it is known
    std::optional<qint64> waitingMs;
};

struct LockTree {
    qint64 atMs = 0;
    QVector<LockNode> nodes;
    QVector<int> roots;   // most blocked first
    int waiting = 0;      // backends that wait for a lock
    bool mayReadAll = true;
    Sessions sessions;
    Locks locks;

    const Prepared *prepared(const LockNode &node) const; // null: none, or not known
    const Backend *backend(const LockNode &node) const { return node.pid ? sessions.find(node.pid) : nullptr; }
    QJsonObject toJson() const;
};

// Whether somebody waits whom the locks, read after the sessions `then`, say nothing of, or who waits for others than then.
bool isStale(const Locks &locks, const Sessions &then, const Sessions &now);
// Of locks that were read after the sessions `then`, what may still be so: without the waits of those that wait for others now.
Locks stillTrue(const Locks &locks, const Sessions &then, const Sessions &now);
LockTree lockTreeOf(const Sessions &sessions, const Locks &locks);
Result<LockTree> readLockTree(pg::Connection &connection, const CancelToken &cancel = {}); // both readings

} // namespace howdah::activity
