// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg/scram.h"

#include "pg/connection.h"

#include <algorithm>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

namespace howdah::pg
{

namespace
{
constexpr int digestSize = SHA256_DIGEST_LENGTH;

struct Key {
    unsigned char bytes[digestSize] = {};
    ~Key() { ::OPENSSL_cleanse(bytes, sizeof bytes); }
    QByteArray base64() const { return QByteArray(reinterpret_cast<const char *>(bytes), digestSize).toBase64(); }
};

bool hmac(const Key &key, QByteArrayView text, Key &out)
{
    return ::HMAC(::EVP_sha256(), key.bytes, digestSize, reinterpret_cast<const unsigned char *>(text.data()), size_t(text.size()), out.bytes,
                  nullptr);
}
} // namespace

QByteArray scramVerifierWith(const Secret &password, const QByteArray &salt, int iterations)
{
    Key salted, client, stored, server;
    const bool ok = ::PKCS5_PBKDF2_HMAC(password.data(), int(password.size()), reinterpret_cast<const unsigned char *>(salt.constData()),
                                        int(salt.size()), iterations, ::EVP_sha256(), digestSize, salted.bytes) == 1
        && hmac(salted, "Client Key", client) && ::SHA256(client.bytes, digestSize, stored.bytes) && hmac(salted, "Server Key", server);
    if (!ok)
        return {};
    return "SCRAM-SHA-256$" + QByteArray::number(iterations) + ':' + salt.toBase64() + '$' + stored.base64() + ':' + server.base64();
}

Result<QByteArray> scramVerifier(const Secret &password)
{
    const bool ascii = std::all_of(password.data(), password.data() + password.size(), [](char c) { return c >= 0x20 && c < 0x7f; });
    if (!ascii || password.isEmpty())
        return fail(ErrorKind::Client, QStringLiteral("not_ascii"), QStringLiteral("The password is empty or holds more than printable ASCII"));
    QByteArray salt(16, '\0');
    if (::RAND_bytes(reinterpret_cast<unsigned char *>(salt.data()), int(salt.size())) != 1)
        return fail(ErrorKind::Client, QStringLiteral("random"), QStringLiteral("No random numbers for a salt"));
    const QByteArray verifier = scramVerifierWith(password, salt, 4096);
    if (verifier.isEmpty())
        return fail(ErrorKind::Client, QStringLiteral("random"), QStringLiteral("OpenSSL could not derive the keys"));
    return verifier;
}

} // namespace howdah::pg
