// SPDX-License-Identifier: GPL-3.0-or-later
// How the strip is drawn.
#include "backup/moment.h"
#include "ui/backup/stripmark.h"
#include "ui/backup/windowstrip.h"
#include "ui/widgets/theme.h"

#include <QDateTime>
#include <QLocale>
#include <QPaintEvent>

#include <algorithm>
#include <cmath>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

namespace
{

constexpr int nameLeft = 12, legendHeight = 20, barHeight = 12, markSize = 11, leastIsland = 3, leastGap = 6;

} // namespace

void WindowStrip::paintEvent(QPaintEvent *)
{
    const Colors &c = colors();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(c.surface);
    painter.setPen(QPen(hasFocus() ? c.accent : c.border, 1));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), space::radius, space::radius);
    painter.setFont(smallFont());
    paintLegend(painter);
    paintAxis(painter);
    if (m_values.isEmpty()) {
        painter.setPen(c.muted);
        painter.drawText(plot(), int(Qt::AlignLeft | Qt::AlignVCenter), m_values.unknown.isEmpty() ? u"No backup, and so no moment that can be reached"_s : u"Not known: "_s + m_values.unknown);
        return;
    }
    for (const StripLane &lane : m_values.lanes)
        paintLane(painter, lane);
    paintCursor(painter);
}

// Only what is there.
void WindowStrip::paintLegend(QPainter &painter) const
{
    using Kind = StripMark::Kind;
    const Colors &c = colors();
    const QFontMetrics metrics(painter.font());
    double x = plot().left();
    const double middle = legendHeight / 2.0 + 2;
    const auto word = [&](const QString &text) {
        painter.setPen(c.muted);
        painter.drawText(QRectF(x, middle - 9, 400, 18), int(Qt::AlignLeft | Qt::AlignVCenter), text);
        x += metrics.horizontalAdvance(text) + space::group;
    };
    bool reachable = false, missing = false;
    for (const StripLane &lane : m_values.lanes) {
        reachable = reachable || !lane.islands.isEmpty();
        missing = missing || std::any_of(lane.gaps.cbegin(), lane.gaps.cend(), [](const StripGap &gap) { return !gap.isTail; });
    }
    if (reachable) {
        painter.fillRect(QRectF(x, middle - 5, 18, 10), seriesColor(0));
        x += 18 + space::inside;
        word(u"can be reached"_s);
    }
    if (missing) {
        painter.fillRect(QRectF(x, middle - 5, 18, 10), missingBrush());
        x += 18 + space::inside;
        word(u"missing"_s);
    }
    for (const Kind kind : {Kind::Full, Kind::Incremental, Kind::Dump, Kind::RestorePoint, Kind::Migration}) {
        const bool has = std::any_of(m_values.lanes.cbegin(), m_values.lanes.cend(), [&](const StripLane &lane) {
            return std::any_of(lane.marks.cbegin(), lane.marks.cend(), [&](const StripMark &mark) { return mark.kind == kind; });
        });
        if (!has)
            continue;
        paintStripMark(painter, QRectF(x, middle - markSize / 2.0, markSize, markSize), kind, true);
        x += markSize + space::inside;
        word(stripMarkName(kind));
    }
    // The axis has the hours alone.
    const auto day = [&](qint64 us) { return QLocale::c().toString(QDateTime::fromMSecsSinceEpoch(us / 1000, m_zone), u"ddd d MMM yyyy"_s); };
    const QString first = day(m_fromUs), last = day(m_toUs), days = first == last ? first : u"%1 – %2"_s.arg(first, last);
    if (const double width = metrics.horizontalAdvance(days) + 2; plot().right() - width > x) {
        painter.setPen(c.muted);
        painter.drawText(QRectF(plot().right() - width, middle - 9, width, 18), int(Qt::AlignRight | Qt::AlignVCenter), days);
    }
}

void WindowStrip::paintAxis(QPainter &painter) const
{
    const Colors &c = colors();
    const QRectF all = plot();
    for (const StripTick &tick : stripTicks(m_fromUs, m_toUs, std::max(2, int(all.width() / 110)), m_zone)) {
        const double x = std::round(xOf(tick.atUs)) + 0.5;
        painter.setPen(c.grid);
        painter.drawLine(QPointF(x, all.top()), QPointF(x, all.bottom()));
        painter.setPen(c.muted);
        painter.drawText(QRectF(x - 50, all.bottom() + 2, 100, 16), int(Qt::AlignHCenter | Qt::AlignTop), tick.text);
    }
    // In which zone they are, where the lanes have their names.
    painter.setPen(c.muted);
    const QString last = moment(m_toUs);
    painter.drawText(QRectF(nameLeft, all.bottom() + 2, all.left() - 2 * nameLeft, 16), int(Qt::AlignLeft | Qt::AlignTop), u"UTC"_s + last.sliced(last.lastIndexOf(last.contains(u'+') ? u'+' : u'-')));
}

