// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/delayproxy.h"

#include <QByteArray>

#include <chrono>
#include <deque>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace howdah::test
{

using Clock = std::chrono::steady_clock;

static sockaddr_in addressOf(const QString &host, quint16 port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    ::inet_pton(AF_INET, qPrintable(host), &address.sin_addr);
    return address;
}

DelayProxy::DelayProxy(const QString &address, quint16 port) : m_address(address), m_target(port)
{
    m_listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in here = addressOf(QStringLiteral("127.0.0.1"), 0);
    ::bind(m_listener, reinterpret_cast<const sockaddr *>(&here), sizeof here);
    ::listen(m_listener, 16);
    socklen_t size = sizeof here;
    ::getsockname(m_listener, reinterpret_cast<sockaddr *>(&here), &size);
    m_port = ntohs(here.sin_port);
    m_acceptor = std::thread([this] { accept(); });
}

DelayProxy::~DelayProxy()
{
    m_ending = true;
    ::shutdown(m_listener, SHUT_RDWR);
    m_acceptor.join();
    for (const int socket : m_sockets)
        ::shutdown(socket, SHUT_RDWR);
    for (std::thread &thread : m_threads)
        thread.join();
    for (const int socket : m_sockets)
        ::close(socket);
    ::close(m_listener);
}

void DelayProxy::cut()
{
    const std::lock_guard lock(m_mutex);
    for (const int socket : m_sockets)
        ::shutdown(socket, SHUT_RDWR);
}

void DelayProxy::accept()
{
    for (;;) {
        const int client = ::accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (client < 0 || m_ending) {
            if (client >= 0)
                ::close(client);
            return;
        }
        const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const sockaddr_in target = addressOf(m_address, m_target);
        if (::connect(server, reinterpret_cast<const sockaddr *>(&target), sizeof target) != 0) {
            ::close(server);
            ::close(client);
            continue;
        }
        const int on = 1;
        ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        ::setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        const std::lock_guard lock(m_mutex);
        m_sockets.insert(m_sockets.end(), {client, server});
        m_threads.emplace_back([=, this] { carry(client, server); });
        m_threads.emplace_back([=, this] { carry(server, client); });
    }
}

// What was read waits in line until its time has come; the end of the stream too.
void DelayProxy::carry(int from, int to) const
{
    struct Piece {
        Clock::time_point due;
        QByteArray bytes; // empty: the end
    };
    std::deque<Piece> line;
    bool open = true;
    while (open || !line.empty()) {
        const auto wait = line.empty() ? -1 : int(std::max<qint64>(0, std::chrono::ceil<std::chrono::milliseconds>(line.front().due - Clock::now()).count()));
        pollfd socket{open && line.size() < 64 ? from : -1, POLLIN, 0};
        ::poll(&socket, 1, wait);
        if (m_ending)
            break;
        if (socket.revents != 0) {
            QByteArray bytes(16'384, Qt::Uninitialized);
            const auto got = ::recv(from, bytes.data(), size_t(bytes.size()), 0);
            bytes.resize(std::max<qsizetype>(0, got));
            open = got > 0;
            line.push_back({Clock::now() + std::chrono::milliseconds(m_delayMs.load()), bytes});
        }
        while (!line.empty() && line.front().due <= Clock::now()) {
            const QByteArray bytes = line.front().bytes;
            line.pop_front();
            if (bytes.isEmpty()) {
                ::shutdown(to, SHUT_WR);
            } else if (::send(to, bytes.constData(), size_t(bytes.size()), MSG_NOSIGNAL) != bytes.size()) {
                ::shutdown(from, SHUT_RDWR); // the other end is gone
                open = false;
                line.clear();
            }
        }
    }
}

} // namespace howdah::test
