// SPDX-License-Identifier: GPL-3.0-or-later
// What a schedule's tasks are: the same services that the verbs run, each planned, entered in the journal, done and told. Blocking; any thread but the window's.
#pragma once

#include "backup/schedulerun.h"
#include "backup/stand.h"
#include "session/changeplan.h"

namespace howdah::backup
{

struct ScheduledWork {
    QString server; // for the journal
    session::Environment environment = session::Environment::Production;
    std::function<Result<PhysicalPlace>(bool ofServer)> openPlace;
    std::function<Result<Stand>(const PhysicalPlace &place)> readStand;
    std::function<Result<DumpStand>()> openDump;
    session::JournalSeams journal; // without an entry nothing is done
};

// Where no incremental can be taken now (another timeline, another minor, nothing to build on) a full one is. A drill that failed leaves no rehearsal behind.
Result<TaskEnd> performTask(const Schedule &schedule, ScheduledTask task, const ScheduledWork &work, const Clock &clock, const Progress &progress = {}, const CancelToken &cancel = {});

} // namespace howdah::backup
