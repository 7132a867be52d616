// SPDX-License-Identifier: GPL-3.0-or-later
#include "health/serverwatch.h"

#include "base/clock.h"

namespace howdah::health
{

static constexpr int findingsEachMs = 30'000;
static constexpr int doorEachMs = 60'000;

static qint64 nowMs()
{
    return Clock().monotonicMs();
}

ServerWatch::ServerWatch(QString id, pg::ConnectionSpec spec, pg::Prepare prepare, int periodMs, QObject *parent)
    : QObject(parent), m_session(std::move(spec), std::move(prepare), pg::Session::Purpose::Monitor),
      m_sampler(&m_session, nullptr, {}, periodMs), m_tiers(&m_session)
{
    m_standing.id = std::move(id);
    m_standing.periodMs = periodMs;
    connect(&m_sampler, &metrics::Sampler::sampled, this, &ServerWatch::sampled);
    connect(&m_sampler, &metrics::Sampler::failed, this, &ServerWatch::sampleFailed);
}

void ServerWatch::start()
{
    m_doorMs = nowMs();
    m_sampler.start();
    m_tiers.start();
}

void ServerWatch::sampled(const metrics::Point &point, const metrics::Sample &sample)
{
    m_standing.point = point;
    m_standing.sample = sample;
    m_standing.sampledMs = sample.monotonicMs;
    m_standing.failed.reset();
    m_standing.series = seriesOf(sample, m_tiers.tiers());
    m_starts.mark(m_standing.series, sample);
    tell();
    askFindings();
}

void ServerWatch::sampleFailed(const Error &error)
{
    m_standing.failed = reachOf(error);
    // The link does not try again by itself where a try would only be refused again; somebody may have mended the profile meanwhile.
    if (nowMs() - m_doorMs >= doorEachMs) {
        m_doorMs = nowMs();
        m_session.open();
    }
    tell(error.text());
}

void ServerWatch::askFindings()
{
    const qint64 now = nowMs();
    if (m_asking || now < m_findingsDueMs)
        return;
    m_findingsDueMs = now + findingsEachMs;
    m_asking = true;
    const auto read = [](pg::Connection &connection, const CancelToken &cancel) { return readHealth(connection, true, cancel); };
    async::onFinished(m_session.run(read), this, [this](const Result<Report> &report) {
        m_asking = false;
        if (report)
            m_standing.findings = Findings{report->verdict, report->errors.size(), report->warnings.size(), report->notPermitted.size(), nowMs()};
        else
            m_standing.findings.reset(); // not known is not as it was
        tell();
    });
}

void ServerWatch::tell(const QString &why)
{
    m_standing.periodMs = m_sampler.intervalMs();
    emit changed(m_standing, why);
}

} // namespace howdah::health
