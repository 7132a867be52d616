// SPDX-License-Identifier: GPL-3.0-or-later
// Why a connect failed where the server sent no SQLSTATE: libpq has only a text, so this goes and looks. On the connecting thread.
#pragma once

#include "pg/libpq.h"
#include "pg/wait.h"

namespace howdah::pg
{

// Sends what libpq sends, up to the server's first demand for authentication, and never a password.
Error explainFailure(PGconn *connection, const ConnectionSpec &spec, const QByteArray &address, Deadline deadline, int stopFd);

} // namespace howdah::pg
