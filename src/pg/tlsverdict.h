// SPDX-License-Identifier: GPL-3.0-or-later
// What is wrong with a server's certificate, by OpenSSL's own codes. After ProbeLink::handshake(), on its thread.
#pragma once

#include "pg/connectionspec.h"

typedef struct ssl_st SSL;

namespace howdah::pg
{

struct TlsVerdict {
    QString reason = QStringLiteral("ok"); // or expired_certificate, not_yet_valid, wrong_host, unknown_ca, self_signed, bad_certificate
    QString text;
};
TlsVerdict judge(SSL *ssl, const ConnectionSpec &spec);

} // namespace howdah::pg
