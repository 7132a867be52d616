// SPDX-License-Identifier: GPL-3.0-or-later
#include "advise/kept.h"

#include "activity/waitsampler.h"
#include "store/samples.h"

namespace howdah::advise
{

std::optional<WaitProfile> keptWaits(store::Store &store, const QString &profileId, qint64 fromMs, qint64 toMs)
{
    const auto samples = activity::readWaitSamples(store, profileId, fromMs, toMs);
    if (!samples || samples->isEmpty())
        return std::nullopt;
    const auto kept = store::readSamples(store, activity::WaitSampler::sessionsSource(profileId), fromMs, toMs);
    QVector<activity::Sessions> sessions;
    for (qsizetype i = 0; kept && i < kept->size(); ++i)
        sessions.append(activity::Sessions::fromJson(kept->at(i).values));
    return profileOf(*samples, sessions);
}

} // namespace howdah::advise
