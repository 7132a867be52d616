// SPDX-License-Identifier: GPL-3.0-or-later
#include "activity/waits.h"

#include <QDateTime>
#include <QJsonArray>

#include <algorithm>
#include <array>

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

// A sample stands for the time from one to the next thereabouts: one second as a rule, ten or sixty where the store has thinned them out, so that the
// last hour doesn't outweigh the day before it. The middle one of the six distances round it: a gap, of which nothing is known, is no time of it.
static qint64 weightOf(const QVector<WaitSample> &samples, qsizetype i)
{
    constexpr qsizetype around = 3;
    constexpr qint64 most = 60'000; // the coarsest that is kept
    std::array<qint64, 2 * around> distances{};
    size_t count = 0;
    for (qsizetype k = std::max<qsizetype>(1, i - around + 1); k <= std::min(samples.size() - 1, i + around); ++k)
        distances.at(count++) = samples.at(k).atMs - samples.at(k - 1).atMs;
    if (count == 0)
        return 1;
    const auto middle = distances.begin() + qsizetype((count - 1) / 2);
    std::nth_element(distances.begin(), middle, distances.begin() + qsizetype(count));
    return std::clamp<qint64>(*middle, 1, most);
}

void Averaging::add(const QVector<WaitSample> &samples, qsizetype from, qsizetype to)
{
    for (qsizetype i = from; i < to; ++i) {
        const WaitSample &sample = samples.at(i);
        if (sample.atMs < m_fromMs || sample.atMs > m_toMs)
            continue;
        const qint64 weight = weightOf(samples, i);
        ++m_samples;
        m_weights += weight;
        for (const auto &[key, count] : sample.sessions)
            m_seen[key] += count * weight;
    }
}

WaitAverages Averaging::averages() const
{
    WaitAverages averages;
    averages.samples = m_samples;
    for (const auto &[key, sum] : m_seen)
        averages.sessions[key] = double(sum) / double(m_weights);
    return averages;
}

WaitAverages averagesOf(const QVector<WaitSample> &samples, qint64 fromMs, qint64 toMs)
{
    Averaging averaging(fromMs, toMs);
    averaging.add(samples, 0, samples.size());
    return averaging.averages();
}

} // namespace howdah::activity
