// SPDX-License-Identifier: GPL-3.0-or-later
// A trial on a lab by its name. What may stay there is noted with the lab before anything is run, and the note taken out again for what did not stay: a program
// that is killed in the midst leaves it. Blocks on Docker; any thread but the window's.
#pragma once

#include "backup/labs.h"
#include "trial/trial.h"

namespace howdah::trial
{

// By a link of its own, as the lab's superuser. TrialRequest::where is filled in. Errors: those of findLab() and tryOnLab(); Client/not_running; Connection;
// Io, where the note can't be written: nothing was run then.
Result<Trial> tryOnLab(const QString &lab, const QString &database, TrialRequest request, const Progress &progress = {}, const CancelToken &cancel = {});

} // namespace howdah::trial
