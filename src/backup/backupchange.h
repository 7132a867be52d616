// SPDX-License-Identifier: GPL-3.0-or-later
// What is about to be done with backups, as the plan that the window shows and howdahctl keeps in the journal: the exact commands, what they block, what takes
// them back. Pure, any thread.
#pragma once

#include "backup/logicalrestore.h"
#include "backup/physical.h"
#include "backup/physicalplace.h"
#include "backup/prune.h"
#include "backup/prunewal.h"
#include "backup/rehearsal.h"
#include "session/changeplan.h"

namespace howdah::backup
{

// Where it is done and as whom: of the place's server where it has one, else of its repository.
session::ChangePlan backupChange(const PhysicalPlace &place, session::Environment environment, const QString &title);
session::ChangePlan takeChange(const PhysicalPlace &place, session::Environment environment, const TakePlan &plan);
session::ChangePlan dumpChange(const PhysicalPlace &place, session::Environment environment, const DumpPlan &plan);
session::ChangePlan restoreChange(const Toolbox &toolbox, session::Environment environment, const DumpSource &dump, const RestorePlan &plan);
session::ChangePlan pruneChange(const PhysicalPlace &place, session::Environment environment, const PrunePlan &plan, const WalPlan &wal);
session::ChangePlan rehearsalChange(const PhysicalPlace &place, session::Environment environment, const QString &title, const RehearsalPlan &plan);

// By which right a dump sees all there is: "BYPASSRLS, SELECT on every table: reads every row".
QString dumpReads(const DumpPlan &plan);

} // namespace howdah::backup
