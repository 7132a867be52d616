// SPDX-License-Identifier: GPL-3.0-or-later
// What QtKeychain can't ask of the desktop's Secret Service: is the default keyring locked? A locked one answers a read as if nothing were
// saved. Internal to src/store; main loop, asynchronous.
#pragma once

#include <QObject>

#include <functional>

namespace howdah::store
{

enum class KeyringState { Unlocked, Locked, Unknown }; // Unknown: no service, no default keyring, or no answer in time

// Calls answer on context's thread, not at all once context is gone.
void askKeyringState(QObject *context, int timeoutMs, std::function<void(KeyringState)> answer);

// libsecret keeps its session with the keyring for good; after the keyring was started anew each call fails with "The session does not
// exist". This makes it begin another one at the next call. Nothing happens where libsecret isn't in use.
void forgetKeyringSession();

} // namespace howdah::store
