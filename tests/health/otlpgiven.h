// SPDX-License-Identifier: GPL-3.0-or-later
// What the tests of the exporter begin with: settings for a receiver, readings to be sent, and what this process takes.
#pragma once

#include "health/otlpexporter.h"
#include "health/otlpreceiver.h"
#include "health/somereadings.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTest>

namespace howdah::test
{

// So long nothing else is waited for: what must not come has had its time.
inline void passed(qint64 ms)
{
    QElapsedTimer timer;
    timer.start();
    QTRY_VERIFY(timer.hasExpired(ms));
}

inline health::OtlpSettings settingsFor(const OtlpReceiver &receiver)
{
    health::OtlpSettings settings;
    settings.endpoint = *health::otlpEndpoint(receiver.address(), true);
    settings.compressed = false;
    settings.timeoutMs = 2000;
    settings.firstWaitMs = 20;
    settings.longestWaitMs = 100;
    return settings;
}

inline QVector<health::Series> seriesAt(qint64 atMs)
{
    return health::seriesOf(someSample(atMs), {});
}

inline int pointsIn(const QVector<health::Series> &all)
{
    int points = 0;
    for (const health::Series &series : all)
        points += int(series.points.size());
    return points;
}

inline qint64 residentKb()
{
    QFile file(QStringLiteral("/proc/self/status"));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    for (const QByteArray &line : file.readAll().split('\n')) {
        if (line.startsWith("VmRSS:"))
            return line.mid(6).trimmed().split(' ').first().toLongLong();
    }
    return 0;
}

inline constexpr qint64 now = 1'700'001'000'000;

} // namespace howdah::test
