// SPDX-License-Identifier: GPL-3.0-or-later
// From two samples to what a chart shows. Pure functions; the traps each has a test (monitoring facts 1 to 11). Any thread.
#pragma once

#include "metrics/sample.h"

#include <optional>

namespace howdah::metrics
{

// nullopt is a gap: undefined ratio, reset, other identity, clock stepped, missing sample, not permitted. Never 0 for unknown.
struct Point {
    qint64 atMs = 0;
    std::optional<double> bufferHit;          // share 0 to 1: delta hit / (delta hit + delta read) over the interval
    std::optional<double> bufferHitNormal;    // the same without the rings of large scans (pg_stat_io, context normal; 16+)
    std::optional<double> commits, rollbacks; // a second
    std::optional<double> walBytes;           // bytes a second, LSN difference
    std::optional<double> active, idle, idleInTransaction, otherState, connections, usable, locksWaiting;
    std::optional<double> checkpoints;        // num_done in the interval
    QString event;                            // "restarted", "statistics reset", "promoted", "other server": a dashed line with a word
    QJsonObject toJson() const;
    static Point fromJson(qint64 atMs, const QJsonObject &values);
};

// periodMs: what the sampler aims at; an interval over three periods breaks the line (trap 10).
// 18 counts reads as operations of many blocks and hits as blocks (trap 1): bytes are what both can be compared by.
std::optional<double> ioHitShare(qint64 hits, qint64 readBytes, qint64 blockSize);
Point pointBetween(const Sample &before, const Sample &after, qint64 periodMs);
Point firstPoint(const Sample &sample); // gauges only

} // namespace howdah::metrics
