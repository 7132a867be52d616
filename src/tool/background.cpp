// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/background.h"

#include "tool/childio.h"

#include <mutex>

namespace howdah::tool
{

struct Background::State {
    Command command;
    CancelToken stop;
    CancelToken ended;
    std::mutex mutex;
    std::optional<Result<Outcome>> outcome;
};

Background::Background(Command command) : m_state(std::make_shared<State>()), m_worker(QStringLiteral("background"))
{
    command.timeoutMs = 0;
    command.maxOutput = 0;
    m_state->command = dyingWithUs(std::move(command));
    m_worker.post([state = m_state] {
        Result<Outcome> outcome = run(state->command, state->stop);
        {
            const std::lock_guard lock(state->mutex);
            state->outcome = std::move(outcome);
        }
        state->ended.cancel();
    });
}

Background::~Background()
{
    m_state->stop.cancel();
}

bool Background::hasEnded() const
{
    return m_state->ended.isCancelled();
}

int Background::endedFd() const
{
    return m_state->ended.eventFd();
}

std::optional<Result<Outcome>> Background::outcome() const
{
    const std::lock_guard lock(m_state->mutex);
    return m_state->outcome;
}

} // namespace howdah::tool
