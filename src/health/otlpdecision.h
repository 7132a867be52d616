// SPDX-License-Identifier: GPL-3.0-or-later
// What to do after an attempt, by the rules of OTLP/HTTP: only 429, 502, 503, 504 and a connection that failed are tried again; a partial
// success never is. Nor what got no answer in time: it may have arrived. Pure functions; any thread.
#pragma once

#include "health/httpreply.h"
#include "health/otlpsettings.h"

namespace howdah::health
{

struct OtlpDecision {
    enum What { Taken, Again, Drop };
    What what = Drop;
    qint64 rejected = 0; // points, of what was taken
    qint64 waitMs = 0;   // before the next attempt
    QString error;       // empty: none; a receiver that took it may have a word of warning
};

// attempt: 1 for the first. chance: 0 to 1, for the wait, so that not all come back at once.
OtlpDecision decideOtlp(const HttpReply &reply, const OtlpSettings &settings, int attempt, qint64 nowMs, double chance);

// Retry-After, seconds or a date of HTTP. nullopt: neither.
std::optional<qint64> retryAfterMs(const QByteArray &header, qint64 nowMs);

} // namespace howdah::health
