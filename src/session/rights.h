// SPDX-License-Identifier: GPL-3.0-or-later
// What the server itself lets a role do: the one layer of read-only that nothing on our side can undo. A service.
#pragma once

#include "pg/connection.h"

namespace howdah::session
{

// May the link's role change a table of its database, or make one? A function that runs with its owner's rights may still do it for the role.
Result<bool> roleMayWrite(pg::Connection &connection, const CancelToken &cancel = {});

} // namespace howdah::session
