// SPDX-License-Identifier: GPL-3.0-or-later
// What is exported of a server: series by name, the same for Prometheus, OpenMetrics and OTLP. Names are those of the OpenTelemetry
// collector's postgresqlreceiver where the meaning is equal, "howdah.postgresql.…" where it has none. What is unknown, not permitted or
// failed has no point: never 0. Plain values and pure functions; any thread.
#pragma once

#include "metrics/sample.h"
#include "metrics/tiers.h"

#include <QLatin1StringView>
#include <QString>
#include <QVector>

namespace howdah::health
{

// Counter: cumulative and only growing until it is reset. UpDown: a sum that may fall (a size, a number of sessions). Gauge: neither.
enum class SeriesKind { Gauge, Counter, UpDown };

// The allow-list: what a point may say of itself is one of these and nothing else. No text or id of a query, no host, no user.
enum class AttributeKey {
    Type, Source, State, Operation, Object, Context, BackendType, // words of a closed set
    DatabaseOid, RelationOid,                                     // numbers, where names stay at home
    Namespace, Collection, Index,                                 // names: only by SeriesOptions::names
    Server,                                                       // serverId(): opaque, where one text is of several servers
};
QLatin1StringView attributeName(AttributeKey key); // "type", "db.namespace", …

struct Attribute {
    AttributeKey key;
    QString value;
    bool operator==(const Attribute &) const = default;
};

struct SeriesPoint {
    QVector<Attribute> attributes; // unique together within a series
    metrics::Number value;         // finite
    qint64 atMs = 0;               // the server's clock, of the reading it comes from
    // Counter: since when it counts, Unix time in milliseconds. As seriesOf() gives it the server's stats_reset, 0 where it has none or where
    // that tells nothing of this counter's start; Starts::mark() (starts.h) makes it true through resets, crashes, restarts and failovers.
    qint64 startMs = 0;
    // For Starts, never exported: whose counters fall together (a group of the server and its row), and its stats_reset as text, which tells
    // a reset even where it says nothing of this counter's start (a table's: of its whole database).
    QString row, reset;
    qint64 resetMs = 0; // the start where the row is seen to have fallen; 0: not told. A database's reset is also that of any table in it
};

struct Series {
    QString name;        // "postgresql.commits"
    QString unit;        // UCUM: "By", "s", "1", "{transactions}"
    QString description;
    SeriesKind kind = SeriesKind::Gauge;
    QVector<SeriesPoint> points; // never empty
};

struct SeriesOptions {
    bool names = false; // of databases, schemas, tables and indexes: db.namespace, db.collection.name, postgresql.index.name instead of oids
};

// Sorted by name. `tiers`: what has been read of them so far; what is too old, of before a crash or of another server than the sample's is
// none.
QVector<Series> seriesOf(const metrics::Sample &sample, const metrics::Tiers &tiers, const SeriesOptions &options = {});

} // namespace howdah::health
