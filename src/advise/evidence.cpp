// SPDX-License-Identifier: GPL-3.0-or-later
#include "advise/evidence.h"

#include "explain/shape.h"
#include "pg/quote.h"
#include "plan/exclusive.h"

#include <QRegularExpression>

#include <algorithm>

namespace howdah::advise
{

using namespace Qt::StringLiterals;
using plan::Plan;
using plan::PlanNode;

QString sourceName(Source source)
{
    switch (source) {
    case Source::MeasuredPlan:
        return u"measured_plan"_s;
    case Source::LoggedPlan:
        return u"logged_plan"_s;
    case Source::EstimatedPlan:
        return u"estimated_plan"_s;
    case Source::Counters:
        return u"counters"_s;
    case Source::Samples:
        return u"samples"_s;
    }
    return {};
}

double PlanSeen::weightUs() const
{
    return std::max(1.0, double(durationUs.value_or(plan.executionUs.value_or(1))));
}

const plan::Facts *Evidence::factsOf(quint32 database) const
{
    const auto found = facts.constFind(database);
    return found != facts.cend() && found->facts ? &*found->facts : nullptr;
}

const Looked *Evidence::find(const statements::Key &key) const
{
    const auto found =
        std::find_if(looked.cbegin(), looked.cend(), [&](const Looked &one) { return one.total.key == key; });
    return found == looked.cend() ? nullptr : &*found;
}

qsizetype Evidence::withPlans() const
{
    return std::count_if(looked.cbegin(), looked.cend(), [](const Looked &one) { return !one.plans.isEmpty(); });
}

const statements::Total *Evidence::total(const statements::Key &key) const
{
    const auto found = std::find_if(list.totals.cbegin(), list.totals.cend(),
                                    [&](const statements::Total &one) { return one.key == key; });
    return found == list.totals.cend() ? nullptr : &*found;
}

double heavyNs(const statements::TopList &list, const std::optional<WaitProfile> &waits)
{
    constexpr double leastShare = 0.01;
    double work = double(list.sum(statements::Measure::ExecTime));
    for (const statements::Total &total : list.totals) {
        const StatementWaits *one = waits ? waits->find(total.key) : nullptr;
        if (const int locked = one ? one->waitedFor(u"Lock") : 0; locked > 0)
            work -=
                std::min(double(locked) * waits->periodMs * 1e6, double(total.counters[statements::Measure::ExecTime]));
    }
    const double lasted = list.fromMs > 0 ? double(list.toMs - list.fromMs) * 1e6 : work;
    return leastShare * std::min(std::max(work, 0.0), lasted);
}

QString relationName(const PlanNode &node, const plan::Facts *facts)
{
    if (!plan::namesRelation(node))
        return {};
    const plan::RelationFacts *known = facts ? facts->find(node.schema, node.object) : nullptr;
    const QString schema = known ? known->schema : node.schema;
    const QString name = pg::displayIdentifier(node.object);
    return schema.isEmpty() ? name : QString(pg::displayIdentifier(schema) + u'.' + name);
}

QString mainRelation(const Plan &plan, const plan::Facts *facts, int below)
{
    const plan::PlanTimes times = plan::timesOf(plan);
    QVector<bool> inside(plan.nodes.size(), false);
    QString name;
    double heaviest = -1;
    for (int index = 0; index < plan.nodes.size(); ++index) {
        const PlanNode &node = plan.nodes[index];
        inside[index] = index == below || (node.parent >= 0 && inside[node.parent]);
        const QString own = inside[index] ? relationName(node, facts) : QString();
        const double weight = index < times.nodes.size() ? times.nodes[index].exclusiveUs : costShare(plan, index);
        if (!own.isEmpty() && weight > heaviest) {
            heaviest = weight;
            name = own;
        }
    }
    return name;
}

double costShareBelow(const Plan &plan, int node)
{
    const double all = plan.nodes.isEmpty() ? 0 : plan.nodes.first().totalCost.value_or(0);
    return all > 0 ? std::clamp(plan.nodes[node].totalCost.value_or(0) / all, 0.0, 1.0) : 1;
}

double costShare(const Plan &plan, int node)
{
    double own = costShareBelow(plan, node);
    for (const int child : plan.nodes[node].children)
        own -= costShareBelow(plan, child);
    return std::max(0.0, own);
}

bool namesParameter(const PlanNode &node)
{
    static const QRegularExpression parameter(u"\\$[1-9]\\d*(?![\\w.])"_s);
    static const QRegularExpression literal(u"'(?:[^']|'')*'"_s);
    for (const QStringView field :
         {u"Filter", u"Index Cond", u"Recheck Cond", u"Hash Cond", u"Join Filter", u"One-Time Filter"})
        if (node.fields.text(field).remove(literal).contains(parameter))
            return true;
    return false;
}

bool isGeneric(const Plan &plan, const QString &queryText)
{
    const auto shape = explain::shapeOf(queryText);
    if (!shape || shape->parameters.isEmpty())
        return false;
    // Up to 16 the value of an InitPlan is called $1 as well.
    const bool unclear = std::any_of(plan.nodes.cbegin(), plan.nodes.cend(),
                                     [](const PlanNode &node) { return node.subplan.contains(u"(returns $"_s); });
    return !unclear && std::any_of(plan.nodes.cbegin(), plan.nodes.cend(), namesParameter);
}

} // namespace howdah::advise
