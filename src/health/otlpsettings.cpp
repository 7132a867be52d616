// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/otlpsettings.h"

#include "health/httptoken.h"

namespace howdah::health
{

using namespace Qt::StringLiterals;

namespace
{
struct Variable {
    QString name, value;
    bool isSet() const { return !value.isEmpty(); }
    Error wrong(const QString &wanted, bool shown = true) const
    {
        Error error;
        error.reason = u"bad_variable"_s;
        error.message = shown ? u"%1 is \"%2\", not %3"_s.arg(name, value, wanted) : u"%1 is not %2"_s.arg(name, wanted);
        return error;
    }
};

class Reader
{
public:
    explicit Reader(const QProcessEnvironment &environment) : m_environment(environment) {}
    Variable plain(const QString &name) const { return {name, m_environment.value(name).trimmed()}; }
    // OTEL_EXPORTER_OTLP_METRICS_<word>, else OTEL_EXPORTER_OTLP_<word>.
    Variable exporter(const QString &word) const
    {
        const Variable own = plain(u"OTEL_EXPORTER_OTLP_METRICS_"_s + word);
        return own.isSet() ? own : plain(u"OTEL_EXPORTER_OTLP_"_s + word);
    }

private:
    const QProcessEnvironment &m_environment;
};

// "key=value,key=value", values percent-encoded as in W3C Baggage. nullopt: not of that form.
std::optional<QVector<std::pair<QString, QString>>> pairsOf(const QString &text)
{
    QVector<std::pair<QString, QString>> pairs;
    for (const QString &part : text.split(u',', Qt::SkipEmptyParts)) {
        const qsizetype at = part.indexOf(u'=');
        const QString key = at < 0 ? QString() : part.left(at).trimmed();
        if (key.isEmpty())
            return std::nullopt;
        pairs.emplaceBack(QUrl::fromPercentEncoding(key.toUtf8()), QUrl::fromPercentEncoding(part.mid(at + 1).trimmed().toUtf8()));
    }
    return pairs;
}

// 0 is as wrong as a word. nullopt: not set.
Result<std::optional<int>> millisecondsOf(const Variable &variable)
{
    if (!variable.isSet())
        return std::nullopt;
    bool isNumber = false;
    const int value = variable.value.toInt(&isNumber);
    if (!isNumber || value <= 0)
        return fail(variable.wrong(u"a number of milliseconds above 0"_s));
    return value;
}

Done readHeaders(const Variable &variable, OtlpSettings &into)
{
    const auto pairs = pairsOf(variable.value);
    if (!pairs)
        return fail(variable.wrong(u"a list of name=value"_s, false));
    for (const auto &[name, value] : *pairs) {
        if (!isToken(name.toUtf8()) || !isFieldValue(value.toUtf8()))
            return fail(variable.wrong(u"a list of headers that HTTP can carry"_s, false));
        into.headers.emplaceBack(name.toUtf8(), value.toUtf8());
    }
    return {};
}

Done readResource(const Reader &reader, OtlpSettings &into)
{
    const Variable attributes = reader.plain(u"OTEL_RESOURCE_ATTRIBUTES"_s);
    const auto pairs = pairsOf(attributes.value);
    if (!pairs)
        return fail(attributes.wrong(u"a list of key=value"_s));
    for (const auto &[key, value] : *pairs)
        into.resource.insert(key, value);
    if (const Variable name = reader.plain(u"OTEL_SERVICE_NAME"_s); name.isSet())
        into.resource.insert(u"service.name"_s, name.value);
    return {};
}

// "otlp", "prometheus", "otlp,console" …: what is not named is not wanted.
QStringList exportersOf(const QString &words)
{
    QStringList exporters;
    for (const QString &word : words.split(u',', Qt::SkipEmptyParts))
        exporters << word.trimmed();
    return exporters;
}

Done readWay(const Reader &reader, OtlpSettings &into)
{
    // Low memory differs for what an application counts itself: these counters are read, and stay cumulative.
    const Variable temporality = reader.exporter(u"TEMPORALITY_PREFERENCE"_s);
    if (const QString word = temporality.value.toLower(); !word.isEmpty() && word != "cumulative"_L1 && word != "lowmemory"_L1)
        return fail(temporality.wrong(u"cumulative, which is all that is exported here"_s));
    if (const Variable protocol = reader.exporter(u"PROTOCOL"_s); protocol.value == "http/json"_L1)
        into.encoding = OtlpEncoding::Json;
    else if (protocol.isSet() && protocol.value != "http/protobuf"_L1)
        return fail(protocol.wrong(u"http/protobuf or http/json"_s));
    if (const Variable compression = reader.exporter(u"COMPRESSION"_s); compression.value == "none"_L1)
        into.compressed = false;
    else if (compression.isSet() && compression.value != "gzip"_L1)
        return fail(compression.wrong(u"gzip or none"_s));
    const auto timeout = millisecondsOf(reader.exporter(u"TIMEOUT"_s));
    if (!timeout)
        return fail(timeout.error());
    into.timeoutMs = timeout->value_or(into.timeoutMs);
    const auto interval = millisecondsOf(reader.plain(u"OTEL_METRIC_EXPORT_INTERVAL"_s));
    if (!interval)
        return fail(interval.error());
    into.intervalMs = interval->value_or(into.intervalMs);
    into.caFile = reader.exporter(u"CERTIFICATE"_s).value;
    into.certificateFile = reader.exporter(u"CLIENT_CERTIFICATE"_s).value;
    into.keyFile = reader.exporter(u"CLIENT_KEY"_s).value;
    return {};
}
} // namespace

Result<QUrl> otlpEndpoint(const QString &address, bool isBase)
{
    QUrl url(address, QUrl::StrictMode);
    const bool isHttp = url.scheme() == "http"_L1 || url.scheme() == "https"_L1;
    if (!url.isValid() || !isHttp || url.host().isEmpty())
        return fail(ErrorKind::Client, u"bad_endpoint"_s, u"The endpoint of OTLP is no http:// or https:// address"_s);
    if (!url.userInfo().isEmpty())
        return fail(ErrorKind::Client, u"bad_endpoint"_s, u"The endpoint of OTLP holds a user or a password"_s,
                    u"Put it into a header, as in OTEL_EXPORTER_OTLP_HEADERS=Authorization=…"_s);
    QString path = url.path(QUrl::FullyEncoded); // %2F in it is no slash
    if (isBase)
        path += path.endsWith(u'/') ? u"v1/metrics"_s : u"/v1/metrics"_s;
    url.setPath(path.isEmpty() ? u"/"_s : path, QUrl::TolerantMode);
    url.setFragment({});
    return url;
}

Result<std::optional<OtlpSettings>> otlpFromEnvironment(const QProcessEnvironment &environment)
{
    const Reader reader(environment);
    const QStringList exporters = exportersOf(reader.plain(u"OTEL_METRICS_EXPORTER"_s).value);
    const bool isChosen = exporters.contains("otlp"_L1);
    if (reader.plain(u"OTEL_SDK_DISABLED"_s).value.compare("true"_L1, Qt::CaseInsensitive) == 0 || (!exporters.isEmpty() && !isChosen))
        return std::nullopt;
    const Variable own = reader.plain(u"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"_s);
    const Variable base = reader.plain(u"OTEL_EXPORTER_OTLP_ENDPOINT"_s);
    if (!own.isSet() && !base.isSet() && !isChosen)
        return std::nullopt;
    const QString address = own.isSet() ? own.value : base.isSet() ? base.value : u"http://localhost:4318"_s;
    auto endpoint = otlpEndpoint(address, !own.isSet());
    if (!endpoint)
        return fail(std::move(endpoint).error());
    OtlpSettings settings;
    settings.endpoint = *endpoint;
    if (const auto read = readWay(reader, settings); !read)
        return fail(read.error());
    if (const auto read = readHeaders(reader.exporter(u"HEADERS"_s), settings); !read)
        return fail(read.error());
    if (const auto read = readResource(reader, settings); !read)
        return fail(read.error());
    return settings;
}

} // namespace howdah::health
