// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/report.h"

#include "base/units.h"
#include "plan/look.h"

#include <QJsonArray>

#include <algorithm>
#include <cmath>

namespace howdah::plan
{

using namespace Qt::StringLiterals;

namespace
{

template<typename Figure>
QJsonValue orNull(const std::optional<Figure> &figure, double scale = 1)
{
    return figure ? QJsonValue(double(*figure) / scale) : QJsonValue(QJsonValue::Null);
}

QJsonValue orNull(const QString &text)
{
    return text.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(text);
}

QString table(const QVector<QStringList> &lines)
{
    QList<qsizetype> widths(lines.first().size(), 0);
    for (const QStringList &line : lines)
        for (qsizetype at = 0; at < line.size(); ++at)
            widths[at] = std::max(widths[at], line[at].size());
    QString text;
    for (const QStringList &line : lines) {
        for (qsizetype at = 0; at + 1 < line.size(); ++at)
            text += line[at].rightJustified(widths[at]) + u"  "_s;
        text += line.last() + u'\n';
    }
    return text;
}

QJsonObject figuresJson(const NodeFigures &figures)
{
    return {{u"rows"_s, orNull(figures.rows)},
            {u"plan_rows"_s, orNull(figures.planRows)},
            {u"own_ms"_s, orNull(figures.exclusiveUs, 1000)},
            {u"buffers"_s, orNull(figures.buffers)}};
}

QString changeWord(const std::optional<double> &was, const std::optional<double> &is, QString (*word)(double))
{
    return (was ? word(*was) : u"not known"_s) + u" > "_s + (is ? word(*is) : u"not known"_s);
}

QString countWord(double count)
{
    return units::exact(std::round(count));
}

} // namespace

QString entryName(const TimeEntry &entry)
{
    switch (entry.kind) {
    case TimeEntry::Kind::Planning: return u"planning"_s;
    case TimeEntry::Kind::Trigger: return u"trigger "_s + entry.name;
    case TimeEntry::Kind::JitGeneration: return u"JIT before the nodes"_s;
    case TimeEntry::Kind::JitInNodes: return u"JIT in the nodes"_s;
    case TimeEntry::Kind::Serialization: return u"serialization"_s;
    case TimeEntry::Kind::StartAndEnd: return u"start and end"_s;
    }
    return {};
}

// "Hash Join", "Index Scan using item_pkey on shop.item i".
QString headOf(const PlanNode &node)
{
    QString head = node.subplan.isEmpty() ? node.title : QString(node.subplan + u": " + node.title);
    if (!node.index.isEmpty())
        head += u" using "_s + node.index;
    if (!node.object.isEmpty())
        head += u" on "_s + (node.schema.isEmpty() ? QString() : QString(node.schema + u'.')) + node.object;
    if (!node.alias.isEmpty())
        head += u' ' + node.alias;
    return units::oneLine(head);
}

QJsonObject toJson(const Finding &finding)
{
    return {{u"kind"_s, finding.name()},
            {u"node"_s, finding.node},
            {u"relation"_s, orNull(finding.relation)},
            {u"index"_s, orNull(finding.index)},
            {u"share"_s, orNull(finding.share)},
            {u"evidence"_s, finding.evidence},
            {u"remedy"_s, finding.remedy},
            {u"cost"_s, orNull(finding.cost)},
            {u"statements"_s, QJsonArray::fromStringList(finding.statements)}};
}

QJsonObject reportJson(const Plan &plan, const QVector<Finding> &findings)
{
    const PlanTimes times = timesOf(plan);
    QJsonArray nodes, entries, found;
    for (int index = 0; index < plan.nodes.size(); ++index) {
        const PlanNode &node = plan.nodes[index];
        const bool timed = index < times.nodes.size();
        nodes.append(QJsonObject{{u"node"_s, index},
                                 {u"parent"_s, node.parent < 0 ? QJsonValue(QJsonValue::Null) : QJsonValue(node.parent)},
                                 {u"title"_s, node.title},
                                 {u"subplan"_s, orNull(node.subplan)},
                                 {u"schema"_s, orNull(node.schema)},
                                 {u"object"_s, orNull(node.object)},
                                 {u"alias"_s, orNull(node.alias)},
                                 {u"index"_s, orNull(node.index)},
                                 {u"plan_rows"_s, orNull(node.planRows)},
                                 {u"rows"_s, orNull(node.actual ? std::optional(node.actual->rows()) : std::nullopt)},
                                 {u"loops"_s, orNull(node.actual ? std::optional(node.actual->loops) : std::nullopt)},
                                 {u"own_ms"_s, orNull(timed ? std::optional(times.nodes[index].exclusiveUs) : std::nullopt, 1000)},
                                 {u"total_ms"_s, orNull(timed ? std::optional(times.nodes[index].inclusiveUs) : std::nullopt, 1000)}});
    }
    for (const TimeEntry &entry : times.entries)
        entries.append(QJsonObject{{u"name"_s, entryName(entry)}, {u"ms"_s, entry.us / 1000}, {u"in_nodes"_s, entry.inNodes}});
    for (const Finding &finding : findings)
        found.append(toJson(finding));
    return {{u"total_ms"_s, orNull(times.totalUs, 1000)},
            {u"planning_ms"_s, orNull(plan.planningUs, 1000)},
            {u"execution_ms"_s, orNull(plan.executionUs, 1000)},
            {u"query_id"_s, orNull(plan.queryId)},
            {u"nodes"_s, nodes},
            {u"entries"_s, entries},
            {u"findings"_s, found}};
}

QJsonObject comparisonJson(const Plan &before, const Plan &after, const PlanComparison &comparison)
{
    QJsonArray pairs;
    for (const NodePair &pair : comparison.pairs)
        pairs.append(QJsonObject{{u"before"_s, pair.before < 0 ? QJsonValue(QJsonValue::Null) : QJsonValue(pair.before)},
                                 {u"after"_s, pair.after < 0 ? QJsonValue(QJsonValue::Null) : QJsonValue(pair.after)},
                                 {u"title_before"_s, pair.before < 0 ? QJsonValue(QJsonValue::Null) : QJsonValue(headOf(before.nodes[pair.before]))},
                                 {u"title_after"_s, pair.after < 0 ? QJsonValue(QJsonValue::Null) : QJsonValue(headOf(after.nodes[pair.after]))},
                                 {u"differs"_s, QJsonArray::fromStringList(differenceWords(pair.differs))},
                                 {u"was"_s, pair.before < 0 ? QJsonValue(QJsonValue::Null) : QJsonValue(figuresJson(pair.was))},
                                 {u"is"_s, pair.after < 0 ? QJsonValue(QJsonValue::Null) : QJsonValue(figuresJson(pair.is))}});
    return {{u"same_shape"_s, comparison.sameShape},
            {u"total_ms_before"_s, orNull(comparison.totalUsBefore, 1000)},
            {u"total_ms_after"_s, orNull(comparison.totalUsAfter, 1000)},
            {u"nodes"_s, pairs}};
}

QString planText(const Plan &plan)
{
    const PlanTimes times = timesOf(plan);
    QVector<QStringList> lines{{u"OWN"_s, u"TOTAL"_s, u"ROWS"_s, u"PLANNED"_s, u"LOOPS"_s, u"NODE"_s}};
    const QString none = u"-"_s;
    for (int index = 0; index < plan.nodes.size(); ++index) {
        const PlanNode &node = plan.nodes[index];
        const bool timed = index < times.nodes.size();
        lines.append({timed ? timeWord(times.nodes[index].exclusiveUs) : none, timed ? timeWord(times.nodes[index].inclusiveUs) : none,
                      node.actual ? countWord(node.actual->rows()) : none, node.planRows ? countWord(*node.planRows * (node.actual && node.actual->loops > 0 ? double(node.actual->loops) : 1)) : none,
                      node.actual ? countWord(double(node.actual->loops)) : none,
                      QString(qsizetype(node.depth) * 2, u' ') + headOf(node) + (node.neverExecuted() ? u" (never executed)"_s : QString())});
    }
    for (const TimeEntry &entry : times.entries)
        lines.append({timeWord(entry.us), none, none, none, none, u"(%1)"_s.arg(units::oneLine(entryName(entry)))});
    QString text = table(lines);
    return text + (times.totalUs ? u"%1 in all\n"_s.arg(timeWord(*times.totalUs)) : u"No times were measured: EXPLAIN (ANALYZE, BUFFERS) tells them.\n"_s);
}

QString reportText(const Plan &plan, const QVector<Finding> &findings)
{
    QString text = planText(plan);
    if (findings.isEmpty())
        return text + u"\nNo findings.\n"_s;
    for (const Finding &finding : findings) {
        text += u"\n%1%2%3\n"_s.arg(finding.name(), finding.relation.isEmpty() ? QString() : QString(u": "_s + units::oneLine(finding.relation)),
                                   finding.share ? u", %1 of the time"_s.arg(shareWord(*finding.share)) : QString());
        for (const QString &said : {finding.evidence, finding.remedy, finding.cost.isEmpty() ? QString() : QString(u"Cost: "_s + finding.cost)})
            if (!said.isEmpty())
                text += u"  "_s + units::oneLine(said) + u'\n';
        for (const QString &statement : finding.statements)
            text += u"    "_s + units::oneLine(statement) + u";\n"_s;
    }
    return text;
}

QString comparisonText(const Plan &before, const Plan &after, const PlanComparison &comparison)
{
    QString text = u"\nCompared with the earlier plan: %1%2\n"_s.arg(
        comparison.sameShape ? u"the same shape"_s : u"another shape"_s,
        comparison.totalUsBefore && comparison.totalUsAfter ? u", %1"_s.arg(changeWord(comparison.totalUsBefore, comparison.totalUsAfter, timeWord))
                                                            : QString());
    for (const NodePair &pair : comparison.pairs) {
        if (pair.before >= 0 && pair.after >= 0 && pair.differs == 0)
            continue;
        if (pair.before < 0) {
            text += u"  only now: %1\n"_s.arg(headOf(after.nodes[pair.after]));
            continue;
        }
        if (pair.after < 0) {
            text += u"  only before: %1\n"_s.arg(headOf(before.nodes[pair.before]));
            continue;
        }
        const QString was = headOf(before.nodes[pair.before]), is = headOf(after.nodes[pair.after]);
        QStringList said{was == is ? is : QString(was + u" > "_s + is)};
        if (pair.differs & NodePair::Rows)
            said.append(u"rows "_s + changeWord(pair.was.rows, pair.is.rows, countWord));
        if (pair.differs & NodePair::Time)
            said.append(u"own time "_s + changeWord(pair.was.exclusiveUs, pair.is.exclusiveUs, timeWord));
        if (pair.differs & NodePair::Buffers)
            said.append(u"buffers "_s + changeWord(pair.was.buffers ? std::optional(double(*pair.was.buffers)) : std::nullopt,
                                                   pair.is.buffers ? std::optional(double(*pair.is.buffers)) : std::nullopt, countWord));
        if (pair.differs & NodePair::Condition)
            said.append(u"another condition"_s);
        text += u"  %1\n"_s.arg(said.join(u"; "_s));
    }
    return text;
}

} // namespace howdah::plan
