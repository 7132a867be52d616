// SPDX-License-Identifier: GPL-3.0-or-later
// One reading of a server's counters and gauges: one prepared statement, one round trip, autocommit (a transaction would re-read the same
// numbers). Counters are as the server has them; rates are made of two samples (rates.h). Any thread.
#pragma once

#include "base/canceltoken.h"
#include "base/result.h"
#include "pg/connection.h"

#include <QJsonObject>
#include <QMap>
#include <QString>

#include <optional>

namespace howdah::metrics
{

// Who answered. Another identity ends every series.
struct ServerIdentity {
    QString systemIdentifier; // text: 64 bits; empty where not permitted
    double postmasterStart = 0;
    bool inRecovery = false;
    QString timeline;         // from the WAL file's name; empty in recovery
    bool operator==(const ServerIdentity &) const = default;
};

struct Sample {
    qint64 atMs = 0;          // clock_timestamp() of the server, Unix time
    qint64 monotonicMs = 0;   // the client's, when it arrived: for gaps after sleep
    ServerIdentity identity;
    QMap<QString, QString> resets; // group -> stats_reset as text: database, io, wal, bgwriter, checkpointer, statements
    // Counters and gauges by stable name, exact integers as the server printed them. Absent: not permitted, or not known on this version.
    QMap<QString, qint64> counters; // xact_commit, xact_rollback, blks_hit, blks_read, wal_bytes, …; cluster totals (datid 0 included)
    QMap<QString, qint64> gauges;   // connections_active, _idle, _idle_in_transaction, _other, connections_total, connections_usable, locks_waiting
    QMap<QString, QString> absent;  // name -> "not permitted: GRANT pg_monitor TO x" or "not known on 15"
    double serverMs = 0;      // what the statement cost, by the client's clock around it
    QJsonObject toJson() const;
};

Result<Sample> readSample(pg::Connection &connection, const CancelToken &cancel = {});

} // namespace howdah::metrics
