// SPDX-License-Identifier: GPL-3.0-or-later
// One line of a chart: times and values in order, a NaN value where the line breaks. Bounded: past a limit the whole is thinned to the
// extremes of equal slices of time, so hours of samples cost as much as minutes. A plain value, any thread.
#pragma once

#include <QList>
#include <QPointF>

#include <optional>

namespace howdah::ui
{

class TimeSeries
{
public:
    static constexpr qsizetype maxPoints = 12'000;

    // nullopt is a gap. A distance far over that of the neighbours (a server that did not answer, a laptop that slept) is one too.
    // A time not after the last one (the server's clock was set back) takes the place of what it overlaps.
    void append(qint64 atMs, std::optional<double> value);
    void dropBefore(qint64 atMs);
    void clear() { m_points.clear(); }

    bool isEmpty() const { return m_points.isEmpty(); }
    const QList<QPointF> &points() const { return m_points; } // x: Unix time in ms, y: value or NaN
    std::optional<double> last() const;                       // nullopt: the line ends in a gap
    // What was measured nearest to a time; nullopt: nothing near, or a gap.
    std::optional<double> valueAt(qint64 atMs) const;

    // The points of an interval for so many pixels: at most two a pixel (its lowest and highest, in the order of time), breaks kept where a
    // pixel can show them, one neighbour outside on each side. Slices stand on absolute time, so a moving interval does not shimmer.
    // A point alone between two breaks becomes a dash, else it would not be seen.
    QList<QPointF> decimated(qint64 fromMs, qint64 toMs, int pixels) const;

private:
    bool isBreak(qint64 atMs) const;
    QList<QPointF> thinned(qint64 fromMs, qint64 toMs, int slices) const;

    QList<QPointF> m_points;
};

// Pieces of a line between breaks.
int segmentCount(const QList<QPointF> &points);

} // namespace howdah::ui
