// SPDX-License-Identifier: GPL-3.0-or-later
// Tabs in which SQL is written and run, each with its own link; their texts survive a crash down to the last two seconds. Window's thread.
//   Ctrl+Enter statement or selection · Ctrl+Shift+Enter script · Esc cancel · Ctrl+T, Ctrl+W, Ctrl+Shift+T tabs · Ctrl+Tab next
//   Ctrl+O, Ctrl+S, Ctrl+Shift+S files · Ctrl+F, Ctrl+H, F3 find · Ctrl+/ comment · Ctrl+Space complete · Ctrl+Shift+H history
//   Ctrl+Alt+C commit · Ctrl+Alt+R roll back · F6 next part · F5 reads words, history and the file's state anew; it never runs anything
#pragma once

#include "ui/shell/pane.h"

namespace howdah::ui
{

Pane *makeQueryPane(const PaneContext &context, QWidget *parent);

} // namespace howdah::ui
