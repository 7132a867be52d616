// SPDX-License-Identifier: GPL-3.0-or-later
// A schedule and what came of it as they are kept: values of the store, and the object of --json.
#include "backup/schedule.h"

#include "backup/moment.h"

#include <QJsonArray>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

constexpr const char *outcomes[] = {"none", "good", "findings", "failed"};

QString outcomeName(TaskRun::Outcome outcome)
{
    return QString::fromLatin1(outcomes[int(outcome)]);
}

} // namespace

QJsonObject Schedule::toJson() const
{
    QJsonObject tasks;
    for (const ScheduledTask task : scheduledTasks)
        tasks.insert(taskName(task), rhythm(task).text());
    return {{u"on"_s, on},
            {u"zone"_s, QString::fromUtf8(zone)},
            {u"since_ms"_s, sinceMs},
            {u"tasks"_s, tasks},
            {u"keep"_s, retention.fulls},
            {u"days"_s, retention.days},
            {u"prune_wal"_s, pruneWal},
            {u"folder"_s, folder},
            {u"archive"_s, archive},
            {u"compress"_s, compress},
            {u"database"_s, database},
            {u"heartbeat"_s, heartbeat}};
}

Result<Schedule> Schedule::fromJson(const QJsonObject &json)
{
    Schedule schedule;
    schedule.on = json.value("on"_L1).toBool();
    schedule.zone = json.value("zone"_L1).toString().toUtf8();
    schedule.sinceMs = json.value("since_ms"_L1).toInteger();
    const QJsonObject tasks = json.value("tasks"_L1).toObject();
    for (const ScheduledTask task : scheduledTasks) {
        const auto rhythm = Rhythm::parse(tasks.value(taskName(task)).toString());
        if (!rhythm)
            return fail(ErrorKind::Client, u"bad_schedule"_s, u"The schedule that is kept is not understood: %1: %2"_s.arg(taskName(task), rhythm.error().message), u"howdahctl backup schedule set"_s);
        schedule.rhythms.insert(task, *rhythm);
    }
    schedule.retention.fulls = json.value("keep"_L1).toInt();
    schedule.retention.days = json.value("days"_L1).toInt();
    schedule.pruneWal = json.value("prune_wal"_L1).toBool();
    schedule.folder = json.value("folder"_L1).toString();
    schedule.archive = json.value("archive"_L1).toString();
    schedule.compress = json.value("compress"_L1).toBool();
    schedule.database = json.value("database"_L1).toString();
    schedule.heartbeat = json.value("heartbeat"_L1).toBool();
    if (const QString problem = scheduleProblem(schedule); !problem.isEmpty())
        return fail(ErrorKind::Client, u"bad_schedule"_s, u"The schedule that is kept can't be: %1"_s.arg(problem), u"howdahctl backup schedule set"_s);
    return schedule;
}

QJsonObject TaskRun::toJson() const
{
    return {{u"start_ms"_s, startMs},
            {u"start"_s, startMs ? QJsonValue(momentText(startMs / 1000 * 1'000'000)) : QJsonValue()},
            {u"end_ms"_s, endMs},
            {u"outcome"_s, outcomeName(outcome)},
            {u"failures"_s, failures},
            {u"words"_s, words}};
}

TaskRun TaskRun::fromJson(const QJsonObject &json)
{
    TaskRun run;
    run.startMs = json.value("start_ms"_L1).toInteger();
    run.endMs = json.value("end_ms"_L1).toInteger();
    run.failures = json.value("failures"_L1).toInt();
    run.words = json.value("words"_L1).toString();
    for (const Outcome outcome : {Outcome::None, Outcome::Good, Outcome::Findings, Outcome::Failed}) {
        if (json.value("outcome"_L1).toString() == outcomeName(outcome))
            run.outcome = outcome;
    }
    return run.startMs > 0 ? run : TaskRun();
}

} // namespace howdah::backup
