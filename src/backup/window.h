// SPDX-License-Identifier: GPL-3.0-or-later
// To which moments a cluster can be brought back, from its backups and its archive of WAL: per branch of its history islands of time, and between them
// what can't be, and why. Pure; some milliseconds for 10,000 segments.
#pragma once

#include "backup/controldata.h"
#include "backup/inventory.h"

#include <QJsonObject>

namespace howdah::backup
{

// A physical backup as the calculation needs it: of a chain, that of its last link.
struct BackupPoint {
    QString id;
    Timeline timeline = 1;
    Lsn start;         // where replay begins
    Lsn stop;          // consistent from here on
    qint64 stopUs = 0; // when it ended, by the server's clock, in whole seconds; microseconds since 1970
    bool usable = false;
    QString why;       // it is not
    bool holdsWal = false; // what lies between start and stop is in it
    RecoveryFloors settings{}; // the server's at its start; 0: not known
};

// How far replay gets from one backup along one way.
struct Reach {
    enum class End { Archive, Missing, Damaged, History };
    Timeline timeline = 1;      // the way's last
    Lsn end;                    // behind the last record that can be read
    Lsn lastRecord;             // its first byte
    Lsn lastCommit;             // of the last commit's record; none: none behind the backup's start
    qint64 maxUs = 0;           // the latest time of an ended transaction; 0: none
    QVector<Segment> segments;  // as they are read
    End endedBy = End::Archive;
    std::optional<Segment> at;  // that is missing or damaged
    Lsn fork;                   // of the last segment only what lies before it is replayed: it is the parent's, behind it another branch's; none: all of it
    QString problem;            // in words, of all but Archive
};
Reach reachOf(const Inventory &inventory, const BackupPoint &backup, Timeline timeline);

// An unbroken time of one branch: every moment in it can be reached.
struct Island {
    Timeline timeline = 1;
    qint64 fromUs = 0;      // the end of the first backup
    qint64 toUs = 0;        // up to, and without: the server needs an ended transaction behind the moment
    Lsn to;                 // the last commit
    Lsn end;                // behind the last record that can be read
    QStringList backups;    // whose replay gets to its end
    QString endsBecause;    // "segment 0000…07 is missing"; empty: it is the newest there is
    QJsonObject toJson() const;
};
// Of each branch, by time. A backup without an ended transaction behind it makes an island of no length: it itself is all that can be had.
QVector<Island> islandsOf(const Inventory &inventory, const QVector<BackupPoint> &backups);

// What is missing or damaged, whether or not a backup needs it: in the order of WAL.
struct Gap {
    Timeline timeline = 1;
    Segment first, last;  // in this order, both included
    QString what;         // "missing", or what is wrong with it
    bool history = false; // the .history of `timeline` is not here
    QJsonObject toJson(quint64 segmentSize) const;
};
QVector<Gap> gapsOf(const Inventory &inventory);

} // namespace howdah::backup
