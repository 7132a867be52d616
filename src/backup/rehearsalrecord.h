// SPDX-License-Identifier: GPL-3.0-or-later
// What stays of a rehearsal beside its container and its volume, for this room alone: its record in our data folder, its socket's folder. Blocking.
#pragma once

#include "backup/rehearsal.h"

namespace howdah::backup
{

inline constexpr QLatin1StringView rehearsalLabel("howdah.rehearsal"); // of containers and volumes; its value: the id

inline constexpr QLatin1StringView restoreFile("/rehearsal/restore.sh"); // what restore_command calls; gone once the copy is a stack's data
// Where the image keeps its data in the volume that it has at /var/lib/postgresql: a copy that was found good can take its place as it is.
inline QString dataFolder(int major)
{
    return QStringLiteral("/rehearsal/%1/docker").arg(major);
}
Done writeRehearsal(const Rehearsal &rehearsal);
// In a folder that only this user may enter, so that trust is trust in them; short, for a socket's path has 107 bytes.
Result<QString> makeSocketFolder(const QString &id); // Client/id_taken: there is one, and it stays
void removeSocketFolder(const QString &id);
Result<std::optional<Rehearsal>> readRehearsal(const QString &id); // nullopt: there is no record of it
void forgetRehearsal(const QString &id); // its record and its socket's folder: the copy is no rehearsal any more

} // namespace howdah::backup
