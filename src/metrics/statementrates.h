// SPDX-License-Identifier: GPL-3.0-or-later
// From two readings of pg_stat_statements to what ran in between. Pure functions, any thread. Times in milliseconds.
#pragma once

#include <QMap>
#include <QString>

#include <compare>
#include <optional>

namespace howdah::metrics
{

// An evicted statement comes back with small numbers and another stats_since: another series (trap 8). Before 17 statsSince is empty.
struct StatementKey {
    quint32 userId = 0;
    quint32 databaseId = 0;
    qint64 queryId = 0; // signed 64 bits: never through a double
    bool toplevel = true;
    QString statsSince;
    std::strong_ordering operator<=>(const StatementKey &) const = default;
};

// As the view has them: mean and stddev are of the statement's whole life (trap 9).
struct StatementCounters {
    qint64 calls = 0;
    double totalMs = 0;
    double meanMs = 0;
    double stddevMs = 0;
};

struct StatementReading {
    QMap<StatementKey, StatementCounters> statements;
    qint64 evictions = 0; // pg_stat_statements_info.dealloc
    QString statsReset;
};

struct StatementInterval {
    qint64 calls = 0;
    double totalMs = 0;
    std::optional<double> meanMs, stddevMs; // nullopt: not called in the interval
};

struct StatementRates {
    QMap<StatementKey, StatementInterval> statements; // those that both readings have, with nothing gone down
    int ended = 0;           // series that the second reading lacks
    int begun = 0;           // series that the first lacks; their delta is not known
    bool incomplete = false; // evictions happened: a top list lacks what was evicted
    bool reset = false;      // no interval is known
};

StatementRates statementsBetween(const StatementReading &before, const StatementReading &after);

} // namespace howdah::metrics
