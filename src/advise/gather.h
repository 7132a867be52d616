// SPDX-License-Identifier: GPL-3.0-or-later
// Brings the evidence: which statements are worth a look, their plans out of the log or by EXPLAIN (nothing is run),
// the tables that those name. Synchronous, on the thread of the links. What can't be had of one statement is said
// there, and the rest goes on.
#pragma once

#include "advise/evidence.h"
#include "advise/logged.h"
#include "base/progress.h"

#include <functional>

namespace howdah::advise
{

struct Gathering {
    int limit = 20;                    // statements, the heaviest
    // That one alone, however little it took, and those of which one may call the other; nullopt: the heaviest.
    std::optional<statements::Key> only;
    std::optional<LoggedPlans> logged; // nullopt: the log was not read
    std::optional<WaitProfile> waits;
    // A link to a database, read-only, that lives as long as the gathering; empty: none is asked. Errors are said with
    // each statement of it.
    std::function<Result<pg::Connection *>(const QString &database)> linkTo;
    Progress progress;
};

// Errors: Cancelled.
Result<Evidence> gather(const statements::TopList &list, const Gathering &how, const CancelToken &cancel = {});

} // namespace howdah::advise
