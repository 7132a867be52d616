// SPDX-License-Identifier: GPL-3.0-or-later
// What TCP itself says of a link, below TLS and below libpq, which tells neither how much came in nor who ended it. Any thread.
#pragma once

#include <QtGlobal>

namespace howdah::pg
{

struct TcpState {
    qint64 received = 0;   // bytes since the link stood, those not yet read included; 0 for a Unix socket
    int roundTripMs = 0;   // smoothed; 0 where that can't be asked
    bool peerEnded = true; // the other side closed or reset it; true where that can't be asked
};
TcpState tcpState(int socket);

} // namespace howdah::pg
