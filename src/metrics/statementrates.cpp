// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/statementrates.h"

#include <algorithm>
#include <cmath>

namespace howdah::metrics
{

// calls * (stddev^2 + mean^2): the one form of the lifetime figures that can be subtracted.
static double sumOfSquares(const StatementCounters &counters)
{
    return double(counters.calls) * (counters.stddevMs * counters.stddevMs + counters.meanMs * counters.meanMs);
}

static std::optional<StatementInterval> intervalOf(const StatementCounters &before, const StatementCounters &after)
{
    if (after.calls < before.calls || after.totalMs < before.totalMs)
        return std::nullopt;
    StatementInterval interval;
    interval.calls = after.calls - before.calls;
    interval.totalMs = after.totalMs - before.totalMs;
    if (interval.calls > 0) {
        const double mean = interval.totalMs / double(interval.calls);
        const double variance = (sumOfSquares(after) - sumOfSquares(before)) / double(interval.calls) - mean * mean;
        interval.meanMs = mean;
        interval.stddevMs = std::sqrt(std::max(0.0, variance)); // rounding can put it a hair below 0
    }
    return interval;
}

StatementRates statementsBetween(const StatementReading &before, const StatementReading &after)
{
    StatementRates rates;
    rates.incomplete = after.evictions != before.evictions;
    rates.reset = after.statsReset != before.statsReset || after.evictions < before.evictions;
    if (rates.reset)
        return rates;
    for (auto it = after.statements.cbegin(); it != after.statements.cend(); ++it) {
        const auto earlier = before.statements.constFind(it.key());
        if (earlier == before.statements.cend()) {
            ++rates.begun;
        } else if (const auto interval = intervalOf(*earlier, *it)) {
            rates.statements.insert(it.key(), *interval);
        } else { // gone down without another stats_since, as 15 and 16 have none: evicted and come back
            ++rates.ended;
            ++rates.begun;
        }
    }
    for (auto it = before.statements.cbegin(); it != before.statements.cend(); ++it)
        rates.ended += after.statements.contains(it.key()) ? 0 : 1;
    return rates;
}

} // namespace howdah::metrics
