// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/finding.h"

#include "plan/look.h"

#include <QHash>
#include <QSet>

#include <algorithm>

namespace howdah::plan
{

using namespace Qt::StringLiterals;

namespace
{

using Kind = Finding::Kind;

// A nested loop's finding says of its scan what an index would do there: not once more.
void leaveOutSaid(QVector<Finding> *found)
{
    QSet<int> said;
    for (const Finding &finding : std::as_const(*found))
        if (finding.kind == Kind::NestedLoop)
            said.insert(finding.node);
    found->removeIf([&](const Finding &one) { return said.contains(one.node) && (one.kind == Kind::MissingIndex || one.kind == Kind::WeakIndex); });
}

// The same of several nodes: one finding, at the heaviest, for the time of all.
void addTogether(QVector<Finding> *found)
{
    QVector<Finding> once;
    QHash<QString, qsizetype> places;
    for (Finding &finding : *found) {
        const bool single = finding.statements.isEmpty() || finding.relation.isEmpty();
        const QString key = single ? QString() : QString(finding.name() + u'\n' + finding.statements.join(u'\n'));
        const auto place = single ? places.cend() : places.constFind(key);
        if (place == places.cend()) {
            if (!single)
                places.insert(key, once.size());
            once.append(std::move(finding));
            continue;
        }
        Finding &same = once[*place];
        const auto share = same.share && finding.share ? std::optional(std::min(1.0, *same.share + *finding.share)) : same.share;
        if (finding.share.value_or(0) > same.share.value_or(0))
            same = std::move(finding);
        same.share = share;
    }
    *found = std::move(once);
}

} // namespace

QString findingName(Kind kind)
{
    switch (kind) {
    case Kind::MissingIndex: return u"missing_index"_s;
    case Kind::WeakIndex: return u"weak_index"_s;
    case Kind::TypeMismatch: return u"type_mismatch"_s;
    case Kind::StaleStatistics: return u"stale_statistics"_s;
    case Kind::CorrelatedColumns: return u"correlated_columns"_s;
    case Kind::BadEstimate: return u"bad_estimate"_s;
    case Kind::Spill: return u"spill"_s;
    case Kind::HeapFetches: return u"heap_fetches"_s;
    case Kind::WorkersNotLaunched: return u"workers_not_launched"_s;
    case Kind::JitCost: return u"jit_cost"_s;
    case Kind::NestedLoop: return u"nested_loop"_s;
    case Kind::IndexSearches: return u"index_searches"_s;
    case Kind::LateFilter: return u"late_filter"_s;
    case Kind::GenericPlan: return u"generic_plan"_s;
    }
    return {};
}

QList<Kind> findingKinds()
{
    return {Kind::MissingIndex, Kind::WeakIndex, Kind::TypeMismatch, Kind::StaleStatistics, Kind::CorrelatedColumns, Kind::BadEstimate, Kind::Spill,
            Kind::HeapFetches, Kind::WorkersNotLaunched, Kind::JitCost, Kind::NestedLoop, Kind::IndexSearches, Kind::LateFilter, Kind::GenericPlan};
}

QString Finding::name() const
{
    return findingName(kind);
}

QVector<Finding> findingsOf(const Plan &plan, const Facts *facts)
{
    QVector<Finding> found;
    if (plan.nodes.isEmpty())
        return found;
    const Look look(plan, facts);
    findScans(look, &found);
    findLoops(look, &found);
    findEstimates(look, &found);
    findSpills(look, &found);
    findWhole(look, &found);
    leaveOutSaid(&found);
    addTogether(&found);
    std::stable_sort(found.begin(), found.end(), [](const Finding &one, const Finding &other) { return one.share.value_or(0) > other.share.value_or(0); });
    return found;
}

} // namespace howdah::plan
