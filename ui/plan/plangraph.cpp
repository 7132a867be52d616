// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plan/plangraph.h"

#include "base/units.h"
#include "ui/widgets/label.h"
#include "ui/widgets/stateword.h"
#include "ui/widgets/theme.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

namespace
{

constexpr int boxWidth = 216, boxHeight = 80, gapX = 16, gapY = 44;

QString nameOf(const plan::PlanNode &node)
{
    return units::oneLine((node.subplan.isEmpty() ? node.title : QString(node.subplan + u": " + node.title)).left(200));
}

QString objectOf(const plan::PlanNode &node)
{
    QString text = node.object.isEmpty() ? node.index : node.object;
    if (!node.index.isEmpty() && !node.object.isEmpty())
        text += u" by "_s + node.index;
    return units::oneLine(text.left(200));
}

QString figuresText(const NodeFigures &figures)
{
    if (figures.ownUs)
        return usText(*figures.ownUs) + (figures.share ? u" · %1"_s.arg(units::ratio(*figures.share)) : QString());
    if (figures.ownCost)
        return u"cost %1"_s.arg(units::count(*figures.ownCost)) + (figures.share ? u" · %1"_s.arg(units::ratio(*figures.share)) : QString());
    return {};
}

QStringList saidOf(const NodeFigures &figures)
{
    QStringList said{figures.head, figuresText(figures), figures.words.join(u", "_s)};
    said.removeAll(QString());
    return said;
}

// 1 row is 1 px, a thousand 5, a million 8.
double widthOf(double rows)
{
    return std::clamp(1 + 1.2 * std::log10(std::max(1.0, rows)), 1.0, 10.0);
}

} // namespace

