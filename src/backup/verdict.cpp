// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/verdict.h"

#include "backup/moment.h"

#include <QJsonArray>

#include <algorithm>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

bool isEnd(const WalEvent &event)
{
    return event.kind == WalEvent::Kind::Commit || event.kind == WalEvent::Kind::Abort;
}

// One backup, one way, one target: what replay comes to.
class Replay
{
public:
    Replay(const ArchiveAccess &archive, const Inventory &inventory, const BackupPoint &backup, const PitrTarget &target, Timeline timeline, const CancelToken &cancel)
        : m_archive(archive), m_inventory(inventory), m_backup(backup), m_target(target), m_cancel(cancel), m_reach(reachOf(inventory, backup, timeline))
    {
    }

    Result<Verdict> verdict();

private:
    using Is = std::function<bool(const WalEvent &)>;
    Result<const QVector<WalEvent> *> events(const Segment &segment);
    Result<std::optional<WalEvent>> find(const std::function<bool(const SegmentFacts &)> &may, const Is &is);
    Done atEvent(Verdict &verdict, const std::optional<WalEvent> &found, bool before);
    void atLsn(Verdict &verdict, Lsn lsn, bool inclusive) const;
    Result<Lsn> recordAt(Lsn lsn) const;
    Done keptAndLost(Verdict &verdict, Lsn kept, Lsn cut);
    void notReached(Verdict &verdict, const QString &reason, const QString &message) const;
    const SegmentFacts &facts(const Segment &segment) const { return *m_inventory.segments.constFind(segment); }
    bool isForked(const Segment &segment) const { return !m_reach.fork.isNone() && segment == m_reach.segments.constLast(); } // a part of it is another branch's
    std::optional<WalEvent> backupEnd() const;

    const ArchiveAccess &m_archive;
    const Inventory &m_inventory;
    const BackupPoint &m_backup;
    const PitrTarget &m_target;
    const CancelToken &m_cancel;
    const Reach m_reach;
    QMap<Segment, QVector<WalEvent>> m_events;
};

// Those that replay sees.
Result<const QVector<WalEvent> *> Replay::events(const Segment &segment)
{
    auto known = m_events.find(segment);
    if (known == m_events.end()) {
        auto read = eventsOf(m_archive, m_inventory, segment, m_cancel);
        if (!read)
            return fail(std::move(read.error()));
        const Lsn behind = isForked(segment) ? m_reach.fork : Lsn{~quint64(0)};
        read->erase(std::remove_if(read->begin(), read->end(), [&](const WalEvent &event) { return event.begin < m_backup.start || event.begin >= behind; }), read->end());
        known = m_events.insert(segment, *std::move(read));
    }
    return &*known;
}

Result<std::optional<WalEvent>> Replay::find(const std::function<bool(const SegmentFacts &)> &may, const Is &is)
{
    for (const Segment &segment : m_reach.segments) {
        if (!may(facts(segment)))
            continue;
        const auto all = events(segment);
        if (!all)
            return fail(all.error());
        if (const auto found = std::find_if((*all)->cbegin(), (*all)->cend(), is); found != (*all)->cend())
            return std::optional(*found);
    }
    return std::optional<WalEvent>();
}

std::optional<WalEvent> Replay::backupEnd() const
{
    for (const Segment &segment : m_reach.segments) {
        if (segment.begin(m_inventory.segmentSize) > m_backup.stop)
            break;
        for (const WalEvent &mark : facts(segment).marks) {
            if (mark.kind == WalEvent::Kind::BackupEnd && mark.backupStart == m_backup.start)
                return mark;
        }
    }
    return std::nullopt;
}

