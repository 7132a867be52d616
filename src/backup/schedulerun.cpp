// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/schedulerun.h"

#include "backup/moment.h"

#include <algorithm>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

static QString dueText(const DueTask &due)
{
    const QString when = momentText(due.slotMs / 1000 * 1'000'000);
    if (due.again)
        return u"again, of "_s + when;
    return due.missed ? u"due since %1, once for %2 that were missed"_s.arg(when).arg(due.missed + 1) : u"due since "_s + when;
}

Result<QVector<RanTask>> runDue(const Schedule &schedule, TaskRuns &runs, const Clock &clock, const ScheduleSeams &seams, const CancelToken &cancel)
{
    QVector<RanTask> ran;
    const auto tell = [&](const QString &line) {
        if (seams.tell)
            seams.tell(line);
    };
    while (!cancel.isCancelled()) {
        // Asked anew each time: a full one takes an incremental's place, and the clock goes on.
        const QVector<DueTask> due = dueTasks(schedule, runs, clock.wallMs());
        const auto next = std::find_if(due.cbegin(), due.cend(), [&](const DueTask &one) {
            return std::none_of(ran.cbegin(), ran.cend(), [&](const RanTask &done) { return done.due.task == one.task; });
        });
        if (next == due.cend())
            break;
        const DueTask task = *next;
        const TaskRun before = runs.value(task.task);
        TaskRun run{clock.wallMs(), 0, TaskRun::Outcome::None, before.failures, {}};
        if (Done kept = seams.keep(task.task, run); !kept)
            return fail(std::move(kept.error()));
        runs.insert(task.task, run);
        tell(u"%1: %2"_s.arg(taskTitle(task.task), dueText(task)));
        const auto end = seams.perform(task);
        run.endMs = clock.wallMs();
        const bool waits = !end && (end.error().reason == "in_use"_L1 || end.error().reason == "being_written"_L1);
        const bool cancelled = !end && end.error().kind == ErrorKind::Cancelled;
        run.outcome = end ? end->outcome : TaskRun::Outcome::Failed;
        run.words = end ? end->words : end.error().text();
        run.failures = run.outcome == TaskRun::Outcome::Failed ? before.failures + 1 : 0;
        // It stays due.
        const TaskRun &kept = waits || cancelled ? before : run;
        runs.insert(task.task, kept);
        if (Done written = seams.keep(task.task, kept); !written)
            return fail(std::move(written.error()));
        tell(u"%1: %2%3"_s.arg(taskTitle(task.task), waits ? u"waits: "_s : cancelled ? u"given up: "_s : run.outcome == TaskRun::Outcome::Failed ? u"FAILED: "_s : run.outcome == TaskRun::Outcome::Findings ? u"NOT GOOD: "_s : QString(), run.words));
        if (cancelled)
            break;
        ran.append({task, run, waits});
    }
    return ran;
}

} // namespace howdah::backup
