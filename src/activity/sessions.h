// SPDX-License-Identifier: GPL-3.0-or-later
// Who does what on the server: one reading of pg_stat_activity. A service: synchronous, on the link's thread; values of any thread.
// What the role may not see of others is nullopt or !permitted, never 0.
#pragma once

#include "base/canceltoken.h"
#include "pg/connection.h"

#include <QJsonObject>
#include <QString>
#include <QVector>

#include <optional>

namespace howdah::activity
{

struct Backend {
    int pid = 0;
    int leaderPid = 0; // of a parallel worker; 0: none
    QString database;
    QString role;
    QString application;
    QString client;    // "10.0.0.7:51234", "local"; empty: no client
    QString type;      // "client backend", "autovacuum worker", …
    QString state;     // "active", "idle in transaction", …; empty: not known
    QString waitType;
    QString wait;
    std::optional<qint64> backendMs; // ages when it was read, by the server's clock
    std::optional<qint64> transactionMs;
    std::optional<qint64> queryMs;
    std::optional<qint64> stateMs;
    std::optional<qint64> xidAge;  // transactions begun since its own number was given: it has changed something
    std::optional<qint64> xminAge; // of the oldest row version its snapshot may still see
    std::optional<qint64> queryStartUs; // Unix time by the server's clock: which statement it is; not in JSON
    QString queryId; // signed 64 bits as text; empty: not computed
    QString query;
    QVector<int> blockedBy; // 0: a prepared transaction
    bool permitted = true;  // false: what it does may not be seen
    bool own = false;       // the link that reads
    int workers = 0;        // parallel workers that it leads
    std::optional<qint64> tempBytes; // in temporary files of its own now; what parallel workers share is not counted. nullopt: may not be listed

    bool isWaitingForLock() const { return !blockedBy.isEmpty(); }
    // How far back it holds the horizon; nullopt: it holds nothing, whatever its state is called.
    std::optional<qint64> horizonAge() const;
    QJsonObject toJson() const;
    static Backend fromJson(const QJsonObject &json);
};

struct Sessions {
    qint64 atMs = 0;     // Unix time by the server's clock
    double serverMs = 0; // what the reading took there
    qint64 tempAtMs = 0; // when the temporary files were listed
    bool mayReadAll = true; // pg_read_all_stats
    QVector<Backend> backends;  // by pid
    int leftOut = 0;            // of a kept reading: those that there was no room for
    int leftOutActive = 0;      // of them, those that worked

    const Backend *find(int pid) const;
    bool anyWaits() const; // for a lock
    QJsonObject toJson() const;
    static Sessions fromJson(const QJsonObject &json); // what is missing is not known
};

// Everything. Errors: the link's; nothing of its own.
Result<Sessions> readSessions(pg::Connection &connection, const CancelToken &cancel = {});

// The same for less of the server's time: texts of statements that `earlier` has aren't sent again, and its temporary files are taken for a few seconds.
Result<Sessions> readSessionsAfter(pg::Connection &connection, const Sessions &earlier, const CancelToken &cancel = {});

} // namespace howdah::activity
