// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/profile.h"

#include "session/profilejson.h"
#include "session/tunnel.h"
#include "store/drafts.h"
#include "store/history.h"
#include "store/samples.h"
#include "store/seal.h"

#include <QJsonDocument>
#include <QUrl>
#include <QUuid>

namespace howdah::session
{

QString environmentName(Environment environment)
{
    switch (environment) {
    case Environment::Development: return QStringLiteral("development");
    case Environment::Test: return QStringLiteral("test");
    case Environment::Production: break;
    }
    return QStringLiteral("production");
}

Environment environmentFromName(const QString &name)
{
    for (const auto environment : {Environment::Development, Environment::Test}) {
        if (name == environmentName(environment))
            return environment;
    }
    return Environment::Production; // also what is not known
}

store::SecretKey Profile::secretKey() const
{
    return {id, spec.host, spec.port, spec.role};
}

store::SecretKey Profile::monitorSecretKey() const
{
    return {id, spec.host, spec.port, monitorRole.isEmpty() ? spec.role : monitorRole};
}

store::SecretKey Profile::otlpSecretKey() const
{
    const QUrl endpoint(otlp.endpoint);
    const bool isTls = endpoint.scheme() == QLatin1StringView("https");
    return {id, (isTls ? QStringLiteral("https://") : QStringLiteral("http://")) + endpoint.host(), quint16(endpoint.port(isTls ? 443 : 80)), QStringLiteral("OTLP headers")};
}

pg::ConnectionSpec Profile::editorSpec() const
{
    pg::ConnectionSpec editor = spec;
    editor.userSession = true;
    editor.readOnly = environment == Environment::Production;
    return editor;
}

pg::ConnectionSpec Profile::monitorSpec() const
{
    pg::ConnectionSpec monitor = monitorRole.isEmpty() ? spec : spec.withRole(monitorRole);
    monitor.shortKeepalives = true;
    // A measurement must neither wait in a queue of locks nor change anything, and what it leaves behind by accident ends by itself.
    QStringList options;
    if (!monitor.options.isEmpty())
        options << monitor.options;
    options << QStringLiteral("-c statement_timeout=5000") << QStringLiteral("-c lock_timeout=100")
            << QStringLiteral("-c default_transaction_read_only=on") << QStringLiteral("-c idle_in_transaction_session_timeout=10000");
    monitor.options = options.join(QLatin1Char(' '));
    return monitor;
}

bool Profile::needsPassword() const
{
    return passwordCommand.isEmpty() && (spec.auth == pg::Auth::ScramBound || spec.auth == pg::Auth::Scram || spec.auth == pg::Auth::Password);
}

static Result<Profile> profileOf(const QSqlQuery &row)
{
    const auto word = [&](int column) { return row.value(column).toString(); };
    Profile profile;
    profile.id = word(0);
    profile.name = word(1);
    profile.spec.host = word(2);
    profile.spec.port = quint16(row.value(3).toUInt());
    profile.spec.database = word(4);
    profile.spec.role = word(5);
    profile.spec.sslMode = pg::sslModeFromName(word(6)).value_or(pg::SslMode::VerifyFull);
    profile.spec.caFile = word(7);
    profile.spec.auth = pg::authFromName(word(8)).value_or(pg::Auth::ScramBound);
    profile.spec.tls13Only = row.value(9).toBool();
    profile.monitorRole = word(10);
    profile.environment = environmentFromName(word(11));
    profile.stack = word(12);
    if (auto ways = takeWays(profile, row.value(13).toByteArray()); !ways)
        return fail(std::move(ways.error()).during(QStringLiteral("read the profile ") + profile.name));
    return profile;
}

Result<QVector<Profile>> readProfiles(store::Store &store)
{
    auto rows = store.run(QStringLiteral("profile_list"));
    if (!rows)
        return fail(std::move(rows.error()));
    QVector<Profile> profiles;
    while (rows->next()) {
        auto profile = profileOf(*rows);
        if (!profile)
            return fail(std::move(profile.error()));
        profiles << std::move(*profile);
    }
    if (auto end = store.atEnd(*rows); !end)
        return fail(std::move(end.error()));
    return profiles;
}

static Result<std::optional<Profile>> findProfile(store::Store &store, const QString &name)
{
    auto rows = store.run(QStringLiteral("profile_read"), {name});
    if (!rows)
        return fail(std::move(rows.error()));
    if (!rows->next()) {
        if (auto end = store.atEnd(*rows); !end)
            return fail(std::move(end.error()));
        return std::optional<Profile>();
    }
    auto profile = profileOf(*rows);
    if (!profile)
        return fail(std::move(profile.error()));
    return std::optional<Profile>(std::move(*profile));
}

Result<Profile> readProfile(store::Store &store, const QString &name)
{
    auto found = findProfile(store, name);
    if (!found)
        return fail(std::move(found.error()));
    if (!*found)
        return fail(ErrorKind::Client, QStringLiteral("no_such_profile"), QStringLiteral("There is no profile ") + name,
                    QStringLiteral("`howdahctl profile list` names them; `howdahctl stack up` makes \"local\""));
    return **found;
}

static Done checkName(const QString &name)
{
    const auto bad = [](const QString &why) { return fail(ErrorKind::Client, QStringLiteral("bad_name"), QStringLiteral("A profile's name ") + why); };
    if (name.isEmpty())
        return bad(QStringLiteral("is not empty"));
    if (name.size() > 63)
        return bad(QStringLiteral("has at most 63 characters"));
    if (name != name.trimmed())
        return bad(QStringLiteral("does not begin or end with a space"));
    for (const QChar c : name) {
        if (!c.isPrint())
            return bad(QStringLiteral("has no invisible characters"));
    }
    return {};
}

static bool hasControl(const QString &text)
{
    return std::any_of(text.begin(), text.end(), [](QChar c) { return c.unicode() < 0x20 || c.unicode() == 0x7f; });
}

Done checkProfile(const Profile &profile)
{
    if (auto named = checkName(profile.name); !named)
        return named;
    const auto bad = [](const QString &what, const QString &hint = {}) { return fail(ErrorKind::Client, QStringLiteral("bad_profile"), what, hint); };
    const pg::ConnectionSpec &spec = profile.spec;
    if (spec.host.isEmpty() || spec.role.isEmpty())
        return bad(QStringLiteral("A profile needs a host and a role"));
    QStringList hosts{spec.host};
    for (const pg::Host &host : spec.otherHosts)
        hosts << host.name;
    for (const QString &host : std::as_const(hosts)) {
        if (const auto good = pg::checkHost(host); !good)
            return bad(good.error().message, good.error().hint);
    }
    for (const QString &text : {spec.host, spec.database, spec.role, spec.caFile, spec.certFile, spec.keyFile, spec.applicationName, profile.monitorRole,
                                profile.otlp.endpoint, profile.otlp.caFile}) {
        if (hasControl(text))
            return bad(QStringLiteral("A profile's fields have no control characters"));
    }
    if (spec.connectTimeoutMs < 1000 || spec.connectTimeoutMs > 600'000)
        return bad(QStringLiteral("The time to connect is 1 to 600 s"));
    if (spec.auth == pg::Auth::Certificate && spec.certFile.isEmpty())
        return bad(QStringLiteral("Authentication by certificate needs a certificate's file"));
    if (spec.auth == pg::Auth::Peer && !spec.isUnixSocket())
        return bad(QStringLiteral("Peer authentication is for Unix sockets"), QStringLiteral("Name the socket's folder as the host: /run/postgresql."));
    if (spec.auth == pg::Auth::Password && !spec.isUnixSocket() && spec.sslMode != pg::SslMode::VerifyFull && spec.sslMode != pg::SslMode::VerifyCa)
        return bad(QStringLiteral("A password in clear goes only to a server whose certificate is verified"), QStringLiteral("Use verify-full."));
    if (profile.passwordExpiryS < 0 || profile.passwordExpiryS > 7 * 86'400)
        return bad(QStringLiteral("A secret by command is good for 0 to 604800 s"));
    if (profile.otlp.choice == OtlpExport::Choice::On && profile.otlp.endpoint.isEmpty())
        return bad(QStringLiteral("An export of metrics needs an endpoint"), QStringLiteral("The collector's address, as https://collector:4318."));
    if (profile.otlp.intervalS < 1 || profile.otlp.intervalS > 86'400)
        return bad(QStringLiteral("The interval of the export is 1 to 86400 s"));
    if (!profile.sshDestination.isEmpty()) {
        if (auto good = checkDestination(profile.sshDestination); !good)
            return good;
        if (!spec.otherHosts.isEmpty())
            return bad(QStringLiteral("A tunnel leads to one host"), QStringLiteral("Name one host, or reach the others without SSH."));
    }
    return {};
}

Result<Profile> saveProfile(store::Store &store, const Profile &profile)
{
    if (auto checked = checkProfile(profile); !checked)
        return fail(std::move(checked.error()));
    Profile saved = profile;
    if (saved.id.isEmpty())
        saved.id = QUuid::createUuid().toString(QUuid::WithoutBraces);
    const auto text = [](const QString &string) { return string.isNull() ? QStringLiteral("") : string; }; // a null QString would be NULL
    auto done = store.transaction([&]() -> Done {
        auto taken = findProfile(store, saved.name);
        if (!taken)
            return fail(std::move(taken.error()));
        if (*taken && (*taken)->id != saved.id)
            return fail(ErrorKind::Client, QStringLiteral("name_taken"), QStringLiteral("There is a profile ") + saved.name + QStringLiteral(" already"),
                        QStringLiteral("Choose another name, or remove that one first"));
        const pg::ConnectionSpec &spec = saved.spec;
        auto written = store.run(QStringLiteral("profile_save"),
                                 {saved.id, saved.name, text(spec.host), int(spec.port), text(spec.database), text(spec.role),
                                  pg::sslModeName(spec.sslMode), text(spec.caFile), pg::authName(spec.auth), int(spec.tls13Only),
                                  text(saved.monitorRole), environmentName(saved.environment), text(saved.stack),
                                  QString::fromUtf8(QJsonDocument(waysToJson(saved)).toJson(QJsonDocument::Compact))});
        if (!written)
            return fail(std::move(written.error()));
        return store::seal(store, QStringLiteral("profile"), saved.id);
    });
    if (!done)
        return fail(std::move(done.error()));
    return saved;
}

Done removeProfile(store::Store &store, const QString &id)
{
    if (id.isEmpty()) // an empty one means every profile to the history
        return fail(ErrorKind::Client, QStringLiteral("no_such_profile"), QStringLiteral("A profile without an id can't be removed"));
    return store.transaction([&]() -> Done {
        Done done = store::removeSamples(store, id);
        if (done)
            done = store::clearHistory(store, id);
        if (done)
            done = store::clearDrafts(store, id);
        if (!done)
            return done;
        if (auto removed = store.run(QStringLiteral("profile_remove"), {id}); !removed)
            return fail(std::move(removed.error()));
        return {};
    });
}

} // namespace howdah::session
