// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/samples.h"

#include <QJsonDocument>

namespace howdah::store
{

// What is kept: everything for six hours, one sample in 10 s for a week, one a minute for 90 days.
static constexpr qint64 second = 1000;
static constexpr qint64 hour = 3'600'000;
static constexpr qint64 everythingMs = 6 * hour;
static constexpr qint64 tenSecondsMs = 7 * 24 * hour;
static constexpr qint64 keepMs = 90 * 24 * hour;

Done appendSamples(Store &store, const QString &source, const QVector<StoredSample> &samples)
{
    if (samples.isEmpty())
        return {};
    return store.transaction([&]() -> Done {
        if (auto added = store.run(QStringLiteral("source_add"), {source}); !added)
            return fail(std::move(added.error()));
        for (const StoredSample &sample : samples) {
            const QString values = QString::fromUtf8(QJsonDocument(sample.values).toJson(QJsonDocument::Compact));
            if (auto added = store.run(QStringLiteral("sample_add"), {source, sample.atMs, values}); !added)
                return fail(std::move(added.error()));
        }
        return {};
    });
}

Result<QVector<StoredSample>> readSamples(Store &store, const QString &source, qint64 fromMs, qint64 toMs, int maxRows)
{
    auto rows = store.run(QStringLiteral("sample_list"), {source, fromMs, toMs, maxRows});
    if (!rows)
        return fail(std::move(rows.error()));
    QVector<StoredSample> samples;
    while (rows->next())
        samples.append({rows->value(0).toLongLong(), QJsonDocument::fromJson(rows->value(1).toString().toUtf8()).object()});
    if (auto end = store.atEnd(*rows); !end)
        return fail(std::move(end.error()));
    return samples;
}

Result<qint64> thinSamples(Store &store, const QString &source, qint64 nowMs)
{
    qint64 removed = 0;
    const auto count = [&](Result<QSqlQuery> done) -> Done {
        if (!done)
            return fail(std::move(done.error()));
        removed += done->numRowsAffected();
        return {};
    };
    const auto done = store.transaction([&]() -> Done {
        if (auto dropped = count(store.run(QStringLiteral("sample_drop"), {source, nowMs - keepMs})); !dropped)
            return dropped;
        if (auto thinned = count(store.run(QStringLiteral("sample_thin"), {source, nowMs - keepMs, nowMs - tenSecondsMs, 60 * second})); !thinned)
            return thinned;
        return count(store.run(QStringLiteral("sample_thin"), {source, nowMs - tenSecondsMs, nowMs - everythingMs, 10 * second}));
    });
    if (!done)
        return fail(done.error());
    return removed;
}

Result<qint64> dropSamples(Store &store, const QString &source, qint64 beforeMs)
{
    auto dropped = store.run(QStringLiteral("sample_drop"), {source, beforeMs});
    if (!dropped)
        return fail(std::move(dropped.error()));
    return dropped->numRowsAffected();
}

Done removeSamples(Store &store, const QString &profileId)
{
    if (auto done = store.run(QStringLiteral("source_remove"), {profileId}); !done)
        return fail(std::move(done.error()));
    return {};
}

} // namespace howdah::store
