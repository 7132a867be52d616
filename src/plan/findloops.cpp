// SPDX-License-Identifier: GPL-3.0-or-later
// Work that is done over and over, or done and then thrown away.
#include "plan/look.h"

#include "base/units.h"

#include <algorithm>
#include <cmath>

namespace howdah::plan
{

using namespace Qt::StringLiterals;

namespace
{

constexpr double manyLoops = 100;
constexpr double leastExamined = 50'000; // rows, of all loops
constexpr double leastShare = 0.2;
constexpr double discards = 0.9;
constexpr double leastRemoved = 5'000;

// The relation's scan that a nested loop runs again and again, with what only hands its rows on in between.
int scanUnder(const Look &look, int index)
{
    while (index >= 0 && (look.node(index).type == "Materialize"_L1 || look.node(index).type == "Memoize"_L1)) {
        const auto &children = look.node(index).children;
        index = children.isEmpty() ? -1 : children.first();
    }
    return index >= 0 && namesRelation(look.node(index)) ? index : -1;
}

void findNestedLoop(const Look &look, int index, QVector<Finding> *found)
{
    const PlanNode &join = look.node(index);
    const int inner = look.innerChild(join);
    const int scanIndex = inner < 0 ? -1 : scanUnder(look, inner);
    if (scanIndex < 0)
        return;
    const PlanNode &side = look.node(inner), &scan = look.node(scanIndex);
    const double loops = Look::loops(side);
    const double filtered = Look::removed(scan, u"Rows Removed by Filter");
    const double unjoined = Look::removed(join, u"Rows Removed by Join Filter");
    const double examined = std::max(Look::rows(side), Look::rows(scan) + filtered);
    const double thrown = filtered + unjoined;
    // Comparing the rows is the join's own time.
    const auto ofJoin = look.share(index), ofInner = look.shareBelow(inner);
    const std::optional<double> share = ofJoin && ofInner ? std::optional(std::min(1.0, *ofJoin + *ofInner)) : std::nullopt;
    if (loops / look.processes(inner) < manyLoops || examined < leastExamined || thrown < discards * examined || (share && *share < leastShare))
        return;
    QVector<Condition> conditions = conditionsOf(join.fields.text(u"Join Filter"), Look::calledAs(scan), look.relation(scan));
    conditions += look.conditions(scan, scan.type == "Bitmap Heap Scan"_L1 ? u"Recheck Cond" : u"Index Cond");
    conditions += look.conditions(scan, u"Filter");
    const IndexDraft draft = draftIndex(look, scan, conditions);
    Finding finding = look.make(Finding::Kind::NestedLoop, scanIndex);
    finding.share = share;
    const QString by = unjoined >= filtered ? conditionWord(join.fields.text(u"Join Filter")) : conditionWord(scan.fields.text(u"Filter"));
    finding.evidence = u"A nested loop ran its inner side, %1 of %2, %3 and looked at %4, of which %5 (%6) were thrown away by %7."_s.arg(
        scan.title, finding.relation, factorWord(loops), rowsWord(examined), rowsWord(thrown), shareWord(std::min(1.0, thrown / examined)), by);
    const auto outer =
        std::find_if(join.children.cbegin(), join.children.cend(), [&](int child) { return child != inner && look.node(child).subplan.isEmpty(); });
    if (outer != join.children.cend() && look.node(*outer).planRows && Look::perLoop(look.node(*outer)) >= 10 * std::max(1.0, *look.node(*outer).planRows))
        finding.evidence +=
            u" Its outer side was estimated at %1 and gave %2."_s.arg(rowsWord(*look.node(*outer).planRows), rowsWord(Look::perLoop(look.node(*outer))));
    if (draft.statements.isEmpty()) {
        finding.remedy =
            draft.existing.isEmpty()
                ? u"No index would serve this condition. Where it holds no equality of two columns, no hash or merge join is possible either: ask "
                  u"for one, or for fewer rows of the outer side."_s
                : u"Index %1 is there and was not chosen: see that the estimates of the outer side are right (ANALYZE), so that a hash join is "
                  u"chosen instead."_s
                      .arg(draft.existing);
        finding.cost = u"None on the server."_s;
    } else {
        finding.remedy = u"An index on (%1) would find the rows of each loop directly."_s.arg(draft.keys.join(u", "_s));
        finding.cost = indexCost(look, scan, draft);
        finding.statements = draft.statements;
    }
    found->append(finding);
}

void findLateFilter(const Look &look, int index, QVector<Finding> *found)
{
    const PlanNode &node = look.node(index);
    static const QStringList joins = {u"Hash Join"_s, u"Merge Join"_s, u"Nested Loop"_s};
    static const QStringList others = {u"Subquery Scan"_s, u"CTE Scan"_s, u"Function Scan"_s};
    const bool join = joins.contains(node.type);
    if (!join && !others.contains(node.type))
        return;
    const double byFilter = Look::removed(node, u"Rows Removed by Filter");
    // A nested loop's join filter is how it joins, and has a rule of its own.
    const double byJoin = node.type == "Nested Loop"_L1 ? 0 : Look::removed(node, u"Rows Removed by Join Filter");
    const double removed = byFilter + byJoin, given = Look::rows(node);
    if (removed < leastRemoved || removed < discards * (removed + given) || !look.isWorth(index, leastShare, true))
        return;
    Finding finding = look.make(Finding::Kind::LateFilter, index);
    finding.share = look.shareBelow(index);
    const QString filter = conditionWord(node.fields.text(byFilter >= byJoin ? u"Filter" : u"Join Filter"));
    const QString of = node.object.isEmpty() ? QString() : u" of %1"_s.arg(units::oneLine(Look::calledAs(node)));
    finding.evidence = u"%1%2 made %3, and only then %4 left %5 (%6 thrown away)."_s
                           .arg(node.title, of, rowsWord(removed + given), filter, rowsWord(given), shareWord(removed / (removed + given)));
    if (node.type == "CTE Scan"_L1)
        finding.remedy = u"Put the condition into the CTE, or write it AS NOT MATERIALIZED where it is read once, so that the planner puts it there."_s;
    else if (node.type == "Function Scan"_L1)
        finding.remedy = u"Hand the condition to the function as a parameter: it makes all its rows before the filter sees one."_s;
    else if (node.type == "Subquery Scan"_L1)
        finding.remedy =
            u"Put the condition into the subquery. The planner does not where that would change a LIMIT, a window function or DISTINCT ON, or "
            u"where the condition is volatile: there see whether it may."_s;
    else
        finding.remedy =
            u"Say the condition of one relation alone where it can be said so, or as an equality of columns, so that rows are left out before "
            u"they are joined."_s;
    finding.cost = u"None on the server; the application's statement changes."_s;
    found->append(finding);
}

} // namespace

void findLoops(const Look &look, QVector<Finding> *found)
{
    for (int index = 0; index < look.plan.nodes.size(); ++index) {
        const PlanNode &node = look.node(index);
        if (!node.actual || node.neverExecuted())
            continue;
        if (node.type == "Nested Loop"_L1)
            findNestedLoop(look, index, found);
        findLateFilter(look, index, found);
    }
}

} // namespace howdah::plan
