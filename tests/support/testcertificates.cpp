// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/testcertificates.h"

#include <QFile>

#include <memory>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace howdah::test
{

namespace
{
struct Free {
    void operator()(EVP_PKEY *key) const { ::EVP_PKEY_free(key); }
    void operator()(X509 *certificate) const { ::X509_free(certificate); }
    void operator()(BIO *bio) const { ::BIO_free(bio); }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, Free>;
using CertificatePtr = std::unique_ptr<X509, Free>;
using BioPtr = std::unique_ptr<BIO, Free>;

struct Wish {
    const char *commonName;
    const char *names = nullptr; // "DNS:localhost,IP:127.0.0.1"
    bool authority = false;
    long fromDays = -1;
    long toDays = 30;
};

void extend(X509 *certificate, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    ::X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION *extension = ::X509V3_EXT_conf_nid(nullptr, &context, nid, value);
    ::X509_add_ext(certificate, extension, -1);
    ::X509_EXTENSION_free(extension);
}

CertificatePtr sign(const Wish &wish, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuerKey)
{
    static long serial = 1000;
    CertificatePtr certificate(::X509_new());
    X509 *x509 = certificate.get();
    ::X509_set_version(x509, 2);
    ::ASN1_INTEGER_set(::X509_get_serialNumber(x509), ++serial);
    ::X509_gmtime_adj(::X509_getm_notBefore(x509), wish.fromDays * 86400);
    ::X509_gmtime_adj(::X509_getm_notAfter(x509), wish.toDays * 86400);
    ::X509_set_pubkey(x509, key);
    X509_NAME *name = ::X509_get_subject_name(x509);
    ::X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char *>(wish.commonName), -1, -1, 0);
    ::X509_set_issuer_name(x509, ::X509_get_subject_name(issuer ? issuer : x509));
    extend(x509, issuer ? issuer : x509, NID_basic_constraints, wish.authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
    if (wish.names)
        extend(x509, issuer ? issuer : x509, NID_subject_alt_name, wish.names);
    return ::X509_sign(x509, issuerKey ? issuerKey : key, ::EVP_sha256()) > 0 ? std::move(certificate) : nullptr;
}

bool save(BIO *bio, const QString &path)
{
    char *data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(data, size) == size
        && file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
}

bool saveCertificate(X509 *certificate, const QString &path, X509 *authority = nullptr)
{
    const BioPtr bio(::BIO_new(::BIO_s_mem()));
    return certificate && ::PEM_write_bio_X509(bio.get(), certificate) == 1
        && (!authority || ::PEM_write_bio_X509(bio.get(), authority) == 1) && save(bio.get(), path);
}

bool saveKey(EVP_PKEY *key, const QString &path, const char *passphrase = nullptr)
{
    const BioPtr bio(::BIO_new(::BIO_s_mem()));
    const auto *words = reinterpret_cast<const unsigned char *>(passphrase);
    return ::PEM_write_bio_PrivateKey(bio.get(), key, passphrase ? ::EVP_aes_256_cbc() : nullptr, words, passphrase ? int(qstrlen(passphrase)) : 0, nullptr, nullptr) == 1
        && save(bio.get(), path);
}
} // namespace

QString TestCertificates::name(Kind kind)
{
    switch (kind) {
    case Kind::Good: return QStringLiteral("good");
    case Kind::Expired: return QStringLiteral("expired");
    case Kind::OtherHost: return QStringLiteral("otherhost");
    case Kind::SelfSigned: return QStringLiteral("selfsigned");
    case Kind::Renewed: return QStringLiteral("renewed");
    case Kind::WithAuthority: return QStringLiteral("withauthority");
    }
    return QStringLiteral("good");
}

bool TestCertificates::write(const QString &folder, const QString &address)
{
    const QString path = folder + QLatin1Char('/');
    const KeyPtr caKey(EVP_EC_gen("P-256")), otherKey(EVP_EC_gen("P-256"));
    // Of one name: what tells them apart is the key alone.
    const auto ca = sign({"Howdah test authority", nullptr, true}, caKey.get(), nullptr, nullptr);
    const auto other = sign({"Howdah test authority", nullptr, true}, otherKey.get(), nullptr, nullptr);
    if (!saveCertificate(ca.get(), path + QStringLiteral("ca.pem")) || !saveCertificate(other.get(), path + QStringLiteral("other-ca.pem")))
        return false;

    QByteArray names("DNS:localhost,IP:127.0.0.1,IP:::1");
    if (!address.isEmpty())
        names += ",IP:" + address.toLatin1();
    const char *here = names.constData();
    const std::pair<Kind, Wish> wishes[] = {{Kind::Good, {"localhost", here}},
                                            {Kind::Expired, {"localhost", here, false, -30, -1}},
                                            {Kind::OtherHost, {"db.example", "DNS:db.example"}},
                                            {Kind::SelfSigned, {"localhost", here}},
                                            {Kind::Renewed, {"localhost", here}},
                                            {Kind::WithAuthority, {"localhost", here}}};
    for (const auto &[kind, wish] : wishes) {
        const KeyPtr key(EVP_EC_gen("P-256"));
        const bool itself = kind == Kind::SelfSigned;
        const auto certificate = sign(wish, key.get(), itself ? nullptr : ca.get(), itself ? nullptr : caKey.get());
        X509 *shown = kind == Kind::WithAuthority ? ca.get() : nullptr;
        if (!saveCertificate(certificate.get(), path + name(kind) + QStringLiteral(".crt"), shown) || !saveKey(key.get(), path + name(kind) + QStringLiteral(".key")))
            return false;
    }
    const KeyPtr clientKey(EVP_EC_gen("P-256")), strangerKey(EVP_EC_gen("P-256"));
    const auto client = sign({"certy"}, clientKey.get(), ca.get(), caKey.get());
    const auto stranger = sign({"certy"}, strangerKey.get(), other.get(), otherKey.get());
    return saveCertificate(client.get(), path + QStringLiteral("client.crt")) && saveKey(clientKey.get(), path + QStringLiteral("client.key"))
        && saveKey(clientKey.get(), path + QStringLiteral("locked.key"), "sesam") && saveCertificate(stranger.get(), path + QStringLiteral("stranger.crt"))
        && saveKey(strangerKey.get(), path + QStringLiteral("stranger.key"));
}

} // namespace howdah::test
