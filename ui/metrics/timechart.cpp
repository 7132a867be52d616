// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/timechart.h"

#include "base/units.h"
#include "ui/metrics/plotview.h"
#include "ui/metrics/redrawqueue.h"
#include "ui/widgets/theme.h"

#include <QHBoxLayout>

#include <algorithm>
#include <cmath>
#include <limits>

namespace howdah::ui
{

// Grid lines are for reading a level, not for measuring: few.
static int tickCount(int height)
{
    return std::clamp(height / 44, 2, 4);
}

TimeChart::TimeChart(const QString &name, Quantity quantity, const QVector<ChartLine> &lines, RedrawQueue *queue, QWidget *parent)
    : QWidget(parent), m_quantity(quantity), m_lines(lines), m_series(lines.size()), m_drawn(lines.size()), m_queue(queue),
      m_view(new PlotView(lines, this))
{
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_view);
    m_view->setAccessibleName(name);
    setFocusProxy(m_view);
    connect(m_view, &PlotView::hovered, this, &TimeChart::hovered);
    connect(m_view, &PlotView::left, this, &TimeChart::left);
    connect(m_view, &PlotView::picked, this, &TimeChart::intervalPicked);
    connect(&theme(), &Theme::changed, this, [this] {
        m_view->restyle();
        requestRedraw();
    });
}

TimeChart::~TimeChart() = default;

void TimeChart::setSeries(int index, const TimeSeries &series)
{
    m_series[index] = series;
    requestRedraw();
}

void TimeChart::append(int index, qint64 atMs, std::optional<double> value)
{
    m_series[index].append(atMs, value);
    if (m_following)
        m_series[index].dropBefore(m_fromMs);
    requestRedraw();
}

void TimeChart::setEvents(const QVector<ChartEvent> &events)
{
    m_events = events;
    requestRedraw();
}

void TimeChart::setInterval(qint64 fromMs, qint64 toMs, bool following)
{
    m_following = following;
    if (fromMs == m_fromMs && toMs == m_toMs)
        return;
    m_fromMs = fromMs;
    m_toMs = toMs;
    requestRedraw();
}

void TimeChart::setZoomed(bool zoomed)
{
    m_zoomed = zoomed;
    requestRedraw();
}

QString TimeChart::scaleText() const
{
    if (!m_zoomed)
        return {};
    return QStringLiteral("zoomed to ") + axisText(m_quantity, m_low) + QStringLiteral(" – ") + axisText(m_quantity, m_high);
}

void TimeChart::setCrosshair(std::optional<qint64> atMs)
{
    if (m_crosshair == atMs)
        return;
    m_crosshair = atMs;
    QVector<std::optional<double>> values;
    if (atMs) {
        for (const TimeSeries &series : m_series)
            values.append(series.valueAt(*atMs));
    }
    m_view->setCrosshair(atMs, values);
}

void TimeChart::requestRedraw()
{
    if (isVisible())
        m_queue->request(this);
}

void TimeChart::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    requestRedraw();
}

void TimeChart::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    requestRedraw();
}

// Sets m_low and m_high from what will be drawn.
void TimeChart::scale(const QVector<QList<QPointF>> &drawn)
{
    double least = std::numeric_limits<double>::max();
    double most = std::numeric_limits<double>::lowest();
    for (int i = 0; i < lineCount(); ++i) {
        if (m_zoomed && m_lines.at(i).limit)
            continue;
        for (const QPointF &point : drawn.at(i)) {
            if (std::isnan(point.y()) || point.x() < double(m_fromMs) || point.x() > double(m_toMs))
                continue;
            least = std::min(least, point.y());
            most = std::max(most, point.y());
        }
    }
    const bool empty = least > most;
    const int about = tickCount(plotRect().height());
    if (m_quantity == Quantity::Share && (!m_zoomed || empty)) {
        m_low = 0;
        m_high = 1;
    } else if (m_quantity == Quantity::Share) {
        const double pad = std::max((most - least) * 0.08, 0.0005);
        m_low = std::max(0.0, least - pad);
        m_high = std::min(1.0, most + pad);
    } else {
        // Rates and counts stand on zero, zoomed or not; the top is a fifth of a step above the greatest, so that it does not move with
        // every sample.
        m_low = 0;
        m_high = empty || most <= 0 ? (m_quantity == Quantity::BytesPerSecond ? 1024 : 4) : most * 1.03;
        const QVector<double> ticks = axisTicks(m_quantity, 0, m_high, about);
        if (ticks.size() >= 2) {
            const double quantum = m_quantity == Quantity::Count ? std::max(ticks.at(1) / 5, 1.0) : ticks.at(1) / 5;
            m_high = std::ceil(m_high / quantum - 1e-9) * quantum;
        } else {
            m_high = std::max(m_high, 1.0);
        }
    }
}

void TimeChart::redraw()
{
    const int pixels = plotRect().width();
    if (pixels < 2 || m_toMs <= m_fromMs)
        return;
    QVector<PlotView::End> ends;
    QString spoken;
    for (int i = 0; i < lineCount(); ++i) {
        m_drawn[i] = m_series.at(i).decimated(m_fromMs, m_toMs, pixels);
        const std::optional<double> last = m_series.at(i).last();
        if (!m_lines.at(i).limit)
            spoken += (spoken.isEmpty() ? QString() : QStringLiteral(", ")) + m_lines.at(i).name + QLatin1Char(' ')
                + (last ? figure(m_quantity, *last).text() : QStringLiteral("unknown"));
        for (auto it = m_drawn.at(i).crbegin(); it != m_drawn.at(i).crend(); ++it) {
            if (!std::isnan(it->y())) {
                ends.append({i, it->y()});
                break;
            }
        }
    }
    scale(m_drawn);
    QVector<PlotView::Tick> ticks;
    for (const double value : axisTicks(m_quantity, m_low, m_high, tickCount(plotRect().height())))
        ticks.append({value, axisText(m_quantity, value)});
    m_view->setFrame(m_fromMs, m_toMs, m_low, m_high, ticks, ends, m_events);
    m_view->setLines(m_drawn);
    m_view->setAccessibleDescription(spoken);
    emit redrawn();
}

int TimeChart::drawnPoints(int index) const
{
    return int(std::count_if(m_drawn.at(index).cbegin(), m_drawn.at(index).cend(), [](const QPointF &p) { return !std::isnan(p.y()); }));
}

int TimeChart::drawnSegments(int index) const
{
    return segmentCount(m_drawn.at(index));
}

QRect TimeChart::plotRect() const
{
    return m_view->plotRect().toRect();
}

} // namespace howdah::ui
