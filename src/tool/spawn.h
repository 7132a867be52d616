// SPDX-License-Identifier: GPL-3.0-or-later
// Starts one child with three pipes, in a process group of its own, for this room alone.
#pragma once

#include "base/result.h"
#include "tool/childio.h"

#include <sys/types.h>

namespace howdah::tool
{

struct Spawned {
    pid_t pid = -1;
    FileDescriptor in, out, err; // our ends, which do not block
};

// Of the command program (absolute), arguments, environment and folder are used. Errors: Tool/not_started.
Result<Spawned> spawn(const QString &program, const Command &command);

} // namespace howdah::tool
