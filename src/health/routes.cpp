// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/routes.h"

#include "health/prometheus.h"

#include <algorithm>

namespace howdah::health
{

using namespace Qt::StringLiterals;

namespace
{

HttpAnswer answerOf(const HealthDocument &document)
{
    return healthJson(document.status == HealthStatus::Fail ? 503 : 200, document.json);
}

HttpAnswer notFound()
{
    return healthJson(404, {{u"status"_s, u"fail"_s}, {u"output"_s, u"No such endpoint"_s}});
}

// Those of one name are one family: with several servers each point says whose it is.
void merge(QMap<QString, Series> &families, QVector<Series> series, const Standing &standing, bool isOne)
{
    for (Series &one : series) {
        if (!isOne) {
            for (SeriesPoint &point : one.points)
                point.attributes.append({AttributeKey::Server, standing.id});
        }
        auto it = families.find(one.name);
        if (it == families.end())
            families.insert(one.name, one);
        else
            it->points += one.points;
    }
}

Series gauge(const QString &name, const QString &unit, const QString &description, const metrics::Number &value, qint64 atMs)
{
    Series series;
    series.name = name;
    series.unit = unit;
    series.description = description;
    SeriesPoint point;
    point.value = value;
    point.atMs = atMs;
    series.points = {point};
    return series;
}

Series counter(const QString &name, const QString &unit, const QString &description, qint64 value, qint64 atMs)
{
    Series series = gauge(name, unit, description, value, atMs);
    series.kind = SeriesKind::Counter;
    return series;
}

QVector<Series> seriesOfExport(const OtlpState &state, qint64 atMs)
{
    return {counter(u"howdah.otlp.points.sent"_s, u"{points}"_s, u"Points that the receiver took"_s, state.pointsSent, atMs),
            counter(u"howdah.otlp.points.rejected"_s, u"{points}"_s, u"Points that the receiver rejected, of what it took"_s, state.pointsRejected, atMs),
            counter(u"howdah.otlp.points.dropped"_s, u"{points}"_s, u"Points refused for good, unanswered, or pushed out of the queue"_s, state.pointsDropped, atMs),
            counter(u"howdah.otlp.attempts.failed"_s, u"{attempts}"_s, u"Attempts that are made again"_s, state.attemptsFailed, atMs),
            gauge(u"howdah.otlp.queued"_s, u"{requests}"_s, u"Requests that wait for the receiver"_s, qint64(state.queued), atMs)};
}

HttpAnswer scraped(const HttpRequest &request, const QVector<Standing> &standings, const Moment &now)
{
    QMap<QString, Series> families;
    for (const Standing &standing : standings) {
        const bool isUp = reachAt(standing, now.monotonicMs) == Reach::Up;
        QVector<Series> series = isUp ? standing.series : QVector<Series>();
        series << gauge(u"howdah.postgresql.up"_s, u"1"_s, u"1 while the server answers and its last sample is fresh, else 0"_s, qint64(isUp), now.wallMs);
        if (standing.sample)
            series << gauge(u"howdah.postgresql.sample.age"_s, u"s"_s,
                            u"Age of the last sample of the server"_s, ageSeconds(standing, now.monotonicMs), now.wallMs);
        if (standing.exported)
            series << seriesOfExport(*standing.exported, now.wallMs);
        merge(families, series, standing, standings.size() == 1);
    }
    const QVector<Series> all(families.cbegin(), families.cend());
    const bool isOpen = request.accept.toLower().contains("application/openmetrics-text");
    return {200, isOpen ? openMetricsType : prometheusType, isOpen ? openMetricsText(all) : prometheusText(all), {}};
}

} // namespace

HttpAnswer answerTo(const HttpRequest &request, const QVector<Standing> &standings, const Moment &now, double uptimeSeconds)
{
    static constexpr QByteArrayView databases("/health/database");
    const QByteArray &path = request.path;
    if (path == "/livez")
        return answerOf(liveDocument());
    if (path == "/readyz")
        return answerOf(readyDocument(standings));
    if (path == "/health")
        return answerOf(overallDocument(standings, now, uptimeSeconds));
    if (path == "/metrics")
        return scraped(request, standings, now);
    if (path == databases)
        return answerOf(databaseDocument(standings, now));
    if (path == "/health/database/metrics")
        return answerOf(metricsDocument(standings, now));
    if (path.startsWith("/health/database/")) {
        const QString id = QString::fromLatin1(path.mid(databases.size() + 1));
        const auto it = std::find_if(standings.cbegin(), standings.cend(), [&](const Standing &one) { return one.id == id; });
        if (it != standings.cend())
            return answerOf(databaseDocument({*it}, now));
    }
    return notFound();
}

} // namespace howdah::health
