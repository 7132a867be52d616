// SPDX-License-Identifier: GPL-3.0-or-later
// Keeps an unpacked data folder to itself: its links, of tablespaces or a pg_wal elsewhere, lead to the live cluster's folders, and two servers would write in
// one. What they lead to is brought in, and links and tablespace_map are made anew. Blocking; any thread but the window's.
#pragma once

#include "backup/repository.h"

#include <functional>

namespace howdah::backup
{

// "16384 /srv/fast" a line, as pg_basebackup writes it: number and folder. nullopt: another form.
std::optional<QVector<std::pair<QString, QString>>> parseTablespaceMap(const QByteArray &map);

// Where tablespaces of the data folder `data` lie once they are placed: a folder a number.
QString tablespacesOf(const QString &data);

// Brings in what the links of `data` lead to. `fill` puts the content of a tablespace into the new, empty folder. `from`: where the plain files were copied from,
// against which a relative link is read; empty: they were tar files, whose links are not followed. Returns the numbers. Errors: Io/not_sound where a link is none
// of these or its content is not there.
Result<QStringList> takeInLinks(const Repository &repository, const QString &data, const QString &from, const std::function<Done(const QString &number, const QString &folder)> &fill,
                                const QStringList &numbers, const CancelToken &cancel);
// Links and map of `data`, whose tablespaces are the numbers, lead to tablespacesOf(`name`) from now on; then no other link is left. Errors: Io/not_sound.
Done leadLinksTo(const Repository &repository, const QString &data, const QString &name, const QStringList &numbers, const CancelToken &cancel);

} // namespace howdah::backup
