// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg/connectfailure.h"

#include "pg/pgerror.h"
#include "pg/probelink.h"
#include "pg/tlsverdict.h"

#include <QtEndian>

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
    char type = 0; // 'R': it names an authentication method; 'E': an error; else no PostgreSQL
    quint32 method = 0;
    QByteArray body;

    bool offersBinding() const { return method == 10 && body.contains("SCRAM-SHA-256-PLUS"); }
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
    if ((message.type != 'R' && message.type != 'E') || length < 8 || length > 2000)
        return message; // no PostgreSQL, or none that we would read on from
    auto body = link.read(int(length) - 4);
    if (!body)
        return fail(std::move(body.error()));
    message.body = *body;
    if (message.type == 'R')
        message.method = qFromBigEndian<quint32>(body->constData());
    return message;
}

Error byMethod(const FirstMessage &message, const ConnectionSpec &spec)
{
    if (message.type != 'R' && message.type != 'E')
        return notPostgresql(spec);
    if (message.type == 'R' && spec.auth == Auth::ScramBound && !message.offersBinding()) {
        const QString asks = message.method == 0 ? QStringLiteral("lets anyone in without a password")
            : message.method == 3                ? QStringLiteral("asks for the password in clear text")
            : message.method == 5                ? QStringLiteral("asks for an MD5 password")
            : message.method == 10               ? QStringLiteral("offers SCRAM without channel binding")
                                                 : QStringLiteral("asks for another method");
        return made(ErrorKind::Authentication, QStringLiteral("channel_binding"),
                    QStringLiteral("The server %1, so that it can't prove to be the one that knows the password").arg(asks),
                    QStringLiteral("Let its pg_hba.conf ask for scram-sha-256 over TLS, or connect without channel binding."));
    }
    // All is well now, so it broke on the way (a restart, a proof that did not fit): not one of the errors that stop reconnecting.
    return made(ErrorKind::Connection, QStringLiteral("not_completed"), QStringLiteral("The connection was not completed"));
}

Error look(const ConnectionSpec &spec, const QByteArray &address, Deadline deadline, int stopFd)
{
    ProbeLink link(spec, address, deadline, stopFd);
    if (auto done = link.connectTcp(); !done)
        return std::move(done.error());
    if (!spec.isUnixSocket() && spec.sslMode != SslMode::Disable) {
        const auto answer = link.requestTls();
        if (!answer)
            return answer.error();
        if (*answer == 'N')
            return made(ErrorKind::Tls, QStringLiteral("server_refuses_tls"), QStringLiteral("%1 refuses encryption").arg(spec.address()),
                        QStringLiteral("If the server does offer TLS, somebody on the way may be taking it out."));
        if (*answer != 'S')
            return notPostgresql(spec);
        if (auto done = link.handshake(); !done)
            return std::move(done.error());
        const TlsVerdict verdict = judge(link.ssl(), spec);
        const bool verifies = spec.sslMode != SslMode::Require || !spec.caFile.isEmpty();
        if (verifies && verdict.reason != QLatin1StringView("ok"))
            return made(ErrorKind::Tls, verdict.reason, verdict.text);
    }
    const auto message = askMethod(link, spec);
    return message ? byMethod(*message, spec) : message.error();
}

} // namespace

Error explainFailure(PGconn *connection, const ConnectionSpec &spec, const QByteArray &address, Deadline deadline, int stopFd)
{
    const QString text = QString::fromUtf8(::PQerrorMessage(connection)).trimmed();
    if (const ServerRefusal refusal = readRefusal(text); !refusal.sqlstate.isEmpty())
        return connectError(refusal, spec);
    if (::PQconnectionNeedsPassword(connection))
        return made(ErrorKind::Authentication, QStringLiteral("no_password"), QStringLiteral("The server asks for a password of %1").arg(spec.role));
    Error error = look(spec, address, deadline.orEarlier(Deadline::in(3000)), stopFd);
    if (error.kind == ErrorKind::Timeout) // of the look, not of the connect
        error = made(ErrorKind::Connection, QStringLiteral("not_completed"), QStringLiteral("The connection was not completed"));
    if (error.detail.isEmpty())
        error.detail = text;
    return error;
}

} // namespace howdah::pg
