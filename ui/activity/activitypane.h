// SPDX-License-Identifier: GPL-3.0-or-later
// Who does what, who waits for whom, what it costs to end it: sessions, locks, waits, progress, horizon of one server, now, in a picked interval of
// the last hour, or from an incident's file. Window's thread.
#pragma once

#include "ui/shell/pane.h"

namespace howdah::ui
{

Pane *makeActivityPane(const PaneContext &context, QWidget *parent);

} // namespace howdah::ui
