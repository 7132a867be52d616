// SPDX-License-Identifier: GPL-3.0-or-later
// Watches one server on a monitor link of its own: a sample each second, the slower tiers and health's rules at their own pace; after each of
// them, and after each failure, it tells how the server stands. Lives on howdahctl's main loop; the work is done on the link's thread.
#pragma once

#include "health/standing.h"
#include "health/starts.h"
#include "metrics/sampler.h"
#include "metrics/tiersampler.h"

#include <QObject>

namespace howdah::health
{

class ServerWatch : public QObject
{
    Q_OBJECT
public:
    // `spec`: a profile's monitorSpec(). `id`: serverId().
    ServerWatch(QString id, pg::ConnectionSpec spec, pg::Prepare prepare, int periodMs = 1000, QObject *parent = nullptr);
    void start();

signals:
    // `why`: the words of the failure, where the last attempt was one. They name the server: for whoever runs this, never for HTTP.
    void changed(const howdah::health::Standing &standing, const QString &why);

private:
    void sampled(const metrics::Point &point, const metrics::Sample &sample);
    void sampleFailed(const Error &error);
    void askFindings();
    void tell(const QString &why = {});

    pg::Session m_session;
    metrics::Sampler m_sampler;
    metrics::TierSampler m_tiers;
    Standing m_standing;
    Starts m_starts;
    qint64 m_findingsDueMs = 0;
    qint64 m_doorMs = 0;       // when a closed door (a password refused, a certificate) was last knocked at
    bool m_asking = false;     // the rules are being read
};

} // namespace howdah::health
