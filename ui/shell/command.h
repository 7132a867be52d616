// SPDX-License-Identifier: GPL-3.0-or-later
// What the palette offers: of the window, and of the pane that is shown. Window's thread.
#pragma once

#include <QString>

#include <functional>

namespace howdah::ui
{

struct Command {
    QString text;     // "Start the stack"
    QString kind;     // "pane", "server", "command", "query": shown muted
    QString shortcut; // as shown: "Ctrl+1"
    std::function<void()> run;
};

} // namespace howdah::ui
