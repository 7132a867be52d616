// SPDX-License-Identifier: GPL-3.0-or-later
// A .pgpass file, read once on import: host:port:database:user:password, * for any, \: and \\ for themselves, the first line that fits wins.
// Howdah never reads it to connect. Any thread but the window's.
#pragma once

#include "session/profilejson.h"

namespace howdah::session
{

// A whole file of at most 1 MB that others can't write, and with `holdsSecrets` can't read either: what others may change is theirs.
// Errors: Io/open_failed, Client/bad_file, Client/file_mode.
Result<QByteArray> readImportedFile(const QString &path, bool holdsSecrets);

struct PassLine {
    int line = 0; // 1-based
    QString host, port, database, role; // "*": any
    Secret password;
};

Result<QVector<PassLine>> readPassFile(const QString &path); // its mode is checked: 0600
QVector<PassLine> parsePassFile(const QByteArray &text);     // what is no entry is passed over, as libpq does

// As libpq looks it up; a Unix socket in the usual folder is "localhost". Null: none.
const PassLine *passwordFor(const QVector<PassLine> &lines, const pg::ConnectionSpec &spec);
// A profile of each line that names a host and a role; the others are told why they are none.
QVector<OfferedProfile> offersOf(const QVector<PassLine> &lines);
// Passwords for profiles that came without one, a service file's.
void addPasswords(QVector<OfferedProfile> &offers, const QVector<PassLine> &lines);

} // namespace howdah::session
