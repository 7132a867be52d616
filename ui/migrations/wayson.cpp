// SPDX-License-Identifier: GPL-3.0-or-later
// What stands after a run that failed, and the ways on from there.
#include "ui/migrations/runview.h"

#include "base/units.h"

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::migrations;

QVector<WayOnButton> waysOn(const Run &run, bool blockerKnown)
{
    if (!run.error)
        return {};
    const QString &reason = run.error->reason;
    const WayOnButton again{WayOn::RunAgain, u"Run again…"_s}, open{WayOn::OpenFile, u"Open the file"_s};
    if (reason == "edited"_L1)
        return {open, {WayOn::Adopt, u"Adopt the edit…"_s}};
    if (reason == "out_of_order"_L1)
        return {{WayOn::OutOfOrder, u"Run out of order…"_s}};
    if (reason == "outcome_unknown"_L1 && run.failedAt)
        return {{WayOn::StatementDone, u"The statement stands…"_s}, {WayOn::StatementNotDone, u"It does not stand…"_s}, open};
    if (reason == "changed_since"_L1)
        return {open, {WayOn::Applied, u"Mark as applied…"_s}, {WayOn::NotApplied, u"Mark as not applied…"_s}};
    QVector<WayOnButton> ways{again};
    if (blockerKnown && (reason == "retries_exhausted"_L1 || run.error->kind == ErrorKind::Cancelled))
        ways.append({WayOn::ShowBlocker, u"Show the blocker"_s});
    if (run.failedAt && run.failedAt->line > 0 && run.error->kind != ErrorKind::Cancelled && reason != "retries_exhausted"_L1)
        ways.prepend({WayOn::OpenFile, u"Open line %1"_s.arg(run.failedAt->line)});
    return ways;
}

QString whatStands(const Run &run)
{
    QString done = run.done.isEmpty() ? u"Nothing was done before it."_s : run.done.size() == 1 ? u"%1 was done before it and stands."_s.arg(run.done.constFirst().name)
                                                                                                    : u"%1 migrations were done before it and stand."_s.arg(run.done.size());
    if (!run.error)
        return run.done.isEmpty() ? u"Nothing was to be done."_s : u"All of it stands."_s;
    return run.error->detail.isEmpty() ? done : run.error->detail + u' ' + done;
}

} // namespace howdah::ui
