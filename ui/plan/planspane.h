// SPDX-License-Identifier: GPL-3.0-or-later
// Plans: pasted, or asked of the server; looked at, kept and compared. Works without a server. Window's thread.
#pragma once

#include "ui/shell/pane.h"

namespace howdah::ui
{

// Its place: "statement:", a database, a line break and a statement's text, to be asked for.
Pane *makePlansPane(const PaneContext &context, QWidget *parent);

} // namespace howdah::ui