PlanGraph::PlanGraph(QWidget *parent) : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(u"The plan as a picture"_s);
    connect(&theme(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void PlanGraph::setPlan(const SharedPlan &plan)
{
    m_plan = plan;
    m_boxes.clear();
    setCurrent(-1);
    m_size = {200, 100};
    if (plan && !plan->plan.nodes.isEmpty()) {
        // A parent stands before its children: widths from the back, places from the front.
        const auto &nodes = plan->plan.nodes;
        const int drawn = int(std::min<qsizetype>(nodes.size(), mostBoxes));
        QVector<int> widths(drawn, 0);
        for (int node = drawn - 1; node >= 0; --node) {
            widths[node] = std::max(widths[node], boxWidth);
            if (const int parent = nodes[node].parent; parent >= 0)
                widths[parent] += widths[node] + (widths[parent] > 0 ? gapX : 0);
        }
        QVector<int> next(drawn, 0); // where a node's next child begins
        m_boxes.resize(drawn);
        for (int node = 0; node < drawn; ++node) {
            const int parent = nodes[node].parent;
            const int left = parent < 0 ? space::group : next[parent];
            if (parent >= 0)
                next[parent] += widths[node] + gapX;
            m_boxes[node] = QRect(left + (widths[node] - boxWidth) / 2, space::group + nodes[node].depth * (boxHeight + gapY), boxWidth, boxHeight);
            // Under its middle, where the children take less room than the box itself.
            int below = 0;
            for (const int child : nodes[node].children)
                if (child < drawn)
                    below += widths[child] + (below > 0 ? gapX : 0);
            next[node] = left + (widths[node] - below) / 2;
        }
        QRect all;
        for (const QRect &box : std::as_const(m_boxes))
            all |= box;
        m_size = QSize(all.right() + space::group, all.bottom() + space::group + (drawn < nodes.size() ? space::edge : 0));
    }
    updateGeometry();
    resize(sizeHint());
    update();
}

void PlanGraph::setZoom(double zoom)
{
    m_zoom = std::clamp(zoom, smallest, largest);
    updateGeometry();
    resize(sizeHint());
    update();
}

void PlanGraph::fit(const QSize &room)
{
    const double wide = double(room.width()) / m_size.width(), high = double(room.height()) / m_size.height();
    setZoom(std::min({1.0, wide, high}));
}

void PlanGraph::setCurrent(int node)
{
    m_current = node;
    // To who can't see it, what the box says.
    setAccessibleDescription(m_plan && node >= 0 && node < m_plan->nodes.size() ? units::oneLine(saidOf(m_plan->nodes[node]).join(u", "_s)) : QString());
    update();
}

void PlanGraph::select(int node)
{
    setCurrent(node);
}

QRect PlanGraph::boxOf(int node) const
{
    if (node < 0 || node >= m_boxes.size())
        return {};
    const QRect &box = m_boxes.at(node);
    return QRectF(box.x() * m_zoom, box.y() * m_zoom, box.width() * m_zoom, box.height() * m_zoom).toRect();
}

// From the child up to its parent, where its rows go.
void PlanGraph::drawArrow(QPainter &painter, int node) const
{
    const plan::PlanNode &child = m_plan->plan.nodes[node];
    const NodeFigures &figures = m_plan->nodes[node];
    const QRect &from = m_boxes[node], &to = m_boxes[child.parent];
    const QPointF begin(from.center().x(), from.top()), end(to.center().x(), to.bottom() + 1);
    const double rows = figures.rows ? *figures.rows : figures.planRows.value_or(0);
    const double width = widthOf(rows);
    const double head = std::max(8.0, width + 4);
    QPainterPath path(begin);
    const QPointF tip = end + QPointF(0, head);
    path.cubicTo(begin - QPointF(0, gapY / 2.0), tip + QPointF(0, gapY / 2.0), tip);
    QPen pen(colors().unknown, width);
    pen.setCapStyle(Qt::FlatCap);
    if (child.neverExecuted())
        pen = QPen(colors().muted, 1, Qt::DashLine);
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(path);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colors().unknown);
    painter.drawPolygon(QPolygonF({end, end + QPointF(-head * 0.6, head), end + QPointF(head * 0.6, head)}));
    const QString text = child.neverExecuted() ? u"never executed"_s
                         : figures.rows        ? u"%1 rows"_s.arg(units::count(rows))
                         : figures.planRows    ? u"≈ %1 rows"_s.arg(units::count(rows))
                                               : QString();
    painter.setPen(colors().muted);
    painter.setFont(smallFont());
    // Where the arrow does not go.
    const double beside = width / 2 + 5, room = 120;
    if (end.x() > begin.x() + 1)
        painter.drawText(QRectF(begin.x() - beside - room, begin.y() - 20, room, 18), Qt::AlignRight | Qt::AlignVCenter, text);
    else
        painter.drawText(QRectF(begin.x() + beside, begin.y() - 20, room, 18), Qt::AlignLeft | Qt::AlignVCenter, text);
}

void PlanGraph::drawBox(QPainter &painter, int node) const
{
    const plan::PlanNode &own = m_plan->plan.nodes[node];
    const NodeFigures &figures = m_plan->nodes[node];
    const QRectF box = QRectF(m_boxes[node]).adjusted(0.5, 0.5, -0.5, -0.5);
    const bool current = node == m_current;
    QPen border(current ? colors().accent : figures.heavy ? colors().warning : colors().border, current || figures.heavy ? 2 : 1);
    if (own.neverExecuted())
        border.setStyle(Qt::DashLine);
    painter.setPen(border);
    painter.setBrush(current ? colors().selection : colors().surface);
    painter.drawRoundedRect(box, space::radius, space::radius);
    const int indent = figures.heavy ? 16 : 0;
    if (figures.heavy)
        paintStateMark(painter, QRectF(box.left() + 10, box.top() + 11, 9, 9), StateLook::Warning);
    const auto line = [&](int row, const QString &text, const QColor &color, const QFont &font, int from) {
        const QRectF place(box.left() + 10 + from, box.top() + 5 + row * 17, box.width() - 20 - from, 18);
        painter.setPen(color);
        painter.setFont(font);
        painter.drawText(place, Qt::AlignVCenter | Qt::AlignLeft, QFontMetrics(font).elidedText(text, Qt::ElideRight, int(place.width())));
    };
    QFont strong = textFont();
    strong.setWeight(QFont::DemiBold);
    const QColor ink = own.neverExecuted() ? colors().muted : colors().text;
    line(0, nameOf(own), ink, strong, indent);
    line(1, objectOf(own), colors().muted, smallFont(), 0);
    line(2, figuresText(figures), ink, figureFont(12), 0);
    line(3, figures.words.join(u", "_s), figures.heavy ? colors().warning : colors().muted, smallFont(), 0);
    if (figures.share) {
        const QRectF bar(box.left() + 1, box.bottom() - 4, (box.width() - 2) * *figures.share, 3);
        painter.fillRect(bar, figures.heavy ? colors().warning : colors().accent);
    }
}

void PlanGraph::paintEvent(QPaintEvent *event)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.scale(m_zoom, m_zoom);
    const QRectF seen(event->rect().x() / m_zoom, event->rect().y() / m_zoom, event->rect().width() / m_zoom, event->rect().height() / m_zoom);
    for (int node = 1; node < m_boxes.size(); ++node) {
        const int parent = m_plan->plan.nodes[node].parent;
        if (parent >= 0 && QRectF(m_boxes[node]).united(QRectF(m_boxes[parent])).adjusted(-160, -24, 160, 8).intersects(seen))
            drawArrow(painter, node);
    }
    for (int node = 0; node < m_boxes.size(); ++node) {
        if (QRectF(m_boxes[node]).intersects(seen))
            drawBox(painter, node);
    }
    if (m_plan && m_boxes.size() < m_plan->plan.nodes.size()) {
        painter.setPen(colors().muted);
        painter.setFont(textFont());
        painter.drawText(QRectF(space::group, m_size.height() - space::edge - 4, 600, space::edge), Qt::AlignVCenter | Qt::AlignLeft,
                         u"%1 further nodes are not drawn: the text has all of them"_s.arg(units::exact(double(m_plan->plan.nodes.size() - m_boxes.size()))));
    }
    if (hasFocus() && m_current < 0) {
        painter.resetTransform();
        painter.setPen(QPen(colors().accent, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(rect().adjusted(1, 1, -2, -2));
    }
}

void PlanGraph::choose(int node)
{
    if (node < 0 || node >= m_boxes.size() || node == m_current)
        return;
    setCurrent(node);
    emit currentNodeChanged(node);
}

int PlanGraph::boxAt(const QPoint &at) const
{
    const QPoint place = (QPointF(at) / m_zoom).toPoint();
    const auto found = std::find_if(m_boxes.cbegin(), m_boxes.cend(), [&place](const QRect &box) { return box.contains(place); });
    return found == m_boxes.cend() ? -1 : int(found - m_boxes.cbegin());
}

void PlanGraph::mousePressEvent(QMouseEvent *event)
{
    setFocus(Qt::MouseFocusReason);
    choose(boxAt(event->pos()));
}

void PlanGraph::wheelEvent(QWheelEvent *event)
{
    if (!(event->modifiers() & Qt::ControlModifier))
        return QWidget::wheelEvent(event);
    emit zoomWanted(m_zoom * (event->angleDelta().y() > 0 ? 1.15 : 1 / 1.15));
    event->accept();
}

int PlanGraph::among(int node, int step) const
{
    const auto &nodes = m_plan->plan.nodes;
    int best = -1;
    for (int other = 0; other < m_boxes.size(); ++other) {
        if (nodes[other].depth != nodes[node].depth || (m_boxes[other].x() - m_boxes[node].x()) * step <= 0)
            continue;
        if (best < 0 || std::abs(m_boxes[other].x() - m_boxes[node].x()) < std::abs(m_boxes[best].x() - m_boxes[node].x()))
            best = other;
    }
    return best;
}

void PlanGraph::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Plus || event->key() == Qt::Key_Equal)
        return emit zoomWanted(m_zoom * 1.25);
    if (event->key() == Qt::Key_Minus)
        return emit zoomWanted(m_zoom / 1.25);
    if (event->key() == Qt::Key_0)
        return emit zoomWanted(0);
    if (m_boxes.isEmpty())
        return QWidget::keyPressEvent(event);
    const bool arrow = event->key() >= Qt::Key_Left && event->key() <= Qt::Key_Down;
    if ((arrow && m_current < 0) || event->key() == Qt::Key_Home)
        return choose(0);
    if (m_current < 0)
        return QWidget::keyPressEvent(event);
    const plan::PlanNode &node = m_plan->plan.nodes[m_current];
    switch (event->key()) {
    case Qt::Key_Up: return choose(node.parent);
    case Qt::Key_Down: return choose(node.children.value(0, -1));
    case Qt::Key_Left: return choose(among(m_current, -1));
    case Qt::Key_Right: return choose(among(m_current, 1));
    default: QWidget::keyPressEvent(event);
    }
}

bool PlanGraph::event(QEvent *event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    auto *help = static_cast<QHelpEvent *>(event);
    const int node = boxAt(help->pos());
    if (node < 0)
        QToolTip::hideText();
    else
        QToolTip::showText(
            help->globalPos(),
            tooltipText(saidOf(m_plan->nodes[node]).join(u'\n')), this, boxOf(node));
    return true;
}

} // namespace howdah::ui
