// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/sampler.h"

#include <algorithm>
#include <utility>

namespace howdah::metrics
{

Sampler::Sampler(pg::Session *monitor, store::StoreWorker *store, QString source, int periodMs, QObject *parent)
    : QObject(parent), m_monitor(monitor), m_keeper(store, std::move(source)), m_periodMs(periodMs)
{
    m_timer.setTimerType(Qt::PreciseTimer);
    m_timer.setInterval(m_periodMs);
    connect(&m_timer, &QTimer::timeout, this, &Sampler::tick);
    connect(&m_keeper, &store::SampleKeeper::notSaved, this, &Sampler::notSaved);
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
    m_keeper.keep({point.atMs, point.toJson()});
    emit sampled(point, *sample);
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
