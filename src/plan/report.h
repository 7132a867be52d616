// SPDX-License-Identifier: GPL-3.0-or-later
// A plan told: its tree with each node's own time, what is of no node, and the findings; as text for a terminal and as JSON. Pure functions, any
// thread. JSON: times in ms; what was not told is null, never 0.
#pragma once

#include "plan/compare.h"
#include "plan/exclusive.h"
#include "plan/finding.h"

#include <QJsonObject>

namespace howdah::plan
{

QJsonObject toJson(const Finding &finding);
QJsonObject reportJson(const Plan &plan, const QVector<Finding> &findings);
QJsonObject comparisonJson(const Plan &before, const Plan &after, const PlanComparison &comparison);

// "Hash Join", "Index Scan using item_pkey on shop.item i": one line, names of the server's made harmless.
QString headOf(const PlanNode &node);
QString entryName(const TimeEntry &entry); // "planning", "trigger audit"

// Lines as they stand, names of the server's made harmless; ends with a line break. Rows, and those planned, are of all loops.
QString planText(const Plan &plan);
// The same and what was found.
QString reportText(const Plan &plan, const QVector<Finding> &findings);
QString comparisonText(const Plan &before, const Plan &after, const PlanComparison &comparison);

} // namespace howdah::plan
