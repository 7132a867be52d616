// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a program in our place: it has our terminal, our input and our output, and its Ctrl+C is its own. Started as tool::run() starts one
// otherwise: an argument list, the scrubbed environment. Blocking: any thread but the window's.
#pragma once

#include "tool/process.h"

namespace howdah::tool
{

// Its exit code; 128 and the signal's number where a signal ended it. Meanwhile SIGINT, SIGQUIT and SIGHUP are the program's alone, so that what
// comes behind it (removing what was put there for it) is done in any case; a cancel ends it with TERM. Of the command only program, arguments
// and environment are used. Errors: Tool/not_found, Tool/not_started.
Result<int> runInForeground(const Command &command, const CancelToken &cancel = {});
QByteArrayList scrubbedEnvironment(const QStringList &added);

} // namespace howdah::tool
