// SPDX-License-Identifier: GPL-3.0-or-later
// Our own line icons (:/icons/<name>.svg, one stroke), drawn in the theme's colours at the moment of painting, so that a theme switch
// needs no new icons. Window's thread.
#pragma once

#include <QIcon>
#include <QPixmap>

namespace howdah::ui
{

QIcon icon(const QString &name); // muted; text colour when active; accent when on
QPixmap iconPixmap(const QString &name, int size, const QColor &color, qreal devicePixelRatio);

} // namespace howdah::ui
