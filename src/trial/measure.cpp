// SPDX-License-Identifier: GPL-3.0-or-later
#include "trial/measure.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <numeric>

namespace howdah::trial
{

using namespace Qt::StringLiterals;
using explain::Answer;

namespace
{

QJsonValue msOrNull(const std::optional<qint64> &us)
{
    return us ? QJsonValue(double(*us) / 1000) : QJsonValue(QJsonValue::Null);
}

QJsonValue orNull(const std::optional<qint64> &value)
{
    return value ? QJsonValue(*value) : QJsonValue(QJsonValue::Null);
}

std::optional<qint64> timeOf(const plan::Plan &plan)
{
    if (plan.executionUs)
        return plan.executionUs;
    return plan.analyzed() ? plan.nodes.first().actual->totalUs : std::nullopt;
}

void take(Measured &measured, const Answer &answer)
{
    measured.plan = *answer.plan;
    measured.json = answer.json;
    measured.rung = answer.rung;
    measured.searchPath = answer.searchPath;
    measured.ran = answer.ran;
    measured.writes = answer.writes;
    measured.warnings = answer.warnings;
    measured.blocks = blocksOf(measured.plan);
    measured.cost = measured.plan.nodes.isEmpty() ? std::nullopt : measured.plan.nodes.first().totalCost;
}

QString wantedWords(const Answer &answer)
{
    QStringList wanted;
    for (const explain::Parameter &parameter : answer.parameters) {
        if (!parameter.given)
            wanted.append(parameter.type.isEmpty() ? u"$%1"_s.arg(parameter.number) : u"$%1 (%2)"_s.arg(parameter.number).arg(parameter.type));
    }
    return wanted.join(u", "_s);
}

// Without running it.
Result<Measured> costs(pg::Connection &connection, explain::Request request, const QString &reason, const CancelToken &cancel)
{
    request.mode = explain::Mode::Plan;
    auto answer = explain::explain(connection, request, cancel);
    if (!answer)
        return fail(std::move(answer.error()));
    if (!answer->plan && !request.values.isEmpty()) { // some of the values: for any then
        request.values.clear();
        answer = explain::explain(connection, request, cancel);
        if (!answer)
            return fail(std::move(answer.error()));
    }
    if (!answer->plan)
        return fail(ErrorKind::Client, u"values_wanted"_s, u"There is no plan without values: %1"_s.arg(answer->reason),
                    u"Give the values of %1"_s.arg(wantedWords(*answer)));
    Measured measured;
    take(measured, *answer);
    measured.reason = reason;
    return measured;
}

} // namespace

std::optional<qint64> Blocks::touched() const
{
    return hit || read ? std::optional(hit.value_or(0) + read.value_or(0)) : std::nullopt;
}

Blocks blocksOf(const plan::Plan &plan)
{
    if (plan.nodes.isEmpty() || !plan.analyzed())
        return {};
    const plan::Fields &fields = plan.nodes.first().fields;
    return {fields.count(u"Shared Hit Blocks"), fields.count(u"Shared Read Blocks"), fields.count(u"Shared Dirtied Blocks"),
            fields.count(u"Shared Written Blocks"), fields.count(u"Temp Read Blocks"), fields.count(u"Temp Written Blocks")};
}

std::optional<qint64> Measured::fastestUs() const
{
    return runsUs.isEmpty() ? std::nullopt : std::optional(*std::min_element(runsUs.cbegin(), runsUs.cend()));
}

std::optional<qint64> Measured::slowestUs() const
{
    return runsUs.isEmpty() ? std::nullopt : std::optional(*std::max_element(runsUs.cbegin(), runsUs.cend()));
}

QJsonObject toJson(const Measured &measured)
{
    QJsonArray runs;
    for (const qint64 us : measured.runsUs)
        runs.append(double(us) / 1000);
    return {{u"ran"_s, measured.ran},
            {u"rung"_s, explain::rungName(measured.rung)},
            {u"reason"_s, measured.reason.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(measured.reason)},
            {u"median_ms"_s, msOrNull(measured.medianUs)},
            {u"cold_ms"_s, msOrNull(measured.coldUs)},
            {u"runs_ms"_s, runs},
            {u"over_ms"_s, measured.overMs ? QJsonValue(*measured.overMs) : QJsonValue(QJsonValue::Null)},
            {u"planning_ms"_s, msOrNull(measured.plan.planningUs)},
            {u"cost"_s, measured.cost ? QJsonValue(*measured.cost) : QJsonValue(QJsonValue::Null)},
            {u"blocks"_s, QJsonObject{{u"touched"_s, orNull(measured.blocks.touched())},
                                      {u"hit"_s, orNull(measured.blocks.hit)},
                                      {u"read"_s, orNull(measured.blocks.read)},
                                      {u"dirtied"_s, orNull(measured.blocks.dirtied)},
                                      {u"written"_s, orNull(measured.blocks.written)},
                                      {u"temp_read"_s, orNull(measured.blocks.tempRead)},
                                      {u"temp_written"_s, orNull(measured.blocks.tempWritten)}}},
            {u"writes"_s, measured.writes},
            {u"search_path"_s, measured.searchPath},
            {u"warnings"_s, QJsonArray::fromStringList(measured.warnings)},
            {u"plan"_s, QJsonDocument::fromJson(measured.json).array()}};
}

qsizetype medianAt(const QVector<qint64> &runs)
{
    if (runs.isEmpty())
        return -1;
    QVector<qsizetype> order(runs.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](qsizetype a, qsizetype b) { return runs[a] < runs[b]; });
    return order[(order.size() - 1) / 2];
}

Result<Measured> measure(pg::Connection &connection, const explain::Request &request, int runs, const QString &step, const Progress &progress,
                         const CancelToken &cancel)
{
    if (request.mode == explain::Mode::Plan)
        return costs(connection, request, {}, cancel);
    const int all = std::clamp(runs, 1, mostRuns) + 1;
    QVector<Answer> answers;
    std::optional<qint64> coldUs;
    QVector<qint64> times;
    for (int run = 0; run < all; ++run) {
        if (progress)
            progress({step, run == 0 ? u"the first run, which does not count"_s : QString(), run, all, {}});
        auto answer = explain::explain(connection, request, cancel);
        if (!answer && answer.error().kind == ErrorKind::Timeout && answer.error().reason == "statement_timeout"_L1) {
            auto measured = costs(connection, request, u"Not done within %1 s, and stopped"_s.arg(request.statementTimeoutMs / 1000.0), cancel);
            if (measured)
                measured->overMs = request.statementTimeoutMs;
            return measured;
        }
        if (!answer)
            return fail(std::move(answer.error()));
        if (answer->kind != Answer::Kind::Planned || !answer->plan || !answer->ran) {
            auto measured = costs(connection, request, answer->reason, cancel);
            if (measured)
                measured->writes = answer->writes; // by running it, or nearly: a plan alone does not look
            return measured;
        }
        const auto us = timeOf(*answer->plan);
        if (!us)
            return fail(ErrorKind::Client, u"no_time"_s, u"The plan has no time, though the statement was run"_s, u"Measure with TIMING or SUMMARY on"_s);
        if (run == 0) {
            coldUs = us;
            continue;
        }
        times.append(*us);
        answers.append(*std::move(answer));
    }
    Measured measured;
    const qsizetype median = medianAt(times);
    take(measured, answers[median]);
    measured.coldUs = coldUs;
    measured.runsUs = times;
    measured.medianUs = times[median];
    return measured;
}

} // namespace howdah::trial
