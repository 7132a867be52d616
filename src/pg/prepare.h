// SPDX-License-Identifier: GPL-3.0-or-later
// What a link asks of its profile each time before it connects: the secret (a token by command expires) and the way (a tunnel may have to be
// opened first). Called on the link's own thread, so it may block; it ends when the token fires.
#pragma once

#include "base/canceltoken.h"
#include "base/result.h"
#include "base/secret.h"

#include <QString>

#include <functional>

#include <functional>

namespace howdah::pg
{

// Where TCP really goes, when not to the spec's host and port: the near end of a tunnel. Certificates are still held against the spec's host.
struct Via {
    QString address; // numeric, or the path of a Unix socket
    quint16 port = 0;
    bool isSet() const { return !address.isEmpty(); }
};

struct Prepared {
    Secret secret;
    Via via;
};

// Errors come out as the link's own: Tool (the command), Keychain, Connection/tunnel_failed.
using Prepare = std::function<Result<Prepared>(const CancelToken &)>;

// Calls it on a thread of its own, which is left behind (its token fired) when the time is over or one of the tokens fires: whatever it waits
// for, this returns. Errors: its own, Timeout/prepare, Cancelled.
Result<Prepared> prepareWithin(const Prepare &prepare, int timeoutMs, const CancelToken &cancel, const CancelToken &closing);

} // namespace howdah::pg
