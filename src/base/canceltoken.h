// SPDX-License-Identifier: GPL-3.0-or-later
// Cooperative cancel of one task: a shared flag with an event file descriptor, so that a wait loop in poll(2) wakes at once.
// Copies share the flag. Any thread.
#pragma once

#include <memory>

namespace howdah
{

class CancelToken
{
public:
    CancelToken();

    void cancel() const;
    bool isCancelled() const;
    // Readable from the moment of cancel on; owned by the token, valid as long as any copy lives; -1 where events are unavailable.
    int eventFd() const;

private:
    struct State;
    std::shared_ptr<State> m_state;
};

} // namespace howdah
