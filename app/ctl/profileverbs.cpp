// SPDX-License-Identifier: GPL-3.0-or-later
// profile list|show|add|edit|remove|import|export
#include "ctl/ctl.h"

#include "base/savefile.h"
#include "ctl/profileotlp.h"
#include "ctl/terminal.h"
#include "pg/cafile.h"
#include "session/importfiles.h"
#include "session/passfile.h"
#include "session/servicefile.h"
#include "stack/stack.h"

#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QProcess>

#include <optional>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;

namespace
{

QString qt(const std::string &text)
{
    return QString::fromStdString(text);
}

// What add and edit take; an option that was not given changes nothing, an empty one takes its field away.
struct Wanted {
    std::string name;
    std::optional<std::string> newName, environment, monitorRole, auth, cert, key, ssh, passwordCommand, target, applicationName;
    std::optional<std::string> host, database, role;
    std::vector<std::string> otherHosts;
    std::optional<int> port, connectTimeoutS, passwordExpiryS;
    bool pooler = false;
    bool direct = false;
    WantedExport otlp;
};

tl::unexpected<Error> usage(const QString &message, const QString &hint = {})
{
    return fail(ErrorKind::Client, u"usage"_s, message, hint);
}

Result<pg::Host> hostOf(const QString &text)
{
    const auto colon = text.lastIndexOf(u':');
    const bool bracketed = text.startsWith(u'[');
    pg::Host host{text, 5432};
    if (colon > text.lastIndexOf(u']') && (bracketed || text.count(u':') == 1)) {
        bool ok = false;
        const uint port = text.mid(colon + 1).toUInt(&ok);
        if (!ok || port == 0 || port > 65535)
            return usage(u"%1: the port is no number from 1 to 65535"_s.arg(text));
        host = {text.left(colon), quint16(port)};
    }
    if (host.name.startsWith(u'[') && host.name.endsWith(u']'))
        host.name = host.name.mid(1, host.name.size() - 2);
    return host;
}

Done apply(const Wanted &wanted, session::Profile &profile)
{
    const auto word = [](const std::optional<std::string> &given, QString &field) {
        if (given)
            field = qt(*given);
    };
    pg::ConnectionSpec &spec = profile.spec;
    word(wanted.newName, profile.name);
    word(wanted.host, spec.host);
    word(wanted.database, spec.database);
    word(wanted.role, spec.role);
    word(wanted.monitorRole, profile.monitorRole);
    word(wanted.ssh, profile.sshDestination);
    word(wanted.applicationName, spec.applicationName);
    for (auto [given, field] : {std::pair{&wanted.cert, &spec.certFile}, {&wanted.key, &spec.keyFile}}) {
        if (*given)
            *field = (*given)->empty() ? QString() : QDir::current().absoluteFilePath(qt(**given)); // a saved profile is used from elsewhere
    }
    if (wanted.port)
        spec.port = quint16(*wanted.port);
    if (wanted.environment)
        profile.environment = session::environmentFromName(qt(*wanted.environment));
    if (wanted.auth) {
        const auto auth = pg::authFromName(qt(*wanted.auth));
        if (!auth)
            return fail(auth.error());
        spec.auth = *auth;
    }
    if (wanted.target) {
        const auto target = session::targetFromName(qt(*wanted.target));
        if (!target)
            return fail(target.error());
        spec.target = *target;
    }
    if (!wanted.otherHosts.empty()) {
        spec.otherHosts.clear();
        for (const std::string &text : wanted.otherHosts) {
            if (text.empty())
                continue;
            const auto host = hostOf(qt(text));
            if (!host)
                return fail(host.error());
            spec.otherHosts << *host;
        }
    }
    if (wanted.passwordCommand)
        profile.passwordCommand = QProcess::splitCommand(qt(*wanted.passwordCommand));
    if (wanted.passwordExpiryS)
        profile.passwordExpiryS = *wanted.passwordExpiryS;
    if (wanted.connectTimeoutS)
        spec.connectTimeoutMs = *wanted.connectTimeoutS * 1000;
    if (wanted.pooler || wanted.direct)
        spec.pooler = wanted.pooler;
    return wanted.otlp.apply(profile);
}

// A file that is not there today is found missing in the middle of a night: asked for now.
Done checkFiles(const session::Profile &profile)
{
    const pg::ConnectionSpec &spec = profile.spec;
    const auto asUsage = [](Error error) {
        error.kind = ErrorKind::Client;
        return fail(std::move(error));
    };
    for (const QString &path : {spec.caFile, spec.certFile, profile.otlp.caFile}) {
        if (const auto certificates = pg::countCertificates(path); !path.isEmpty() && !certificates)
            return asUsage(certificates.error());
    }
    if (!spec.keyFile.isEmpty()) {
        if (const auto key = session::readImportedFile(spec.keyFile, true); !key)
            return asUsage(key.error());
    }
    return {};
}

Result<Answer> listProfiles(Ctl &ctl)
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
        all.append(session::profileToJson(profile));
        text += u"%1  %2/%3 as %4  %5\n"_s.arg(profile.name.leftJustified(16), profile.spec.address(), profile.spec.database, profile.spec.role,
                                             session::environmentName(profile.environment));
    }
    if (text.isEmpty())
        text = u"No profiles. `howdahctl profile add` saves one, `howdahctl stack up` makes \"local\".\n"_s;
    return Answer{{{u"profiles"_s, all}}, text, ExitCode::Success};
}