// What is kept, up to `kept`, and what of this timeline is not, from `cut` on.
Done Replay::keptAndLost(Verdict &verdict, Lsn kept, Lsn cut)
{
    for (const Segment &segment : m_reach.segments) {
        const SegmentFacts &one = facts(segment);
        const bool forked = isForked(segment);
        const bool all = !forked && one.scan.end <= kept && segment.begin(m_inventory.segmentSize) >= m_backup.start;
        if (all && !one.lastCommit.isNone())
            verdict.lastCommit = one.lastCommit;
        const bool none = !forked && segment.begin(m_inventory.segmentSize) >= cut;
        if (none)
            verdict.lost += one.commits;
        const bool early = none && m_target.kind == PitrTarget::Kind::Time && one.hasEnds() && one.minUs <= m_target.us;
        if ((all || none) && !early)
            continue;
        const auto read = events(segment);
        if (!read)
            return fail(read.error());
        for (const WalEvent &event : **read) {
            if (event.kind != WalEvent::Kind::Commit)
                continue;
            if (event.begin <= kept && event.begin < cut) {
                verdict.lastCommit = event.begin;
            } else {
                verdict.lost += none ? 0 : 1;
                verdict.lostEarlier += m_target.kind == PitrTarget::Kind::Time && event.atUs <= m_target.us ? 1 : 0;
            }
        }
    }
    if (m_reach.at) { // and behind the hole
        for (auto one = m_inventory.segments.cbegin(); one != m_inventory.segments.cend(); ++one)
            verdict.lost += one.key().number > m_reach.at->number && one.key().timeline == m_reach.timeline ? one->commits : 0;
    }
    if (verdict.lastCommit.isNone())
        return {};
    for (const Segment &segment : m_reach.segments) { // when it was
        if (facts(segment).scan.end <= verdict.lastCommit || facts(segment).commits == 0)
            continue;
        const auto read = events(segment);
        if (!read)
            return fail(read.error());
        for (const WalEvent &event : **read) {
            if (event.begin == verdict.lastCommit)
                verdict.lastCommitUs = event.atUs;
        }
        if (verdict.lastCommitUs)
            break;
    }
    return {};
}

void Replay::notReached(Verdict &verdict, const QString &reason, const QString &message) const
{
    verdict.server = Verdict::Server::EndsBefore;
    const QString latest = m_reach.maxUs > 0 ? u"From backup %1 every moment before %2 can be had"_s.arg(m_backup.id, momentText(m_reach.maxUs)) : u"From backup %1 no moment behind its own end can be had"_s.arg(m_backup.id);
    switch (m_reach.endedBy) {
    case Reach::End::Archive:
        verdict.reason = reason;
        verdict.message = message + u". "_s + latest;
        break;
    case Reach::End::Missing:
    case Reach::End::Damaged:
        verdict.reason = m_reach.endedBy == Reach::End::Missing ? u"gap"_s : u"damaged"_s;
        verdict.message = u"Replay ends before the target: %1. %2"_s.arg(m_reach.problem, latest);
        break;
    case Reach::End::History: break; // said before
    }
}

Done Replay::atEvent(Verdict &verdict, const std::optional<WalEvent> &found, bool before)
{
    if (!found)
        return {};
    (before ? verdict.stopsBefore : verdict.stopsAfter) = found->begin;
    verdict.stopXid = found->xid;
    verdict.stopCommits = found->kind == WalEvent::Kind::Commit;
    if (found->begin < m_backup.stop) {
        verdict.server = Verdict::Server::BeforeConsistent;
        verdict.reason = u"before_backup_end"_s;
        verdict.message = u"The target lies before the end of backup %1 (%2): it is consistent from there on"_s.arg(m_backup.id, momentText(m_backup.stopUs));
        return {};
    }
    verdict.server = Verdict::Server::Reaches;
    return keptAndLost(verdict, before ? Lsn{found->begin.value - 1} : found->begin, before ? found->begin : found->end);
}

// The server stops at the first record that begins there or behind it, and a target may lie within one.
Result<Lsn> Replay::recordAt(Lsn lsn) const
{
    for (const Segment &segment : m_reach.segments) {
        if (segment.end(m_inventory.segmentSize) <= lsn)
            continue;
        const auto record = recordFrom(m_archive, m_inventory, segment, lsn, m_cancel);
        if (!record || !record->isNone())
            return record;
    }
    return lsn;
}

void Replay::atLsn(Verdict &verdict, Lsn lsn, bool inclusive) const
{
    if (m_reach.lastRecord.isNone() || lsn > m_reach.lastRecord) {
        notReached(verdict, u"after_last_commit"_s, u"No record begins at %1 or behind it"_s.arg(lsn.text()));
        return;
    }
    const auto end = backupEnd();
    // Consistent once the record that ends the backup is replayed, be it the one that stops.
    const bool consistent = end ? lsn > (inclusive ? end->before : end->begin) : lsn >= m_backup.stop;
    verdict.server = consistent ? Verdict::Server::Reaches : Verdict::Server::BeforeConsistent;
    (inclusive ? verdict.stopsAfter : verdict.stopsBefore) = lsn;
    if (!consistent) {
        verdict.reason = u"before_backup_end"_s;
        verdict.message = u"%1 lies before the end of backup %2 (%3)"_s.arg(lsn.text(), m_backup.id, m_backup.stop.text());
    }
}

