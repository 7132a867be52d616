// SPDX-License-Identifier: GPL-3.0-or-later
// The server's side of a login in a scripted server: TLS, SCRAM-SHA-256(-PLUS) with a true proof, and what may be wrong with it.
#pragma once

#include "support/scriptedserver.h"

namespace howdah::test
{

struct ScramLogin {
    enum class Lie {
        None,
        Signature,       // the server does not know the password
        Nonce,           // not begun with ours
        EmptySalt,
        NotScram,        // the first answer is no SCRAM message
        LetsIn,          // AuthenticationOk right after the client's first message: no proof at all
        LetsInUnproven,  // AuthenticationOk after the client's proof, without the server's
        FinalFirst,      // SASLFinal where SASLContinue belongs
        Twice            // the first challenge once more, after the client's proof
    };
    QByteArray password = "geheim";
    qint64 iterations = 4096;
    bool binding = true; // offers SCRAM-SHA-256-PLUS
    Lie lie = Lie::None;

    // To SSLRequest: 'S', and the handshake with <certificate>.crt; then reads the startup packet. False for a cancel request, or when the
    // client went.
    static bool greet(const ScriptedServer::Client &client, const QString &certificate);
    // From the startup packet up to the server's proof, AuthenticationOk included; false when the client went.
    bool authenticate(const ScriptedServer::Client &client) const;
    // What a PostgreSQL 18 says between AuthenticationOk and ReadyForQuery.
    static QByteArray settings();
    // All of a good login, ReadyForQuery included.
    bool admit(const ScriptedServer::Client &client, const QString &certificate) const;
};

} // namespace howdah::test