Result<session::Profile> find(Ctl &ctl, const QString &name)
{
    auto store = ctl.store();
    if (!store)
        return fail(std::move(store.error()));
    return session::readProfile(**store, name);
}

Result<Answer> showProfile(Ctl &ctl, const QString &name)
{
    const auto profile = find(ctl, name);
    if (!profile)
        return fail(profile.error());
    const QJsonObject json = session::profileToJson(*profile);
    return Answer{json, factLines(json), ExitCode::Success};
}

Result<Answer> addProfile(Ctl &ctl, const Wanted &wanted)
{
    if (ctl.url.empty())
        return usage(u"A profile needs --url"_s, u"howdahctl profile add NAME --url postgresql://role@host:5432/database"_s);
    auto store = ctl.store();
    if (!store)
        return fail(std::move(store.error()));
    auto target = ctl.target();
    if (!target)
        return fail(std::move(target.error()));
    session::Profile profile = std::move(target->profile);
    profile.name = qt(wanted.name);
    if (auto applied = apply(wanted, profile); !applied)
        return fail(std::move(applied.error()));
    if (profile.spec.role.isEmpty())
        return usage(u"The URL names no role"_s, u"postgresql://ROLE@host:5432/database"_s);
    if (auto files = checkFiles(profile); !files)
        return fail(std::move(files.error()));
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
    if (auto kept = wanted.otlp.keepHeaders(ctl, *saved); !kept)
        return fail(std::move(kept.error()));
    QJsonObject json = session::profileToJson(*saved);
    json.insert(u"password_saved"_s, !target->password.isEmpty());
    QString text = u"Profile %1 saved as %2, %3\n"_s.arg(saved->name, session::environmentName(saved->environment),
                                                         !target->password.isEmpty() ? u"its password in the keychain"_s
                                                             : saved->needsPassword() ? u"without a password"_s : u"which needs no saved password"_s);
    if (saved->spec.auth != pg::Auth::ScramBound)
        text += u"Authentication: %1\n"_s.arg(pg::authLabel(saved->spec.auth));
    if (!saved->spec.isUnixSocket() && saved->spec.sslMode != pg::SslMode::VerifyFull)
        text += u"sslmode %1: %2\n"_s.arg(pg::sslModeName(saved->spec.sslMode),
                                          saved->spec.sslMode == pg::SslMode::Disable      ? u"nothing is encrypted, and the server is not verified"_s
                                              : saved->spec.sslMode == pg::SslMode::Require ? u"encrypted, but the server is not verified: anybody may answer in its place"_s
                                                                                           : u"the server's certificate is verified, its host name is not"_s);
    return Answer{json, text, ExitCode::Success};
}

