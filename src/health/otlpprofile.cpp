// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/otlpprofile.h"

#include "health/httptoken.h"

namespace howdah::health
{

using namespace Qt::StringLiterals;

namespace
{

// What frames the request is ours to say: a second one would make two requests of it for some reader.
bool isOurs(const QByteArray &name)
{
    static const QByteArrayList ours{"host", "content-length", "transfer-encoding", "connection", "content-type", "content-encoding", "expect", "upgrade"};
    return ours.contains(name.toLower());
}

} // namespace

Result<QUrl> profileEndpoint(const QString &text)
{
    const QString word = text.trimmed();
    return otlpEndpoint(word, !QUrl(word).path().endsWith("/v1/metrics"_L1));
}

Result<QVector<std::pair<QByteArray, QByteArray>>> profileHeaders(const Secret &lines)
{
    QVector<std::pair<QByteArray, QByteArray>> headers;
    const auto bad = [](const QString &why) {
        return fail(ErrorKind::Client, u"bad_headers"_s, u"The headers of the export: "_s + why, u"One on each line, as Authorization: Bearer …"_s);
    };
    int number = 0;
    for (const QByteArray &line : QByteArray(lines.data(), lines.size()).split('\n')) {
        ++number;
        if (line.trimmed().isEmpty())
            continue;
        const qsizetype colon = line.indexOf(':');
        const QByteArray name = line.left(qMax<qsizetype>(colon, 0)).trimmed();
        const QByteArray value = line.mid(colon + 1).trimmed();
        if (colon < 0 || !isToken(name))
            return bad(u"line %1 has no name before a colon"_s.arg(number));
        if (value.isEmpty() || !isFieldValue(value))
            return bad(u"line %1 has no value that HTTP can carry"_s.arg(number));
        if (isOurs(name))
            return bad(u"%1 is set by Howdah itself"_s.arg(QString::fromLatin1(name)));
        headers.emplaceBack(name, value);
    }
    return headers;
}

Result<std::optional<OtlpSettings>> otlpOf(const session::Profile &profile, const Secret &headers, const QProcessEnvironment &environment)
{
    using Choice = session::OtlpExport::Choice;
    const session::OtlpExport &otlp = profile.otlp;
    if (otlp.choice == Choice::Off)
        return std::nullopt;
    if (otlp.choice == Choice::Unsaid)
        return otlpFromEnvironment(environment);
    auto endpoint = profileEndpoint(otlp.endpoint);
    if (!endpoint)
        return fail(std::move(endpoint.error()));
    auto own = profileHeaders(headers);
    if (!own)
        return fail(std::move(own.error()));

    QProcessEnvironment general = environment;
    for (const QString &name : {u"OTEL_SDK_DISABLED"_s, u"OTEL_METRICS_EXPORTER"_s, u"OTEL_METRIC_EXPORT_INTERVAL"_s})
        general.remove(name);
    for (const QString &word : {u"ENDPOINT"_s, u"HEADERS"_s, u"PROTOCOL"_s, u"CERTIFICATE"_s, u"CLIENT_CERTIFICATE"_s, u"CLIENT_KEY"_s}) {
        general.remove(u"OTEL_EXPORTER_OTLP_"_s + word);
        general.remove(u"OTEL_EXPORTER_OTLP_METRICS_"_s + word);
    }
    general.insert(u"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"_s, endpoint->toString(QUrl::FullyEncoded));
    auto settings = otlpFromEnvironment(general);
    if (!settings || !*settings)
        return settings;
    OtlpSettings &all = **settings;
    all.endpoint = *endpoint;
    all.encoding = otlp.encoding == session::OtlpExport::Encoding::Json ? OtlpEncoding::Json : OtlpEncoding::Protobuf;
    all.intervalMs = otlp.intervalS * 1000;
    all.caFile = otlp.caFile;
    all.headers = *std::move(own);
    return settings;
}

SeriesOptions otlpSeriesOf(const session::Profile &profile)
{
    SeriesOptions options;
    options.names = profile.otlp.choice == session::OtlpExport::Choice::On && profile.otlp.names;
    return options;
}

} // namespace howdah::health
