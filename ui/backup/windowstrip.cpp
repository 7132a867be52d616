// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/windowstrip.h"

#include "backup/moment.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QAccessible>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

namespace
{

constexpr int gutter = 104, rightRoom = 16, legendHeight = 20, momentHeight = 18, laneHeight = 36, axisHeight = 20, markSize = 11;
constexpr qint64 leastSpan = 2'000'000; // two seconds

} // namespace

WindowStrip::WindowStrip(QWidget *parent) : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(u"Recoverable window"_s);
    connect(&theme(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void WindowStrip::setValues(const StripValues &values)
{
    const bool lanesChanged = values.lanes.size() != m_values.lanes.size();
    m_values = values;
    if (m_all || m_toUs <= m_fromUs)
        std::tie(m_fromUs, m_toUs) = m_values.extent();
    if (!m_cursor && !m_picked) // a dumps' lane is no place to begin at
        m_cursorLane = firstLane();
    setAccessibleDescription(m_values.inWords(m_zone));
    if (lanesChanged)
        updateGeometry();
    update();
}

void WindowStrip::setZone(const QTimeZone &zone)
{
    m_zone = zone;
    setAccessibleDescription(m_values.inWords(m_zone));
    update();
}

void WindowStrip::setPicked(qint64 us, Timeline timeline)
{
    m_picked = us;
    m_pickedLane = timeline;
    m_cursorLane = timeline;
    // What was picked is in sight.
    if (us < m_fromUs || us > m_toUs)
        setView(us - (m_toUs - m_fromUs) / 2, us + (m_toUs - m_fromUs) / 2);
    update();
}

void WindowStrip::clearPicked()
{
    m_picked.reset();
    update();
}

void WindowStrip::setView(qint64 fromUs, qint64 toUs)
{
    if (toUs - fromUs < leastSpan)
        toUs = fromUs + leastSpan;
    m_fromUs = fromUs;
    m_toUs = toUs;
    m_all = false;
    update();
}

void WindowStrip::showAll()
{
    m_all = true;
    std::tie(m_fromUs, m_toUs) = m_values.extent();
    update();
}

QSize WindowStrip::sizeHint() const
{
    return {640, legendHeight + momentHeight + laneHeight * int(std::max<qsizetype>(m_values.lanes.size(), 1)) + axisHeight};
}

QSize WindowStrip::minimumSizeHint() const
{
    return {320, sizeHint().height()};
}

QRectF WindowStrip::plot() const
{
    return QRectF(gutter, legendHeight + momentHeight, std::max(1, width() - gutter - rightRoom), laneHeight * std::max<qsizetype>(m_values.lanes.size(), 1));
}

QRectF WindowStrip::laneRect(Timeline timeline) const
{
    const QRectF all = plot();
    for (qsizetype i = 0; i < m_values.lanes.size(); ++i) {
        if (m_values.lanes.at(i).timeline == timeline)
            return QRectF(all.left(), all.top() + double(laneHeight * i), all.width(), laneHeight);
    }
    return {};
}

double WindowStrip::xOf(qint64 us) const
{
    const QRectF all = plot();
    return m_toUs > m_fromUs ? all.left() + all.width() * double(us - m_fromUs) / double(m_toUs - m_fromUs) : all.left();
}

qint64 WindowStrip::usAt(double x) const
{
    const QRectF all = plot();
    return m_fromUs + qint64(std::llround(double(m_toUs - m_fromUs) * (std::clamp(x, all.left(), all.right()) - all.left()) / all.width()));
}

Timeline WindowStrip::firstLane() const
{
    return m_values.lanes.isEmpty() ? 0 : m_values.lanes.constFirst().timeline;
}

Timeline WindowStrip::laneAt(double y) const
{
    if (m_values.lanes.isEmpty())
        return 0;
    const int number = std::clamp(int((y - plot().top()) / laneHeight), 0, int(m_values.lanes.size()) - 1);
    return m_values.lanes.at(number).timeline;
}

const StripMark *WindowStrip::markAt(const QPointF &at) const
{
    const StripLane *lane = plot().contains(at) ? m_values.lane(laneAt(at.y())) : nullptr;
    const StripMark *nearest = nullptr;
    for (qsizetype i = 0; lane && i < lane->marks.size(); ++i) {
        const StripMark &mark = lane->marks.at(i);
        const double away = std::abs(xOf(mark.atUs) - at.x());
        if (away <= markSize / 2.0 + 2 && (!nearest || away <= std::abs(xOf(nearest->atUs) - at.x())))
            nearest = &mark;
    }
    return nearest;
}

QString WindowStrip::moment(qint64 us) const
{
    return momentText(us, m_zone);
}

QString WindowStrip::tipOf(Timeline timeline, qint64 us) const
{
    QString text = moment(us) + u'\n' + momentText(us) + u" (UTC)"_s;
    const QString why = m_values.whyNot(timeline, us);
    const StripLane *lane = m_values.lane(timeline);
    if (lane)
        text += u'\n' + lane->name + (timeline == 0 ? QString() : why.isEmpty() ? u": can be reached"_s : u": can't be reached: "_s + why);
    return text;
}

QString WindowStrip::tipAt(const QPointF &at) const
{
    if (m_values.isEmpty() || !plot().contains(at))
        return m_values.inWords(m_zone);
    const StripMark *mark = markAt(at);
    if (!mark)
        return tipOf(laneAt(at.y()), usAt(at.x()));
    return mark->words + u'\n' + moment(mark->atUs) + u'\n' + momentText(mark->atUs) + u" (UTC)"_s + (mark->trouble.isEmpty() ? QString() : u"\nof no use: "_s + mark->trouble);
}

bool WindowStrip::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        auto *help = static_cast<QHelpEvent *>(event);
        QToolTip::showText(help->globalPos(), tooltipText(tipAt(help->pos())), this);
        return true;
    }
    return QWidget::event(event);
}

