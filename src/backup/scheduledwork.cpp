// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/scheduledwork.h"

#include "backup/drillrun.h"
#include "backup/lease.h"
#include "backup/logical.h"
#include "backup/moment.h"
#include "backup/physical.h"
#include "backup/physicalverify.h"
#include "backup/prunewal.h"
#include "base/units.h"

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

class Work
{
public:
    Work(const Schedule &schedule, const ScheduledWork &work, const Clock &clock, const Progress &progress, const CancelToken &cancel)
        : m_schedule(schedule), m_work(work), m_clock(clock), m_progress(progress), m_cancel(cancel) { }

    Result<TaskEnd> take(BackupKind kind) const
    {
        const auto place = m_work.openPlace(true);
        if (!place)
            return fail(place.error());
        TakeOptions options;
        options.kind = kind;
        options.compress = m_schedule.compress;
        options.label = u"by schedule"_s;
        auto plan = planTake(*place->source, *place->repository, options, m_cancel);
        QString instead;
        if (!plan && plan.error().reason == "full_needed"_L1) {
            instead = plan.error().message;
            options.kind = BackupKind::Full;
            plan = planTake(*place->source, *place->repository, options, m_cancel);
        }
        if (!plan)
            return fail(plan.error());
        return journalled(u"Take the %1 backup %2 of %3 into %4, by schedule"_s.arg(kindName(options.kind), plan->id, place->source->name, place->repository->name()), tool::commandLine(plan->command),
                          u"howdahctl backup prune"_s, [&]() -> Result<TaskEnd> {
            const auto backup = backup::take(*place->source, *place->repository, *plan, m_progress, m_cancel);
            if (!backup)
                return fail(backup.error());
            QString words = u"%1: %2, %3"_s.arg(backup->id, backup->bytes < 0 ? u"size not known"_s : units::bytes(double(backup->bytes)), backup->verified.atMs ? u"verified"_s : u"NOT verified"_s);
            if (!instead.isEmpty())
                words += u"; a full one: "_s + instead;
            for (const QString &note : plan->notes + backup->errors + backup->notes)
                words += u"; "_s + note;
            return TaskEnd{backup->verified.atMs && backup->errors.isEmpty() ? TaskRun::Outcome::Good : TaskRun::Outcome::Findings, words};
        });
    }

    Result<TaskEnd> dump() const
    {
        const auto stand = m_work.openDump();
        if (!stand)
            return fail(stand.error());
        DumpOptions options;
        options.label = u"by schedule"_s;
        const auto plan = planDump(*stand->link, *stand->place.source, *stand->place.repository, options, m_cancel);
        if (!plan)
            return fail(plan.error());
        return journalled(u"Dump %1 of %2 into %3 as %4, by schedule"_s.arg(plan->manifest.database, plan->server, stand->place.repository->name(), plan->id), plan->commands.join(u'\n'),
                          u"the folder of the dump is removed"_s, [&]() -> Result<TaskEnd> {
            const auto taken = backup::dump(*stand->link, *stand->place.source, *stand->place.repository, *plan, m_progress, m_cancel);
            if (!taken)
                return fail(taken.error());
            return TaskEnd{TaskRun::Outcome::Good, u"%1: %2, %3 tables with every row, read through"_s.arg(taken->id, units::bytes(double(taken->bytes))).arg(plan->tables)};
        });
    }

    Result<TaskEnd> verify() const
    {
        const auto place = m_work.openPlace(false);
        if (!place)
            return fail(place.error());
        const auto lease = Lease::take(*place->repository, u"a verification"_s, m_cancel);
        if (!lease)
            return fail(lease.error());
        const auto catalogue = place->repository->list(m_cancel);
        if (!catalogue)
            return fail(catalogue.error());
        QStringList ids;
        for (const Backup &backup : catalogue->backups) {
            if (backup.state != BackupState::BeingWritten && backup.state != BackupState::Left)
                ids << backup.id;
        }
        if (ids.isEmpty())
            return TaskEnd{TaskRun::Outcome::Findings, u"there is no backup in %1"_s.arg(place->repository->name())};
        const auto verdicts = verifyEach(*place->repository, *catalogue, ids, m_progress, m_cancel);
        if (!verdicts)
            return fail(verdicts.error());
        QStringList bad;
        for (const LinkVerdict &link : *verdicts) {
            const auto chain = catalogue->chain(link.id);
            if (!link.verdict.good || !chain)
                bad << u"%1: %2"_s.arg(link.id, link.verdict.good ? chain.error().message : link.verdict.words);
        }
        if (!bad.isEmpty())
            return TaskEnd{TaskRun::Outcome::Findings, bad.join(u"; "_s)};
        return TaskEnd{TaskRun::Outcome::Good, u"%1 backups, all good"_s.arg(ids.size())};
    }

