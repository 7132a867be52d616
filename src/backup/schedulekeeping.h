// SPDX-License-Identifier: GPL-3.0-or-later
// Schedules in the store: one of each profile, and of each of its tasks the last run. Functions of a Store, on its thread.
#pragma once

#include "backup/proof.h"
#include "store/store.h"

namespace howdah::backup
{

// nullopt: none was made. Errors: those of the store, Client/bad_schedule.
Result<std::optional<Schedule>> keptSchedule(store::Store &store, const QString &profileId);
Done keepSchedule(store::Store &store, const QString &profileId, const Schedule &schedule);
Result<TaskRuns> keptRuns(store::Store &store, const QString &profileId);
Done keepRun(store::Store &store, const QString &profileId, ScheduledTask task, const TaskRun &run); // that never was: forgotten

// What the desktop was told of its drills (proof.h).
Result<ProofTold> keptTold(store::Store &store, const QString &profileId);
Done keepTold(store::Store &store, const QString &profileId, const ProofTold &told);

} // namespace howdah::backup
