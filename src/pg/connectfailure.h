// SPDX-License-Identifier: GPL-3.0-or-later
// Why a connect failed where the server sent no SQLSTATE: libpq has only a text, so this goes and looks. On the connecting thread.
#pragma once

#include "pg/libpq.h"
#include "pg/prepare.h"
#include "pg/wait.h"

namespace howdah::pg
{

// How far libpq came, as seen before the step that failed.
struct Reached {
    ConnStatusType status = CONNECTION_NEEDED;
    bool peerEnded = false; // the server had closed its end
};
// Sends what libpq sends, up to the server's first demand for authentication, and never a password.
Error explainFailure(PGconn *connection, const Reached &reached, const ConnectionSpec &spec, const QByteArray &address, const Via &via, Deadline deadline,
                     int stopFd);
// A server that talks and talks and lets nobody in.
Error floodAtLogin(const ConnectionSpec &spec);

} // namespace howdah::pg
