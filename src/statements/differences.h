// SPDX-License-Identifier: GPL-3.0-or-later
// From two readings of pg_stat_statements to what ran in between, and to what of it can't be known. Pure functions, any thread.
//
// What the second reading has and the first had not was not counted at the first: all of it ran in between. Where the statistics began anew in
// between, what the second has ran since then, and what ran from the first reading until then is lost. What was evicted is lost from the first
// reading on, and so is what came and went in between: the server tells only how often it evicted. Before extension 1.11 a reset of one
// statement is told by its falling figures alone.
#pragma once

#include "statements/snapshot.h"

#include <QJsonObject>
#include <QVector>

namespace howdah::statements
{

enum class Event {
    Reset,        // all of pg_stat_statements, by somebody
    Restarted,    // the server, with its statistics kept
    RestartedAnew, // the server, and the statistics are gone: a crash, or they are not saved
    Crashed,      // a backend, and with it all statistics
    OtherServer,  // another server's statistics: nothing is known of the interval
    ClockSetBack, // nothing is known of the interval
    Altered       // the extension counts other things now: what only one of the readings has is not known
};
QString eventName(Event event);               // stable: "restarted_anew"
QString eventText(Event event);               // for people
std::optional<Event> eventFromName(QStringView name);

struct EventAt {
    qint64 atMs = 0; // Unix time by the server: when it happened, the second reading's time where that is not known
    Event event = Event::Reset;
    bool operator==(const EventAt &) const = default;
};

// What can't be seen in the figures themselves. Of intervals that follow each other these add up.
struct Gaps {
    QVector<EventAt> events;
    qint64 lostMs = 0;        // for so long nothing is known, of any statement
    qint64 evictions = 0;     // passes of the server's, each of which dropped 5 % of its statements
    bool evictionsTold = true; // false: the extension does not tell, so there may have been some
    qint64 vanished = 0;      // statements of the first reading that the second has not: what they did after the first is lost
    qint64 cameBack = 0;      // statements that were dropped and came back: what they did until then is lost
    qint64 maybeLess = 0;     // came back with more than before, perhaps: an extension without stats_since does not tell, and something was evicted
    qint64 unknown = 0;       // statements that could not be seen at the first reading: nothing of theirs is counted
    int notPermitted = 0;     // rows of others, at the most
    bool mayReadAll = true;
    Measures known = ~Measures(0); // counted all the time

    // True where every figure is all that happened: of the statements this role may see.
    bool isComplete() const;
    Gaps &operator+=(const Gaps &later);
    QJsonObject toJson() const;
    static Gaps fromJson(const QJsonObject &json);
    QString text() const; // for people, a sentence each; empty where nothing is missing
    bool operator==(const Gaps &) const = default;
};

struct Change {
    Key key;
    Counters counters;
};

struct Interval {
    qint64 fromMs = 0; // of the two readings
    qint64 toMs = 0;
    QVector<Change> changes; // of those that did something
    Gaps gaps;
    bool isKnown = true; // false: OtherServer, ClockSetBack; no changes then
};

Interval between(const Snapshot &before, const Snapshot &after);
// All that the statistics hold, since they began: fromMs 0 where that is not told. What was evicted is not in it.
Interval sinceBegin(const Snapshot &snapshot);

} // namespace howdah::statements
