// SPDX-License-Identifier: GPL-3.0-or-later
// A swap in lines, as the wizard shows it: what will be done, how far each step is, what its journal has. Pure, any thread.
#pragma once

#include "backup/swap.h"
#include "ui/backup/wizardfacts.h"

namespace howdah::ui
{

QVector<Finding> swapFindings(const backup::SwapPlan &plan);               // the steps, and what the one who confirms should know
QVector<Finding> swapFindings(const backup::Swap &swap, bool isRunning);   // how far each is, this time
QString swapJournal(const backup::Swap &swap);                             // a line each, to the second, in this machine's time
QString swapTitle(const backup::Swap &swap);                               // "The stack orders runs on rehearsal-…, timeline 2"

} // namespace howdah::ui
