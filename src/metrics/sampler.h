// SPDX-License-Identifier: GPL-3.0-or-later
// Samples one server each second on its monitor link, keeps the points in the store and hands them up. A tick is skipped while the last
// one still runs; it slows down when two samples in a row cost more than a fifth of its period. Lives on the window's thread (howdahctl: main loop).
#pragma once

#include "metrics/rates.h"
#include "pg/session.h"
#include "store/samples.h"
#include "store/storeworker.h"

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
    ~Sampler() override;

    void start();
    void stop();
    bool isRunning() const { return m_timer.isActive(); }

signals:
    void sampled(const howdah::metrics::Point &point, const howdah::metrics::Sample &sample);
    void failed(const howdah::Error &error); // this sample is a gap
    void notSaved(const howdah::Error &error); // the store took no write; the points are kept and tried again

private:
    void tick();
    void take(const Result<Sample> &sample);
    void save();
    void thin(qint64 serverMs);

    pg::Session *m_monitor;
    store::StoreWorker *m_store;
    QString m_source;
    int m_periodMs;
    QTimer m_timer;
    double m_lastCostMs = 0; // of the last sample
    bool m_inFlight = false;
    bool m_saving = false;
    qint64 m_thinnedMs = 0; // monotonic
    std::optional<Sample> m_last;
    QVector<store::StoredSample> m_unsaved; // points not known to be in the store yet (bounded)
};

// The points of an interval from the store, gaps left as they are.
Result<QVector<Point>> readPoints(store::Store &store, const QString &source, qint64 fromMs, qint64 toMs);

} // namespace howdah::metrics
