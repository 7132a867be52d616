// SPDX-License-Identifier: GPL-3.0-or-later
// backup window|gaps|drill, beside the other verbs of `backup`. (addPitrVerbs is in ctl.h.)
#pragma once

#include "ctl/ctl.h"

namespace howdah::ctl
{

void addWindowVerbs(CLI::App *backup, Ctl &ctl);

} // namespace howdah::ctl
