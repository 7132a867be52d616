// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/plotview.h"

#include "ui/widgets/theme.h"

#include <QFontMetricsF>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QtCharts/QChart>
#include <QtCharts/QLegend>
#include <QtCharts/QLineSeries>
#include <QtCharts/QValueAxis>

#include <algorithm>
#include <cmath>

namespace howdah::ui
{

namespace
{

constexpr double leftGutter = 48;
constexpr double bottomGutter = 20;
constexpr double topGutter = 16; // the words of events: over the plot they would hide what they explain
constexpr double rightGutter = 8;
constexpr double nameDash = 12;
constexpr double leastBand = 4; // pixels; less is a click

constexpr double widestName = 0.4; // share of the width

QFont axisFont()
{
    return figureFont(11);
}

QFont wordFont()
{
    QFont font = textFont();
    font.setPixelSize(11);
    return font;
}

} // namespace

PlotView::PlotView(const QVector<ChartLine> &lines, QWidget *parent)
    : QChartView(new QChart, parent), m_lines(lines), m_x(new QValueAxis(this)), m_y(new QValueAxis(this))
{
    QChart *c = chart();
    c->legend()->hide();
    c->setAnimationOptions(QChart::NoAnimation);
    c->setBackgroundVisible(false);
    c->setPlotAreaBackgroundVisible(false);
    c->setDropShadowEnabled(false);
    c->setMargins({});
    c->addAxis(m_x, Qt::AlignBottom);
    c->addAxis(m_y, Qt::AlignLeft);
    m_x->setVisible(false);
    m_y->setVisible(false);
    for (qsizetype i = 0; i < m_lines.size(); ++i) {
        auto *series = new QLineSeries(this);
        c->addSeries(series);
        series->attachAxis(m_x);
        series->attachAxis(m_y);
        m_series.append(series);
    }
    setFrameShape(QFrame::NoFrame);
    setRenderHint(QPainter::Antialiasing);
    setBackgroundBrush(Qt::NoBrush);
    setStyleSheet(QStringLiteral("background: transparent"));
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setMouseTracking(true);
    viewport()->setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setMinimumSize(160, 72);
    if (m_lines.size() > 1) {
        const QFontMetricsF metrics(wordFont());
        for (const ChartLine &line : m_lines)
            m_nameWidth = std::max(m_nameWidth, metrics.horizontalAdvance(line.name));
        m_nameWidth += nameDash + 8;
    }
    restyle();
}

QRectF PlotView::plotRect() const
{
    const QRectF all = viewport()->rect();
    return all.adjusted(leftGutter, topGutter, -std::max(rightGutter, std::min(m_nameWidth, all.width() * widestName)), -bottomGutter);
}

void PlotView::restyle()
{
    for (qsizetype i = 0; i < m_lines.size(); ++i) {
        // Solid pens only: with a dashed one Qt Charts draws one path, which loses the breaks.
        QPen pen(m_lines.at(i).limit ? colors().muted : seriesColor(m_lines.at(i).color), m_lines.at(i).limit ? 1.0 : 1.6);
        pen.setCapStyle(Qt::RoundCap);
        m_series.at(i)->setPen(pen);
    }
    viewport()->update();
}

void PlotView::setFrame(qint64 fromMs, qint64 toMs, double low, double high, const QVector<Tick> &ticks, const QVector<End> &ends,
                        const QVector<ChartEvent> &events)
{
    m_fromMs = fromMs;
    m_toMs = toMs;
    m_low = low;
    m_high = high;
    m_ticks = ticks;
    m_ends = ends;
    m_events = events;
    chart()->setPlotArea(plotRect());
    m_x->setRange(double(fromMs), double(toMs));
    m_y->setRange(low, high);
}

void PlotView::setLines(const QVector<QList<QPointF>> &points)
{
    for (qsizetype i = 0; i < m_series.size(); ++i)
        m_series.at(i)->replace(points.at(i));
    viewport()->update();
}

double PlotView::xOf(qint64 atMs) const
{
    const QRectF plot = plotRect();
    return plot.left() + double(atMs - m_fromMs) / double(m_toMs - m_fromMs) * plot.width();
}

double PlotView::yOf(double value) const
{
    const QRectF plot = plotRect();
    return plot.bottom() - (value - m_low) / (m_high - m_low) * plot.height();
}

qint64 PlotView::timeAt(double x) const
{
    const QRectF plot = plotRect();
    const double share = std::clamp((x - plot.left()) / std::max(plot.width(), 1.0), 0.0, 1.0);
    return m_fromMs + qint64(std::llround(share * double(m_toMs - m_fromMs)));
}

void PlotView::setCrosshair(std::optional<qint64> atMs, const QVector<std::optional<double>> &values)
{
    // Only the strips left and entered are painted again: the mouse moves often, and over all charts at once.
    if (m_crosshair)
        updateAround(xOf(*m_crosshair));
    m_crosshair = atMs;
    m_crosshairValues = values;
    if (m_crosshair)
        updateAround(xOf(*m_crosshair));
}

void PlotView::updateAround(double x)
{
    viewport()->update(QRectF(x - 6, 0, 12, viewport()->height()).toAlignedRect());
}

void PlotView::drawBackground(QPainter *painter, const QRectF &rect)
{
    QChartView::drawBackground(painter, rect);
    const Colors &c = colors();
    const QRectF plot = plotRect();
    painter->setRenderHint(QPainter::Antialiasing, false);
    painter->setFont(axisFont());
    for (const Tick &tick : m_ticks) {
        const double y = std::round(yOf(tick.value));
        painter->setPen(tick.value == 0 ? c.border : c.grid);
        painter->drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y));
        painter->setPen(c.muted);
        painter->drawText(QRectF(0, y - 8, leftGutter - 8, 16), int(Qt::AlignRight | Qt::AlignVCenter), tick.text);
    }
    const QVector<TimeTick> times = timeTicks(m_fromMs, m_toMs, std::max(2, int(plot.width() / 72)));
    for (const TimeTick &tick : times) {
        const double x = std::round(xOf(tick.atMs));
        painter->setPen(c.grid);
        painter->drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()));
        if (x - 30 < 0 || x + 30 > viewport()->width())
            continue;
        painter->setPen(c.muted);
        painter->drawText(QRectF(x - 40, plot.bottom() + 4, 80, bottomGutter - 4), int(Qt::AlignHCenter | Qt::AlignTop), tick.text);
    }
    painter->setRenderHint(QPainter::Antialiasing, true);
}

