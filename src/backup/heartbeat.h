// SPDX-License-Identifier: GPL-3.0-or-later
// A server where nobody commits has no moments to go back to: recovery to a time stops at a commit behind it. A heartbeat is one that changes nothing. It costs a
// commit record a minute, and so a segment of WAL each archive_timeout. Blocking, on the link's thread.
#pragma once

#include "pg/connection.h"

namespace howdah::backup
{

// Where nothing was committed for `quietMs`, or when that is not known. true: a transaction was committed. Errors: those of the link.
Result<bool> heartbeat(pg::Connection &connection, qint64 quietMs, const CancelToken &cancel = {});

} // namespace howdah::backup
