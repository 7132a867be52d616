// SPDX-License-Identifier: GPL-3.0-or-later
// Where the planner was told wrong: a scan's rows are far from its estimate, and why. Judged at the scans alone: what joins make of a wrong
// figure is wrong because of it.
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

constexpr double farOff = 10;
constexpr double leastRows = 1'000;   // of the larger figure, of all loops: less hardly bears on a plan
constexpr double staleShare = 0.1;    // of the table's rows changed: what autovacuum waits for by default
constexpr double staleRows = 500;

// Whether its parents asked for all that the node had, so that too few rows are not just rows that nobody wanted.
bool ranToEnd(const Look &look, int index)
{
    static const QStringList takeAll = {u"Sort"_s, u"Hash"_s, u"Aggregate"_s, u"ModifyTable"_s, u"Bitmap Heap Scan"_s};
    static const QStringList mayStop = {u"Limit"_s, u"Merge Join"_s, u"Merge Append"_s, u"Memoize"_s};
    for (int at = index; look.node(at).parent >= 0; at = look.node(at).parent) {
        const PlanNode &node = look.node(at), &parent = look.node(look.node(at).parent);
        if (takeAll.contains(parent.type))
            return true;
        if (mayStop.contains(parent.type) || node.relationship == "SubPlan"_L1 || node.relationship == "InitPlan"_L1 || node.isCte() || !node.subplan.isEmpty())
            return false;
        const QString join = parent.fields.text(u"Join Type");
        const bool once = join == "Semi"_L1 || join == "Anti"_L1 || parent.fields.flag(u"Inner Unique").value_or(false);
        if (parent.type == "Nested Loop"_L1 && look.innerChild(parent) == at && once)
            return false;
    }
    return true;
}

// A merge join goes back in its inner side and reads rows again, which count twice.
bool isReadAgain(const Look &look, int index)
{
    const int parent = look.node(index).parent;
    return parent >= 0 && look.node(parent).type == "Merge Join"_L1 && look.innerChild(look.node(parent)) == index;
}

QVector<Condition> allConditions(const Look &look, const PlanNode &scan)
{
    // A bitmap's recheck says what its index scans ask for.
    return look.conditions(scan, scan.type == "Bitmap Heap Scan"_L1 ? u"Recheck Cond" : u"Index Cond") + look.conditions(scan, u"Filter");
}

QStringList fixedColumns(const QVector<Condition> &conditions)
{
    QStringList columns;
    for (const Condition &condition : conditions)
        if (condition.use() != Condition::Use::Other && !condition.left.column.isEmpty() && !columns.contains(condition.left.column))
            columns.append(condition.left.column);
    return columns;
}

QString ageWord(const RelationFacts &relation)
{
    const QString changed = relation.changedSinceAnalyze ? rowsWord(double(*relation.changedSinceAnalyze)) : QString();
    if (relation.analyzed == false && relation.hasStatistics != true)
        return u"The table was never analyzed"_s + (changed.isEmpty() ? u"."_s : u"; %1 changed."_s.arg(changed));
    return u"%1 of about %2 changed since the last ANALYZE."_s.arg(changed, relation.rows ? rowsWord(double(*relation.rows)) : u"an unknown number of rows"_s);
}

enum class Age { Unknown, Fresh, Stale };

Age ageOf(const RelationFacts *relation)
{
    if (!relation || relation->partitioned)
        return Age::Unknown;
    if (relation->hasStatistics == false || (relation->analyzed == false && !relation->rows))
        return Age::Stale;
    if (!relation->changedSinceAnalyze)
        return Age::Unknown;
    const double changed = double(*relation->changedSinceAnalyze);
    if (changed >= staleRows && changed >= staleShare * double(relation->rows.value_or(0)))
        return Age::Stale;
    // Statistics, and no record of an ANALYZE: the counters were lost since, and with them what changed before.
    return relation->analyzed == false ? Age::Unknown : Age::Fresh;
}

// A name that is free: item_kind_price_stat, item_kind_price_stat1.
QString statisticsName(const RelationFacts &relation, const QStringList &columns)
{
    constexpr qsizetype mostBytes = 63;
    QString stem = relation.name + u'_' + columns.join(u'_') + u"_stat"_s;
    while (stem.toUtf8().size() > mostBytes - 3)
        stem.chop(1);
    QString name = stem;
    const auto taken = [&] {
        return std::any_of(relation.statistics.cbegin(), relation.statistics.cend(), [&](const ExtendedStatistics &one) { return one.name == name; });
    };
    for (int number = 1; taken() && number < 100; ++number)
        name = stem + QString::number(number);
    return name;
}

QString statisticsStatement(const RelationFacts &relation, const QStringList &columns)
{
    QStringList quoted;
    for (const QString &column : columns)
        quoted.append(pg::displayIdentifier(column));
    const QString schema = pg::displayIdentifier(relation.schema);
    return u"CREATE STATISTICS %1.%2 (dependencies, mcv, ndistinct) ON %3 FROM %1.%4"_s // sql-ok: of names
        .arg(schema, pg::displayIdentifier(statisticsName(relation, columns)), quoted.join(u", "_s), pg::displayIdentifier(relation.name));
}

