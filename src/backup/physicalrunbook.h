// SPDX-License-Identifier: GPL-3.0-or-later
// The page that lies beside every base backup: how it is restored by PostgreSQL's own tools, without Howdah. Its blocks of shell run as they stand there,
// once the three names at its head are filled in; a test does that with nothing else at hand. Pure, any thread.
#pragma once

#include "backup/catalogue.h"

namespace howdah::backup
{

// `parent`: of an incremental, the full one that it builds on; null: none.
QByteArray runbookOf(const Backup &backup, const Backup *parent);

} // namespace howdah::backup
