// SPDX-License-Identifier: GPL-3.0-or-later
// What a swap, its way on, its way back and its end would do, as plans that are shown and confirmed before any of it. Pure; any thread.
#pragma once

#include "backup/swap.h"
#include "session/changeplan.h"

namespace howdah::backup
{

session::ChangePlan swapChange(const SwapPlan &plan, session::Environment environment);
session::ChangePlan resumeChange(const Swap &swap, session::Environment environment); // one that is unfinished, or was taken back
session::ChangePlan rollbackChange(const Swap &swap, session::Environment environment);
session::ChangePlan retireChange(const Swap &swap, session::Environment environment);

// The volume that the stack does not run on, once it is applied or taken back.
QString keptVolumeOf(const Swap &swap);

} // namespace howdah::backup
