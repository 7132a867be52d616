// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/window.h"

#include "backup/moment.h"

#include <QJsonArray>

#include <algorithm>
#include <limits>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

bool isBackupOnWay(const QVector<Stretch> &way, const BackupPoint &backup)
{
    return Timelines::isOnWay(way, backup.timeline, backup.start) && (backup.stop <= backup.start || Timelines::isOnWay(way, backup.timeline, {backup.stop.value - 1}));
}

} // namespace

Reach reachOf(const Inventory &inventory, const BackupPoint &backup, Timeline timeline)
{
    Reach reach;
    reach.timeline = timeline;
    reach.end = backup.start;
    const auto way = inventory.timelines.wayTo(timeline);
    const auto ends = [&](Reach::End by, const QString &problem) {
        reach.endedBy = by;
        reach.problem = problem;
    };
    if (!way) {
        ends(Reach::End::History, u"the history of timeline %1 is missing"_s.arg(timeline));
        return reach;
    }
    // The end too: where a timeline branched off while it was taken, the record that ends it is another branch's, and the server never gets consistent.
    if (!isBackupOnWay(*way, backup)) {
        ends(Reach::End::History, u"timeline %1 had branched off before this backup was ended"_s.arg(timeline));
        return reach;
    }
    const quint64 size = inventory.segmentSize;
    quint64 last = 0; // whatever lies there of this way
    for (const Stretch &one : *way) { // in their order: the one before what begins behind the stretch
        const quint64 behind = one.end.isNone() ? std::numeric_limits<quint64>::max() : (one.end.value + size - 1) / size;
        auto at = inventory.segments.lowerBound(Segment{one.timeline, behind});
        if (at != inventory.segments.cbegin() && (--at).key().timeline == one.timeline)
            last = std::max(last, at.key().number);
    }
    for (quint64 number = backup.start.value / size;; ++number) {
        const QVector<Timeline> holding = Timelines::holding(*way, number, size);
        const SegmentFacts *facts = nullptr;
        for (Timeline one : holding) {
            if (const auto found = inventory.segments.constFind({one, number}); !facts && found != inventory.segments.cend())
                facts = &*found;
        }
        const bool inBackup = backup.holdsWal && Segment{0, number}.begin(size) < backup.stop;
        if (!facts && !inBackup) {
            if (number <= last || Segment{0, number}.begin(size) < backup.stop) {
                reach.at = Segment{holding.value(0, timeline), number};
                ends(Reach::End::Missing, u"segment %1 is missing"_s.arg(reach.at->name(size)));
            }
            return reach;
        }
        if (!facts) { // the backup's own copy is read
            reach.end = std::min(backup.stop, Segment{0, number}.end(size));
            if (Segment{0, number}.end(size) <= backup.stop)
                continue;
            // Its own copy of the last one ends where the backup does: what was committed in it behind that is nowhere.
            if (number < last) {
                reach.at = Segment{holding.value(0, timeline), number};
                ends(Reach::End::Missing, u"segment %1 is missing"_s.arg(reach.at->name(size)));
            }
            return reach;
        }
        reach.segments << facts->segment;
        if (const auto from = std::find_if(way->cbegin(), way->cend(), [&](const Stretch &one) { return one.timeline == facts->segment.timeline; }); facts->segment.timeline != holding.value(0, timeline) && from != way->cend()) {
            // Only the parent's file is here, and behind the fork it holds another branch. Of its times and commits nobody knows which lie before it.
            reach.fork = from->end;
            reach.end = std::max(reach.end, std::min(facts->scan.end, reach.fork));
            reach.at = Segment{holding.value(0, timeline), number};
            ends(Reach::End::Missing, u"segment %1 is missing, where timeline %2 begins"_s.arg(reach.at->name(size)).arg(reach.at->timeline));
            return reach;
        }
        if (facts->scan.end > reach.end)
            reach.end = facts->scan.end;
        if (!facts->scan.lastRecord.isNone())
            reach.lastRecord = facts->scan.lastRecord;
        if (facts->hasEnds())
            reach.maxUs = std::max(reach.maxUs, facts->maxUs);
        if (!facts->lastCommit.isNone())
            reach.lastCommit = facts->lastCommit;
        if (!facts->isWhole()) {
            // The newest may be one that a server died in.
            if (facts->scan.state == SegmentScan::State::EndsEarly && number == last)
                return reach;
            reach.at = facts->segment;
            ends(Reach::End::Damaged, u"segment %1 %2"_s.arg(facts->segment.name(size), facts->scan.problem));
            return reach;
        }
    }
}

