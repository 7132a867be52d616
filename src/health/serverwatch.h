// SPDX-License-Identifier: GPL-3.0-or-later
// Watches one server: with each of its samples the slower tiers and health's rules at their own pace; after each of them, and after each failure, it
// tells how the server stands, and offers its series to an exporter where one is set. It stands on links and a sampler of others (the window's: no server is
// sampled twice) or makes its own. Lives on the window's thread (howdahctl: main loop); the server is asked on the link's thread.
#pragma once

#include "health/otlpexporter.h"
#include "health/standing.h"
#include "health/starts.h"
#include "metrics/sampler.h"
#include "metrics/tiersampler.h"

#include <QObject>

#include <memory>

namespace howdah::health
{

class ServerWatch : public QObject
{
    Q_OBJECT
public:
    // On two links of its own: a slow tier or rule delays no sample. `spec`: a profile's monitorSpec(). `id`: serverId().
    ServerWatch(QString id, pg::ConnectionSpec spec, pg::Prepare prepare, int periodMs = 1000, QObject *parent = nullptr);
    // On these, which outlive it. Whoever made the links opens them, and again. `slow`: for tiers and rules; null: `monitor`, whose samples wait for them.
    ServerWatch(QString id, pg::Session *monitor, metrics::Sampler *sampler, QObject *parent = nullptr, pg::Session *slow = nullptr);
    ~ServerWatch() override;

    void start();
    void stop(); // what is known is forgotten; a sampler of others goes on
    bool isRunning() const { return m_running; }

    // From now on the series go out, too; null settings: no more. stream: see otlpResource(). options: of what goes out; names never reach a Standing.
    void exportTo(const std::optional<OtlpSettings> &settings, const QString &stream = {}, const SeriesOptions &options = {});
    OtlpExporter *exporter() const { return m_exporter.get(); } // null: none is set

signals:
    // `why`: the words of the failure, where the last attempt was one. They name the server: for whoever runs this, never for HTTP.
    void changed(const howdah::health::Standing &standing, const QString &why);
    void exported(const howdah::health::OtlpState &state);

private:
    void listen();
    void sampled(const metrics::Point &point, const metrics::Sample &sample);
    void sampleFailed(const Error &error);
    void askFindings();
    void tell(const QString &why = {});

    std::unique_ptr<pg::Session> m_ownSession, m_ownSlow;
    std::unique_ptr<metrics::Sampler> m_ownSampler;
    pg::Session *m_session; // the sampler's
    pg::Session *m_slow;
    metrics::Sampler *m_sampler;
    metrics::TierSampler m_tiers;
    bool m_running = false;
    Standing m_standing;
    Starts m_starts;
    std::unique_ptr<OtlpExporter> m_exporter;
    SeriesOptions m_exportOptions;
    Starts m_exportStarts;     // of the series with names, which are others
    qint64 m_findingsDueMs = 0;
    qint64 m_doorMs = 0;       // when a closed door (a password refused, a certificate) was last knocked at
    bool m_asking = false;     // the rules are being read
};

} // namespace howdah::health
