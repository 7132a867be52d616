// SPDX-License-Identifier: GPL-3.0-or-later
#include "statements/sampler.h"

#include "base/async.h"

#include <utility>

namespace howdah::statements
{

Sampler::Sampler(pg::Session *monitor, store::StoreWorker *store, QString source, int periodMs, std::shared_ptr<const Clock> clock, QObject *parent)
    : QObject(parent), m_monitor(monitor), m_store(store), m_source(std::move(source)), m_clock(std::move(clock))
{
    m_timer.setInterval(periodMs);
    connect(&m_timer, &QTimer::timeout, this, &Sampler::tick);
}

void Sampler::start()
{
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
    async::onFinished(
        m_monitor->run([recorder = m_recorder](pg::Connection &connection, const CancelToken &cancel) { return recorder->read(connection, cancel); }), this,
        [this](const Result<std::optional<Reading>> &read) { take(read); });
}

void Sampler::take(const Result<std::optional<Reading>> &read)
{
    if (!read || !*read) {
        m_inFlight = false;
        if (read) {
            m_trouble.reset();
            m_beganMs = m_recorder->atMs();
            emit began(m_beganMs);
        } else if (m_timer.isActive()) {
            m_trouble = read.error();
            emit failed(read.error());
        }
        return;
    }
    const auto write = [source = m_source, reading = **read, nowMs = m_clock->wallMs()](store::Store &store) { return keep(store, source, reading, nowMs); };
    async::onFinished(m_store->run(write), this, [this, interval = (*read)->interval](const Result<Kept> &kept) {
        m_inFlight = false;
        m_recorder->done(kept);
        m_trouble = kept ? std::nullopt : std::optional(kept.error());
        if (kept)
            emit recorded(interval, kept->written);
        else
            emit notSaved(kept.error());
    });
}

} // namespace howdah::statements
