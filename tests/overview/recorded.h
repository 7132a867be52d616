// SPDX-License-Identifier: GPL-3.0-or-later
// A clock that stands, and points as a server gave them.
#pragma once

#include "base/clock.h"
#include "metrics/rates.h"

namespace howdah::test
{

struct StoppedClock : Clock {
    qint64 wall = 1'764'085'800'000;
    qint64 monotonic = 1'000'000;
    qint64 wallMs() const override { return wall; }
    qint64 monotonicMs() const override { return monotonic; }
    void pass(qint64 ms)
    {
        wall += ms;
        monotonic += ms;
    }
};

inline metrics::Point point(qint64 atMs, double value = 400)
{
    metrics::Point p;
    p.atMs = atMs;
    p.bufferHit = 0.99;
    p.commits = value;
    p.rollbacks = 4;
    p.walBytes = value * 1000;
    p.active = 3;
    p.idle = 20;
    p.idleInTransaction = 1;
    p.otherState = 0;
    p.connections = 24;
    p.usable = 97;
    p.locksWaiting = 0;
    p.checkpoints = 0;
    return p;
}

} // namespace howdah::test
