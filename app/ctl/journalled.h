// SPDX-License-Identifier: GPL-3.0-or-later
// A line of the journal around what a verb changes. What is not in the journal is not done.
#pragma once

#include "ctl/ctl.h"
#include "session/changeplan.h"
#include "store/journal.h"

namespace howdah::ctl
{

store::JournalEntry entryOf(const session::ChangePlan &plan);

struct JournalEnd {
    QString outcome; // "done", "failed", "cancelled", "unknown"
    QString message;
};
// An error: nothing was done. The value: whether the line's end could be written, after it was.
Result<Done> journalled(Ctl &ctl, const store::JournalEntry &entry, const std::function<JournalEnd()> &task);

} // namespace howdah::ctl
