// SPDX-License-Identifier: GPL-3.0-or-later
// A sample and its slower tiers as a server could give them, with names that must not leave.
#pragma once

#include "health/series.h"

namespace howdah::test
{

inline constexpr char secretName[] = "kanarienvogel"; // in every name that the readings have
inline constexpr qint64 largeInteger = 9'007'199'254'740'993; // no double holds it

inline metrics::Sample someSample(qint64 atMs)
{
    using namespace Qt::StringLiterals;
    metrics::Sample sample;
    sample.atMs = atMs;
    sample.identity = {u"7412345678901234567"_s, 1'700'000'000.25, false, u"00000001"_s};
    sample.resets = {{u"wal"_s, u"1700000001.5"_s}, {u"bgwriter"_s, u"1700000001.5"_s}, {u"checkpointer"_s, u"1700000001.5"_s}, {u"io"_s, u"1700000001.5"_s}};
    sample.counters = {{u"wal_lsn"_s, 5'000'000}, {u"wal_records"_s, 100}, {u"wal_bytes"_s, largeInteger}, {u"buffers_clean"_s, 7}, {u"buffers_alloc"_s, 70}};
    sample.gauges = {{u"connections_active"_s, 3}, {u"connections_idle"_s, 0}, {u"connections_max"_s, 100}, {u"longest_transaction_ms"_s, 1500}};
    sample.absent = {{u"locks_waiting"_s, u"not permitted: GRANT pg_monitor TO kanarienvogel"_s}};
    return sample;
}

inline metrics::Tiers someTiers(qint64 atMs)
{
    using namespace Qt::StringLiterals;
    using metrics::Tier;
    using metrics::TierRow;
    const QString name = QLatin1StringView(secretName);
    metrics::Tiers tiers;
    tiers[Tier::Databases] = {atMs,
                              {TierRow{{{u"oid"_s, u"0"_s}},
                                       {{u"xact_commit"_s, qint64(0)}, {u"blks_hit"_s, qint64(900)}, {u"database_count"_s, qint64(1)}},
                                       {}},
                               TierRow{{{u"oid"_s, u"16384"_s}, {u"database"_s, name}},
                                       {{u"xact_commit"_s, largeInteger}, {u"xact_rollback"_s, qint64(2)}, {u"blks_hit"_s, qint64(50)},
                                        {u"session_time"_s, 1234.5}, {u"database_count"_s, qint64(1)}},
                                       u"1700000100.125"_s}},
                              {}};
    tiers[Tier::Tables] = {atMs,
                           {TierRow{{{u"database_oid"_s, u"16384"_s}, {u"oid"_s, u"16390"_s}, {u"database"_s, name}, {u"schema"_s, name}, {u"name"_s, name}},
                                    {{u"seq_scan"_s, qint64(4)}, {u"n_tup_ins"_s, qint64(40)}, {u"n_live_tup"_s, qint64(39)}, {u"size"_s, qint64(8192)},
                                     {u"table_count"_s, qint64(1)}},
                                    u"1700000100.125"_s}},
                           {}};
    tiers[Tier::Indexes] = {atMs,
                            {TierRow{{{u"database_oid"_s, u"16384"_s}, {u"oid"_s, u"16395"_s}, {u"database"_s, name}, {u"schema"_s, name},
                                      {u"table_name"_s, name}, {u"name"_s, QString(name + u"_pkey"_s)}},
                                     {{u"idx_scan"_s, qint64(11)}, {u"size"_s, qint64(16384)}},
                                     {}}},
                            {}};
    tiers[Tier::Checkpoints] = {atMs, {TierRow{{}, {{u"timed"_s, qint64(5)}, {u"requested"_s, qint64(2)}, {u"write_time"_s, 250.5}}, u"1700000001.5"_s}}, {}};
    tiers[Tier::Io] = {atMs,
                       {TierRow{{{u"backend_type"_s, u"client backend"_s}, {u"object"_s, u"relation"_s}, {u"context"_s, u"normal"_s}},
                                {{u"reads"_s, qint64(3)}, {u"read_bytes"_s, qint64(24576)}, {u"hits"_s, qint64(8)}},
                                u"1700000001.5"_s}},
                       {}};
    tiers[Tier::Archiver].absent = u"not permitted: GRANT pg_monitor TO kanarienvogel"_s;
    for (metrics::TierReading &reading : tiers)
        reading.postmasterStart = someSample(atMs).identity.postmasterStart;
    return tiers;
}

inline const health::Series *seriesNamed(const QVector<health::Series> &all, const char *name)
{
    for (const health::Series &series : all) {
        if (series.name == QLatin1StringView(name))
            return &series;
    }
    return nullptr;
}

} // namespace howdah::test