Result<Verdict> Replay::verdict()
{
    Verdict verdict;
    verdict.backup = m_backup.id;
    verdict.timeline = m_reach.timeline;
    if (m_reach.endedBy == Reach::End::History) {
        const bool known = m_inventory.timelines.wayTo(m_reach.timeline).has_value();
        verdict.server = known ? Verdict::Server::NotAChild : Verdict::Server::NoTimeline;
        verdict.reason = known ? u"not_on_timeline"_s : u"no_history"_s;
        verdict.message = known ? u"Backup %1 can't be brought to timeline %2: %3"_s.arg(m_backup.id).arg(m_reach.timeline).arg(m_reach.problem) : u"%1 is needed and not in %2"_s.arg(historyName(m_reach.timeline), m_archive.where);
        return verdict;
    }
    const qint64 us = m_target.us;
    const bool inclusive = m_target.inclusive;
    Result<std::optional<WalEvent>> found;
    switch (m_target.kind) {
    case PitrTarget::Kind::Time:
        found = find([&](const SegmentFacts &one) { return one.hasEnds() && (inclusive ? one.maxUs > us : one.maxUs >= us); },
                     [&](const WalEvent &event) { return isEnd(event) && (inclusive ? event.atUs > us : event.atUs >= us); });
        if (!found)
            return fail(std::move(found.error()));
        if (!*found)
            notReached(verdict, u"after_last_commit"_s, u"No transaction ended after %1 in the archive, and the server needs one to know that it is there"_s.arg(momentText(us)));
        if (Done at = atEvent(verdict, *found, true); !at)
            return fail(std::move(at.error()));
        if (verdict.isGood() && us < m_backup.stopUs) {
            verdict.server = Verdict::Server::ReachesLater;
            verdict.reason = u"before_backup_end"_s;
            verdict.message = u"Backup %1 ended at %2, behind the target: the server would say nothing and give that later state"_s.arg(m_backup.id, momentText(m_backup.stopUs));
        }
        break;
    case PitrTarget::Kind::Xid:
        found = find([&](const SegmentFacts &one) { return one.hasEnds() && one.minXid <= m_target.xid && m_target.xid <= one.maxXid; },
                     [&](const WalEvent &event) { return isEnd(event) && event.xid == m_target.xid; });
        if (!found)
            return fail(std::move(found.error()));
        if (!*found)
            notReached(verdict, u"no_such_xid"_s, u"Transaction %1 did not end behind the start of backup %2"_s.arg(m_target.xid).arg(m_backup.id));
        if (Done at = atEvent(verdict, *found, !inclusive); !at)
            return fail(std::move(at.error()));
        break;
    case PitrTarget::Kind::Name: {
        const auto isIt = [&](const WalEvent &event) { return event.kind == WalEvent::Kind::RestorePoint && QString::fromUtf8(event.name) == m_target.name; };
        found = find([&](const SegmentFacts &one) { return std::any_of(one.marks.cbegin(), one.marks.cend(), isIt); }, isIt);
        if (!found)
            return fail(std::move(found.error()));
        if (!*found)
            notReached(verdict, u"no_such_name"_s, u"There is no restore point %1 behind the start of backup %2"_s.arg(m_target.name, m_backup.id));
        if (Done at = atEvent(verdict, *found, false); !at)
            return fail(std::move(at.error()));
        break;
    }
    case PitrTarget::Kind::Lsn: {
        const auto record = recordAt(m_target.lsn);
        if (!record)
            return fail(record.error());
        atLsn(verdict, *record, inclusive);
        if (verdict.isGood()) {
            if (Done counted = keptAndLost(verdict, inclusive ? *record : Lsn{record->value - 1}, inclusive ? Lsn{record->value + 1} : *record); !counted)
                return fail(std::move(counted.error()));
        }
        break;
    }
    case PitrTarget::Kind::Latest:
        if (m_reach.endedBy != Reach::End::Archive) {
            notReached(verdict, {}, {});
            verdict.server = Verdict::Server::PromotesWithLoss;
        } else if (m_reach.lastCommit.isNone() || m_reach.lastCommit < m_backup.stop) {
            // Nothing was committed since: the backup itself is the newest there is.
            verdict.server = m_reach.end >= m_backup.stop ? Verdict::Server::Reaches : Verdict::Server::EndsBefore;
            verdict.stopsAfter = m_backup.stop;
            verdict.settings << u"recovery_target = 'immediate'"_s << u"recovery_target_timeline = '%1'"_s.arg(m_reach.timeline);
            if (!verdict.isGood())
                notReached(verdict, u"after_last_commit"_s, u"The archive does not reach the end of backup %1"_s.arg(m_backup.id));
            return verdict;
        } else {
            atLsn(verdict, m_reach.lastCommit, true);
            if (Done counted = keptAndLost(verdict, m_reach.lastCommit, m_reach.end); !counted)
                return fail(std::move(counted.error()));
        }
        break;
    }
    if (verdict.lostEarlier > 0)
        verdict.warnings << u"%1 transactions behind the stop were committed earlier than the target by the server's clock, which was set back: they are lost too"_s.arg(verdict.lostEarlier);
    const QString quoted = QString(m_target.name).replace(u"\\"_s, u"\\\\"_s).replace(u"'"_s, u"''"_s);
    switch (m_target.kind) {
    case PitrTarget::Kind::Time: verdict.settings << u"recovery_target_time = '%1'"_s.arg(momentText(us)); break;
    case PitrTarget::Kind::Xid: verdict.settings << u"recovery_target_xid = '%1'"_s.arg(m_target.xid); break;
    case PitrTarget::Kind::Name: verdict.settings << u"recovery_target_name = '%1'"_s.arg(quoted); break;
    case PitrTarget::Kind::Lsn: verdict.settings << u"recovery_target_lsn = '%1'"_s.arg(m_target.lsn.text()); break;
    case PitrTarget::Kind::Latest:
        if (verdict.server == Verdict::Server::PromotesWithLoss) {
            verdict.settings << u"recovery_target_timeline = '%1'"_s.arg(m_reach.timeline);
            return verdict;
        }
        verdict.settings << u"recovery_target_lsn = '%1'"_s.arg(m_reach.lastCommit.text());
        break;
    }
    verdict.settings << u"recovery_target_inclusive = %1"_s.arg(inclusive || m_target.kind == PitrTarget::Kind::Latest ? u"on"_s : u"off"_s) << u"recovery_target_timeline = '%1'"_s.arg(m_reach.timeline);
    return verdict;
}

} // namespace

