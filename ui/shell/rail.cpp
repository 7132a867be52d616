// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/rail.h"

#include "ui/shell/pane.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/label.h"
#include "ui/widgets/theme.h"

#include <QButtonGroup>
#include <QPainter>
#include <QToolButton>
#include <QVBoxLayout>

namespace howdah::ui
{

namespace
{
constexpr int railWidth = 84;
constexpr int buttonHeight = 56;
}

RailButton::RailButton(const QString &id, const QString &title, const QString &iconName, const QString &keys, QWidget *parent)
    : QAbstractButton(parent), m_id(id), m_iconName(iconName), m_tip(QStringLiteral("%1 (%2)").arg(title, keys))
{
    setText(title);
    setCheckable(true);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(title);
    setAttribute(Qt::WA_Hover);
    setAttention(0, {});
}

void RailButton::setAttention(int count, const QString &word)
{
    m_count = count;
    setAccessibleDescription(count > 0 ? QStringLiteral("%1 %2").arg(count).arg(word) : QString());
    setToolTip(tooltipText(count > 0 ? m_tip + QLatin1Char('\n') + accessibleDescription() : m_tip));
    update();
}

QSize RailButton::sizeHint() const
{
    return {railWidth, buttonHeight};
}

void RailButton::paintEvent(QPaintEvent *)
{
    const Colors &c = colors();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF plate = QRectF(rect()).adjusted(6.5, 2.5, -6.5, -2.5);
    if (isChecked() || underMouse()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(isChecked() ? c.selection : c.raised);
        painter.drawRoundedRect(plate, space::radius, space::radius);
    }
    if (hasFocus()) {
        painter.setPen(c.accent);
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(plate, space::radius, space::radius);
    }
    if (isChecked())
        painter.fillRect(QRectF(0, plate.top() + 6, 3, plate.height() - 12), c.accent);
    const QColor ink = isChecked() ? c.text : c.muted;
    painter.drawPixmap((width() - 20) / 2, 9, iconPixmap(m_iconName, 20, isChecked() ? c.accent : c.muted, devicePixelRatioF()));
    QFont font = smallFont();
    font.setWeight(isChecked() ? QFont::DemiBold : QFont::Normal);
    painter.setFont(font);
    painter.setPen(ink);
    painter.drawText(QRect(0, 31, width(), 18), Qt::AlignCenter, text());
    if (m_count > 0) {
        const QString number = m_count > 99 ? QStringLiteral("99+") : QString::number(m_count);
        QFont small = figureFont(10);
        small.setWeight(QFont::Bold);
        painter.setFont(small);
        const int wide = qMax(16, painter.fontMetrics().horizontalAdvance(number) + 8);
        const QRectF badge(width() / 2.0 + 5, 4, wide, 16);
        painter.setPen(QPen(c.surface, 1.5));
        painter.setBrush(c.warning);
        painter.drawRoundedRect(badge, 8, 8);
        painter.setPen(c.surface);
        painter.drawText(badge, Qt::AlignCenter, number);
    }
}

Rail::Rail(QWidget *parent) : QWidget(parent), m_group(new QButtonGroup(this)), m_theme(new QToolButton(this))
{
    setAccessibleName(QStringLiteral("Panes"));
    setFixedWidth(railWidth + 1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, space::part, 1, space::part);
    column->setSpacing(0);
    int number = 1;
    for (const PaneDescriptor &pane : allPanes()) {
        auto *button = new RailButton(pane.id, pane.title, pane.icon, QStringLiteral("Ctrl+%1").arg(number++), this);
        m_group->addButton(button);
        column->addWidget(button);
        connect(button, &QAbstractButton::toggled, this, [this, id = pane.id](bool on) {
            if (on)
                emit selected(id);
        });
    }
    column->addStretch();
    setLook(m_theme, "flat");
    m_theme->setIcon(icon(QStringLiteral("theme")));
    m_theme->setIconSize({18, 18});
    m_theme->setAccessibleName(QStringLiteral("Theme"));
    m_theme->setToolTip(QStringLiteral("Theme: system, light or dark"));
    m_theme->setPopupMode(QToolButton::InstantPopup);
    column->addWidget(m_theme, 0, Qt::AlignHCenter);
}

void Rail::select(const QString &id)
{
    if (RailButton *found = button(id))
        found->setChecked(true);
}

RailButton *Rail::button(const QString &id) const
{
    for (QAbstractButton *candidate : m_group->buttons()) {
        auto *railButton = static_cast<RailButton *>(candidate);
        if (railButton->id() == id)
            return railButton;
    }
    return nullptr;
}

void Rail::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), colors().surface);
    painter.fillRect(width() - 1, 0, 1, height(), colors().border);
}

} // namespace howdah::ui
