// SPDX-License-Identifier: GPL-3.0-or-later
// Which server a link leads to, so that after a loss it can be told what came back: the same one, restarted, failed over, or another. Any thread.
#pragma once

#include "base/canceltoken.h"
#include "base/result.h"

#include <QString>

namespace howdah::pg
{

class Connection;

struct ServerIdentity {
    QString systemIdentifier; // of the cluster; empty: not known (a pooler stands before it)
    int timeline = 0;         // another one: a standby was promoted
    qint64 startedMs = 0;     // Unix time
    QString address;          // "db1:5432": which of several hosts

    bool isKnown() const { return !systemIdentifier.isEmpty(); }
    bool operator==(const ServerIdentity &) const = default;
};

enum class Comeback {
    First,       // nothing to compare with
    Same,
    Restarted,
    OtherHost,   // of the same cluster, on the same timeline
    FailedOver,  // the cluster is on another timeline: what was not replicated is gone
    OtherServer, // another cluster: its data need not be the same at all
    Unknown
};
Comeback comebackOf(const ServerIdentity &before, const ServerIdentity &now);
// "the server failed over: …"; empty for First and Same.
QString comebackText(Comeback comeback);

// One round trip; by itself not known where the server can't be asked. Not within a transaction of the user's.
Result<ServerIdentity> readIdentity(Connection &connection, const CancelToken &cancel = {});

} // namespace howdah::pg
