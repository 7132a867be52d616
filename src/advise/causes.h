// SPDX-License-Identifier: GPL-3.0-or-later
// The rules, each of which appends what it finds of one statement, whatever is at stake. Internal to src/advise.
#pragma once

#include "advise/advice.h"
#include "plan/finding.h"

#include <QSet>

namespace howdah::advise
{

struct Case {
    const Evidence &evidence;
    const Looked &looked;
    QVector<Advice> &found;

    const statements::Counters &counters() const { return looked.total.counters; }
    bool counts(statements::Measure measure) const { return evidence.list.gaps.known & statements::bitOf(measure); }
    double calls() const { return double(counters()[statements::Measure::Calls]); }
    double execNs() const { return double(counters()[statements::Measure::ExecTime]); }
    const plan::Facts *facts() const { return evidence.factsOf(looked.total.key.databaseId); }
    bool has(std::initializer_list<plan::Finding::Kind> kinds) const;
    bool wasMeasured() const { return !looked.plans.isEmpty() && looked.plans.first().source == Source::MeasuredPlan; }
    Advice make(const QString &kind, Source source) const;
};

void fromPlans(const Case &one);    // findings of its plans
void fromCounters(const Case &one); // what no plan told: spills, compiling, workers, estimates
void fromWaits(const Case &one);    // locks
// A generic plan against the one for the same values.
std::optional<plan::Finding> genericFinding(const PlanSeen &seen, const plan::Facts *facts);

bool isOfEstimate(plan::Finding::Kind kind);
// Whether another estimate could bring another plan: something above the node was chosen by it.
bool decides(const plan::Plan &plan, int node);
// Strings out of conditions, which are people's data, as '***'.
QString withoutStrings(const QString &evidence);
QString msText(double ns);

} // namespace howdah::advise
