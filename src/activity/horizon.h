// SPDX-License-Identifier: GPL-3.0-or-later
// What holds back the oldest row versions that vacuum may remove, and how far the databases are from wraparound. A service; values.
#pragma once

#include "base/canceltoken.h"
#include "pg/connection.h"

#include <QJsonObject>
#include <QVector>

#include <optional>

namespace howdah::activity
{

struct Holder {
    QString kind;     // "session", "autovacuum", "standby", "prepared transaction", "slot"; "not known": a process that this role may not look at
    QString name;     // application, gid or slot
    int pid = 0;      // 0: none
    QString database;
    QString role;
    QString state;
    std::optional<qint64> age; // transactions
    std::optional<qint64> heldMs;
    QString detail;   // its statement, the kind of slot

    // The one thing that lets go of it, in words: "Commit or roll back, or terminate backend 4711".
    QString remedy() const;
};

struct DatabaseAge {
    QString name;
    qint64 xidAge = 0;
    qint64 multixactAge = 0;
    qint64 freezeMaxAge = 0; // autovacuum is forced from here on
    qint64 multixactFreezeMaxAge = 0;
    qint64 failsafeAge = 0;  // vacuum skips indexes from here on
    qint64 multixactFailsafeAge = 0;

    static constexpr qint64 stopAge = 2'147'483'648 - 3'000'000; // no transaction is begun any more (varsup.c, xidStopLimit)
    enum class Verdict { Ok, Forced, Failsafe, NearStop };
    Verdict verdict() const; // the worse of both counters
    QString verdictText() const;
};

struct TableAge {
    quint32 oid = 0;
    QString name;
    qint64 xidAge = 0;
    qint64 multixactAge = 0;
    qint64 freezeMaxAge = 0;
    QString lastVacuum; // the later of both, the server's text; empty: never
    std::optional<qint64> deadRows;
    std::optional<bool> vacuumRunning; // nullopt: one runs, and on what may not be seen
};

struct Horizon {
    qint64 atMs = 0;
    QVector<Holder> holders;      // oldest first
    QVector<DatabaseAge> databases; // oldest first
    QVector<TableAge> tables;     // of the connected database, oldest first
    bool mayReadAll = true;       // false: sessions and standbys of other roles may hold it too and aren't seen
    QJsonObject toJson() const;
    static Horizon fromJson(const QJsonObject &json);
};
Result<Horizon> readHorizon(pg::Connection &connection, const CancelToken &cancel = {});

} // namespace howdah::activity
