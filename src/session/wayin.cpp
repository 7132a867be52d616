// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/wayin.h"

#include "session/secretsource.h"
#include "session/tunnel.h"

#include <optional>

namespace howdah::session
{

struct WayIn::Core {
    Core(const Profile &p, SecretReader r) : profile(p), reader(std::move(r)), command(p)
    {
        if (!profile.sshDestination.isEmpty())
            tunnel.emplace(profile.sshDestination, profile.spec);
    }

    const Profile profile;
    const SecretReader reader;
    SecretSource command;
    std::optional<Tunnel> tunnel;
};

WayIn::WayIn(const Profile &profile, SecretReader reader) : m_core(std::make_shared<Core>(profile, std::move(reader))) {}

pg::Prepare WayIn::prepareFor(const QString &role) const
{
    return [core = m_core, role](const CancelToken &cancel) -> Result<pg::Prepared> {
        const Profile &profile = core->profile;
        pg::Prepared prepared;
        if (!profile.passwordCommand.isEmpty() || profile.needsPassword()) {
            auto secret = !profile.passwordCommand.isEmpty()
                ? core->command.secret(role, cancel)
                : core->reader ? core->reader({profile.id, profile.spec.host, profile.spec.port, role}, cancel) : Result<Secret>(Secret());
            if (!secret)
                return fail(std::move(secret.error()));
            prepared.secret = std::move(*secret);
        }
        if (core->tunnel) {
            Result<pg::Via> via = core->tunnel->open(cancel);
            if (!via)
                return fail(std::move(via.error()));
            prepared.via = std::move(*via);
        }
        return prepared;
    };
}

pg::Prepare prepareFor(const Profile &profile, const QString &role, SecretReader reader)
{
    return WayIn(profile, std::move(reader)).prepareFor(role);
}

} // namespace howdah::session
