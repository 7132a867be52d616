// SPDX-License-Identifier: GPL-3.0-or-later
// statements advise: why statements are slow, with the evidence, and what would mend it.
#pragma once

#include "ctl/ctl.h"

namespace howdah::ctl
{

void addAdviseVerb(CLI::App *statements, Ctl &ctl);

} // namespace howdah::ctl
