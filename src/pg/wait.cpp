// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg/wait.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <limits>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace howdah::pg
{

int Deadline::remainingMs() const
{
    if (m_when == Clock::time_point::max())
        return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(m_when - Clock::now()).count();
    return int(std::clamp<decltype(left)>(left, 0, std::numeric_limits<int>::max()));
}

WakeEvent::WakeEvent() : m_fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

WakeEvent::~WakeEvent()
{
    if (m_fd >= 0)
        ::close(m_fd);
}

void WakeEvent::set() const
{
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(m_fd, &one, sizeof one); // full means that it is set already
}

void WakeEvent::clear() const
{
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got = ::read(m_fd, &count, sizeof count);
}

Woken waitOn(int socket, short events, std::initializer_list<int> interrupts, const Deadline &deadline)
{
    std::array<pollfd, 8> fds{};
    nfds_t count = 0;
    fds[count++] = {socket, events, 0};
    for (const int fd : interrupts) {
        if (count < fds.size())
            fds[count++] = {fd, POLLIN, 0};
    }
    int ready = 0;
    do
        ready = ::poll(fds.data(), count, deadline.remainingMs());
    while (ready < 0 && errno == EINTR);

    Woken woken;
    woken.events = fds[0].revents;
    for (nfds_t i = 1; i < count; ++i)
        woken.interrupted = woken.interrupted || fds[i].revents != 0;
    woken.timedOut = ready == 0;
    return woken;
}

} // namespace howdah::pg
