// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/backupwork.h"

#include "backup/backupchange.h"
#include "backup/drillrun.h"
#include "backup/lease.h"
#include "backup/moment.h"
#include "backup/physicalverify.h"
#include "backup/prune.h"
#include "backup/prunewal.h"
#include "base/units.h"

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

namespace
{

// What is held goes on the tools' thread, whoever lets go of it last.
template<typename T>
std::shared_ptr<T> held(const BackupWork &work, T value)
{
    return std::shared_ptr<T>(new T(std::move(value)), [queue = work.tools](T *gone) { queue([gone] { delete gone; }); });
}

QString inFolder(const BackupWork &work)
{
    return work.choice.folder.isEmpty() ? QString() : u" --in "_s + work.choice.folder;
}

void addNotes(session::ChangePlan &change, const QStringList &notes)
{
    for (const QString &note : notes)
        change.steps.append({u"Note: "_s + note, {}, true, {}, {}});
}

QString sizeText(qint64 bytes)
{
    return bytes < 0 ? u"a size that is not known"_s : units::bytes(double(bytes));
}

QString toldOf(const Backup &backup, qint64 ms, const QStringList &notes)
{
    QString text = u"Backed up %1 in %2; %3. %4"_s.arg(sizeText(backup.bytes), units::duration(ms), backup.verified.atMs ? u"verified"_s : u"not verified"_s, backup.id);
    for (const QString &word : backup.errors)
        text += u". TAKEN WITH ERRORS: "_s + word;
    for (const QString &note : notes)
        text += u". "_s + note;
    return text;
}

struct HeldTake {
    PhysicalPlace place;
    TakePlan plan;
};

struct HeldDump {
    DumpStand stand;
    DumpPlan plan;
};

struct HeldRestore {
    DumpStand stand;
    DumpSource dump;
    RestorePlan plan;
};

struct HeldPrune {
    PhysicalPlace place;
    PrunePlan plan;
    WalPlan wal;
    Cluster cluster;
};

} // namespace

Result<PlannedWork> planToTake(const BackupWork &work, const TakeOptions &options, const Progress &progress, const CancelToken &cancel)
{
    auto place = openPlace(work.choice, true, work.seams, progress, cancel);
    if (!place)
        return fail(std::move(place.error()));
    auto plan = planTake(*place->source, *place->repository, options, cancel);
    if (!plan)
        return fail(std::move(plan.error()));
    PlannedWork planned;
    planned.change = takeChange(*place, work.choice.profile.environment, *plan);
    planned.change->verb = u"Take the %1 backup"_s.arg(kindName(options.kind));
    addNotes(*planned.change, plan->notes);
    planned.title = planned.change->title;
    planned.command = u"howdahctl backup create"_s + (options.kind == BackupKind::Incremental ? u" --incremental"_s : QString()) + (options.compress ? u" --compress"_s : QString()) + inFolder(work);
    planned.service = [keep = held(work, HeldTake{std::move(*place), std::move(*plan)}), clock = work.clock](const Progress &sink, const CancelToken &token) -> Result<QString> {
        const qint64 began = clock->monotonicMs();
        const auto taken = take(*keep->place.source, *keep->place.repository, keep->plan, sink, token);
        if (!taken)
            return fail(taken.error());
        return toldOf(*taken, clock->monotonicMs() - began, taken->notes);
    };
    return planned;
}

