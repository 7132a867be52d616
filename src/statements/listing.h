// SPDX-License-Identifier: GPL-3.0-or-later
// Lists straight from a server, without a store: of an interval between two readings, and of all that it counts since its statistics began. Any thread.
#pragma once

#include "statements/history.h"

namespace howdah::statements
{

// With the texts, masked, and names that the server has now. Errors: as readTexts().
Result<TopList> readListing(pg::Connection &connection, const Interval &interval, const CancelToken &cancel = {});
// What was evicted is not in it. Errors: as readSnapshot().
Result<TopList> readLifetime(pg::Connection &connection, const CancelToken &cancel = {});

} // namespace howdah::statements
