// SPDX-License-Identifier: GPL-3.0-or-later
// "Can I connect, and how safe is it": what `howdahctl check` and the connection bar show.
#pragma once

#include "pg/connection.h"
#include "session/profile.h"

#include <QJsonObject>

namespace howdah::session
{

// {"ok", "tls", "cipher", "sslmode", "auth", "role", "database", "server_version", "address", "in_recovery", "backend_pid"}
QJsonObject linkReport(const pg::Connection &connection);
// A connect's error with what can be done about it where the profile says more than the server did: a stack of ours that is down.
Error explained(Error error, const Profile &profile);

} // namespace howdah::session
