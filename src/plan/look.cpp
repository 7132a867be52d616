// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/look.h"

#include "base/units.h"
#include "pg/quote.h"

#include <algorithm>
#include <cmath>

namespace howdah::plan
{

using namespace Qt::StringLiterals;

Look::Look(const Plan &ofPlan, const Facts *known) : plan(ofPlan), facts(known), times(timesOf(ofPlan))
{
}

std::optional<double> Look::share(int index) const
{
    if (times.nodes.isEmpty() || !times.totalUs || *times.totalUs <= 0)
        return std::nullopt;
    return std::min(1.0, times.nodes[index].exclusiveUs / *times.totalUs);
}

std::optional<double> Look::shareBelow(int index) const
{
    if (times.nodes.isEmpty() || !times.totalUs || *times.totalUs <= 0)
        return std::nullopt;
    return std::min(1.0, times.nodes[index].inclusiveUs / *times.totalUs);
}

bool Look::isWorth(int index, double least, bool below) const
{
    if (const auto part = below ? shareBelow(index) : share(index))
        return *part >= least;
    const PlanNode &at = node(index);
    const double all = node(0).totalCost.value_or(0);
    if (!at.totalCost || all <= 0)
        return true; // COSTS OFF: nobody knows
    double own = *at.totalCost;
    for (const int child : at.children)
        own -= below ? 0 : node(child).totalCost.value_or(0);
    return own >= least * all;
}

const RelationFacts *Look::relation(const PlanNode &at) const
{
    return facts && namesRelation(at) ? facts->find(at.schema, at.object) : nullptr;
}

QString Look::relationName(const PlanNode &at) const
{
    if (!namesRelation(at))
        return {};
    const RelationFacts *known = relation(at);
    const QString schema = known ? known->schema : at.schema;
    return schema.isEmpty() ? pg::displayIdentifier(at.object) : QString(pg::displayIdentifier(schema) + u'.' + pg::displayIdentifier(at.object));
}

QVector<Condition> Look::conditions(const PlanNode &at, QStringView field) const
{
    return conditionsOf(at.fields.text(field), calledAs(at), relation(at));
}

double Look::removed(const PlanNode &at, QStringView field)
{
    return at.fields.real(field).value_or(0) * loops(at);
}

int Look::innerChild(const PlanNode &join) const
{
    constexpr qsizetype mostLooked = 64; // two sides and a few subplans
    int second = -1, sides = 0;
    for (const int child : join.children.first(std::min(join.children.size(), mostLooked))) {
        if (node(child).relationship == "Inner"_L1)
            return child;
        // Text names no sides: of those without a name of their own the second is the inner one.
        if (node(child).subplan.isEmpty() && ++sides == 2)
            second = child;
    }
    return second;
}

Finding Look::make(Finding::Kind kind, int index) const
{
    Finding finding;
    finding.kind = kind;
    finding.node = index;
    const PlanNode &at = node(index);
    finding.relation = relationName(at);
    if (!at.index.isEmpty()) {
        const qsizetype dot = finding.relation.indexOf(u'.');
        const RelationFacts *known = relation(at);
        const QString schema = known ? known->schema : at.schema;
        finding.index =
            dot < 0 || schema.isEmpty() ? pg::displayIdentifier(at.index) : QString(pg::displayIdentifier(schema) + u'.' + pg::displayIdentifier(at.index));
    }
    finding.share = share(index);
    return finding;
}

QString rowsWord(double rows)
{
    return std::round(rows) == 1 ? u"1 row"_s : QString(units::exact(std::round(rows)) + u" rows"_s);
}

QString timeWord(double us)
{
    return us < 10'000      ? QString(QString::number(us / 1000, 'f', 2) + u" ms"_s)
           : us < 1'000'000 ? QString(QString::number(us / 1000, 'f', 0) + u" ms"_s)
                            : units::duration(qint64(us / 1000));
}

QString shareWord(double share)
{
    return QString::number(share * 100, 'f', share > 0.99 && share < 1 ? 2 : 0) + u" %"_s;
}

QString conditionWord(const QString &text)
{
    constexpr qsizetype most = 200;
    return units::oneLine(text.size() > most ? QString(text.first(most) + u'…') : text);
}

QString factorWord(double factor)
{
    return factor >= 10 ? QString(units::exact(std::round(factor)) + u" times"_s) : QString(QString::number(factor, 'f', 1) + u" times"_s);
}

} // namespace howdah::plan