Result<Answer> editProfile(Ctl &ctl, const Wanted &wanted)
{
    const auto before = find(ctl, qt(wanted.name));
    if (!before)
        return fail(before.error());
    ctl.profileName = wanted.name; // whose values stay where nothing else is said
    auto target = ctl.target();
    if (!target)
        return fail(std::move(target.error()));
    session::Profile profile = *before;
    profile.spec = target->profile.spec;
    if (auto applied = apply(wanted, profile); !applied)
        return fail(std::move(applied.error()));
    if (auto files = checkFiles(profile); !files)
        return fail(std::move(files.error()));
    auto store = ctl.store();
    auto saved = session::saveProfile(**store, profile);
    if (!saved)
        return fail(std::move(saved.error()));
    if (!target->password.isEmpty()) {
        if (auto kept = ctl.writeSecret(saved->secretKey(), target->password); !kept)
            return fail(std::move(kept.error()));
    }
    if (auto kept = wanted.otlp.keepHeaders(ctl, *saved); !kept)
        return fail(std::move(kept.error()));
    // A secret belongs to a host, a port and a role: at another of them it is not offered.
    const bool moved = before->secretKey().text() != saved->secretKey().text();
    const bool missing = moved && target->password.isEmpty() && saved->needsPassword();
    QJsonObject json = session::profileToJson(*saved);
    json.insert(u"password_saved"_s, !target->password.isEmpty());
    json.insert(u"password_missing"_s, missing);
    QString text = u"Profile %1 saved\n"_s.arg(saved->name);
    if (missing)
        text += u"It leads elsewhere now, so its password must be given anew: howdahctl profile edit %1 --password-stdin\n"_s.arg(saved->name);
    return Answer{json, text, ExitCode::Success};
}

Result<Answer> removeProfile(Ctl &ctl, const QString &name)
{
    const auto profile = find(ctl, name);
    if (!profile)
        return fail(profile.error());
    // The profile goes even where the keychain does not answer: without it nothing leads to what is left there, and it is said.
    QJsonValue left(QJsonValue::Null);
    QVector<store::SecretKey> keys{profile->secretKey(), profile->monitorSecretKey()};
    if (profile->otlp.hasHeaders)
        keys << profile->otlpSecretKey();
    for (const QString &role : profile->stack.isEmpty() ? QStringList() : stack::stackLoginRoles())
        keys << store::SecretKey{profile->id, profile->spec.host, profile->spec.port, role};
    for (const store::SecretKey &key : std::as_const(keys)) {
        if (auto gone = ctl.removeSecret(key); !gone) {
            left = gone.error().toJson();
            toErrors(printable(u"howdahctl: %1 stays in the keychain: %2\n"_s.arg(key.text(), gone.error().text())));
        }
    }
    auto store = ctl.store();
    if (auto removed = session::removeProfile(**store, profile->id); !removed)
        return fail(std::move(removed.error()));
    return Answer{{{u"removed"_s, name}, {u"keychain_error"_s, left}}, u"Profile %1 removed\n"_s.arg(name), ExitCode::Success};
}

struct Import {
    std::string serviceFile, passFile, file;
    std::vector<std::string> only;
    std::optional<std::string> environment;
    bool dryRun = false;
};

