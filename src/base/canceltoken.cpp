// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/canceltoken.h"

#include <atomic>
#include <cstdint>

#include <sys/eventfd.h>
#include <unistd.h>

namespace howdah
{

struct CancelToken::State {
    std::atomic<bool> cancelled = false;
    int fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

    ~State()
    {
        if (fd >= 0)
            ::close(fd);
    }
};

CancelToken::CancelToken() : m_state(std::make_shared<State>()) {}

void CancelToken::cancel() const
{
    if (m_state->cancelled.exchange(true) || m_state->fd < 0)
        return;
    const std::uint64_t one = 1;
    // An eventfd's counter can't be full after one write: nothing to do about a failure, the flag is set.
    [[maybe_unused]] const auto written = ::write(m_state->fd, &one, sizeof one);
}

bool CancelToken::isCancelled() const
{
    return m_state->cancelled.load();
}

int CancelToken::eventFd() const
{
    return m_state->fd;
}

} // namespace howdah
