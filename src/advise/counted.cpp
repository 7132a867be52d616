// SPDX-License-Identifier: GPL-3.0-or-later
// What the figures show by themselves, where no measured plan told it already: temporary files, compiling, workers that
// did not come, and work far beyond what the estimated plan expects.
#include "advise/causes.h"

#include "base/units.h"

#include <algorithm>
#include <cmath>

namespace howdah::advise
{

using namespace Qt::StringLiterals;
using Kind = plan::Finding::Kind;
using plan::PlanNode;
using statements::Measure;

namespace
{

constexpr double blockBytes = 8192;
constexpr double mB = 1024 * 1024;
constexpr double leastTemp = 128;  // blocks a call
constexpr double leastJit = 0.2;   // of its time
constexpr double leastJitNs = 1e6; // a call
constexpr double leastWorkers = 10;
constexpr double leastShortfall = 0.3;
constexpr double farOff = 10;
constexpr double leastRows = 1'000;
constexpr double blocksPerCost = 10; // a block read in order costs 1
constexpr double leastBlocks = 1'000;
constexpr double staleShare = 0.1;
constexpr double staleRows = 500;

void findTemporary(const Case &one)
{
    if (one.has({Kind::Spill}) || !one.counts(Measure::TempWritten))
        return;
    const auto &counters = one.counters();
    const double written = double(counters[Measure::TempWritten]), each = written / one.calls();
    if (each < leastTemp)
        return;
    Advice advice = one.make(plan::findingName(Kind::Spill), Source::Counters);
    const double ioNs = double(counters[Measure::TempReadTime] + counters[Measure::TempWriteTime]);
    advice.evidence = u"It wrote %1 of temporary files in %2 calls, %3 a call: a sort, a hash or a kept result did not "
                      "fit into work_mem."_s.arg(units::bytes(written * blockBytes), units::exact(one.calls()),
                                                 units::bytes(each * blockBytes));
    if (ioNs > 0)
        advice.evidence += u" Reading and writing them took %1."_s.arg(msText(ioNs));
    advice.ns = one.execNs();
    advice.stake = Stake::AtMost;
    // In memory a row takes more than in a file, by its header and alignment.
    const double wanted = std::ceil(3 * each * blockBytes / mB);
    advice.remedy =
        u"Give this statement's session or role more work_mem: about %1 MB by the size of its files, which "
        "is a guess; a measured plan tells it better. Or let it sort or hash fewer rows."_s.arg(units::exact(wanted));
    advice.cost = u"Each such step of each session and of each parallel worker may take as much memory at once: set it "
                  "for the session or the role that needs it, not for all."_s;
    constexpr double mostDrafted = 4096;
    if (wanted <= mostDrafted)
        advice.statements.append(u"SET work_mem = '%1MB'"_s.arg(wanted, 0, 'f', 0)); // sql-ok: of a figure
    one.found.append(advice);
}

void findCompiling(const Case &one)
{
    if (one.has({Kind::JitCost}) || !one.counts(Measure::JitTime))
        return;
    const double ns = double(one.counters()[Measure::JitTime]);
    if (one.execNs() <= 0 || ns < leastJit * one.execNs() || ns < leastJitNs * one.calls())
        return;
    Advice advice = one.make(plan::findingName(Kind::JitCost), Source::Counters);
    advice.ns = std::min(ns, one.execNs());
    advice.evidence = u"Compiling %1 functions took %2 of %3 (%4), in %5 calls."_s.arg(
        units::exact(double(one.counters()[Measure::JitFunctions])), msText(ns), msText(one.execNs()),
        units::ratio(std::min(1.0, ns / one.execNs())), units::exact(one.calls()));
    advice.remedy = u"Raise jit_above_cost above this statement's cost, or turn JIT off for the role that runs it (jit "
                    "= off). See too why the cost is that high: a wrong estimate is the usual reason."_s;
    advice.cost = u"Long statements of the same session that gain by it are no longer compiled."_s;
    advice.statements.append(u"SET jit = off"_s); // sql-ok: a setting
    one.found.append(advice);
}

void findWorkers(const Case &one)
{
    if (one.has({Kind::WorkersNotLaunched}) || !one.counts(Measure::WorkersWanted))
        return;
    const double wanted = double(one.counters()[Measure::WorkersWanted]),
                 launched = double(one.counters()[Measure::WorkersLaunched]);
    if (wanted < leastWorkers || wanted - launched < leastShortfall * wanted)
        return;
    Advice advice = one.make(plan::findingName(Kind::WorkersNotLaunched), Source::Counters);
    // As if all work were shared evenly.
    advice.ns = one.execNs() * (1 - (one.calls() + launched) / (one.calls() + wanted));
    advice.stake = Stake::AtMost;
    advice.evidence =
        u"It asked for %1 parallel workers in %2 calls and got %3: its plans were chosen for a work "
        "force that they did not have."_s.arg(units::exact(wanted), units::exact(one.calls()), units::exact(launched));
    advice.remedy =
        u"See how many run at once: max_parallel_workers bounds those of all statements, max_worker_processes those "
        u"and all other background workers. "
        "Raise them where there are processors idle, else lower max_parallel_workers_per_gather so that plans are made for what there is."_s;
    advice.cost = u"Each worker is a process that takes a processor, and work_mem of its own; max_worker_processes "
                  "needs a restart."_s;
    one.found.append(advice);
}

bool isStale(const plan::RelationFacts &relation)
{
    if (relation.partitioned)
        return false;
    if (relation.hasStatistics == false || (relation.analyzed == false && !relation.rows))
        return relation.changedSinceAnalyze.value_or(0) >= qint64(staleRows);
    const double changed = double(relation.changedSinceAnalyze.value_or(0));
    return changed >= staleRows && changed >= staleShare * double(relation.rows.value_or(0));
}

// The table of the plan that the planner knows least of: one whose statistics are old.
int staleScan(const Case &one, const plan::Plan &plan)
{
    int worst = -1;
    double most = 0;
    for (int index = 0; index < plan.nodes.size(); ++index) {
        const PlanNode &node = plan.nodes[index];
        const auto *relation = plan::namesRelation(node) && node.type != "ModifyTable"_L1 && one.facts()
                                   ? one.facts()->find(node.schema, node.object)
                                   : nullptr;
        if (!relation || !isStale(*relation))
            continue;
        const double changed =
            double(relation->changedSinceAnalyze.value_or(0)) / std::max(1.0, double(relation->rows.value_or(0)));
        if (changed >= most) {
            most = changed;
            worst = index;
        }
    }
    return worst;
}

// What it did against what its estimated plan expects: words, or empty.
QString excess(const Case &one, const plan::Plan &plan)
{
    const PlanNode &root = plan.nodes.first();
    const double rows = double(one.counters()[Measure::Rows]) / one.calls();
    if (root.type == "ModifyTable"_L1) // its triggers' and indexes' pages are counted too
        return {};
    if (root.planRows && rows >= leastRows && rows >= farOff * std::max(1.0, *root.planRows))
        return u"Its plan expects %1 rows, and a call gave %2 on average."_s.arg(
            units::exact(std::round(*root.planRows)), units::exact(std::round(rows)));
    const double blocks =
        double(one.counters()[Measure::SharedHit] + one.counters()[Measure::SharedRead]) / one.calls();
    if (root.totalCost && blocks >= leastBlocks && blocks >= blocksPerCost * *root.totalCost)
        return u"Its plan costs %1, in units of a page read in order, and a call read %2 pages on average."_s.arg(
            units::exact(std::round(*root.totalCost)), units::exact(std::round(blocks)));
    return {};
}

void findExcess(const Case &one)
{
    if (one.wasMeasured() || one.looked.plans.isEmpty() || one.calls() < 1 ||
        one.has({Kind::StaleStatistics, Kind::CorrelatedColumns, Kind::BadEstimate}))
        return;
    const plan::Plan &plan = one.looked.plans.first().plan;
    if (plan.nodes.isEmpty())
        return;
    const QString seen = excess(one, plan);
    const int scan = seen.isEmpty() ? -1 : staleScan(one, plan);
    if (scan < 0)
        return;
    const auto *relation = one.facts()->find(plan.nodes[scan].schema, plan.nodes[scan].object);
    Advice advice = one.make(plan::findingName(Kind::StaleStatistics), Source::EstimatedPlan);
    advice.object = relationName(plan.nodes[scan], one.facts());
    advice.evidence = u"%1 The statistics of %2 are old: %3 rows changed since the last ANALYZE, of about %4."_s.arg(
        seen, advice.object, units::exact(double(relation->changedSinceAnalyze.value_or(0))),
        relation->rows ? units::exact(double(*relation->rows)) : u"an unknown number"_s);
    advice.remedy = u"ANALYZE reads a sample and tells the planner anew. Where it is stale again soon, let autovacuum "
                    "come sooner to this table (autovacuum_analyze_scale_factor)."_s;
    advice.cost = u"It reads at most 30,000 pages at the default statistics target; reads and writes go on (SHARE "
                  "UPDATE EXCLUSIVE lock)."_s;
    advice.statements.append(u"ANALYZE %1"_s.arg(advice.object));
    advice.ns = one.execNs();
    advice.stake = Stake::AtMost;
    one.found.append(advice);
}

// Many pages of the table where the index alone should do, and rows that VACUUM has not seen.
void findFetches(const Case &one)
{
    if (one.wasMeasured() || one.looked.plans.isEmpty() || one.calls() < 1 || !one.facts())
        return;
    const plan::Plan &plan = one.looked.plans.first().plan;
    for (int index = 0; index < plan.nodes.size(); ++index) {
        const PlanNode &node = plan.nodes[index];
        const QString name = relationName(node, one.facts());
        const auto *relation =
            node.type == "Index Only Scan"_L1 ? one.facts()->find(node.schema, node.object) : nullptr;
        if (!relation || !relation->pages || *relation->pages < 1 || costShare(plan, index) < 0.5)
            continue;
        const TableState state = one.evidence.facts.value(one.looked.total.key.databaseId).tables.value(name);
        const double unseen = double(state.dead.value_or(0) + state.inserted.value_or(0));
        const double marked = double(relation->allVisiblePages.value_or(0)) / double(*relation->pages);
        const bool unmarked = unseen >= leastRows && unseen >= 0.1 * double(state.live.value_or(0));
        const double blocks =
            double(one.counters()[Measure::SharedHit] + one.counters()[Measure::SharedRead]) / one.calls();
        if (!unmarked || blocks < leastBlocks || blocks < 0.2 * double(*relation->pages))
            continue;
        Advice advice = one.make(plan::findingName(Kind::HeapFetches), Source::EstimatedPlan);
        advice.object = name;
        advice.index = node.index;
        advice.ns = one.execNs();
        advice.stake = Stake::AtMost;
        advice.evidence = u"Its plan reads index %1 alone, and a call read %2 pages; the table has %3. %4 of its pages "
                          "were marked as visible to all as of the last VACUUM, and %5 rows died or came since."_s.arg(
                              node.index, units::exact(std::round(blocks)), units::exact(double(*relation->pages)),
                              units::ratio(std::min(1.0, marked)), units::exact(unseen));
        advice.remedy = u"VACUUM marks them. Where it does not last, let autovacuum come sooner to this table "
                        "(autovacuum_vacuum_scale_factor, autovacuum_vacuum_insert_scale_factor)."_s;
        advice.cost = u"It reads what changed since the last one, at the pace of vacuum_cost_delay; reads and writes "
                      "go on (SHARE UPDATE EXCLUSIVE lock; not inside a transaction block)."_s;
        advice.statements.append(u"VACUUM %1"_s.arg(name));
        one.found.append(advice);
        return;
    }
}

} // namespace

void fromCounters(const Case &one)
{
    if (one.calls() < 1)
        return;
    findTemporary(one);
    findCompiling(one);
    findWorkers(one);
    findExcess(one);
    findFetches(one);
}

} // namespace howdah::advise
