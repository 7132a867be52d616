// SPDX-License-Identifier: GPL-3.0-or-later
// The bearer token of the health endpoints: in the keychain, and that there is one in the store, so that a keychain that does not answer makes
// an error and not an open door. On the verb's thread.
#pragma once

#include "ctl/ctl.h"

namespace howdah::ctl
{

enum class TokenChoice { AsKept, New, Typed, None };

// Empty: none is asked for. New writes it to standard error, once. Errors: Keychain, Io of the store, Client/no_input, Client/bad_token.
Result<Secret> serveToken(Ctl &ctl, TokenChoice choice);

} // namespace howdah::ctl
