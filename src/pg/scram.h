// SPDX-License-Identifier: GPL-3.0-or-later
// The arithmetic of scramVerifier() with its salt given, for the test vector. Any thread.
#pragma once

#include "base/secret.h"

#include <QByteArray>

namespace howdah::pg
{

// "SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>"; empty where OpenSSL refuses.
QByteArray scramVerifierWith(const Secret &password, const QByteArray &salt, int iterations);

} // namespace howdah::pg
