// SPDX-License-Identifier: GPL-3.0-or-later
// What stays of a rehearsal beside its container and its volume, for this room alone: its record in our data folder, its socket's folder. Blocking.
#pragma once

#include "backup/rehearsal.h"

namespace howdah::backup
{

inline constexpr QLatin1StringView rehearsalLabel("howdah.rehearsal"); // of containers and volumes; its value: the id

Done writeRehearsal(const Rehearsal &rehearsal);
// In a folder that only this user may enter, so that trust is trust in them; short, for a socket's path has 107 bytes.
Result<QString> makeSocketFolder(const QString &id);

} // namespace howdah::backup
