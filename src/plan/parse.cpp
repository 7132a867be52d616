// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/parse.h"

#include "plan/pasted.h"

namespace howdah::plan
{

using namespace Qt::StringLiterals;

Result<QVector<Plan>> parsePlans(const QString &text)
{
    if (text.size() > maxPlanText)
        return fail(ErrorKind::Client, u"plan_too_large"_s, u"The plan has more than %1 characters."_s.arg(maxPlanText));
    const PastedLines pasted = unwrapPasted(text);
    auto plans = pasted.json ? parseJsonPlans(pasted) : parseTextPlans(pasted);
    if (plans && pasted.durationUs)
        for (Plan &plan : *plans)
            if (!plan.executionUs)
                plan.executionUs = pasted.durationUs;
    return plans;
}

} // namespace howdah::plan
