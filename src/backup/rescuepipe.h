// SPDX-License-Identifier: GPL-3.0-or-later
// COPY from one link into another, a few megabytes on the way at most. For this room alone. Blocking; uses a second thread.
#pragma once

#include "backup/compareside.h"

namespace howdah::backup
{

// How many rows came. `out`: COPY … TO STDOUT on `from`; `in`: COPY … FROM STDIN on `to`. An error of either side ends both, and nothing is kept.
// Errors: those of the servers; Client/not_verified where not as many rows came as went.
Result<qint64> copyThrough(Side &from, const QByteArray &out, Side &to, const QByteArray &in, const std::function<void(qint64 bytes)> &progress = {});

} // namespace howdah::backup
