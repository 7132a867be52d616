// SPDX-License-Identifier: GPL-3.0-or-later
// The slower readings beside the sample of each second: counters of each database, sizes, the largest tables and indexes of the database
// one is connected to, replication, the archiver, checkpoints, I/O by kind. One statement a tier (sql/metrics/tier_*.sql), autocommit;
// a tier that fails is absent with its reason and takes nothing else along, and a column that the server lacks is absent by itself.
// Functions from a Connection to a value; values: any thread.
#pragma once

#include "base/canceltoken.h"
#include "base/result.h"
#include "pg/connection.h"

#include <QMap>
#include <QString>
#include <QVector>

#include <optional>
#include <variant>

namespace howdah::metrics
{

enum class Tier { Databases, DatabaseSizes, Tables, Indexes, Replication, Slots, Archiver, Checkpoints, Io };
inline constexpr Tier allTiers[] = {Tier::Databases,   Tier::DatabaseSizes, Tier::Tables,      Tier::Indexes, Tier::Replication,
                                    Tier::Slots,       Tier::Archiver,      Tier::Checkpoints, Tier::Io};
QString tierName(Tier tier); // "databases", "database_sizes", …
int tierPeriodMs(Tier tier); // how often it is worth its cost: 10 s, a minute for tables and indexes, five for the sizes of databases

inline constexpr int tierRows = 50; // of databases, tables, indexes: the largest ones, whatever else there is

using Number = std::variant<qint64, double>; // exact 64 bits where the server counts in integers

// One row. A column that is NULL has no entry: impossible, not permitted or not known, never 0.
struct TierRow {
    QMap<QString, QString> words;  // what it is of: oid, datname, backend_type, …
    QMap<QString, Number> values;
    QString reset;                 // stats_reset as seconds of Unix time, text; empty: never, which it stays after a crash
};

struct TierReading {
    qint64 atMs = 0; // clock_timestamp() of the server, Unix time; 0: not read yet
    QVector<TierRow> rows;
    QString absent;  // why there is nothing: "not known on 15", "not permitted: …", "timed out: …", the server's error; empty: it was read
    double postmasterStart = 0; // of the server that answered, as in ServerIdentity
};

using Tiers = QMap<Tier, TierReading>;

// Error only where the link is lost; what the server refuses is TierReading::absent.
Result<TierReading> readTier(pg::Connection &connection, Tier tier, const CancelToken &cancel = {});

} // namespace howdah::metrics
