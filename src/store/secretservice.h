// SPDX-License-Identifier: GPL-3.0-or-later
// One question to the desktop's Secret Service that QtKeychain can't put: is the default keyring locked? A locked one answers a read as if
// nothing were saved. Internal to src/store; main loop, asynchronous.
#pragma once

#include <QObject>

#include <functional>

namespace howdah::store
{

enum class KeyringState { Unlocked, Locked, Unknown }; // Unknown: no service, no default keyring, or no answer in time

// Calls answer on context's thread, not at all once context is gone.
void askKeyringState(QObject *context, int timeoutMs, std::function<void(KeyringState)> answer);

} // namespace howdah::store
