// SPDX-License-Identifier: GPL-3.0-or-later
// How EXPLAIN is sent: one statement and no more, whatever the text says, by the server's own word. On the link's thread.
#pragma once

#include "base/canceltoken.h"
#include "base/result.h"
#include "pg/connection.h"

namespace howdah::explain
{

// By the extended protocol. The first cell of the first row.
Result<QByteArray> askBound(pg::Connection &connection, const pg::Statement &statement, const CancelToken &cancel);
// With parameters that nothing is bound to: GENERIC_PLAN plans with whatever Bind brings, so that NULLs there make a plan for NULLs. The text is
// parsed by the extended protocol, which refuses a second statement, and the very same text is then sent by the simple one, which binds nothing.
Result<QByteArray> askUnbound(pg::Connection &connection, const pg::Statement &statement, const CancelToken &cancel);

} // namespace howdah::explain
