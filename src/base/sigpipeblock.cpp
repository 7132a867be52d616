// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/sigpipeblock.h"

#include <cerrno>

#include <signal.h>
#include <time.h>

namespace howdah
{

SigpipeBlock::SigpipeBlock()
{
    sigset_t pending, pipeOnly, before;
    sigemptyset(&pending);
    sigpending(&pending);
    m_wasPending = sigismember(&pending, SIGPIPE) == 1;
    sigemptyset(&pipeOnly);
    sigaddset(&pipeOnly, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipeOnly, &before);
    m_wasBlocked = sigismember(&before, SIGPIPE) == 1;
}

SigpipeBlock::~SigpipeBlock()
{
    sigset_t pipeOnly;
    sigemptyset(&pipeOnly);
    sigaddset(&pipeOnly, SIGPIPE);
    if (!m_wasPending) {
        const timespec now{};
        while (sigtimedwait(&pipeOnly, nullptr, &now) < 0 && errno == EINTR) {
        }
    }
    if (!m_wasBlocked)
        pthread_sigmask(SIG_UNBLOCK, &pipeOnly, nullptr);
}

} // namespace howdah
