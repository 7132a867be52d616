// SPDX-License-Identifier: GPL-3.0-or-later
// howdahctl's exit codes, one table for every verb (ARCHITECTURE.md, Errors).
#pragma once

#include "base/error.h"

namespace howdah
{

enum class ExitCode {
    Success = 0, Failed = 1, Usage = 2, NotConnected = 3, Drift = 4, Findings = 5, LockedByAnother = 6, RetriesExhausted = 7,
    OutcomeUnknown = 8, Pending = 9, NotPermitted = 10, Cancelled = 130
};

inline ExitCode exitCodeOf(const Error &error)
{
    switch (error.kind) {
    case ErrorKind::Connection:
    case ErrorKind::Authentication:
    case ErrorKind::Tls: return ExitCode::NotConnected;
    case ErrorKind::Timeout: return error.reason == QLatin1String("connect") ? ExitCode::NotConnected : ExitCode::Failed;
    case ErrorKind::Permission: return ExitCode::NotPermitted;
    case ErrorKind::Cancelled: return ExitCode::Cancelled;
    case ErrorKind::Tool: return error.reason == QLatin1String("in_use") || error.reason == QLatin1String("being_written") ? ExitCode::LockedByAnother : ExitCode::Failed;
    default: return ExitCode::Failed;
    }
}

} // namespace howdah