QVector<Island> islandsOf(const Inventory &inventory, const QVector<BackupPoint> &backups)
{
    QVector<Timeline> timelines{1};
    timelines << inventory.timelines.histories.keys().toVector();
    for (const BackupPoint &backup : backups) {
        if (!timelines.contains(backup.timeline))
            timelines << backup.timeline;
    }
    QVector<Island> islands;
    for (Timeline timeline : std::as_const(timelines)) {
        const auto way = inventory.timelines.wayTo(timeline);
        // A moment before the branch began is its parent's: it is told there.
        const Lsn begin = way ? way->constLast().begin : Lsn();
        QVector<std::pair<BackupPoint, Reach>> reaches;
        for (const BackupPoint &backup : backups) {
            if (!backup.usable || (way && !isBackupOnWay(*way, backup)) || (!way && backup.timeline != timeline))
                continue;
            const Reach reach = reachOf(inventory, backup, timeline);
            if (reach.end > begin && reach.end >= backup.stop)
                reaches.append({backup, reach});
        }
        std::sort(reaches.begin(), reaches.end(), [](const auto &a, const auto &b) { return a.first.stop < b.first.stop; });
        for (const auto &[backup, reach] : std::as_const(reaches)) {
            const auto same = std::find_if(islands.begin(), islands.end(), [timeline, end = reach.end](const Island &one) { return one.timeline == timeline && one.end == end; });
            if (same != islands.end()) {
                same->backups << backup.id;
                continue;
            }
            Island island{timeline, backup.stopUs, std::max(reach.maxUs, backup.stopUs), reach.lastCommit, reach.end, {backup.id}, reach.problem};
            islands.append(island);
        }
    }
    return islands;
}

QVector<Gap> gapsOf(const Inventory &inventory)
{
    QVector<Gap> gaps;
    const quint64 size = inventory.segmentSize;
    for (auto one = inventory.segments.cbegin(); one != inventory.segments.cend(); ++one) {
        const Segment segment = one.key();
        if (!one->isWhole())
            gaps.append({segment.timeline, segment, segment, one->scan.problem, false});
        const auto next = std::next(one);
        if (next != inventory.segments.cend() && next.key().timeline == segment.timeline && next.key().number > segment.number + 1)
            gaps.append({segment.timeline, {segment.timeline, segment.number + 1}, {segment.timeline, next.key().number - 1}, u"missing"_s, false});
    }
    QVector<Timeline> timelines;
    for (const Segment &segment : inventory.segments.keys()) {
        if (!timelines.contains(segment.timeline))
            timelines << segment.timeline;
    }
    for (Timeline timeline : std::as_const(timelines)) {
        if (timeline != 1 && !inventory.timelines.histories.contains(timeline)) {
            gaps.append({timeline, {timeline, 0}, {timeline, 0}, u"the file of its history is missing"_s, true});
            continue;
        }
        // Where a branch begins, and its parent's WAL up to there.
        const auto way = inventory.timelines.wayTo(timeline);
        for (qsizetype i = 1; way && i < way->size(); ++i) {
            const Stretch &stretch = way->at(i), &parent = way->at(i - 1);
            const quint64 fork = stretch.begin.value / size;
            const auto has = [&](Timeline which, quint64 number) { return inventory.segments.contains({which, number}); };
            const bool parentIsKnown = std::any_of(inventory.segments.keyBegin(), inventory.segments.keyEnd(), [&](const Segment &segment) { return segment.timeline == parent.timeline; });
            const bool goesOn = std::any_of(inventory.segments.keyBegin(), inventory.segments.keyEnd(), [&](const Segment &segment) { return segment.timeline == timeline && segment.number > fork; });
            if (stretch.timeline == timeline && !has(timeline, fork) && (goesOn || !has(parent.timeline, fork)))
                gaps.append({timeline, {timeline, fork}, {timeline, fork}, u"missing, where the timeline begins"_s, false});
            if (stretch.timeline == timeline && parentIsKnown && fork > 0 && !has(parent.timeline, fork - 1) && stretch.begin.value % size != 0) {
                quint64 first = fork - 1;
                while (first > 0 && !has(parent.timeline, first - 1) && fork - first < 1'000'000)
                    --first;
                if (first > 0 || has(parent.timeline, 0))
                    gaps.append({parent.timeline, {parent.timeline, first}, {parent.timeline, fork - 1}, u"missing, before timeline %1 branched off"_s.arg(timeline), false});
            }
        }
    }
    return gaps;
}

QJsonObject Island::toJson() const
{
    return {{u"timeline"_s, qint64(timeline)},
            {u"from"_s, momentText(fromUs)},
            {u"to"_s, momentText(toUs)},
            {u"last_commit_lsn"_s, to.isNone() ? QJsonValue(QJsonValue::Null) : QJsonValue(to.text())},
            {u"backups"_s, QJsonArray::fromStringList(backups)},
            {u"ends_because"_s, endsBecause.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(endsBecause)}};
}

QJsonObject Gap::toJson(quint64 segmentSize) const
{
    if (history)
        return {{u"timeline"_s, qint64(timeline)}, {u"what"_s, what}};
    return {{u"timeline"_s, qint64(timeline)}, {u"first"_s, first.name(segmentSize)}, {u"last"_s, last.name(segmentSize)}, {u"segments"_s, qint64(last.number - first.number + 1)}, {u"what"_s, what}};
}

} // namespace howdah::backup
