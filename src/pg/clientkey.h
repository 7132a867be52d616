// SPDX-License-Identifier: GPL-3.0-or-later
// Our own certificate and its key, looked at before libpq does: it has one text for all that may be wrong, and asks for a passphrase on the
// terminal. Any thread.
#pragma once

#include "pg/connectionspec.h"

namespace howdah::pg
{

// Nothing to check unless the spec's way in is a certificate. Errors: Tls (certificate_needs_tls, certificate_file_missing,
// own_certificate_expired, key_file_missing, key_file_open: others may read it; as libpq has it, 0600 of ours or 0640 of root,
// key_not_opened: no or another passphrase, key_of_another: not this certificate's).
Done checkClientKey(const ConnectionSpec &spec, const Secret &passphrase);
// OpenSSL asks on the terminal for the passphrase of a key that has one, unless it is told not to. Once, before the first connect.
void neverPromptForKeys();

} // namespace howdah::pg
