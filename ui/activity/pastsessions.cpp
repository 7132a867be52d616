// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/activity/pastsessions.h"

#include "activity/waitsampler.h"
#include "store/samples.h"

#include <algorithm>
#include <utility>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

namespace
{

constexpr qint64 nearMs = 15'000;

int activeIn(const activity::Sessions &sessions)
{
    return int(std::count_if(sessions.backends.cbegin(), sessions.backends.cend(),
                             [](const activity::Backend &one) { return one.state == "active"_L1 && one.waitType != "Client"_L1; }));
}

} // namespace

Result<std::optional<activity::Sessions>> readSessionsLike(store::Store &store, const QString &profileId, const activity::WaitSample &busiest)
{
    const auto rows = store::readSamples(store, activity::WaitSampler::sessionsSource(profileId), busiest.atMs - nearMs, busiest.atMs + nearMs);
    if (!rows)
        return fail(rows.error());
    std::optional<activity::Sessions> best;
    std::pair<int, qint64> bestDistance;
    for (const store::StoredSample &row : *rows) {
        activity::Sessions sessions = activity::Sessions::fromJson(row.values);
        const std::pair<int, qint64> distance(qAbs(activeIn(sessions) - busiest.total()), qAbs(row.atMs - busiest.atMs));
        if (best && !(distance < bestDistance))
            continue;
        best = std::move(sessions);
        bestDistance = distance;
    }
    return best;
}

} // namespace howdah::ui
