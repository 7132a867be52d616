// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg/connectionspec.h"

#include <QRegularExpression>

#include <algorithm>

namespace howdah::pg
{

static tl::unexpected<Error> badUrl(const QString &what)
{
    // Never the URL itself: it holds the password.
    return fail(ErrorKind::Client, QStringLiteral("bad_url"), what,
                QStringLiteral("postgresql://role@host:5432/database?sslmode=verify-full; in a password, write @ / : # ? % as %40 %2F %3A %23 %3F %25."));
}

static QString decoded(const QString &part)
{
    return QString::fromUtf8(QByteArray::fromPercentEncoding(part.toUtf8()));
}

// '%' must lead two hex digits, and no piece may hold a NUL: libpq would cut there.
static bool isWellEncoded(const QString &url)
{
    static const QRegularExpression wrong(QStringLiteral("%(?![0-9A-Fa-f]{2})|%00|\\x00"));
    return !wrong.match(url).hasMatch();
}

static Result<quint16> portOf(const QString &text)
{
    bool ok = false;
    const uint port = text.toUInt(&ok);
    if (!ok || port == 0 || port > 65535)
        return badUrl(QStringLiteral("The port is no number from 1 to 65535")); // not shown: it may be a piece of a password
    return quint16(port);
}

// "h1:5432,[::1],h2:5433" as it stands between // and /.
static Result<QVector<Host>> hostsOf(const QString &text)
{
    static const QRegularExpression one(QStringLiteral("^(?<host>\\[[^\\]\\[]*\\]|[^:\\[\\]]*)(?::(?<port>.*))?$"));
    QVector<Host> hosts;
    const QStringList pieces = text.split(QLatin1Char(','));
    for (const QString &piece : pieces) {
        const auto match = one.match(piece);
        if (!match.hasMatch())
            return badUrl(QStringLiteral("This is no postgresql:// URL"));
        Host host;
        host.name = match.captured(QStringLiteral("host"));
        if (host.name.startsWith(QLatin1Char('[')))
            host.name = host.name.mid(1, host.name.size() - 2);
        host.name = decoded(host.name);
        if (host.name.isEmpty() && pieces.size() > 1)
            return badUrl(QStringLiteral("One of the URL's hosts has no name"));
        const QString port = match.captured(QStringLiteral("port"));
        if (!port.isEmpty()) {
            const auto number = portOf(port);
            if (!number)
                return fail(number.error());
            host.port = *number;
        }
        hosts << host;
    }
    return hosts;
}

static Result<Auth> authFromBinding(const QString &name)
{
    if (name == QLatin1StringView("require"))
        return Auth::ScramBound;
    if (name == QLatin1StringView("prefer") || name == QLatin1StringView("disable"))
        return Auth::Scram;
    return badUrl(QStringLiteral("channel_binding is require, prefer or disable"));
}

namespace
{
struct Parameters {
    ParsedUrl &url;
    bool bindingGiven = false;
    QStringList hosts; // libpq takes both as lists, and over those before the path
    QStringList ports;

