// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/tiers.h"

#include <QLatin1StringView>

#include <cmath>

namespace howdah::metrics
{

using namespace Qt::StringLiterals;

namespace
{
struct TierFacts {
    Tier tier;
    QLatin1StringView name; // of sql/metrics/tier_<name>.sql
    int periodMs;
    bool bounded;           // $1: how many rows
    int since;              // the first major that has it
};
constexpr TierFacts tierFacts[] = {
    {Tier::Databases, "databases"_L1, 10'000, true, 15},         {Tier::DatabaseSizes, "database_sizes"_L1, 300'000, true, 15},
    {Tier::Tables, "tables"_L1, 60'000, true, 15},               {Tier::Indexes, "indexes"_L1, 60'000, true, 15},
    {Tier::Replication, "replication"_L1, 10'000, false, 15},    {Tier::Slots, "slots"_L1, 10'000, false, 15},
    {Tier::Archiver, "archiver"_L1, 10'000, false, 15},          {Tier::Checkpoints, "checkpoints"_L1, 10'000, false, 15},
    {Tier::Io, "io"_L1, 10'000, false, 16},
};

const TierFacts &factsOf(Tier tier)
{
    for (const TierFacts &facts : tierFacts) {
        if (facts.tier == tier)
            return facts;
    }
    return tierFacts[0];
}

constexpr quint32 int8Oid = 20;
constexpr quint32 float8Oid = 701;

// Empty where every cell is NULL.
TierRow rowOf(const pg::Rows &rows, qsizetype row)
{
    TierRow read;
    for (int column = 0; column < int(rows.columns().size()); ++column) {
        const pg::Column &facts = rows.columns()[size_t(column)];
        if (rows.isNull(row, column) || facts.name == "at_ms"_L1 || facts.name == "postmaster_start"_L1 || facts.name == "grant_text"_L1)
            continue;
        if (facts.name == "reset"_L1) {
            read.reset = rows.text(row, column);
        } else if (facts.typeOid == int8Oid) {
            if (const auto value = rows.integer(row, column))
                read.values.insert(facts.name, *value);
        } else if (facts.typeOid == float8Oid) {
            if (const auto value = rows.real(row, column); value && std::isfinite(*value))
                read.values.insert(facts.name, *value);
        } else {
            read.words.insert(facts.name, rows.text(row, column));
        }
    }
    return read;
}
} // namespace

QString tierName(Tier tier)
{
    return factsOf(tier).name;
}

int tierPeriodMs(Tier tier)
{
    return factsOf(tier).periodMs;
}

Result<TierReading> readTier(pg::Connection &connection, Tier tier, const CancelToken &cancel)
{
    const TierFacts &facts = factsOf(tier);
    TierReading reading;
    const int major = connection.facts().serverVersionNum / 10000;
    if (major < facts.since) {
        reading.absent = u"not known on %1"_s.arg(major);
        return reading;
    }
    pg::Params params;
    if (facts.bounded)
        params.emplace_back(QByteArray::number(tierRows));
    pg::RunOptions options;
    options.prepared = true;
    const auto rows = connection.runFile(u"metrics/tier_"_s + facts.name, params, options, cancel);
    if (!rows) {
        if (!connection.isAlive() || rows.error().kind == ErrorKind::Cancelled)
            return fail(Error(rows.error()).during(u"read the server's "_s + facts.name));
        const bool timedOut = rows.error().kind == ErrorKind::Timeout || rows.error().sqlstate == "57014"_L1;
        reading.absent = (timedOut ? u"timed out: "_s : QString()) + rows.error().text();
        return reading;
    }
    for (qsizetype i = 0; i < rows->size(); ++i) {
        if (const auto atMs = rows->integer(i, "at_ms"_L1))
            reading.atMs = *atMs;
        reading.postmasterStart = rows->real(i, "postmaster_start"_L1).value_or(0);
        const TierRow row = rowOf(*rows, i);
        if (!row.values.isEmpty())
            reading.rows << row;
        if (rows->columnIndex("grant_text"_L1) >= 0 && !rows->text(i, "grant_text"_L1).isEmpty())
            reading.absent = u"not permitted: "_s + rows->text(i, "grant_text"_L1);
    }
    return reading;
}

} // namespace howdah::metrics
