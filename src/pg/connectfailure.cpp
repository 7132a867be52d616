// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg/connectfailure.h"

#include "pg/loginguard.h"
#include "pg/pgerror.h"
#include "pg/probelink.h"
#include "pg/tlsverdict.h"

#include <QtEndian>

#include <optional>

namespace howdah::pg
{

namespace
{

Error made(ErrorKind kind, const QString &reason, const QString &message, const QString &hint = {})
{
    Error error;
    error.kind = kind;
    error.reason = reason;
    error.message = message;
    error.hint = hint;
    return error;
}

Error notPostgresql(const ConnectionSpec &spec)
{
    return made(ErrorKind::Connection, QStringLiteral("not_postgresql"), QStringLiteral("%1 is not a PostgreSQL server").arg(spec.address()));
}

// The server's first message to our startup packet.
struct FirstMessage {
    char type = 0; // 'R': it names an authentication method; 'E': an error; 'v': another version of the protocol; else no PostgreSQL
    quint32 method = 0;
    QByteArray body;

    bool offersScram() const { return method == 10; }
};

QByteArray startupPacket(const ConnectionSpec &spec)
{
    QByteArray packet(8, '\0');
    const auto add = [&packet](const QByteArray &text) { packet += text + '\0'; };
    add("user");
    add(spec.role.toUtf8());
    add("database");
    add((spec.database.isEmpty() ? spec.role : spec.database).toUtf8());
    packet += '\0';
    qToBigEndian(quint32(packet.size()), packet.data());
    qToBigEndian(quint32(196608), packet.data() + 4); // protocol 3.0
    return packet;
}

Result<FirstMessage> askMethod(ProbeLink &link, const ConnectionSpec &spec)
{
    if (auto done = link.write(startupPacket(spec)); !done)
        return fail(std::move(done.error()));
    auto head = link.read(5);
    if (!head)
        return fail(std::move(head.error()));
    FirstMessage message;
    message.type = head->at(0);
    const auto length = qFromBigEndian<quint32>(head->constData() + 1);
    if (message.type != 'R')
        return message;
    if (length < 8 || length > 2000) {
        message.type = 0; // no PostgreSQL, or none that we would read on from
        return message;
    }
    auto body = link.read(int(length) - 4);
    if (!body)
        return fail(std::move(body.error()));
    message.body = *body;
    message.method = qFromBigEndian<quint32>(body->constData());
    return message;
}

Error byMethod(const FirstMessage &message, const ConnectionSpec &spec, bool brokenOffByUs)
{
    if (message.type == 'v')
        return made(ErrorKind::Protocol, QStringLiteral("version_not_taken"), QStringLiteral("%1 does not speak version 3.0 of the protocol").arg(spec.address()));
    if (message.type != 'R' && message.type != 'E')
        return notPostgresql(spec);
    if (message.type == 'R') {
        if (auto refused = refusedMethod(spec, message.method, QByteArrayView(message.body).sliced(4)))
            return *refused;
        if (spec.auth == Auth::Kerberos && brokenOffByUs)
            return made(ErrorKind::Authentication, QStringLiteral("no_ticket"), QStringLiteral("There is no valid Kerberos ticket for %1").arg(spec.role),
                        QStringLiteral("`klist` shows the tickets that are there, `kinit` gets one."));
        // It began SCRAM, and libpq, not the server, ended it: what came was no proof.
        if (message.offersScram() && brokenOffByUs)
            return serverNotProven(spec);
    }
    // All is well now, so it broke on the way (a restart, say): not one of the errors that stop reconnecting.
    return made(ErrorKind::Connection, QStringLiteral("not_completed"), QStringLiteral("The connection was not completed"));
}

// What stands behind the server's 'S': nothing, until we begin the handshake.
Done nothingBehindConsent(ProbeLink &link, const ConnectionSpec &spec)
{
    const QByteArray behind = link.waiting();
    if (behind.isEmpty())
        return {};
    if (behind.startsWith("SH-"))
        return fail(notPostgresql(spec)); // "SSH-2.0-…"
    return fail(made(ErrorKind::Tls, QStringLiteral("plaintext_injected"),
                     QStringLiteral("Unencrypted bytes came after the agreement on TLS: somebody on the way to %1 may be adding to what the server says").arg(spec.address())));
}

Error look(const ConnectionSpec &spec, const QByteArray &address, const Via &via, Deadline deadline, int stopFd, bool brokenOffByUs)
{
    ConnectionSpec near = spec;
    if (via.isSet())
        near.port = via.port;
    if (via.isSet() && spec.isUnixSocket())
        near.host = via.address;
    ProbeLink link(near, address, deadline, stopFd);
    if (auto done = link.connectTcp(); !done)
        return std::move(done.error());
    if (!spec.isUnixSocket() && spec.sslMode != SslMode::Disable) {
        const auto answer = link.requestTls();
        if (!answer)
            return answer.error();
        if (*answer == 'N')
            return made(ErrorKind::Tls, QStringLiteral("server_refuses_tls"), QStringLiteral("%1 refuses encryption").arg(spec.address()),
                        QStringLiteral("If the server does offer TLS, somebody on the way may be taking it out."));
        // Old servers and ones that can't start a process say so before TLS; so can anyone on the way, hence it is not read (CVE-2024-10977).
        if (*answer == 'E')
            return made(ErrorKind::Connection, QStringLiteral("error_before_tls"),
                        QStringLiteral("%1 answered with an error before encryption; it is not shown, since anyone on the way could have written it").arg(spec.address()),
                        QStringLiteral("The server's own log has it."));
        if (*answer != 'S')
            return notPostgresql(spec);
        if (auto done = nothingBehindConsent(link, spec); !done)
            return std::move(done.error());
        if (auto done = link.handshake(); !done)
            return std::move(done.error());
        const TlsVerdict verdict = judge(link.ssl(), spec);
        const bool verifies = spec.sslMode != SslMode::Require || !spec.caFile.isEmpty();
        if (verifies && verdict.reason != QLatin1StringView("ok"))
            return made(ErrorKind::Tls, verdict.reason, verdict.text);
    }
    const auto message = askMethod(link, spec);
    return message ? byMethod(*message, spec, brokenOffByUs) : message.error();
}

// AuthenticationOk was seen, perhaps within the step that failed: only then does libpq hold a server's settings, or wait for it to be ready.
bool isPastLogin(PGconn *connection, const Reached &reached)
{
    return reached.status == CONNECTION_AUTH_OK || ::PQparameterStatus(connection, "server_version") || ::PQisBusy(connection) == 1;
}

} // namespace

Error floodAtLogin(const ConnectionSpec &spec)
{
    return made(ErrorKind::Protocol, QStringLiteral("flood"), QStringLiteral("%1 sent without end before it let us in; the link was given up").arg(spec.address()));
}

Error explainFailure(PGconn *connection, const Reached &reached, const ConnectionSpec &spec, const QByteArray &address, const Via &via, Deadline deadline, int stopFd)
{
    constexpr qsizetype kept = 4000;
    const QString text = QString::fromUtf8(QByteArrayView(::PQerrorMessage(connection)).first(qsizetype(qstrnlen(::PQerrorMessage(connection), kept)))).trimmed();
    if (const ServerRefusal refusal = readRefusal(text); !refusal.sqlstate.isEmpty())
        return connectError(refusal, spec);
    if (::PQconnectionNeedsPassword(connection))
        return made(ErrorKind::Authentication, QStringLiteral("no_password"), QStringLiteral("The server asks for a password of %1").arg(spec.role));
    Error error;
    if (isPastLogin(connection, reached))
        error = reached.peerEnded
            ? made(ErrorKind::Connection, QStringLiteral("closed_early"), QStringLiteral("The server closed the connection right after the login"))
            : made(ErrorKind::Protocol, QStringLiteral("protocol_violation"), QStringLiteral("%1 does not keep to PostgreSQL's protocol").arg(spec.address()));
    else
        error = look(spec, address, via, deadline.orEarlier(Deadline::in(3000)), stopFd, ::PQsocket(connection) >= 0);
    if (error.kind == ErrorKind::Timeout) // of the look, not of the connect
        error = made(ErrorKind::Connection, QStringLiteral("not_completed"), QStringLiteral("The connection was not completed"));
    if (error.detail.isEmpty())
        error.detail = text;
    return error;
}

} // namespace howdah::pg
