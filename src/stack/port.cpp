// SPDX-License-Identifier: GPL-3.0-or-later
#include "stack/port.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace howdah::stack
{

bool isPortFree(quint16 port)
{
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    const int on = 1; // connections in TIME_WAIT do not count as taken
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool free = ::bind(fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0 && ::listen(fd, 1) == 0;
    ::close(fd);
    return free;
}

quint16 nextFreePort(quint16 after)
{
    for (quint32 port = quint32(after) + 1; port <= 65535; ++port) {
        if (isPortFree(quint16(port)))
            return quint16(port);
    }
    return 0;
}

} // namespace howdah::stack