void WindowStrip::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || m_values.isEmpty() || !plot().contains(event->position()))
        return QWidget::mousePressEvent(event);
    const StripMark *mark = markAt(event->position());
    if (mark && mark->kind <= StripMark::Kind::Dump)
        emit markPicked(mark->id);
    pick(mark ? mark->atUs : usAt(event->position().x()), laneAt(event->position().y()));
}

void WindowStrip::mouseMoveEvent(QMouseEvent *event)
{
    if (m_values.isEmpty() || !plot().contains(event->position())) {
        m_cursor.reset();
    } else {
        const StripMark *mark = markAt(event->position());
        m_cursor = mark ? mark->atUs : usAt(event->position().x());
        m_cursorLane = laneAt(event->position().y());
    }
    update();
}

void WindowStrip::leaveEvent(QEvent *)
{
    m_cursor.reset();
    update();
}

void WindowStrip::focusInEvent(QFocusEvent *event)
{
    QWidget::focusInEvent(event);
    if (!m_values.lane(m_cursorLane))
        m_cursorLane = firstLane();
}

void WindowStrip::pick(qint64 us, Timeline timeline)
{
    if (timeline == 0)
        return; // a dump is picked as a mark; no recovery leads to it
    m_picked = us;
    m_pickedLane = timeline;
    update();
    emit momentPicked(us, timeline);
}

void WindowStrip::tell()
{
    setAccessibleDescription(m_cursor ? tipOf(m_cursorLane, *m_cursor) : m_values.inWords(m_zone));
    QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&changed);
}

void WindowStrip::moveCursor(qint64 us)
{
    m_cursor = us;
    // The view follows.
    const qint64 span = m_toUs - m_fromUs;
    if (us < m_fromUs)
        setView(us, us + span);
    else if (us > m_toUs)
        setView(us - span, us);
    update();
    tell();
}

