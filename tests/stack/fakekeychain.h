// SPDX-License-Identifier: GPL-3.0-or-later
// A keychain and a store of profiles in memory, behind the seams of bringUp.
#pragma once

#include "stack/bringup.h"

#include <QMap>

namespace howdah::test
{

struct FakeKeychain {
    QMap<QString, Secret> secrets;
    QMap<QString, session::Profile> profiles;
    bool broken = false;

    stack::Seams seams()
    {
        const auto fails = [] { return fail(ErrorKind::Keychain, QStringLiteral("no_keychain"), QStringLiteral("No keychain answers")); };
        stack::Seams made;
        made.readSecret = [this, fails](const store::SecretKey &key) -> Result<Secret> {
            if (broken)
                return fails();
            if (!secrets.contains(key.text()))
                return fail(ErrorKind::Keychain, QStringLiteral("absent"), QStringLiteral("There is none"));
            return secrets.value(key.text());
        };
        made.writeSecret = [this, fails](const store::SecretKey &key, const Secret &secret) -> Done {
            if (broken)
                return fails();
            secrets.insert(key.text(), secret);
            return {};
        };
        made.removeSecret = [this](const store::SecretKey &key) -> Done {
            secrets.remove(key.text());
            return {};
        };
        made.readProfile = [this](const QString &name) -> Result<std::optional<session::Profile>> {
            return profiles.contains(name) ? std::optional(profiles.value(name)) : std::nullopt;
        };
        made.saveProfile = [this](session::Profile profile) -> Result<session::Profile> {
            if (profile.id.isEmpty())
                profile.id = QStringLiteral("id-of-") + profile.name;
            profiles.insert(profile.name, profile);
            return profile;
        };
        return made;
    }
};

} // namespace howdah::test
