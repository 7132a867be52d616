// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/compare.h"

#include "plan/exclusive.h"

#include <QHash>

#include <algorithm>
#include <cmath>

namespace howdah::plan
{

using namespace Qt::StringLiterals;

namespace
{

// What a node does, apart from how.
QString purposeOf(const PlanNode &node)
{
    static const QHash<QString, QString> purposes = {{u"Nested Loop"_s, u"join"_s},      {u"Hash Join"_s, u"join"_s},      {u"Merge Join"_s, u"join"_s},
                                                     {u"Seq Scan"_s, u"scan"_s},         {u"Index Scan"_s, u"scan"_s},     {u"Index Only Scan"_s, u"scan"_s},
                                                     {u"Bitmap Heap Scan"_s, u"scan"_s}, {u"Tid Scan"_s, u"scan"_s},       {u"Tid Range Scan"_s, u"scan"_s},
                                                     {u"Sample Scan"_s, u"scan"_s},      {u"Aggregate"_s, u"aggregate"_s}, {u"Group"_s, u"aggregate"_s},
                                                     {u"Unique"_s, u"aggregate"_s},      {u"Sort"_s, u"sort"_s},           {u"Incremental Sort"_s, u"sort"_s},
                                                     {u"Gather"_s, u"gather"_s},         {u"Gather Merge"_s, u"gather"_s}, {u"Append"_s, u"append"_s},
                                                     {u"Merge Append"_s, u"append"_s}};
    return purposes.value(node.type, node.type);
}

// What is read below each node, in whatever order: the sum of its leaves' hashes.
QVector<size_t> leavesOf(const Plan &plan)
{
    QVector<size_t> leaves(plan.nodes.size(), 0);
    for (qsizetype index = plan.nodes.size() - 1; index >= 0; --index) { // children first
        const PlanNode &node = plan.nodes[index];
        if (!node.object.isEmpty() && node.type != "ModifyTable"_L1)
            leaves[index] += qHash(node.alias.isEmpty() ? node.object : node.alias, 1) | 1;
        if (node.parent >= 0)
            leaves[node.parent] += leaves[index];
    }
    return leaves;
}

class Matching
{
public:
    Matching(const Plan &before, const Plan &after)
        : m_before(before), m_after(after), m_leavesBefore(leavesOf(before)), m_leavesAfter(leavesOf(after)), m_like(after.nodes.size(), -1),
          m_taken(before.nodes.size(), false)
    {
    }
    // Of each later node the earlier one; -1: none.
    QVector<int> make()
    {
        // From the narrowest likeness to the widest, so that a node finds its own before it finds one that will do.
        match([](const PlanNode &node, size_t leaves) -> QString {
            return node.type + u'|' + modeOf(node) + u'|' + nameOf(node) + u'|' + node.index + u'|' + node.subplan + u'|' + QString::number(leaves);
        });
        match([](const PlanNode &node, size_t leaves) -> QString {
            return purposeOf(node) + u'|' + modeOf(node) + u'|' + nameOf(node) + u'|' + QString::number(leaves);
        });
        match([](const PlanNode &node, size_t leaves) -> QString { return purposeOf(node) + u'|' + nameOf(node) + u'|' + QString::number(leaves); });
        return m_like;
    }

private:
    static QString nameOf(const PlanNode &node) { return node.alias.isEmpty() ? node.object : node.alias; }
    static QString modeOf(const PlanNode &node) { return node.fields.text(u"Partial Mode"); }

    template<typename KeyOf>
    void match(KeyOf keyOf)
    {
        QHash<QString, QVector<int>> open; // by key, the last first
        for (qsizetype index = m_before.nodes.size() - 1; index >= 0; --index)
            if (!m_taken[index])
                open[keyOf(m_before.nodes[index], m_leavesBefore[index])].append(int(index));
        for (qsizetype index = 0; index < m_after.nodes.size(); ++index) {
            if (m_like[index] >= 0)
                continue;
            const auto found = open.find(keyOf(m_after.nodes[index], m_leavesAfter[index]));
            if (found == open.end() || found->isEmpty())
                continue;
            m_like[index] = found->takeLast();
            m_taken[m_like[index]] = true;
        }
    }

