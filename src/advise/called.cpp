// SPDX-License-Identifier: GPL-3.0-or-later
#include "advise/called.h"

#include "advise/causes.h"
#include "base/units.h"
#include "plan/predicate.h"

#include <QRegularExpression>

#include <algorithm>
#include <cmath>

namespace howdah::advise
{

using namespace Qt::StringLiterals;
using statements::Key;
using statements::Measure;
using statements::Total;

namespace
{

constexpr qint64 leastCalls = 100;
constexpr double timesParent = 5; // for each call of the parent at least so many of the child
constexpr double leastRowsEach = 2;
constexpr double off = 0.02; // calls against rows, besides what was under way at the interval's ends
constexpr double farthest = 0.2;
constexpr qsizetype mostPairs = 100;

bool isSelect(const Total &total)
{
    static const QRegularExpression select(u"^\\s*(?:/\\*.*?\\*/\\s*)*select\\b"_s,
                                           QRegularExpression::CaseInsensitiveOption);
    return total.text && select.match(total.text->text).hasMatch();
}

struct Keyed {
    const plan::PlanNode *scan = nullptr;
    const plan::RelationFacts *relation = nullptr;
    QString name;        // "shop.customer"
    QStringList columns; // that are compared with a parameter
};

// The one table that it reads by a key; nullptr: it does something else.
Keyed keyedBy(const Looked &looked, const plan::Facts *facts)
{
    Keyed keyed;
    if (looked.plans.isEmpty())
        return keyed;
    for (const plan::PlanNode &node : looked.plans.first().plan.nodes) {
        if (!plan::namesRelation(node))
            continue;
        if (keyed.scan && (node.object != keyed.scan->object || node.schema != keyed.scan->schema))
            return {};
        keyed.scan = &node;
        keyed.relation = facts ? facts->find(node.schema, node.object) : nullptr;
        keyed.name = relationName(node, facts);
        for (const QStringView field : {u"Index Cond", u"Recheck Cond", u"Filter"}) {
            const auto conditions = plan::conditionsOf(node.fields.text(field),
                                                       node.alias.isEmpty() ? node.object : node.alias, keyed.relation);
            for (const plan::Condition &condition : conditions)
                if (condition.use() == plan::Condition::Use::Equality && !condition.left.column.isEmpty() &&
                    !keyed.columns.contains(condition.left.column))
                    keyed.columns.append(condition.left.column);
        }
    }
    return keyed.columns.isEmpty() ? Keyed() : keyed;
}

bool isWord(const QString &text, const QString &word)
{
    return !word.isEmpty() && QRegularExpression(u"\\b"_s + QRegularExpression::escape(word) + u"\\b"_s,
                                                 QRegularExpression::CaseInsensitiveOption)
                                  .match(text)
                                  .hasMatch();
}

// "customer_id" of a child that reads customer by id; or what the child compares, where it is more than "id".
QStringList referringNames(const Keyed &child)
{
    QStringList names;
    QString singular = child.scan->object;
    if (singular.endsWith(u's'))
        singular.chop(1);
    for (const QString &column : child.columns) {
        for (const QString &table : {child.scan->object, singular})
            names << table + u'_' + column << table + column;
        if (column.size() > 3)
            names << column;
    }
    return names;
}

// Why the two have to do with each other; empty: chance may have made the pair.
QString bond(const Evidence &evidence, const Keyed &child, const Looked &parent)
{
    const plan::Facts *facts = evidence.factsOf(parent.total.key.databaseId);
    const QStringList names = referringNames(child);
    QStringList relations;
    for (const PlanSeen &seen : parent.plans.first(std::min<qsizetype>(1, parent.plans.size()))) {
        for (const plan::PlanNode &node : seen.plan.nodes) {
            const QString name = relationName(node, facts);
            if (name.isEmpty())
                continue;
            relations.append(name);
            const auto *relation = facts ? facts->find(node.schema, node.object) : nullptr;
            for (const QString &column : names)
                if (relation && name != child.name && relation->column(column))
                    return u"%1 has %2"_s.arg(name, column);
        }
    }
    for (const ForeignKey &key : evidence.facts.value(parent.total.key.databaseId).foreignKeys)
        if ((relations.contains(key.referring) && key.referred == child.name) ||
            (relations.contains(key.referred) && key.referring == child.name))
            return u"%1 refers to %2"_s.arg(key.referring, key.referred);
    if (relations.contains(child.name))
        return u"both read %1"_s.arg(child.name);
    const QString text = parent.total.text ? parent.total.text->text : QString();
    for (const QString &column : names)
        if (isWord(text, column))
            return u"it asks for %1"_s.arg(column);
    return {};
}

} // namespace

QVector<CallPair> callPairs(const statements::TopList &list)
{
    QVector<const Total *> children, parents;
    for (const Total &total : list.totals) {
        if (total.own || !isSelect(total))
            continue;
        if (total.counters[Measure::Calls] >= leastCalls)
            children.append(&total);
        if (total.counters[Measure::Rows] >= leastCalls * (1 - farthest) && total.counters[Measure::Calls] > 0)
            parents.append(&total);
    }
    std::sort(children.begin(), children.end(),
              [](const Total *a, const Total *b) { return a->counters[Measure::Calls] > b->counters[Measure::Calls]; });
    std::sort(parents.begin(), parents.end(),
              [](const Total *a, const Total *b) { return a->counters[Measure::Rows] < b->counters[Measure::Rows]; });
    QVector<CallPair> pairs;
    for (const Total *child : std::as_const(children)) {
        const double calls = double(child->counters[Measure::Calls]);
        const auto from = std::lower_bound(
            parents.cbegin(), parents.cend(), calls * (1 - farthest),
            [](const Total *one, double least) { return double(one->counters[Measure::Rows]) < least; });
        for (auto at = from; at != parents.cend() && double((*at)->counters[Measure::Rows]) <= calls * (1 + farthest) &&
                             pairs.size() < mostPairs;
             ++at) {
            const Total &parent = **at;
            const double parentCalls = double(parent.counters[Measure::Calls]),
                         rows = double(parent.counters[Measure::Rows]);
            if (std::abs(rows - calls) > off * rows + rows / parentCalls)
                continue;
            const bool same = parent.key.roleId == child->key.roleId &&
                              parent.key.databaseId == child->key.databaseId &&
                              parent.key.toplevel == child->key.toplevel;
            if (same && !(parent.key == child->key) && calls >= timesParent * parentCalls &&
                rows >= leastRowsEach * parentCalls)
                pairs.append({child->key, parent.key});
        }
    }
    return pairs;
}

QVector<Advice> fromCalls(const Evidence &evidence)
{
    QVector<Advice> found;
    for (const CallPair &pair : callPairs(evidence.list)) {
        const Looked *child = evidence.find(pair.child), *parent = evidence.find(pair.parent);
        if (!child || !parent)
            continue;
        const Keyed keyed = keyedBy(*child, evidence.factsOf(pair.child.databaseId));
        const QString why = keyed.scan ? bond(evidence, keyed, *parent) : QString();
        if (why.isEmpty())
            continue;
        const auto &calls = child->total.counters, &rows = parent->total.counters;
        const double distance = std::abs(double(calls[Measure::Calls]) / double(rows[Measure::Rows]) - 1);
        const auto same =
            std::find_if(found.begin(), found.end(), [&](const Advice &one) { return one.key == pair.child; });
        if (same != found.end()) {
            const auto *other = evidence.total(*same->related);
            if (other &&
                std::abs(double(calls[Measure::Calls]) / double(other->counters[Measure::Rows]) - 1) <= distance)
                continue;
            found.erase(same);
        }
        QVector<Advice> none;
        Advice advice = Case{evidence, *child, none}.make(u"n_plus_one"_s, Source::Counters);
        advice.object = keyed.name;
        advice.related = pair.parent;
        advice.relatedQuery = parent->total.text ? parent->total.text->text : QString();
        advice.ns = double(calls[Measure::ExecTime] + calls[Measure::PlanTime]);
        advice.evidence = u"It was called %1 times, once for each of the %2 rows that another statement of the same "
                          "role gave in %3 calls (%4): %5"_s.arg(units::exact(double(calls[Measure::Calls])),
                                                                 units::exact(double(rows[Measure::Rows])),
                                                                 units::exact(double(rows[Measure::Calls])), why,
                                                                 units::oneLine(advice.relatedQuery.left(200)));
        advice.remedy = u"Let the other statement join %1, or ask once for all keys (%2 = ANY ($1)): one round trip in "
                        "place of %3 for each of its calls."_s.arg(
                            keyed.name, keyed.columns.first(),
                            units::exact(std::round(double(calls[Measure::Calls]) / double(rows[Measure::Calls]))));
        advice.cost = u"None on the server; the application's statements change."_s;
        found.append(advice);
    }
    return found;
}

} // namespace howdah::advise
