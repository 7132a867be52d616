// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/background.h"

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

// The kernel ends the child with the thread that started it, hence with this program, even where that is killed: a tunnel that outlives
// its user is an open door. posix_spawn can't ask for that; setpriv of util-linux can, and becomes the program itself.
static Command dyingWithUs(Command command)
{
    const Result<QString> setpriv = findProgram(QStringLiteral("setpriv"));
    const Result<QString> program = command.program.startsWith(QLatin1Char('/')) ? Result<QString>(command.program) : findProgram(command.program);
    if (!setpriv || !program)
        return command; // what is not there is told by run()
    command.arguments = QStringList{QStringLiteral("--pdeathsig"), QStringLiteral("TERM"), QStringLiteral("--"), *program} + command.arguments;
    command.program = *setpriv;
    return command;
}

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
