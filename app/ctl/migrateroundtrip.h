// SPDX-License-Identifier: GPL-3.0-or-later
// migrate roundtrip
#pragma once

#include "ctl/migratesandbox.h"

namespace howdah::ctl
{

// `more`: the options of every verb of migrate. Exit code 5 where one does not lead back.
void addRoundTripVerb(CLI::App *migrate, Ctl &ctl, const std::shared_ptr<MigrateOptions> &more);

} // namespace howdah::ctl
