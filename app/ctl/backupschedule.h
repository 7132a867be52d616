// SPDX-License-Identifier: GPL-3.0-or-later
// backup schedule …, and watch, which runs what is due.
#pragma once

#include "ctl/ctl.h"

namespace howdah::ctl
{

void addRunVerbs(CLI::App &app, CLI::App *schedule, Ctl &ctl); // backupwatch.cpp: backup schedule run-due, watch

} // namespace howdah::ctl
