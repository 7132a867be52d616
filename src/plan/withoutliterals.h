// SPDX-License-Identifier: GPL-3.0-or-later
// A plan's conditions hold the values of the statement that it was made for: people's data. Here they become '***', told by the project's lexer,
// so that what is kept says which columns were asked and how, and not for whom. Names, figures and settings stay. Pure functions, any thread,
// linear in the text.
#pragma once

#include "plan/plan.h"

namespace howdah::plan
{

// Of a statement or an expression: strings, numbers and comments. What only looks like a value stays: $1, "SubPlan 2", numeric(10,2).
QString withoutLiterals(const QString &sql);
// Something was taken out of it: what is planned of it is not the plan of the statement.
bool isMasked(const QString &sql);
// Of all that may hold an expression: what is not known to hold none does.
Plan withoutLiterals(Plan plan);

} // namespace howdah::plan
