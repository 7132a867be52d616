// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a program of the toolbox and looks at the server meanwhile, for this room alone. What is called back is called on the calling thread.
#pragma once

#include "backup/repository.h"

namespace howdah::backup
{

struct Watching {
    std::function<void(const QByteArray &line)> onLine; // each line that it says
    std::function<void()> onTick;                       // about twice a second while it runs
    std::function<Done()> mayGoOn;                      // as often: an error ends the program, and is what came of it
};
// For mayGoOn: Io/disk_full as soon as the repository has less than `keptFree` left. The archive lies there too, and WAL that finds no room stops production.
// What is free is asked the more often the less it is; not answered, it ends nothing.
std::function<Done()> whileThereIsRoom(const Repository &repository, const CancelToken &cancel);
constexpr qint64 keptFree = 256LL << 20;

Result<tool::Outcome> runWatched(const Toolbox &toolbox, Toolbox::Call call, const Watching &watching, const CancelToken &cancel);

} // namespace howdah::backup
