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
    : QObject(parent), m_ownSession(std::make_unique<pg::Session>(spec, prepare, pg::Session::Purpose::Monitor)),
      m_ownSlow(std::make_unique<pg::Session>(std::move(spec), std::move(prepare), pg::Session::Purpose::Monitor)),
      m_ownSampler(std::make_unique<metrics::Sampler>(m_ownSession.get(), nullptr, QString(), periodMs)), m_session(m_ownSession.get()),
      m_slow(m_ownSlow.get()), m_sampler(m_ownSampler.get()), m_tiers(m_slow)
{
    m_standing.id = std::move(id);
    m_standing.periodMs = periodMs;
    listen();
}

ServerWatch::ServerWatch(QString id, pg::Session *monitor, metrics::Sampler *sampler, QObject *parent, pg::Session *slow)
    : QObject(parent), m_session(monitor), m_slow(slow ? slow : monitor), m_sampler(sampler), m_tiers(m_slow)
{
    m_standing.id = std::move(id);
    m_standing.periodMs = sampler->intervalMs();
    listen();
}

ServerWatch::~ServerWatch() = default;

void ServerWatch::listen()
{
    connect(m_sampler, &metrics::Sampler::sampled, this, &ServerWatch::sampled);
    connect(m_sampler, &metrics::Sampler::failed, this, &ServerWatch::sampleFailed);
    // A sample under way waits for minutes: that the server is silent is known before it ends.
    connect(m_session, &pg::Session::statusChanged, this, [this](const pg::LinkStatus &status) {
        if (!m_running || status.state != pg::LinkState::NoAnswer)
            return;
        m_standing.failed = Reach::NoAnswer;
        tell(QStringLiteral("the server does not answer"));
    });
}

void ServerWatch::start()
{
    if (m_running)
        return;
    m_running = true;
    m_doorMs = nowMs();
    if (m_ownSampler)
        m_ownSampler->start();
    m_tiers.start();
}

void ServerWatch::stop()
{
    m_running = false;
    if (m_ownSampler)
        m_ownSampler->stop();
    m_tiers.stop();
    Standing unasked;
    unasked.id = m_standing.id;
    m_standing = unasked;
    m_starts = {};
    m_exportStarts = {};
}

void ServerWatch::exportTo(const std::optional<OtlpSettings> &settings, const QString &stream, const SeriesOptions &options)
{
    m_exporter.reset();
    m_exportStarts = {};
    m_exportOptions = options;
    if (!settings)
        return;
    m_exporter = std::make_unique<OtlpExporter>(*settings, stream);
    connect(m_exporter.get(), &OtlpExporter::changed, this, &ServerWatch::exported);
}

void ServerWatch::sampled(const metrics::Point &point, const metrics::Sample &sample)
{
    if (!m_running)
        return;
    m_standing.point = point;
    m_standing.sample = sample;
    m_standing.sampledMs = sample.monotonicMs;
    m_standing.failed.reset();
    m_standing.series = seriesOf(sample, m_tiers.tiers());
    m_starts.mark(m_standing.series, sample);
    if (m_exporter && m_exportOptions.names) {
        // Marked with each sample, as the others: a reset between two exports is seen.
        QVector<Series> named = seriesOf(sample, m_tiers.tiers(), m_exportOptions);
        m_exportStarts.mark(named, sample);
        if (m_exporter->isDue())
            m_exporter->offer(named);
    } else if (m_exporter && m_exporter->isDue()) {
        m_exporter->offer(m_standing.series);
    }
    tell();
    askFindings();
}

void ServerWatch::sampleFailed(const Error &error)
{
    if (!m_running)
        return;
    m_standing.failed = reachOf(error);
    // The link does not try again by itself where a try would only be refused again; somebody may have mended the profile meanwhile.
    if (m_ownSession && nowMs() - m_doorMs >= doorEachMs) {
        m_doorMs = nowMs();
        m_session->open();
        m_slow->open();
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
    async::onFinished(m_slow->run(read), this, [this](const Result<Report> &report) {
        m_asking = false;
        if (!m_running)
            return;
        if (report)
            m_standing.findings = Findings{report->verdict, report->errors.size(), report->warnings.size(), report->notPermitted.size(), nowMs()};
        else
            m_standing.findings.reset(); // not known is not as it was
        tell();
    });
}

void ServerWatch::tell(const QString &why)
{
    m_standing.periodMs = m_sampler->intervalMs();
    emit changed(m_standing, why);
}

} // namespace howdah::health
