// SPDX-License-Identifier: GPL-3.0-or-later
// Physical backups by pg_basebackup: planned, taken, and never under their name before they are whole, verified and durable. What is cancelled or fails
// leaves nothing; what a killed program left is seen by the next one, which removes it. Blocking; any thread but the window's.
#pragma once

#include "backup/physicalsource.h"
#include "backup/repository.h"

#include <chrono>

namespace howdah::backup
{

struct TakeOptions {
    BackupKind kind = BackupKind::Full; // or Incremental: its parent is the last full one
    bool compress = false;              // as tar files under zstd; tablespaces make tar files too, without being asked
    bool verify = true;                 // before it gets its name
    bool despitePageErrors = false;     // pages whose checksums are wrong are taken as they are, and the backup says so
    QString label;                      // empty: "howdah <id>"
};

struct TakePlan {
    TakeOptions options;
    QString id;
    ServerFacts facts;
    std::chrono::steady_clock::time_point askedAt{}; // when the facts were true
    QString parent;            // of an incremental
    QByteArray parentSha256;
    QString parentData;
    std::optional<Backup> parentBackup;
    bool tar = false;
    tool::Command command;     // what will run
    qint64 needBytes = 0;      // at most; of an incremental and of compressed ones not known beforehand, and then the same
    qint64 freeBytes = 0;
    bool needIsCertain = false;
    QStringList left;          // unfinished ones of killed programs, which go first
    QStringList notes;         // what the one who confirms should know
};

// Why an incremental backup can't build on the last full one now; empty: it can. Native incrementals before 18.6 can be wrong without a word.
QString whyFullIsNeeded(const ServerFacts &facts, const Backup *lastFull);

// Changes nothing. Errors: Tool/full_needed, Tool/other_major (the toolbox's), Io/disk_full with the figures, Tool/being_written.
Result<TakePlan> planTake(const PhysicalSource &source, const Repository &repository, const TakeOptions &options, const CancelToken &cancel = {});

// Errors: Tool/in_use (another is at work there), Tool/page_checksums (nothing was kept; see despitePageErrors), Tool/failed, Io/verify_failed, Io/another_server, Cancelled.
Result<Backup> take(const PhysicalSource &source, const Repository &repository, const TakePlan &plan, const Progress &progress = {}, const CancelToken &cancel = {});

// "12345/67890 kB (18%), 0/1 tablespace": done and total in bytes; nullopt: another line.
std::optional<QPair<qint64, qint64>> kilobytesOf(const QByteArray &line);

} // namespace howdah::backup
