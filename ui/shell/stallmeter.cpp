// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/stallmeter.h"

#include "base/json.h"
#include "base/savefile.h"

#include <QByteArray>

#include <cstdlib>

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

namespace howdah::ui
{

namespace
{

qint64 nowNs()
{
    timespec t{};
    ::clock_gettime(CLOCK_MONOTONIC, &t);
    return qint64(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
}

} // namespace

StallMeter::StallMeter(const QString &file, QObject *parent) : QObject(parent), m_file(file)
{
    m_timer.setTimerType(Qt::PreciseTimer);
    m_timer.setInterval(periodMs);
    connect(&m_timer, &QTimer::timeout, this, &StallMeter::beat);
}

StallMeter::~StallMeter()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stop = true;
    }
    m_wake.notify_all();
    if (m_writer.joinable())
        m_writer.join();
    if (m_schedstat >= 0)
        ::close(m_schedstat);
}

void StallMeter::start()
{
    if (m_timer.isActive())
        return;
    m_schedstat = ::open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
    m_lastNs = nowNs();
    m_startedNs = m_lastNs;
    m_lastWaitedNs = waitedForProcessorNs();
    m_timer.start();
    if (m_file.isEmpty())
        return;
    m_writer = std::thread([this] {
        std::unique_lock lock(m_mutex);
        do {
            lock.unlock();
            write();
            lock.lock();
        } while (!m_wake.wait_for(lock, std::chrono::seconds(1), [this] { return m_stop; }));
        lock.unlock();
        write();
    });
}

qint64 StallMeter::waitedForProcessorNs() const
{
    // "on-cpu-ns run-queue-ns slices": the second.
    char text[96];
    const ssize_t size = m_schedstat < 0 ? -1 : ::pread(m_schedstat, text, sizeof text - 1, 0);
    if (size <= 0)
        return 0;
    text[size] = '\0';
    char *end = nullptr;
    std::strtoll(text, &end, 10);
    return std::strtoll(end, nullptr, 10);
}

void StallMeter::beat()
{
    const qint64 now = nowNs();
    const qint64 waited = waitedForProcessorNs();
    const qint64 lateNs = (now - m_lastNs) - qint64(periodMs) * 1'000'000 - (waited - m_lastWaitedNs);
    m_lastNs = now;
    m_lastWaitedNs = waited;
    const qint64 lateUs = qMax<qint64>(0, lateNs / 1000);
    m_histogram[size_t(qMin<qint64>(lateUs / bucketUs, buckets - 1))].fetch_add(1, std::memory_order_relaxed);
    if (lateUs > m_maxUs.load(std::memory_order_relaxed))
        m_maxUs.store(lateUs, std::memory_order_relaxed);
    if (lateUs > 50'000)
        m_over50.fetch_add(1, std::memory_order_relaxed);
}

QJsonObject StallMeter::report() const
{
    quint64 beats = 0;
    for (const auto &bucket : m_histogram)
        beats += bucket.load(std::memory_order_relaxed);
    const quint64 wanted = beats - beats / 1000; // the beat that 99.9 % are not later than
    quint64 seen = 0;
    int index = 0;
    while (index < buckets - 1 && (seen += m_histogram[size_t(index)].load(std::memory_order_relaxed)) < wanted)
        ++index;
    const qint64 started = m_startedNs.load();
    const double maxMs = double(m_maxUs.load()) / 1000.0;
    return {{QStringLiteral("p999_ms"), beats == 0 ? 0.0 : qMin(maxMs, double(index + 1) * bucketUs / 1000.0)},
            {QStringLiteral("max_ms"), maxMs},
            {QStringLiteral("over_50_ms"), qint64(m_over50.load())},
            {QStringLiteral("seconds"), started == 0 ? 0.0 : double(nowNs() - started) / 1e9}};
}

void StallMeter::write()
{
    // A report that can't be written is tried again in a second; whoever reads sees `seconds` stand still.
    (void)saveFile(m_file, jsonLine(report()), 0644);
}

} // namespace howdah::ui
