// SPDX-License-Identifier: GPL-3.0-or-later
// The overview's tiles as data: what each shows of a Point, and the history of all of them as series, made on the store's thread so that the
// window's thread never sees a day of points. To add a tile is to add an entry. Values, any thread.
#pragma once

#include "base/result.h"
#include "metrics/rates.h"
#include "store/store.h"
#include "ui/metrics/timechart.h"

#include <functional>

namespace howdah::ui
{

struct TileLine {
    ChartLine line;
    std::optional<double> metrics::Point::*field;
};

struct TileSpec {
    QString id;      // stable: settings and tests
    QString title;
    QString caption; // what is counted, and by what
    Quantity quantity;
    QVector<TileLine> lines;
    QStringList needs; // names in metrics::Sample: if one is absent there, the tile says why
    bool canZoom = false;
    bool zoomed = false;
    std::function<Figure(const metrics::Point &)> now;
};

const QVector<TileSpec> &overviewTiles();

struct OverviewHistory {
    QVector<QVector<TimeSeries>> series; // as overviewTiles() and their lines
    QVector<ChartEvent> events;
    QVector<std::pair<qint64, double>> checkpoints; // those intervals that had any: counted exactly, whatever is thinned for drawing
    qint64 lastMs = 0;
    qsizetype points = 0;

    OverviewHistory();
    void append(const metrics::Point &point);
};

Result<OverviewHistory> readOverviewHistory(store::Store &store, const QString &source, qint64 fromMs, qint64 toMs);

} // namespace howdah::ui
