// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/activity/activitysource.h"

#include <algorithm>

namespace howdah::ui
{

namespace
{

constexpr int periodMs = 1000;
constexpr double budgetMs = 5;  // a second of the server's time, for all of it
constexpr qint64 horizonEveryMs = 30'000;

bool anyWaits(const activity::Sessions &sessions)
{
    return std::any_of(sessions.backends.cbegin(), sessions.backends.cend(), [](const activity::Backend &one) { return one.isWaitingForLock(); });
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
    m_wholeAtMs = 0;
    m_horizonAtMs = 0;
    tick();
}

void ActivitySource::tick()
{
    if (!m_inFlight)
        read(m_clock->monotonicMs() >= m_wholeAtMs);
    if (m_horizonWanted && m_clock->monotonicMs() >= m_horizonAtMs)
        readHorizon();
}

void ActivitySource::read(bool whole)
{
    m_inFlight = true;
    const auto service = [whole](pg::Connection &connection, const CancelToken &cancel) -> Result<Reading> {
        // The sessions first: see activity::readLockTree.
        auto sessions = activity::readSessions(connection, cancel, whole ? activity::Blockers::Read : activity::Blockers::Skip);
        if (!sessions)
            return fail(std::move(sessions.error()));
        Reading reading;
        reading.sessions = *std::move(sessions);
        reading.whole = whole;
        if (whole && anyWaits(reading.sessions)) {
            auto locks = activity::readLocks(connection, cancel);
            if (!locks)
                return fail(std::move(locks.error()));
            reading.locks = *std::move(locks);
        }
        auto tasks = activity::readTasks(connection, cancel);
        if (!tasks)
            return fail(std::move(tasks.error()));
        reading.tasks = *std::move(tasks);
        return reading;
    };
    async::onFinished(m_session->run(service), this, [this](const Result<Reading> &reading) { take(reading); });
}

void ActivitySource::take(const Result<Reading> &reading)
{
    m_inFlight = false;
    if (!reading) {
        emit failed(reading.error());
        return;
    }
    activity::Sessions sessions = reading->sessions;
    m_cost = sessions.serverMs + (reading->locks ? reading->locks->serverMs : 0);
    if (reading->whole) {
        m_whole = sessions;
        m_locks = reading->locks.value_or(activity::Locks());
        // Nobody waits: the first to do it is seen at once. Else what the readings between them leave of the budget is theirs.
        const double room = std::max(0.5, budgetMs - m_plainCost);
        m_wholeAtMs = reading->locks ? m_clock->monotonicMs() + std::max<qint64>(periodMs - 50, qint64(m_cost / room * 1000)) : 0;
    } else {
        m_plainCost = sessions.serverMs;
        activity::keepBlockers(sessions, m_whole);
    }
    emit treeRead(activity::lockTreeOf(sessions, m_locks));
    emit tasksRead(reading->tasks);
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
        if (horizon)
            emit horizonRead(*horizon);
        else
            emit horizonFailed(horizon.error());
    });
}

} // namespace howdah::ui
