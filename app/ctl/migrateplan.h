// SPDX-License-Identifier: GPL-3.0-or-later
// What a run of migrations is about to do, as the plan that is shown, confirmed as the environment demands, and kept in the journal.
#pragma once

#include "ctl/ctl.h"
#include "migrations/run.h"
#include "migrations/runplan.h"
#include "session/changeplan.h"

namespace howdah::ctl
{

using migrations::Wanted;

session::ChangePlan planOf(const Target &target, const pg::Connection &connection, const QVector<Wanted> &wanted, const QString &title);
// For people: the statements, and what they block as far as their words tell.
QString planText(const session::ChangePlan &plan);

// Confirmed as demanded (`confirmed`: what was typed), journalled first, then `run`, then the journal's end.
// Errors: Client/usage where it is not confirmed, with what is to be said; the store's.
Result<migrations::Run> runPlan(Ctl &ctl, const session::ChangePlan &plan, const QString &confirmed, const std::function<migrations::Run()> &run);

} // namespace howdah::ctl
