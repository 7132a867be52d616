// SPDX-License-Identifier: GPL-3.0-or-later
#include "activity/waits.h"

#include <QDateTime>
#include <QJsonArray>

#include <algorithm>

namespace howdah::activity
{

using namespace Qt::StringLiterals;

QString WaitKey::typeText() const
{
    return type.isEmpty() ? u"CPU"_s : type;
}

int WaitSample::total() const
{
    int sum = 0;
    for (const auto &[key, count] : sessions)
        sum += count;
    return sum;
}

// [[type, event, queryId, sessions], …]: short, since each second keeps one.
QJsonObject WaitSample::toJson() const
{
    QJsonArray all;
    for (const auto &[key, count] : sessions)
        all.append(QJsonArray{key.type, key.event, key.queryId, count});
    return {{u"w"_s, all}, {u"all"_s, mayReadAll}};
}

WaitSample WaitSample::fromJson(qint64 atMs, const QJsonObject &json)
{
    WaitSample sample;
    sample.atMs = atMs;
    sample.mayReadAll = json.value("all"_L1).toBool();
    const QJsonArray all = json.value("w"_L1).toArray();
    for (const QJsonValue &entry : all) {
        const QJsonArray one = entry.toArray();
        sample.sessions[{one.at(0).toString(), one.at(1).toString(), one.at(2).toString()}] = one.at(3).toInt();
    }
    return sample;
}

Result<WaitSample> readWaits(pg::Connection &connection, const CancelToken &cancel)
{
    pg::RunOptions options;
    options.prepared = true;
    const auto rows = connection.runFile(u"activity/waits"_s, {}, options, cancel);
    if (!rows)
        return fail(Error(rows.error()).during(u"sample the waits"_s));
    WaitSample sample;
    sample.atMs = QDateTime::currentMSecsSinceEpoch();
    for (qsizetype row = 0; row < rows->size(); ++row) {
        sample.atMs = rows->integer(row, "at_ms"_L1).value_or(sample.atMs);
        sample.mayReadAll = rows->boolean(row, "permitted"_L1).value_or(false);
        // A sample without any session still says that it was taken: its one row has none.
        if (const qint64 count = rows->integer(row, "sessions"_L1).value_or(0); count > 0)
            sample.sessions[{rows->text(row, "wait_type"_L1), rows->text(row, "wait"_L1), rows->text(row, "query_id"_L1)}] = int(count);
    }
    return sample;
}

double WaitAverages::total() const
{
    double sum = 0;
    for (const auto &[key, average] : sessions)
        sum += average;
    return sum;
}

std::map<QString, double> WaitAverages::byType() const
{
    std::map<QString, double> types;
    for (const auto &[key, average] : sessions)
        types[key.typeText()] += average;
    return types;
}

QJsonObject WaitAverages::toJson() const
{
    QJsonArray all;
    for (const auto &[key, average] : sessions)
        all.append(QJsonObject{{u"wait_type"_s, key.typeText()}, {u"wait"_s, key.event}, {u"query_id"_s, key.queryId}, {u"average"_s, average}});
    return {{u"samples"_s, samples}, {u"average_active_sessions"_s, samples ? QJsonValue(total()) : QJsonValue(QJsonValue::Null)}, {u"waits"_s, all}};
}

// A sample stands for the time to the nearer of its neighbours: one second as a rule, ten or sixty where the store has thinned them out, so that the
// last hour doesn't outweigh the day before it. The nearer one, since beyond the other there may be a gap, of which nothing is known.
static qint64 weightOf(const QVector<WaitSample> &samples, qsizetype i)
{
    constexpr qint64 most = 60'000; // the coarsest that is kept
    qint64 nearest = most;
    if (i > 0)
        nearest = std::min(nearest, samples.at(i).atMs - samples.at(i - 1).atMs);
    if (i + 1 < samples.size())
        nearest = std::min(nearest, samples.at(i + 1).atMs - samples.at(i).atMs);
    return samples.size() == 1 ? 1 : std::max<qint64>(1, nearest);
}

WaitAverages averagesOf(const QVector<WaitSample> &samples, qint64 fromMs, qint64 toMs)
{
    WaitAverages averages;
    std::map<WaitKey, qint64> seen;
    qint64 weights = 0;
    for (qsizetype i = 0; i < samples.size(); ++i) {
        const WaitSample &sample = samples.at(i);
        if (sample.atMs < fromMs || sample.atMs > toMs)
            continue;
        const qint64 weight = weightOf(samples, i);
        ++averages.samples;
        weights += weight;
        for (const auto &[key, count] : sample.sessions)
            seen[key] += count * weight;
    }
    for (const auto &[key, sum] : seen)
        averages.sessions[key] = double(sum) / double(weights);
    return averages;
}

} // namespace howdah::activity
