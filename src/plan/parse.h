// SPDX-License-Identifier: GPL-3.0-or-later
// Reads plans that were pasted, run or found in a log: EXPLAIN's JSON (an array of one or several, or auto_explain's object) and its text,
// of PostgreSQL 15 to 18, with whatever psql or a grid put around them. Pure function, any thread; bounded in size, depth and time.
// Errors: Client/plan_not_read, with the line; Client/plan_too_large.
#pragma once

#include "base/result.h"
#include "plan/plan.h"

namespace howdah::plan
{

inline constexpr qsizetype maxPlanText = 64 * 1024 * 1024; // characters
inline constexpr int maxPlanDepth = 450;
inline constexpr qsizetype maxPlanNodes = 200'000;

// One plan for each statement that was explained; never an empty list.
Result<QVector<Plan>> parsePlans(const QString &text);

struct PastedLines;
// The two ways of it.
Result<QVector<Plan>> parseJsonPlans(const PastedLines &pasted);
Result<QVector<Plan>> parseTextPlans(const PastedLines &pasted);

} // namespace howdah::plan
