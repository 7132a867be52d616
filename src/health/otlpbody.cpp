// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/otlpbody.h"

#include "health/wireformat.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QUuid>

#include <bit>

namespace howdah::health
{

using namespace Qt::StringLiterals;

namespace
{
constexpr int cumulative = 2; // AggregationTemporality
constexpr qint64 nanosecondsInMs = 1'000'000;
constexpr qsizetype wordsKept = 300;
constexpr auto scopeName = "howdah.postgresql"_L1;

// Field numbers of opentelemetry/proto/{collector/metrics,metrics,resource,common}/v1.
namespace request { constexpr int resourceMetrics = 1; }
namespace resourceMetrics { constexpr int resource = 1, scopeMetrics = 2; }
namespace resourceFields { constexpr int attributes = 1; }
namespace scopeMetrics { constexpr int scope = 1, metrics = 2; }
namespace scope { constexpr int name = 1, version = 2; }
namespace metric { constexpr int name = 1, description = 2, unit = 3, gauge = 5, sum = 7; }
namespace data { constexpr int points = 1, temporality = 2, monotonic = 3; }
namespace pointFields { constexpr int start = 2, time = 3, real = 4, integer = 6, attributes = 7; }
namespace keyValue { constexpr int key = 1, value = 2; }
namespace anyValue { constexpr int text = 1; }
namespace response { constexpr int partialSuccess = 1; }
namespace partialSuccess { constexpr int rejected = 1, message = 2; }
namespace status { constexpr int message = 2; }

QByteArray keyValueMessage(const QString &key, const QString &value)
{
    WireWriter any, pair;
    any.text(anyValue::text, value);
    pair.text(keyValue::key, key);
    pair.bytes(keyValue::value, any.message());
    return pair.message();
}

QByteArray pointMessage(const SeriesPoint &point)
{
    WireWriter out;
    if (point.startMs > 0)
        out.fixed64(pointFields::start, quint64(point.startMs * nanosecondsInMs));
    out.fixed64(pointFields::time, quint64(point.atMs * nanosecondsInMs));
    if (const auto *integer = std::get_if<qint64>(&point.value))
        out.fixed64(pointFields::integer, std::bit_cast<quint64>(*integer));
    else
        out.real(pointFields::real, std::get<double>(point.value));
    for (const Attribute &attribute : point.attributes)
        out.bytes(pointFields::attributes, keyValueMessage(attributeName(attribute.key), attribute.value));
    return out.message();
}

QByteArray metricMessage(const Series &series)
{
    WireWriter points, out;
    for (const SeriesPoint &point : series.points)
        points.bytes(data::points, pointMessage(point));
    const bool sum = series.kind != SeriesKind::Gauge;
    if (sum) {
        points.varint(data::temporality, cumulative);
        if (series.kind == SeriesKind::Counter)
            points.varint(data::monotonic, 1);
    }
    out.text(metric::name, series.name);
    out.text(metric::description, series.description);
    out.text(metric::unit, series.unit);
    out.bytes(sum ? metric::sum : metric::gauge, points.message());
    return out.message();
}

QByteArray protobufOf(const QVector<Series> &all, const OtlpResource &resource)
{
    WireWriter who, scopeOut, scoped, whole, out;
    for (auto it = resource.cbegin(); it != resource.cend(); ++it)
        who.bytes(resourceFields::attributes, keyValueMessage(it.key(), it.value()));
    scopeOut.text(scope::name, scopeName);
    scopeOut.text(scope::version, QLatin1StringView(HOWDAH_VERSION));
    scoped.bytes(scopeMetrics::scope, scopeOut.message());
    for (const Series &series : all)
        scoped.bytes(scopeMetrics::metrics, metricMessage(series));
    whole.bytes(resourceMetrics::resource, who.message());
    whole.bytes(resourceMetrics::scopeMetrics, scoped.message());
    out.bytes(request::resourceMetrics, whole.message());
    return out.message();
}

QJsonObject keyValueObject(const QString &key, const QString &value)
{
    return {{u"key"_s, key}, {u"value"_s, QJsonObject{{u"stringValue"_s, value}}}};
}

// 64 bits are text in OTLP/JSON: a reader's double would lose digits.
QJsonObject pointObject(const SeriesPoint &point)
{
    QJsonObject out{{u"timeUnixNano"_s, QString::number(point.atMs * nanosecondsInMs)}};
    if (point.startMs > 0)
        out.insert(u"startTimeUnixNano"_s, QString::number(point.startMs * nanosecondsInMs));
    if (const auto *integer = std::get_if<qint64>(&point.value))
        out.insert(u"asInt"_s, QString::number(*integer));
    else
        out.insert(u"asDouble"_s, std::get<double>(point.value));
    QJsonArray attributes;
    for (const Attribute &attribute : point.attributes)
        attributes << keyValueObject(attributeName(attribute.key), attribute.value);
    if (!attributes.isEmpty())
        out.insert(u"attributes"_s, attributes);
    return out;
}

QJsonObject metricObject(const Series &series)
{
    QJsonArray points;
    for (const SeriesPoint &point : series.points)
        points << pointObject(point);
    QJsonObject values{{u"dataPoints"_s, points}};
    const bool sum = series.kind != SeriesKind::Gauge;
    if (sum) {
        values.insert(u"aggregationTemporality"_s, cumulative);
        values.insert(u"isMonotonic"_s, series.kind == SeriesKind::Counter);
    }
    return {{u"name"_s, series.name}, {u"description"_s, series.description}, {u"unit"_s, series.unit}, {sum ? u"sum"_s : u"gauge"_s, values}};
}

QByteArray jsonOf(const QVector<Series> &all, const OtlpResource &resource)
{
    QJsonArray attributes, series;
    for (auto it = resource.cbegin(); it != resource.cend(); ++it)
        attributes << keyValueObject(it.key(), it.value());
    for (const Series &one : all)
        series << metricObject(one);
    const QJsonObject scoped{{u"scope"_s, QJsonObject{{u"name"_s, scopeName}, {u"version"_s, QLatin1StringView(HOWDAH_VERSION)}}}, {u"metrics"_s, series}};
    const QJsonObject whole{{u"resource"_s, QJsonObject{{u"attributes"_s, attributes}}}, {u"scopeMetrics"_s, QJsonArray{scoped}}};
    return QJsonDocument(QJsonObject{{u"resourceMetrics"_s, QJsonArray{whole}}}).toJson(QJsonDocument::Compact);
}

QString shortened(const QString &text)
{
    return text.simplified().left(wordsKept);
}
} // namespace

QByteArray otlpContentType(OtlpEncoding encoding)
{
    return encoding == OtlpEncoding::Json ? "application/json" : "application/x-protobuf";
}

OtlpResource otlpResource(const QString &stream)
{
    static const QUuid space = QUuid::fromString("5d3f0f7e-9a43-4a0b-8f0e-5b1f6f3f9a10"_L1); // of Howdah's streams; never changes
    return {{u"service.name"_s, u"postgresql"_s},
            {u"service.instance.id"_s, QUuid::createUuidV5(space, stream).toString(QUuid::WithoutBraces)},
            {u"db.system.name"_s, u"postgresql"_s},
            {u"telemetry.sdk.name"_s, u"howdah"_s},
            {u"telemetry.sdk.language"_s, u"cpp"_s},
            {u"telemetry.sdk.version"_s, QLatin1StringView(HOWDAH_VERSION)}};
}

QByteArray otlpBody(const QVector<Series> &series, const OtlpResource &resource, OtlpEncoding encoding)
{
    return encoding == OtlpEncoding::Json ? jsonOf(series, resource) : protobufOf(series, resource);
}

std::optional<OtlpAnswer> readOtlpAnswer(const QByteArray &body, OtlpEncoding encoding)
{
    OtlpAnswer answer;
    if (body.isEmpty())
        return answer;
    if (encoding == OtlpEncoding::Json) {
        const QJsonDocument document = QJsonDocument::fromJson(body);
        if (!document.isObject())
            return std::nullopt;
        const QJsonObject partial = document.object().value("partialSuccess"_L1).toObject();
        const QJsonValue rejected = partial.value("rejectedDataPoints"_L1); // text or a number: readers take both
        answer.rejected = rejected.isString() ? rejected.toString().toLongLong() : rejected.toInteger();
        answer.message = shortened(partial.value("errorMessage"_L1).toString());
        return answer;
    }
    WireReader whole(body);
    while (const auto field = whole.next()) {
        if (field->number != response::partialSuccess)
            continue;
        WireReader partial(field->bytes);
        while (const auto part = partial.next()) {
            if (part->number == partialSuccess::rejected)
                answer.rejected = qint64(part->integer);
            else if (part->number == partialSuccess::message)
                answer.message = shortened(QString::fromUtf8(part->bytes));
        }
    }
    return whole.isBroken() ? std::nullopt : std::optional(answer);
}

QString readOtlpRefusal(const QByteArray &body, OtlpEncoding encoding)
{
    if (encoding == OtlpEncoding::Json) {
        const QJsonDocument document = QJsonDocument::fromJson(body);
        if (document.isObject())
            return shortened(document.object().value("message"_L1).toString());
        return shortened(QString::fromUtf8(body));
    }
    WireReader reader(body);
    QString message;
    while (const auto field = reader.next()) {
        if (field->number == status::message)
            message = QString::fromUtf8(field->bytes);
    }
    return shortened(reader.isBroken() ? QString::fromUtf8(body) : message);
}

} // namespace howdah::health
