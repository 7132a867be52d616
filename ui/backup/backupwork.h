// SPDX-License-Identifier: GPL-3.0-or-later
// What can be done with a place of backups, each as a plan and the task that runs it. Planning and running block: not on the window's thread. A place that was opened
// (a container, a file with a secret) stays open from the plan to the task's end and is closed on the tools' worker, since that blocks too.
#pragma once

#include "backup/logical.h"
#include "backup/logicalrestore.h"
#include "backup/physical.h"
#include "backup/prune.h"
#include "backup/stand.h"
#include "base/clock.h"
#include "session/changeplan.h"
#include "session/job.h"

namespace howdah::ui
{

struct BackupWork {
    backup::StandChoice choice;
    backup::StandSeams seams;
    std::function<void(std::function<void()>)> tools; // the worker's queue
    const Clock *clock = nullptr;
};

struct PlannedWork {
    std::optional<session::ChangePlan> change; // nullopt: nothing is changed, so nothing is asked
    QString title;
    QString command;  // of howdahctl that does the same
    session::Job::Service service;
};

struct DumpWish {
    QString database; // empty: the profile's
    backup::DumpOptions options;
};

struct RestoreWish {
    QString id;       // of the catalogue
    QString role;     // empty: of a stack postgres, else the profile's own
    backup::RestoreOptions options;
};

Result<PlannedWork> planToTake(const BackupWork &work, const backup::TakeOptions &options, const Progress &progress, const CancelToken &cancel);
Result<PlannedWork> planToDump(const BackupWork &work, const DumpWish &wish, const Progress &progress, const CancelToken &cancel);
// Every file is looked at again when it is restored.
Result<PlannedWork> planToRestore(const BackupWork &work, const RestoreWish &wish, const Progress &progress, const CancelToken &cancel);
// `wal`: and the WAL that no backup here needs any more.
Result<PlannedWork> planToPrune(const BackupWork &work, const backup::Retention &retention, bool wal, const Progress &progress, const CancelToken &cancel);
// The newest that can be had, rehearsed and dropped again.
Result<PlannedWork> planToDrill(const BackupWork &work, const Progress &progress, const CancelToken &cancel);
// These, and what they build on; empty: all. What is bad makes the job fail and says what.
PlannedWork workOfVerifying(const BackupWork &work, const QString &id);

// What is in a dump, to be picked from; its files' sums are not looked at.
struct DumpContents {
    backup::DumpListing listing;
    bool recorded = false; // else names with spaces are as pg_restore's list has them
    QString role;          // that read it
    bool whole = true;
};
Result<DumpContents> readContents(const BackupWork &work, const QString &id, const Progress &progress, const CancelToken &cancel);

} // namespace howdah::ui
