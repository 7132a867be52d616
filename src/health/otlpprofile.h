// SPDX-License-Identifier: GPL-3.0-or-later
// A profile's export of metrics as settings of OTLP: what the profile says, and where it says nothing, what the standard OTEL_* variables say. The one
// place for window and howdahctl. Pure; any thread.
#pragma once

#include "base/secret.h"
#include "health/otlpsettings.h"
#include "session/profile.h"

namespace howdah::health
{

// "https://collector:4318", or what ends in /v1/metrics. Errors: Client/bad_endpoint.
Result<QUrl> profileEndpoint(const QString &text);

// "Name: value", a line each, as HTTP writes them. Errors: Client/bad_headers, which never holds a value.
Result<QVector<std::pair<QByteArray, QByteArray>>> profileHeaders(const Secret &lines);

// nullopt: nothing is exported. `headers`: what the keychain has under profile.otlpSecretKey(), where profile.otlp.hasHeaders.
// Unsaid: otlpFromEnvironment() and nothing else. On: endpoint, encoding, interval, CA and headers are the profile's. No variable's headers, CA or client
// certificate goes along then, since they are for another receiver; timeout, compression and resource are still the variables'.
// Errors: Client/bad_endpoint, Client/bad_headers, Client/bad_variable.
Result<std::optional<OtlpSettings>> otlpOf(const session::Profile &profile, const Secret &headers, const QProcessEnvironment &environment);

// What goes out for this profile: SeriesOptions::names as it says. Without On names stay at home.
SeriesOptions otlpSeriesOf(const session::Profile &profile);

} // namespace howdah::health
