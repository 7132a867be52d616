// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/profilejson.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QUuid>

namespace howdah::session
{

using namespace Qt::StringLiterals;

namespace
{

QJsonArray hostsToJson(const QVector<pg::Host> &hosts)
{
    QJsonArray all;
    for (const pg::Host &host : hosts)
        all.append(QJsonObject{{u"host"_s, host.name}, {u"port"_s, host.port}});
    return all;
}

QVector<pg::Host> hostsFrom(const QJsonValue &json)
{
    QVector<pg::Host> hosts;
    const QJsonArray all = json.toArray();
    for (const QJsonValue &entry : all) {
        const QJsonObject host = entry.toObject();
        const int port = host.value("port"_L1).toInt(5432);
        if (!host.value("host"_L1).toString().isEmpty() && port > 0 && port < 65536)
            hosts << pg::Host{host.value("host"_L1).toString(), quint16(port)};
    }
    return hosts;
}

constexpr std::pair<OtlpExport::Choice, QLatin1StringView> choices[] = {
    {OtlpExport::Choice::Unsaid, "unsaid"_L1}, {OtlpExport::Choice::On, "on"_L1}, {OtlpExport::Choice::Off, "off"_L1}};

QJsonObject otlpToJson(const OtlpExport &otlp)
{
    return {{u"otlp"_s, otlpChoiceName(otlp.choice)},
            {u"otlp_endpoint"_s, otlp.endpoint},
            {u"otlp_encoding"_s, otlp.encoding == OtlpExport::Encoding::Json ? u"json"_s : u"protobuf"_s},
            {u"otlp_interval_s"_s, otlp.intervalS},
            {u"otlp_ca_file"_s, otlp.caFile},
            {u"otlp_names"_s, otlp.names},
            {u"otlp_headers"_s, otlp.hasHeaders}};
}

OtlpExport otlpFrom(const QJsonObject &ways)
{
    OtlpExport otlp;
    otlp.choice = otlpChoiceFromName(ways.value("otlp"_L1).toString());
    otlp.endpoint = ways.value("otlp_endpoint"_L1).toString();
    otlp.encoding = ways.value("otlp_encoding"_L1) == "json"_L1 ? OtlpExport::Encoding::Json : OtlpExport::Encoding::Protobuf;
    otlp.intervalS = std::clamp(ways.value("otlp_interval_s"_L1).toInt(otlp.intervalS), 1, 86'400);
    otlp.caFile = ways.value("otlp_ca_file"_L1).toString();
    otlp.names = ways.value("otlp_names"_L1).toBool();
    otlp.hasHeaders = ways.value("otlp_headers"_L1).toBool();
    return otlp;
}

void takeWaysOf(Profile &profile, const QJsonObject &ways)
{
    const auto word = [&](QLatin1StringView name) { return ways.value(name).toString(); };
    pg::ConnectionSpec &spec = profile.spec;
    spec.otherHosts = hostsFrom(ways.value("other_hosts"_L1));
    spec.target = targetFromName(word("target"_L1)).value_or(pg::TargetSession::Any);
    spec.certFile = word("cert_file"_L1);
    spec.keyFile = word("key_file"_L1);
    spec.pooler = ways.value("pooler"_L1).toBool();
    spec.applicationName = ways.value("application_name"_L1).toString(spec.applicationName);
    const int seconds = ways.value("connect_timeout_s"_L1).toInt(spec.connectTimeoutMs / 1000);
    spec.connectTimeoutMs = std::clamp(seconds, 1, 600) * 1000;
    const QJsonArray command = ways.value("password_command"_L1).toArray();
    profile.passwordCommand.clear();
    for (const QJsonValue &argument : command)
        profile.passwordCommand << argument.toString();
    profile.passwordExpiryS = std::clamp(ways.value("password_expiry_s"_L1).toInt(), 0, 7 * 86'400);
    profile.sshDestination = word("ssh"_L1);
    profile.otlp = otlpFrom(ways);
}

} // namespace

QString otlpChoiceName(OtlpExport::Choice choice)
{
    return std::find_if(std::begin(choices), std::end(choices), [choice](const auto &one) { return one.first == choice; })->second;
}

OtlpExport::Choice otlpChoiceFromName(const QString &name)
{
    const auto *found = std::find_if(std::begin(choices), std::end(choices), [&](const auto &one) { return name == one.second; });
    return found == std::end(choices) ? OtlpExport::Choice::Unsaid : found->first;
}

QJsonObject waysToJson(const Profile &profile)
{
    const pg::ConnectionSpec &spec = profile.spec;
    const pg::ConnectionSpec usual;
    QJsonObject ways;
    const auto put = [&ways](const QString &name, const QString &value) {
        if (!value.isEmpty())
            ways.insert(name, value);
    };
    if (!spec.otherHosts.isEmpty())
        ways.insert(u"other_hosts"_s, hostsToJson(spec.otherHosts));
    if (spec.target != usual.target)
        ways.insert(u"target"_s, targetName(spec.target));
    put(u"cert_file"_s, spec.certFile);
    put(u"key_file"_s, spec.keyFile);
    if (spec.pooler)
        ways.insert(u"pooler"_s, true);
    if (spec.applicationName != usual.applicationName)
        ways.insert(u"application_name"_s, spec.applicationName);
    if (spec.connectTimeoutMs != usual.connectTimeoutMs)
        ways.insert(u"connect_timeout_s"_s, spec.connectTimeoutMs / 1000);
    if (!profile.passwordCommand.isEmpty())
        ways.insert(u"password_command"_s, QJsonArray::fromStringList(profile.passwordCommand));
    if (profile.passwordExpiryS > 0)
        ways.insert(u"password_expiry_s"_s, profile.passwordExpiryS);
    put(u"ssh"_s, profile.sshDestination);
    if (profile.otlp != OtlpExport()) {
        const QJsonObject otlp = otlpToJson(profile.otlp);
        for (auto it = otlp.begin(); it != otlp.end(); ++it)
            ways.insert(it.key(), it.value());
    }
    return ways;
}

Done takeWays(Profile &profile, const QByteArray &json)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(json, &error);
    if (!document.isObject())
        return fail(ErrorKind::Io, u"store_damaged"_s, u"The ways of the profile %1 can't be read"_s.arg(profile.name), u"Remove it and add it anew."_s);
    takeWaysOf(profile, document.object());
    return {};
}

QJsonObject profileToJson(const Profile &profile)
{
    const pg::ConnectionSpec &spec = profile.spec;
    QJsonObject json{{u"id"_s, profile.id},
                     {u"name"_s, profile.name},
                     {u"host"_s, spec.host},
                     {u"port"_s, spec.port},
                     {u"other_hosts"_s, hostsToJson(spec.otherHosts)},
                     {u"target"_s, targetName(spec.target)},
                     {u"database"_s, spec.database},
                     {u"role"_s, spec.role},
                     {u"auth"_s, pg::authName(spec.auth)},
                     {u"sslmode"_s, pg::sslModeName(spec.sslMode)},
                     {u"ca_file"_s, spec.caFile},
                     {u"cert_file"_s, spec.certFile},
                     {u"key_file"_s, spec.keyFile},
                     {u"tls13_only"_s, spec.tls13Only},
                     {u"pooler"_s, spec.pooler},
                     {u"application_name"_s, spec.applicationName},
                     {u"connect_timeout_s"_s, spec.connectTimeoutMs / 1000},
                     {u"password_command"_s, QJsonArray::fromStringList(profile.passwordCommand)},
                     {u"password_expiry_s"_s, profile.passwordExpiryS},
                     {u"ssh"_s, profile.sshDestination},
                     {u"monitor_role"_s, profile.monitorRole},
                     {u"environment"_s, environmentName(profile.environment)},
            {u"stack"_s, profile.stack}};
    const QJsonObject otlp = otlpToJson(profile.otlp);
    for (auto it = otlp.begin(); it != otlp.end(); ++it)
        json.insert(it.key(), it.value());
    return json;
}

QByteArray exportProfiles(const QVector<Profile> &profiles)
{
    QJsonArray all;
    for (const Profile &profile : profiles) {
        QJsonObject json = profileToJson(profile);
        json.remove("stack"_L1); // of this machine
        json.remove("password_command"_L1); // an argument may be a secret, and nobody takes it from a file
        json.remove("password_expiry_s"_L1);
        const QJsonObject otlp = otlpToJson(profile.otlp);
        for (auto it = otlp.begin(); it != otlp.end(); ++it) // its metrics go where this machine's user sends them
            json.remove(it.key());
        all.append(json);
    }
    return QJsonDocument(QJsonObject{{u"howdah_profiles"_s, 1}, {u"profiles"_s, all}}).toJson(QJsonDocument::Indented);
}

static OfferedProfile offered(const QJsonObject &json, qsizetype number)
{
    OfferedProfile offer;
    offer.source = u"profile %1"_s.arg(number);
    const auto word = [&](QLatin1StringView name) { return json.value(name).toString(); };
    Profile &profile = offer.profile;
    pg::ConnectionSpec &spec = profile.spec;
    takeWaysOf(profile, json);

    // A uuid of ours is kept, so that a profile that comes back replaces itself. Anything else gets a new one.
    if (const QUuid id(word("id"_L1)); !id.isNull())
        profile.id = id.toString(QUuid::WithoutBraces);
    profile.name = word("name"_L1);
    spec.host = word("host"_L1);
    const int port = json.value("port"_L1).toInt(5432);
    spec.port = quint16(port);
    spec.database = word("database"_L1);
    spec.role = word("role"_L1);
    spec.caFile = word("ca_file"_L1);
    spec.tls13Only = json.value("tls13_only"_L1).toBool();
    profile.monitorRole = word("monitor_role"_L1);
    profile.environment = environmentFromName(word("environment"_L1));

    const auto leaveOut = [&](bool there, const QString &what) {
        if (there)
            offer.notes << what;
    };
    leaveOut(!profile.passwordCommand.isEmpty(), u"password_command is not taken from a file: a program to run is named by you alone"_s);
    leaveOut(!spec.keyFile.isEmpty() || !spec.certFile.isEmpty(), u"cert_file and key_file are not taken from a file: name your own"_s);
    static const QStringList secrets{u"password"_s, u"secret"_s, u"pgpassword"_s, u"passfile"_s, u"scram_client_key"_s};
    for (const QString &name : secrets)
        leaveOut(json.contains(name), u"%1 is not taken from a file"_s.arg(name));
    leaveOut(profile.otlp != OtlpExport(), u"where its metrics go (otlp…) is not taken from a file: name your own collector"_s);
    profile.passwordCommand.clear();
    profile.passwordExpiryS = 0;
    profile.otlp = {};
    spec.certFile.clear();
    spec.keyFile.clear();

    if (const auto mode = pg::sslModeFromName(json.contains("sslmode"_L1) ? word("sslmode"_L1) : u"verify-full"_s))
        spec.sslMode = *mode;
    else
        offer.refused = mode.error().message;
    if (const auto auth = pg::authFromName(json.contains("auth"_L1) ? word("auth"_L1) : u"scram-sha-256-plus"_s)) {
        spec.auth = *auth;
        if (*auth == pg::Auth::Certificate) {
            spec.auth = pg::Auth::ScramBound;
            offer.notes << u"authentication by certificate needs your own certificate: set to scram-sha-256-plus"_s;
        }
    } else {
        offer.refused = auth.error().message;
    }
    if (port < 1 || port > 65535)
        offer.refused = u"The port is no number from 1 to 65535"_s;
    if (const Done good = checkProfile(profile); !good && offer.refused.isEmpty())
        offer.refused = good.error().message;
    return offer;
}

Result<QVector<OfferedProfile>> importProfiles(const QByteArray &file)
{
    QJsonParseError error;
    const QJsonObject document = QJsonDocument::fromJson(file, &error).object();
    if (document.value("howdah_profiles"_L1).toInt() != 1 || !document.value("profiles"_L1).isArray()) {
        return fail(ErrorKind::Client, u"bad_file"_s, u"This is no file of Howdah's profiles"_s,
                    error.error == QJsonParseError::NoError ? u"`howdahctl profile export` writes one."_s : error.errorString());
    }
    QVector<OfferedProfile> offers;
    const QJsonArray all = document.value("profiles"_L1).toArray();
    for (const QJsonValue &entry : all)
        offers << offered(entry.toObject(), offers.size() + 1);
    return offers;
}

} // namespace howdah::session
