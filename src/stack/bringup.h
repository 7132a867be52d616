// SPDX-License-Identifier: GPL-3.0-or-later
// The whole way from nothing to a saved profile that connects: the stack up, its passwords in the keychain, the profile saved, the
// administrator connected once. What `howdahctl stack up` and the window's button do. Blocking; any thread but the window's; the seams
// are called on that thread and may wait for the main loop (the keychain) or for the store's thread.
#pragma once

#include "session/profile.h"
#include "stack/stack.h"

#include <functional>
#include <optional>

namespace howdah::stack
{

struct Seams {
    std::function<Result<Secret>(const store::SecretKey &)> readSecret; // Keychain/absent where there is none
    std::function<Done(const store::SecretKey &, const Secret &)> writeSecret;
    std::function<Done(const store::SecretKey &)> removeSecret;
    std::function<Result<std::optional<session::Profile>>(const QString &name)> readProfile;
    std::function<Result<session::Profile>(const session::Profile &)> saveProfile; // gives an id where there is none
};

struct BroughtUp {
    StackStatus status;
    session::Profile profile;
    QStringList newPasswords; // roles that got one
    bool rekeyed = false;     // an existing stack got new passwords (lost keychain): to be said
};

QString profileNameOf(const QString &stackName); // "local" for "howdah", else the stack's own name
// Errors: those of up(), of connecting as jeex_admin, Client/profile_taken, and Keychain kinds: a keychain that can't keep a secret is found
// before anything is started.
Result<BroughtUp> bringUp(const UpOptions &options, const Seams &seams, const Progress &progress, const CancelToken &cancel);
// After destroy(): the passwords of its roles leave the keychain; the profile stays, and the next start fills it again. The first failure.
Done forgetPasswords(const QString &stackName, const Seams &seams);

} // namespace howdah::stack
