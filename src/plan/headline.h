// SPDX-License-Identifier: GPL-3.0-or-later
// How a node is named: text says "Parallel Hash Left Join" where JSON has a type and properties. Both are brought to the same value here.
// Pure functions, any thread.
#pragma once

#include "plan/plan.h"

namespace howdah::plan
{

// From the title's text, without costs: type, title, object, alias, index, and the properties that JSON would have told.
void readHeadline(QStringView text, PlanNode *node);
// From JSON's properties, which `node` has in its fields; type is set.
void makeTitle(PlanNode *node);
// "(cost=0.00..1.05 rows=5 width=4) (actual time=0.010..0.020 rows=5.00 loops=1)" at the line's end: false where it has neither of these.
// What stands before goes to *headline. A figure that does not fit is said in *why.
bool readFigures(QStringView line, QStringView *headline, PlanNode *node, QString *why);
// "actual time=0.010..0.020 rows=5.00 loops=1"
std::optional<Actual> readActual(QStringView text);

} // namespace howdah::plan
