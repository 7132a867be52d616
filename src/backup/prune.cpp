// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/prune.h"

#include "backup/lease.h"

#include <QHash>
#include <QSet>

#include <algorithm>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

QStringList PrunePlan::going() const
{
    QStringList ids;
    for (const PruneItem &item : items) {
        if (item.goes)
            ids << item.backup.id;
    }
    return ids;
}

Result<PrunePlan> planPrune(const Catalogue &catalogue, const QString &systemIdentifier, const Retention &retention, qint64 nowMs)
{
    if (retention.fulls <= 0 && retention.days <= 0)
        return fail(ErrorKind::Client, u"usage"_s, u"Nothing says what is to be kept"_s, u"--keep N full backups, or --days N"_s);
    QHash<QString, QString> stays; // id -> why
    const auto keep = [&](const QString &id, const QString &why) {
        if (!stays.contains(id))
            stays.insert(id, why);
    };
    // Of the cluster, newest first. One that nobody has verified, or that was taken with errors, takes no proven one's place.
    QVector<const Backup *> fulls;
    for (auto it = catalogue.backups.crbegin(); it != catalogue.backups.crend(); ++it) {
        if (it->kind == BackupKind::Full && it->systemIdentifier == systemIdentifier && it->isProven())
            fulls << &*it;
    }
    if (fulls.isEmpty())
        return fail(ErrorKind::Io, u"nothing_sound"_s, u"No full backup of this cluster is verified and without errors: nothing is removed before there is one"_s, u"howdahctl backup verify, or howdahctl backup create"_s);
    keep(fulls.constFirst()->id, u"the last full backup"_s);
    for (int i = 0; i < retention.fulls && i < fulls.size(); ++i)
        keep(fulls.at(i)->id, u"one of the last %1 full backups"_s.arg(retention.fulls));
    if (retention.days > 0) {
        const qint64 since = nowMs - qint64(retention.days) * 86'400'000;
        for (const Backup *full : fulls) {
            const qint64 end = full->stopMs ? full->stopMs : timeOfId(full->id);
            keep(full->id, end > since ? u"of the last %1 days"_s.arg(retention.days) : u"the last %1 days begin from it"_s.arg(retention.days));
            if (end <= since)
                break; // from it every later moment is reached
        }
        // Of its own branch: a timeline that began behind it may begin before others of its parent, and only the histories would tell.
        const Timeline newest = (*std::max_element(fulls.cbegin(), fulls.cend(), [](const Backup *a, const Backup *b) { return a->timeline < b->timeline; }))->timeline;
        const bool covered = std::any_of(fulls.cbegin(), fulls.cend(), [&](const Backup *full) { return full->timeline == newest && (full->stopMs ? full->stopMs : timeOfId(full->id)) <= since; });
        for (const Backup *full : fulls) {
            if (!covered && full->timeline != newest)
                keep(full->id, u"timeline %1 may need it for what lies before its own first backup"_s.arg(newest));
        }
    }
    // An incremental stays with its full one as long as anything of that stays; what another cluster, an unknown state or a wish keeps, too.
    for (const Backup &backup : catalogue.backups) {
        if (backup.state == BackupState::BeingWritten)
            keep(backup.id, u"it is being written %1"_s.arg(backup.stateWords));
        else if (backup.state == BackupState::Unreadable || backup.state == BackupState::Changed)
            keep(backup.id, u"what is not understood is not removed: %1"_s.arg(backup.stateWords));
        else if (backup.state == BackupState::Complete && backup.systemIdentifier != systemIdentifier)
            keep(backup.id, u"of another cluster (%1)"_s.arg(backup.systemIdentifier));
        else if (backup.kind == BackupKind::Dump && backup.state == BackupState::Complete)
            keep(backup.id, u"a dump: it builds on nothing, and is removed by its name"_s);
        else if (backup.kind == BackupKind::Full && backup.isUsable() && backup.verified.atMs == 0)
            keep(backup.id, u"nobody has verified it"_s);
        else if (backup.kind == BackupKind::Full && backup.state == BackupState::Complete && !backup.isProven() && timeOfId(backup.id) > timeOfId(fulls.constFirst()->id))
            keep(backup.id, backup.isUsable() ? u"it was taken with errors, and none without is newer"_s : u"it did not verify, and none that did is newer"_s);
        else if (retention.wanted.contains(backup.id))
            keep(backup.id, u"it is wanted"_s);
    }
    for (const Backup &backup : catalogue.backups) {
        if (backup.kind == BackupKind::Incremental && backup.isUsable() && stays.contains(backup.parent))
            keep(backup.id, u"it builds on %1, which stays"_s.arg(backup.parent));
    }
    // What stays keeps all that it builds on, whatever that is.
    for (const QString &id : stays.keys()) {
        const Backup *child = catalogue.find(id);
        QSet<QString> seen;
        while (child && !child->parent.isEmpty() && !seen.contains(child->parent)) {
            seen.insert(child->parent);
            keep(child->parent, u"%1 builds on it, and stays"_s.arg(child->id));
            child = catalogue.find(child->parent);
        }
    }
    PrunePlan plan;
    for (const Backup &backup : catalogue.backups) {
        PruneItem item{backup, !stays.contains(backup.id), stays.value(backup.id)};
        if (item.goes) {
            if (backup.state == BackupState::Left)
                item.why = backup.stateWords;
            else if (backup.kind == BackupKind::Incremental && !catalogue.chain(backup.id))
                item.why = u"what it builds on is gone: it restores nothing"_s;
            else if (!backup.isUsable())
                item.why = u"it did not verify"_s;
            else if (!backup.errors.isEmpty())
                item.why = u"it was taken with errors, and one without is newer"_s;
            else
                item.why = u"older than what is kept"_s;
            plan.bytes += qMax<qint64>(backup.bytes, 0);
            plan.bytesAreCertain = plan.bytesAreCertain && backup.bytes >= 0 && !backup.ofStack;
        }
        plan.items << item;
    }
    return plan;
}

