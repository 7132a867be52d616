// SPDX-License-Identifier: GPL-3.0-or-later
// What the strip of the recoverable window shows, put together from what the backups and the archive hold: one lane a branch of the cluster's history, islands,
// what is missing between them in words, marks. Times are microseconds since 1970 in UTC. Values; pure, any thread.
#pragma once

#include "backup/catalogue.h"
#include "backup/window.h"

#include <QTimeZone>

namespace howdah::ui
{

// A stretch of a lane that no recovery reaches.
struct StripGap {
    qint64 fromUs = 0;
    qint64 toUs = 0;
    QString words;         // "segment 000000010000000000000007 is missing"
    bool isTail = false;   // behind the newest that the archive holds, up to now: perhaps not archived yet
};

struct StripMark {
    enum class Kind { Full, Incremental, Dump, RestorePoint, Migration };
    Kind kind = Kind::Full;
    qint64 atUs = 0;
    QString id;            // of a backup; else the point's or the migration's name
    QString words;         // "full backup 20261127T020115Z-full"
    QString trouble;       // why it is of no use; empty: it is
};

struct StripLane {
    backup::Timeline timeline = 0; // 0: dumps, which are no branch
    QString name;                  // "Timeline 2"
    QVector<backup::Island> islands;
    QVector<StripGap> gaps;
    QVector<StripMark> marks;
};

struct StripValues {
    QVector<StripLane> lanes;      // the newest branch first, dumps last
    qint64 nowUs = 0;              // 0: not shown
    QString unknown;               // why the window is not known; empty: it is

    bool isEmpty() const { return lanes.isEmpty(); }
    // From the first mark or island to now (or the last of them), with a little room.
    QPair<qint64, qint64> extent() const;
    const StripLane *lane(backup::Timeline timeline) const;
    // Why the moment can't be reached on that branch; empty: it can.
    QString whyNot(backup::Timeline timeline, qint64 us) const;
    QString inWords(const QTimeZone &zone) const; // for who can't see it: a line a branch
};

// `inventory` null: the archive was not read, and only the backups are known.
// `others`: marks of what was done in the meantime, on the newest branch.
StripValues stripOf(const backup::Catalogue &catalogue, const backup::Inventory *inventory, const QVector<backup::BackupPoint> &points, qint64 nowUs, const QVector<StripMark> &others = {});

struct StripTick {
    qint64 atUs = 0;
    QString text;
};
// Round times of that zone, about so many.
QVector<StripTick> stripTicks(qint64 fromUs, qint64 toUs, int about, const QTimeZone &zone);

} // namespace howdah::ui
