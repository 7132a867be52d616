// SPDX-License-Identifier: GPL-3.0-or-later
// A plan as JSON of EXPLAIN's own form, whichever form it was told in: parsePlans() reads it back to the same value. Pure function, any thread.
#pragma once

#include "plan/plan.h"

#include <QByteArray>

namespace howdah::plan
{

QByteArray writeJson(const Plan &plan); // compact, UTF-8: a list of the one plan

} // namespace howdah::plan