    Done take(const QString &key, const QString &value);
    Done takeHosts(QVector<Host> named) const;
};
} // namespace

Done Parameters::take(const QString &key, const QString &value)
{
    // What could run code, read a file of the URL's choosing, or change what a link does unseen.
    static const QStringList refused{QStringLiteral("options"), QStringLiteral("passfile"), QStringLiteral("sslkey"),
                                     QStringLiteral("service"), QStringLiteral("sslkeylogfile"), QStringLiteral("gsslib"),
                                     QStringLiteral("krbsrvname")};
    ConnectionSpec &spec = url.spec;
    if (refused.contains(key))
        return fail(ErrorKind::Client, QStringLiteral("refused_parameter"), QStringLiteral("The parameter %1 is not taken").arg(key),
                    QStringLiteral("Remove it from the URL."));
    if (key == QLatin1StringView("sslmode") || key == QLatin1StringView("ssl")) {
        const auto mode = sslModeFromName(value);
        if (!mode && key == QLatin1StringView("ssl") && value != QLatin1StringView("allow") && value != QLatin1StringView("prefer"))
            url.ignored << key; // ssl=true of other drivers says less than our default
        else if (!mode)
            return fail(mode.error());
        else
            spec.sslMode = *mode;
    } else if (key == QLatin1StringView("channel_binding")) {
        const auto binding = authFromBinding(value);
        if (!binding)
            return fail(binding.error());
        spec.auth = *binding;
        bindingGiven = true;
    } else if (key == QLatin1StringView("sslrootcert")) {
        spec.caFile = value == QLatin1StringView("system") ? QString() : value;
    } else if (key == QLatin1StringView("host")) {
        hosts = value.split(QLatin1Char(','));
    } else if (key == QLatin1StringView("port")) {
        ports = value.split(QLatin1Char(','));
    } else if (key == QLatin1StringView("target_session_attrs")) {
        const auto target = targetFromName(value);
        if (!target)
            return badUrl(target.error().hint.isEmpty() ? target.error().message : QString(QStringLiteral("target_session_attrs is ") + target.error().hint));
        spec.target = *target;
    } else if (key == QLatin1StringView("pgbouncer")) {
        spec.pooler = value == QLatin1StringView("true") || value == QLatin1StringView("1");
    } else if (key == QLatin1StringView("user")) {
        spec.role = value;
    } else if (key == QLatin1StringView("password")) {
        url.password = Secret(value.toUtf8());
    } else if (key == QLatin1StringView("dbname")) {
        spec.database = value;
    } else if (key == QLatin1StringView("application_name")) {
        spec.applicationName = value;
    } else if (key == QLatin1StringView("connect_timeout")) {
        bool ok = false;
        const int seconds = value.toInt(&ok);
        if (ok && seconds > 0 && seconds <= 600)
            spec.connectTimeoutMs = seconds * 1000;
        else
            url.ignored << key;
    } else {
        url.ignored << key;
    }
    return {};
}

Done Parameters::takeHosts(QVector<Host> named) const
{
    if (!hosts.isEmpty()) {
        named.resize(hosts.size());
        for (qsizetype i = 0; i < hosts.size(); ++i)
            named[i].name = hosts[i];
    }
    if (!ports.isEmpty() && ports.size() != 1 && ports.size() != named.size())
        return badUrl(QStringLiteral("The URL names more or fewer ports than hosts"));
    for (qsizetype i = 0; i < named.size() && !ports.isEmpty(); ++i) {
        const auto port = portOf(ports.size() == 1 ? ports.first() : ports[i]);
        if (!port)
            return fail(port.error());
        named[i].port = *port;
    }
    if (named.size() > 1 && std::any_of(named.begin(), named.end(), [](const Host &host) { return host.name.isEmpty(); }))
        return badUrl(QStringLiteral("One of the URL's hosts has no name"));
    for (const Host &host : std::as_const(named)) {
        if (const auto good = checkHost(host.name); !host.name.isEmpty() && !good)
            return badUrl(good.error().message);
    }
    ConnectionSpec &spec = url.spec;
    spec.host = named.first().name;
    spec.port = named.first().port;
    spec.otherHosts = named.mid(1);
    return {};
}

Result<ParsedUrl> parseUrl(const QString &text)
{
    static const QRegularExpression form(
        QStringLiteral("^(?<scheme>[a-z]+)(?:\\+[a-z0-9_]+)?://(?:(?<user>[^/?#]*)@)?(?<hosts>[^/?#@]*)"
                       "(?:/(?<path>[^?#]*))?(?:\\?(?<query>[^#]*))?$"));
    const auto match = form.match(text.trimmed());
    const QString scheme = match.captured(QStringLiteral("scheme"));
    if (!match.hasMatch() || (scheme != QLatin1StringView("postgresql") && scheme != QLatin1StringView("postgres")))
        return badUrl(QStringLiteral("This is no postgresql:// URL"));
    if (!isWellEncoded(text))
        return badUrl(QStringLiteral("A % in the URL is not followed by two hex digits"));

    // A / ? or # in a password ends the user's part early: what follows would be taken for a host, a port and a database, and be shown and saved.
    if (!match.hasCaptured(QStringLiteral("user")) && text.contains(QLatin1Char('@')))
        return badUrl(QStringLiteral("The URL has an @ where none can be"));

    ParsedUrl url;
    ConnectionSpec &spec = url.spec;
    const QString user = match.captured(QStringLiteral("user"));
    const auto colon = user.indexOf(QLatin1Char(':'));
    spec.role = decoded(colon < 0 ? user : user.left(colon));
    if (colon >= 0)
        url.password = Secret(QByteArray::fromPercentEncoding(user.mid(colon + 1).toUtf8()));

    const auto hosts = hostsOf(match.captured(QStringLiteral("hosts")));
    if (!hosts)
        return fail(hosts.error());
    spec.database = decoded(match.captured(QStringLiteral("path")));

    Parameters parameters{url, false, {}, {}};
    const QStringList pairs = match.captured(QStringLiteral("query")).split(QLatin1Char('&'), Qt::SkipEmptyParts);
    for (const QString &pair : pairs) {
        const auto equals = pair.indexOf(QLatin1Char('='));
        if (equals < 1)
            return badUrl(QStringLiteral("A parameter of the URL has no value"));
        if (const auto done = parameters.take(decoded(pair.left(equals)), decoded(pair.mid(equals + 1))); !done)
            return fail(done.error());
    }
    if (const auto done = parameters.takeHosts(*hosts); !done)
        return fail(done.error());
    if (spec.host.isEmpty())
        spec.host = QStringLiteral("localhost");
    if (spec.database.isEmpty())
        spec.database = spec.role;
    // There is no channel to bind to without TLS: who wrote disable did not mean to forbid every login.
    if (spec.sslMode == SslMode::Disable && !parameters.bindingGiven)
        spec.auth = Auth::Scram;
    return url;
}

} // namespace howdah::pg
