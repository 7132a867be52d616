// SPDX-License-Identifier: GPL-3.0-or-later
// migrate verify and resume. The worker's thread.
#pragma once

#include "ctl/migratestand.h"

namespace howdah::ctl
{

Result<Answer> verifyAll(Ctl &ctl, const MigrateOptions &options);
Result<Answer> resume(Ctl &ctl, const MigrateOptions &options);

} // namespace howdah::ctl