void WindowStrip::toNextMark(int direction)
{
    const StripLane *lane = m_values.lane(m_cursorLane);
    if (!lane)
        return;
    QVector<qint64> stops;
    for (const StripMark &mark : lane->marks)
        stops << mark.atUs;
    for (const Island &island : lane->islands)
        stops << island.fromUs << island.toUs;
    std::sort(stops.begin(), stops.end());
    const qint64 at = m_cursor.value_or(direction > 0 ? m_fromUs : m_toUs);
    const auto next = direction > 0 ? std::upper_bound(stops.cbegin(), stops.cend(), at) : std::lower_bound(stops.cbegin(), stops.cend(), at);
    if (direction > 0 && next != stops.cend())
        moveCursor(*next);
    else if (direction < 0 && next != stops.cbegin())
        moveCursor(*std::prev(next));
}

void WindowStrip::changeLane(int direction)
{
    qsizetype number = 0;
    for (qsizetype i = 0; i < m_values.lanes.size(); ++i) {
        if (m_values.lanes.at(i).timeline == m_cursorLane)
            number = i;
    }
    number = std::clamp<qsizetype>(number + direction, 0, m_values.lanes.size() - 1);
    m_cursorLane = m_values.lanes.at(number).timeline;
    if (!m_cursor)
        m_cursor = m_picked.value_or(m_toUs);
    update();
    tell();
}

void WindowStrip::zoom(double factor, qint64 aroundUs)
{
    const double span = double(m_toUs - m_fromUs) * factor;
    const auto [first, last] = m_values.extent();
    if (span >= double(last - first))
        return showAll();
    const double share = double(aroundUs - m_fromUs) / double(std::max<qint64>(m_toUs - m_fromUs, 1));
    const qint64 from = aroundUs - qint64(span * share);
    setView(from, from + qint64(span));
}

void WindowStrip::keyPressEvent(QKeyEvent *event)
{
    if (m_values.isEmpty())
        return QWidget::keyPressEvent(event);
    if (!m_values.lane(m_cursorLane))
        m_cursorLane = firstLane();
    const qint64 at = m_cursor.value_or(m_picked.value_or(m_toUs));
    const qint64 pixel = std::max<qint64>(qint64(double(m_toUs - m_fromUs) / plot().width()), 1);
    const qint64 step = event->modifiers() & Qt::ShiftModifier ? 20 * pixel : pixel;
    const bool byMarks = event->modifiers() & Qt::ControlModifier;
    switch (event->key()) {
    case Qt::Key_Left: byMarks ? toNextMark(-1) : moveCursor(at - step); break;
    case Qt::Key_Right: byMarks ? toNextMark(1) : moveCursor(at + step); break;
    case Qt::Key_Home: moveCursor(m_values.extent().first); break;
    case Qt::Key_End: moveCursor(m_values.extent().second); break;
    case Qt::Key_Up: changeLane(-1); break;
    case Qt::Key_Down: changeLane(1); break;
    case Qt::Key_Plus:
    case Qt::Key_Equal: zoom(0.5, at); break;
    case Qt::Key_Minus: zoom(2, at); break;
    case Qt::Key_0: showAll(); break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space: {
        const StripLane *lane = m_values.lane(m_cursorLane);
        for (const StripMark &mark : lane->marks) {
            if (mark.atUs == at && mark.kind <= StripMark::Kind::Dump)
                emit markPicked(mark.id);
        }
        pick(at, m_cursorLane);
        break;
    }
    default: return QWidget::keyPressEvent(event);
    }
}

void WindowStrip::wheelEvent(QWheelEvent *event)
{
    // Alone it scrolls what the strip stands in.
    if (!(event->modifiers() & Qt::ControlModifier) || m_values.isEmpty())
        return QWidget::wheelEvent(event);
    zoom(event->angleDelta().y() > 0 ? 0.8 : 1.25, usAt(event->position().x()));
    event->accept();
}

} // namespace howdah::ui
