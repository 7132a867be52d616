// SPDX-License-Identifier: GPL-3.0-or-later
// migrate up, down, redo, goto: planned, confirmed, run. The worker's thread.
#pragma once

#include "ctl/migratestand.h"

namespace howdah::ctl
{

// planOnly: what it would run, and nothing is run.
Result<Answer> goUp(Ctl &ctl, const MigrateOptions &options, const migrations::Upwards &wanted, bool planOnly);
Result<Answer> goDown(Ctl &ctl, const MigrateOptions &options, const migrations::Downwards &wanted);
Result<Answer> goRedo(Ctl &ctl, const MigrateOptions &options);
Result<Answer> goTo(Ctl &ctl, const MigrateOptions &options); // options.word

} // namespace howdah::ctl
