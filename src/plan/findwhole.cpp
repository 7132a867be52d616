// SPDX-License-Identifier: GPL-3.0-or-later
// What is of the statement more than of one node: workers that did not come, compiling, the plan for any values.
#include "plan/look.h"

#include "base/units.h"

#include <algorithm>
#include <cmath>

namespace howdah::plan
{

using namespace Qt::StringLiterals;

namespace
{

constexpr double leastGather = 0.1;
constexpr double leastJit = 0.2;      // of the execution
constexpr double leastJitUs = 1'000;
constexpr double worseTimes = 2;
constexpr double leastWorseUs = 1'000; // that the generic plan costs more

void findWorkers(const Look &look, int index, QVector<Finding> *found)
{
    const PlanNode &gather = look.node(index);
    const auto planned = gather.fields.count(u"Workers Planned"), launched = gather.fields.count(u"Workers Launched");
    if (!planned || !launched || *launched >= *planned || !look.isWorth(index, leastGather, true))
        return;
    Finding finding = look.make(Finding::Kind::WorkersNotLaunched, index);
    finding.share = look.shareBelow(index);
    finding.evidence =
        u"%1 planned %2 workers and got %3: the plan was chosen for a work force that it did not have."_s.arg(gather.title).arg(*planned).arg(*launched);
    finding.remedy =
        u"See how many run at once: max_parallel_workers bounds those of all statements, max_worker_processes those and all other background workers. "
        "Raise them where there are processors idle, else lower max_parallel_workers_per_gather so that plans are made for what there is."_s;
    finding.cost = u"Each worker is a process that takes a processor, and work_mem of its own; max_worker_processes needs a restart."_s;
    found->append(finding);
}

void findJit(const Look &look, QVector<Finding> *found)
{
    const auto &jit = look.plan.jit;
    if (!jit || !jit->totalUs || !look.plan.executionUs || *look.plan.executionUs <= 0)
        return;
    // Told for the leader and all workers together, which compile side by side.
    double processes = 1;
    for (const PlanNode &node : look.plan.nodes)
        processes = std::max(processes, 1 + double(node.fields.count(u"Workers Launched").value_or(0)));
    const double us = double(*jit->totalUs) / processes, share = us / double(*look.plan.executionUs);
    if (share < leastJit || us < leastJitUs)
        return;
    Finding finding = look.make(Finding::Kind::JitCost, 0);
    finding.relation.clear();
    finding.index.clear();
    finding.share = std::min(1.0, share);
    finding.evidence = u"Compiling %1 functions took %2 of %3 execution (%4)."_s
                           .arg(units::exact(double(jit->functions)), timeWord(us), timeWord(double(*look.plan.executionUs)), shareWord(std::min(1.0, share)));
    if (processes > 1)
        finding.evidence += u" It is the average of %1 processes."_s.arg(processes, 0, 'f', 0);
    const auto cost = look.node(0).totalCost;
    if (cost && *cost > 0 && *cost < 1e15) {
        const double step = std::pow(10, std::floor(std::log10(*cost)) - 1);
        const double above = std::ceil(*cost * 1.5 / step) * step;
        finding.evidence += u" The plan's cost is %1."_s.arg(units::exact(std::round(*cost)));
        finding.remedy =
            u"Raise jit_above_cost above this plan's cost, or turn JIT off for the role that runs it (jit = off). See too why the cost is that "
            u"high: a wrong estimate is the usual reason."_s;
        finding.statements.append(u"SET jit_above_cost = %1"_s.arg(above, 0, 'f', 0)); // sql-ok: of a figure
    } else {
        finding.remedy = u"Turn JIT off for the role that runs it (jit = off)."_s;
        finding.statements.append(u"SET jit = off"_s); // sql-ok: a setting
    }
    finding.cost = u"Long statements of the same session that gain by it are no longer compiled."_s;
    found->append(finding);
}

// What the plan is made of, without figures.
QString shapeOf(const Plan &plan)
{
    QString shape;
    for (const PlanNode &node : plan.nodes)
        shape += QString::number(node.depth) + u' ' + node.title + u'|' + node.object + u'|' + Look::calledAs(node) + u'|' + node.index + u'\n';
    return shape;
}

} // namespace

void findWhole(const Look &look, QVector<Finding> *found)
{
    for (int index = 0; index < look.plan.nodes.size(); ++index) {
        const PlanNode &node = look.node(index);
        if (node.actual && !node.neverExecuted() && (node.type == "Gather"_L1 || node.type == "Gather Merge"_L1))
            findWorkers(look, index, found);
    }
    findJit(look, found);
}

std::optional<Finding> genericPlanFinding(const Plan &generic, const Plan &custom)
{
    if (generic.nodes.isEmpty() || custom.nodes.isEmpty() || shapeOf(generic) == shapeOf(custom))
        return std::nullopt;
    Finding finding;
    finding.kind = Finding::Kind::GenericPlan;
    const bool ran = generic.analyzed() && custom.analyzed() && generic.executionUs && custom.executionUs;
    if (ran) {
        // A custom plan is made anew for each execution: its planning counts.
        const double planning = double(custom.planningUs.value_or(0));
        const double slow = double(*generic.executionUs), fast = double(*custom.executionUs) + planning;
        if (slow < worseTimes * fast || slow - fast < leastWorseUs)
            return std::nullopt;
        finding.share = (slow - fast) / slow;
        finding.evidence = u"The generic plan took %1, the one made for these values %2, its planning of %3 included."_s.arg(timeWord(slow), timeWord(fast),
                                                                                                                             timeWord(planning));
    } else {
        const auto slow = generic.nodes.first().totalCost, fast = custom.nodes.first().totalCost;
        if (!slow || !fast || *slow < worseTimes * std::max(*fast, 1.0))
            return std::nullopt;
        finding.evidence = u"By its cost the generic plan is %1 as expensive as the one for these values (%2 and %3); neither was run."_s
                               .arg(factorWord(*slow / std::max(*fast, 1.0)), units::exact(std::round(*slow)), units::exact(std::round(*fast)));
    }
    // The heaviest scan of the generic plan names what it is about.
    const Look look(generic, nullptr);
    double heaviest = -1;
    for (int index = 0; index < generic.nodes.size(); ++index) {
        const PlanNode &node = look.node(index);
        const double weight = look.share(index).value_or(node.totalCost.value_or(0));
        if (namesRelation(node) && weight > heaviest) {
            heaviest = weight;
            finding.node = index;
            finding.relation = look.relationName(node);
        }
    }
    finding.remedy =
        u"The values differ too much for one plan. Let the session or the role that runs it plan each execution (plan_cache_mode = "
        u"force_custom_plan), or do not prepare this statement."_s;
    finding.cost = ran ? u"Each execution is planned: %1 here."_s.arg(timeWord(double(custom.planningUs.value_or(0)))) : u"Each execution is planned."_s;
    finding.statements.append(u"SET plan_cache_mode = force_custom_plan"_s); // sql-ok: a setting
    return finding;
}

} // namespace howdah::plan
