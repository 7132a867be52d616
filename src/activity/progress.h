// SPDX-License-Identifier: GPL-3.0-or-later
// What reports its progress: vacuum, analyze, cluster, create index, copy, base backup. A service; values of any thread.
#pragma once

#include "base/canceltoken.h"
#include "pg/connection.h"

#include <QJsonObject>
#include <QVector>

#include <optional>

namespace howdah::activity
{

struct Task {
    QString kind;      // "vacuum", "create index", …
    int pid = 0;
    QString database;
    QString relation;  // empty: of another database, or none
    quint32 relationOid = 0;
    QString command;   // "CREATE INDEX CONCURRENTLY"
    QString phase;     // the server's word; empty: of another role, and not permitted
    std::optional<qint64> done; // of the phase; nullopt: this server does not count it
    std::optional<qint64> total;
    QString unit;      // "blocks", "rows", "B", "indexes", "sessions waited for"
    std::optional<double> delayMs; // slept by the cost limit, 18 and later with track_cost_delay_timing
    int inTheWay = 0;  // process that CREATE INDEX waits for now; 0: none
    std::optional<qint64> runningMs;

    bool isPermitted() const { return !phase.isEmpty(); }
    std::optional<double> share() const; // 0 to 1; nullopt where there is no total
    QJsonObject toJson() const;
    static Task fromJson(const QJsonObject &json);
};

struct Tasks {
    qint64 atMs = 0; // Unix time
    QVector<Task> tasks;
    QJsonObject toJson() const;
    static Tasks fromJson(const QJsonObject &json);
};
Result<Tasks> readTasks(pg::Connection &connection, const CancelToken &cancel = {});

// Between two readings of one task in one phase; nullopt where nothing moved, the phase changed, or nothing is counted.
struct Pace {
    std::optional<double> perSecond;
    std::optional<qint64> leftMs;
};
Pace paceBetween(const Tasks &before, const Tasks &now, const Task &task);

} // namespace howdah::activity
