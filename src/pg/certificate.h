// SPDX-License-Identifier: GPL-3.0-or-later
// A certificate as people read it. Any thread.
#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QString>
#include <QStringList>
#include <QVector>

typedef struct ssl_st SSL;
typedef struct x509_st X509;

namespace howdah::pg
{

struct Certificate {
    QString subject;
    QString issuer;
    QDateTime notBefore;
    QDateTime notAfter;
    QStringList names;       // SAN: DNS and IP
    QString sha256;          // fingerprint, AA:BB:…
    QByteArray pem;

    bool operator==(const Certificate &) const = default;
};

Certificate readCertificate(X509 *certificate);
// What the other side of a TLS link showed: leaf first. At most 20 of them.
QVector<Certificate> readChain(SSL *ssl);

} // namespace howdah::pg
