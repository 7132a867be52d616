// SPDX-License-Identifier: GPL-3.0-or-later
// pitr lab list|drop|connect, beside the other verbs of `pitr`.
#pragma once

#include "ctl/ctl.h"

namespace howdah::ctl
{

// The group, for `create`, which is a rehearsal with a name.
CLI::App *addLabVerbs(CLI::App *pitr, Ctl &ctl);

} // namespace howdah::ctl
