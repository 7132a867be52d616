// SPDX-License-Identifier: GPL-3.0-or-later
// A bare TCP link with optional TLS, for looking at a server with our own eyes where libpq only has a text: non-blocking, every call with
// a deadline and an event that stops it. Never sends a password. Used by one thread.
#pragma once

#include "pg/connectionspec.h"
#include "pg/wait.h"

#include <QByteArray>
#include <QVector>

#include <memory>

typedef struct ssl_st SSL;

namespace howdah::pg
{

// The numeric addresses of a host (one empty entry for a Unix socket). Blocks in the resolver. Errors: Connection/resolve_failed.
Result<QVector<QByteArray>> resolveHost(const ConnectionSpec &spec);

class ProbeLink
{
public:
    ProbeLink(const ConnectionSpec &spec, const QByteArray &address, Deadline deadline, int stopFd = -1);
    ~ProbeLink();
    ProbeLink(const ProbeLink &) = delete;
    ProbeLink &operator=(const ProbeLink &) = delete;

    // Errors of all: Connection (refused, unreachable, closed_early), Timeout/connect, Cancelled.
    Done connectTcp();
    // The server's one byte to SSLRequest.
    Result<char> requestTls();
    QByteArray waiting() const; // the first bytes that came unasked, not taken; before the handshake
    // Only asks what the server shows; verdicts are the caller's. Errors: Tls/handshake_failed.
    Done handshake();
    Done write(const QByteArray &bytes);
    Result<QByteArray> read(int count); // exactly so many

    SSL *ssl() const { return m_ssl; }

private:
    Done wait(short events);
    Result<int> some(char *to, int count);

    ConnectionSpec m_spec;
    QByteArray m_address;
    Deadline m_deadline;
    int m_stopFd;
    int m_socket = -1;
    SSL *m_ssl = nullptr;
};

} // namespace howdah::pg
