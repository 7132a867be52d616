// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg/canceller.h"

#include <thread>

namespace howdah::pg
{

Canceller::Canceller(PGconn *connection)
{
    const NewerLibpq &newer = newerLibpq();
    if (newer.cancelCreate && newer.cancelBlocking && newer.cancelReset && newer.cancelFinish)
        m_encrypted = newer.cancelCreate(connection);
    else
        m_plain = ::PQgetCancel(connection);
}

Canceller::~Canceller()
{
    if (m_encrypted)
        newerLibpq().cancelFinish(m_encrypted);
    ::PQfreeCancel(m_plain);
}

void Canceller::beginStatement()
{
    const std::lock_guard lock(m_mutex);
    m_state = {};
    m_state.running = true;
    ++m_progress.statement;
}

void Canceller::endStatement(CancelProgress::End how)
{
    const std::lock_guard lock(m_mutex);
    m_state.running = false;
    m_progress.ended = m_progress.statement;
    m_progress.end = how;
    if (m_state.asked) {
        m_progress.cancelled = m_progress.statement;
        m_progress.endOfCancelled = how;
    }
}

CancelProgress Canceller::progress() const
{
    const std::lock_guard lock(m_mutex);
    CancelProgress progress = m_progress;
    progress.running = m_state.running;
    return progress;
}

bool Canceller::noteAsked(quint64 statement)
{
    const std::lock_guard lock(m_mutex);
    if (!m_state.running || m_state.inFlight || (statement != whatRuns && statement != m_progress.statement))
        return false;
    m_state.asked = m_state.inFlight = true;
    m_state.delivered = false;
    m_state.when = Deadline::Clock::now();
    m_changed.set();
    return true;
}

void Canceller::noteAnswered(bool delivered)
{
    const std::lock_guard lock(m_mutex);
    m_state.inFlight = false;
    m_state.delivered = delivered;
    if (delivered)
        m_state.when = Deadline::Clock::now();
    m_changed.set();
}

void Canceller::send(quint64 statement)
{
    if (!noteAsked(statement))
        return;
    std::thread([self = shared_from_this()] { self->noteAnswered(self->sendBlocking()); }).detach();
}

bool Canceller::sendBlocking()
{
    // One at a time: noteAsked() admits no second before the answer of the first.
    if (m_encrypted) {
        const bool sent = newerLibpq().cancelBlocking(m_encrypted) == 1;
        newerLibpq().cancelReset(m_encrypted);
        return sent;
    }
    char text[256] = "";
    return m_plain && ::PQcancel(m_plain, text, sizeof text) == 1; // returns when the postmaster has closed its end
}

Canceller::State Canceller::state() const
{
    const std::lock_guard lock(m_mutex);
    return m_state;
}

} // namespace howdah::pg
