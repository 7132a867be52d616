// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/series.h"

#include "health/seriesfields.h"

#include <cmath>
#include <map>

namespace howdah::health
{

using namespace Qt::StringLiterals;
using metrics::Number;
using metrics::Tier;
using metrics::TierReading;
using metrics::TierRow;

QLatin1StringView attributeName(AttributeKey key)
{
    switch (key) {
    case AttributeKey::Type: return "type"_L1;
    case AttributeKey::Source: return "source"_L1;
    case AttributeKey::State: return "state"_L1;
    case AttributeKey::Operation: return "operation"_L1;
    case AttributeKey::Object: return "object"_L1;
    case AttributeKey::Context: return "context"_L1;
    case AttributeKey::BackendType: return "backend_type"_L1;
    case AttributeKey::DatabaseOid: return "howdah.postgresql.database.oid"_L1;
    case AttributeKey::RelationOid: return "howdah.postgresql.relation.oid"_L1;
    case AttributeKey::Namespace: return "db.namespace"_L1;
    case AttributeKey::Collection: return "db.collection.name"_L1;
    case AttributeKey::Index: return "postgresql.index.name"_L1;
    case AttributeKey::Server: return "server"_L1;
    }
    return {};
}

namespace
{
constexpr int stalePeriods = 3;

class Collected
{
public:
    void add(const SeriesField &field, SeriesPoint point, const Number &value)
    {
        point.value = value;
        if (field.scale != 1)
            point.value = std::visit([&](auto v) { return double(v) * field.scale; }, value);
        if (const auto *real = std::get_if<double>(&point.value); real && !std::isfinite(*real))
            return;
        if (!field.word.isEmpty())
            point.attributes.prepend({field.key, field.word});
        if (field.kind != SeriesKind::Counter)
            point.startMs = 0;
        Series &series = m_series[field.name];
        series.name = field.name;
        series.unit = field.unit;
        series.description = field.description;
        series.kind = field.kind;
        series.points << std::move(point);
    }

    QVector<Series> take()
    {
        QVector<Series> all;
        all.reserve(qsizetype(m_series.size()));
        for (auto &[name, series] : m_series)
            all << std::move(series);
        return all;
    }

private:
    std::map<QString, Series> m_series; // by name
};

// 0: none.
qint64 msOfReset(const QString &seconds)
{
    bool isNumber = false;
    const double value = seconds.toDouble(&isNumber);
    return isNumber && std::isfinite(value) ? qint64(value * 1000) : 0;
}

QVector<Attribute> databaseOf(const TierRow &row, const QString &oid, bool names)
{
    const QString database = row.words.value(u"database"_s);
    if (!names || database.isEmpty()) // the shared catalogs have no name
        return {{AttributeKey::DatabaseOid, oid}};
    const QString schema = row.words.value(u"schema"_s);
    return {{AttributeKey::Namespace, schema.isEmpty() ? database : QString(database + u'|' + schema)}};
}

// Of what the row is, from its words: those that no line here takes never leave.
QVector<Attribute> attributesOf(Tier tier, const TierRow &row, bool names)
{
    const auto word = [&](const char *name) { return row.words.value(QLatin1StringView(name)); };
    switch (tier) {
    case Tier::Databases:
    case Tier::DatabaseSizes: return databaseOf(row, word("oid"), names);
    case Tier::Tables:
    case Tier::Indexes: {
        QVector<Attribute> attributes = databaseOf(row, word("database_oid"), names);
        if (!names)
            return attributes << Attribute{AttributeKey::RelationOid, word("oid")};
        if (tier == Tier::Tables)
            return attributes << Attribute{AttributeKey::Collection, word("name")};
        return attributes << Attribute{AttributeKey::Collection, word("table_name")} << Attribute{AttributeKey::Index, word("name")};
    }
    case Tier::Slots: return {{AttributeKey::Type, word("slot_type")}};
    case Tier::Io:
        return {{AttributeKey::BackendType, word("backend_type")}, {AttributeKey::Object, word("object")}, {AttributeKey::Context, word("context")}};
    case Tier::Replication:
    case Tier::Archiver:
    case Tier::Checkpoints: return {};
    }
    return {};
}

void addSample(Collected &into, const metrics::Sample &sample)
{
    for (const SampleField &field : sampleFields()) {
        const auto &values = field.map == SampleMap::Counters ? sample.counters : sample.gauges;
        const auto value = values.constFind(field.field.column);
        if (value == values.cend())
            continue;
        SeriesPoint point;
        point.atMs = sample.atMs;
        point.row = field.group;
        point.reset = sample.resets.value(field.group);
        point.resetMs = msOfReset(point.reset);
        point.startMs = point.resetMs;
        into.add(field.field, point, *value);
    }
}

void addTier(Collected &into, Tier tier, const TierReading &reading, bool names)
{
    // The statistics of a database were reset, or of a single table in it: which is not told, so it is nobody's start by itself.
    const bool ofTable = tier == Tier::Tables || tier == Tier::Indexes;
    for (qsizetype i = 0; i < reading.rows.size(); ++i) {
        const TierRow &row = reading.rows[i];
        SeriesPoint point;
        point.atMs = reading.atMs;
        point.attributes = attributesOf(tier, row, names);
        point.row = metrics::tierName(tier);
        for (const Attribute &attribute : attributesOf(tier, row, false))
            point.row += u'/' + attribute.value;
        point.reset = row.reset;
        point.resetMs = ofTable ? 0 : msOfReset(row.reset);
        point.startMs = tier == Tier::Databases ? 0 : point.resetMs;
        for (const SeriesField &field : tierFields(tier)) {
            const auto value = row.values.constFind(field.column);
            if (value == row.values.cend() || (field.once && i > 0))
                continue;
            if (!field.once) {
                into.add(field, point, *value);
                continue;
            }
            SeriesPoint whole = point;
            whole.attributes.clear();
            if (tier == Tier::Tables) // of this database, whatever the schema
                whole.attributes << (names ? Attribute{AttributeKey::Namespace, row.words.value(u"database"_s)}
                                           : Attribute{AttributeKey::DatabaseOid, row.words.value(u"database_oid"_s)});
            into.add(field, whole, *value);
        }
    }
}
} // namespace

QVector<Series> seriesOf(const metrics::Sample &sample, const metrics::Tiers &tiers, const SeriesOptions &options)
{
    Collected collected;
    addSample(collected, sample);
    // A crash of one session leaves the postmaster as it is, and moves the WAL's reset with every other.
    const qint64 crashedMs = msOfReset(sample.resets.value(u"wal"_s));
    for (auto it = tiers.cbegin(); it != tiers.cend(); ++it) {
        const bool isFresh = it->atMs > 0 && it->atMs >= sample.atMs - stalePeriods * qint64(metrics::tierPeriodMs(it.key()));
        if (isFresh && it->atMs >= crashedMs && it->postmasterStart == sample.identity.postmasterStart)
            addTier(collected, it.key(), *it, options.names);
    }
    return collected.take();
}

} // namespace howdah::health
