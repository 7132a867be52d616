// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg/connectionspec.h"

#include <QRegularExpression>

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

static Done setPort(ConnectionSpec &spec, const QString &text)
{
    bool ok = false;
    const uint port = text.toUInt(&ok);
    if (!ok || port == 0 || port > 65535)
        return badUrl(QStringLiteral("The port is no number from 1 to 65535")); // not shown: it may be a piece of a password
    spec.port = quint16(port);
    return {};
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

    Done take(const QString &key, const QString &value);
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
        return fail(ErrorKind::Client, QStringLiteral("refused_parameter"), QStringLiteral("The URL's parameter %1 is not taken").arg(key),
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
        spec.host = value;
    } else if (key == QLatin1StringView("port")) {
        return setPort(spec, value);
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

Result<ParsedUrl> parseUrl(const QString &text)
{
    static const QRegularExpression form(
        QStringLiteral("^(?<scheme>[a-z]+)(?:\\+[a-z0-9_]+)?://(?:(?<user>[^/?#]*)@)?(?<host>\\[[^\\]/?#@]*\\]|[^:/?#@\\[\\]]*)(?::(?<port>[^/?#]*))?"
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

    QString host = match.captured(QStringLiteral("host"));
    if (host.contains(QLatin1Char(',')))
        return badUrl(QStringLiteral("The URL names several hosts"));
    if (host.startsWith(QLatin1Char('[')))
        host = host.mid(1, host.size() - 2);
    spec.host = decoded(host);
    const QString port = match.captured(QStringLiteral("port"));
    if (!port.isEmpty()) {
        if (const auto done = setPort(spec, port); !done)
            return fail(done.error());
    }
    spec.database = decoded(match.captured(QStringLiteral("path")));

    Parameters parameters{url};
    const QStringList pairs = match.captured(QStringLiteral("query")).split(QLatin1Char('&'), Qt::SkipEmptyParts);
    for (const QString &pair : pairs) {
        const auto equals = pair.indexOf(QLatin1Char('='));
        if (equals < 1)
            return badUrl(QStringLiteral("A parameter of the URL has no value"));
        if (const auto done = parameters.take(decoded(pair.left(equals)), decoded(pair.mid(equals + 1))); !done)
            return fail(done.error());
    }
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
