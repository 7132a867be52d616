// SPDX-License-Identifier: GPL-3.0-or-later
// pitr restore: a lost server's folder. The worker's thread.
#pragma once

#include "ctl/pitrstand.h"

namespace howdah::ctl
{

// Of a good verdict. Errors: those of recoveryfolder.h.
Result<Answer> restoreIntoFolder(Ctl &ctl, const PitrStand &stand, const backup::Verdict &verdict, const backup::PitrTarget &target, const QString &folder, bool planOnly);

} // namespace howdah::ctl