Result<PlannedWork> planToDump(const BackupWork &work, const DumpWish &wish, const Progress &progress, const CancelToken &cancel)
{
    auto stand = openDumpStand(work.choice, {}, wish.database, work.seams, progress, cancel);
    if (!stand)
        return fail(std::move(stand.error()));
    auto plan = planDump(*stand->link, *stand->place.source, *stand->place.repository, wish.options, cancel);
    if (!plan)
        return fail(std::move(plan.error()));
    PlannedWork planned;
    planned.change = dumpChange(stand->place, work.choice.profile.environment, *plan);
    planned.change->verb = u"Dump %1"_s.arg(listedName(plan->manifest.database));
    addNotes(*planned.change, QStringList{u"how small the dump gets is not known"_s} + plan->notes);
    planned.title = planned.change->title;
    planned.command = u"howdahctl backup dump --database %1"_s.arg(plan->manifest.database) + inFolder(work).replace(u"--in"_s, u"--to"_s);
    planned.service = [keep = held(work, HeldDump{std::move(*stand), std::move(*plan)}), clock = work.clock](const Progress &sink, const CancelToken &token) -> Result<QString> {
        const qint64 began = clock->monotonicMs();
        const auto taken = dump(*keep->stand.link, *keep->stand.place.source, *keep->stand.place.repository, keep->plan, sink, token);
        if (!taken)
            return fail(taken.error());
        return toldOf(*taken, clock->monotonicMs() - began, taken->notes);
    };
    return planned;
}

Result<PlannedWork> planToRestore(const BackupWork &work, const RestoreWish &wish, const Progress &progress, const CancelToken &cancel)
{
    auto stand = openRestoreStand(work.choice, wish.role, work.seams, progress, cancel);
    if (!stand)
        return fail(std::move(stand.error()));
    const auto catalogue = stand->place.repository->list(cancel);
    if (!catalogue)
        return fail(catalogue.error());
    const Backup *backup = catalogue->find(wish.id);
    if (!backup)
        return fail(ErrorKind::Client, u"no_such_backup"_s, u"There is no backup %1 in %2 any more"_s.arg(wish.id, stand->place.repository->name()));
    auto dump = openDump(*stand->place.repository, *backup, true, progress, cancel);
    if (!dump)
        return fail(std::move(dump.error()));
    auto plan = planRestore(*stand->place.toolbox, *stand->place.source, *dump, wish.options, cancel);
    if (!plan)
        return fail(std::move(plan.error()));
    PlannedWork planned;
    planned.change = restoreChange(*stand->place.toolbox, work.choice.profile.environment, *dump, *plan);
    planned.change->verb = u"Restore into %1"_s.arg(listedName(wish.options.database));
    addNotes(*planned.change, plan->notes);
    planned.title = planned.change->title;
    planned.command = u"howdahctl backup restore %1 --into %2"_s.arg(wish.id, wish.options.database) + (wish.options.create ? u" --create"_s : QString()) + (wish.options.clean ? u" --clean"_s : QString()) + inFolder(work);
    planned.service = [keep = held(work, HeldRestore{std::move(*stand), std::move(*dump), std::move(*plan)})](const Progress &sink, const CancelToken &token) -> Result<QString> {
        const RestoreReport report = restore(*keep->stand.place.toolbox, keep->dump, keep->plan, sink, token);
        if (report.error) {
            // What stands is said with why, in one.
            Error error = *report.error;
            error.message += u". "_s + report.stands;
            return fail(std::move(error));
        }
        return report.stands;
    };
    return planned;
}

