// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg/probelink.h"

#include "base/sigpipeblock.h"
#include "pg/conninfo.h"

#include <QHostAddress>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace howdah::pg
{

Result<QVector<QByteArray>> resolveHost(const ConnectionSpec &spec)
{
    if (spec.isUnixSocket())
        return QVector<QByteArray>{QByteArray()};
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo *found = nullptr;
    const int code = ::getaddrinfo(spec.host.toUtf8().constData(), QByteArray::number(spec.port).constData(), &hints, &found);
    if (code != 0) {
        Error error;
        error.kind = ErrorKind::Connection;
        error.reason = QStringLiteral("resolve_failed");
        error.message = QStringLiteral("The name %1 has no address").arg(spec.host);
        error.detail = QString::fromLocal8Bit(::gai_strerror(code));
        return fail(std::move(error));
    }
    QVector<QByteArray> addresses;
    for (const addrinfo *entry = found; entry && addresses.size() < 8; entry = entry->ai_next) {
        char text[NI_MAXHOST];
        if (::getnameinfo(entry->ai_addr, entry->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST) == 0)
            addresses << QByteArray(text);
    }
    ::freeaddrinfo(found);
    return addresses;
}

ProbeLink::ProbeLink(const ConnectionSpec &spec, const QByteArray &address, Deadline deadline, int stopFd)
    : m_spec(spec), m_address(address), m_deadline(deadline), m_stopFd(stopFd)
{
}

ProbeLink::~ProbeLink()
{
    if (m_ssl)
        ::SSL_free(m_ssl);
    if (m_socket >= 0)
        ::close(m_socket);
}

static Error closedEarly()
{
    Error error;
    error.kind = ErrorKind::Connection;
    error.reason = QStringLiteral("closed_early");
    error.message = QStringLiteral("The server closed the connection before it answered");
    return error;
}

static Error tcpError(int code, const ConnectionSpec &spec)
{
    Error error;
    error.kind = ErrorKind::Connection;
    const bool refused = code == ECONNREFUSED || code == ENOENT || code == ENOTDIR;
    error.reason = refused ? QStringLiteral("refused") : QStringLiteral("unreachable");
    error.message = refused ? QStringLiteral("Nothing listens at %1").arg(spec.address()) : QStringLiteral("%1 can't be reached").arg(spec.address());
    error.detail = QString::fromLocal8Bit(std::strerror(code));
    return error;
}

Done ProbeLink::wait(short events)
{
    const Woken woken = waitOn(m_socket, events, {m_stopFd}, m_deadline);
    if (woken.interrupted)
        return fail(ErrorKind::Cancelled, QStringLiteral("by_user"), QStringLiteral("Cancelled"));
    if (woken.timedOut || m_deadline.hasPassed())
        return fail(ErrorKind::Timeout, QStringLiteral("connect"), QStringLiteral("%1 did not answer in time").arg(m_spec.address()));
    return {};
}

Done ProbeLink::connectTcp()
{
    sockaddr_storage target{};
    socklen_t size = 0;
    if (m_spec.isUnixSocket()) {
        auto *local = reinterpret_cast<sockaddr_un *>(&target);
        const QByteArray path = m_spec.host.toUtf8() + "/.s.PGSQL." + QByteArray::number(m_spec.port);
        if (path.size() >= qsizetype(sizeof local->sun_path))
            return fail(tcpError(ENAMETOOLONG, m_spec));
        local->sun_family = AF_UNIX;
        std::copy_n(path.constData(), path.size() + 1, local->sun_path);
        size = sizeof *local;
    } else {
        addrinfo hints{};
        hints.ai_socktype = SOCK_STREAM;
        hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
        addrinfo *found = nullptr;
        if (::getaddrinfo(m_address.constData(), QByteArray::number(m_spec.port).constData(), &hints, &found) != 0)
            return fail(tcpError(EADDRNOTAVAIL, m_spec));
        size = found->ai_addrlen;
        std::memcpy(&target, found->ai_addr, size);
        ::freeaddrinfo(found);
    }
    m_socket = ::socket(target.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (m_socket < 0)
        return fail(tcpError(errno, m_spec));
    if (::connect(m_socket, reinterpret_cast<const sockaddr *>(&target), size) == 0)
        return {};
    if (errno != EINPROGRESS)
        return fail(tcpError(errno, m_spec));
    if (auto done = wait(POLLOUT); !done)
        return done;
    int code = 0;
    socklen_t length = sizeof code;
    ::getsockopt(m_socket, SOL_SOCKET, SO_ERROR, &code, &length);
    if (code != 0)
        return fail(tcpError(code, m_spec));
    return {};
}

Result<char> ProbeLink::requestTls()
{
    if (auto done = write(QByteArray::fromHex("0000000804d2162f")); !done)
        return fail(std::move(done.error()));
    auto answer = read(1);
    if (!answer)
        return fail(std::move(answer.error()));
    return answer->at(0);
}

QByteArray ProbeLink::waiting() const
{
    char bytes[8];
    const auto got = ::recv(m_socket, bytes, sizeof bytes, MSG_PEEK | MSG_DONTWAIT);
    return QByteArray(bytes, std::max<qsizetype>(0, got));
}

static QString sslErrorText()
{
    char text[256] = "";
    const unsigned long code = ::ERR_get_error();
    if (code != 0)
        ::ERR_error_string_n(code, text, sizeof text);
    return QString::fromLatin1(text);
}

Done ProbeLink::handshake()
{
    const SigpipeBlock noSigpipe; // OpenSSL writes as it likes, also while it reads, to whoever may be gone
    SSL_CTX *context = ::SSL_CTX_new(::TLS_client_method());
    ::SSL_CTX_set_min_proto_version(context, m_spec.tls13Only ? TLS1_3_VERSION : TLS1_2_VERSION);
    ::SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr); // the chain is judged all the same, its verdict read afterwards
    if (const auto ca = caFileOf(m_spec))
        ::SSL_CTX_load_verify_locations(context, ca->toUtf8().constData(), nullptr);
    m_ssl = ::SSL_new(context);
    ::SSL_CTX_free(context); // m_ssl holds it
    ::SSL_set_fd(m_ssl, m_socket);
    if (QHostAddress(m_spec.host).isNull())
        ::SSL_set_tlsext_host_name(m_ssl, m_spec.host.toUtf8().constData());
    for (;;) {
        ::ERR_clear_error();
        const int code = ::SSL_connect(m_ssl);
        if (code == 1)
            return {};
        const int want = ::SSL_get_error(m_ssl, code);
        if (want != SSL_ERROR_WANT_READ && want != SSL_ERROR_WANT_WRITE) {
            Error error;
            error.kind = ErrorKind::Tls;
            error.reason = QStringLiteral("handshake_failed");
            error.message = QStringLiteral("No TLS could be agreed on with %1").arg(m_spec.address());
            error.detail = sslErrorText();
            return fail(std::move(error));
        }
        if (auto done = wait(want == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT); !done)
            return done;
    }
}

Done ProbeLink::write(const QByteArray &bytes)
{
    for (qsizetype sent = 0; sent < bytes.size();) {
        if (m_ssl) {
            const SigpipeBlock noSigpipe;
            // A few hundred bytes right after the handshake: they fit, so a short write is the link's end.
            if (::SSL_write(m_ssl, bytes.constData(), int(bytes.size())) <= 0)
                return fail(closedEarly());
            return {};
        }
        const auto count = ::send(m_socket, bytes.constData() + sent, size_t(bytes.size() - sent), MSG_NOSIGNAL);
        if (count > 0) {
            sent += count;
            continue;
        }
        if (errno != EAGAIN && errno != EINTR)
            return fail(closedEarly());
        if (auto done = wait(POLLOUT); !done)
            return done;
    }
    return {};
}

// What is there, at most count bytes; 0: nothing yet.
Result<int> ProbeLink::some(char *to, int count)
{
    if (m_ssl) {
        const SigpipeBlock noSigpipe;
        const int got = ::SSL_read(m_ssl, to, count);
        if (got > 0)
            return got;
        const int want = ::SSL_get_error(m_ssl, got);
        if (want == SSL_ERROR_WANT_READ || want == SSL_ERROR_WANT_WRITE)
            return 0;
        return fail(closedEarly());
    }
    const auto got = ::recv(m_socket, to, size_t(count), 0);
    if (got > 0)
        return int(got);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    return fail(closedEarly());
}

Result<QByteArray> ProbeLink::read(int count)
{
    QByteArray bytes(count, '\0');
    for (int have = 0; have < count;) {
        auto got = some(bytes.data() + have, count - have);
        if (!got)
            return fail(std::move(got.error()));
        have += *got;
        if (*got == 0) {
            if (auto done = wait(POLLIN); !done)
                return fail(std::move(done.error()));
        }
    }
    return bytes;
}

} // namespace howdah::pg
