// SPDX-License-Identifier: GPL-3.0-or-later
// Standard input as it comes.
#pragma once

#include "base/canceltoken.h"
#include "base/result.h"

namespace howdah::ctl
{

// Whatever is there by now; empty at the end. A cancel does not wait for the other side of the pipe. Errors: Io/unreadable, Cancelled.
Result<QByteArray> readInput(const CancelToken &cancel);
// All of it, or one byte more than `most` and whatever came with that. Errors: as readInput().
Result<QByteArray> readInput(qint64 most, const CancelToken &cancel);

} // namespace howdah::ctl
