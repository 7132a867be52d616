// SPDX-License-Identifier: GPL-3.0-or-later
// The files that profiles are imported from, read once: what howdahctl profile import and the window's preview offer. Any thread but the window's.
#pragma once

#include "session/profilejson.h"

namespace howdah::session
{

struct ImportFiles { // each may be empty: not asked for
    QString serviceFile; // pg_service.conf
    QString passFile;    // .pgpass: passwords for the services; without a service file a profile a line
    QString exportFile;  // of exportProfiles()
    bool operator==(const ImportFiles &) const = default;
};

// Where libpq would look, as far as it is there: PGSERVICEFILE, PGPASSFILE, else the home folder. Never an export.
ImportFiles usualImportFiles();
// The errors are those of the file that can't be read: nothing is offered then.
Result<QVector<OfferedProfile>> offersFrom(const ImportFiles &files);

} // namespace howdah::session
