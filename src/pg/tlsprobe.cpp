// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg/tlsprobe.h"

#include "pg/probelink.h"
#include "pg/tlsverdict.h"

#include <QHostAddress>

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace howdah::pg
{

namespace
{
QString reasonOf(long code)
{
    switch (code) {
    case X509_V_ERR_CERT_HAS_EXPIRED: return QStringLiteral("expired_certificate");
    case X509_V_ERR_CERT_NOT_YET_VALID: return QStringLiteral("not_yet_valid");
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: return QStringLiteral("self_signed");
    // A private authority's chain ends in a self-signed certificate too: what is wrong is that nobody trusts it.
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE: // another authority of the same name
    case X509_V_ERR_CERT_UNTRUSTED: return QStringLiteral("unknown_ca");
    default: return QStringLiteral("bad_certificate");
    }
}

QString sentence(const QString &reason, const ConnectionSpec &spec, const Certificate &leaf)
{
    if (reason == QLatin1StringView("expired_certificate"))
        return QStringLiteral("The server's certificate expired on %1").arg(leaf.notAfter.toString(Qt::ISODate));
    if (reason == QLatin1StringView("not_yet_valid"))
        return QStringLiteral("The server's certificate is valid only from %1 on").arg(leaf.notBefore.toString(Qt::ISODate));
    if (reason == QLatin1StringView("wrong_host"))
        return QStringLiteral("The server's certificate is for %1, not for %2")
            .arg(leaf.names.isEmpty() ? leaf.subject : leaf.names.join(QStringLiteral(", ")), spec.host);
    if (reason == QLatin1StringView("self_signed"))
        return QStringLiteral("The server's certificate is signed by itself, and not trusted");
    if (reason == QLatin1StringView("unknown_ca"))
        return QStringLiteral("The server's certificate is signed by an authority that is not trusted (%1); trusted here: %2")
            .arg(leaf.issuer, spec.caFile.isEmpty() ? QStringLiteral("the system's certificates, since no CA file is named") : spec.caFile);
    return QStringLiteral("The server's certificate is not good");
}
} // namespace

TlsVerdict judge(SSL *ssl, const ConnectionSpec &spec)
{
    TlsVerdict verdict;
    X509 *leaf = ::SSL_get1_peer_certificate(ssl);
    if (!leaf)
        return {QStringLiteral("bad_certificate"), QStringLiteral("The server showed no certificate")};
    const long code = ::SSL_get_verify_result(ssl);
    if (code != X509_V_OK) {
        verdict.reason = reasonOf(code);
    } else if (spec.sslMode == SslMode::VerifyFull) {
        const QByteArray host = spec.host.toUtf8();
        const bool isAddress = !QHostAddress(spec.host).isNull();
        const int matches = isAddress ? ::X509_check_ip_asc(leaf, host.constData(), 0)
                                      : ::X509_check_host(leaf, host.constData(), size_t(host.size()), 0, nullptr);
        if (matches != 1)
            verdict.reason = QStringLiteral("wrong_host");
    }
    if (verdict.reason != QLatin1StringView("ok")) {
        verdict.text = sentence(verdict.reason, spec, readCertificate(leaf));
        if (verdict.reason == QLatin1StringView("bad_certificate"))
            verdict.text += QStringLiteral(": ") + QString::fromLatin1(::X509_verify_cert_error_string(code));
    }
    ::X509_free(leaf);
    return verdict;
}

Result<TlsProbe> probeTls(const ConnectionSpec &spec, int timeoutMs)
{
    const Deadline deadline = Deadline::in(timeoutMs);
    const auto addresses = resolveHost(spec);
    if (!addresses)
        return fail(addresses.error());
    Error last;
    for (const QByteArray &address : *addresses) {
        ProbeLink link(spec, address, deadline);
        if (auto done = link.connectTcp(); !done) {
            last = std::move(done.error());
            continue;
        }
        TlsProbe probe;
        const auto answer = link.requestTls();
        if (!answer)
            return fail(answer.error());
        if (*answer != 'S' && *answer != 'N')
            return fail(ErrorKind::Connection, QStringLiteral("not_postgresql"), QStringLiteral("%1 is not a PostgreSQL server").arg(spec.address()));
        probe.serverSpeaksTls = *answer == 'S';
        if (!probe.serverSpeaksTls) {
            probe.verdict = QStringLiteral("server_refuses_tls");
            probe.verdictText = QStringLiteral("The server refuses encryption");
            return probe;
        }
        if (auto done = link.handshake(); !done)
            return fail(std::move(done.error()));
        probe.protocol = QString::fromLatin1(::SSL_get_version(link.ssl()));
        probe.cipher = QString::fromLatin1(::SSL_get_cipher_name(link.ssl()));
        probe.chain = readChain(link.ssl());
        const TlsVerdict verdict = judge(link.ssl(), spec);
        probe.verdict = verdict.reason;
        probe.verdictText = verdict.text;
        return probe;
    }
    return fail(std::move(last));
}

} // namespace howdah::pg
