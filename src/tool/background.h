// SPDX-License-Identifier: GPL-3.0-or-later
// A program that runs beside us for as long as this object lives: a tunnel. Started as tool::run() starts one, on a thread of its own that
// reads what it says; ended (TERM, then KILL) when the object goes, without waiting for it, and by the kernel when this program dies first.
// Any thread.
#pragma once

#include "base/worker.h"
#include "tool/process.h"

#include <memory>
#include <optional>

namespace howdah::tool
{

class Background
{
public:
    // timeoutMs and maxOutput of the command are not used: it has no deadline, and of its output only the last lines are kept.
    explicit Background(Command command);
    ~Background();
    Background(const Background &) = delete;
    Background &operator=(const Background &) = delete;

    bool hasEnded() const;
    // Readable once it has ended.
    int endedFd() const;
    // Once it has ended: how. Its exit code and its last lines, or why it was never started.
    std::optional<Result<Outcome>> outcome() const;

private:
    struct State;
    std::shared_ptr<State> m_state;
    Worker m_worker;
};

} // namespace howdah::tool
