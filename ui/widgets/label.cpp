// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/label.h"

#include "base/units.h"
#include "ui/widgets/theme.h"

#include <QPainter>
#include <QStyle>
#include <QStyleOption>

namespace howdah::ui
{

namespace
{

void setStyledProperty(QWidget *widget, const char *name, const char *value)
{
    widget->setProperty(name, QString::fromLatin1(value));
    // A style sheet looks at properties only when a widget is polished.
    if (widget->testAttribute(Qt::WA_WState_Polished)) {
        widget->style()->unpolish(widget);
        widget->style()->polish(widget);
    }
}

} // namespace

void setLook(QWidget *widget, const char *look)
{
    setStyledProperty(widget, "look", look);
}

void setRole(QWidget *widget, const char *role)
{
    setStyledProperty(widget, "role", role);
    if (qstrcmp(role, "title") == 0)
        widget->setFont(titleFont());
    else if (qstrcmp(role, "small") == 0)
        widget->setFont(smallFont());
    else if (qstrcmp(role, "fixed") == 0)
        widget->setFont(fixedFont());
}

PlainLabel::PlainLabel(const QString &text, QWidget *parent, const char *role) : QLabel(parent)
{
    setTextFormat(Qt::PlainText);
    setText(text);
    if (role)
        setRole(this, role);
}

ElidedLabel::ElidedLabel(const QString &text, QWidget *parent, const char *role, Qt::TextElideMode mode)
    : QLabel(parent), m_mode(mode)
{
    setTextFormat(Qt::PlainText);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    if (role)
        setRole(this, role);
    setText(text);
}

void ElidedLabel::setText(const QString &text)
{
    const QString line = units::oneLine(text);
    if (line == m_text)
        return;
    m_text = line;
    setAccessibleName(m_text);
    updateGeometry();
    update();
}

QSize ElidedLabel::minimumSizeHint() const
{
    const QMargins m = contentsMargins();
    return {fontMetrics().averageCharWidth() * 6 + m.left() + m.right(), fontMetrics().height() + m.top() + m.bottom()};
}

QSize ElidedLabel::sizeHint() const
{
    const QMargins m = contentsMargins();
    return {fontMetrics().horizontalAdvance(m_text) + 2 + m.left() + m.right(), minimumSizeHint().height()};
}

void ElidedLabel::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const QRect area = contentsRect();
    const QString shown = fontMetrics().elidedText(m_text, m_mode, area.width());
    // Only what does not fit needs a tooltip.
    setToolTip(shown == m_text ? QString() : tooltipText(m_text));
    style()->drawItemText(&painter, area, int(alignment()), palette(), isEnabled(), shown, foregroundRole());
}

QString tooltipText(const QString &plain)
{
    if (plain.isEmpty())
        return {};
    return QStringLiteral("<qt>") + plain.toHtmlEscaped().replace(QLatin1Char('\n'), QLatin1StringView("<br>")) + QStringLiteral("</qt>");
}

} // namespace howdah::ui
