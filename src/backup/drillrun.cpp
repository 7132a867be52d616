// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/drillrun.h"

#include "backup/lease.h"

namespace howdah::backup
{

using namespace Qt::StringLiterals;

// Of copies that failed the newest is enough to look at: one more each night would fill the disk. What was given a name stays, and one that can't be dropped now goes next time.
static void dropOlder(const Rehearsal &newest, const CancelToken &cancel)
{
    for (const Standing &one : standingRehearsals(cancel).value_or(QVector<Standing>())) {
        if (one.id != newest.id && one.rehearsal && one.rehearsal->drillOf == newest.drillOf && one.rehearsal->lab.isEmpty())
            std::ignore = dropRehearsal(one.id, cancel);
    }
}

Result<DrillOutcome> runDrill(const Stand &stand, const PhysicalPlace &place, const DrillOptions &options, qint64 nowMs, const Progress &progress, const CancelToken &cancel)
{
    // Into another tool's repository nothing is written, and that tool prunes behind nobody's turn.
    auto lease = stand.engine ? Result<std::optional<Lease>>(std::optional<Lease>()) : [&]() -> Result<std::optional<Lease>> {
        auto taken = Lease::take(*place.repository, u"a drill"_s, cancel);
        return taken ? Result<std::optional<Lease>>(std::optional<Lease>(*std::move(taken))) : fail(std::move(taken.error()));
    }();
    if (!lease)
        return fail(std::move(lease.error()));
    const PitrTarget latest{PitrTarget::Kind::Latest, 0, {}, 0, {}, true, {}};
    const auto verdict = verdictOf(stand.archive, stand.inventory, stand.points, latest, {}, cancel);
    if (!verdict && verdict.error().kind == ErrorKind::Cancelled)
        return fail(verdict.error());
    if (!verdict) { // nothing could be planned: not proven, and kept as that
        const DrillOutcome outcome{drillOf(stand.inventory.systemIdentifier, nowMs, Result<Rehearsal>(fail(verdict.error()))), {}};
        if (Done kept = keepDrill(outcome.drill); !kept)
            return fail(std::move(kept.error()));
        return outcome;
    }
    RehearsalChoice choice = rehearsalChoiceOf(stand, place, *verdict);
    choice.probes = options.probes;
    choice.database = options.database;
    choice.drillOf = stand.inventory.systemIdentifier;
    const auto plan = planRehearsal(choice, nowMs);
    const Result<Rehearsal> rehearsed = plan ? rehearse(*plan, progress, cancel) : Result<Rehearsal>(fail(plan.error()));
    if (!rehearsed && rehearsed.error().kind == ErrorKind::Cancelled)
        return fail(rehearsed.error());
    DrillOutcome outcome{drillOf(stand.inventory.systemIdentifier, nowMs, rehearsed), {}};
    if (!rehearsed && outcome.drill.backup.isEmpty())
        outcome.drill.backup = verdict->backup;
    if (Done kept = keepDrill(outcome.drill); !kept)
        return fail(std::move(kept.error()));
    if (rehearsed && (outcome.drill.good || !options.keepFailed)) {
        if (Done dropped = dropRehearsal(rehearsed->id, cancel); !dropped)
            return fail(std::move(dropped.error()));
    } else if (rehearsed) {
        outcome.stays = rehearsed->id;
        dropOlder(*rehearsed, cancel);
    }
    return outcome;
}

} // namespace howdah::backup
