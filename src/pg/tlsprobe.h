// SPDX-License-Identifier: GPL-3.0-or-later
// libpq has one text for every certificate it refuses; this looks again with OpenSSL to say which: expired, other host, unknown CA,
// self-signed. Blocking, with a deadline; never sends more than the SSLRequest and a TLS handshake. Any thread but the window's.
#pragma once

#include "base/result.h"
#include "pg/certificate.h"
#include "pg/connectionspec.h"

#include <QVector>

namespace howdah::pg
{

struct TlsProbe {
    bool serverSpeaksTls = false; // false: it answered 'N'
    QString protocol;
    QString cipher;
    QVector<Certificate> chain;   // leaf first
    QString verdict;              // "ok" or the Error reason: expired_certificate, not_yet_valid, wrong_host, unknown_ca, self_signed
    QString verdictText;
};

Result<TlsProbe> probeTls(const ConnectionSpec &spec, int timeoutMs = 5000);

} // namespace howdah::pg
