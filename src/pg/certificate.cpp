// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg/certificate.h"

#include <QHostAddress>
#include <QTimeZone>

#include <algorithm>
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
} // namespace

Certificate readCertificate(X509 *x509)
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

QVector<Certificate> readChain(SSL *ssl)
{
    QVector<Certificate> chain;
    const STACK_OF(X509) *shown = ::SSL_get_peer_cert_chain(ssl);
    for (int i = 0; i < std::min(sk_X509_num(shown), 20); ++i)
        chain << readCertificate(sk_X509_value(shown, i));
    return chain;
}

} // namespace howdah::pg
