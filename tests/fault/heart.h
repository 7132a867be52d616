// SPDX-License-Identifier: GPL-3.0-or-later
// The window's thread, and what it would paint meanwhile.
#pragma once

#include <QElapsedTimer>
#include <QTimer>

namespace howdah::fault
{

class Heart : public QObject
{
public:
    Heart()
    {
        connect(&m_timer, &QTimer::timeout, this, [this] { ++m_beats; });
        m_clock.start();
        m_timer.start(10);
    }
    bool isAlive() const { return m_beats > m_clock.elapsed() / 50; }

private:
    QTimer m_timer;
    QElapsedTimer m_clock;
    qint64 m_beats = 0;
};

} // namespace howdah::fault
