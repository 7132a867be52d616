// SPDX-License-Identifier: GPL-3.0-or-later
// migrate pin, targets, and up on several of them. The worker's thread.
#pragma once

#include "ctl/migratestand.h"

namespace howdah::ctl
{

// Of `--target NAME`: the profile, and the options with its cluster, role and search path.
Result<MigrateOptions> atTarget(Ctl &ctl, const MigrateOptions &options, const QString &name);
Result<Answer> pin(Ctl &ctl, const MigrateOptions &options);     // options.word
Result<Answer> targets(Ctl &ctl, const MigrateOptions &options); // versions and how they stand on each
// One after the other, in the order in which they are named; the first that fails is the last.
Result<Answer> upOnTargets(Ctl &ctl, const MigrateOptions &options, const migrations::Upwards &wanted);

} // namespace howdah::ctl
