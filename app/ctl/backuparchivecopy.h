// SPDX-License-Identifier: GPL-3.0-or-later
// backup archive-copy, beside the other verbs of `backup`.
#pragma once

#include "ctl/ctl.h"

namespace howdah::ctl
{

void addArchiveCopyVerb(CLI::App *backup, Ctl &ctl);

} // namespace howdah::ctl
