// SPDX-License-Identifier: GPL-3.0-or-later
// The one way this room waits: poll(2) on a socket, on events that interrupt, and on a deadline of the monotonic clock. Any thread.
#pragma once

#include <chrono>
#include <initializer_list>

namespace howdah::pg
{

class Deadline
{
public:
    using Clock = std::chrono::steady_clock;

    static Deadline never() { return Deadline(Clock::time_point::max()); }
    static Deadline in(int ms) { return Deadline(Clock::now() + std::chrono::milliseconds(ms)); }
    static Deadline at(Clock::time_point when) { return Deadline(when); }

    bool hasPassed() const { return m_when != Clock::time_point::max() && Clock::now() >= m_when; }
    int remainingMs() const; // for poll: -1 where there is none, rounded up, so that a wake is never early
    Deadline orEarlier(const Deadline &other) const { return m_when < other.m_when ? *this : other; }

private:
    explicit Deadline(Clock::time_point when) : m_when(when) {}
    Clock::time_point m_when;
};

// An event that wakes a poll: set from any thread, taken back by the one that waits.
class WakeEvent
{
public:
    WakeEvent();
    ~WakeEvent();
    WakeEvent(const WakeEvent &) = delete;
    WakeEvent &operator=(const WakeEvent &) = delete;

    void set() const;
    void clear() const;
    int fd() const { return m_fd; }

private:
    int m_fd;
};

struct Woken {
    short events = 0;         // of the socket
    bool interrupted = false; // one of the other descriptors is readable
    bool timedOut = false;
};
// `interrupts` may hold -1.
Woken waitOn(int socket, short events, std::initializer_list<int> interrupts, const Deadline &deadline);

} // namespace howdah::pg
