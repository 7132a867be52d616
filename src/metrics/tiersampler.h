// SPDX-License-Identifier: GPL-3.0-or-later
// Reads each slower tier when its period is over, one at a time, beside the Sampler and on a link of its own: the sizes of databases with
// many tables take a second, which no sample may wait for. What fails is absent until it is read again: an old reading is never kept in its
// place, and another connection, perhaps to a server that crashed or to another one, has all of them read anew. Lives on the window's thread (howdahctl: main loop).
#pragma once

#include "metrics/tiers.h"
#include "pg/session.h"

#include <QObject>
#include <QTimer>

namespace howdah::metrics
{

class TierSampler : public QObject
{
    Q_OBJECT
public:
    // `link`: of Purpose::Monitor, not the Sampler's. periodScale: of every tier's period; tests take less than 1.
    explicit TierSampler(pg::Session *link, double periodScale = 1, QObject *parent = nullptr);

    void start(); // all of them at once, then each by its period
    void stop();
    const Tiers &tiers() const { return m_tiers; } // by implicitly shared values: copy at will

signals:
    void read(howdah::metrics::Tier tier);        // tiers() has it, or why not
    void failed(const howdah::Error &error);      // the link is lost: tiers() is empty until it is back

private:
    void relinked(const pg::LinkStatus &status);
    void tick();
    void take(Tier tier, const Result<TierReading> &reading);

    pg::Session *m_link;
    double m_periodScale;
    QTimer m_timer;
    QMap<Tier, qint64> m_dueMs; // monotonic
    bool m_inFlight = false;
    quint64 m_generation = 0;   // of the link
    Tiers m_tiers;
};

} // namespace howdah::metrics