QString PitrTarget::text() const
{
    switch (kind) {
    case Kind::Time: return inclusive ? momentText(us) : u"just before %1"_s.arg(momentText(us));
    case Kind::Lsn: return inclusive ? u"LSN %1"_s.arg(lsn.text()) : u"just before LSN %1"_s.arg(lsn.text());
    case Kind::Xid: return inclusive ? u"transaction %1"_s.arg(xid) : u"just before transaction %1"_s.arg(xid);
    case Kind::Name: return u"restore point %1"_s.arg(name);
    case Kind::Latest: return u"the last commit"_s;
    }
    return {};
}

QJsonObject Verdict::toJson() const
{
    const auto lsn = [](Lsn one) { return one.isNone() ? QJsonValue(QJsonValue::Null) : QJsonValue(one.text()); };
    static constexpr const char *words[] = {"reaches", "reaches_later", "before_consistent", "ends_before", "promotes_with_loss", "not_a_child", "no_timeline", "ambiguous", "no_backup"};
    return {{u"good"_s, isGood()},
            {u"server"_s, QLatin1StringView(words[int(server)])},
            {u"reason"_s, reason.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(reason)},
            {u"message"_s, message},
            {u"backup"_s, backup.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(backup)},
            {u"timeline"_s, qint64(timeline)},
            {u"settings"_s, QJsonArray::fromStringList(settings)},
            {u"stops_before"_s, lsn(stopsBefore)},
            {u"stops_after"_s, lsn(stopsAfter)},
            {u"stop_xid"_s, stopXid ? QJsonValue(qint64(stopXid)) : QJsonValue(QJsonValue::Null)},
            {u"stop_commits"_s, stopXid ? QJsonValue(stopCommits) : QJsonValue(QJsonValue::Null)},
            {u"last_commit_lsn"_s, lsn(lastCommit)},
            {u"last_commit"_s, lastCommitUs ? QJsonValue(momentText(*lastCommitUs)) : QJsonValue(QJsonValue::Null)},
            {u"lost"_s, qint64(lost)},
            {u"lost_earlier"_s, qint64(lostEarlier)},
            {u"warnings"_s, QJsonArray::fromStringList(warnings)}};
}