bool isCovered(const RelationFacts &relation, const QStringList &columns)
{
    return std::any_of(relation.statistics.cbegin(), relation.statistics.cend(), [&](const ExtendedStatistics &one) {
        return std::all_of(columns.cbegin(), columns.cend(), [&](const QString &column) { return one.columns.contains(column); });
    });
}

void findEstimate(const Look &look, int index, QVector<Finding> *found)
{
    const PlanNode &scan = look.node(index);
    if (!scan.planRows || isReadAgain(look, index))
        return;
    const double actual = std::max(1.0, Look::perLoop(scan)), planned = std::max(1.0, *scan.planRows);
    const double factor = std::max(actual, planned) / std::min(actual, planned);
    if (factor < farOff || std::max(actual, planned) * Look::loops(scan) < leastRows || (planned > actual && !ranToEnd(look, index)))
        return;
    const RelationFacts *relation = look.relation(scan);
    const auto conditions = allConditions(look, scan);
    QStringList columns = fixedColumns(conditions);
    Finding finding = look.make(Finding::Kind::BadEstimate, index);
    finding.share = look.shareBelow(index);
    finding.evidence = u"%1 of %2 was estimated at %3 a run and gave %4, off by %5."_s
                           .arg(scan.title, finding.relation, rowsWord(*scan.planRows), rowsWord(Look::perLoop(scan)), factorWord(factor));
    const QString asked = conditionWord(scan.fields.text(scan.fields.has(u"Filter")           ? u"Filter"
                                                         : scan.type == "Bitmap Heap Scan"_L1 ? u"Recheck Cond"
                                                                                              : u"Index Cond"));
    const Age age = ageOf(relation);
    if (age == Age::Stale) {
        finding.kind = Finding::Kind::StaleStatistics;
        finding.evidence += u' ' + ageWord(*relation);
        finding.remedy =
            u"ANALYZE reads a sample and tells the planner anew. Where it is stale again soon, let autovacuum come sooner to this table "
            u"(autovacuum_analyze_scale_factor)."_s;
        finding.cost = u"It reads at most 30,000 pages at the default statistics target; reads and writes go on (SHARE UPDATE EXCLUSIVE lock)."_s;
        finding.statements.append(u"ANALYZE %1"_s.arg(finding.relation));
        found->append(finding);
        return;
    }
    if (relation) {
        columns.removeIf([&](const QString &column) { return !relation->column(column) || !relation->column(column)->ordered; });
        constexpr qsizetype mostColumns = 8; // the server's own limit
        columns = columns.first(std::min(columns.size(), mostColumns));
    }
    if (age == Age::Fresh && columns.size() >= 2 && look.facts->knows("statistics"_L1) && !isCovered(*relation, columns)) {
        finding.kind = Finding::Kind::CorrelatedColumns;
        finding.evidence += u" Its statistics are fresh, but each column's are its own, and the planner takes %1 for independent of each other in %2."_s.arg(
            columns.join(u", "_s), asked);
        finding.remedy = u"Extended statistics tell it which values come together. They help equalities, and ranges as far as the values are few."_s;
        finding.cost = u"Each ANALYZE then takes a little longer; reads and writes go on (SHARE UPDATE EXCLUSIVE lock)."_s;
        finding.statements = {statisticsStatement(*relation, columns), u"ANALYZE %1"_s.arg(finding.relation)};
        found->append(finding);
        return;
    }
    if (conditions.isEmpty())
        return; // of a whole table the planner knows the size by its file; what is off then is a LIMIT's or a join's doing
    finding.evidence += age == Age::Fresh ? u" Its statistics are fresh; the condition is %1."_s.arg(asked)
                                          : u" How old its statistics are is not known; the condition is %1."_s.arg(asked);
    if (age == Age::Fresh)
        finding.remedy = u"Raise the column's statistics target and ANALYZE; for an expression or a function, extended statistics on the expression itself."_s;
    else
        finding.remedy =
            u"ANALYZE the table first. If the estimate stays wrong and the condition has several columns, extended statistics tell which values "
            u"come together."_s;
    finding.cost = u"ANALYZE reads a sample; reads and writes go on."_s;
    found->append(finding);
}

} // namespace

void findEstimates(const Look &look, QVector<Finding> *found)
{
    static const QStringList scans = {u"Seq Scan"_s, u"Index Scan"_s, u"Index Only Scan"_s, u"Bitmap Heap Scan"_s};
    for (int index = 0; index < look.plan.nodes.size(); ++index)
        if (const PlanNode &node = look.node(index); scans.contains(node.type) && node.actual && !node.neverExecuted())
            findEstimate(look, index, found);
}

} // namespace howdah::plan
