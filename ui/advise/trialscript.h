// SPDX-License-Identifier: GPL-3.0-or-later
// What a trial will run, for people to read before it is run. Pure, any thread.
#pragma once

#include "trial/trial.h"

namespace howdah::ui
{

struct TrialPlace {
    enum Kind { Lab, HypoPg };
    Kind kind = Lab;
    QString lab; // empty: none is chosen yet
};
QString trialScript(const trial::TrialRequest &request, const TrialPlace &place);

} // namespace howdah::ui
