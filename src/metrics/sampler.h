// SPDX-License-Identifier: GPL-3.0-or-later
// Samples one server each second on its monitor link, keeps the points in the store and hands them up. A tick is skipped while the last
// one still runs; it slows down when two samples in a row cost more than a fifth of its period. Lives on the window's thread (howdahctl: main loop).
#pragma once

#include "metrics/rates.h"
#include "pg/session.h"
#include "store/samplekeeper.h"

#include <QObject>
#include <QTimer>

namespace howdah::metrics
{

class Sampler : public QObject
{
    Q_OBJECT
public:
    // `source` as in store/samples.h: "<profile uuid>/overview". store may be null: nothing is kept.
    Sampler(pg::Session *monitor, store::StoreWorker *store, QString source, int periodMs = 1000, QObject *parent = nullptr);

    void start();
    void stop();
    bool isRunning() const { return m_timer.isActive(); }
    int intervalMs() const { return m_timer.interval(); } // what it aims at now: longer than its period while samples are dear

signals:
    void sampled(const howdah::metrics::Point &point, const howdah::metrics::Sample &sample);
    void failed(const howdah::Error &error); // this sample is a gap
    void notSaved(const howdah::Error &error); // see SampleKeeper

private:
    void tick();
    void take(const Result<Sample> &sample);

    pg::Session *m_monitor;
    store::SampleKeeper m_keeper;
    int m_periodMs;
    QTimer m_timer;
    double m_lastCostMs = 0; // of the last sample
    bool m_inFlight = false;
    std::optional<Sample> m_last;
};

// The points of an interval from the store, gaps left as they are.
Result<QVector<Point>> readPoints(store::Store &store, const QString &source, qint64 fromMs, qint64 toMs);

} // namespace howdah::metrics
