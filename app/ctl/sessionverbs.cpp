// SPDX-License-Identifier: GPL-3.0-or-later
// check, profile list|show|add|remove
#include "ctl/ctl.h"

#include "ctl/terminal.h"
#include "session/check.h"
#include "stack/stack.h"

#include <QJsonArray>
#include <QUuid>

namespace howdah::ctl
{

static QString qt(const std::string &text)
{
    return QString::fromStdString(text);
}

static QJsonObject jsonOf(const session::Profile &profile)
{
    return {{QStringLiteral("id"), profile.id},
            {QStringLiteral("name"), profile.name},
            {QStringLiteral("host"), profile.spec.host},
            {QStringLiteral("port"), profile.spec.port},
            {QStringLiteral("database"), profile.spec.database},
            {QStringLiteral("role"), profile.spec.role},
            {QStringLiteral("sslmode"), pg::sslModeName(profile.spec.sslMode)},
            {QStringLiteral("ca_file"), profile.spec.caFile},
            {QStringLiteral("monitor_role"), profile.monitorRole},
            {QStringLiteral("environment"), session::environmentName(profile.environment)},
            {QStringLiteral("stack"), profile.stack}};
}

// "name  value" lines, the values below each other.
static QString lines(const QJsonObject &json)
{
    QString text;
    for (auto it = json.begin(); it != json.end(); ++it) {
        const QJsonValue value = it.value();
        const QString shown = value.isBool() ? (value.toBool() ? QStringLiteral("yes") : QStringLiteral("no"))
            : value.isNull() ? QStringLiteral("none") : value.toVariant().toString();
        text += it.key().leftJustified(16) + shown + QLatin1Char('\n');
    }
    return text;
}

static Result<Answer> check(Ctl &ctl)
{
    auto connection = ctl.connect();
    if (!connection)
        return fail(std::move(connection.error()));
    if (auto verified = session::verifyLink(**connection); !verified)
        return fail(std::move(verified.error()));
    const QJsonObject report = session::linkReport(**connection);
    return Answer{report, lines(report), ExitCode::Success};
}

static Result<Answer> listProfiles(Ctl &ctl)
{
    auto store = ctl.store();
    if (!store)
        return fail(std::move(store.error()));
    const auto profiles = session::readProfiles(**store);
    if (!profiles)
        return fail(profiles.error());
    QJsonArray all;
    QString text;
    for (const session::Profile &profile : *profiles) {
        all.append(jsonOf(profile));
        text += QStringLiteral("%1  %2/%3 as %4  %5\n").arg(profile.name.leftJustified(16), profile.spec.address(), profile.spec.database,
                                                            profile.spec.role, session::environmentName(profile.environment));
    }
    if (text.isEmpty())
        text = QStringLiteral("No profiles. `howdahctl profile add` saves one, `howdahctl stack up` makes \"local\".\n");
    return Answer{{{QStringLiteral("profiles"), all}}, text, ExitCode::Success};
}

static Result<Answer> showProfile(Ctl &ctl, const QString &name)
{
    auto store = ctl.store();
    if (!store)
        return fail(std::move(store.error()));
    const auto profile = session::readProfile(**store, name);
    if (!profile)
        return fail(profile.error());
    return Answer{jsonOf(*profile), lines(jsonOf(*profile)), ExitCode::Success};
}

struct NewProfile {
    std::string name;
    std::string environment;
    std::string monitorRole;
};

static Result<Answer> addProfile(Ctl &ctl, const NewProfile &wanted)
{
    if (ctl.url.empty())
        return fail(ErrorKind::Client, QStringLiteral("usage"), QStringLiteral("A profile needs --url"));
    auto store = ctl.store();
    if (!store)
        return fail(std::move(store.error()));
    auto target = ctl.target();
    if (!target)
        return fail(std::move(target.error()));
    session::Profile profile = std::move(target->profile);
    profile.name = qt(wanted.name);
    profile.monitorRole = qt(wanted.monitorRole);
    for (const auto environment : {session::Environment::Development, session::Environment::Test})
        if (qt(wanted.environment) == session::environmentName(environment))
            profile.environment = environment;
    auto saved = session::saveProfile(**store, profile);
    if (!saved)
        return fail(std::move(saved.error()));
    if (!target->password.isEmpty()) {
        if (auto kept = ctl.writeSecret(saved->secretKey(), target->password); !kept) {
            // Half a profile helps nobody: what was asked for is a server that one can connect to.
            if (auto undone = session::removeProfile(**store, saved->id); !undone)
                return fail(std::move(undone.error()));
            return fail(std::move(kept.error()));
        }
    }
    QJsonObject json = jsonOf(*saved);
    json.insert(QStringLiteral("password_saved"), !target->password.isEmpty());
    return Answer{json,
                  QStringLiteral("Profile %1 saved, %2\n")
                      .arg(saved->name, target->password.isEmpty() ? QStringLiteral("without a password") : QStringLiteral("its password in the keychain")),
                  ExitCode::Success};
}

static Result<Answer> removeProfile(Ctl &ctl, const QString &name)
{
    auto store = ctl.store();
    if (!store)
        return fail(std::move(store.error()));
    const auto profile = session::readProfile(**store, name);
    if (!profile)
        return fail(profile.error());
    // The profile goes even where the keychain does not answer: without it nothing leads to what is left there, and it is said.
    QJsonValue left(QJsonValue::Null);
    QVector<store::SecretKey> keys{profile->secretKey(), profile->monitorSecretKey()};
    for (const QString &role : profile->stack.isEmpty() ? QStringList() : stack::stackLoginRoles())
        keys << store::SecretKey{profile->id, profile->spec.host, profile->spec.port, role};
    for (const store::SecretKey &key : std::as_const(keys)) {
        if (auto gone = ctl.removeSecret(key); !gone) {
            left = gone.error().toJson();
            toErrors(printable(QStringLiteral("howdahctl: %1 stays in the keychain: %2\n").arg(key.text(), gone.error().text())));
        }
    }
    if (auto removed = session::removeProfile(**store, profile->id); !removed)
        return fail(std::move(removed.error()));
    return Answer{{{QStringLiteral("removed"), name}, {QStringLiteral("keychain_error"), left}}, QStringLiteral("Profile %1 removed\n").arg(name), ExitCode::Success};
}

void addSessionVerbs(CLI::App &app, Ctl &ctl)
{
    auto *checkVerb = app.add_subcommand("check", "Connect, and say how safe the link is");
    checkVerb->callback([&ctl] { ctl.choose(check); });

    auto *profile = app.add_subcommand("profile", "Saved servers");
    profile->require_subcommand(1);
    profile->add_subcommand("list", "All of them")->callback([&ctl] { ctl.choose(listProfiles); });

    const auto name = std::make_shared<std::string>();
    auto *show = profile->add_subcommand("show", "One of them");
    show->add_option("name", *name)->required();
    show->callback([&ctl, name] { ctl.choose([name](Ctl &c) { return showProfile(c, qt(*name)); }); });

    auto *remove = profile->add_subcommand("remove", "Forget one, and its password in the keychain");
    remove->add_option("name", *name)->required();
    remove->callback([&ctl, name] { ctl.choose([name](Ctl &c) { return removeProfile(c, qt(*name)); }); });

    const auto wanted = std::make_shared<NewProfile>();
    auto *add = profile->add_subcommand("add", "Save a server: NAME --url URL [--ca FILE] [--password-stdin]");
    add->add_option("name", wanted->name)->required();
    add->add_option("--environment", wanted->environment, "What the server is to you; production is treated most carefully")
        ->check(CLI::IsMember({"development", "test", "production"}));
    add->add_option("--monitor-role", wanted->monitorRole, "Role of the links that measure and cancel");
    add->callback([&ctl, wanted] { ctl.choose([wanted](Ctl &c) { return addProfile(c, *wanted); }); });
}

} // namespace howdah::ctl
