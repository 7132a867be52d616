// SPDX-License-Identifier: GPL-3.0-or-later
// How the links of one profile get in: the secret (keychain, or a command whose answer expires) and the way (directly, or by a tunnel), shared
// by all of them. Copies share; the tunnel ends with the last copy and the last link. Made on any thread; the work is done on the links'.
#pragma once

#include "pg/prepare.h"
#include "session/profile.h"

#include <functional>
#include <memory>

namespace howdah::session
{

// Gives what the keychain has of a role, or what was typed; an empty secret where there is none. On the link's thread: may wait.
using SecretReader = std::function<Result<Secret>(const store::SecretKey &, const CancelToken &)>;

class WayIn
{
public:
    WayIn(const Profile &profile, SecretReader reader);
    // For a link as `role`: the profile's own or its monitor role.
    pg::Prepare prepareFor(const QString &role) const;

private:
    struct Core;
    std::shared_ptr<Core> m_core;
};

// For one link alone.
pg::Prepare prepareFor(const Profile &profile, const QString &role, SecretReader reader);

} // namespace howdah::session
