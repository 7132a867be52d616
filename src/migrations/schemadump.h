// SPDX-License-Identifier: GPL-3.0-or-later
// The target's schema by its own pg_dump: what stands there, whoever made it. Blocking; any thread but the window's.
#pragma once

#include "migrations/foreignrun.h"

namespace howdah::migrations
{

// pg_dump of the server's major or later, in $HOWDAH_PG_BIN, /usr/lib/postgresql/<major>/bin or on PATH, run once with --schema-only. It takes ACCESS SHARE
// on every table, and gives up where a lock is not had in access.lockTimeoutMs. Errors: Tool/no_pg_dump, Tool/failed (its last lines), those of foreignCall.
Result<QByteArray> dumpSchema(const ForeignAccess &access, int major, const CancelToken &cancel = {});

} // namespace howdah::migrations
