// SPDX-License-Identifier: GPL-3.0-or-later
#include "trial/judgement.h"

#include "plan/compare.h"

#include <cmath>

namespace howdah::trial
{

using namespace Qt::StringLiterals;
using Verdict = Judgement::Verdict;

namespace
{

constexpr double costsDiffer = 0.01; // of the larger: below that the planner sees no difference worth a word

QString msWord(double us)
{
    const double ms = us / 1000;
    return ms >= 1000 ? QString::number(ms / 1000, 'f', ms >= 100'000 ? 0 : 2) + u" s"_s : QString::number(ms, 'g', 3) + u" ms"_s;
}

QString timesWord(double factor)
{
    return factor >= 10 ? QString::number(factor, 'f', 0) : QString::number(factor, 'f', 1);
}

// Within one's spread lies the other's.
bool overlaps(const Measured &a, const Measured &b)
{
    return *a.fastestUs() <= *b.slowestUs() && *b.fastestUs() <= *a.slowestUs();
}

Judgement byTimes(const Measured &before, const Measured &after)
{
    Judgement judgement;
    judgement.measured = true;
    const double was = double(*before.medianUs), is = double(*after.medianUs);
    const double larger = std::max(was, is), apart = std::fabs(was - is);
    const QString figures = u"%1 before, %2 after"_s.arg(msWord(was), msWord(is));
    if (std::min(was, is) > 0)
        judgement.factor = larger / std::min(was, is);
    if (overlaps(before, after) || apart <= plan::timeDiffers * larger || apart <= plan::timeDiffersUs) {
        judgement.verdict = Verdict::Same;
        judgement.words = u"%1: no more apart than runs of one plan are"_s.arg(figures);
        return judgement;
    }
    judgement.verdict = is < was ? Verdict::Faster : Verdict::Slower;
    judgement.words = judgement.factor ? u"%1: %2 times %3"_s.arg(figures, timesWord(*judgement.factor), is < was ? u"faster"_s : u"slower"_s) : figures;
    return judgement;
}

// One of them was stopped.
Judgement byBound(const Measured &before, const Measured &after)
{
    Judgement judgement;
    judgement.measured = true;
    if (before.overMs && after.overMs) {
        judgement.words = u"Neither before nor after was it done within %1 s"_s.arg(*after.overMs / 1000.0);
        return judgement;
    }
    const Measured &done = before.overMs ? after : before;
    const double worst = double(std::max(*done.slowestUs(), done.coldUs.value_or(0)));
    const double bound = double(before.overMs ? *before.overMs : *after.overMs) * 1000;
    const double ended = double(before.overMs ? *after.medianUs : *before.medianUs);
    if (worst > (1 - plan::timeDiffers) * bound) { // what was stopped might have ended next
        judgement.words = u"Stopped at %1, and done in up to %2: too near to tell apart. Give the runs more time"_s.arg(msWord(bound), msWord(worst));
        return judgement;
    }
    judgement.verdict = before.overMs ? Verdict::Faster : Verdict::Slower;
    if (ended > 0)
        judgement.factor = bound / ended;
    judgement.words = before.overMs ? u"Not done within %1 before, %2 after"_s.arg(msWord(bound), msWord(ended))
                                    : u"%1 before, not done within %2 after"_s.arg(msWord(ended), msWord(bound));
    return judgement;
}

Judgement byCosts(const Measured &before, const Measured &after, bool hypothetical)
{
    Judgement judgement;
    if (!before.cost || !after.cost) {
        judgement.words = u"The planner told no cost: nothing can be said"_s;
        return judgement;
    }
    const double was = *before.cost, is = *after.cost, larger = std::max(was, is);
    const QString end = hypothetical ? u" An estimate: the index was not built, nothing was run."_s : u" An estimate: the statement was not run."_s;
    if (std::fabs(was - is) <= costsDiffer * larger) {
        judgement.verdict = Verdict::Same;
        judgement.words = u"The planner's cost stays at %1."_s.arg(is, 0, 'f', 0) + end;
        return judgement;
    }
    judgement.verdict = is < was ? Verdict::Faster : Verdict::Slower;
    if (std::min(was, is) > 0)
        judgement.factor = larger / std::min(was, is);
    judgement.words = u"The planner's cost goes from %1 to %2."_s.arg(was, 0, 'f', 0).arg(is, 0, 'f', 0) + end;
    return judgement;
}

} // namespace

QString verdictName(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Faster: return u"faster"_s;
    case Verdict::Slower: return u"slower"_s;
    case Verdict::Same: return u"same"_s;
    case Verdict::NotKnown: return u"not_known"_s;
    }
    return {};
}

Judgement judge(const Measured &before, const Measured &after, bool hypothetical)
{
    if (before.medianUs && after.medianUs)
        return byTimes(before, after);
    if ((before.overMs && (after.overMs || after.medianUs)) || (after.overMs && before.medianUs))
        return byBound(before, after);
    return byCosts(before, after, hypothetical);
}

} // namespace howdah::trial
