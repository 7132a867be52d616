// SPDX-License-Identifier: GPL-3.0-or-later
// The connecting itself, on a thread that can be left behind: the resolver and SCRAM block where nobody can reach them.
#pragma once

#include "pg/libpq.h"
#include "pg/prepare.h"

namespace howdah::pg
{

// To the spec's own host and port alone, by `via` where that is set. Errors as Connection::open says. Returns by the spec's deadline, or at
// once when a token fires; any thread but the window's.
Result<ConnectionPtr> connectAbandonably(const ConnectionSpec &spec, const Secret &password, const Via &via, const CancelToken &cancel,
                                         const CancelToken &closing);

} // namespace howdah::pg
