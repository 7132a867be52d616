// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/schedulekeeping.h"

#include "store/settings.h"

namespace howdah::backup
{

using namespace Qt::StringLiterals;

static QString runKey(const QString &profileId, ScheduledTask task)
{
    return u"backup/run/%1/%2"_s.arg(profileId, taskName(task));
}

Result<std::optional<Schedule>> keptSchedule(store::Store &store, const QString &profileId)
{
    const auto kept = store::readSetting(store, u"backup/schedule/"_s + profileId);
    if (!kept)
        return fail(kept.error());
    if (kept->isUndefined())
        return std::optional<Schedule>();
    auto schedule = Schedule::fromJson(kept->toObject());
    return schedule ? Result<std::optional<Schedule>>(*std::move(schedule)) : fail(std::move(schedule.error()));
}

Done keepSchedule(store::Store &store, const QString &profileId, const Schedule &schedule)
{
    return store::writeSetting(store, u"backup/schedule/"_s + profileId, schedule.toJson());
}

Result<TaskRuns> keptRuns(store::Store &store, const QString &profileId)
{
    TaskRuns runs;
    for (const ScheduledTask task : scheduledTasks) {
        const auto kept = store::readSetting(store, runKey(profileId, task));
        if (!kept)
            return fail(kept.error());
        if (const TaskRun run = TaskRun::fromJson(kept->toObject()); run.startMs > 0)
            runs.insert(task, run);
    }
    return runs;
}

Done keepRun(store::Store &store, const QString &profileId, ScheduledTask task, const TaskRun &run)
{
    return store::writeSetting(store, runKey(profileId, task), run.startMs > 0 ? QJsonValue(run.toJson()) : QJsonValue(QJsonValue::Undefined));
}

static QString toldKey(const QString &profileId)
{
    return u"backup/told/"_s + profileId;
}

Result<ProofTold> keptTold(store::Store &store, const QString &profileId)
{
    const auto kept = store::readSetting(store, toldKey(profileId));
    return kept ? Result<ProofTold>(ProofTold::fromJson(kept->toObject())) : fail(kept.error());
}

Done keepTold(store::Store &store, const QString &profileId, const ProofTold &told)
{
    return store::writeSetting(store, toldKey(profileId), told.toJson());
}

} // namespace howdah::backup
