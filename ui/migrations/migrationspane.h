// SPDX-License-Identifier: GPL-3.0-or-later
// A project's migrations on this server: the time line of what is pending and was applied, the text of one with what the linter and a sandbox say of it, and
// the run with its progress, its blockers, and the ways on where it failed. Window's thread.
#pragma once

#include "ui/shell/pane.h"

namespace howdah::ui
{

Pane *makeMigrationsPane(const PaneContext &context, QWidget *parent);

} // namespace howdah::ui