Result<PlannedWork> planToPrune(const BackupWork &work, const Retention &retention, bool wal, const Progress &progress, const CancelToken &cancel)
{
    auto place = openPlace(work.choice, false, work.seams, progress, cancel);
    if (!place)
        return fail(std::move(place.error()));
    const auto catalogue = place->repository->list(cancel);
    if (!catalogue)
        return fail(catalogue.error());
    const auto cluster = clusterOf(*place, *catalogue, cancel);
    if (!cluster)
        return fail(cluster.error());
    const qint64 now = work.clock->wallMs();
    auto plan = planPrune(*catalogue, cluster->identifier, retention, now);
    if (!plan)
        return fail(std::move(plan.error()));
    WalPlan old;
    if (wal) {
        if (place->archive.isEmpty())
            return fail(ErrorKind::Client, u"no_archive"_s, u"There is no WAL archive in %1"_s.arg(place->repository->name()));
        const auto files = archivedFiles(*place->toolbox, place->archive, cancel);
        if (!files)
            return fail(files.error());
        auto planned = planWal(*catalogue, cluster->identifier, plan->going(), *files, cluster->segmentSize);
        if (!planned)
            return fail(std::move(planned.error()));
        old = *std::move(planned);
    }
    if (plan->going().isEmpty() && old.goes.isEmpty())
        return fail(ErrorKind::Client, u"nothing_to_do"_s, u"Nothing is to be removed"_s);
    PlannedWork planned;
    planned.change = pruneChange(*place, work.choice.profile.environment, *plan, old);
    planned.change->verb = plan->going().size() == 1 ? u"Remove 1 backup"_s : u"Remove %1 backups"_s.arg(plan->going().size());
    planned.change->object = work.choice.profile.name; // typed in production
    planned.title = planned.change->title;
    planned.command = u"howdahctl backup prune"_s + (retention.fulls ? u" --keep %1"_s.arg(retention.fulls) : QString()) + (retention.days ? u" --days %1"_s.arg(retention.days) : QString()) + (wal ? u" --wal"_s : QString()) + inFolder(work);
    planned.service = [keep = held(work, HeldPrune{std::move(*place), std::move(*plan), std::move(old), *cluster}), retention, now](const Progress &sink, const CancelToken &token) -> Result<QString> {
        const auto report = prune(*keep->place.repository, keep->plan, keep->cluster.identifier, retention, now, sink, token);
        if (!report)
            return fail(report.error());
        if (!report->kept.isEmpty())
            return fail(ErrorKind::Io, u"not_removed"_s, u"Removed: %1. Not removed: %2"_s.arg(report->removed.isEmpty() ? u"none"_s : report->removed.join(u", "_s), report->kept.join(u"; "_s)));
        // Only once what needed it is gone, and all of it.
        if (Done removed = removeWal(*keep->place.toolbox, keep->place.archive, keep->wal, token); !removed)
            return fail(std::move(removed.error()));
        return u"Removed %1%2; %3%4 came free."_s.arg(report->removed.isEmpty() ? u"no backup"_s : report->removed.join(u", "_s), keep->wal.goes.isEmpty() ? QString() : u" and %1 files of WAL"_s.arg(keep->wal.goes.size()),
                                                       keep->plan.bytesAreCertain ? QString() : u"at least "_s, units::bytes(double(keep->plan.bytes + keep->wal.bytes)));
    };
    return planned;
}

PlannedWork workOfVerifying(const BackupWork &work, const QString &id)
{
    PlannedWork planned;
    planned.title = id.isEmpty() ? u"Verify every backup"_s : u"Verify %1 and what it builds on"_s.arg(id);
    planned.command = u"howdahctl backup verify"_s + (id.isEmpty() ? QString() : u' ' + id) + inFolder(work);
    planned.service = [work, id](const Progress &progress, const CancelToken &cancel) -> Result<QString> {
        const auto place = openPlace(work.choice, false, work.seams, progress, cancel);
        if (!place)
            return fail(place.error());
        const auto lease = Lease::take(*place->repository, u"a verification"_s, cancel); // nothing of it is removed meanwhile
        if (!lease)
            return fail(lease.error());
        const auto catalogue = place->repository->list(cancel);
        if (!catalogue)
            return fail(catalogue.error());
        QStringList ids;
        if (id.isEmpty()) {
            for (const Backup &backup : catalogue->backups) {
                if (backup.state != BackupState::BeingWritten && backup.state != BackupState::Left)
                    ids << backup.id;
            }
        } else {
            // Where the chain is broken, what there is of it is looked at all the same.
            const auto chain = catalogue->chain(id);
            for (const Backup *link : chain.value_or(QVector<const Backup *>()))
                ids << link->id;
            if (!chain)
                ids << id;
        }
        const qint64 began = work.clock->monotonicMs();
        const auto verdicts = verifyEach(*place->repository, *catalogue, ids, progress, cancel);
        if (!verdicts)
            return fail(verdicts.error());
        QStringList bad;
        for (const LinkVerdict &link : *verdicts) {
            if (!link.verdict.good)
                bad << u"%1: %2"_s.arg(link.id, link.verdict.words);
            else if (const auto chain = catalogue->chain(link.id); !chain)
                bad << u"%1: %2"_s.arg(link.id, chain.error().message);
        }
        if (!bad.isEmpty())
            return fail(ErrorKind::Io, u"not_sound"_s, u"BAD: %1"_s.arg(bad.join(u"; "_s)), u"What does not build on it can still be used"_s);
        return u"Verified %1 in %2: every file is what was taken."_s.arg(verdicts->size() == 1 ? u"1 backup"_s : u"%1 backups"_s.arg(verdicts->size()), units::duration(work.clock->monotonicMs() - began));
    };
    return planned;
}

