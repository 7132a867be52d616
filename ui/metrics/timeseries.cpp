// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/timeseries.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace howdah::ui
{

namespace
{

constexpr double gap = std::numeric_limits<double>::quiet_NaN();
constexpr double shortestPeriodMs = 1000;

bool before(const QPointF &point, double x)
{
    return point.x() < x;
}

// The extremes of one slice of time.
struct Slice {
    double number = gap;
    QPointF low, high;

    void put(const QPointF &point)
    {
        if (point.y() < low.y())
            low = point;
        if (point.y() >= high.y())
            high = point;
    }
    void writeTo(QList<QPointF> &out) const
    {
        const QPointF &first = low.x() <= high.x() ? low : high;
        const QPointF &second = low.x() <= high.x() ? high : low;
        out.append(first);
        if (second != first)
            out.append(second);
    }
};

void dashLonePoints(QList<QPointF> &points, double width)
{
    QList<QPointF> out;
    out.reserve(points.size());
    for (qsizetype i = 0; i < points.size(); ++i) {
        const QPointF &point = points.at(i);
        const bool open = i == 0 || std::isnan(points.at(i - 1).y());
        const bool close = i + 1 == points.size() || std::isnan(points.at(i + 1).y());
        out.append(point);
        if (open && close && !std::isnan(point.y())) {
            out.last().rx() -= width;
            out.append(QPointF(point.x() + width, point.y()));
        }
    }
    points = out;
}

} // namespace

bool TimeSeries::isBreak(qint64 atMs) const
{
    // History is coarser the older it is (60, 10, 1 s), so a hole is measured by the shortest of the last few distances, not by a constant.
    double usual = std::numeric_limits<double>::max();
    const qsizetype count = m_points.size();
    for (qsizetype i = count - 1; i > 0 && i > count - 4; --i)
        usual = std::min(usual, m_points.at(i).x() - m_points.at(i - 1).x());
    if (usual == std::numeric_limits<double>::max())
        return false; // the first distance: judged by the second, see append()
    return double(atMs) - m_points.last().x() > 3.2 * std::max(usual, shortestPeriodMs);
}

void TimeSeries::append(qint64 atMs, std::optional<double> value)
{
    const double x = double(atMs);
    if (!m_points.isEmpty() && x <= m_points.last().x()) {
        m_points.erase(std::lower_bound(m_points.begin(), m_points.end(), x, before), m_points.end());
        if (!m_points.isEmpty())
            m_points.append(QPointF((m_points.last().x() + x) / 2, gap));
    } else if (!m_points.isEmpty() && isBreak(atMs)) {
        m_points.append(QPointF((m_points.last().x() + x) / 2, gap));
    }
    if (m_points.size() == 2) {
        const double first = m_points.at(1).x() - m_points.at(0).x();
        if (first > 3.2 * std::max(x - m_points.at(1).x(), shortestPeriodMs))
            m_points.insert(1, QPointF(m_points.at(0).x() + first / 2, gap));
    }
    m_points.append(QPointF(x, value && std::isfinite(*value) ? *value : gap));
    if (m_points.size() > maxPoints)
        m_points = thinned(qint64(m_points.first().x()), qint64(m_points.last().x()), maxPoints / 4);
}

void TimeSeries::dropBefore(qint64 atMs)
{
    // One point stays outside, so that the line reaches the edge.
    auto end = std::lower_bound(m_points.begin(), m_points.end(), double(atMs), before);
    if (end - m_points.begin() > 256) // not each second
        m_points.erase(m_points.begin(), end - 1);
}

std::optional<double> TimeSeries::last() const
{
    if (m_points.isEmpty() || std::isnan(m_points.last().y()))
        return std::nullopt;
    return m_points.last().y();
}

std::optional<double> TimeSeries::valueAt(qint64 atMs) const
{
    const double x = double(atMs);
    const auto after = std::lower_bound(m_points.begin(), m_points.end(), x, before);
    const bool hasAfter = after != m_points.end();
    const bool hasBefore = after != m_points.begin();
    if (!hasAfter && !hasBefore)
        return std::nullopt;
    const bool takeAfter = hasAfter && (!hasBefore || after->x() - x < x - (after - 1)->x());
    const QPointF &nearest = takeAfter ? *after : *(after - 1);
    if (std::isnan(nearest.y()))
        return std::nullopt;
    // Beside a break, or outside of all that was measured, a value holds for its own period and no longer.
    const bool beside = !hasAfter || !hasBefore || std::isnan(after->y()) || std::isnan((after - 1)->y());
    if (beside && std::abs(nearest.x() - x) > 1.6 * shortestPeriodMs)
        return std::nullopt;
    return nearest.y();
}

QList<QPointF> TimeSeries::decimated(qint64 fromMs, qint64 toMs, int pixels) const
{
    QList<QPointF> out = thinned(fromMs, toMs, pixels);
    dashLonePoints(out, double(toMs - fromMs) / std::max(pixels, 1) / 2);
    return out;
}

QList<QPointF> TimeSeries::thinned(qint64 fromMs, qint64 toMs, int slices) const
{
    if (m_points.isEmpty() || toMs <= fromMs || slices < 1)
        return {};
    const double width = double(toMs - fromMs) / slices;
    auto begin = std::lower_bound(m_points.begin(), m_points.end(), double(fromMs), before);
    auto end = std::lower_bound(begin, m_points.end(), double(toMs), before);
    if (begin != m_points.begin())
        --begin;
    if (end != m_points.end())
        ++end;

    QList<QPointF> out;
    out.reserve(std::min<qsizetype>(end - begin, 2 * slices + 8));
    Slice slice;
    bool broken = false;
    for (auto it = begin; it != end; ++it) {
        if (std::isnan(it->y())) {
            broken = true;
            continue;
        }
        const double number = std::floor(it->x() / width);
        if (number == slice.number) { // a break within one pixel can't be seen
            slice.put(*it);
            broken = false;
            continue;
        }
        if (!std::isnan(slice.number)) {
            slice.writeTo(out);
            if (broken)
                out.append(QPointF((out.last().x() + it->x()) / 2, gap));
        }
        broken = false;
        slice = {number, *it, *it};
    }
    if (!std::isnan(slice.number)) {
        slice.writeTo(out);
        if (broken) // the line ends before the interval does
            out.append(QPointF(out.last().x() + width, gap));
    }
    return out;
}

int segmentCount(const QList<QPointF> &points)
{
    int count = 0;
    bool inside = false;
    for (const QPointF &point : points) {
        const bool drawn = !std::isnan(point.y());
        if (drawn && !inside)
            ++count;
        inside = drawn;
    }
    return count;
}

} // namespace howdah::ui