Branches branchesOf(const Inventory &inventory)
{
    Branches branches;
    QMap<Timeline, Branches::Branch> all;
    for (auto one = inventory.segments.cbegin(); one != inventory.segments.cend(); ++one) {
        Branches::Branch &branch = all[one.key().timeline];
        branch.timeline = one.key().timeline;
        branch.lastCommit = std::max(branch.lastCommit, one->lastCommit);
        branch.maxUs = std::max(branch.maxUs, one->maxUs);
    }
    for (const Branches::Branch &branch : std::as_const(all)) {
        // Another's way leads through it, and nothing was committed on it behind the fork: it is no end.
        const bool passed = std::any_of(all.cbegin(), all.cend(), [&](const Branches::Branch &other) {
            const auto way = other.timeline == branch.timeline ? std::nullopt : inventory.timelines.wayTo(other.timeline);
            const auto stretch = way ? std::find_if(way->cbegin(), way->cend(), [&](const Stretch &one) { return one.timeline == branch.timeline; }) : QVector<Stretch>::const_iterator();
            return way && stretch != way->cend() && branch.lastCommit < stretch->end;
        });
        if (!passed)
            branches.ends.append(branch);
    }
    if (inventory.live && (all.contains(*inventory.live) || inventory.timelines.histories.contains(*inventory.live)))
        branches.chosen = inventory.live;
    else if (branches.ends.size() <= 1)
        branches.chosen = branches.ends.isEmpty() ? 1 : branches.ends.constFirst().timeline;
    return branches;
}

QString Branches::text() const
{
    QStringList words;
    for (const Branch &branch : ends)
        words << u"timeline %1 to %2"_s.arg(branch.timeline).arg(branch.maxUs ? momentText(branch.maxUs) : u"no commit of its own"_s);
    return u"%1 branches reach on: %2"_s.arg(ends.size()).arg(words.join(u", "_s));
}

Result<Verdict> verdictOf(const ArchiveAccess &archive, const Inventory &inventory, const QVector<BackupPoint> &backups, const PitrTarget &target, const QString &from, const CancelToken &cancel)
{
    const Branches branches = branchesOf(inventory);
    if (!target.timeline && !branches.chosen) {
        Verdict unsaid;
        unsaid.server = Verdict::Server::Ambiguous;
        unsaid.reason = u"branches"_s;
        unsaid.message = u"%1. Say which is meant (--timeline): after a recovery it is the newer one, but a clone that archived has left one too"_s.arg(branches.text());
        return unsaid;
    }
    const Timeline timeline = target.timeline.value_or(branches.chosen.value_or(1));
    const auto replay = [&](const BackupPoint &backup) { return Replay(archive, inventory, backup, target, timeline, cancel).verdict(); };
    const auto named = std::find_if(backups.cbegin(), backups.cend(), [&](const BackupPoint &one) { return one.id == from; });
    Verdict none;
    none.timeline = timeline;
    none.reason = u"no_backup"_s;
    if (!from.isEmpty() && named == backups.cend()) {
        none.message = u"There is no backup %1"_s.arg(from);
        return none;
    }
    if (!from.isEmpty() && named->usable)
        return replay(*named);
    if (!from.isEmpty()) {
        none.message = u"Backup %1 can't be used: %2"_s.arg(from, named->why);
        return none;
    }
    // The newest that serves; of those that don't the first to be asked says why.
    QVector<BackupPoint> ordered;
    std::copy_if(backups.cbegin(), backups.cend(), std::back_inserter(ordered), [](const BackupPoint &one) { return one.usable; });
    std::sort(ordered.begin(), ordered.end(), [](const BackupPoint &a, const BackupPoint &b) { return a.stopUs != b.stopUs ? a.stopUs > b.stopUs : a.stop > b.stop; });
    std::optional<Verdict> first, nearest;
    for (const BackupPoint &backup : std::as_const(ordered)) {
        auto verdict = replay(backup);
        if (!verdict || verdict->isGood())
            return verdict;
        // A backup that is too new or of another branch is no reason; an older one's gap is.
        const bool passedOver = verdict->reason == "before_backup_end"_L1 || verdict->reason == "not_on_timeline"_L1;
        std::optional<Verdict> &kept = passedOver ? nearest : first;
        if (!kept || passedOver)
            kept = *std::move(verdict);
        if (target.kind == PitrTarget::Kind::Latest && !passedOver)
            break; // an older one gets no further
    }
    if (first)
        return *first;
    if (nearest)
        return *nearest;
    none.message = backups.isEmpty() ? u"There is no physical backup"_s : u"No backup can be used: %1"_s.arg(backups.constLast().why);
    return none;
}

} // namespace howdah::backup
