// SPDX-License-Identifier: GPL-3.0-or-later
#include "stack/bringup.h"

#include "pg/connection.h"

namespace howdah::stack
{

namespace
{

store::SecretKey keyOf(const session::Profile &profile, const QString &role)
{
    return {profile.id, profile.spec.host, profile.spec.port, role};
}

// New passwords that then can't be kept would lock the user out, so a keychain that keeps nothing is found first.
Done probeKeychain(const Seams &seams)
{
    const store::SecretKey key{QStringLiteral("probe"), QStringLiteral("localhost"), 0, QStringLiteral("probe")};
    Done kept = seams.writeSecret(key, Secret(QByteArrayLiteral("probe")));
    if (kept)
        std::ignore = seams.removeSecret(key);
    if (kept || kept.error().kind != ErrorKind::Keychain)
        return kept;
    Error error = std::move(kept.error());
    // Holding them for this program only, as a window may, is no help: the stack outlives it.
    error.hint = QStringLiteral("The stack's passwords are kept in the keychain and nowhere else: unlock it, or run this in a session that has "
                                "one (./run.sh --in-session COMMAND). Nothing was started");
    error.context = QStringLiteral("keep the stack's passwords");
    return fail(std::move(error));
}

// Every role that can log in to jeex_idea; howdah_replication can't, and is only as good as the others.
bool connectsToDatabase(const QString &role)
{
    return role != QLatin1String("howdah_replication");
}

class BringUp
{
public:
    BringUp(const UpOptions &options, const Seams &seams, const Progress &progress, const CancelToken &cancel)
        : m_options(options), m_seams(seams), m_progress(progress), m_cancel(cancel)
    {
    }
    Result<BroughtUp> run();

private:
    Done readKept();
    Result<QStringList> refusedRoles(const pg::ConnectionSpec &admin) const;
    Done keep(const UpResult &result, BroughtUp &brought);
    Done connectOnce(const session::Profile &profile);

