// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/stripvalues.h"

#include "backup/moment.h"

#include <QDateTime>
#include <QLocale>

#include <algorithm>
#include <limits>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

namespace
{

constexpr qint64 second = 1'000'000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;

StripLane &laneOf(StripValues &values, Timeline timeline)
{
    const auto found = std::find_if(values.lanes.begin(), values.lanes.end(), [&](const StripLane &lane) { return lane.timeline == timeline; });
    if (found != values.lanes.end())
        return *found;
    StripLane lane;
    lane.timeline = timeline;
    lane.name = timeline ? u"Timeline %1"_s.arg(timeline) : u"Dumps"_s;
    values.lanes.append(lane);
    return values.lanes.last();
}

void addBackups(StripValues &values, const Catalogue &catalogue, const QVector<BackupPoint> &points)
{
    for (const Backup &one : catalogue.backups) {
        StripMark mark;
        mark.id = one.id;
        mark.words = u"%1 %2"_s.arg(one.kind == BackupKind::Dump ? u"dump"_s : kindName(one.kind) + u" backup"_s, one.id);
        mark.kind = one.kind == BackupKind::Full ? StripMark::Kind::Full : one.kind == BackupKind::Incremental ? StripMark::Kind::Incremental : StripMark::Kind::Dump;
        const auto point = std::find_if(points.cbegin(), points.cend(), [&](const BackupPoint &each) { return each.id == one.id; });
        if (one.kind == BackupKind::Dump) {
            mark.atUs = one.startMs * 1000; // as of which moment its rows are
            mark.trouble = one.state != BackupState::Complete ? one.stateWords : one.isUsable() ? QString() : one.verified.words;
        } else {
            mark.atUs = point != points.cend() && point->stopUs ? point->stopUs : one.stopMs * 1000;
            mark.trouble = point != points.cend() ? point->why : one.state != BackupState::Complete ? one.stateWords : QString();
        }
        if (mark.atUs == 0)
            mark.atUs = timeOfId(one.id) * 1000;
        if (mark.atUs == 0)
            continue; // nobody knows when: the table has it
        laneOf(values, one.kind == BackupKind::Dump ? 0 : std::max<Timeline>(one.timeline, 1)).marks.append(mark);
    }
}

void addPoints(StripValues &values, const Inventory &inventory)
{
    for (auto facts = inventory.segments.cbegin(); facts != inventory.segments.cend(); ++facts) {
        for (const WalEvent &event : facts->marks) {
            if (event.kind != WalEvent::Kind::RestorePoint)
                continue;
            StripMark mark;
            mark.kind = StripMark::Kind::RestorePoint;
            mark.atUs = event.atUs;
            mark.id = QString::fromUtf8(event.name);
            mark.words = u"restore point %1"_s.arg(mark.id);
            laneOf(values, facts.key().timeline).marks.append(mark);
        }
    }
}

// When the branch was left for the next one: what lies behind is not lost there, it is another branch's.
void addGaps(StripLane &lane, qint64 nowUs, bool newest)
{
    for (qsizetype i = 0; i < lane.islands.size(); ++i) {
        const Island &island = lane.islands.at(i);
        const bool last = i + 1 == lane.islands.size();
        if (island.endsBecause.isEmpty()) {
            if (last && newest && nowUs > island.toUs)
                lane.gaps.append({island.toUs, nowUs, u"nothing behind the last transaction in the archive can be had; what was committed since is not archived yet"_s, true});
            continue;
        }
        const qint64 until = !last ? lane.islands.at(i + 1).fromUs : newest ? nowUs : island.toUs;
        if (until > island.toUs)
            lane.gaps.append({island.toUs, until, island.endsBecause, false});
        else
            lane.gaps.append({island.toUs, island.toUs, island.endsBecause, false});
    }
}

} // namespace

StripValues stripOf(const Catalogue &catalogue, const Inventory *inventory, const QVector<BackupPoint> &points, qint64 nowUs, const QVector<StripMark> &others)
{
    StripValues values;
    values.nowUs = nowUs;
    addBackups(values, catalogue, points);
    if (inventory) {
        addPoints(values, *inventory);
        for (const Island &island : islandsOf(*inventory, points))
            laneOf(values, island.timeline).islands.append(island);
    }
    std::sort(values.lanes.begin(), values.lanes.end(), [](const StripLane &one, const StripLane &other) { return one.timeline > other.timeline; });
    if (!values.lanes.isEmpty() && values.lanes.constFirst().timeline != 0)
        values.lanes.first().marks += others;
    bool newest = true;
    for (StripLane &lane : values.lanes) {
        std::sort(lane.islands.begin(), lane.islands.end(), [](const Island &one, const Island &other) { return one.fromUs < other.fromUs; });
        std::stable_sort(lane.marks.begin(), lane.marks.end(), [](const StripMark &one, const StripMark &other) { return one.atUs < other.atUs; });
        addGaps(lane, nowUs, newest && lane.timeline != 0);
        newest = newest && lane.timeline == 0;
    }
    return values;
}