Result<Answer> importProfiles(Ctl &ctl, const Import &from)
{
    if (from.file.empty() == (from.serviceFile.empty() && from.passFile.empty()))
        return usage(u"Import from --file, or from --service-file, --pgpass or both"_s, u"Howdah reads them once; look first with --dry-run"_s);
    auto store = ctl.store();
    if (!store)
        return fail(std::move(store.error()));
    const auto existing = session::readProfiles(**store);
    if (!existing)
        return fail(existing.error());
    auto offers = session::offersFrom({qt(from.serviceFile), qt(from.passFile), qt(from.file)});
    if (!offers)
        return fail(std::move(offers.error()));
    if (!from.only.empty())
        offers->removeIf([&](const session::OfferedProfile &offer) { return std::find(from.only.begin(), from.only.end(), offer.profile.name.toStdString()) == from.only.end(); });
    session::fitBeside(*offers, *existing);
    QJsonArray all;
    QString text;
    int saved = 0, refused = 0;
    for (session::OfferedProfile &offer : *offers) {
        if (from.environment)
            offer.profile.environment = session::environmentFromName(qt(*from.environment));
        QString passwordTrouble;
        bool kept = false;
        if (offer.refused.isEmpty() && !from.dryRun) {
            const auto made = session::saveProfile(**store, offer.profile);
            if (!made) {
                offer.refused = made.error().text();
            } else {
                ++saved;
                offer.profile = *made;
                if (!offer.password.isEmpty()) {
                    const Done written = ctl.writeSecret(made->secretKey(), offer.password);
                    kept = written.has_value();
                    passwordTrouble = kept ? QString() : written.error().text();
                }
            }
        }
        refused += offer.refused.isEmpty() ? 0 : 1;
        QJsonObject json = session::profileToJson(offer.profile);
        json.insert(u"source"_s, offer.source);
        json.insert(u"notes"_s, QJsonArray::fromStringList(offer.notes));
        json.insert(u"refused"_s, offer.refused.isEmpty() ? QJsonValue() : QJsonValue(offer.refused));
        json.insert(u"has_password"_s, !offer.password.isEmpty());
        json.insert(u"password_saved"_s, kept);
        json.insert(u"password_error"_s, passwordTrouble.isEmpty() ? QJsonValue() : QJsonValue(passwordTrouble));
        all.append(json);
        text += u"%1  %2\n"_s.arg(offer.source.leftJustified(16),
                                  !offer.refused.isEmpty() ? u"refused: "_s + offer.refused
                                      : u"%1: %2/%3 as %4, %5%6"_s.arg(offer.profile.name, offer.profile.spec.address(), offer.profile.spec.database, offer.profile.spec.role,
                                                                     session::environmentName(offer.profile.environment),
                                                                     offer.password.isEmpty() ? QString() : u", with its password"_s));
        for (const QString &note : std::as_const(offer.notes))
            text += QString(18, u' ') + note + u'\n';
        if (!passwordTrouble.isEmpty())
            text += QString(18, u' ') + u"its password is not saved: "_s + passwordTrouble + u'\n';
    }
    text += from.dryRun ? u"%1 would be saved, %2 refused; nothing was changed\n"_s.arg(offers->size() - refused).arg(refused)
                        : u"%1 saved, %2 refused\n"_s.arg(saved).arg(refused);
    return Answer{{{u"dry_run"_s, from.dryRun}, {u"saved"_s, saved}, {u"refused"_s, refused}, {u"profiles"_s, all}}, text,
                  refused > 0 ? ExitCode::Findings : ExitCode::Success};
}

Result<Answer> exportProfiles(Ctl &ctl, const std::vector<std::string> &names, const std::string &output)
{
    auto store = ctl.store();
    if (!store)
        return fail(std::move(store.error()));
    QVector<session::Profile> chosen;
    if (names.empty()) {
        auto all = session::readProfiles(**store);
        if (!all)
            return fail(std::move(all.error()));
        chosen = std::move(*all);
    }
    for (const std::string &name : names) {
        auto profile = session::readProfile(**store, qt(name));
        if (!profile)
            return fail(std::move(profile.error()));
        chosen << std::move(*profile);
    }
    const QByteArray file = session::exportProfiles(chosen);
    if (output.empty())
        return Answer{QJsonDocument::fromJson(file).object(), QString::fromUtf8(file), ExitCode::Success};
    if (auto saved = saveFile(QDir::current().absoluteFilePath(qt(output)), file, 0644); !saved)
        return fail(std::move(saved.error()));
    return Answer{{{u"file"_s, qt(output)}, {u"profiles"_s, chosen.size()}}, u"%1 profiles written to %2, without secrets\n"_s.arg(chosen.size()).arg(qt(output)), ExitCode::Success};
}

