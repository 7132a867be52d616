// SPDX-License-Identifier: GPL-3.0-or-later
// How one watched server stands: its last sample, when that came, and what failed since. Nothing in it names the server, so nothing that is
// made of it can. Times are milliseconds of the client's monotonic clock. A value; any thread.
#pragma once

#include "base/result.h"
#include "health/health.h"
#include "health/otlpstate.h"
#include "health/series.h"
#include "metrics/rates.h"

#include <optional>

namespace howdah::health
{

// NotAsked: no sample so far. Stale: the last one is older than three periods, and nobody said why (a stopped server says nothing).
enum class Reach { NotAsked, Up, Stale, Starting, NoAnswer, Refused, Full, Down };
QString reachWord(Reach reach); // "up", "no answer", …
// What a failed sample says of the server. Null: nothing (a timeout of the statement, no password to be had): the last sample ages.
std::optional<Reach> reachOf(const Error &error);

// Of the last look by health's rules: how many findings, and none of their words, which name roles and files.
struct Findings {
    Verdict verdict = Verdict::Unknown;
    qsizetype errors = 0, warnings = 0, notPermitted = 0;
    qint64 atMs = 0;
};

struct Standing {
    QString id;             // opaque: serverId()
    qint64 periodMs = 1000; // what its sampler aims at now
    qint64 sampledMs = 0;   // when the last sample came; 0: none so far
    std::optional<metrics::Sample> sample;
    metrics::Point point;
    QVector<Series> series; // of that sample and the slower tiers
    std::optional<Reach> failed; // of the last attempt, where it failed and says something of the server
    std::optional<Findings> findings;
    std::optional<OtlpState> exported; // where its series go out, too: its counts are told, its error's words are not
};

// Of a saved profile's uuid, or of whatever tells this server from others on this machine: twelve digits that lead back to nothing but who knows it.
QString serverId(const QString &key);

inline constexpr int stalePeriods = 3;
Reach reachAt(const Standing &standing, qint64 nowMs);
double ageSeconds(const Standing &standing, qint64 nowMs); // of the last sample, which there must be

} // namespace howdah::health
