// SPDX-License-Identifier: GPL-3.0-or-later
// Which sessions made an interval as busy as it was. A function of a Store, on its thread.
#pragma once

#include "activity/sessions.h"
#include "activity/waits.h"
#include "store/store.h"

namespace howdah::ui
{

// Sessions are kept each ten seconds only, so that a spike has few readings: of those within 15 s of the busiest sample, the one that is most like
// it; the nearest alone may be of the calm before. nullopt: none was kept, or it is gone (an hour is kept).
Result<std::optional<activity::Sessions>> readSessionsLike(store::Store &store, const QString &profileId, const activity::WaitSample &busiest);

} // namespace howdah::ui
