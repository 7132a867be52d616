// SPDX-License-Identifier: GPL-3.0-or-later
#include "statements/differences.h"

#include "base/units.h"

#include <QJsonArray>

#include <algorithm>

namespace howdah::statements
{

using namespace Qt::StringLiterals;

namespace
{

struct EventWords {
    Event event;
    const char *name;
    const char *text;
};

constexpr EventWords eventWords[] = {
    {Event::Reset, "reset", "pg_stat_statements was reset"},
    {Event::Restarted, "restarted", "the server was restarted, its statistics kept"},
    {Event::RestartedAnew, "restarted_anew", "the server was restarted and its statistics are gone"},
    {Event::Crashed, "crashed", "a backend crashed, and all statistics with it"},
    {Event::OtherServer, "other_server", "another server's statistics"},
    {Event::ClockSetBack, "clock_set_back", "the server's clock was set back"},
    {Event::Altered, "altered", "the extension was altered"},
};

const EventWords &wordsOf(Event event)
{
    return *std::find_if(std::begin(eventWords), std::end(eventWords), [event](const EventWords &one) { return one.event == event; });
}

bool fell(const Counters &before, const Counters &after)
{
    for (size_t i = 0; i < before.values.size(); ++i) {
        if (after.values[i] < before.values[i])
            return true;
    }
    return false;
}

// Of one key: another life than before?
bool beganAnew(const Entry &before, const Entry &after, bool hasSince)
{
    if (fell(before.counters, after.counters))
        return true;
    // A life's least never rises, its most never falls. (With stats_since they may be reset apart, and are not looked at.)
    return !hasSince && (after.leastMs > before.leastMs || after.mostMs < before.mostMs);
}

void keepKnown(Counters &counters, Measures known)
{
    for (int i = 0; i < measureCount; ++i) {
        if (!(known & bitOf(Measure(i))))
            counters[Measure(i)] = 0;
    }
}

// What became of the server's statistics as a whole. True where they began anew, and when.
struct Course {
    std::optional<Event> event;
    qint64 beganUs = 0; // 0: they go on
    bool isKnown = true;
};

Course courseOf(const Snapshot &before, const Snapshot &after)
{
    const Life &was = before.life;
    const Life &is = after.life;
    if (after.atMs <= before.atMs)
        return {Event::ClockSetBack, 0, false};
    if (!was.systemIdentifier.isEmpty() && !is.systemIdentifier.isEmpty() && was.systemIdentifier != is.systemIdentifier)
        return {Event::OtherServer, 0, false};
    const bool restarted = was.postmasterUs != is.postmasterUs;
    const bool crashed = !restarted && was.checkpointerUs && is.checkpointerUs && was.checkpointerUs != is.checkpointerUs;
    const bool allBegan = was.cumulativeUs != is.cumulativeUs;
    // Without a reset's time (before 1.9) the server's other statistics tell of a crash; of somebody's reset only each statement's figures do.
    const bool began = was.resetUs && is.resetUs ? was.resetUs != is.resetUs : allBegan;
    if (!began)
        return {restarted ? std::optional(Event::Restarted) : std::nullopt, 0, true};
    const qint64 beganUs = is.resetUs ? is.resetUs : is.cumulativeUs;
    // They began before the first reading, and it did not read them: a standby in its place, or another server's.
    if (beganUs < before.atMs * 1000)
        return {Event::OtherServer, 0, false};
    return {restarted ? Event::RestartedAnew : crashed || (allBegan && !is.checkpointerUs) ? Event::Crashed : Event::Reset, beganUs, true};
}

} // namespace

QString eventName(Event event)
{
    return QString::fromLatin1(wordsOf(event).name);
}

QString eventText(Event event)
{
    return QString::fromLatin1(wordsOf(event).text);
}

std::optional<Event> eventFromName(QStringView name)
{
    for (const EventWords &one : eventWords) {
        if (name == QLatin1StringView(one.name))
            return one.event;
    }
    return std::nullopt;
}

Interval between(const Snapshot &before, const Snapshot &after)
{
    Interval interval;
    interval.fromMs = before.atMs;
    interval.toMs = after.atMs;
    Gaps &gaps = interval.gaps;
    gaps.notPermitted = std::max(before.notPermitted, after.notPermitted);
    gaps.mayReadAll = before.mayReadAll && after.mayReadAll;
    gaps.known = before.known & after.known;
    const Course course = courseOf(before, after);
    interval.isKnown = course.isKnown;
    if (course.event) {
        const qint64 atUs = course.beganUs ? course.beganUs : *course.event == Event::Restarted ? after.life.postmasterUs : 0;
        gaps.events << EventAt{atUs ? atUs / 1000 : after.atMs, *course.event};
    }
    if (before.known != after.known || before.hasSince != after.hasSince)
        gaps.events << EventAt{after.atMs, Event::Altered};
    if (!course.isKnown) {
        gaps.lostMs = std::max<qint64>(0, after.atMs - before.atMs);
        return interval;
    }

    const bool anew = course.beganUs != 0;
    if (anew)
        gaps.lostMs = course.beganUs / 1000 - before.atMs;
    gaps.evictionsTold = after.evictions && (anew || before.evictionsEnd);
    if (after.evictionsEnd && gaps.evictionsTold)
        gaps.evictions = std::max<qint64>(0, *after.evictionsEnd - (anew ? 0 : *before.evictionsEnd));
    // Of what was dropped while the first was read nobody knows whether it had been read.
    const bool mayHaveEvicted = !gaps.evictionsTold || gaps.evictions > 0 || (!anew && before.evictions != before.evictionsEnd);
    // Keys with and without stats_since can't be held against each other: what had been counted until then is not known to be the same.
    const bool sameKeys = before.hasSince == after.hasSince;

    const auto add = [&](const Key &key, Counters counters) {
        keepKnown(counters, gaps.known);
        if (!counters.isZero())
            interval.changes.append({key, counters});
    };
    for (auto it = after.entries.cbegin(); it != after.entries.cend(); ++it) {
        const auto earlier = before.entries.constFind(it.key());
        if (!anew && earlier != before.entries.cend() && earlier->mark != 0 && earlier->mark == it->mark && after.hasSince)
            continue; // nine of ten
        if (anew) {
            add(it.key(), it->counters);
        } else if (earlier == before.entries.cend()) {
            // Not there at the first reading, unless that could not see it.
            const bool visible = before.mayReadAll || it.key().roleId == before.roleId;
            const bool born = it.key().sinceUs > before.endMs * 1000;
            if (sameKeys ? visible || born : born)
                add(it.key(), it->counters);
            else
                ++gaps.unknown;
        } else if (beganAnew(*earlier, *it, after.hasSince)) {
            ++gaps.cameBack;
            add(it.key(), it->counters);
        } else {
            // Without stats_since one that was dropped and has done more again than before looks as if it had gone on.
            if (!after.hasSince && mayHaveEvicted && *earlier != *it)
                ++gaps.maybeLess;
            add(it.key(), it->counters - earlier->counters);
        }
    }
    if (!anew && sameKeys) {
        for (auto it = before.entries.cbegin(); it != before.entries.cend(); ++it)
            gaps.vanished += after.entries.contains(it.key()) || (before.mayReadAll && !after.mayReadAll && it.key().roleId != after.roleId) ? 0 : 1;
    }
    return interval;
}

Interval sinceBegin(const Snapshot &snapshot)
{
    Interval interval;
    interval.fromMs = snapshot.life.resetUs / 1000;
    interval.toMs = snapshot.atMs;
    interval.gaps.notPermitted = snapshot.notPermitted;
    interval.gaps.mayReadAll = snapshot.mayReadAll;
    interval.gaps.known = snapshot.known;
    interval.gaps.evictionsTold = snapshot.evictionsEnd.has_value();
    interval.gaps.evictions = snapshot.evictionsEnd.value_or(0);
    for (auto it = snapshot.entries.cbegin(); it != snapshot.entries.cend(); ++it) {
        if (!it->counters.isZero())
            interval.changes.append({it.key(), it->counters});
    }
    return interval;
}

bool Gaps::isComplete() const
{
    return lostMs == 0 && evictions == 0 && evictionsTold && vanished == 0 && cameBack == 0 && maybeLess == 0 && unknown == 0;
}

Gaps &Gaps::operator+=(const Gaps &later)
{
    events += later.events;
    lostMs += later.lostMs;
    evictions += later.evictions;
    evictionsTold = evictionsTold && later.evictionsTold;
    vanished += later.vanished;
    cameBack += later.cameBack;
    maybeLess += later.maybeLess;
    unknown += later.unknown;
    notPermitted = std::max(notPermitted, later.notPermitted);
    mayReadAll = mayReadAll && later.mayReadAll;
    known &= later.known;
    return *this;
}

QJsonObject Gaps::toJson() const
{
    QJsonObject json{{u"may_read_all"_s, mayReadAll}, {u"known"_s, qint64(known)}};
    QJsonArray all;
    for (const EventAt &one : events)
        all.append(QJsonObject{{u"at_ms"_s, one.atMs}, {u"event"_s, eventName(one.event)}});
    if (!all.isEmpty())
        json.insert("events"_L1, all);
    const auto number = [&json](QLatin1StringView name, qint64 value) {
        if (value)
            json.insert(name, value);
    };
    number("lost_ms"_L1, lostMs);
    number("evictions"_L1, evictions);
    number("vanished"_L1, vanished);
    number("came_back"_L1, cameBack);
    number("maybe_less"_L1, maybeLess);
    number("unknown"_L1, unknown);
    number("not_permitted"_L1, notPermitted);
    if (!evictionsTold)
        json.insert("evictions_told"_L1, false);
    return json;
}

Gaps Gaps::fromJson(const QJsonObject &json)
{
    Gaps gaps;
    const QJsonArray all = json.value("events"_L1).toArray();
    for (const QJsonValue &one : all) {
        if (const auto event = eventFromName(one["event"_L1].toString()))
            gaps.events << EventAt{one["at_ms"_L1].toInteger(), *event};
    }
    gaps.lostMs = json.value("lost_ms"_L1).toInteger();
    gaps.evictions = json.value("evictions"_L1).toInteger();
    gaps.evictionsTold = json.value("evictions_told"_L1).toBool(true);
    gaps.vanished = json.value("vanished"_L1).toInteger();
    gaps.cameBack = json.value("came_back"_L1).toInteger();
    gaps.maybeLess = json.value("maybe_less"_L1).toInteger();
    gaps.unknown = json.value("unknown"_L1).toInteger();
    gaps.notPermitted = json.value("not_permitted"_L1).toInt();
    gaps.mayReadAll = json.value("may_read_all"_L1).toBool();
    gaps.known = Measures(json.value("known"_L1).toInteger());
    return gaps;
}

QString Gaps::text() const
{
    QStringList sentences;
    for (const EventAt &one : events)
        sentences << u"%1: %2."_s.arg(QDateTime::fromMSecsSinceEpoch(one.atMs).toString(u"d MMM HH:mm:ss"_s), eventText(one.event));
    if (lostMs > 0)
        sentences << u"Of %1 nothing is known."_s.arg(units::duration(lostMs));
    if (evictions > 0)
        sentences << u"The server dropped the least used 5 % of its statements %1 times: what they did since they were last read is not known."_s.arg(
            evictions);
    if (!evictionsTold)
        sentences << u"This version of pg_stat_statements does not tell whether it dropped statements."_s;
    if (vanished > 0)
        sentences << u"%1 statements are gone; what they did after their last reading is not known."_s.arg(vanished);
    if (cameBack > 0)
        sentences << u"%1 statements were dropped and came back; what they did until then is not known."_s.arg(cameBack);
    if (maybeLess > 0)
        sentences << u"%1 statements may have done more than is shown: this version does not tell those that were dropped and came back."_s.arg(maybeLess);
    if (unknown > 0)
        sentences << u"%1 statements could not be seen at first; nothing of theirs is counted."_s.arg(unknown);
    if (notPermitted > 0)
        sentences << u"%1 statements of other roles: not permitted (GRANT pg_read_all_stats)."_s.arg(notPermitted); // sql-ok: a hint, not run
    return sentences.join(u' ');
}

} // namespace howdah::statements
