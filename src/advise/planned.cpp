// SPDX-License-Identifier: GPL-3.0-or-later
// Findings of a statement's plans, weighed by the time of those that show them and held against what was counted.
#include "advise/causes.h"

#include "base/units.h"
#include "plan/predicate.h"

#include <QRegularExpression>

#include <algorithm>
#include <cmath>

namespace howdah::advise
{

using namespace Qt::StringLiterals;
using Kind = plan::Finding::Kind;
using plan::Finding;
using plan::Plan;
using plan::PlanNode;
using statements::Measure;

namespace
{

struct Lifted {
    Finding finding;
    Source source = Source::MeasuredPlan;
    Stake stake = Stake::Measured;
    double weight = 0; // the time at stake in the plans that show it, µs
    double heaviest = 0;
    int plans = 0;
};

// The sides of a join are chosen by their estimates, and so is how much is kept for a sort or a hash.
bool chooses(const PlanNode &node)
{
    static const QStringList types{u"Nested Loop"_s, u"Hash Join"_s, u"Merge Join"_s,
                                   u"Hash"_s,        u"Sort"_s,      u"Memoize"_s};
    return types.contains(node.type);
}

QVector<plan::Condition> filterOf(const Case &one, const PlanNode &scan)
{
    const plan::Facts *facts = one.facts();
    const auto *relation = facts ? facts->find(scan.schema, scan.object) : nullptr;
    return plan::conditionsOf(scan.fields.text(u"Filter"), scan.alias.isEmpty() ? scan.object : scan.alias, relation);
}

// Rows go up to the client as the node gives them.
bool handsOn(const Plan &plan, int index)
{
    static const QStringList through{u"Gather"_s, u"Gather Merge"_s,  u"Sort"_s,    u"Append"_s,
                                     u"Result"_s, u"Subquery Scan"_s, u"LockRows"_s};
    for (int at = plan.nodes[index].parent; at >= 0; at = plan.nodes[at].parent)
        if (!through.contains(plan.nodes[at].type))
            return false;
    return true;
}

// A plan for any values guesses what a comparison leaves; the figures tell whether it can be so.
bool isBorneOut(const Case &one, const Plan &plan, const Finding &finding)
{
    const PlanNode &scan = plan.nodes[finding.node];
    const plan::Facts *facts = one.facts();
    const auto *relation = facts ? facts->find(scan.schema, scan.object) : nullptr;
    if (!relation || !relation->pages || !relation->rows || one.calls() < 1)
        return false;
    const double blocks =
        double(one.counters()[Measure::SharedHit] + one.counters()[Measure::SharedRead]) / one.calls();
    // It stopped early, or is not the plan that ran.
    if (blocks < 0.5 * double(*relation->pages))
        return false;
    const double rows = double(one.counters()[Measure::Rows]) / one.calls();
    if (handsOn(plan, finding.node))
        return rows <= 0.1 * double(*relation->rows);
    const auto conditions = filterOf(one, scan);
    return std::any_of(conditions.cbegin(), conditions.cend(), [](const plan::Condition &condition) {
        return condition.use() == plan::Condition::Use::Equality;
    });
}

bool isSame(const Finding &one, const Finding &other)
{
    return one.kind == other.kind && one.relation == other.relation && one.index == other.index &&
           (!one.relation.isEmpty() || one.node == other.node);
}

// What the estimates of a generic plan say is judged by the plan for the values.
bool isOfAnyValues(const PlanSeen &seen, const Finding &finding)
{
    if (!seen.generic || !isOfEstimate(finding.kind) || !namesParameter(seen.plan.nodes[finding.node]))
        return false;
    return finding.kind == Kind::BadEstimate || seen.custom;
}

class Lift
{
public:
    explicit Lift(const Case &one) : m_case(one) {}

    void take(const PlanSeen &seen);
    void tell() const;

private:
    void add(const PlanSeen &seen, Finding finding);
    QString text(const Lifted &lifted) const;

