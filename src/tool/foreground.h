// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a program in our place: it has our terminal, our input and our output, and its Ctrl+C is its own. Started as tool::run() starts one
// otherwise: an argument list, the scrubbed environment. Blocking: any thread but the window's.
#pragma once

#include "tool/process.h"

#include <array>

#include <signal.h>

namespace howdah::tool
{

// SIGINT, SIGQUIT and SIGHUP reach the whole group of the terminal's foreground, us too: of no effect on us while this lives. A terminal that is
// closed sends SIGHUP more than once.
class SignalsLeftAlone
{
public:
    SignalsLeftAlone();
    ~SignalsLeftAlone();
    SignalsLeftAlone(const SignalsLeftAlone &) = delete;
    SignalsLeftAlone &operator=(const SignalsLeftAlone &) = delete;

private:
    static constexpr std::array which{SIGINT, SIGQUIT, SIGHUP};
    std::array<struct sigaction, 3> m_before{};
};

// Its exit code; 128 and the signal's number where a signal ended it. Meanwhile SIGINT, SIGQUIT and SIGHUP are the program's alone; what
// comes behind it (removing what was put there for it) wants a SignalsLeftAlone of its own; a cancel ends it with TERM. Of the command only program, arguments
// and environment are used. Errors: Tool/not_found, Tool/not_started.
Result<int> runInForeground(const Command &command, const CancelToken &cancel = {});
QByteArrayList scrubbedEnvironment(const QStringList &added);

} // namespace howdah::tool
