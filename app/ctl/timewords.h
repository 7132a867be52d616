// SPDX-License-Identifier: GPL-3.0-or-later
// Times as they are typed on a command line, and waiting for one. Any thread.
#pragma once

#include "base/canceltoken.h"

#include <QString>

#include <optional>

namespace howdah::ctl
{

std::optional<qint64> spanMs(const QString &text);    // "30s", "10m", "2h", "1d", "1w"
// Unix time: "now", so long ago as spanMs() has it, or ISO 8601: a date or a time, of the local clock where it names no zone.
std::optional<qint64> momentMs(const QString &text);

// Until the monotonic clock says so; false: cancelled.
bool waitUntil(qint64 monotonicMs, const CancelToken &cancel);

} // namespace howdah::ctl
