// SPDX-License-Identifier: GPL-3.0-or-later
// pitr apply --swap and --resume, pitr rollback, pitr retire: a rehearsed copy in the place of the stack's data, and back. The worker's thread.
#pragma once

#include "ctl/ctl.h"

namespace howdah::ctl
{

struct SwapChoice {
    std::string rehearsal; // empty: the one that stands for the stack
    std::string resume;    // a swap that was interrupted, or was taken back
    std::string id, confirm;
    std::string folder;    // for the runbook of a server that is not ours; empty: our own
    bool planOnly = false;
    bool backup = true;
};
// Exit 9 while it waits for --confirm. Errors: those of planSwap, applySwap, resumeSwap; Client/no_such_rehearsal.
Result<Answer> swapVerb(Ctl &ctl, const SwapChoice &choice);

void addSwapVerbs(CLI::App *pitr, Ctl &ctl);
// What `pitr status` says of them, put behind the rest.
Done addSwaps(QJsonObject &json, QString &text);

} // namespace howdah::ctl
