// SPDX-License-Identifier: GPL-3.0-or-later
// What statements did, kept: a piece for each two readings that follow each other, of those statements that did something. Pieces of six hours are
// kept as they were read, then one an hour for eight days, one a day for 400 days; hours and days tell the 5,000 statements apart that took
// longest, and have the rest as a sum. A list of six hours and more is told by whole hours, one of three days and more by whole days, as far as they
// lie in it. Texts are kept once, masked. A statement's lives (stats_since) are one here: its key has sinceUs 0.
// A piece that can't be read is a time of which nothing is known. Functions of a Store, on its thread. Errors: the store's.
#pragma once

#include "statements/differences.h"
#include "statements/pack.h"
#include "store/store.h"

namespace howdah::statements
{

// As in store/samples.h: "<profile uuid>/statements".
QString historySource(const QString &profileId);

inline constexpr int storedTextLimit = 20'000; // characters

// What a reading brings: its interval since the one before, and what was not known yet.
struct Reading {
    Interval interval;
    QHash<Key, Text> texts; // as the server has them; of the keys with their life or without
    Names names;
};

struct Kept {
    bool written = false;   // false: another console kept this time already, or nothing is known of it
    QVector<Key> textless;  // of the interval's, sinceUs 0
};

// One transaction, durable on return; rolls up and drops what is older than is kept. `nowMs`: Unix time by this machine: a server's clock that
// is ahead does not empty the history.
Result<Kept> keep(store::Store &store, const QString &source, const Reading &reading, qint64 nowMs);

struct Hole {
    qint64 fromMs = 0;
    qint64 toMs = 0;
    bool operator==(const Hole &) const = default;
};

struct Total {
    Key key; // sinceUs 0
    Counters counters;
    std::optional<Text> text; // masked; nullopt: not known
    bool own = false;         // the console's own
    qint64 firstMs = 0;       // when it was first seen to do something; 0: not known
};

// What statements did in an interval.
struct TopList {
    qint64 fromMs = 0; // of the time that it answers for: of whole pieces, so more than was asked for, or less; both 0: nothing is known
    qint64 toMs = 0;
    QVector<Total> totals; // in no order
    Other others;          // statements that are not told apart
    Other nestedOthers;
    QVector<Hole> holes;   // nobody read meanwhile; in gaps.lostMs too
    Gaps gaps;
    Names names;

    bool isKnown() const { return toMs > 0; }
    // Of all of them. An inclusive measure's sum is of those that clients sent.
    qint64 sum(Measure measure) const;
};

Result<TopList> historyOf(store::Store &store, const QString &source, qint64 fromMs, qint64 toMs);
// The same of one interval that is not stored.
TopList listOf(const Reading &reading);

// One statement, piece by piece.
struct Point {
    qint64 fromMs = 0;
    qint64 toMs = 0;
    std::optional<Counters> counters; // nullopt: not known, since it may be among those that are not told apart
};
Result<QVector<Point>> pointsOf(store::Store &store, const QString &source, const Key &key, qint64 fromMs, qint64 toMs);

} // namespace howdah::statements
