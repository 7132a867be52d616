// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/stateword.h"

#include "ui/widgets/theme.h"

#include <QPainter>

namespace howdah::ui
{

namespace
{
constexpr int markSize = 10;
}

QColor stateColor(StateLook look)
{
    const Colors &c = colors();
    switch (look) {
    case StateLook::Ok: return c.ok;
    case StateLook::Warning: return c.warning;
    case StateLook::Critical: return c.critical;
    case StateLook::Busy: return c.accent;
    case StateLook::Unknown: break;
    }
    return c.unknown;
}

void paintStateMark(QPainter &painter, const QRectF &square, StateLook look)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor color = stateColor(look);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    switch (look) {
    case StateLook::Ok: painter.drawEllipse(square); break;
    case StateLook::Warning:
        painter.drawPolygon(QPolygonF{{QPointF(square.center().x(), square.top()), square.bottomRight(), square.bottomLeft()}});
        break;
    case StateLook::Critical: painter.drawRect(square.adjusted(0.5, 0.5, -0.5, -0.5)); break;
    case StateLook::Busy:
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(color, 2));
        painter.drawArc(square.adjusted(1, 1, -1, -1), 0, 270 * 16);
        break;
    case StateLook::Unknown:
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(color, 1.5));
        painter.drawEllipse(square.adjusted(1, 1, -1, -1));
        break;
    }
    painter.restore();
}

QIcon stateIcon(StateLook look)
{
    constexpr int size = 12;
    constexpr int scale = 2;
    QPixmap pixmap(size * scale, size * scale);
    pixmap.setDevicePixelRatio(scale);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    paintStateMark(painter, QRectF(1, 1, size - 2, size - 2), look);
    return QIcon(pixmap);
}

StateWord::StateWord(QWidget *parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(&theme(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void StateWord::setState(StateLook look, const QString &word)
{
    if (look == m_look && word == m_word)
        return;
    m_look = look;
    m_word = word;
    setAccessibleName(word);
    updateGeometry();
    update();
}

QSize StateWord::sizeHint() const
{
    return {markSize + space::part + fontMetrics().horizontalAdvance(m_word) + 2, qMax(fontMetrics().height(), markSize)};
}

void StateWord::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    paintStateMark(painter, QRectF(0, (height() - markSize) / 2.0, markSize, markSize), m_look);
    painter.setPen(stateColor(m_look));
    painter.drawText(rect().adjusted(markSize + space::part, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine, m_word);
}

} // namespace howdah::ui