void PlotView::drawNames(QPainter *painter) const
{
    if (m_lines.size() < 2 || m_ends.isEmpty())
        return;
    // Names that would cover each other are moved apart, in the order of their values.
    struct Name {
        const End *end;
        double y;
    };
    const QRectF plot = plotRect();
    constexpr double apart = 13;
    QVector<Name> names;
    for (const End &end : m_ends) {
        if (end.value >= m_low && end.value <= m_high)
            names.append({&end, yOf(end.value)});
    }
    std::stable_sort(names.begin(), names.end(), [](const Name &a, const Name &b) { return a.y > b.y; });
    double lowest = plot.bottom() + 2;
    for (Name &name : names) { // upwards from the axis
        name.y = std::min(name.y, lowest);
        lowest = name.y - apart;
    }
    double highest = plot.top();
    for (auto name = names.rbegin(); name != names.rend(); ++name) { // and back down where the top was overrun
        name->y = std::max(name->y, highest);
        highest = name->y + apart;
    }
    const QFontMetricsF metrics(wordFont());
    const double room = viewport()->width() - plot.right() - 5 - nameDash;
    painter->setFont(wordFont());
    for (const Name &name : names) {
        const ChartLine &line = m_lines.at(name.end->line);
        const double x = plot.right() + 5;
        painter->setPen(QPen(line.limit ? colors().muted : seriesColor(line.color), line.limit ? 1 : 2));
        painter->drawLine(QPointF(x, name.y), QPointF(x + nameDash - 4, name.y));
        painter->setPen(colors().text);
        painter->drawText(QRectF(x + nameDash, name.y - 8, room, 16), int(Qt::AlignLeft | Qt::AlignVCenter), metrics.elidedText(line.name, Qt::ElideRight, room));
    }
}

void PlotView::drawEvents(QPainter *painter) const
{
    const QRectF plot = plotRect();
    painter->setFont(wordFont());
    const QFontMetricsF metrics(wordFont());
    double taken = -1; // x up to which a word stands
    for (const ChartEvent &event : m_events) {
        if (event.atMs < m_fromMs || event.atMs > m_toMs)
            continue;
        const double x = std::round(xOf(event.atMs)) + 0.5;
        painter->setPen(QPen(colors().muted, 1, Qt::DashLine));
        painter->drawLine(QPointF(x, 2), QPointF(x, plot.bottom()));
        const double width = metrics.horizontalAdvance(event.word);
        const double left = x + 4 + width > plot.right() ? x - 4 - width : x + 4;
        if (left < taken)
            continue;
        const QRectF place(left, 0, width, topGutter - 2);
        painter->setPen(colors().muted);
        painter->drawText(place, int(Qt::AlignLeft | Qt::AlignVCenter), event.word);
        taken = left + width;
    }
}

