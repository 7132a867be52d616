// SPDX-License-Identifier: GPL-3.0-or-later
// The bearer token of the health endpoints, one for window and howdahctl: in the keychain under this key, and that there is one in the store under this
// setting, so that a keychain that does not answer makes an error and not an open door. Any thread.
#pragma once

#include "base/result.h"
#include "base/secret.h"
#include "store/keychain.h"

namespace howdah::health
{

QString endpointTokenSetting();        // true: a token is asked for
store::SecretKey endpointTokenKey();
Result<Secret> makeEndpointToken();    // 256 bits of the kernel's. Errors: Io/random
Done checkEndpointToken(const Secret &token); // as RFC 6750 has it: what else could come would never match a header. Errors: Client/bad_token

} // namespace howdah::health
