// SPDX-License-Identifier: GPL-3.0-or-later
// Reads one server's pg_stat_statements each minute on its monitor link and keeps what ran in between. A minute that could not be read or stored
// is part of the next interval. It never resets anything. Lives on the window's thread (howdahctl: main loop).
#pragma once

#include "base/clock.h"
#include "pg/session.h"
#include "statements/recorder.h"
#include "store/storeworker.h"

#include <QObject>
#include <QTimer>

namespace howdah::statements
{

class Sampler : public QObject
{
    Q_OBJECT
public:
    // The worker and the link outlive this; `source`: historySource().
    Sampler(pg::Session *monitor, store::StoreWorker *store, QString source, int periodMs = 60'000,
            std::shared_ptr<const Clock> clock = std::make_shared<Clock>(), QObject *parent = nullptr);

    void start(); // the first reading at once
    void stop();
    bool isRunning() const { return m_timer.isActive(); }
    // For whoever comes later than the signals. Why nothing is recorded now; nullopt: it is, or was not tried yet.
    const std::optional<Error> &trouble() const { return m_trouble; }
    qint64 beganMs() const { return m_beganMs; } // of the first reading, Unix time by the server; 0: not yet

signals:
    void began(qint64 atMs); // the history, by the first reading: nothing is known of the time before
    void recorded(const howdah::statements::Interval &interval, bool written); // false: another console keeps the same
    void failed(const howdah::Error &error); // not_installed too: it is tried again
    void notSaved(const howdah::Error &error);

private:
    void tick();
    void take(const Result<std::optional<Reading>> &read);

    pg::Session *m_monitor;
    store::StoreWorker *m_store;
    QString m_source;
    std::shared_ptr<const Clock> m_clock;
    std::shared_ptr<Recorder> m_recorder = std::make_shared<Recorder>(); // of one task at a time: on the link's thread, then here
    QTimer m_timer;
    std::optional<Error> m_trouble;
    qint64 m_beganMs = 0;
    bool m_inFlight = false;
};

} // namespace howdah::statements
