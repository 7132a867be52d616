// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a server's WAL is being kept: what it says of its archiving, where its disks stand, and what is wrong with that in words. Gone by are the age and the
// number of what waits, and the state of the slots; pg_stat_archiver's failures are one sign among others, since it counts none of a command that hangs, that
// ends above 125 or by a signal. What is not permitted or not reachable is unknown, never good. Reading blocks: any thread but the window's. Judging is pure.
#pragma once

#include "backup/toolbox.h"
#include "pg/connection.h"

#include <QJsonObject>

namespace howdah::backup
{

struct SlotFacts {
    QString name, type;             // "physical", "logical"
    bool active = false;
    QString application;            // of who reads it: "pg_receivewal"; empty: nobody, or not permitted
    std::optional<qint64> retainedBytes; // what it holds back; nullopt: it holds nothing (any more)
    QString walStatus;              // "reserved", "extended", "unreserved", "lost"; empty: it never had any
    std::optional<qint64> safeBytes; // so much more WAL, and it is lost; nullopt: without a limit, or lost
    QString invalidated;            // why; empty: it is not (or before 17 not told)
    std::optional<qint64> inactiveSinceMs; // Unix time; nullopt: active, or before 17
};

// One of the places that a recovery needs.
struct DiskFacts {
    enum class Part { Data, Wal, Archive, Backups };
    Part part = Part::Data;
    QString path;                      // where it was looked at
    std::optional<quint64> device;     // of its file system, as this machine's kernel numbers it
    QString disk;                      // beneath it: "sda"; empty: not known (a logical volume, a network's, …)
    std::optional<qint64> totalBytes, freeBytes;
    QString unknown;                   // why nothing is known; empty: it is
};
QString partName(DiskFacts::Part part); // "data", "WAL", "archive", "backups"

struct WalRate {
    double bytesPerSecond = 0;
    qint64 overMs = 0;  // measured over so long
    QString source;     // "of Howdah's own samples", "of the server's count since its statistics were reset"
};
// Of a history of rates: Unix ms and bytes a second, nullopt a gap; in order. Each stands for the time since the one before it, which is no gap where it is at
// most `periodMs`. nullopt: too little to say (less than ten minutes).
std::optional<WalRate> walRateOf(const QVector<std::pair<qint64, std::optional<double>>> &rates, qint64 periodMs);

struct ArchiveFacts {
    qint64 nowMs = 0;              // Unix time, by the server's clock, as all times here
    int versionNum = 0;
    bool inRecovery = false;
    QString walLevel, mode, command, library; // settings
    qint64 timeoutS = 0, segmentSize = 0, maxWalBytes = 0;
    qint64 slotKeepMb = -1;        // max_slot_wal_keep_size; -1: without a limit
    qint64 slotIdleTimeoutS = 0;   // 18: after which a slot that nobody reads is dropped from what it needs; 0: never
    QString dataFolder;            // on the server; empty: not permitted
    qint64 archived = 0, failed = 0; // as pg_stat_archiver counts
    QString lastArchived, lastFailed; // names
    std::optional<qint64> lastArchivedMs, lastFailedMs;
    QString current;               // the segment that is written now; empty in recovery
    std::optional<qint64> segmentsBehind; // from the last that was archived to it, without it; nullopt: not known, another timeline's
    // What waits; nullopt: not permitted, as readyUnknown says.
    std::optional<qint64> ready, walFilesBytes; // and how much pg_wal holds
    std::optional<qint64> oldestReadyMs;        // Unix time; nullopt: nothing waits
    QString oldestReady;
    QString readyUnknown;          // "GRANT pg_monitor TO x"
    QVector<SlotFacts> replicationSlots;
    // Filled in by who can reach them; not by readArchiveFacts().
    QVector<DiskFacts> disks;
    std::optional<WalRate> rate;   // the server's own count where nobody measured better

    const DiskFacts *disk(DiskFacts::Part part) const; // null: nobody looked
    std::optional<double> daysUntilFull(DiskFacts::Part part) const; // were all WAL to stay there; nullopt: not known
    std::optional<qint64> oldestReadyAgeMs() const { return oldestReadyMs ? std::optional(std::max<qint64>(0, nowMs - *oldestReadyMs)) : std::nullopt; }
    QJsonObject toJson() const;
};
// Errors: those of the link.
Result<ArchiveFacts> readArchiveFacts(pg::Connection &connection, const CancelToken &cancel = {});
// Where the toolbox's programs see the places. Errors: those of the toolbox; of one place it is in its `unknown`.
Result<QVector<DiskFacts>> readDisks(const Toolbox &toolbox, const QVector<std::pair<DiskFacts::Part, QString>> &places, const CancelToken &cancel = {});

struct ArchiveFinding {
    enum class Severity { Note, Unknown, Warning, Critical };
    QString code;      // stable: "ready_old", "one_disk"
    Severity severity = Severity::Warning;
    QString what;      // in words
    QString toDo;      // what helps; empty: nothing is to be done
    QJsonObject toJson() const;
};
QString severityName(ArchiveFinding::Severity severity); // "note", "unknown", "warning", "critical"

// From which on something is said; a test may be less patient.
struct ArchiveLimits {
    qint64 readyWarningMs = 60'000, readyCriticalMs = 5 * 60'000; // that the oldest waits
    qint64 behind = 3;          // segments, where what waits may not be listed
    double daysWarning = 14, daysCritical = 3; // until a disk is full
};
// The worst first. Empty: all is well, and all of it was seen.
QVector<ArchiveFinding> judgeArchive(const ArchiveFacts &facts, const ArchiveLimits &limits = {});

// From a server's log in English (lc_messages C, as the stack's is): what its archiver and a full disk said, which no view tells: with which code or by which
// signal the command ended, and a PANIC in pg_wal. Only what stands behind the last recovery that ended is of now.
QVector<ArchiveFinding> judgeArchiveLog(const QByteArray &log);


// All of the above for one server.
struct ArchiveLook {
    std::optional<ArchiveFacts> facts; // nullopt: it can't be asked
    QVector<ArchiveFinding> findings;  // the worst first
    QJsonObject toJson() const;
};
struct ArchivePlaces {
    QString stack;        // a stack of this machine, whose disks and log are looked at too; empty: it is none, and its disks are unknown
    QString backupFolder; // of this machine, where backups are taken to; empty: the stack's archive
    std::optional<WalRate> rate; // where somebody has measured; nullopt: the server's own count
};
// Errors: those of the link. What of the places can't be looked at is unknown.
Result<ArchiveLook> lookAtArchive(pg::Connection &connection, const ArchivePlaces &places, const CancelToken &cancel = {});
// Of a stack's server that can't be reached: what its log says. Empty where that explains nothing.
QVector<ArchiveFinding> whyItIsDown(const QString &stack, const CancelToken &cancel = {});

} // namespace howdah::backup
