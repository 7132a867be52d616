// SPDX-License-Identifier: GPL-3.0-or-later
// One whole record of WAL, its CRC checked: what it says, where recovery asks about it. For the scanner alone. Pure.
#pragma once

#include "backup/walscanner.h"

#include <optional>

namespace howdah::backup
{

inline constexpr qsizetype recordHeader = 24; // XLogRecord
bool isSwitch(QByteArrayView record);         // to the next segment, as archive_timeout and pg_switch_wal() do
// Without begin and end. `major`: of the server; 0 is taken for the newest.
std::optional<WalEvent> eventOf(QByteArrayView record, int major);

} // namespace howdah::backup