    const Case &m_case;
    QVector<Lifted> m_lifted;
    double m_all = 0; // µs, of all plans
};

void Lift::add(const PlanSeen &seen, Finding finding)
{
    const bool ran = seen.source == Source::MeasuredPlan;
    Lifted lifted;
    lifted.source = seen.source;
    double share = finding.share.value_or(0);
    if (isOfEstimate(finding.kind) && decides(seen.plan, finding.node)) {
        share = 1;
        lifted.stake = Stake::AtMost;
    } else if (!finding.share || !ran) {
        share = finding.kind == Kind::GenericPlan ? finding.share.value_or(1) : costShare(seen.plan, finding.node);
        lifted.stake = Stake::ByCost;
    }
    if (finding.relation.isEmpty())
        finding.relation = mainRelation(seen.plan, m_case.facts(), finding.node);
    lifted.finding = std::move(finding);
    lifted.heaviest = lifted.weight = share * seen.weightUs();
    lifted.plans = 1;
    const auto same = std::find_if(m_lifted.begin(), m_lifted.end(),
                                   [&](const Lifted &other) { return isSame(other.finding, lifted.finding); });
    if (same == m_lifted.end()) {
        m_lifted.append(std::move(lifted));
        return;
    }
    same->weight += lifted.weight;
    ++same->plans;
    if (lifted.heaviest > same->heaviest) {
        same->heaviest = lifted.heaviest;
        same->finding = std::move(lifted.finding);
        same->stake = lifted.stake;
    }
}

void Lift::take(const PlanSeen &seen)
{
    if (seen.plan.nodes.isEmpty())
        return;
    m_all += seen.weightUs();
    const auto generic = seen.generic ? genericFinding(seen, m_case.facts()) : std::nullopt;
    const auto findings = plan::findingsOf(seen.plan, m_case.facts());
    for (const Finding &finding : findings) {
        if (generic ? isOfEstimate(finding.kind) : isOfAnyValues(seen, finding))
            continue;
        if (seen.source != Source::MeasuredPlan && !isBorneOut(m_case, seen.plan, finding))
            continue;
        add(seen, finding);
    }
    if (generic)
        add(seen, *generic);
}

QString Lift::text(const Lifted &lifted) const
{
    const auto count = m_case.looked.plans.size();
    QString text = withoutStrings(lifted.finding.evidence);
    if (lifted.source == Source::EstimatedPlan)
        text += u" By an estimated plan, for which no values were given; %1 blocks a call were counted."_s.arg(
            units::exact(std::round(double(m_case.counters()[Measure::SharedHit] + m_case.counters()[Measure::SharedRead]) /
                                    std::max(1.0, m_case.calls()))));
    else if (count > 1)
        text += u" Seen in %1 of %2 plans that were looked at."_s.arg(lifted.plans).arg(count);
    return text;
}

void Lift::tell() const
{
    // auto_explain logs the slow runs: they speak for the others by supposition where they are the lesser part.
    const bool coversLittle = m_case.wasMeasured() && std::max(m_all, double(m_case.looked.loggedUs)) * 1000 < 0.5 * m_case.execNs();
    for (const Lifted &lifted : m_lifted) {
        Advice advice = m_case.make(lifted.finding.name(), lifted.source);
        advice.object = lifted.finding.relation;
        advice.index = lifted.finding.index;
        advice.evidence = text(lifted);
        advice.remedy = withoutStrings(lifted.finding.remedy);
        advice.cost = lifted.finding.cost;
        advice.statements = lifted.finding.statements;
        advice.stake = coversLittle && lifted.stake == Stake::Measured ? Stake::AtMost : lifted.stake;
        advice.ns = m_case.execNs() * std::min(1.0, lifted.weight / m_all);
        m_case.found.append(advice);
    }
}

} // namespace

bool isOfEstimate(Kind kind)
{
    return kind == Kind::StaleStatistics || kind == Kind::CorrelatedColumns || kind == Kind::BadEstimate;
}

bool decides(const Plan &plan, int node)
{
    for (int at = plan.nodes[node].parent; at >= 0; at = plan.nodes[at].parent)
        if (chooses(plan.nodes[at]))
            return true;
    return false;
}

QString withoutStrings(const QString &evidence)
{
    // EXPLAIN writes a constant with its type behind it; a text that was cut may end within one.
    static const QRegularExpression constant(u"'(?:[^']|'')*'(?=::)"_s);
    static const QRegularExpression cut(u"'(?:[^']|'')*…"_s);
    QString text = evidence;
    text.replace(constant, u"'***'"_s);
    text.replace(cut, u"'***…"_s);
    return text;
}

void fromPlans(const Case &one)
{
    Lift lift(one);
    for (const PlanSeen &seen : one.looked.plans)
        lift.take(seen);
    lift.tell();
}

} // namespace howdah::advise
