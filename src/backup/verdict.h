// SPDX-License-Identifier: GPL-3.0-or-later
// What the server would make of a recovery target, told before anything starts: from the WAL itself, record by record, as PostgreSQL's
// recoveryStopsBefore() and recoveryStopsAfter() (access/transam/xlogrecovery.c) decide. What it would refuse is refused in words; what it would do in
// silence and nobody wants, too. Blocking where it reads WAL: not on the window's thread.
#pragma once

#include "backup/window.h"

#include <algorithm>

namespace howdah::backup
{

struct PitrTarget {
    enum class Kind { Time, Lsn, Xid, Name, Latest };
    Kind kind = Kind::Latest;
    qint64 us = 0;         // of Time
    Lsn lsn;               // of Lsn
    quint32 xid = 0;       // of Xid
    QString name;          // of Name: a restore point
    bool inclusive = true; // of Time, Lsn, Xid: what is at the target is kept
    std::optional<Timeline> timeline; // nullopt: the newest on which it can be reached and is not asked about
    QString text() const;  // "2026-11-27 02:11:54+00", "just before transaction 756"
};

struct Verdict {
    enum class Server { // what it would do, were it asked
        Reaches,          // and the state is the target's
        ReachesLater,     // it says nothing, and the state is a later one: of the backup's end
        BeforeConsistent, // FATAL: requested recovery stop point is before consistent recovery point
        EndsBefore,       // FATAL: recovery ended before configured recovery target was reached
        PromotesWithLoss, // it says nothing, and what lies behind a hole is lost: what a recovery without a target does
        NotAChild,        // FATAL: requested timeline is not a child of this server's history, or the checkpoint is not found on it
        NoTimeline,       // FATAL: recovery target timeline does not exist
        Ambiguous,        // nobody said which of several branches: by itself it would follow the newest, be it a clone's
        NoBackup          // there is none to begin from
    };
    Server server = Server::NoBackup;
    bool isGood() const { return server == Server::Reaches; }
    QString reason;        // a stable word where it is not: "no_backup", "before_backup_end", "after_last_commit", "gap", "damaged", "not_on_timeline", "no_history", "no_such_xid", "no_such_name", "branches"
    QString message;       // in words: why, and what can be had instead
    QString backup;        // id: what it begins from
    Timeline timeline = 1; // explicit, always
    QStringList settings;  // "recovery_target_time = '…'": what the server is given; of PromotesWithLoss what people would give it
    Lsn stopsBefore;       // the first record that is not replayed, or
    Lsn stopsAfter;        // the last that is
    // The number of the segment in which that record begins: what is replayed goes up to it.
    quint64 stopsIn(quint64 segmentSize) const { return std::max(stopsBefore, stopsAfter).value / segmentSize; }
    quint32 stopXid = 0;   // of the transaction whose end that is, where it is one
    bool stopCommits = false; // and that end is a commit
    Lsn lastCommit;        // the last commit that is kept; none: none since the backup began, or not known
    std::optional<qint64> lastCommitUs;
    quint64 lost = 0;      // commits behind it on this timeline, as far as the archive tells, holes or not; what the server has not archived nobody counts
    quint64 lostEarlier = 0; // of those by their clock earlier than the target: a clock was set back
    QStringList warnings;  // in words
    QJsonObject toJson() const;
};

// The branches that the archive holds: which is meant where nobody says it.
struct Branches {
    struct Branch {
        Timeline timeline = 0;
        Lsn lastCommit;   // none: nothing was committed on it
        qint64 maxUs = 0; // the latest time of its transactions; 0: none
    };
    QVector<Branch> ends;           // timelines that hold WAL which no other one's way leads through
    std::optional<Timeline> chosen; // the live server's own where it was asked, else the only one; nullopt: there are several
    QString text() const;           // "Two branches reach on: timeline 1 to …, timeline 2 to …"
};
Branches branchesOf(const Inventory &inventory);

// `from`: the backup to begin from; empty: the newest that ended before the target. Errors: of reading WAL alone.
Result<Verdict> verdictOf(const ArchiveAccess &archive, const Inventory &inventory, const QVector<BackupPoint> &backups, const PitrTarget &target, const QString &from = {}, const CancelToken &cancel = {});

} // namespace howdah::backup
