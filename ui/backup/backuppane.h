// SPDX-License-Identifier: GPL-3.0-or-later
// The backups of a server: could it be brought back, to which moments, from what. Window's thread; what is read and done is not.
#pragma once

#include "ui/shell/pane.h"

namespace howdah::ui
{

Pane *makeBackupPane(const PaneContext &context, QWidget *parent);

} // namespace howdah::ui
