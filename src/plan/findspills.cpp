// SPDX-License-Identifier: GPL-3.0-or-later
// What did not fit into work_mem and went to temporary files, and how much it would have needed: by the rows as they were and the estimated
// width, in the server's own data structures, with a reserve. An estimate, and said to be one.
#include "plan/look.h"

#include "base/units.h"

#include <algorithm>
#include <cmath>

namespace howdah::plan
{

using namespace Qt::StringLiterals;

namespace
{

constexpr double leastShare = 0.05; // of the statement's time, with what is below
constexpr double kB = 1024;
constexpr double mB = 1024 * 1024;

double aligned(double width)
{
    return std::ceil(width / 8) * 8;
}

// A tuple in memory: its header, the allocation's own.
double tupleBytes(const PlanNode &node)
{
    return 24 + aligned(double(node.width.value_or(32)));
}

// As tuplestore.c keeps one: an allocation of its own, of a power of two up to 8 kB, with a header of 16 bytes (up to 15; then 8), and a pointer in an
// array that grows by doubling.
double storedBytes(const PlanNode &node)
{
    constexpr double largestChunk = 8192;
    const double tuple = 16 + aligned(double(node.width.value_or(32)));
    return 16 + (tuple <= largestChunk ? std::exp2(std::ceil(std::log2(tuple))) : tuple) + 16;
}

// The greatest of the node's own figure and its workers'.
double most(const PlanNode &node, QStringView field)
{
    double value = node.fields.real(field).value_or(0);
    for (const WorkerShare &worker : node.workers)
        value = std::max(value, worker.fields.real(field).value_or(0));
    return value;
}

bool anyIs(const PlanNode &node, QStringView field, QLatin1StringView value)
{
    return node.fields.text(field) == value ||
           std::any_of(node.workers.cbegin(), node.workers.cend(), [&](const WorkerShare &worker) { return worker.fields.text(field) == value; });
}

// The most that one process had in one loop.
double rowsAtOnce(const PlanNode &node)
{
    double rows = Look::perLoop(node);
    for (const WorkerShare &worker : node.workers)
        if (worker.actual)
            rows = std::max(rows, double(worker.actual->rowsHundredths) / 100);
    return rows;
}

struct Need {
    QString seen;   // what went to disk
    double bytes = 0; // of work_mem
};

// What it sorts is what the node below gave: above it a LIMIT may have taken a few of them only.
std::optional<Need> sortNeed(const Look &look, const PlanNode &node)
{
    if (!anyIs(node, u"Sort Space Type", "Disk"_L1))
        return std::nullopt;
    const double disk = most(node, u"Sort Space Used") * kB, rows = std::max(rowsAtOnce(node), node.children.isEmpty() ? 0 : rowsAtOnce(look.node(node.children.first())));
    // Besides the tuples an array of 24 bytes a row, which grows by doubling.
    const double bytes = std::max(rows * tupleBytes(node), disk + 16 * rows) + 2 * 24 * rows;
    return Need{u"sorted %1 in temporary files of %2 (%3)"_s.arg(rowsWord(rows), units::bytes(disk), node.fields.text(u"Sort Method")), 1.1 * bytes};
}

double multiplier(const Plan &plan)
{
    return std::max(1.0, plan.settings.real(u"hash_mem_multiplier").value_or(2.0));
}

std::optional<Need> hashNeed(const Plan &plan, const PlanNode &node)
{
    const double batches = most(node, u"Hash Batches");
    if (batches <= 1)
        return std::nullopt;
    const double rows = std::max(rowsAtOnce(node), node.planRows.value_or(0));
    const double buckets = 8 * std::exp2(std::ceil(std::log2(std::max(2.0, rows))));
    const double bytes = (rows * (16 + tupleBytes(node)) + buckets) / multiplier(plan);
    return Need{u"hashed %1 in %2 batches, all but the first of them by way of temporary files"_s.arg(rowsWord(rowsAtOnce(node)), units::exact(batches)),
                1.1 * bytes};
}

std::optional<Need> aggregateNeed(const Plan &plan, const PlanNode &node)
{
    const double batches = most(node, u"HashAgg Batches"), disk = most(node, u"Disk Usage") * kB;
    if (batches <= 1 || disk <= 0)
        return std::nullopt;
    const double loops = std::max(1.0, Look::loops(node));
    const double groups = std::max(rowsAtOnce(node) + Look::removed(node, u"Rows Removed by Filter") / loops, node.planRows.value_or(0));
    // An entry, its states, and the table of entries, which is at most half empty.
    const double bytes = groups * (tupleBytes(node) + 104) / multiplier(plan);
    return Need{
        u"kept %1 in %2 batches, with temporary files of %3"_s.arg(rowsWord(groups).replace(u"row"_s, u"group"_s), units::exact(batches), units::bytes(disk)),
        1.2 * bytes};
}

// Materialize, and from 18 on others that keep rows.
std::optional<Need> storeNeed(const Look &look, const PlanNode &node)
{
    const QString storage = node.fields.text(u"Storage");
    double disk = most(node, u"Maximum Storage") * kB;
    if (storage == "Memory"_L1 || (storage.isEmpty() && node.type != "Materialize"_L1))
        return std::nullopt;
    if (storage.isEmpty()) { // up to 17 by its own temporary blocks
        double blocks = node.fields.real(u"Temp Written Blocks").value_or(0);
        for (const int child : node.children)
            blocks -= look.node(child).fields.real(u"Temp Written Blocks").value_or(0);
        disk = blocks * 8 * kB;
    }
    if (disk <= 0)
        return std::nullopt;
    // Its rows of all loops are read again and again: what it keeps are those of the node below.
    double rows = node.children.isEmpty() ? rowsAtOnce(node) : rowsAtOnce(look.node(node.children.first()));
    if (node.type == "CTE Scan"_L1)
        rows = rowsAtOnce(node);
    return Need{u"kept %1 in a temporary file of %2"_s.arg(rowsWord(rows), units::bytes(disk)), 1.05 * std::max(2 * disk, rows * storedBytes(node))};
}

std::optional<Need> needOf(const Look &look, const PlanNode &node)
{
    if (node.type == "Sort"_L1)
        return sortNeed(look, node);
    if (node.type == "Hash"_L1)
        return hashNeed(look.plan, node);
    if (node.type == "Aggregate"_L1)
        return aggregateNeed(look.plan, node);
    return storeNeed(look, node);
}

} // namespace

void findSpills(const Look &look, QVector<Finding> *found)
{
    for (int index = 0; index < look.plan.nodes.size(); ++index) {
        const PlanNode &node = look.node(index);
        if (!node.actual || node.neverExecuted())
            continue;
        const auto need = needOf(look, node);
        if (!need || !look.isWorth(index, leastShare, true))
            continue;
        const double wanted = std::max(1.0, std::ceil((need->bytes + 64 * kB) / mB));
        Finding finding = look.make(Finding::Kind::Spill, index);
        finding.share = node.type == "Hash"_L1 ? look.shareBelow(index) : look.share(index);
        const QString now = look.plan.settings.text(u"work_mem");
        finding.evidence = u"%1 %2; it would need a work_mem of about %3 MB to do so in memory%4."_s
                               .arg(node.title, need->seen, units::exact(wanted), now.isEmpty() ? QString() : u", and it had %1"_s.arg(now));
        finding.remedy = u"Give this statement's session or role more work_mem, or let it handle fewer or narrower rows%1."_s.arg(
            node.type == "Sort"_L1 ? u"; an index in this order (%1) needs no sort"_s.arg(conditionWord(node.fields.text(u"Sort Key"))) : QString());
        finding.cost =
            u"Each such step of each session and of each parallel worker may take as much memory at once: set it for the session or the role that "
            u"needs it, not for all."_s;
        constexpr double mostDrafted = 4096; // MB; beyond that it is no setting to hand out
        if (wanted <= mostDrafted)
            finding.statements.append(u"SET work_mem = '%1MB'"_s.arg(wanted, 0, 'f', 0)); // sql-ok: of a figure
        found->append(finding);
    }
}

} // namespace howdah::plan
