// SPDX-License-Identifier: GPL-3.0-or-later
// A rehearsed copy takes the place of the data of a stack of ours in Docker, and the way back. The stack's volume is never written by it: it is put aside
// under its name until it is retired. At no time do two servers run on one volume, and at no time are both let anybody in. Whoever is killed in the
// midst of it is taken up by resumeSwap or rollbackSwap, from whatever line of the journal. Blocking; any thread but the window's. All of them hold the
// stack's lock.
#pragma once

#include "backup/rehearsal.h"
#include "backup/swaprecord.h"

namespace howdah::backup
{

struct SwapOptions {
    int archiveMs = 120'000;  // how long the archive may take for the last WAL
    int readyMs = 180'000;    // how long a server may take to start
    bool backup = true;       // a full one of the new branch behind it
    std::function<void(const Swap &)> written = {}; // after each line of the journal
};

struct SwapPlan {
    Swap swap;
    QStringList notes;  // what the one who confirms should know
    QStringList texts() const; // what will be done, step by step
};

// Changes nothing. Errors (Client): no_such_rehearsal, not_good, other_cluster, prepared_transactions, taken_timeline (rehearse again), swap_unfinished,
// not_supported; Tool/not_running; those of docker.
Result<SwapPlan> planSwap(const QString &stack, const QString &rehearsal, qint64 nowMs, const CancelToken &cancel = {});

// What fails, or is cancelled, before everybody is let in, is taken back: the error says so, and its reason is of the step; where that failed too the
// reason is swap_unfinished. A backup that fails is told in the swap and changes nothing.
Result<Swap> applySwap(const SwapPlan &plan, const SwapOptions &options = {}, const Progress &progress = {}, const CancelToken &cancel = {});
// From wherever it was left; of one that was taken back, the copy once more. Errors: as above; Client/swap_over (applied already, retired).
Result<Swap> resumeSwap(const QString &id, const SwapOptions &options = {}, const Progress &progress = {}, const CancelToken &cancel = {});
// To the old volume, whatever stands; the new one is kept. Errors: Client/swap_over (taken back already, retired, another swap came behind it).
Result<Swap> rollbackSwap(const QString &id, const SwapOptions &options = {}, const Progress &progress = {}, const CancelToken &cancel = {});
// Removes the volume of the two that is not in use: there is no way back then. Errors: Client/swap_unfinished, Client/swap_over, Client/in_use.
Result<Swap> retireSwap(const QString &id, const Progress &progress = {}, const CancelToken &cancel = {});

} // namespace howdah::backup
