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

// One database's row of pg_stat_database: its own reset or drop would hide in a sum over all.
struct DatabaseCounters {
    qint64 commits = 0;
    qint64 rollbacks = 0;
    qint64 blocksHit = 0;
    qint64 blocksRead = 0;
    QByteArray reset; // stats_reset as text; "-": never, which it stays after a crash
};

struct Sample {
    qint64 atMs = 0;          // clock_timestamp() of the server, Unix time
    qint64 monotonicMs = 0;   // the client's, when it arrived: for gaps after sleep
    ServerIdentity identity;
    QMap<QString, QString> resets; // group -> stats_reset as text: io, wal, bgwriter, checkpointer
    // Counters and gauges by stable name, exact integers as the server printed them. wal_lsn is a position in bytes since 0/0, wal_bytes
    // what pg_stat_wal counts (without page headers): charts draw the first. Absent: not permitted, or not known on this version.
    QMap<QString, qint64> counters; // xact_commit, xact_rollback, blks_hit, blks_read, wal_bytes, …; cluster totals (datid 0 included)
    // connections_active, _idle, _idle_in_transaction, _other, _total (client backends but our own), _usable, _max, locks_waiting,
    // longest_transaction_ms (statistics of an open transaction are invisible until it ends: a flat line, then a spike), block_size
    QMap<QString, qint64> gauges;
    QMap<quint32, DatabaseCounters> databases; // by oid; 0: the shared catalogs
    QMap<QString, QString> absent;  // name -> "not permitted: GRANT pg_monitor TO x" or "not known on 15"
    double serverMs = 0;      // what the statement cost, by the client's clock around it: the round trip is in it
    QJsonObject toJson() const;
};

Result<Sample> readSample(pg::Connection &connection, const CancelToken &cancel = {});

} // namespace howdah::metrics
