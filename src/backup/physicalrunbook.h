// SPDX-License-Identifier: GPL-3.0-or-later
// The page that lies beside every base backup: how it is restored by PostgreSQL's own tools, without Howdah. Pure, any thread.
#pragma once

#include "backup/catalogue.h"

namespace howdah::backup
{

QByteArray runbookOf(const Backup &backup);

} // namespace howdah::backup