Result<PruneReport> prune(const Repository &repository, const PrunePlan &plan, const QString &systemIdentifier, const Retention &retention, qint64 nowMs, const Progress &progress,
                          const CancelToken &cancel)
{
    const auto lease = Lease::take(repository, u"remove backups"_s, cancel);
    if (!lease)
        return fail(lease.error());
    const auto catalogue = repository.list(cancel);
    if (!catalogue)
        return fail(catalogue.error());
    const auto now = planPrune(*catalogue, systemIdentifier, retention, nowMs);
    if (!now)
        return fail(now.error());
    if (now->going() != plan.going())
        return fail(ErrorKind::Io, u"changed"_s, u"The backups in %1 are not those that were shown: nothing was removed"_s.arg(repository.name()), u"Look again"_s);
    PruneReport report;
    // Children first: where this ends in the middle, no chain is without its begin.
    QVector<const PruneItem *> going;
    for (auto it = now->items.crbegin(); it != now->items.crend(); ++it) {
        if (it->goes)
            going << &*it;
    }
    std::stable_sort(going.begin(), going.end(), [](const PruneItem *a, const PruneItem *b) { return a->backup.kind == BackupKind::Incremental && b->backup.kind != BackupKind::Incremental; });
    QSet<QString> notGone;
    for (const PruneItem *item : std::as_const(going)) {
        if (cancel.isCancelled())
            return fail(ErrorKind::Cancelled, u"cancelled"_s, u"Cancelled"_s, u"Removed until then: %1"_s.arg(report.removed.isEmpty() ? u"nothing"_s : report.removed.join(u", "_s)));
        const Backup &backup = item->backup;
        if (progress)
            progress({u"Remove %1"_s.arg(backup.id), item->why, report.removed.size(), going.size(), {}});
        const bool built = std::any_of(now->items.begin(), now->items.end(), [&](const PruneItem &other) { return other.backup.parent == backup.id && notGone.contains(other.backup.id); });
        Done gone = built ? Done(fail(ErrorKind::Io, u"built_on"_s, u"what builds on it could not be removed"_s))
            : backup.state == BackupState::Left ? repository.dropUnfinished(backup.id, backup.kind)
                                                : repository.remove(backup, cancel);
        if (gone) {
            report.removed << backup.id;
        } else {
            notGone.insert(backup.id);
            report.kept << u"%1: %2"_s.arg(backup.id, gone.error().text());
        }
    }
    if (Done swept = repository.sweep(cancel); !swept)
        report.kept << u"what earlier removals left: "_s + swept.error().text();
    return report;
}

} // namespace howdah::backup
