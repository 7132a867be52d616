// SPDX-License-Identifier: GPL-3.0-or-later
// Looks at what the server says before libpq acts on it, until it has let us in: libpq 15 would send a password in clear to whoever asks, and
// every version computes as many rounds of SCRAM as the server names (2^31 take half an hour, in a call that nobody can stop). What is
// looked at stays where it is: SSL_peek, MSG_PEEK. Used on the connecting thread, between two calls of PQconnectPoll.
#pragma once

#include "pg/libpq.h"

#include <optional>

namespace howdah::pg
{

// More than a server asks for that means well (its default is 4096; 600,000 are recommended for PBKDF2): about two seconds of work.
inline constexpr qint64 mostScramRounds = 2'000'000;

// What need not be tried: a password in clear without verified TLS (cleartext_refused), the kernel's word over TCP (peer_needs_socket).
Done checkAuth(const ConnectionSpec &spec);

// The refusal of a server's demand, or nullopt where this spec may answer it. Method: as in AuthenticationRequest; body: all after it.
std::optional<Error> refusedMethod(const ConnectionSpec &spec, quint32 method, QByteArrayView body);

// The server began SCRAM and did not end it as one that knows the password does.
Error serverNotProven(const ConnectionSpec &spec);

class LoginGuard
{
public:
    explicit LoginGuard(const ConnectionSpec &spec) : m_spec(spec) {}

    enum class Look { LetRead, Wait }; // Wait: a message is not here in full yet
    // Errors: Authentication (no_authentication, cleartext_refused, md5_refused, channel_binding, unknown_method, scram_rounds), Protocol.
    Result<Look> look(PGconn *connection);
    // Once libpq says that we are in: SCRAM that was begun ended with the server's proof. Errors: Authentication/server_not_proven.
    Done proven() const;

private:
    Result<Look> judge(QByteArrayView bytes); // afterwards m_rest is what of them is no whole message
    Done judgeRequest(quint32 method, QByteArrayView body);

    const ConnectionSpec &m_spec;
    QByteArray m_rest; // of TLS: the beginning of a message, which libpq has and can't act on yet
    bool m_asked = false; // some demand was met: AuthenticationOk now means that it was answered well
    bool m_owesProof = false; // SCRAM was begun; libpq before 16 takes AuthenticationOk without the server's end of it
};

} // namespace howdah::pg
