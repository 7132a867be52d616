// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/loopback.h"

#include <QByteArray>
#include <QFile>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace howdah::session
{

quint16 freePort()
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    socklen_t size = sizeof address;
    auto *any = reinterpret_cast<sockaddr *>(&address);
    quint16 port = 0;
    if (fd >= 0 && ::bind(fd, any, size) == 0 && ::getsockname(fd, any, &size) == 0)
        port = ntohs(address.sin_port);
    if (fd >= 0)
        ::close(fd);
    return port;
}

std::optional<uid_t> listenerAt(quint16 port)
{
    QFile table(QStringLiteral("/proc/self/net/tcp"));
    if (!table.open(QIODevice::ReadOnly))
        return std::nullopt;
    // "0: 0100007F:1538 00000000:0000 0A … … … uid": the address as it stands in memory.
    const QByteArray local = QByteArray::number(htonl(INADDR_LOOPBACK), 16).rightJustified(8, '0').toUpper() + ':'
        + QByteArray::number(port, 16).rightJustified(4, '0').toUpper();
    const QByteArrayList lines = table.readAll().split('\n');
    for (const QByteArray &line : lines) {
        const QByteArrayList fields = line.simplified().split(' ');
        if (fields.size() > 7 && fields.at(1) == local && fields.at(3) == "0A")
            return uid_t(fields.at(7).toUInt());
    }
    return std::nullopt;
}

} // namespace howdah::session
