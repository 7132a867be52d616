// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg/tlsprobe.h"

#include "pg/probelink.h"
#include "pg/tlsverdict.h"

#include <QTimeZone>
#include <QHostAddress>

#include <memory>

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace howdah::pg
{

namespace
{
struct FreeBio {
    void operator()(BIO *bio) const { ::BIO_free(bio); }
};
using BioPtr = std::unique_ptr<BIO, FreeBio>;

QByteArray contents(BIO *bio)
{
    char *data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return QByteArray(data, qsizetype(size));
}

QString nameText(const X509_NAME *name)
{
    const BioPtr bio(::BIO_new(::BIO_s_mem()));
    ::X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
    return QString::fromUtf8(contents(bio.get()));
}

QDateTime timeOf(const ASN1_TIME *time)
{
    tm parts{};
    if (::ASN1_TIME_to_tm(time, &parts) != 1)
        return {};
    return QDateTime(QDate(parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday), QTime(parts.tm_hour, parts.tm_min, parts.tm_sec), QTimeZone::utc());
}

QStringList subjectNames(X509 *certificate)
{
    QStringList names;
    auto *all = static_cast<GENERAL_NAMES *>(::X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
    for (int i = 0; i < sk_GENERAL_NAME_num(all); ++i) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(all, i);
        if (name->type == GEN_DNS) {
            names << QString::fromLatin1(reinterpret_cast<const char *>(::ASN1_STRING_get0_data(name->d.dNSName)),
                                         ::ASN1_STRING_length(name->d.dNSName));
        } else if (name->type == GEN_IPADD) {
            const unsigned char *bytes = ::ASN1_STRING_get0_data(name->d.iPAddress);
            const int length = ::ASN1_STRING_length(name->d.iPAddress);
            if (length == 4)
                names << QHostAddress(quint32(bytes[0]) << 24 | quint32(bytes[1]) << 16 | quint32(bytes[2]) << 8 | bytes[3]).toString();
            else if (length == 16)
                names << QHostAddress(bytes).toString();
        }
    }
    ::GENERAL_NAMES_free(all);
    return names;
}

Certificate read(X509 *x509)
{
    Certificate certificate;
    certificate.subject = nameText(::X509_get_subject_name(x509));
    certificate.issuer = nameText(::X509_get_issuer_name(x509));
    certificate.notBefore = timeOf(::X509_get0_notBefore(x509));
    certificate.notAfter = timeOf(::X509_get0_notAfter(x509));
    certificate.names = subjectNames(x509);
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    if (::X509_digest(x509, ::EVP_sha256(), digest, &length) == 1)
        certificate.sha256 = QString::fromLatin1(QByteArray(reinterpret_cast<const char *>(digest), qsizetype(length)).toHex(':').toUpper());
    const BioPtr bio(::BIO_new(::BIO_s_mem()));
    if (::PEM_write_bio_X509(bio.get(), x509) == 1)
        certificate.pem = contents(bio.get());
    return certificate;
}

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
        return QStringLiteral("The server's certificate is signed by an authority that is not trusted (%1)").arg(leaf.issuer);
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
        verdict.text = sentence(verdict.reason, spec, read(leaf));
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
        STACK_OF(X509) *chain = ::SSL_get_peer_cert_chain(link.ssl());
        for (int i = 0; i < sk_X509_num(chain); ++i)
            probe.chain << read(sk_X509_value(chain, i));
        const TlsVerdict verdict = judge(link.ssl(), spec);
        probe.verdict = verdict.reason;
        probe.verdictText = verdict.text;
        return probe;
    }
    return fail(std::move(last));
}

} // namespace howdah::pg
