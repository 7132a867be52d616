// SPDX-License-Identifier: GPL-3.0-or-later
// What a server's log says of the recovery that it made: where it ended and why, held against what was told before. English, as our containers speak. Pure;
// any thread.
#pragma once

#include "backup/rehearsal.h"

namespace howdah::backup
{

struct RecoveryLog {
    QString stopped;         // "recovery stopping before commit of transaction 756, time …"; empty: it says nothing of the kind
    Lsn last;                // first byte of the last record that was looked at: of the one it stopped before, or after; none: not said
    Timeline timeline = 0;   // that it made of its own; 0: none
    QString fatal;           // the first FATAL or PANIC
    qint64 segments = 0;     // that it had from the archive
    bool ready = false;      // it is over, and connections are taken
};
RecoveryLog readRecoveryLog(const QByteArray &log);

// Whether it ended at the very record that was told, of whatever kind the target is.
RehearsalCheck stopCheck(const RecoveryLog &log, const Verdict &verdict);

} // namespace howdah::backup