    const Plan &m_before;
    const Plan &m_after;
    const QVector<size_t> m_leavesBefore, m_leavesAfter;
    QVector<int> m_like;
    QVector<bool> m_taken;
};

std::optional<qint64> blocksOf(const PlanNode &node)
{
    static const QStringList names = {u"Shared Hit Blocks"_s, u"Shared Read Blocks"_s, u"Local Hit Blocks"_s, u"Local Read Blocks"_s};
    std::optional<qint64> blocks;
    for (const QString &name : names)
        if (const auto count = node.fields.count(name))
            blocks = blocks.value_or(0) + *count;
    return blocks;
}

NodeFigures figuresOf(const Plan &plan, const PlanTimes &times, int index, bool buffersTold)
{
    const PlanNode &node = plan.nodes[index];
    NodeFigures figures;
    figures.planRows = node.planRows;
    if (node.actual)
        figures.rows = node.actual->rows();
    if (index < times.nodes.size())
        figures.exclusiveUs = times.nodes[index].exclusiveUs;
    if (buffersTold && node.actual) {
        // Text leaves out what is 0.
        qint64 own = blocksOf(node).value_or(0);
        for (const int child : node.children)
            own -= blocksOf(plan.nodes[child]).value_or(0);
        figures.buffers = std::max<qint64>(0, own);
    }
    return figures;
}

bool tellsBuffers(const Plan &plan)
{
    return std::any_of(plan.nodes.cbegin(), plan.nodes.cend(), [](const PlanNode &node) { return blocksOf(node).has_value(); });
}

template<typename Figure>
bool differ(const std::optional<Figure> &one, const std::optional<Figure> &other, double part, double least = 0)
{
    if (!one || !other)
        return false;
    const double gap = std::abs(double(*one) - double(*other));
    return gap > least && gap > part * std::max(std::abs(double(*one)), std::abs(double(*other)));
}

int differencesOf(const PlanNode &one, const PlanNode &other, const NodeFigures &was, const NodeFigures &is)
{
    int differs = 0;
    if (one.title != other.title)
        differs |= NodePair::Type;
    if (one.object != other.object || (!one.schema.isEmpty() && !other.schema.isEmpty() && one.schema != other.schema))
        differs |= NodePair::Relation;
    if (one.index != other.index)
        differs |= NodePair::Index;
    for (const QStringView name : {QStringView(u"Filter"), QStringView(u"Index Cond"), QStringView(u"Hash Cond"), QStringView(u"Join Filter"),
                                   QStringView(u"Merge Cond"), QStringView(u"Sort Key"), QStringView(u"Group Key")})
        if (one.fields.text(name) != other.fields.text(name))
            differs |= NodePair::Condition;
    if (differ(was.rows, is.rows, rowsDiffer))
        differs |= NodePair::Rows;
    if (differ(was.exclusiveUs, is.exclusiveUs, timeDiffers, timeDiffersUs))
        differs |= NodePair::Time;
    if (differ(was.buffers, is.buffers, buffersDiffer))
        differs |= NodePair::Buffers;
    return differs;
}

} // namespace

PlanComparison comparePlans(const Plan &before, const Plan &after)
{
    PlanComparison comparison;
    const PlanTimes timesBefore = timesOf(before), timesAfter = timesOf(after);
    const bool buffersBefore = tellsBuffers(before), buffersAfter = tellsBuffers(after);
    comparison.totalUsBefore = timesBefore.totalUs;
    comparison.totalUsAfter = timesAfter.totalUs;
    const QVector<int> like = Matching(before, after).make();
    QVector<bool> seen(before.nodes.size(), false);
    comparison.sameShape = true;
    for (int index = 0; index < after.nodes.size(); ++index) {
        NodePair pair;
        pair.before = like[index];
        pair.after = index;
        pair.is = figuresOf(after, timesAfter, index, buffersAfter);
        if (pair.before >= 0) {
            seen[pair.before] = true;
            pair.was = figuresOf(before, timesBefore, pair.before, buffersBefore);
            pair.differs = differencesOf(before.nodes[pair.before], after.nodes[index], pair.was, pair.is);
        }
        comparison.sameShape = comparison.sameShape && pair.before >= 0 && !(pair.differs & (NodePair::Type | NodePair::Relation | NodePair::Index));
        comparison.pairs.append(pair);
    }
    for (int index = 0; index < before.nodes.size(); ++index) {
        if (seen[index])
            continue;
        NodePair pair;
        pair.before = index;
        pair.was = figuresOf(before, timesBefore, index, buffersBefore);
        comparison.pairs.append(pair);
        comparison.sameShape = false;
    }
    return comparison;
}

QStringList differenceWords(int differs)
{
    static const std::pair<int, QString> words[] = {{NodePair::Type, u"type"_s},           {NodePair::Relation, u"relation"_s}, {NodePair::Index, u"index"_s},
                                                    {NodePair::Condition, u"condition"_s}, {NodePair::Rows, u"rows"_s},         {NodePair::Time, u"time"_s},
                                                    {NodePair::Buffers, u"buffers"_s}};
    QStringList said;
    for (const auto &[bit, word] : words)
        if (differs & bit)
            said.append(word);
    return said;
}

} // namespace howdah::plan
