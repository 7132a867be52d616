// SPDX-License-Identifier: GPL-3.0-or-later
// A pg_service.conf, read once on import, as libpq reads it; Howdah never reads it to connect. Any thread but the window's.
#pragma once

#include "session/profilejson.h"

namespace howdah::session
{

// A profile of each [service]. One that says what could run code, read a file of its choosing or change a link unseen is refused as a whole,
// with the word: options, passfile, sslkey, service, sslkeylogfile, gsslib, krbsrvname, hostaddr. sslmode allow and prefer become
// verify-full. Errors: Client/bad_file with the line, and those of readImportedFile.
Result<QVector<OfferedProfile>> parseServiceFile(const QByteArray &text);
Result<QVector<OfferedProfile>> readServiceFile(const QString &path); // one with passwords must be 0600

// For the store as it is: a name that is taken gets a number; a uuid that is known keeps it only where it leads the same way (it has the
// keychain's password), else it becomes a new profile that asks for its password; the very same is refused.
void fitBeside(QVector<OfferedProfile> &offers, const QVector<Profile> &existing);

} // namespace howdah::session
