// SPDX-License-Identifier: GPL-3.0-or-later
// Statements that stood before locks.
#include "advise/causes.h"

#include "base/units.h"

#include <algorithm>

namespace howdah::advise
{

using namespace Qt::StringLiterals;

namespace
{

constexpr int leastSamples = 3;    // fewer may be chance
constexpr double leastShare = 0.2; // of the statement's

QString relationOf(const Case &one, const StatementWaits &waits)
{
    QString name;
    int most = 0;
    for (const auto &[relation, seen] : waits.relations) {
        const auto known = one.evidence.relationNames.find(relation);
        if (seen > most && known != one.evidence.relationNames.end()) {
            most = seen;
            name = known->second;
        }
    }
    if (!name.isEmpty() || one.looked.plans.isEmpty())
        return name;
    const plan::Plan &plan =
        one.looked.plans.first().plan; // a statement that writes waits for rows of what it writes to
    for (const plan::PlanNode &node : plan.nodes)
        if (node.type == "ModifyTable"_L1)
            return relationName(node, one.facts());
    return mainRelation(plan, one.facts());
}

QString blockerText(const Blocker &blocker)
{
    if (blocker.isPrepared)
        return u"a prepared transaction, which no session ends (see pg_prepared_xacts)"_s;
    if (blocker.text.isEmpty())
        return u"a session that may not be seen, or that holds the lock without running anything"_s;
    constexpr qsizetype most = 200;
    const QString state = blocker.state == "active"_L1 ? u"a session that runs"_s
                                                       : u"a session that is %1 and ran last"_s.arg(blocker.state);
    return u"%1: %2"_s.arg(state, units::oneLine(blocker.text.left(most)));
}

QString remedyFor(const QVector<Blocker> &blockers)
{
    if (blockers.isEmpty())
        return u"Let the transactions that hold the lock end sooner: see the lock tree while it happens for who they "
               "are."_s;
    const Blocker &first = blockers.first();
    if (first.isPrepared)
        return u"COMMIT PREPARED or ROLLBACK PREPARED ends it; who prepared it should know which."_s;
    if (first.state.startsWith("idle in transaction"_L1))
        return u"The transaction that holds the lock does nothing and stays open: let the application commit before it "
               "does other work. idle_in_transaction_session_timeout ends those that forget it."_s;
    return u"Let the transaction that holds the lock be short, and take its locks as late as it can; where both change "
           "the same row over and over, change it in one statement or spread it over several rows."_s;
}

} // namespace

void fromWaits(const Case &one)
{
    const StatementWaits *waits = one.evidence.waits ? one.evidence.waits->find(one.looked.total.key) : nullptr;
    const int locked = waits ? waits->waitedFor(u"Lock") : 0;
    if (locked < leastSamples || locked < leastShare * waits->samples)
        return;
    Advice advice = one.make(u"lock_wait"_s, Source::Samples);
    const double sampleNs = one.evidence.waits->periodMs * 1e6;
    // A sample is a second at the most: the server counted how long its calls took, but not of those that wait still.
    const double waitedNs = std::min(double(locked) * sampleNs, one.execNs() + double(waits->waitingStill) * sampleNs);
    advice.ns = waitedNs;
    if (waits->key.roleId == 0) // kept samples: not of one step, and of all roles
        advice.stake = Stake::AtMost;
    advice.object = relationOf(one, *waits);
    advice.evidence = u"Of %1 sessions seen in it %2 waited for a lock%3 (%4), about %5 in all."_s.arg(
        units::exact(waits->samples), units::exact(locked),
        advice.object.isEmpty() ? QString() : u" on %1"_s.arg(advice.object),
        units::ratio(double(locked) / double(waits->samples)), msText(waitedNs));
    if (!waits->blockers.isEmpty()) {
        const Blocker &first = waits->blockers.first();
        advice.evidence += u" In %1 of them it was held up by %2"_s.arg(first.seen).arg(blockerText(first));
        if (first.key.queryId != 0 && first.key.roleId != 0)
            advice.related = first.key;
        advice.relatedQuery = first.text;
    } else if (!one.evidence.waits->tellsBlockers) {
        advice.evidence += u" Who held it is not kept."_s;
    }
    advice.remedy = remedyFor(waits->blockers);
    advice.cost = u"None on the server; the application's transactions change."_s;
    one.found.append(advice);
}

} // namespace howdah::advise
