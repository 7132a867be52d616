// SPDX-License-Identifier: GPL-3.0-or-later
// What a hostile server may cost: time on the monotonic clock, and memory as the peak of this process above what it held before. Under the
// sanitizers memory is not judged, since their own shadow and quarantine are in the figure, and each server may take 15 s.
#pragma once

#include <QElapsedTimer>
#include <QString>

namespace howdah::test
{

class Bounds
{
public:
    Bounds(); // starts both

    qint64 ms() const { return m_clock.elapsed(); }
    double grownMb() const;
    // Empty, or what was exceeded.
    QString exceeded(qint64 mostMs, double mostMb = 200) const;

private:
    QElapsedTimer m_clock;
    double m_before = 0;
};

} // namespace howdah::test
