// SPDX-License-Identifier: GPL-3.0-or-later
// The application's style sheet from a set of colours. Roles a widget may take by a dynamic property:
//   card=true (QFrame)        a bordered surface
//   look="primary|danger|flat|link|icon" (QAbstractButton), look="part" (the connection bar's)
//   role="muted|title|small|fixed" (QLabel)
//   bar=true (QWidget)        a toolbar's or the frame's strip
#pragma once

#include "ui/widgets/theme.h"

namespace howdah::ui
{

QString styleSheet(const Colors &colors);

} // namespace howdah::ui