void WindowStrip::paintLane(QPainter &painter, const StripLane &lane) const
{
    const Colors &c = colors();
    const QRectF all = laneRect(lane.timeline);
    const QFontMetrics metrics(painter.font());
    painter.setPen(lane.islands.isEmpty() && lane.timeline ? c.critical : c.text);
    painter.drawText(QRectF(nameLeft, all.top(), all.left() - nameLeft - space::inside, all.height()), int(Qt::AlignLeft | Qt::AlignVCenter), lane.name);
    const QRectF bar(all.left(), all.bottom() - barHeight - 4, all.width(), barHeight);
    painter.save();
    painter.setClipRect(all.adjusted(-markSize, 0, markSize, 0));
    painter.setPen(c.grid);
    painter.drawLine(QPointF(bar.left(), bar.center().y()), QPointF(bar.right(), bar.center().y()));
    const auto stretch = [&](qint64 fromUs, qint64 toUs, double least) {
        const double from = xOf(fromUs);
        return QRectF(from, bar.top(), std::max(xOf(toUs) - from, least), bar.height());
    };
    for (const StripGap &gap : lane.gaps) {
        const QRectF area = stretch(gap.fromUs, gap.toUs, gap.isTail ? 0 : leastGap);
        if (gap.isTail) {
            painter.setPen(QPen(c.muted, 1, Qt::DotLine));
            painter.drawLine(QPointF(area.left(), area.center().y()), QPointF(area.right(), area.center().y()));
            continue;
        }
        painter.fillRect(area, c.surface);
        painter.fillRect(area, missingBrush());
        painter.setPen(QPen(c.critical, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(area);
    }
    if (lane.islands.isEmpty() && lane.timeline && m_values.unknown.isEmpty()) {
        painter.setPen(c.critical);
        painter.drawText(bar.adjusted(2, -2, 0, 2), int(Qt::AlignLeft | Qt::AlignVCenter), u"no moment can be reached"_s);
    }
    for (const Island &island : lane.islands)
        painter.fillRect(stretch(island.fromUs, island.toUs, leastIsland), seriesColor(0));
    painter.restore();
    // The words stand above what they are of, where there is room between the marks.
    for (const StripGap &gap : lane.gaps) {
        const double from = std::max(xOf(gap.fromUs), all.left());
        if (gap.isTail || from > all.right())
            continue;
        double until = all.right();
        for (const StripMark &mark : lane.marks) {
            if (const double x = xOf(mark.atUs) - markSize; x > from)
                until = std::min(until, x);
        }
        if (until - from < 48)
            continue;
        painter.setPen(c.critical);
        painter.drawText(QRectF(from + 2, all.top() + 1, until - from - 4, 16), int(Qt::AlignLeft | Qt::AlignVCenter), metrics.elidedText(gap.words, Qt::ElideMiddle, int(until - from - 4)));
    }
    for (const StripMark &mark : lane.marks)
        paintMark(painter, mark, all);
}

void WindowStrip::paintMark(QPainter &painter, const StripMark &mark, const QRectF &lane) const
{
    const double x = xOf(mark.atUs);
    if (x < lane.left() - markSize || x > lane.right() + markSize)
        return;
    const double top = mark.kind == StripMark::Kind::Dump ? lane.bottom() - barHeight - 4 : lane.top() + 4;
    paintStripMark(painter, QRectF(x - markSize / 2.0, top, markSize, markSize), mark.kind, mark.trouble.isEmpty());
}

void WindowStrip::paintMoment(QPainter &painter, qint64 us, const QColor &color, Qt::PenStyle style) const
{
    const QRectF all = plot();
    const double x = std::round(xOf(us)) + 0.5;
    if (x < all.left() || x > all.right() + 1)
        return;
    painter.setPen(QPen(color, 1, style));
    painter.drawLine(QPointF(x, all.top() - 2), QPointF(x, all.bottom()));
    const QString text = secondText(us, m_zone);
    const double width = QFontMetrics(painter.font()).horizontalAdvance(text) + 2;
    const double left = std::clamp(x - width / 2, all.left(), std::max(all.left(), all.right() - width));
    painter.fillRect(QRectF(left - 2, all.top() - 18, width + 4, 16), colors().surface);
    painter.drawText(QRectF(left, all.top() - 18, width, 16), int(Qt::AlignCenter), text);
}

void WindowStrip::paintCursor(QPainter &painter) const
{
    const Colors &c = colors();
    const QRectF all = plot();
    if (const double x = xOf(m_values.nowUs); m_values.nowUs && x >= all.left() && x <= all.right()) {
        painter.setPen(QPen(c.muted, 1, Qt::DashLine));
        painter.drawLine(QPointF(std::round(x) + 0.5, all.top() - 2), QPointF(std::round(x) + 0.5, all.bottom()));
        const auto isNear = [&](const std::optional<qint64> &us) { return us && std::abs(xOf(*us) - x) < 120; };
        if (!isNear(m_picked) && !isNear(m_cursor))
            painter.drawText(QRectF(x - 40, all.top() - 18, 80, 16), int(Qt::AlignCenter), u"now"_s);
    }
    if (m_picked) {
        paintMoment(painter, *m_picked, c.accent, Qt::SolidLine);
        const QRectF lane = laneRect(m_pickedLane);
        const double x = xOf(*m_picked);
        if (!lane.isNull() && x >= all.left() && x <= all.right()) {
            painter.setBrush(c.surface);
            painter.setPen(QPen(c.accent, 2));
            painter.drawEllipse(QPointF(x, lane.bottom() - barHeight / 2.0 - 4), 4, 4);
        }
    }
    if (m_cursor) {
        if (const QRectF lane = laneRect(m_cursorLane); !lane.isNull()) {
            QColor band = c.selection;
            band.setAlphaF(0.25F);
            painter.fillRect(lane, band);
        }
        paintMoment(painter, *m_cursor, c.text, Qt::DotLine);
    }
}

} // namespace howdah::ui
