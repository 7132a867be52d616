// SPDX-License-Identifier: GPL-3.0-or-later
// A statement that is called once for each row of another (N+1). Internal to src/advise. Pure functions.
#pragma once

#include "advise/advice.h"

namespace howdah::advise
{

struct CallPair {
    statements::Key child;
    statements::Key parent;
};

// By the figures alone: chance makes such pairs too. Their plans tell whether the two have to do with each other.
QVector<CallPair> callPairs(const statements::TopList &list);
QVector<Advice> fromCalls(const Evidence &evidence);

} // namespace howdah::advise
