// SPDX-License-Identifier: GPL-3.0-or-later
// pitr compare|apply, beside the other verbs of `pitr`.
#pragma once

#include "ctl/ctl.h"

namespace howdah::ctl
{

struct PitrCompareOptions {
    std::string id;       // a rehearsal; empty: the only one that stands
    std::string with;     // instead of one: a server's Unix socket, as a URL
    std::string database; // of the copy; empty: live's name
    std::vector<std::string> tables; // schema.table, quoted where SQL would
    int examples = 10;
    bool counts = false;  // no rows
    // of apply
    std::string rows = "missing";
    std::string conflict = "fail";
    std::string triggers = "fire";
    std::vector<std::string> keys; // of the one table: a text, or several as JSON has them
    std::string confirm;
    bool planOnly = false, leaveSequences = false;
    bool swap = false;    // the whole copy in the place of the stack's data
    std::string resume;   // a swap
    std::string folder;   // for a runbook
    bool backup = true;   // behind it
    bool otherCluster = false; // apply: rows of another cluster's copy
    bool despiteChecks = false; // a rehearsal that is not good, too
};

// Exit 0: equal; 5: not, or not all of it was compared; 10: something may not be read, so that nobody knows. Errors: Client/usage,
// Client/no_such_rehearsal, those of the links.
Result<Answer> compareVerb(Ctl &ctl, const PitrCompareOptions &options);
// Exit 0: done; 5: can't be done, as the plan says; 8: the link was lost in COMMIT.
Result<Answer> applyVerb(Ctl &ctl, const PitrCompareOptions &options);

void addCompareVerbs(CLI::App *pitr, Ctl &ctl);

} // namespace howdah::ctl
