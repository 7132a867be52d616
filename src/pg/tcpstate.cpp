// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg/tcpstate.h"

#include <linux/tcp.h> // glibc's netinet/tcp.h ends its tcp_info before the count of bytes
#include <netinet/in.h>
#include <sys/socket.h>

namespace howdah::pg
{

TcpState tcpState(int socket)
{
    constexpr int established = 1; // TCP_ESTABLISHED, of the header that is not taken here
    tcp_info info{};
    socklen_t size = sizeof info;
    if (socket < 0 || ::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
        return {};
    return {qint64(info.tcpi_bytes_received), int(info.tcpi_rtt / 1000), info.tcpi_state != established};
}

} // namespace howdah::pg