    Result<TaskEnd> drill() const
    {
        const auto place = m_work.openPlace(false);
        if (!place)
            return fail(place.error());
        const auto stand = m_work.readStand(*place);
        if (!stand)
            return fail(stand.error());
        DrillOptions options;
        options.keepFailed = false;
        return journalled(u"Rehearse the newest of %1, by schedule"_s.arg(place->repository->name()), u"howdahctl backup drill"_s, u"nothing stays"_s, [&]() -> Result<TaskEnd> {
            const auto outcome = runDrill(*stand, *place, options, m_clock.wallMs(), m_progress, m_cancel);
            if (!outcome)
                return fail(outcome.error());
            const Drill &drill = outcome->drill;
            if (!drill.good)
                return TaskEnd{TaskRun::Outcome::Findings, u"not proven: "_s + drill.words};
            return TaskEnd{TaskRun::Outcome::Good, u"proven: backup %1 leads to the last commit (%2) in %3"_s.arg(drill.backup, drill.lastCommitUs ? momentText(*drill.lastCommitUs) : u"unknown"_s, units::duration(drill.recoveryMs.value_or(0)))};
        });
    }

    Result<TaskEnd> prune() const
    {
        const auto place = m_work.openPlace(false);
        if (!place)
            return fail(place.error());
        const Repository &repository = *place->repository;
        const auto catalogue = repository.list(m_cancel);
        if (!catalogue)
            return fail(catalogue.error());
        const auto cluster = clusterOf(*place, *catalogue, m_cancel);
        if (!cluster)
            return fail(cluster.error());
        const qint64 now = m_clock.wallMs();
        const auto plan = planPrune(*catalogue, cluster->identifier, m_schedule.retention, now);
        if (!plan)
            return fail(plan.error());
        WalPlan wal;
        if (m_schedule.pruneWal && !place->archive.isEmpty()) {
            const auto files = archivedFiles(*place->toolbox, place->archive, m_cancel);
            if (!files)
                return fail(files.error());
            auto planned = planWal(*catalogue, cluster->identifier, plan->going(), *files, cluster->segmentSize);
            if (!planned)
                return fail(std::move(planned.error()));
            wal = *std::move(planned);
        }
        if (plan->going().isEmpty() && wal.goes.isEmpty())
            return TaskEnd{TaskRun::Outcome::Good, u"nothing is too old"_s};
        QStringList commands;
        for (const PruneItem &item : plan->items) {
            if (item.goes)
                commands << u"%1: %2"_s.arg(item.backup.folder, item.why);
        }
        if (!wal.goes.isEmpty())
            commands << u"%1 files of WAL, from %2 to %3"_s.arg(wal.goes.size()).arg(wal.goes.constFirst(), wal.goes.constLast());
        return journalled(u"Remove %1 backups from %2, by schedule"_s.arg(plan->going().size()).arg(repository.name()), commands.join(u'\n'), u"there is none"_s, [&]() -> Result<TaskEnd> {
            const auto report = backup::prune(repository, *plan, cluster->identifier, m_schedule.retention, now, m_progress, m_cancel);
            if (!report)
                return fail(report.error());
            // Only once what needed it is gone, and all of it.
            if (!report->kept.isEmpty())
                return TaskEnd{TaskRun::Outcome::Failed, u"not removed: "_s + report->kept.join(u"; "_s)};
            if (Done removed = removeWal(*place->toolbox, place->archive, wal, m_cancel); !removed)
                return fail(std::move(removed.error()));
            return TaskEnd{TaskRun::Outcome::Good, u"removed %1, and %2 files of WAL"_s.arg(report->removed.isEmpty() ? u"no backup"_s : report->removed.join(u", "_s)).arg(wal.goes.size())};
        });
    }

private:
    Result<TaskEnd> journalled(const QString &action, const QString &commands, const QString &undo, const std::function<Result<TaskEnd>()> &task) const
    {
        const auto entry = m_work.journal.begin(m_work.server, action, commands, undo);
        if (!entry)
            return fail(entry.error());
        const auto end = task();
        const bool good = end && end->outcome == TaskRun::Outcome::Good;
        m_work.journal.end(*entry, good ? u"done"_s : !end && end.error().kind == ErrorKind::Cancelled ? u"cancelled"_s : u"failed"_s, end ? end->words : end.error().text());
        return end;
    }

    const Schedule &m_schedule;
    const ScheduledWork &m_work;
    const Clock &m_clock;
    const Progress &m_progress;
    const CancelToken &m_cancel;
};

} // namespace

Result<TaskEnd> performTask(const Schedule &schedule, ScheduledTask task, const ScheduledWork &work, const Clock &clock, const Progress &progress, const CancelToken &cancel)
{
    const Work doing(schedule, work, clock, progress, cancel);
    switch (task) {
    case ScheduledTask::Full: return doing.take(BackupKind::Full);
    case ScheduledTask::Incremental: return doing.take(BackupKind::Incremental);
    case ScheduledTask::Dump: return doing.dump();
    case ScheduledTask::Verify: return doing.verify();
    case ScheduledTask::Drill: return doing.drill();
    case ScheduledTask::Prune: return doing.prune();
    }
    return fail(ErrorKind::Client, u"usage"_s, u"There is no such task"_s);
}

} // namespace howdah::backup
