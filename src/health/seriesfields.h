// SPDX-License-Identifier: GPL-3.0-or-later
// What each exported series is made of: one line a column. To add a series is to add a line. Names, units and kinds of "postgresql.…" are
// those of the OpenTelemetry collector's postgresqlreceiver (its metadata.yaml).
#pragma once

#include "health/series.h"

#include <span>

namespace howdah::health
{

// Where a sample of each second keeps a value.
enum class SampleMap { Counters, Gauges };

struct SeriesField {
    QLatin1StringView column; // of the tier's row or of the sample's map
    QLatin1StringView name, unit, description;
    SeriesKind kind;
    AttributeKey key = AttributeKey::Type; // with `word`: the attribute that tells this column from others of the series
    QLatin1StringView word = {};
    double scale = 1;    // of what the server counts, to the unit; other than 1: the value is a double
    bool once = false;   // of the server or its database, the same in each row: the first one's is taken
};

struct SampleField {
    SampleMap map;
    QLatin1StringView group; // of Sample::resets; empty: nothing resets it
    SeriesField field;
};

std::span<const SampleField> sampleFields();
std::span<const SeriesField> tierFields(metrics::Tier tier);

} // namespace howdah::health
