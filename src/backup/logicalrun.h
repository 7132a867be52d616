// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a program of the toolbox and looks at the server meanwhile, for this room alone. What is called back is called on the calling thread.
#pragma once

#include "backup/toolbox.h"

namespace howdah::backup
{

struct Watching {
    std::function<void(const QByteArray &line)> onLine; // each line that it says
    std::function<void()> onTick;                       // about twice a second while it runs
};
Result<tool::Outcome> runWatched(const Toolbox &toolbox, Toolbox::Call call, const Watching &watching, const CancelToken &cancel);

} // namespace howdah::backup
