// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/migrateplan.h"

#include "ctl/journalled.h"
#include "pg/quote.h"

#include <cstdio>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;

session::ChangePlan planOf(const Target &target, const pg::Connection &connection, const QVector<Wanted> &wanted, const QString &title)
{
    const QString address = connection.spec().address();
    return migrations::planOf({target.profile.name.isEmpty() ? address : u"%1 on %2"_s.arg(target.profile.name, address), connection.facts().database, connection.facts().role, target.profile.environment},
                              wanted, title);
}

QString planText(const session::ChangePlan &plan)
{
    QString text = u"%1 (database %2, %3, as %4)\n"_s.arg(plan.title, plan.database, plan.server, plan.role);
    for (const session::ChangeStep &step : plan.steps) {
        text += u'\n' + pg::commentLine(step.title) + u'\n';
        if (!step.blocks.isEmpty())
            text += pg::commentLine(u"blocks: "_s + step.blocks) + u'\n';
        text += session::masked(QString::fromUtf8(step.text));
    }
    return text;
}

Result<migrations::Run> runPlan(Ctl &ctl, const session::ChangePlan &plan, const QString &confirmed, const std::function<migrations::Run()> &run)
{
    // Whatever it does: in production a migration is never begun by one word too many in a shell's history.
    const bool demanded = session::guardFor(plan).demand != session::Demand::Nothing || plan.environment == session::Environment::Production;
    if (demanded && !confirmed.split(u',').contains(plan.database)) { // several: of several targets
        std::fputs(qPrintable(planText(plan) + u'\n'), stderr); // what it is that is to be confirmed
        return fail(ErrorKind::Client, u"usage"_s,
                    confirmed.isEmpty() ? u"%1 in the database %2 is to be confirmed"_s.arg(plan.title, plan.database)
                                        : u"%1: confirmed was %2, and the database is %3"_s.arg(plan.title, confirmed, plan.database),
                    u"Say --confirm %1 to do it."_s.arg(plan.database));
    }
    migrations::Run done;
    const Result<Done> kept = journalled(ctl, entryOf(plan), [&]() -> JournalEnd {
        done = run();
        const bool unknown = done.error && done.error->reason == "outcome_unknown"_L1;
        const QString outcome = !done.error ? u"done"_s : unknown ? u"unknown"_s : done.error->kind == ErrorKind::Cancelled ? u"cancelled"_s : u"failed"_s;
        return {outcome, session::masked(u"%1 of %2 done"_s.arg(done.done.size()).arg(plan.steps.size()) + (done.error ? u"; "_s + done.error->text() : QString()))};
    });
    if (!kept)
        return fail(kept.error());
    if (!*kept && !done.error)
        done.error = kept->error();
    return done;
}

} // namespace howdah::ctl