Result<PlannedWork> planToDrill(const BackupWork &work, const Progress &progress, const CancelToken &cancel)
{
    struct HeldDrill {
        PhysicalPlace place;
        Stand stand; // reads by the place's tools
    };
    auto place = openPlace(work.choice, false, work.seams, progress, cancel);
    if (!place)
        return fail(std::move(place.error()));
    auto stand = readStand(work.choice, *place, progress, cancel);
    if (!stand)
        return fail(std::move(stand.error()));
    const auto verdict = verdictOf(stand->archive, stand->inventory, stand->points, {PitrTarget::Kind::Latest, 0, {}, 0, {}, true, {}}, {}, cancel);
    if (!verdict)
        return fail(verdict.error());
    const qint64 now = work.clock->wallMs();
    auto plan = planRehearsal(rehearsalChoiceOf(*stand, *place, *verdict), now);
    if (!plan)
        return fail(std::move(plan.error()));
    PlannedWork planned;
    planned.title = u"Drill: rehearse the newest that can be had as %1"_s.arg(plan->id);
    planned.change = rehearsalChange(*place, work.choice.profile.environment, planned.title, *plan);
    planned.change->verb = u"Run the drill"_s;
    planned.change->undo = u"what is good is removed at once; what is not stays, to be looked at: howdahctl pitr drop %1"_s.arg(plan->id);
    planned.command = u"howdahctl backup drill"_s + inFolder(work);
    planned.service = [keep = held(work, HeldDrill{std::move(*place), std::move(*stand)}), now](const Progress &sink, const CancelToken &token) -> Result<QString> {
        const auto outcome = runDrill(keep->stand, keep->place, {}, now, sink, token);
        if (!outcome)
            return fail(outcome.error());
        const Drill &drill = outcome->drill;
        if (!drill.good)
            return fail(ErrorKind::Client, u"not_proven"_s, u"NOT PROVEN: %1"_s.arg(drill.words), outcome->stays.isEmpty() ? QString() : u"%1 stays, to be looked at"_s.arg(outcome->stays));
        return u"Proven: backup %1 leads to the last commit (%2) in %3."_s.arg(drill.backup, drill.lastCommitUs ? secondText(*drill.lastCommitUs, QTimeZone::systemTimeZone()) : u"not known"_s, units::duration(drill.recoveryMs.value_or(0)));
    };
    return planned;
}

Result<DumpContents> readContents(const BackupWork &work, const QString &id, const Progress &progress, const CancelToken &cancel)
{
    const auto place = openPlace(work.choice, false, work.seams, progress, cancel);
    if (!place)
        return fail(place.error());
    const auto catalogue = place->repository->list(cancel);
    if (!catalogue)
        return fail(catalogue.error());
    const Backup *backup = catalogue->find(id);
    if (!backup)
        return fail(ErrorKind::Client, u"no_such_backup"_s, u"There is no backup %1 in %2 any more"_s.arg(id, place->repository->name()));
    const auto dump = openDump(*place->repository, *backup, false, progress, cancel);
    if (!dump)
        return fail(dump.error());
    return DumpContents{dump->listing, dump->manifest.has_value(), dump->manifest ? dump->manifest->role : QString(), !dump->manifest || dump->manifest->whole};
}

} // namespace howdah::ui
