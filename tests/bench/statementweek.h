// SPDX-License-Identifier: GPL-3.0-or-later
// A week of what 5,000 statements did, given to the store reading by reading as the recorder gives it, and asked for again. One thread.
#pragma once

#include "base/result.h"

#include <QJsonObject>

namespace howdah::bench
{

double threadCpuMs(); // CLOCK_THREAD_CPUTIME_ID: of this thread alone, in the kernel too

// Into a new store at `path`. A reading each `stepMinutes`, and each minute of the last seven hours, which are kept so: keep_ms (of one, processor),
// keep_max_ms (with an hour or a day to be summed up), week_ms (the top list of all of it, by the clock), store_mb, pieces and such.
Result<QJsonObject> measureWeek(const QString &path, int stepMinutes);

} // namespace howdah::bench
