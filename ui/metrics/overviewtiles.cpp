// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/overviewtiles.h"

#include "base/units.h"
#include "metrics/sampler.h"

namespace howdah::ui
{

using metrics::Point;

static Figure connectionsNow(const Point &point)
{
    Figure out = figure(Quantity::Count, point.connections);
    out.unit = point.usable ? QStringLiteral("/ ") + units::count(*point.usable) : QStringLiteral("/ unknown");
    return out;
}

static Figure transactionsNow(const Point &point)
{
    if (!point.commits || !point.rollbacks)
        return figure(Quantity::PerSecond, std::optional<double>());
    return figure(Quantity::PerSecond, *point.commits + *point.rollbacks);
}

const QVector<TileSpec> &overviewTiles()
{
    static const QVector<TileSpec> tiles{
        {QStringLiteral("buffer_hit"), QStringLiteral("Buffer hit"), QStringLiteral("in shared buffers"), Quantity::Share,
         {{{QStringLiteral("Buffer hit"), 0}, &Point::bufferHit}}, {QStringLiteral("blks_hit"), QStringLiteral("blks_read")}, true, false,
         [](const Point &point) { return figure(Quantity::Share, point.bufferHit); }},
        {QStringLiteral("connections"), QStringLiteral("Connections"), QStringLiteral("client sessions by state"), Quantity::Count,
         {{{QStringLiteral("active"), 0}, &Point::active},
          {{QStringLiteral("idle"), 1}, &Point::idle},
          {{QStringLiteral("idle in transaction"), 3}, &Point::idleInTransaction},
          {{QStringLiteral("other"), 5}, &Point::otherState},
          {{QStringLiteral("usable"), 0, true}, &Point::usable}},
         {QStringLiteral("connections_active"), QStringLiteral("connections_total")}, true, true, connectionsNow},
        {QStringLiteral("wal"), QStringLiteral("WAL"), QStringLiteral("written, by the difference of LSNs"), Quantity::BytesPerSecond,
         {{{QStringLiteral("WAL"), 0}, &Point::walBytes}}, {QStringLiteral("wal_lsn")}, false, false,
         [](const Point &point) { return figure(Quantity::BytesPerSecond, point.walBytes); }},
        {QStringLiteral("transactions"), QStringLiteral("Transactions"), QStringLiteral("ended, in all databases"), Quantity::PerSecond,
         {{{QStringLiteral("commits"), 0}, &Point::commits}, {{QStringLiteral("rollbacks"), 1}, &Point::rollbacks}},
         {QStringLiteral("xact_commit"), QStringLiteral("xact_rollback")}, false, false, transactionsNow},
        {QStringLiteral("locks_waiting"), QStringLiteral("Locks waiting"), QStringLiteral("requests not granted"), Quantity::Count,
         {{{QStringLiteral("Locks waiting"), 0}, &Point::locksWaiting}}, {QStringLiteral("locks_waiting")}, false, false,
         [](const Point &point) { return figure(Quantity::Count, point.locksWaiting); }},
        {QStringLiteral("checkpoints"), QStringLiteral("Checkpoints"), QStringLiteral("completed; skipped ones not counted"), Quantity::Count,
         {{{QStringLiteral("Checkpoints"), 0}, &Point::checkpoints}}, {QStringLiteral("checkpoints_timed")}, false, false,
         [](const Point &point) { return figure(Quantity::Count, point.checkpoints); }},
    };
    return tiles;
}

OverviewHistory::OverviewHistory()
{
    for (const TileSpec &tile : overviewTiles())
        series.append(QVector<TimeSeries>(tile.lines.size()));
}

void OverviewHistory::append(const Point &point)
{
    const QVector<TileSpec> &tiles = overviewTiles();
    for (qsizetype t = 0; t < tiles.size(); ++t) {
        for (qsizetype l = 0; l < tiles.at(t).lines.size(); ++l)
            series[t][l].append(point.atMs, point.*(tiles.at(t).lines.at(l).field));
    }
    if (!point.event.isEmpty())
        events.append({point.atMs, point.event});
    if (point.checkpoints && *point.checkpoints > 0)
        checkpoints.append({point.atMs, *point.checkpoints});
    lastMs = point.atMs;
    ++points;
}

Result<OverviewHistory> readOverviewHistory(store::Store &store, const QString &source, qint64 fromMs, qint64 toMs)
{
    Result<QVector<Point>> points = metrics::readPoints(store, source, fromMs, toMs);
    if (!points)
        return fail(std::move(points.error()));
    OverviewHistory history;
    for (const Point &point : *points)
        history.append(point);
    return history;
}

} // namespace howdah::ui