void PlotView::drawForeground(QPainter *painter, const QRectF &rect)
{
    QChartView::drawForeground(painter, rect);
    const QRectF plot = plotRect();
    drawNames(painter);
    if (m_bandFrom) {
        QColor fill = colors().accent;
        fill.setAlphaF(0.18F);
        const QRectF band = QRectF(QPointF(*m_bandFrom, plot.top()), QPointF(m_bandTo, plot.bottom())).normalized();
        painter->fillRect(band, fill);
        painter->setPen(colors().accent);
        painter->drawLine(band.topLeft(), band.bottomLeft());
        painter->drawLine(band.topRight(), band.bottomRight());
    }
    if (m_crosshair && *m_crosshair >= m_fromMs && *m_crosshair <= m_toMs) {
        const double x = std::round(xOf(*m_crosshair)) + 0.5;
        painter->setPen(QPen(colors().muted, 1));
        painter->drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()));
        for (qsizetype i = 0; i < m_crosshairValues.size(); ++i) {
            const std::optional<double> value = m_crosshairValues.at(i);
            if (!value || m_lines.at(i).limit || *value < m_low || *value > m_high)
                continue;
            painter->setPen(QPen(colors().surface, 1.5));
            painter->setBrush(seriesColor(m_lines.at(i).color));
            painter->drawEllipse(QPointF(x, yOf(*value)), 4, 4);
        }
        painter->setBrush(Qt::NoBrush);
    }
    drawEvents(painter);
    if (hasFocus()) {
        painter->setPen(QPen(colors().accent, 1));
        painter->drawRoundedRect(QRectF(viewport()->rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    }
}

void PlotView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || !plotRect().contains(event->position())) {
        event->ignore();
        return;
    }
    m_bandFrom = m_bandTo = event->position().x();
}

void PlotView::mouseMoveEvent(QMouseEvent *event)
{
    const QRectF plot = plotRect();
    if (m_bandFrom) {
        m_bandTo = std::clamp(event->position().x(), plot.left(), plot.right());
        viewport()->update();
    }
    if (plot.contains(event->position()) || m_bandFrom)
        emit hovered(timeAt(event->position().x()));
    else
        emit left();
}

void PlotView::mouseReleaseEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || !m_bandFrom)
        return;
    const double from = std::min(*m_bandFrom, m_bandTo);
    const double to = std::max(*m_bandFrom, m_bandTo);
    m_bandFrom.reset();
    viewport()->update();
    if (to - from >= leastBand)
        emit picked(timeAt(from), timeAt(to));
}

void PlotView::mouseDoubleClickEvent(QMouseEvent *event)
{
    mousePressEvent(event);
}

void PlotView::keyPressEvent(QKeyEvent *event)
{
    const qint64 step = std::max<qint64>((m_toMs - m_fromMs) / (event->modifiers() & Qt::ShiftModifier ? 20 : 200), 1);
    const qint64 at = m_crosshair.value_or(m_toMs);
    switch (event->key()) {
    case Qt::Key_Left: emit hovered(std::max(m_fromMs, at - step)); break;
    case Qt::Key_Right: emit hovered(std::min(m_toMs, at + step)); break;
    case Qt::Key_Home: emit hovered(m_fromMs); break;
    case Qt::Key_End: emit hovered(m_toMs); break;
    case Qt::Key_Escape:
        if (m_bandFrom) {
            m_bandFrom.reset();
            viewport()->update();
        } else if (m_crosshair) {
            emit left();
        } else {
            event->ignore();
        }
        break;
    default: event->ignore(); // the scroll area's own keys mean nothing here
    }
}

void PlotView::leaveEvent(QEvent *event)
{
    QChartView::leaveEvent(event);
    emit left();
}

void PlotView::wheelEvent(QWheelEvent *event)
{
    event->ignore(); // the pane scrolls
}

void PlotView::resizeEvent(QResizeEvent *event)
{
    QChartView::resizeEvent(event);
    chart()->setPlotArea(plotRect());
}

void PlotView::focusInEvent(QFocusEvent *event)
{
    QChartView::focusInEvent(event);
    viewport()->update();
}

void PlotView::focusOutEvent(QFocusEvent *event)
{
    QChartView::focusOutEvent(event);
    viewport()->update();
}

} // namespace howdah::ui
