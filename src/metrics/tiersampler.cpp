// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/tiersampler.h"

#include "base/async.h"
#include "base/clock.h"

#include <algorithm>

namespace howdah::metrics
{

TierSampler::TierSampler(pg::Session *link, double periodScale, QObject *parent)
    : QObject(parent), m_link(link), m_periodScale(periodScale)
{
    m_timer.setInterval(std::max(10, int(1000 * periodScale)));
    connect(&m_timer, &QTimer::timeout, this, &TierSampler::tick);
    connect(m_link, &pg::Session::statusChanged, this, &TierSampler::relinked);
}

void TierSampler::start()
{
    m_dueMs.clear();
    m_timer.start();
    tick();
}

void TierSampler::stop()
{
    m_timer.stop();
    m_tiers.clear(); // no longer true by when it starts again
}

void TierSampler::relinked(const pg::LinkStatus &status)
{
    if (status.generation == m_generation)
        return;
    if (m_generation > 0) {
        m_tiers.clear();
        m_dueMs.clear();
    }
    m_generation = status.generation;
}

void TierSampler::tick()
{
    if (m_inFlight || !m_timer.isActive())
        return;
    const qint64 now = Clock().monotonicMs();
    for (const Tier tier : allTiers) {
        if (m_dueMs.value(tier) > now)
            continue;
        m_dueMs.insert(tier, now + qint64(tierPeriodMs(tier) * m_periodScale));
        m_inFlight = true;
        async::onFinished(m_link->run([tier](pg::Connection &connection, const CancelToken &cancel) { return readTier(connection, tier, cancel); }),
                          this, [this, tier](const Result<TierReading> &reading) { take(tier, reading); });
        return;
    }
}

void TierSampler::take(Tier tier, const Result<TierReading> &reading)
{
    m_inFlight = false;
    if (!m_timer.isActive())
        return;
    if (!reading) {
        m_tiers.clear();
        m_dueMs.clear(); // all of them once the link is back; at the next tick, not at once
        emit failed(reading.error());
        return;
    }
    m_tiers.insert(tier, *reading);
    emit read(tier);
    tick(); // the next that is due
}

} // namespace howdah::metrics
