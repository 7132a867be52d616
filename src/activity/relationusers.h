// SPDX-License-Identifier: GPL-3.0-or-later
// Who uses one relation now, by the locks on it. A service; values of any thread.
#pragma once

#include "base/canceltoken.h"
#include "pg/connection.h"

#include <QVector>

#include <optional>

namespace howdah::activity
{

struct RelationUser {
    int pid = 0;         // 0: a prepared transaction
    QString preparedGid;
    QString modes;       // "AccessShareLock, RowExclusiveLock"
    bool granted = true; // false: it waits for one of them
    std::optional<qint64> waitingMs;
    QString role, application, state, query;
    std::optional<qint64> transactionMs;
    bool permitted = true; // false: what it does may not be seen
};

// Of the connected database, those that wait first, at most 500; the asking link itself is left out. Heavy on a server with many locks: on request.
Result<QVector<RelationUser>> readRelationUsers(pg::Connection &connection, quint32 relation, const CancelToken &cancel = {});

} // namespace howdah::activity
