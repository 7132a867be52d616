// SPDX-License-Identifier: GPL-3.0-or-later
// "Can I connect, and how safe is it": what `howdahctl check` and the connection bar show.
#pragma once

#include "pg/connection.h"

#include <QJsonObject>

namespace howdah::session
{

// {"ok", "tls", "cipher", "sslmode", "auth", "role", "database", "server_version", "address", "in_recovery", "backend_pid"}
QJsonObject linkReport(const pg::Connection &connection);
// Asserts what the spec demanded: TLS on, SCRAM-PLUS when binding is required. Errors: Tls/not_encrypted, Authentication/channel_binding.
Done verifyLink(const pg::Connection &connection);

} // namespace howdah::session
