// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/activity/waitsfeed.h"

#include <algorithm>

namespace howdah::ui
{

WaitsFeed::WaitsFeed(const PaneContext &context, QObject *parent)
    : QObject(parent), m_store(context.store), m_range(context.range), m_clock(context.clock), m_profile(context.profile.id)
{
    connect(m_range, &TimeRange::changed, this, &WaitsFeed::reload);
    if (context.waits) {
        connect(context.waits, &activity::WaitSampler::sampled, this, &WaitsFeed::take);
        connect(context.waits, &activity::WaitSampler::failed, this, [this] {
            if (m_lastMs != 0 && !m_kept && m_range->isFollowing())
                emit gap(nowMs());
        });
    }
    reload();
}

qint64 WaitsFeed::nowMs() const
{
    return m_lastMs == 0 ? m_clock->wallMs() : m_lastMs + (m_clock->monotonicMs() - m_lastMonotonicMs);
}

TimeRange::Interval WaitsFeed::interval() const
{
    if (m_kept)
        return m_samples.isEmpty() ? TimeRange::Interval{0, 1000} : TimeRange::Interval{m_samples.constFirst().atMs, m_samples.constLast().atMs + 1000};
    return m_range->at(nowMs());
}

void WaitsFeed::take(const activity::WaitSample &sample)
{
    m_lastMs = sample.atMs;
    m_lastMonotonicMs = m_clock->monotonicMs();
    if (m_kept || !m_range->isFollowing())
        return; // a picked interval is the past
    if (m_reads) {
        m_late.append(sample);
        return;
    }
    // In blocks: a vector that loses its first each second is moved each second.
    const qint64 from = interval().fromMs;
    if (!m_samples.isEmpty() && m_samples.constFirst().atMs < from - interval().spanMs() / 10) {
        const auto first = std::find_if(m_samples.cbegin(), m_samples.cend(), [from](const activity::WaitSample &one) { return one.atMs >= from; });
        m_samples.erase(m_samples.cbegin(), first);
    }
    m_samples.append(sample);
    emit added(sample);
}

void WaitsFeed::showKept(const QVector<activity::WaitSample> &samples)
{
    ++m_reading;
    m_reads = false;
    m_kept = true;
    m_late.clear();
    m_error.reset();
    m_samples = samples;
    emit reset();
}

void WaitsFeed::showLive()
{
    m_kept = false;
    m_samples.clear();
    reload();
}

void WaitsFeed::reload()
{
    if (m_kept)
        return;
    if (!m_store) {
        m_read = true;
        emit reset();
        return;
    }
    const TimeRange::Interval wanted = interval();
    const quint64 number = ++m_reading; // a late answer for an older range is dropped
    m_reads = true;
    const auto read = m_store->run([profile = m_profile, wanted](store::Store &store) { return activity::readWaitSamples(store, profile, wanted.fromMs, wanted.toMs); });
    async::onFinished(read, this, [this, number](const Result<QVector<activity::WaitSample>> &samples) {
        if (number != m_reading)
            return;
        m_reads = false;
        m_read = true;
        m_samples = samples.value_or(QVector<activity::WaitSample>());
        for (const activity::WaitSample &sample : std::as_const(m_late)) {
            if (m_samples.isEmpty() || sample.atMs > m_samples.constLast().atMs)
                m_samples.append(sample);
        }
        m_late.clear();
        m_error = samples ? std::nullopt : std::optional(samples.error());
        if (m_error)
            emit failed(*m_error);
        emit reset();
    });
}

} // namespace howdah::ui
