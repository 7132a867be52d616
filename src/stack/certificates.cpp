// SPDX-License-Identifier: GPL-3.0-or-later
#include "stack/certificates.h"

#include <memory>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

namespace howdah::stack
{

namespace
{

template<auto Free>
struct Freed {
    template<typename T>
    void operator()(T *value) const
    {
        Free(value);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Cert = std::unique_ptr<X509, Freed<X509_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;
using Number = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;

constexpr long hour = 3600;
// The CA's key is gone, so a renewal is a new CA wherever the old one is trusted (rotatecerts.h): asked for, never due every other year.
constexpr long lifetime = 3650L * 24 * hour;

struct Wanted {
    QByteArray commonName;
    std::initializer_list<std::pair<int, const char *>> extensions;
};

bool addExtension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
    return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool setSerial(X509 *certificate)
{
    const Number number(BN_new());
    return number && BN_rand(number.get(), 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1
        && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate));
}

Cert makeCertificate(const Wanted &wanted, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuerKey)
{
    Cert certificate(X509_new());
    X509 *raw = certificate.get();
    if (!raw || X509_set_version(raw, X509_VERSION_3) != 1 || !setSerial(raw) || X509_set_pubkey(raw, key) != 1)
        return nullptr;
    X509_gmtime_adj(X509_getm_notBefore(raw), -hour); // a virtual machine's clock may lag
    X509_gmtime_adj(X509_getm_notAfter(raw), lifetime);
    X509_NAME *name = X509_get_subject_name(raw);
    const auto *text = reinterpret_cast<const unsigned char *>(wanted.commonName.constData());
    if (X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8, text, int(wanted.commonName.size()), -1, 0) != 1)
        return nullptr;
    X509 *signer = issuer ? issuer : raw;
    if (X509_set_issuer_name(raw, X509_get_subject_name(signer)) != 1)
        return nullptr;
    for (const auto &[nid, value] : wanted.extensions) {
        if (!addExtension(raw, signer, nid, value))
            return nullptr;
    }
    return X509_sign(raw, issuerKey, EVP_sha256()) > 0 ? std::move(certificate) : nullptr;
}

QByteArray contents(BIO *bio)
{
    char *data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return {data, qsizetype(size)};
}

QByteArray pem(X509 *certificate)
{
    const Bio bio(BIO_new(BIO_s_mem()));
    return bio && PEM_write_bio_X509(bio.get(), certificate) == 1 ? contents(bio.get()) : QByteArray();
}

Secret pem(EVP_PKEY *key)
{
    const Bio bio(BIO_new(BIO_s_secmem())); // wiped when freed
    if (!bio || PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1)
        return {};
    char *data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return Secret(QByteArray::fromRawData(data, qsizetype(size)));
}

tl::unexpected<Error> opensslFailed()
{
    char text[256] = "";
    ERR_error_string_n(ERR_get_error(), text, sizeof text);
    ERR_clear_error();
    return fail(ErrorKind::Client, QStringLiteral("openssl"),
                QStringLiteral("OpenSSL could not make the stack's certificates: %1").arg(QString::fromLatin1(text)));
}

} // namespace

Result<Certificates> makeCertificates(const QString &stackName)
{
    const Key caKey(EVP_EC_gen("P-256"));
    const Key serverKey(EVP_EC_gen("P-256"));
    if (!caKey || !serverKey)
        return opensslFailed();
    // A common name holds 64 characters.
    const Cert ca = makeCertificate({"Howdah stack " + stackName.toUtf8().left(48),
                                     {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
                                      {NID_key_usage, "critical,keyCertSign,cRLSign"},
                                      {NID_subject_key_identifier, "hash"}}},
                                    caKey.get(), nullptr, caKey.get());
    if (!ca)
        return opensslFailed();
    const Cert server = makeCertificate({"postgres",
                                         {{NID_basic_constraints, "critical,CA:FALSE"},
                                          {NID_key_usage, "critical,digitalSignature"},
                                          {NID_ext_key_usage, "serverAuth"},
                                          {NID_subject_key_identifier, "hash"},
                                          {NID_authority_key_identifier, "keyid"},
                                          {NID_subject_alt_name, "DNS:postgres,DNS:localhost,IP:127.0.0.1,IP:::1"}}},
                                        serverKey.get(), ca.get(), caKey.get());
    if (!server)
        return opensslFailed();
    Certificates made{pem(ca.get()), pem(server.get()), pem(serverKey.get())};
    if (made.ca.isEmpty() || made.server.isEmpty() || made.serverKey.isEmpty())
        return opensslFailed();
    return made;
}

} // namespace howdah::stack
