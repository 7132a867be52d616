// SPDX-License-Identifier: GPL-3.0-or-later
// The schema tree of one server with the details of what is selected. Enter opens, F5 reads again, Ctrl+C copies the qualified name.
// Window's thread.
#pragma once

#include "ui/shell/pane.h"

namespace howdah::ui
{

Pane *makeCatalogPane(const PaneContext &context, QWidget *parent);

} // namespace howdah::ui
