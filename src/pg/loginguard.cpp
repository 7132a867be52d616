// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg/loginguard.h"

#include <QtEndian>

#include <algorithm>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

namespace howdah::pg
{

namespace
{

// AuthenticationRequest's numbers.
enum Method : quint32 { Ok = 0, Cleartext = 3, Md5 = 5, Gss = 7, GssContinue = 8, Sspi = 9, Sasl = 10, SaslContinue = 11, SaslFinal = 12 };

Error made(ErrorKind kind, const char *reason, const QString &message, const QString &hint)
{
    Error error;
    error.kind = kind;
    error.reason = QString::fromLatin1(reason);
    error.message = message;
    error.hint = hint;
    return error;
}

QString demandOf(quint32 method)
{
    switch (method) {
    case Ok: return QStringLiteral("lets anyone in without asking who it is");
    case Cleartext: return QStringLiteral("asks for the password in clear text");
    case Md5: return QStringLiteral("asks for an MD5 password");
    case Gss:
    case Sspi: return QStringLiteral("asks for Kerberos");
    case Sasl: return QStringLiteral("asks for a password by SASL");
    default: return QStringLiteral("asks for another method");
    }
}

const char *reasonOf(quint32 method)
{
    switch (method) {
    case Ok: return "no_authentication";
    case Cleartext: return "cleartext_refused";
    case Md5: return "md5_refused";
    default: return "unknown_method";
    }
}

// With TLS 1.3 the server's verdict on it is an alert after the handshake.
bool isAboutOurCertificate(unsigned long error)
{
    switch (ERR_GET_REASON(error) - SSL_AD_REASON_OFFSET) {
    case SSL_AD_BAD_CERTIFICATE:
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
    case SSL_AD_CERTIFICATE_REVOKED:
    case SSL_AD_CERTIFICATE_EXPIRED:
    case SSL_AD_CERTIFICATE_UNKNOWN:
    case SSL_AD_UNKNOWN_CA:
    case SSL_AD_ACCESS_DENIED:
    case SSL_AD_DECRYPT_ERROR: // an authority of the same name and another key
    case SSL_AD_CERTIFICATE_REQUIRED: return ERR_GET_LIB(error) == ERR_LIB_SSL;
    default: return false;
    }
}

bool isTaken(const ConnectionSpec &spec, quint32 method, QByteArrayView body)
{
    const bool scram = method == Sasl && body.contains("SCRAM-SHA-256");
    switch (spec.auth) {
    case Auth::ScramBound:
        // Nothing can be bound on a Unix socket; there the kernel vouches for who is who.
        if (spec.isUnixSocket())
            return scram || method == Ok;
        return scram && body.contains("SCRAM-SHA-256-PLUS");
    case Auth::Scram: return scram;
    case Auth::Certificate:
    case Auth::Peer: return method == Ok;
    case Auth::Kerberos: return method == Gss || method == Sspi;
    case Auth::Password: return method == Cleartext || scram;
    }
    return false;
}

} // namespace

Done checkAuth(const ConnectionSpec &spec)
{
    const bool verified = spec.sslMode == SslMode::VerifyFull || spec.sslMode == SslMode::VerifyCa;
    if (spec.auth == Auth::Password && !spec.isUnixSocket() && !verified)
        return fail(made(ErrorKind::Authentication, "cleartext_refused", QStringLiteral("A password in clear goes only to a server whose certificate is verified"),
                         QStringLiteral("Use verify-full.")));
    if (spec.auth == Auth::Peer && !spec.isUnixSocket())
        return fail(made(ErrorKind::Authentication, "peer_needs_socket", QStringLiteral("The kernel vouches for a role over a Unix socket alone"),
                         QStringLiteral("Name the socket's folder as the host: /run/postgresql.")));
    return {};
}

std::optional<Error> refusedMethod(const ConnectionSpec &spec, quint32 method, QByteArrayView body)
{
    if (isTaken(spec, method, body))
        return std::nullopt;
    const bool unbound = spec.auth == Auth::ScramBound && method == Sasl && body.contains("SCRAM-SHA-256");
    if (unbound)
        return made(ErrorKind::Authentication, "channel_binding",
                    QStringLiteral("The server offers SCRAM without channel binding, so that it can't prove that nobody sits between"),
                    QStringLiteral("A pooler, or a link without TLS, can't do better: choose \"%1\" for this profile where you mean it.").arg(authLabel(Auth::Scram)));
    const bool proves = spec.auth == Auth::ScramBound || spec.auth == Auth::Scram;
    return made(ErrorKind::Authentication, reasonOf(method),
                proves ? QStringLiteral("The server %1, so that it can't prove to be the one that knows the password").arg(demandOf(method))
                       : QStringLiteral("The server %1, where this profile's way in is %2").arg(demandOf(method), authLabel(spec.auth)),
                proves ? QStringLiteral("Let its pg_hba.conf ask for scram-sha-256 over TLS, or choose another way to authenticate for this profile.")
                       : QStringLiteral("Choose the way to authenticate that this server's pg_hba.conf names for the role."));
}

Error serverNotProven(const ConnectionSpec &spec)
{
    return made(ErrorKind::Authentication, "server_not_proven",
                QStringLiteral("The server did not prove that it knows the password of %1: it may not be the one that it claims to be").arg(spec.role),
                QStringLiteral("Do not type the password again before you know who answers there."));
}

Done LoginGuard::judgeRequest(quint32 method, QByteArrayView body)
{
    if (method == SaslContinue) {
        // "r=<nonce>,s=<salt>,i=<rounds>": a number too long to be one is too many.
        const qsizetype at = body.lastIndexOf(QByteArrayView(",i="));
        qsizetype end = at + 3;
        while (at >= 0 && end < body.size() && body[end] >= '0' && body[end] <= '9')
            ++end;
        const QByteArray digits = at < 0 ? QByteArray() : body.sliced(at + 3, end - at - 3).toByteArray();
        if (digits.size() > 10 || digits.toLongLong() > mostScramRounds)
            return fail(made(ErrorKind::Authentication, "scram_rounds",
                             QStringLiteral("%1 asks for %2 rounds of SCRAM, which only keeps us busy").arg(m_spec.address(), QString::fromLatin1(digits.left(20))),
                             QStringLiteral("Up to %1 are computed. Its scram_iterations is set too high, or it means no good.").arg(mostScramRounds)));
        return {};
    }
    // The middle or the end of an exchange: libpq holds it against its beginning.
    if (m_asked && method == SaslFinal)
        m_owesProof = false;
    if (m_asked && method == Ok)
        return proven();
    if (m_asked && (method == GssContinue || method == SaslFinal))
        return {};
    m_asked = true;
    m_owesProof = m_owesProof || method == Sasl;
    if (auto refused = refusedMethod(m_spec, method, body))
        return fail(std::move(*refused));
    return {};
}

Done LoginGuard::proven() const
{
    return m_owesProof ? Done(fail(serverNotProven(m_spec))) : Done();
}

// All messages that libpq would find in these bytes.
Result<LoginGuard::Look> LoginGuard::judge(QByteArrayView bytes)
{
    constexpr quint32 longestRequest = 2000; // libpq's own bound
    m_rest.clear();
    while (bytes.size() > 0) {
        if (bytes[0] != 'R' && bytes[0] != 'v')
            return Look::LetRead; // an error, or no PostgreSQL: libpq ends there
        const auto length = bytes.size() < 5 ? 0 : qFromBigEndian<quint32>(bytes.data() + 1);
        if (length != 0 && (length < 8 || length > longestRequest))
            return Look::LetRead; // refused by libpq
        if (bytes.size() < 5 || bytes.size() < qsizetype(length) + 1) {
            m_rest = bytes.toByteArray();
            return Look::Wait;
        }
        if (length == 0)
            return Look::LetRead;
        const QByteArrayView message = bytes.first(qsizetype(length) + 1);
        bytes = bytes.sliced(message.size());
        if (message[0] == 'v') // which version it speaks: the demand comes behind
            continue;
        const auto method = qFromBigEndian<quint32>(message.data() + 5);
        if (auto done = judgeRequest(method, message.sliced(9)); !done)
            return fail(std::move(done.error()));
        if (method == Ok)
            return Look::LetRead;
    }
    return Look::LetRead;
}

Result<LoginGuard::Look> LoginGuard::look(PGconn *connection)
{
    if (::PQstatus(connection) != CONNECTION_AWAITING_RESPONSE)
        return Look::LetRead;
    char bytes[16 * 1024]; // a TLS record
    auto *ssl = static_cast<SSL *>(::PQsslStruct(connection, "OpenSSL"));
    if (!ssl) {
        const auto got = ::recv(::PQsocket(connection), bytes, sizeof bytes, MSG_PEEK | MSG_DONTWAIT);
        return got <= 0 ? Look::LetRead : judge(QByteArrayView(bytes, got));
    }
    ::ERR_clear_error();
    const int got = ::SSL_peek(ssl, bytes, sizeof bytes);
    const int want = got > 0 ? SSL_ERROR_NONE : ::SSL_get_error(ssl, got);
    const unsigned long why = ::ERR_peek_error();
    ::ERR_clear_error();
    if (want == SSL_ERROR_SSL && isAboutOurCertificate(why))
        return fail(made(ErrorKind::Authentication, "certificate_refused",
                         m_spec.auth == Auth::Certificate ? QStringLiteral("%1 does not take our certificate").arg(m_spec.address())
                                                          : QStringLiteral("%1 asks for a client certificate").arg(m_spec.address()),
                         QString::fromLatin1(::ERR_reason_error_string(why))));
    if (want == SSL_ERROR_WANT_READ || want == SSL_ERROR_WANT_WRITE)
        return Look::Wait;
    if (got <= 0)
        return Look::LetRead; // its end: libpq says so
    // libpq before 16 shows it where it is asked for and goes on where it is not; a signature of ours says that it was.
    int signature = 0;
    if (m_spec.auth == Auth::Certificate && ::SSL_get_signature_nid(ssl, &signature) != 1)
        return fail(made(ErrorKind::Authentication, "no_authentication", QStringLiteral("%1 does not ask for our certificate").arg(m_spec.address()),
                         QStringLiteral("Let its pg_hba.conf ask for cert, with the authority's file as its ssl_ca_file.")));
    const QByteArray all = m_rest + QByteArrayView(bytes, got);
    const auto verdict = judge(all);
    if (!verdict || *verdict == Look::LetRead)
        return verdict;
    // No more than this record is to be seen before libpq takes it. It takes all of a short one, and goes on reading: so we remember it too.
    constexpr int takenAtOnce = 8192;
    if (got > takenAtOnce)
        return fail(made(ErrorKind::Protocol, "protocol_violation", QStringLiteral("%1 hid its demand for authentication in a longer message").arg(m_spec.address()), {}));
    return Look::LetRead;
}

} // namespace howdah::pg
