// SPDX-License-Identifier: GPL-3.0-or-later
// How long the window's thread kept the user waiting: a heartbeat on it, each beat's lateness less the time the thread was ready but had
// no processor (schedstat). A thread of its own rewrites the report each second, so that it is there even while the window hangs.
// Lives on the window's thread.
#pragma once

#include <QJsonObject>
#include <QObject>
#include <QTimer>

#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace howdah::ui
{

class StallMeter : public QObject
{
    Q_OBJECT
public:
    // file empty: measures and writes nothing (report() tells).
    explicit StallMeter(const QString &file, QObject *parent = nullptr);
    ~StallMeter() override;

    void start(); // at the first paint
    QJsonObject report() const; // {"p999_ms","max_ms","over_50_ms","seconds"}; any thread

private:
    void beat();
    void write();
    qint64 waitedForProcessorNs() const;

    static constexpr int periodMs = 4;
    static constexpr int bucketUs = 100;
    static constexpr int buckets = 50'000; // to 5 s; longer ones count in the last and in max

    QString m_file;
    QTimer m_timer;
    int m_schedstat = -1;
    qint64 m_lastNs = 0;
    qint64 m_lastWaitedNs = 0;
    std::atomic<qint64> m_startedNs = 0;
    std::array<std::atomic<quint32>, buckets> m_histogram = {};
    std::atomic<qint64> m_maxUs = 0;
    std::atomic<quint32> m_over50 = 0;

    std::thread m_writer;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    bool m_stop = false;
};

} // namespace howdah::ui