QPair<qint64, qint64> StripValues::extent() const
{
    qint64 from = std::numeric_limits<qint64>::max(), to = nowUs;
    const auto take = [&](qint64 us) {
        from = std::min(from, us);
        to = std::max(to, us);
    };
    for (const StripLane &lane : lanes) {
        for (const Island &island : lane.islands) {
            take(island.fromUs);
            take(island.toUs);
        }
        for (const StripMark &mark : lane.marks) {
            if (mark.kind != StripMark::Kind::Migration) // those before the first backup say nothing of the window
                take(mark.atUs);
        }
    }
    if (from > to)
        from = to - hour;
    const qint64 room = std::max((to - from) / 50, second);
    return {from - room, to + room};
}

const StripLane *StripValues::lane(Timeline timeline) const
{
    const auto found = std::find_if(lanes.cbegin(), lanes.cend(), [&](const StripLane &one) { return one.timeline == timeline; });
    return found == lanes.cend() ? nullptr : &*found;
}

QString StripValues::whyNot(Timeline timeline, qint64 us) const
{
    if (!unknown.isEmpty())
        return unknown;
    const StripLane *on = timeline ? lane(timeline) : nullptr;
    if (!on || on->islands.isEmpty())
        return timeline ? u"no moment of timeline %1 can be reached"_s.arg(timeline) : u"a dump is of one moment alone"_s;
    // The end of a backup can be had as it is; behind it the server needs an ended transaction past the moment.
    for (const Island &island : on->islands) {
        if (us == island.fromUs || (us >= island.fromUs && us < island.toUs))
            return {};
    }
    for (const StripGap &gap : on->gaps) {
        if (us >= gap.fromUs && us <= gap.toUs)
            return gap.words;
    }
    return us < on->islands.constFirst().fromUs ? u"it lies before the end of the first usable backup (%1)"_s.arg(momentText(on->islands.constFirst().fromUs))
                                                : u"it lies behind what the archive holds of timeline %1"_s.arg(timeline);
}

QString StripValues::inWords(const QTimeZone &zone) const
{
    if (!unknown.isEmpty())
        return u"The recoverable window is not known: %1"_s.arg(unknown);
    QStringList lines;
    for (const StripLane &lane : lanes) {
        QStringList parts;
        for (const Island &island : lane.islands)
            parts << (island.fromUs == island.toUs ? u"%1 alone"_s.arg(secondText(island.fromUs, zone)) : u"from %1 to %2"_s.arg(secondText(island.fromUs, zone), secondText(island.toUs, zone)));
        for (const StripGap &gap : lane.gaps) {
            if (!gap.isTail)
                parts << u"not behind %1: %2"_s.arg(secondText(gap.fromUs, zone), gap.words);
        }
        if (lane.timeline && lane.islands.isEmpty())
            parts << u"no moment can be reached"_s;
        parts << (lane.marks.size() == 1 ? u"1 mark"_s : u"%1 marks"_s.arg(lane.marks.size()));
        lines << u"%1: %2"_s.arg(lane.name, parts.join(u"; "_s));
    }
    return lines.isEmpty() ? u"No moment can be reached"_s : lines.join(u".\n"_s);
}

QVector<StripTick> stripTicks(qint64 fromUs, qint64 toUs, int about, const QTimeZone &zone)
{
    static constexpr qint64 steps[] = {second,      2 * second,  5 * second, 10 * second, 15 * second, 30 * second, minute,   2 * minute, 5 * minute, 10 * minute, 15 * minute,
                                       30 * minute, hour,        2 * hour,   3 * hour,    6 * hour,    12 * hour,   day,      2 * day,    7 * day,    14 * day,    28 * day,
                                       91 * day,    182 * day,   364 * day};
    if (toUs <= fromUs || about < 1)
        return {};
    qint64 step = steps[std::size(steps) - 1];
    for (const qint64 candidate : steps) {
        if ((toUs - fromUs) / candidate <= about) {
            step = candidate;
            break;
        }
    }
    // Round in that zone: midnight there. One offset for all; across a change of the clocks the words still tell the true time.
    const qint64 offset = qint64(zone.offsetFromUtc(QDateTime::fromMSecsSinceEpoch(toUs / 1000, Qt::UTC))) * second;
    QVector<StripTick> ticks;
    for (qint64 at = ((fromUs + offset + step - 1) / step) * step - offset; at <= toUs; at += step) {
        const QDateTime local = QDateTime::fromMSecsSinceEpoch(at / 1000, zone);
        const bool midnight = local.time() == QTime(0, 0);
        const QString format = step >= 28 * day ? u"d MMM yyyy"_s : step >= day || (midnight && step >= hour) ? u"ddd d MMM"_s : step >= minute ? u"HH:mm"_s : u"HH:mm:ss"_s;
        ticks.append({at, QLocale::c().toString(local, format)});
    }
    return ticks;
}

} // namespace howdah::ui
