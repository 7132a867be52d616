// SPDX-License-Identifier: GPL-3.0-or-later
// Where metrics go and how: the standard OTEL_* variables, or a profile's settings in their place. A plain value; any thread.
#pragma once

#include "base/result.h"
#include "health/otlpbody.h"

#include <QProcessEnvironment>
#include <QUrl>
#include <QVector>

#include <optional>
#include <utility>

namespace howdah::health
{

struct OtlpSettings {
    QUrl endpoint; // with its path, taken as it is
    OtlpEncoding encoding = OtlpEncoding::Protobuf;
    bool compressed = true; // gzip, which every receiver takes
    QVector<std::pair<QByteArray, QByteArray>> headers; // they hold tokens: never shown, never logged
    int timeoutMs = 10'000;  // of one attempt
    int intervalMs = 60'000; // between two exports
    QString caFile;                 // PEM; only its authorities are trusted then
    QString certificateFile, keyFile; // PEM; ours, where the receiver asks for one
    OtlpResource resource;          // beside otlpResource(), over it where both have a key
    // Tests take less. Waits double from the first to the longest, and a receiver's Retry-After is believed up to `longestAskedMs`.
    int firstWaitMs = 1000, longestWaitMs = 60'000, longestAskedMs = 600'000;
    int queued = 60; // requests kept while the receiver is away; beyond that the oldest is dropped and counted
};

// "https://host:4318/v1/metrics" for `address`, the base that OTEL_EXPORTER_OTLP_ENDPOINT is. Errors: Client/bad_endpoint.
Result<QUrl> otlpEndpoint(const QString &address, bool isBase);

// nullopt: nothing is asked for (no endpoint and OTEL_METRICS_EXPORTER not "otlp"), or it is switched off (OTEL_SDK_DISABLED=true,
// OTEL_METRICS_EXPORTER=none). Of each variable the form with METRICS in it goes first; an empty one is none. Errors: Client/bad_variable,
// which names the variable and, but for headers, its value.
Result<std::optional<OtlpSettings>> otlpFromEnvironment(const QProcessEnvironment &environment);

} // namespace howdah::health
