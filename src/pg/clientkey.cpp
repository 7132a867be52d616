// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg/clientkey.h"

#include "pg/libpq.h"

#include <QFileInfo>

#include <algorithm>
#include <cstdio>
#include <cstring>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>
#include <unistd.h>

namespace howdah::pg
{

static tl::unexpected<Error> refused(const char *reason, const QString &message, const QString &hint)
{
    return fail(ErrorKind::Tls, QString::fromLatin1(reason), message, hint);
}

namespace
{

struct Free {
    void operator()(FILE *file) const { std::fclose(file); }
    void operator()(X509 *certificate) const { ::X509_free(certificate); }
    void operator()(EVP_PKEY *key) const { ::EVP_PKEY_free(key); }
};
template<typename T>
using Owned = std::unique_ptr<T, Free>;

int givePassphrase(char *to, int size, int, void *passphrase)
{
    const char *text = static_cast<const Secret *>(passphrase)->data();
    const auto length = std::min(size_t(size), std::strlen(text));
    std::memcpy(to, text, length);
    return int(length);
}

// Opened here, since libpq has one text for whatever goes wrong in it.
Done openBoth(const ConnectionSpec &spec, const Secret &passphrase)
{
    const Owned<FILE> certFile(std::fopen(spec.certFile.toUtf8().constData(), "re"));
    const Owned<X509> certificate(certFile ? ::PEM_read_X509(certFile.get(), nullptr, nullptr, nullptr) : nullptr);
    if (!certificate)
        return refused("certificate_file_missing", QStringLiteral("There is no PEM certificate in %1").arg(spec.certFile), {});
    if (::X509_cmp_current_time(::X509_get0_notAfter(certificate.get())) < 0)
        return refused("own_certificate_expired", QStringLiteral("Our certificate %1 has expired").arg(spec.certFile), QStringLiteral("Have a new one made."));
    const Owned<FILE> keyFile(std::fopen(spec.keyFile.toUtf8().constData(), "re"));
    Secret given = passphrase;
    const Owned<EVP_PKEY> key(keyFile ? ::PEM_read_PrivateKey(keyFile.get(), nullptr, givePassphrase, &given) : nullptr);
    if (!key)
        return refused("key_not_opened", QStringLiteral("The key %1 does not open").arg(spec.keyFile),
                       QStringLiteral("It has another passphrase than the one that is kept for this profile, or is no PEM key."));
    if (::X509_check_private_key(certificate.get(), key.get()) != 1)
        return refused("key_of_another", QStringLiteral("The key %1 is not that of the certificate %2").arg(spec.keyFile, spec.certFile), {});
    return {};
}

} // namespace

Done checkClientKey(const ConnectionSpec &spec, const Secret &passphrase)
{
    if (spec.auth != Auth::Certificate)
        return {};
    if (spec.isUnixSocket() || spec.sslMode == SslMode::Disable)
        return refused("certificate_needs_tls", QStringLiteral("A client certificate is shown over TLS, which this profile does not use"),
                       QStringLiteral("Choose sslmode verify-full, or another way to authenticate."));
    if (!QFileInfo(spec.certFile).isReadable() || !QFileInfo(spec.certFile).isFile())
        return refused("certificate_file_missing", QStringLiteral("The client certificate %1 is not there or can't be read").arg(spec.certFile),
                       QStringLiteral("Name the PEM file of the certificate that was made for role %1.").arg(spec.role));
    struct stat file {};
    if (::stat(spec.keyFile.toUtf8().constData(), &file) != 0 || !S_ISREG(file.st_mode) || !QFileInfo(spec.keyFile).isReadable())
        return refused("key_file_missing", QStringLiteral("The key %1 of the client certificate is not there or can't be read").arg(spec.keyFile),
                       QStringLiteral("Name the PEM file of the key that belongs to %1.").arg(spec.certFile));
    const mode_t others = file.st_uid == 0 ? S_IWGRP | S_IXGRP | S_IRWXO : S_IRWXG | S_IRWXO;
    if (file.st_mode & others)
        return refused("key_file_open", QStringLiteral("The key %1 may be read by others").arg(spec.keyFile),
                       QStringLiteral("chmod 600 it; a key of root may be 0640."));
    auto opened = openBoth(spec, passphrase);
    ::ERR_clear_error();
    return opened;
}

void neverPromptForKeys()
{
    // The passphrase that was given, or an empty one: then the key is not opened, and that is the error.
    static const bool once = [] {
        ::PQsetSSLKeyPassHook_OpenSSL([](char *to, int size, PGconn *connection) { return ::PQdefaultSSLKeyPassHook_OpenSSL(to, size, connection); });
        return true;
    }();
    Q_UNUSED(once);
}

} // namespace howdah::pg
