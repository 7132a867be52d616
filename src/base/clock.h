// SPDX-License-Identifier: GPL-3.0-or-later
// The two times a part may need, as a seam for tests. Any thread.
#pragma once

#include <QDateTime>

#include <chrono>

namespace howdah
{

class Clock
{
public:
    virtual ~Clock() = default;
    virtual qint64 wallMs() const { return QDateTime::currentMSecsSinceEpoch(); } // Unix time, milliseconds
    virtual qint64 monotonicMs() const                                            // never steps; only differences mean anything
    {
        return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
    }
};

} // namespace howdah
