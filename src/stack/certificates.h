// SPDX-License-Identifier: GPL-3.0-or-later
// A stack's own certificate authority and server certificate, ECDSA P-256. The CA's key is never kept: it signs once, here, and is freed,
// so that whoever takes the stack over cannot make a second certificate that the profile trusts. Pure, any thread.
#pragma once

#include "base/result.h"
#include "base/secret.h"

#include <QByteArray>

namespace howdah::stack
{

struct Certificates {
    QByteArray ca;     // PEM, what a profile pins
    QByteArray server; // PEM, the server's certificate alone
    Secret serverKey;  // PEM, PKCS#8, not encrypted: for the server's volume and nowhere else
};

// For the names a stack is reached by: postgres (beside it in Docker), localhost, 127.0.0.1, ::1. Errors: Client/openssl.
Result<Certificates> makeCertificates(const QString &stackName);

} // namespace howdah::stack
