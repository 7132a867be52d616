// SPDX-License-Identifier: GPL-3.0-or-later
// The plan for any values that a prepared statement got, held against what the planner makes of the values that it ran
// with. That one is not run: it is judged by its cost, or by its estimate of what the other is known to have found.
#include "advise/causes.h"

#include "base/units.h"

#include <algorithm>
#include <cmath>

namespace howdah::advise
{

using namespace Qt::StringLiterals;
using Kind = plan::Finding::Kind;
using plan::Finding;
using plan::Plan;
using plan::PlanNode;

namespace
{

constexpr double worseTimes = 2;
constexpr double farOff = 10;
constexpr double leastRows = 1'000;

QString rowsText(double rows)
{
    return std::round(rows) == 1 ? u"1 row"_s : QString(units::exact(std::round(rows)) + u" rows"_s);
}

Finding made(const PlanSeen &seen, int node, const QString &relation)
{
    Finding finding;
    finding.kind = Kind::GenericPlan;
    finding.node = node;
    finding.relation = relation;
    finding.remedy =
        u"The values differ too much for one plan. Let the session or the role that runs it plan each execution "
        "(plan_cache_mode = force_custom_plan), or do not prepare this statement."_s;
    finding.cost =
        seen.custom && seen.custom->planningUs
            ? u"Each execution is planned: %1 for these values."_s.arg(msText(double(*seen.custom->planningUs) * 1000))
            : u"Each execution is planned."_s;
    finding.statements.append(u"SET plan_cache_mode = force_custom_plan"_s); // sql-ok: a setting
    return finding;
}

double error(double planned, double actual)
{
    const double a = std::max(1.0, planned), b = std::max(1.0, actual);
    return std::max(a, b) / std::min(a, b);
}

// The scan of a parameter whose rows were guessed furthest off; -1: none.
int worstGuess(const Plan &plan)
{
    int worst = -1;
    double most = farOff;
    for (int index = 0; index < plan.nodes.size(); ++index) {
        const PlanNode &node = plan.nodes[index];
        if (!plan::namesRelation(node) || !node.actual || node.neverExecuted() || !node.planRows ||
            !namesParameter(node))
            continue;
        const double actual = double(node.actual->rowsHundredths) / 100;
        if (std::max(actual, *node.planRows) * double(node.actual->loops) < leastRows ||
            error(*node.planRows, actual) < most)
            continue;
        most = error(*node.planRows, actual);
        worst = index;
    }
    return worst;
}

// What the values choose from: the table whose condition has the parameter; the heaviest of several.
QString chosenFrom(const Plan &plan, const plan::Facts *facts)
{
    QString name;
    double heaviest = -1;
    for (const PlanNode &node : plan.nodes) {
        if (!plan::namesRelation(node) || !namesParameter(node) || node.totalCost.value_or(0) <= heaviest)
            continue;
        heaviest = node.totalCost.value_or(0);
        name = relationName(node, facts);
    }
    return name.isEmpty() ? mainRelation(plan, facts) : name;
}

const PlanNode *sameScan(const Plan &plan, const PlanNode &node)
{
    const auto found = std::find_if(plan.nodes.cbegin(), plan.nodes.cend(), [&](const PlanNode &other) {
        return plan::namesRelation(other) && other.object == node.object && other.alias == node.alias;
    });
    return found == plan.nodes.cend() ? nullptr : &*found;
}

bool isSameShape(const Plan &one, const Plan &other)
{
    return std::equal(one.nodes.cbegin(), one.nodes.cend(), other.nodes.cbegin(), other.nodes.cend(),
                      [](const PlanNode &a, const PlanNode &b) {
                          return a.title == b.title && a.object == b.object && a.index == b.index && a.depth == b.depth;
                      });
}

} // namespace

std::optional<Finding> genericFinding(const PlanSeen &seen, const plan::Facts *facts)
{
    const int guess = worstGuess(seen.plan);
    if (!seen.custom) {
        // Several columns may be a matter of theirs, old statistics too: that is told by the plan's own findings.
        const auto findings = plan::findingsOf(seen.plan, facts);
        const bool other = std::any_of(findings.cbegin(), findings.cend(), [](const Finding &one) {
            return one.kind == Kind::StaleStatistics || one.kind == Kind::CorrelatedColumns;
        });
        if (guess < 0 || other)
            return std::nullopt;
        const PlanNode &node = seen.plan.nodes[guess];
        Finding finding = made(seen, guess, relationName(node, facts));
        finding.evidence = u"The plan that ran is the one for any values: %1 of %2 was guessed at %3 and gave %4. It "
                           "was not held against a plan for the values: %5."_s.arg(
                               node.title, finding.relation, rowsText(*node.planRows),
                               rowsText(double(node.actual->rowsHundredths) / 100), seen.customWhy);
        finding.share = decides(seen.plan, guess) ? 1 : costShareBelow(seen.plan, guess);
        return finding;
    }
    const Plan &custom = *seen.custom;
    const auto slow = seen.plan.nodes.first().totalCost,
               fast = custom.nodes.isEmpty() ? std::nullopt : custom.nodes.first().totalCost;
    if (!slow || !fast || isSameShape(seen.plan, custom))
        return std::nullopt;
    const QString took = seen.durationUs ? u"; it took %1"_s.arg(msText(double(*seen.durationUs) * 1000)) : QString();
    const QString costs = u"The plan that ran is the one for any values, of cost %1%2. For the values that it ran with "
                          "the planner makes another, of cost %3, which was not run."_s.arg(
                              units::exact(std::round(*slow)), took, units::exact(std::round(*fast)));
    if (*slow >= worseTimes * std::max(*fast, 1.0)) {
        const QString guessed = guess < 0 ? QString() : relationName(seen.plan.nodes[guess], facts);
        Finding finding = made(seen, 0, guessed.isEmpty() ? chosenFrom(seen.plan, facts) : guessed);
        finding.evidence = costs;
        finding.share = 1 - *fast / *slow;
        return finding;
    }
    const PlanNode *node = guess < 0 ? nullptr : &seen.plan.nodes[guess];
    const PlanNode *knowing = node ? sameScan(custom, *node) : nullptr;
    if (!knowing || !knowing->planRows ||
        error(*knowing->planRows, double(node->actual->rowsHundredths) / 100) >= farOff)
        return std::nullopt;
    Finding finding = made(seen, guess, relationName(*node, facts));
    finding.evidence = u"%1 It guessed %2 of %3 where %4 came; the one for the values expects %5."_s.arg(
        costs, rowsText(*node->planRows), finding.relation, rowsText(double(node->actual->rowsHundredths) / 100),
        rowsText(*knowing->planRows));
    finding.share = 1;
    return finding;
}

} // namespace howdah::advise
