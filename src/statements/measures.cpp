// SPDX-License-Identifier: GPL-3.0-or-later
#include "statements/measures.h"

#include <algorithm>
#include <cmath>

namespace howdah::statements
{

namespace
{

// Up to 16 blk_read_time and blk_write_time are of shared and local blocks alike. What JIT took: deforming is part of generation.
constexpr std::array<MeasureFacts, measureCount> allFacts{{
    {"calls", "calls", Unit::Count, false, "calls", "calls", "", ""},
    {"exec_time", "exec_ms", Unit::Nanoseconds, true, "(total_exec_time * 1e6)::int8", "total_exec_time", "(total_time * 1e6)::int8", "total_time"},
    {"rows", "rows", Unit::Count, false, "rows", "rows", "", ""},
    {"shared_hit", "shared_hit", Unit::Blocks, true, "shared_blks_hit", "shared_blks_hit", "", ""},
    {"shared_read", "shared_read", Unit::Blocks, true, "shared_blks_read", "shared_blks_read", "", ""},
    {"shared_dirtied", "shared_dirtied", Unit::Blocks, true, "shared_blks_dirtied", "shared_blks_dirtied", "", ""},
    {"shared_written", "shared_written", Unit::Blocks, true, "shared_blks_written", "shared_blks_written", "", ""},
    {"wal_records", "wal_records", Unit::Count, true, "wal_records", "wal_records", "", ""},
    {"wal_bytes", "wal_bytes", Unit::Bytes, true, "wal_bytes::int8", "wal_bytes", "", ""},
    {"wal_images", "wal_images", Unit::Count, true, "wal_fpi", "wal_fpi", "", ""},
    {"plans", "plans", Unit::Count, false, "plans", "plans", "", ""},
    {"plan_time", "plan_ms", Unit::Nanoseconds, false, "(total_plan_time * 1e6)::int8", "total_plan_time", "", ""},
    {"read_time", "read_ms", Unit::Nanoseconds, true, "(shared_blk_read_time * 1e6)::int8", "shared_blk_read_time", "(blk_read_time * 1e6)::int8",
     "blk_read_time"},
    {"write_time", "write_ms", Unit::Nanoseconds, true, "(shared_blk_write_time * 1e6)::int8", "shared_blk_write_time", "(blk_write_time * 1e6)::int8",
     "blk_write_time"},
    {"temp_read", "temp_read", Unit::Blocks, true, "temp_blks_read", "temp_blks_read", "", ""},
    {"temp_written", "temp_written", Unit::Blocks, true, "temp_blks_written", "temp_blks_written", "", ""},
    {"temp_read_time", "temp_read_ms", Unit::Nanoseconds, true, "(temp_blk_read_time * 1e6)::int8", "temp_blk_read_time", "", ""},
    {"temp_write_time", "temp_write_ms", Unit::Nanoseconds, true, "(temp_blk_write_time * 1e6)::int8", "temp_blk_write_time", "", ""},
    {"local_hit", "local_hit", Unit::Blocks, true, "local_blks_hit", "local_blks_hit", "", ""},
    {"local_read", "local_read", Unit::Blocks, true, "local_blks_read", "local_blks_read", "", ""},
    {"local_dirtied", "local_dirtied", Unit::Blocks, true, "local_blks_dirtied", "local_blks_dirtied", "", ""},
    {"local_written", "local_written", Unit::Blocks, true, "local_blks_written", "local_blks_written", "", ""},
    {"local_read_time", "local_read_ms", Unit::Nanoseconds, true, "(local_blk_read_time * 1e6)::int8", "local_blk_read_time", "", ""},
    {"local_write_time", "local_write_ms", Unit::Nanoseconds, true, "(local_blk_write_time * 1e6)::int8", "local_blk_write_time", "", ""},
    {"wal_buffers_full", "wal_buffers_full", Unit::Count, true, "wal_buffers_full", "wal_buffers_full", "", ""},
    {"jit_functions", "jit_functions", Unit::Count, false, "jit_functions", "jit_functions", "", ""},
    {"jit_time", "jit_ms", Unit::Nanoseconds, false, "((jit_generation_time + jit_inlining_time + jit_optimization_time + jit_emission_time) * 1e6)::int8",
     "jit_generation_time,jit_inlining_time,jit_optimization_time,jit_emission_time", "", ""},
    {"workers_wanted", "workers_wanted", Unit::Count, false, "parallel_workers_to_launch", "parallel_workers_to_launch", "", ""},
    {"workers_launched", "workers_launched", Unit::Count, false, "parallel_workers_launched", "parallel_workers_launched", "", ""},
}};

std::optional<double> mean(qint64 times, qint64 nanoseconds)
{
    return times > 0 ? std::optional(double(nanoseconds) / 1e6 / double(times)) : std::nullopt;
}

std::optional<double> stddev(qint64 times, qint64 nanoseconds, double squares)
{
    const auto average = mean(times, nanoseconds);
    if (!average)
        return std::nullopt;
    return std::sqrt(std::max(0.0, squares / double(times) - *average * *average)); // rounding can put it a hair below 0
}

} // namespace

const MeasureFacts &factsOf(Measure measure)
{
    return allFacts[size_t(measure)];
}

std::optional<Measure> measureFromName(QStringView name)
{
    for (int i = 0; i < measureCount; ++i) {
        if (name == QLatin1StringView(allFacts[size_t(i)].name))
            return Measure(i);
    }
    return std::nullopt;
}

Counters &Counters::operator+=(const Counters &other)
{
    for (size_t i = 0; i < values.size(); ++i)
        values[i] += other.values[i];
    execSquares += other.execSquares;
    planSquares += other.planSquares;
    return *this;
}

Counters Counters::operator-(const Counters &other) const
{
    Counters difference = *this;
    for (size_t i = 0; i < values.size(); ++i)
        difference.values[i] -= other.values[i];
    difference.execSquares -= other.execSquares;
    difference.planSquares -= other.planSquares;
    return difference;
}

bool Counters::isZero() const
{
    return std::all_of(values.cbegin(), values.cend(), [](qint64 value) { return value == 0; });
}

std::optional<double> Counters::meanExecMs() const { return mean((*this)[Measure::Calls], (*this)[Measure::ExecTime]); }
std::optional<double> Counters::stddevExecMs() const { return stddev((*this)[Measure::Calls], (*this)[Measure::ExecTime], execSquares); }
std::optional<double> Counters::meanPlanMs() const { return mean((*this)[Measure::Plans], (*this)[Measure::PlanTime]); }
std::optional<double> Counters::stddevPlanMs() const { return stddev((*this)[Measure::Plans], (*this)[Measure::PlanTime], planSquares); }

} // namespace howdah::statements
