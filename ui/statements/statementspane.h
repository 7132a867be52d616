// SPDX-License-Identifier: GPL-3.0-or-later
// Slow queries: what statements cost in the picked interval, and one of them in detail. Window's thread.
#pragma once

#include "ui/shell/pane.h"

namespace howdah::ui
{

Pane *makeStatementsPane(const PaneContext &context, QWidget *parent);

} // namespace howdah::ui
