// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/activity/activitysource.h"

#include <QElapsedTimer>

#include <algorithm>
#include <utility>

namespace howdah::ui
{

namespace
{

constexpr int periodMs = 1000;
constexpr qint64 lateMs = 50;   // a timer's
// Of the server's time in a second; progress, horizon and the first reading have what is left of 5 ms.
constexpr double sessionsBudgetMs = 2.5;
constexpr double locksBudgetMs = 0.8;
constexpr qint64 horizonEveryMs = 30'000;

qint64 nextAt(qint64 nowMs, double costMs, double budgetMs)
{
    return nowMs + std::max<qint64>(periodMs - lateMs, qint64(costMs / budgetMs * 1000));
}

} // namespace

ActivitySource::ActivitySource(pg::Session *session, const Clock *clock, QObject *parent) : QObject(parent), m_session(session), m_clock(clock)
{
    m_timer.setInterval(periodMs);
    connect(&m_timer, &QTimer::timeout, this, &ActivitySource::tick);
}

void ActivitySource::setShown(bool shown)
{
    m_shown = shown;
    updateTimer();
}

void ActivitySource::setPaused(bool paused)
{
    m_paused = paused;
    updateTimer();
}

void ActivitySource::setHorizonWanted(bool wanted)
{
    m_horizonWanted = wanted;
    if (wanted && m_shown && m_clock->monotonicMs() >= m_horizonAtMs)
        readHorizon();
}

void ActivitySource::updateTimer()
{
    const bool on = m_shown && !m_paused && m_session;
    if (on == m_timer.isActive())
        return;
    if (!on)
        return m_timer.stop();
    m_timer.start();
    tick();
}

void ActivitySource::readNow()
{
    if (!m_session)
        return;
    m_again = m_inFlight;
    m_horizonAgain = m_horizonInFlight;
    m_sessionsAtMs = 0;
    m_locksAtMs = 0;
    m_locks.reset();
    m_horizonAtMs = 0;
    tick();
}

void ActivitySource::tick()
{
    if (!m_inFlight && m_clock->monotonicMs() >= m_sessionsAtMs)
        read();
    if (m_horizonWanted && m_clock->monotonicMs() >= m_horizonAtMs)
        readHorizon();
}

void ActivitySource::read()
{
    m_inFlight = true;
    const bool locksDue = m_clock->monotonicMs() >= m_locksAtMs;
    const auto service = [earlier = m_sessions, kept = m_locks, then = m_locksOf, locksDue](pg::Connection &connection, const CancelToken &cancel) -> Result<Reading> {
        // The sessions first: see activity::readLockTree.
        auto sessions = activity::readSessionsAfter(connection, earlier, cancel);
        if (!sessions)
            return fail(std::move(sessions.error()));
        Reading reading;
        reading.sessions = *std::move(sessions);
        if (reading.sessions.anyWaits() && locksDue && (!kept || activity::isStale(*kept, then, reading.sessions))) {
            QElapsedTimer clock;
            clock.start();
            if (auto locks = activity::readLocks(connection, cancel)) {
                reading.locks = *std::move(locks);
            } else {
                reading.failed = std::move(locks.error());
                reading.failedMs = clock.elapsed();
            }
        }
        // Here and not on the window's thread: of 500 sessions it takes as long as a frame.
        activity::Locks locks;
        if (reading.sessions.anyWaits())
            locks = reading.locks ? *reading.locks : kept ? activity::stillTrue(*kept, then, reading.sessions) : locks;
        reading.tree = activity::lockTreeOf(reading.sessions, locks);
        if (auto tasks = activity::readTasks(connection, cancel))
            reading.tasks = *std::move(tasks);
        else if (!reading.failed)
            reading.failed = std::move(tasks.error());
        return reading;
    };
    async::onFinished(m_session->run(service), this, [this](const Result<Reading> &reading) { take(reading); });
}

void ActivitySource::take(const Result<Reading> &reading)
{
    m_inFlight = false;
    const bool again = std::exchange(m_again, false);
    if (!reading) {
        emit failed(reading.error());
        return;
    }
    const qint64 now = m_clock->monotonicMs();
    m_sessions = reading->sessions;
    m_sessionsAtMs = nextAt(now, m_sessions.serverMs, sessionsBudgetMs);
    if (reading->locks) {
        m_locks = reading->locks;
        m_locksOf = m_sessions;
        m_locksAtMs = nextAt(now, m_locks->serverMs, locksBudgetMs);
    } else if (!m_sessions.anyWaits()) {
        m_locks.reset();
        m_locksAtMs = 0; // the first to wait is seen at once
    }
    // What failed has cost the server as much, and is not asked for again at once.
    if (reading->failedMs > 0)
        m_locksAtMs = nextAt(now, double(reading->failedMs), locksBudgetMs);
    emit treeRead(reading->tree);
    if (reading->tasks)
        emit tasksRead(*reading->tasks);
    if (reading->failed)
        emit failed(*reading->failed);
    if (again)
        readNow();
}

void ActivitySource::readHorizon()
{
    if (m_horizonInFlight || !m_session)
        return;
    m_horizonInFlight = true;
    m_horizonAtMs = m_clock->monotonicMs() + horizonEveryMs;
    const auto read = m_session->run([](pg::Connection &connection, const CancelToken &cancel) { return activity::readHorizon(connection, cancel); });
    async::onFinished(read, this, [this](const Result<activity::Horizon> &horizon) {
        m_horizonInFlight = false;
        const bool again = std::exchange(m_horizonAgain, false);
        if (horizon)
            emit horizonRead(*horizon);
        else
            emit horizonFailed(horizon.error());
        if (again && horizon)
            readHorizon();
    });
}

} // namespace howdah::ui
