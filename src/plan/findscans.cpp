// SPDX-License-Identifier: GPL-3.0-or-later
// A relation that is read where an index would do, and an index that finds more than is wanted.
#include "plan/look.h"

#include "base/units.h"
#include "pg/quote.h"

#include <algorithm>
#include <cmath>

namespace howdah::plan
{

using namespace Qt::StringLiterals;

namespace
{

constexpr double discards = 0.9;      // of what was read
constexpr double leastShare = 0.1;    // of the statement's time
constexpr qint64 smallPages = 64;     // half a MB is read in no time
constexpr double smallRows = 5'000;   // where the pages are not known
constexpr double manyLoops = 100;     // then it is the nested loop's
constexpr double manySearches = 100;
constexpr double leastFetches = 1'000;
constexpr double fetchShare = 0.1;

struct Read {
    double rows = 0;    // that a scan looked at, by all processes and loops
    double given = 0;
    double share() const { return rows > 0 ? 1 - given / rows : 0; } // thrown away
};

Read readBy(const PlanNode &scan)
{
    Read read;
    read.given = Look::rows(scan);
    read.rows = read.given + Look::removed(scan, u"Rows Removed by Filter");
    return read;
}

// Estimated where nothing was run: what the table has, and what is to come of it.
Read expectedOf(const Look &look, const PlanNode &scan)
{
    const RelationFacts *relation = look.relation(scan);
    return relation && relation->rows ? Read{double(*relation->rows), scan.planRows.value_or(double(*relation->rows))} : Read();
}

QString existenceWord(const Look &look, const PlanNode &scan)
{
    const bool known = look.relation(scan) && look.facts->knows("indexes"_L1);
    return known ? u"No index serves this."_s : u"Whether there is an index that would serve this is not known: the server was not asked."_s;
}

QString keysWord(const IndexDraft &draft)
{
    return draft.statements.size() > 1 ? u"Indexes on %1"_s.arg(draft.keys.join(u" and on "_s)) : u"An index on (%1)"_s.arg(draft.keys.join(u", "_s));
}

// The conversion that keeps an index of the column from being used.
bool findMismatch(const Look &look, int index, const QVector<Condition> &conditions, const QString &seen, QVector<Finding> *found)
{
    const RelationFacts *relation = look.relation(look.node(index));
    if (!relation)
        return false;
    for (const Condition &condition : conditions) {
        const Operand &side = condition.left;
        const ColumnFacts *column = side.kind == Operand::Kind::Cast ? relation->column(side.column) : nullptr;
        if (!column || column->sameAs.contains(side.type) || condition.use() == Condition::Use::Other)
            continue;
        const auto served = std::find_if(relation->indexes.cbegin(), relation->indexes.cend(), [&](const IndexFacts &one) {
            return one.valid && !one.partial && one.method == "btree"_L1 && one.keys.first().column == side.column;
        });
        if (served == relation->indexes.cend())
            continue;
        Finding finding = look.make(Finding::Kind::TypeMismatch, index);
        finding.index = pg::displayIdentifier(relation->schema) + u'.' + pg::displayIdentifier(served->name);
        finding.evidence = u"%1 Column %2 is of type %3 and is converted to %4 for the comparison %5, so that index %6 can't be used."_s
                               .arg(seen, side.column, column->type, side.type, conditionWord(condition.text), finding.index);
        finding.remedy = u"Compare %1 with a value of its own type: bind the parameter as %2, or write the value as a literal of %2. Where the statement "
                         u"itself converts the column, "
                         "convert the other side, or ask for a range of %1."_s.arg(side.column, column->type);
        finding.cost = u"None on the server; the application's statement changes."_s;
        found->append(finding);
        return true;
    }
    return false;
}

void findSequential(const Look &look, int index, QVector<Finding> *found)
{
    const PlanNode &scan = look.node(index);
    const bool ran = look.plan.analyzed();
    const Read read = ran ? readBy(scan) : expectedOf(look, scan);
    const RelationFacts *relation = look.relation(scan);
    const double loops = ran ? std::max(1.0, Look::loops(scan) / look.processes(index)) : 1;
    const bool small = relation && relation->pages ? *relation->pages < smallPages : read.rows / loops < smallRows;
    if (scan.neverExecuted() || !scan.fields.has(u"Filter") || small || read.share() < discards || !look.isWorth(index, leastShare))
        return;
    const auto conditions = look.conditions(scan, u"Filter");
    const QString filter = conditionWord(scan.fields.text(u"Filter"));
    const QString seen = ran ? u"A sequential scan of %1 read %2, and its filter %3 left %4 (%5 thrown away)."_s
                                   .arg(look.relationName(scan), rowsWord(read.rows), filter, rowsWord(read.given), shareWord(read.share()))
                             : u"A sequential scan of %1 is to read %2, of which by estimate its filter %3 leaves %4."_s
                                   .arg(look.relationName(scan), rowsWord(read.rows), filter, rowsWord(read.given));
    if (findMismatch(look, index, conditions, seen, found))
        return;
    const IndexDraft draft = draftIndex(look, scan, conditions);
    if (draft.statements.isEmpty()) // there is one, or none would serve
        return;
    Finding finding = look.make(Finding::Kind::MissingIndex, index);
    finding.statements = draft.statements;
    if (draft.existingInvalid) {
        finding.index = draft.existing;
        finding.evidence = u"%1 Index %2 would serve this, but is not valid: its making was broken off."_s.arg(seen, draft.existing);
        finding.remedy = u"Make the index anew."_s;
    } else {
        finding.evidence = seen + u' ' + existenceWord(look, scan);
        finding.remedy = u"%1 would let it read only what it needs."_s.arg(keysWord(draft));
        if (relation && !relation->parent.isEmpty())
            finding.remedy += u" The table is a partition of %1: an index on that one is made on each partition."_s.arg(relation->parent);
    }
    finding.cost = indexCost(look, scan, draft);
    found->append(finding);
}

bool isInner(const Look &look, int index)
{
    const int parent = look.node(index).parent;
    return parent >= 0 && look.node(parent).type == "Nested Loop"_L1 && look.innerChild(look.node(parent)) == index;
}

void findWeakIndex(const Look &look, int index, QVector<Finding> *found)
{
    const PlanNode &scan = look.node(index);
    const Read read = readBy(scan);
    if (!scan.fields.has(u"Filter") || read.rows < smallRows || read.share() < discards || !look.isWorth(index, leastShare, true))
        return;
    if (Look::loops(scan) / look.processes(index) >= manyLoops && isInner(look, index))
        return;
    auto conditions = look.conditions(scan, scan.type == "Bitmap Heap Scan"_L1 ? u"Recheck Cond" : u"Index Cond");
    if (conditions.isEmpty()) // the whole index was read for its order
        return;
    conditions += look.conditions(scan, u"Filter");
    const IndexDraft draft = draftIndex(look, scan, conditions);
    if (draft.statements.isEmpty())
        return;
    Finding finding = look.make(Finding::Kind::WeakIndex, index);
    finding.share = look.shareBelow(index);
    finding.evidence = u"%1 of %2: its index found %3, and the filter %4 left %5 (%6 thrown away). %7"_s.arg(
        scan.title, finding.relation, rowsWord(read.rows), conditionWord(scan.fields.text(u"Filter")), rowsWord(read.given), shareWord(read.share()),
        existenceWord(look, scan));
    finding.remedy = u"%1 would find what is wanted alone; an index that it makes superfluous can go then."_s.arg(keysWord(draft));
    finding.cost = indexCost(look, scan, draft);
    finding.statements = draft.statements;
    found->append(finding);
}

void findHeapFetches(const Look &look, int index, QVector<Finding> *found)
{
    const PlanNode &scan = look.node(index);
    const double fetches = scan.fields.real(u"Heap Fetches").value_or(0); // of all loops
    const Read read = readBy(scan);
    if (fetches < leastFetches || fetches < fetchShare * read.rows || !look.isWorth(index, leastShare))
        return;
    Finding finding = look.make(Finding::Kind::HeapFetches, index);
    finding.evidence = u"An index-only scan of %1 went to the table %2 for %3: those pages are not marked as visible to all."_s
                           .arg(finding.relation, factorWord(fetches), rowsWord(read.rows));
    const RelationFacts *relation = look.relation(scan);
    if (relation && relation->pages && relation->allVisiblePages && *relation->pages > 0)
        finding.evidence += u" Of %1 pages %2 were so marked as of the last VACUUM."_s.arg(
            units::exact(double(*relation->pages)), shareWord(double(*relation->allVisiblePages) / double(*relation->pages)));
    finding.remedy = u"VACUUM marks them. Where it does not last, let autovacuum come sooner to this table (autovacuum_vacuum_scale_factor, "
                     u"autovacuum_vacuum_insert_scale_factor). "
                     "Where it does not help at all, an old transaction holds the horizon back."_s;
    finding.cost =
        u"It reads what changed since the last one, at the pace of vacuum_cost_delay; reads and writes go on (SHARE UPDATE EXCLUSIVE lock; not "
        u"inside a transaction block)."_s;
    finding.statements.append(u"VACUUM %1"_s.arg(finding.relation));
    found->append(finding);
}

void findSearches(const Look &look, int index, QVector<Finding> *found)
{
    const PlanNode &scan = look.node(index);
    const auto told = scan.fields.real(u"Index Searches"); // from 18 on; of all loops
    const double loops = Look::loops(scan);
    if (!told || loops < 1 || *told / loops < manySearches || !look.isWorth(index, leastShare))
        return;
    // Of a bitmap the scan that has the relation is the one above.
    int owner = index;
    while (look.node(owner).type.startsWith("Bitmap"_L1) && look.node(owner).type != "Bitmap Heap Scan"_L1 && look.node(owner).parent >= 0)
        owner = look.node(owner).parent;
    const PlanNode &table = look.node(owner);
    const RelationFacts *relation = look.relation(table);
    const auto conditions = conditionsOf(scan.fields.text(u"Index Cond"), Look::calledAs(table), relation);
    const QStringList asked = columnsOf(conditions);
    QString leading;
    bool known = false;
    for (const IndexFacts &one : relation ? relation->indexes : QVector<IndexFacts>()) {
        if (one.name != scan.index)
            continue;
        known = true;
        leading = one.keys.first().column.isEmpty() ? one.keys.first().expression : one.keys.first().column;
    }
    const bool skips = known && !asked.contains(leading);
    // A search that finds a row is no waste.
    if (!skips && *told < 2 * Look::rows(scan))
        return;
    Finding finding = look.make(Finding::Kind::IndexSearches, index);
    finding.relation = look.relationName(table);
    finding.share = look.shareBelow(index);
    const double each = *told / loops;
    finding.evidence = u"%1 with index %2 descended it %3 in each of %4, for %5 in all."_s.arg(
        scan.title, finding.index.isEmpty() ? scan.index : finding.index, factorWord(each),
        std::round(loops) == 1 ? u"1 run"_s : QString(units::exact(loops) + u" runs"_s), rowsWord(Look::rows(scan)));
    if (skips) {
        finding.evidence += u" The index begins with %1, of which the condition %2 says nothing, so that it is searched for each of its values."_s.arg(
            leading, conditionWord(scan.fields.text(u"Index Cond")));
        const IndexDraft draft = draftIndex(look, table, conditions);
        finding.remedy = draft.statements.isEmpty()
                             ? u"Ask for %1 as well, where the statement knows it."_s.arg(leading)
                             : u"%1 would be searched once. Or ask for %2 as well, where the statement knows it."_s.arg(keysWord(draft), leading);
        finding.cost = indexCost(look, table, draft);
        finding.statements = draft.statements;
    } else {
        finding.remedy = u"Most of these searches find nothing. Ask for fewer values, or join with the list (unnest) so that it is read once."_s;
        finding.cost = u"None on the server; the application's statement changes."_s;
    }
    found->append(finding);
}

} // namespace

void findScans(const Look &look, QVector<Finding> *found)
{
    for (int index = 0; index < look.plan.nodes.size(); ++index) {
        const PlanNode &node = look.node(index);
        if (node.type == "Seq Scan"_L1)
            findSequential(look, index, found);
        if (!node.actual || node.neverExecuted())
            continue;
        if (node.type == "Index Scan"_L1 || node.type == "Index Only Scan"_L1 || node.type == "Bitmap Heap Scan"_L1)
            findWeakIndex(look, index, found);
        if (node.type == "Index Only Scan"_L1)
            findHeapFetches(look, index, found);
        if (!node.index.isEmpty())
            findSearches(look, index, found);
    }
}

} // namespace howdah::plan
