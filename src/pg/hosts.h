// SPDX-License-Identifier: GPL-3.0-or-later
// A spec's hosts one after the other, until one lets us in that is what was asked for: libpq's target_session_attrs, decided by what the
// server reports of itself. Our own default_transaction_read_only does not count, where libpq would take it for the server's.
#pragma once

#include "pg/connect.h"

namespace howdah::pg
{

struct Opened {
    ConnectionPtr connection;
    ConnectionSpec spec; // with the host that it came to, alone
    int loginMs = 0;     // from TCP to the end of the login, of that host
};

// Errors as Connection::open says. A refused password or certificate ends it: the next host is not asked for what this one denied.
Result<Opened> connectToOne(const ConnectionSpec &spec, const Secret &password, const Via &via, const CancelToken &cancel, const CancelToken &closing);

} // namespace howdah::pg
