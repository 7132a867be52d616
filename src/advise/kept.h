// SPDX-License-Identifier: GPL-3.0-or-later
// What the window kept of waits in an interval, as evidence. On the store's thread.
#pragma once

#include "advise/waits.h"
#include "store/store.h"

namespace howdah::advise
{

// nullopt: they were not sampled then, or can't be read.
std::optional<WaitProfile> keptWaits(store::Store &store, const QString &profileId, qint64 fromMs, qint64 toMs);

} // namespace howdah::advise
