// SPDX-License-Identifier: GPL-3.0-or-later
// statements explain: the ladder to the plan of a statement that is named by its key.
#pragma once

#include "ctl/ctl.h"

namespace howdah::ctl
{

void addStatementExplainVerb(CLI::App *statements, Ctl &ctl);

} // namespace howdah::ctl
