// SPDX-License-Identifier: GPL-3.0-or-later
// Does what is due, one after the other: a run is kept before it begins and when it ends, so that what was interrupted is seen. What somebody else is at, and
// what was cancelled, stays due. Blocking, on the thread of its seams.
#pragma once

#include "backup/schedule.h"
#include "base/canceltoken.h"
#include "base/clock.h"

#include <functional>

namespace howdah::backup
{

struct TaskEnd {
    TaskRun::Outcome outcome = TaskRun::Outcome::Good;
    QString words; // "20261127T020115Z-full: 4.20 GB, verified"
};

struct RanTask {
    DueTask due;
    TaskRun run;
    bool waits = false; // somebody else is at it: Tool/in_use, Tool/being_written
};

struct ScheduleSeams {
    std::function<Result<TaskEnd>(const DueTask &due)> perform; // an error is a failure of the task's
    std::function<Done(ScheduledTask task, const TaskRun &run)> keep;
    std::function<void(const QString &line)> tell; // may be empty
};

// Each at most once in a call. `runs` is brought up to date. Errors: those of keep, before anything of that task was done.
Result<QVector<RanTask>> runDue(const Schedule &schedule, TaskRuns &runs, const Clock &clock, const ScheduleSeams &seams, const CancelToken &cancel = {});

} // namespace howdah::backup
