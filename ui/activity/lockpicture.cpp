// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/activity/lockpicture.h"

#include "base/units.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>

#include <algorithm>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

namespace
{

constexpr int boxWidth = 284, boxHeight = 64, gapX = 56, gapY = 12;
constexpr int deepest = 40;       // beyond it a chain is told in the tree
constexpr qsizetype most = 400;   // boxes; more than that is no picture

QString cell(const KeyedRow &row, int column)
{
    return column < row.cells.size() ? row.cells.at(column).text : QString();
}

} // namespace

LockPicture::LockPicture(QWidget *parent) : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(u"Who blocks whom, as a picture"_s);
    connect(&theme(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

// Depth first; the recursion is bounded by `deepest`. Returns where the next box below may begin.
int LockPicture::place(const KeyedRow &row, int parent, int depth, int top)
{
    if (m_boxes.size() >= most) {
        m_leftOut += 1 + int(row.children.size());
        return top;
    }
    Box box;
    box.key = row.key;
    box.title = cell(row, 0);
    box.line = cell(row, 2);
    box.lock = cell(row, 1);
    box.look = row.cells.constFirst().mark.value_or(StateLook::Warning);
    box.parent = parent;
    const int self = int(m_boxes.size());
    m_boxes.append(box);
    int bottom = top;
    // Of a queue that is one row, its members are in the tree.
    if (!row.key.startsWith("queue "_L1) && depth < deepest) {
        for (const KeyedRow &child : row.children)
            bottom = place(child, self, depth + 1, bottom);
    } else if (depth >= deepest) {
        m_leftOut += int(row.children.size());
    }
    bottom = std::max(bottom, top + boxHeight + gapY);
    const int middle = (top + bottom - gapY - boxHeight) / 2;
    m_boxes[self].at = QRect(space::group + depth * (boxWidth + gapX), middle, boxWidth, boxHeight);
    return bottom;
}

void LockPicture::setRows(const QVector<KeyedRow> &rows)
{
    m_boxes.clear();
    m_leftOut = 0;
    int top = space::group;
    for (const KeyedRow &row : rows)
        top = place(row, -1, 0, top) + gapY;
    QRect all;
    for (const Box &box : std::as_const(m_boxes))
        all |= box.at;
    m_size = QSize(all.right() + space::group, all.bottom() + space::group + (m_leftOut ? boxHeight : 0)).expandedTo({200, 100});
    updateGeometry();
    resize(m_size.expandedTo(parentWidget() ? parentWidget()->size() : QSize()));
    update();
}

void LockPicture::select(const QString &key)
{
    m_current = key;
    update();
}

QRect LockPicture::boxOf(const QString &key) const
{
    for (const Box &box : m_boxes) {
        if (box.key == key)
            return box.at;
    }
    return {};
}

void LockPicture::paintEvent(QPaintEvent *event)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QFont words = smallFont();
    for (const Box &box : std::as_const(m_boxes)) {
        if (box.parent < 0)
            continue;
        const QPointF from = QPointF(m_boxes.at(box.parent).at.right() + 1, m_boxes.at(box.parent).at.center().y());
        const QPointF to = QPointF(box.at.left(), box.at.center().y());
        QPainterPath path(from);
        path.cubicTo(from + QPointF(gapX / 2.0, 0), to - QPointF(gapX / 2.0, 0), to);
        painter.setPen(QPen(colors().muted, 1.2));
        painter.drawPath(path);
        // The arrow points at who is waited for.
        painter.setBrush(colors().muted);
        painter.drawPolygon(QPolygonF({from, from + QPointF(8, -4), from + QPointF(8, 4)}));
        painter.setBrush(Qt::NoBrush);
    }
    for (const Box &box : std::as_const(m_boxes)) {
        if (!box.at.intersects(event->rect()))
            continue;
        const bool current = box.key == m_current;
        painter.setPen(QPen(current ? colors().accent : colors().border, current ? 2 : 1));
        painter.setBrush(current ? colors().selection : colors().surface);
        painter.drawRoundedRect(QRectF(box.at).adjusted(0.5, 0.5, -0.5, -0.5), space::radius, space::radius);
        paintStateMark(painter, QRectF(box.at.left() + 10, box.at.top() + 11, 9, 9), box.look);
        const auto line = [&](int row, const QString &text, const QColor &color, const QFont &font, int indent) {
            painter.setPen(color);
            painter.setFont(font);
            const QRect place(box.at.left() + 10 + indent, box.at.top() + 6 + row * 18, box.at.width() - 20 - indent, 18);
            painter.drawText(place, Qt::AlignVCenter | Qt::AlignLeft, QFontMetrics(font).elidedText(units::oneLine(text), Qt::ElideRight, place.width()));
        };
        line(0, box.title, colors().text, textFont(), 16);
        line(1, box.line, colors().muted, words, 0);
        line(2, box.lock, colors().text, words, 0);
    }
    if (m_leftOut > 0) {
        painter.setPen(colors().muted);
        painter.setFont(textFont());
        painter.drawText(QRect(space::group, m_size.height() - boxHeight, width() - space::group, boxHeight), Qt::AlignVCenter | Qt::AlignLeft,
                         u"%1 sessions and more are not drawn: the tree has all of them"_s.arg(m_leftOut));
    }
    if (hasFocus() && m_current.isEmpty() && !m_boxes.isEmpty()) {
        painter.setPen(QPen(colors().accent, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(rect().adjusted(1, 1, -2, -2));
    }
}

void LockPicture::choose(int index)
{
    if (index < 0 || index >= m_boxes.size())
        return;
    m_current = m_boxes.at(index).key;
    update();
    emit currentKeyChanged(m_current);
}

void LockPicture::mousePressEvent(QMouseEvent *event)
{
    setFocus(Qt::MouseFocusReason);
    for (int i = 0; i < m_boxes.size(); ++i) {
        if (m_boxes.at(i).at.contains(event->pos()))
            return choose(i);
    }
}

void LockPicture::keyPressEvent(QKeyEvent *event)
{
    int at = -1;
    for (int i = 0; i < m_boxes.size(); ++i)
        at = m_boxes.at(i).key == m_current ? i : at;
    if (at < 0 && !m_boxes.isEmpty() && event->key() >= Qt::Key_Left && event->key() <= Qt::Key_Down)
        return choose(0);
    if (at < 0)
        return QWidget::keyPressEvent(event);
    const auto among = [this](int parent) {
        QVector<int> all;
        for (int i = 0; i < m_boxes.size(); ++i) {
            if (m_boxes.at(i).parent == parent)
                all.append(i);
        }
        return all;
    };
    switch (event->key()) {
    case Qt::Key_Left: return choose(m_boxes.at(at).parent);
    case Qt::Key_Right: return choose(among(at).value(0, -1));
    case Qt::Key_Up:
    case Qt::Key_Down: {
        const QVector<int> siblings = among(m_boxes.at(at).parent);
        return choose(siblings.value(siblings.indexOf(at) + (event->key() == Qt::Key_Down ? 1 : -1), -1));
    }
    default: QWidget::keyPressEvent(event);
    }
}

bool LockPicture::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        auto *help = static_cast<QHelpEvent *>(event);
        for (const Box &box : std::as_const(m_boxes)) {
            if (box.at.contains(help->pos())) {
                QToolTip::showText(help->globalPos(), tooltipText(box.title + u'\n' + box.line + u'\n' + box.lock), this, box.at);
                return true;
            }
        }
        QToolTip::hideText();
        return true;
    }
    return QWidget::event(event);
}

} // namespace howdah::ui