void addFields(CLI::App *verb, const std::shared_ptr<Wanted> &wanted)
{
    verb->add_option("name", wanted->name)->required();
    verb->add_option("--environment", wanted->environment, "What the server is to you; production, the default, is treated most carefully")
        ->check(CLI::IsMember({"development", "test", "production"}));
    verb->add_option("--monitor-role", wanted->monitorRole, "Role of the links that measure and cancel");
    verb->add_option("--auth", wanted->auth, "scram-sha-256-plus (the default), scram-sha-256 (behind PgBouncer), certificate, peer, kerberos,\n"
                                             "password (in clear inside verified TLS: LDAP, a cloud's token)");
    verb->add_option("--cert", wanted->cert, "PEM file of your certificate, for --auth certificate");
    verb->add_option("--key", wanted->key, "PEM file of its key, mode 0600");
    verb->add_option("--ssh", wanted->ssh, "Through this host of the system's ssh: an alias of ~/.ssh/config or user@host");
    verb->add_option("--password-command", wanted->passwordCommand, "A program whose first line of output is the password, split into words but run by no shell;\n"
                                                                    "%h, %p, %d and %r stand for host, port, database and role");
    verb->add_option("--password-expiry", wanted->passwordExpiryS, "Its answer is good for so many seconds; 0: asked for at every connect")->check(CLI::Range(0, 604'800));
    verb->add_option("--other-host", wanted->otherHosts, "HOST[:PORT] to try when the first does not answer or fit; may be given again");
    verb->add_option("--target", wanted->target, "any, read-write, read-only, primary, standby or prefer-standby");
    auto *pooler = verb->add_flag("--pooler", wanted->pooler, "A pooler in transaction mode stands before it: no SET, LISTEN or prepared statements");
    verb->add_flag("--direct", wanted->direct, "No pooler")->excludes(pooler);
    verb->add_option("--application-name", wanted->applicationName, "What pg_stat_activity calls us");
    verb->add_option("--connect-timeout", wanted->connectTimeoutS, "Seconds for resolve, TCP, TLS and authentication together")->check(CLI::Range(1, 600));
    wanted->otlp.addTo(verb);
    verb->footer("And of every verb: --url URL (the server), --ca FILE (PEM of the CA that signed its certificate), --sslmode MODE\n"
                 "(verify-full), --password-stdin (the password, to the keychain).");
}

} // namespace

void addProfileVerbs(CLI::App &app, Ctl &ctl)
{
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

    const auto wanted = std::make_shared<Wanted>();
    auto *add = profile->add_subcommand("add", "Save a server: NAME --url URL [--ca FILE] [--password-stdin]");
    addFields(add, wanted);
    add->callback([&ctl, wanted] { ctl.choose([wanted](Ctl &c) { return addProfile(c, *wanted); }); });

    const auto changed = std::make_shared<Wanted>();
    auto *edit = profile->add_subcommand("edit", "Change a saved server: what is not given stays, an empty value ('') takes it away");
    addFields(edit, changed);
    edit->add_option("--rename", changed->newName, "A new name");
    edit->add_option("--host", changed->host, "Name, address, or the folder of a Unix socket");
    edit->add_option("--port", changed->port)->check(CLI::Range(1, 65535));
    edit->add_option("--database", changed->database);
    edit->add_option("--role", changed->role);
    edit->callback([&ctl, changed] { ctl.choose([changed](Ctl &c) { return editProfile(c, *changed); }); });

    const auto from = std::make_shared<Import>();
    auto *importVerb = profile->add_subcommand("import", "Take over servers from pg_service.conf, .pgpass or another Howdah, once");
    importVerb->add_option("--service-file", from->serviceFile, "pg_service.conf; one with passwords must be mode 0600");
    importVerb->add_option("--pgpass", from->passFile, ".pgpass, mode 0600: passwords for the services, or by itself a profile a line; to the keychain");
    importVerb->add_option("--file", from->file, "What `profile export` wrote: never a secret, a program to run or a key's file");
    importVerb->add_option("--only", from->only, "Only the profile of this name; may be given again");
    importVerb->add_option("--environment", from->environment, "For all of them, instead of production")->check(CLI::IsMember({"development", "test", "production"}));
    importVerb->add_flag("--dry-run", from->dryRun, "Show what would be saved and what is refused, and change nothing");
    importVerb->callback([&ctl, from] { ctl.choose([from](Ctl &c) { return importProfiles(c, *from); }); });

    const auto names = std::make_shared<std::vector<std::string>>();
    const auto output = std::make_shared<std::string>();
    auto *exportVerb = profile->add_subcommand("export", "Write profiles as JSON, without secrets");
    exportVerb->add_option("names", *names, "Which; without a name all of them");
    exportVerb->add_option("--output", *output, "To this file instead of standard output");
    exportVerb->callback([&ctl, names, output] { ctl.choose([names, output](Ctl &c) { return exportProfiles(c, *names, *output); }); });
}

} // namespace howdah::ctl
