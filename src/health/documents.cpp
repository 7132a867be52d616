// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/documents.h"

#include <QDateTime>
#include <QJsonArray>

#include <algorithm>

namespace howdah::health
{

using namespace Qt::StringLiterals;

namespace
{

QString statusWord(HealthStatus status)
{
    return status == HealthStatus::Pass ? u"pass"_s : status == HealthStatus::Warn ? u"warn"_s : u"fail"_s;
}

QJsonObject frame(HealthStatus status, const QString &output)
{
    QJsonObject json{{u"status"_s, statusWord(status)},
                     {u"version"_s, u"1"_s},
                     {u"releaseId"_s, QStringLiteral(HOWDAH_VERSION)},
                     {u"serviceId"_s, u"howdah"_s},
                     {u"description"_s, u"PostgreSQL servers as Howdah last sampled them"_s}};
    if (!output.isEmpty())
        json.insert(u"output"_s, output);
    return json;
}

QString timeText(qint64 wallMs)
{
    return QDateTime::fromMSecsSinceEpoch(wallMs, Qt::UTC).toString(Qt::ISODateWithMs);
}

// Checks of all servers under their names, each with its server's id.
class Checks
{
public:
    explicit Checks(const Moment &now) : m_now(now) { }

    QJsonObject add(const Standing &standing, const QString &name, const QJsonValue &value, const QString &unit = {},
                    HealthStatus status = HealthStatus::Pass, const QString &output = {})
    {
        QJsonObject check{{u"componentId"_s, standing.id}, {u"componentType"_s, u"datastore"_s}, {u"status"_s, statusWord(status)}};
        if (!value.isNull())
            check.insert(u"observedValue"_s, value);
        if (!unit.isEmpty())
            check.insert(u"observedUnit"_s, unit);
        if (!output.isEmpty())
            check.insert(u"output"_s, output);
        if (standing.sample)
            check.insert(u"time"_s, timeText(m_now.wallMs - (m_now.monotonicMs - standing.sampledMs)));
        const QString key = u"postgresql:"_s + name;
        QJsonArray list = m_checks.value(key).toArray();
        list.append(check);
        m_checks.insert(key, list);
        return check;
    }
    QJsonObject json() const { return m_checks; }

private:
    Moment m_now;
    QJsonObject m_checks;
};

HealthStatus statusOf(Verdict verdict)
{
    return verdict == Verdict::Ok ? HealthStatus::Pass : verdict == Verdict::Critical ? HealthStatus::Fail : HealthStatus::Warn;
}

QString findingsText(const Findings &findings)
{
    QStringList parts;
    if (findings.errors > 0)
        parts << u"%1 critical"_s.arg(findings.errors);
    if (findings.warnings > 0)
        parts << u"%1 to look at"_s.arg(findings.warnings);
    if (findings.notPermitted > 0)
        parts << u"%1 not permitted to ask"_s.arg(findings.notPermitted);
    return parts.isEmpty() ? QString() : parts.join(u", "_s) + u": howdahctl health --detailed names them"_s;
}

// Why a value is not there, in words of our own: the reason as it was noted may name a role.
QString absenceText(const QString &why)
{
    return why.startsWith("not permitted"_L1) ? u"not permitted"_s : why.startsWith("not known"_L1) ? u"not known on this version"_s : u"not counted"_s;
}

// Reachable and fresh, or why not; with the age of what is known.
HealthStatus addReach(Checks &checks, const Standing &standing, const Moment &now)
{
    const Reach reach = reachAt(standing, now.monotonicMs);
    const HealthStatus status = reach == Reach::Up ? HealthStatus::Pass : HealthStatus::Fail;
    checks.add(standing, u"state"_s, reachWord(reach), {}, status);
    if (standing.sample) {
        const bool isFresh = now.monotonicMs - standing.sampledMs <= stalePeriods * standing.periodMs;
        checks.add(standing, u"sampleAge"_s, ageSeconds(standing, now.monotonicMs), u"s"_s, isFresh ? HealthStatus::Pass : HealthStatus::Fail,
                   isFresh ? QString() : u"older than %1 s"_s.arg(double(stalePeriods * standing.periodMs) / 1000));
    }
    return status;
}

void addFigures(Checks &checks, const Standing &standing)
{
    const metrics::Sample &sample = *standing.sample;
    checks.add(standing, u"responseTime"_s, sample.serverMs, u"ms"_s);
    if (sample.identity.postmasterStart > 0)
        checks.add(standing, u"uptime"_s, qMax(0.0, double(sample.atMs) / 1000 - sample.identity.postmasterStart), u"s"_s);
    const auto gauge = [&sample](const QString &name) { return sample.gauges.contains(name) ? std::optional(sample.gauges.value(name)) : std::nullopt; };
    const auto total = gauge(u"connections_total"_s), usable = gauge(u"connections_usable"_s);
    if (total)
        checks.add(standing, u"connections"_s, *total, u"connections"_s);
    else
        checks.add(standing, u"connections"_s, {}, {}, HealthStatus::Warn, absenceText(sample.absent.value(u"connections_total"_s)));
    if (total && usable && *usable > 0)
        checks.add(standing, u"utilization"_s, 100.0 * double(*total) / double(*usable), u"percent"_s);
    if (standing.point.bufferHit) // of the last interval; undefined where nothing was read in it
        checks.add(standing, u"cacheHitRatio"_s, 100.0 * *standing.point.bufferHit, u"percent"_s);
}

QString wordsOf(const QVector<Standing> &standings, const Moment &now)
{
    QMap<QString, int> failing;
    for (const Standing &standing : standings) {
        if (const Reach reach = reachAt(standing, now.monotonicMs); reach != Reach::Up)
            ++failing[reachWord(reach)];
    }
    QStringList parts;
    for (auto it = failing.cbegin(); it != failing.cend(); ++it)
        parts << u"%1 of %2 servers: %3"_s.arg(it.value()).arg(standings.size()).arg(it.key());
    return parts.join(u"; "_s);
}

} // namespace

HealthDocument databaseDocument(const QVector<Standing> &standings, const Moment &now)
{
    Checks checks(now);
    HealthStatus worst = HealthStatus::Pass;
    for (const Standing &standing : standings) {
        HealthStatus status = addReach(checks, standing, now);
        if (status != HealthStatus::Fail) {
            addFigures(checks, standing);
            if (const auto &findings = standing.findings) {
                const HealthStatus found = statusOf(findings->verdict);
                checks.add(standing, u"findings"_s, findings->errors + findings->warnings, u"findings"_s, found, findingsText(*findings));
                // It answers: whoever goes by the status code is not sent away for what somebody has to look at.
                status = found == HealthStatus::Pass ? status : HealthStatus::Warn;
            }
        }
        worst = std::max(worst, status);
    }
    QJsonObject json = frame(worst, worst == HealthStatus::Fail ? wordsOf(standings, now) : QString());
    json.insert(u"checks"_s, checks.json());
    return {worst, json};
}

HealthDocument metricsDocument(const QVector<Standing> &standings, const Moment &now)
{
    Checks checks(now);
    HealthStatus worst = HealthStatus::Pass;
    for (const Standing &standing : standings) {
        const HealthStatus status = addReach(checks, standing, now);
        worst = std::max(worst, status);
        if (status == HealthStatus::Fail)
            continue; // no figure of a server that may be gone
        for (const auto &values : {standing.sample->counters, standing.sample->gauges}) {
            for (auto it = values.cbegin(); it != values.cend(); ++it)
                checks.add(standing, it.key(), it.value());
        }
        for (auto it = standing.sample->absent.cbegin(); it != standing.sample->absent.cend(); ++it)
            checks.add(standing, it.key(), {}, {}, HealthStatus::Warn, absenceText(it.value()));
        const auto rate = [&](const QString &name, const std::optional<double> &value, const QString &unit) {
            if (value)
                checks.add(standing, name, *value, unit);
        };
        if (standing.point.bufferHit)
            checks.add(standing, u"cacheHitRatio"_s, 100.0 * *standing.point.bufferHit, u"percent"_s); // as in the other documents
        rate(u"commitRate"_s, standing.point.commits, u"1/s"_s);
        rate(u"rollbackRate"_s, standing.point.rollbacks, u"1/s"_s);
        rate(u"walRate"_s, standing.point.walBytes, u"By/s"_s);
    }
    QJsonObject json = frame(worst, worst == HealthStatus::Fail ? wordsOf(standings, now) : QString());
    json.insert(u"checks"_s, checks.json());
    return {worst, json};
}

HealthDocument overallDocument(const QVector<Standing> &standings, const Moment &now, double uptimeSeconds)
{
    const HealthDocument databases = databaseDocument(standings, now);
    const auto up = std::count_if(standings.cbegin(), standings.cend(), [&](const Standing &one) { return reachAt(one, now.monotonicMs) == Reach::Up; });
    QJsonObject json = frame(databases.status, databases.json.value(u"output"_s).toString());
    const auto check = [time = timeText(now.wallMs)](const QString &type, const QJsonValue &value, const QString &unit, HealthStatus status) {
        return QJsonArray{QJsonObject{{u"componentType"_s, type},
                                      {u"observedValue"_s, value},
                                      {u"observedUnit"_s, unit},
                                      {u"status"_s, statusWord(status)},
                                      {u"time"_s, time}}};
    };
    json.insert(u"checks"_s,
                QJsonObject{{u"uptime"_s, check(u"system"_s, uptimeSeconds, u"s"_s, HealthStatus::Pass)},
                            {u"postgresql:serversUp"_s, check(u"datastore"_s, qint64(up), u"of %1"_s.arg(standings.size()), databases.status)}});
    json.insert(u"links"_s, QJsonObject{{u"databases"_s, u"/health/database"_s}, {u"metrics"_s, u"/health/database/metrics"_s}});
    return {databases.status, json};
}

HealthDocument readyDocument(const QVector<Standing> &standings)
{
    const auto waiting = std::count_if(standings.cbegin(), standings.cend(), [](const Standing &one) { return !one.sample; });
    const HealthStatus status = waiting == 0 ? HealthStatus::Pass : HealthStatus::Fail;
    return {status, frame(status, waiting == 0 ? QString() : u"%1 of %2 servers have not been sampled yet"_s.arg(waiting).arg(standings.size()))};
}

HealthDocument liveDocument()
{
    return {HealthStatus::Pass, frame(HealthStatus::Pass, {})};
}

} // namespace howdah::health
