// SPDX-License-Identifier: GPL-3.0-or-later
// An authority and the server certificates that a test needs, good and bad, made with OpenSSL in a folder of their own. P-256, PEM.
#pragma once

#include <QString>

namespace howdah::test
{

class TestCertificates
{
public:
    enum class Kind { Good, Expired, OtherHost, SelfSigned, Renewed, WithAuthority };
    // Renewed: as Good, with another key. WithAuthority: as Good, and the authority is in the file and so shown to whoever connects.

    // Writes ca.pem, other-ca.pem, <kind>.crt and <kind>.key, and for the role "certy" client.crt, client.key, locked.key (the same with the
    // passphrase "sesam") and stranger.crt, stranger.key of the other authority; false when OpenSSL or the disk refuses. They are for localhost and its
    // addresses, and for `address` where one is given.
    static bool write(const QString &folder, const QString &address = {});
    static QString name(Kind kind); // "good": of .crt and .key
};

} // namespace howdah::test
