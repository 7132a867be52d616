// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/swapchange.h"

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

session::ChangePlan changeOf(const Swap &swap, session::Environment environment, const QString &title)
{
    session::ChangePlan change;
    change.subject = session::ChangeSubject::Volumes;
    change.title = title;
    change.server = u"the stack %1"_s.arg(swap.stack);
    change.role = u"postgres"_s;
    change.environment = environment;
    change.transactional = false;
    change.object = swap.stack;
    return change;
}

void add(session::ChangePlan &change, const QString &title, const QString &text, const QString &blocks = {})
{
    change.steps.append({title, text.toUtf8(), true, {}, blocks});
}

// Whatever was there before is out of the clients' reach from then on.
void replaces(session::ChangePlan &change, const Swap &swap)
{
    change.hazards.append({session::Hazard::Kind::Truncate, u"the stack %1"_s.arg(swap.stack), 0, 0});
}

} // namespace

QString keptVolumeOf(const Swap &swap)
{
    return swap.state == SwapState::Applied ? swap.oldVolume : swap.newVolume;
}

session::ChangePlan swapChange(const SwapPlan &plan, session::Environment environment)
{
    session::ChangePlan change = changeOf(plan.swap, environment, u"Put %1 in the place of the data of the stack %2"_s.arg(plan.swap.rehearsal, plan.swap.stack));
    change.verb = u"Swap the data of %1"_s.arg(plan.swap.stack);
    replaces(change, plan.swap);
    const QStringList texts = plan.texts();
    for (qsizetype i = 0; i < texts.size(); ++i) {
        const auto step = SwapStep(i + 1);
        add(change, swapStepText(step), texts.at(i), step == SwapStep::Fence ? u"everybody, from here until everybody is let in"_s : QString());
    }
    change.undo = u"howdahctl pitr rollback %1, or “Go back” in the step behind this: %2 is kept until it is removed"_s.arg(plan.swap.id, plan.swap.oldVolume);
    return change;
}

session::ChangePlan resumeChange(const Swap &swap, session::Environment environment)
{
    session::ChangePlan change = changeOf(swap, environment, u"Go on with %1"_s.arg(swap.id));
    change.verb = u"Go on with the swap"_s;
    replaces(change, swap);
    if (swap.state == SwapState::RolledBack)
        add(change, u"Put the copy in once more"_s, u"Put %1 in the place of the data of the stack %2 once more; what was committed there since is kept in %3"_s.arg(swap.newVolume, swap.stack, swap.oldVolume), u"everybody, until everybody is let in"_s);
    else
        add(change, u"Go on behind: %1"_s.arg(swapStepText(swap.reached)), u"Go on behind the step: %1"_s.arg(swapStepText(swap.reached)), u"everybody, until everybody is let in"_s);
    change.undo = u"howdahctl pitr rollback "_s + swap.id;
    return change;
}

session::ChangePlan rollbackChange(const Swap &swap, session::Environment environment)
{
    session::ChangePlan change = changeOf(swap, environment, u"Take %1 back"_s.arg(swap.id));
    change.verb = u"Go back to %1"_s.arg(swap.oldVolume);
    replaces(change, swap);
    add(change, u"Fence the server off"_s, u"Fence the stack %1 off and archive its last WAL, where it runs on %2"_s.arg(swap.stack, swap.newVolume), u"everybody, from here until everybody is let in"_s);
    add(change, u"Stop the server"_s, u"Stop the server; %1 is kept, with all that was committed in it"_s.arg(swap.newVolume));
    add(change, u"Let everybody in"_s, u"Start it on %1, with the network as before, and prove that it is timeline %2"_s.arg(swap.oldVolume).arg(swap.oldTimeline));
    change.undo = u"howdahctl pitr apply --resume "_s + swap.id;
    return change;
}

session::ChangePlan retireChange(const Swap &swap, session::Environment environment)
{
    const QString volume = keptVolumeOf(swap);
    session::ChangePlan change = changeOf(swap, environment, u"Close %1"_s.arg(swap.id));
    change.verb = u"Remove %1"_s.arg(volume);
    change.hazards.append({session::Hazard::Kind::RemoveFiles, u"the volume %1"_s.arg(volume), 0, 0});
    add(change, u"Remove the volume"_s, u"Remove the volume %1, which the stack %2 does not run on"_s.arg(volume, swap.stack));
    change.undo = u"there is none: no way back then, but by a recovery from the archive"_s;
    return change;
}

} // namespace howdah::backup
