// SPDX-License-Identifier: GPL-3.0-or-later
// Writing to a pipe or a socket whose reader is gone raises SIGPIPE, which ends the program: blocked on this thread while this stands, and taken
// away again if it was ours. For writes that are not our own (OpenSSL's) or to what is no socket; else MSG_NOSIGNAL. Any thread.
#pragma once

namespace howdah
{

class SigpipeBlock
{
public:
    SigpipeBlock();
    ~SigpipeBlock();
    SigpipeBlock(const SigpipeBlock &) = delete;
    SigpipeBlock &operator=(const SigpipeBlock &) = delete;

private:
    bool m_wasPending = false;
    bool m_wasBlocked = false;
};

} // namespace howdah
