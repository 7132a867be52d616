// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/environmentword.h"

#include "ui/widgets/theme.h"

#include <QPainter>

namespace howdah::ui
{

EnvironmentWord::EnvironmentWord(session::Environment environment, QWidget *parent)
    : PlainLabel(session::environmentName(environment).toUpper(), parent), m_environment(environment)
{
    QFont font = smallFont();
    font.setWeight(QFont::DemiBold);
    setFont(font);
    setContentsMargins(space::part, space::inside, space::part, space::inside);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAccessibleName(QStringLiteral("Environment: ") + session::environmentName(environment));
}

void EnvironmentWord::paintEvent(QPaintEvent *)
{
    const EnvironmentColors colors = environmentColors(m_environment);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colors.block);
    painter.drawRoundedRect(rect(), space::inside, space::inside);
    painter.setPen(colors.ink);
    painter.drawText(rect(), Qt::AlignCenter, text());
}

} // namespace howdah::ui
