// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/sampler.h"

#include "base/clock.h"

#include <algorithm>
#include <utility>

namespace howdah::metrics
{

// What a store that cannot be written (disk full) may cost in memory: ten minutes at one a second.
constexpr qsizetype maxUnsaved = 600;
constexpr qint64 thinEveryMs = 3'600'000;

Sampler::Sampler(pg::Session *monitor, store::StoreWorker *store, QString source, int periodMs, QObject *parent)
    : QObject(parent), m_monitor(monitor), m_store(store), m_source(std::move(source)), m_periodMs(periodMs)
{
    m_timer.setTimerType(Qt::PreciseTimer);
    m_timer.setInterval(m_periodMs);
    connect(&m_timer, &QTimer::timeout, this, &Sampler::tick);
}

Sampler::~Sampler()
{
    // Points that wait for a write under way; the worker outlives us (app/ owns it).
    if (m_store && m_saving && !m_unsaved.isEmpty())
        m_store->run([source = m_source, rows = m_unsaved](store::Store &store) { return store::appendSamples(store, source, rows); });
}

void Sampler::start()
{
    m_timer.setInterval(m_periodMs);
    m_timer.start();
    tick();
}

void Sampler::stop()
{
    m_timer.stop();
}

void Sampler::tick()
{
    if (m_inFlight)
        return;
    m_inFlight = true;
    async::onFinished(m_monitor->run([](pg::Connection &connection, const CancelToken &cancel) { return readSample(connection, cancel); }),
                      this, [this](const Result<Sample> &sample) { take(sample); });
}

void Sampler::take(const Result<Sample> &sample)
{
    m_inFlight = false;
    if (!sample) {
        if (m_timer.isActive())
            emit failed(sample.error());
        return; // a gap: no row in the store; the next sample is compared with the last good one, and breaks the line if that is long ago
    }
    // A sampler that weighs more than a fifth of its period on the server backs off, and comes back once samples are cheap again. Two in
    // a row count: one that waited out a silent server (paused, a roam of the network) was not dear, and would cost half a minute more.
    const double costMs = std::min(sample->serverMs, std::exchange(m_lastCostMs, sample->serverMs));
    const int wanted = std::clamp(int(costMs * 5), m_periodMs, 30 * m_periodMs);
    const int current = m_timer.interval();
    if (wanted > current || wanted * 2 < current)
        m_timer.setInterval(wanted);
    const Point point = m_last ? pointBetween(*m_last, *sample, std::max(m_periodMs, current)) : firstPoint(*sample);
    m_last = *sample;
    if (m_store) {
        m_unsaved.append({point.atMs, point.toJson()});
        if (m_unsaved.size() > maxUnsaved)
            m_unsaved.removeFirst();
        save();
        thin(point.atMs);
    }
    emit sampled(point, *sample);
}

// A row a tick in a transaction of its own: what another reader of the store has seen survives a kill.
void Sampler::save()
{
    if (!m_store || m_saving || m_unsaved.isEmpty())
        return;
    m_saving = true;
    const QVector<store::StoredSample> rows = std::exchange(m_unsaved, {});
    async::onFinished(m_store->run([source = m_source, rows](store::Store &store) { return store::appendSamples(store, source, rows); }),
                      this, [this, rows](const Done &written) {
        m_saving = false;
        if (!written) {
            m_unsaved = rows + m_unsaved;
            while (m_unsaved.size() > maxUnsaved)
                m_unsaved.removeFirst();
            emit notSaved(written.error()); // kept, and tried again with the next
            return;
        }
        save(); // what came meanwhile
    });
}

// Once an hour, and at the first sample. Not by the server's clock alone: one that is years ahead would empty the history.
void Sampler::thin(qint64 serverMs)
{
    const Clock clock;
    if (m_thinnedMs != 0 && clock.monotonicMs() - m_thinnedMs < thinEveryMs)
        return;
    m_thinnedMs = clock.monotonicMs();
    const qint64 nowMs = std::min(serverMs, clock.wallMs());
    async::onFinished(m_store->run([source = m_source, nowMs](store::Store &store) { return store::thinSamples(store, source, nowMs); }),
                      this, [this](const Result<qint64> &removed) {
        if (!removed)
            emit notSaved(removed.error());
    });
}

Result<QVector<Point>> readPoints(store::Store &store, const QString &source, qint64 fromMs, qint64 toMs)
{
    const auto rows = store::readSamples(store, source, fromMs, toMs);
    if (!rows)
        return fail(rows.error());
    QVector<Point> points;
    points.reserve(rows->size());
    for (const store::StoredSample &row : *rows)
        points.append(Point::fromJson(row.atMs, row.values));
    return points;
}

} // namespace howdah::metrics
