// SPDX-License-Identifier: GPL-3.0-or-later
#include "advise/advice.h"

#include "advise/called.h"
#include "advise/causes.h"
#include "base/units.h"

#include <algorithm>

namespace howdah::advise
{

using namespace Qt::StringLiterals;
using statements::Measure;

namespace
{

constexpr double leastNs = 10e6;     // in all
constexpr double leastNsEach = 1e6;  // a call: less is felt only where there are very many
constexpr double leastOfTime = 0.05; // of the interval: a twentieth of a session all the time
constexpr double leastWaitNs = 20e6; // a call, for locks: rows that several change are waited for a moment everywhere
constexpr double leastQueue = 0.2;   // of the interval, over all sessions
constexpr double leastTold = 0.01;   // of what all took, to be told that it was not looked at
constexpr double manyCalls = 0.05;   // of all calls: what the round trips cost is not in the server's figures

double allNs(const statements::TopList &list)
{
    return double(list.sum(Measure::ExecTime));
}

bool isWorth(const Advice &advice, const Evidence &evidence, double heavy)
{
    const statements::Total *total = evidence.total(advice.key);
    const double calls = total ? double(total->counters[Measure::Calls]) : 0;
    const double lastedNs = evidence.list.fromMs > 0 ? double(evidence.list.toMs - evidence.list.fromMs) * 1e6 : 0;
    if (advice.ns < leastNs)
        return false;
    if (advice.kind == "n_plus_one"_L1)
        return advice.ns >= heavy || calls >= manyCalls * double(evidence.list.sum(Measure::Calls));
    const bool ofWait = advice.source == Source::Samples;
    const bool often = lastedNs > 0 && advice.ns >= (ofWait ? leastQueue : leastOfTime) * lastedNs;
    return advice.ns >= heavy && (often || advice.ns >= (ofWait ? leastWaitNs : leastNsEach) * std::max(1.0, calls));
}

QString queryOf(const statements::Total &total)
{
    return total.text ? total.text->text : QString();
}

} // namespace

QString stakeName(Stake stake)
{
    return stake == Stake::Measured ? u"measured"_s : stake == Stake::ByCost ? u"by_cost"_s : u"at_most"_s;
}

QString msText(double ns)
{
    const double ms = ns / 1e6;
    return ms >= 1000 ? units::duration(qRound64(ms)) : QString(QString::number(ms, 'g', 3) + u" ms"_s);
}

bool Case::has(std::initializer_list<plan::Finding::Kind> kinds) const
{
    return std::any_of(kinds.begin(), kinds.end(), [this](plan::Finding::Kind kind) {
        return std::any_of(found.cbegin(), found.cend(), [&](const Advice &one) {
            return one.key == looked.total.key && one.kind == plan::findingName(kind);
        });
    });
}

Advice Case::make(const QString &kind, Source source) const
{
    Advice advice;
    advice.kind = kind;
    advice.key = looked.total.key;
    advice.query = queryOf(looked.total);
    advice.source = source;
    if (!looked.plans.isEmpty())
        advice.object = mainRelation(looked.plans.first().plan, facts());
    return advice;
}

std::optional<double> shareOf(const Advice &advice, const statements::TopList &list)
{
    const double all = allNs(list);
    return all > 0 ? std::optional(std::min(1.0, advice.ns / all)) : std::nullopt;
}

Advised adviceOf(const Evidence &evidence)
{
    Advised advised;
    QVector<Advice> found;
    const double heavy = heavyNs(evidence.list, evidence.waits);
    for (const Looked &looked : evidence.looked) {
        const Case one{evidence, looked, found};
        fromPlans(one);
        fromCounters(one);
        fromWaits(one);
        if (looked.plans.isEmpty())
            advised.notLooked.append({looked.total.key, queryOf(looked.total), looked.whyNoPlan});
    }
    found += fromCalls(evidence);
    for (const Advice &one : std::as_const(found))
        if (isWorth(one, evidence, heavy))
            advised.advice.append(one);
    std::stable_sort(advised.advice.begin(), advised.advice.end(),
                     [](const Advice &a, const Advice &b) { return a.ns > b.ns; });
    for (const statements::Total &total : evidence.list.totals)
        if (!total.own &&
            double(total.counters[Measure::ExecTime]) >= std::max(heavy, leastTold * allNs(evidence.list)) &&
            !evidence.find(total.key))
            advised.notLooked.append({total.key, queryOf(total),
                                      u"It is not among the heaviest that were looked at: --limit looks at "
                                      "more"_s});
    advised.notes = evidence.notes;
    return advised;
}

Advised adviceAbout(const Advised &all, const statements::Key &key)
{
    Advised about = all;
    about.advice.removeIf([&key](const Advice &one) { return !(one.key == key) && !(one.related && *one.related == key); });
    about.notLooked.removeIf([&key](const NotLooked &one) { return !(one.key == key); });
    return about;
}

} // namespace howdah::advise
