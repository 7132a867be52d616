// SPDX-License-Identifier: GPL-3.0-or-later
// What two measurements of a statement say: faster, slower, or no more apart than its runs are among themselves. Pure, any thread.
#pragma once

#include "trial/measure.h"

namespace howdah::trial
{

struct Judgement {
    enum class Verdict { Faster, Slower, Same, NotKnown };
    Verdict verdict = Verdict::NotKnown;
    bool measured = false;        // by runs; false: by the planner's costs
    std::optional<double> factor; // the larger by the smaller, at least 1; a lower bound where one of the two did not end
    QString words;                // one sentence
};
QString verdictName(Judgement::Verdict verdict); // "faster", …

// `hypothetical`: nothing was built, so that costs are all there is.
Judgement judge(const Measured &before, const Measured &after, bool hypothetical = false);

} // namespace howdah::trial