    UpOptions m_options;
    const Seams &m_seams;
    const Progress &m_progress;
    const CancelToken &m_cancel;
    session::Profile m_profile; // as it was; an empty id: none
    RoleSecrets m_kept;
};

Done BringUp::readKept()
{
    const QString name = profileNameOf(m_options.name);
    Result<std::optional<session::Profile>> profile = m_seams.readProfile(name);
    if (!profile)
        return fail(std::move(profile.error()));
    if (!*profile)
        return {};
    if ((*profile)->stack != m_options.name) {
        return fail(ErrorKind::Client, QStringLiteral("profile_taken"), QStringLiteral("The profile %1 belongs to another server").arg(name),
                    QStringLiteral("The stack's own profile has that name: rename or remove the other one"));
    }
    m_profile = **profile;
    for (const QString &role : stackLoginRoles()) {
        Result<Secret> secret = m_seams.readSecret(keyOf(m_profile, role));
        if (secret)
            m_kept.insert(role, *secret);
        else if (secret.error().reason != QLatin1String("absent"))
            return fail(std::move(secret.error())); // locked is not lost
    }
    return {};
}

Result<QStringList> BringUp::refusedRoles(const pg::ConnectionSpec &admin) const
{
    QStringList refused;
    for (auto it = m_kept.cbegin(); it != m_kept.cend(); ++it) {
        if (!connectsToDatabase(it.key()))
            continue;
        auto connection = pg::Connection::open(admin.withRole(it.key()), it.value(), m_cancel);
        if (connection)
            continue;
        if (connection.error().kind != ErrorKind::Authentication || connection.error().reason != QLatin1String("wrong_password"))
            return fail(std::move(connection.error()));
        refused << it.key();
    }
    if (!refused.isEmpty() && m_kept.contains(QStringLiteral("howdah_replication")))
        refused << QStringLiteral("howdah_replication");
    return refused;
}

Done BringUp::keep(const UpResult &result, BroughtUp &brought)
{
    m_progress({QStringLiteral("Keep passwords and profile"), {}, 0, 0, {}});
    session::Profile profile = m_profile;
    const bool isNew = profile.id.isEmpty();
    profile.name = profileNameOf(m_options.name);
    profile.spec = result.admin;
    profile.monitorRole = result.monitorRole;
    profile.stack = m_options.name;
    if (isNew)
        profile.environment = session::Environment::Development;
    Result<session::Profile> saved = m_seams.saveProfile(profile);
    if (!saved)
        return fail(std::move(saved.error()));
    const bool moved = !isNew && keyOf(*saved, {}).text() != keyOf(m_profile, {}).text(); // another port is another secret
    for (const QString &role : stackLoginRoles()) {
        const bool isFresh = result.newSecrets.contains(role);
        if (!isFresh && !(moved && m_kept.contains(role)))
            continue;
        if (Done written = m_seams.writeSecret(keyOf(*saved, role), isFresh ? result.newSecrets.value(role) : m_kept.value(role)); !written) {
            Error error = std::move(written.error());
            error.hint = QStringLiteral("The stack runs, but the password of %1 is in no keychain: start the stack again, it then gets a new one").arg(role);
            return fail(std::move(error));
        }
        if (moved)
            std::ignore = m_seams.removeSecret(keyOf(m_profile, role));
    }
    brought.profile = *saved;
    brought.newPasswords += result.newSecrets.keys();
    return {};
}

// Readiness is a real login, over the network, by what the keychain now holds.
Done BringUp::connectOnce(const session::Profile &profile)
{
    m_progress({QStringLiteral("Connect"), {}, 0, 0, {}});
    Result<Secret> secret = m_seams.readSecret(profile.secretKey());
    if (!secret)
        return fail(std::move(secret.error()));
    auto connection = pg::Connection::open(profile.spec, *secret, m_cancel);
    if (!connection)
        return fail(std::move(connection.error()));
    return {};
}

Result<BroughtUp> BringUp::run()
{
    if (Done probed = probeKeychain(m_seams); !probed)
        return fail(std::move(probed.error()));
    if (Done read = readKept(); !read)
        return fail(std::move(read.error()));
    m_options.keepRoles = m_kept.keys();
    BroughtUp brought;
    Result<UpResult> result = up(m_options, m_progress, m_cancel);
    if (!result)
        return fail(std::move(result.error()));
    for (const QString &role : result->newSecrets.keys())
        m_kept.remove(role); // a new cluster behind an old keychain entry
    brought.rekeyed = result->rekeyed;
    if (Done kept = keep(*result, brought); !kept)
        return fail(std::move(kept.error()));

    Result<QStringList> refused = refusedRoles(result->admin);
    if (!refused)
        return fail(std::move(refused.error()));
    if (!refused->isEmpty()) {
        // The keychain's passwords are of another time (a restored volume): these roles get new ones.
        for (const QString &role : *refused) {
            m_options.keepRoles.removeAll(role);
            m_kept.remove(role);
        }
        m_options.keepRoles += brought.newPasswords;
        m_profile = brought.profile;
        result = up(m_options, m_progress, m_cancel);
        if (!result)
            return fail(std::move(result.error()));
        brought.rekeyed = brought.rekeyed || result->rekeyed;
        if (Done kept = keep(*result, brought); !kept)
            return fail(std::move(kept.error()));
    }
    brought.status = result->status;
    if (Done connected = connectOnce(brought.profile); !connected)
        return fail(std::move(connected.error()));
    return brought;
}

} // namespace

QString profileNameOf(const QString &stackName)
{
    return stackName == QLatin1String("howdah") ? QStringLiteral("local") : stackName;
}

Result<BroughtUp> bringUp(const UpOptions &options, const Seams &seams, const Progress &progress, const CancelToken &cancel)
{
    const Progress silent = [](const ProgressStep &) {};
    return BringUp(options, seams, progress ? progress : silent, cancel).run();
}

Done forgetPasswords(const QString &stackName, const Seams &seams)
{
    Result<std::optional<session::Profile>> profile = seams.readProfile(profileNameOf(stackName));
    if (!profile)
        return fail(std::move(profile.error()));
    Done all;
    if (!*profile || (*profile)->stack != stackName)
        return all;
    for (const QString &role : stackLoginRoles()) {
        Done removed = seams.removeSecret(keyOf(**profile, role));
        if (!removed && removed.error().reason != QLatin1String("absent") && all)
            all = std::move(removed);
    }
    return all;
}

} // namespace howdah::stack
