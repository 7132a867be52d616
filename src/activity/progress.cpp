// SPDX-License-Identifier: GPL-3.0-or-later
#include "activity/progress.h"

#include <QDateTime>
#include <QJsonArray>

#include <algorithm>

namespace howdah::activity
{

using namespace Qt::StringLiterals;

std::optional<double> Task::share() const
{
    if (!done || !total || *total <= 0)
        return std::nullopt;
    return std::clamp(double(*done) / double(*total), 0.0, 1.0);
}

template<typename T>
static QJsonValue orNull(const std::optional<T> &value)
{
    return value ? QJsonValue(*value) : QJsonValue(QJsonValue::Null);
}

QJsonObject Task::toJson() const
{
    return {{u"kind"_s, kind},
            {u"pid"_s, pid},
            {u"database"_s, database},
            {u"relation"_s, relation.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(relation)},
            {u"command"_s, command},
            {u"phase"_s, phase},
            {u"done"_s, orNull(done)},
            {u"total"_s, orNull(total)},
            {u"unit"_s, unit},
            {u"share"_s, orNull(share())},
            {u"delay_ms"_s, orNull(delayMs)},
            {u"in_the_way"_s, inTheWay ? QJsonValue(inTheWay) : QJsonValue(QJsonValue::Null)},
            {u"running_ms"_s, orNull(runningMs)},
            {u"permitted"_s, isPermitted()}};
}

QJsonObject Tasks::toJson() const
{
    QJsonArray all;
    for (const Task &task : tasks)
        all.append(task.toJson());
    return {{u"at_ms"_s, atMs}, {u"tasks"_s, all}};
}

Task Task::fromJson(const QJsonObject &json)
{
    const auto number = [&](QLatin1StringView name) {
        const QJsonValue value = json.value(name);
        return value.isDouble() ? std::optional(value.toInteger()) : std::nullopt;
    };
    Task task;
    task.kind = json.value("kind"_L1).toString();
    task.pid = json.value("pid"_L1).toInt();
    task.database = json.value("database"_L1).toString();
    task.relation = json.value("relation"_L1).toString();
    task.command = json.value("command"_L1).toString();
    task.phase = json.value("phase"_L1).toString();
    task.done = number("done"_L1);
    task.total = number("total"_L1);
    task.unit = json.value("unit"_L1).toString();
    if (json.value("delay_ms"_L1).isDouble())
        task.delayMs = json.value("delay_ms"_L1).toDouble();
    task.inTheWay = json.value("in_the_way"_L1).toInt();
    task.runningMs = number("running_ms"_L1);
    return task;
}

Tasks Tasks::fromJson(const QJsonObject &json)
{
    Tasks tasks;
    tasks.atMs = json.value("at_ms"_L1).toInteger();
    const QJsonArray all = json.value("tasks"_L1).toArray();
    for (const QJsonValue &task : all)
        tasks.tasks.append(Task::fromJson(task.toObject()));
    return tasks;
}

Result<Tasks> readTasks(pg::Connection &connection, const CancelToken &cancel)
{
    pg::RunOptions options;
    options.prepared = true;
    const auto rows = connection.runFile(u"activity/progress"_s, {}, options, cancel);
    if (!rows)
        return fail(Error(rows.error()).during(u"read what reports its progress"_s));
    Tasks tasks;
    tasks.atMs = QDateTime::currentMSecsSinceEpoch();
    for (qsizetype row = 0; row < rows->size(); ++row) {
        Task task;
        task.kind = rows->text(row, "kind"_L1);
        task.pid = int(rows->integer(row, "pid"_L1).value_or(0));
        task.database = rows->text(row, "database"_L1);
        task.relation = rows->text(row, "relation"_L1);
        task.relationOid = quint32(rows->integer(row, "relation_oid"_L1).value_or(0));
        task.command = rows->text(row, "command"_L1);
        task.phase = rows->text(row, "phase"_L1);
        task.done = rows->integer(row, "done"_L1);
        task.total = rows->integer(row, "total"_L1);
        task.unit = rows->text(row, "unit"_L1);
        task.delayMs = rows->real(row, "delay_ms"_L1);
        task.inTheWay = int(rows->integer(row, "in_the_way"_L1).value_or(0));
        task.runningMs = rows->integer(row, "running_ms"_L1);
        tasks.tasks.append(task);
    }
    return tasks;
}

Pace paceBetween(const Tasks &before, const Tasks &now, const Task &task)
{
    const auto earlier = std::find_if(before.tasks.cbegin(), before.tasks.cend(), [&task](const Task &one) {
        return one.pid == task.pid && one.kind == task.kind && one.relationOid == task.relationOid && one.phase == task.phase;
    });
    const qint64 ms = now.atMs - before.atMs;
    if (earlier == before.tasks.cend() || !earlier->done || !task.done || ms <= 0 || *task.done <= *earlier->done)
        return {};
    Pace pace;
    pace.perSecond = double(*task.done - *earlier->done) * 1000.0 / double(ms);
    if (task.total && *task.total > *task.done)
        pace.leftMs = qint64(double(*task.total - *task.done) / *pace.perSecond * 1000.0);
    return pace;
}

} // namespace howdah::activity
