// SPDX-License-Identifier: GPL-3.0-or-later
// How a window's stand of backups gets to its server: the keychain, which lives on the main loop, and the way in of the profile. Made on the window's thread,
// called on a worker, which waits there.
#pragma once

#include "backup/stand.h"
#include "ui/shell/pane.h"

namespace howdah::ui
{

backup::StandSeams makeStandSeams(const PaneContext &context, const CancelToken &cancel);

} // namespace howdah::ui
