// SPDX-License-Identifier: GPL-3.0-or-later
// What the verbs of `backup` share: which repository is meant, and what is done to it as a plan in the journal. The worker's thread.
#pragma once

#include "backup/stand.h"
#include "ctl/ctl.h"
#include "session/changeplan.h"

namespace howdah::ctl
{

struct BackupOptions {
    std::string folder;  // --to, --in: a folder outside Docker; empty: the stack's archive
    std::string id;
    std::string label;
    std::string confirm; // what was said with --confirm
    bool confirmed = false;
    bool incremental = false;
    bool compress = false;
    bool verify = true;
    bool despitePageErrors = false;
    bool planOnly = false;
    bool wal = false;
    bool readAgain = false; // the archive, whatever is remembered of it
    std::string pgbackrest, stanza; // another tool's repository instead
    int pgbackrestRepo = 0;
    int keep = 0;
    int days = 0;
};

backup::StandChoice choiceOf(const session::Profile &profile, const BackupOptions &options);
backup::StandSeams seamsOf(Ctl &ctl);

struct BackupStand {
    session::Profile profile;
    backup::PhysicalPlace place;
};

// `ofServer`: a backup is to be taken, so the server is needed too. Errors: Client/usage where the profile has no stack and no folder was named.
Result<BackupStand> backupStandOf(Ctl &ctl, const BackupOptions &options, bool ofServer);
session::ChangePlan backupPlanOf(const BackupStand &stand, const QString &title);
// Journalled; the answer's text is the line's end.
Result<Answer> changeInJournal(Ctl &ctl, const session::ChangePlan &plan, const std::function<Result<Answer>()> &task);

} // namespace howdah::ctl
