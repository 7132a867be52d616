// SPDX-License-Identifier: GPL-3.0-or-later
// What statements wait for, sampled each second: by wait event, and where that is a lock, on which relation and held up
// by whom. A reading is one cheap statement, and a second one of the locks only where somebody waits for one. One task
// at a time, on whichever thread has the link.
#pragma once

#include "activity/sessions.h"
#include "activity/waits.h"
#include "statements/snapshot.h"

#include <map>

namespace howdah::advise
{

struct Blocker {
    statements::Key key; // of what it runs, or ran last; queryId 0: not known
    QString text;        // the beginning, masked; empty: not known
    QString state;       // "idle in transaction"
    QString preparedGid; // "a prepared transaction" holds the lock, and has no process
    bool isPrepared = false;
    int seen = 0; // samples in which it held this statement up
};

struct RelationOid {
    quint32 database = 0;
    quint32 relation = 0;
    bool operator<(const RelationOid &other) const
    {
        return std::tie(database, relation) < std::tie(other.database, other.relation);
    }
};

struct StatementWaits {
    statements::Key key; // sinceUs 0; roleId and databaseId 0: of samples that do not tell (activity's)
    QString text;        // as a session that waited for a lock showed it: the beginning, masked
    int samples = 0;     // sessions seen in it, over all readings
    std::map<std::pair<QString, QString>, int> events; // {type, event}: samples; both empty: it ran
    QVector<Blocker> blockers;                         // of lock waits, at the root of the queue; most seen first
    std::map<RelationOid, int> relations;              // what was waited for
    int waitingStill = 0; // lock samples of those that waited at the last reading: the server has not counted them yet

    int waitedFor(QStringView type) const;
};

struct WaitProfile {
    int readings = 0;
    double periodMs = 1000; // a sample stands for so much
    bool mayReadAll = true;
    bool tellsBlockers = true; // false: of activity's samples, which keep the event and the query alone
    QVector<StatementWaits> statements;

    const StatementWaits *
    find(const statements::Key &key) const; // also where the samples do not tell role and database
};

class WaitWatch
{
public:
    explicit WaitWatch(int periodMs) : m_periodMs(periodMs) {}
    Done sample(pg::Connection &connection, const CancelToken &cancel = {});
    WaitProfile profile() const;

private:
    struct Session;
    Result<std::map<int, RelationOid>> relationsOf(pg::Connection &connection, const QVector<int> &pids,
                                                   const CancelToken &cancel);
    void add(const std::map<int, Session> &sessions, const std::map<int, RelationOid> &relations);
    StatementWaits &of(const Session &session);

    int m_periodMs;
    int m_readings = 0;
    bool m_mayReadAll = true;
    QHash<statements::Key, StatementWaits> m_statements;
    std::map<int, std::pair<statements::Key, int>>
        m_waiting; // process: for which statement, and for how many readings on end
};

// Of what the window keeps: the samples, and each ten seconds for an hour the sessions at work, which tell who blocked.
// No relation.
WaitProfile profileOf(const QVector<activity::WaitSample> &samples, const QVector<activity::Sessions> &sessions = {});

} // namespace howdah::advise
