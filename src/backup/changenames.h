// SPDX-License-Identifier: GPL-3.0-or-later
// Files of relations by the names that they have now in the database that is asked. Blocking; the link's thread.
#pragma once

#include "backup/walchange.h"
#include "pg/connection.h"

#include <QHash>

namespace howdah::backup
{

struct RelationName {
    QString name;       // quoted; empty: no relation lies there any more, or it is another database's
    bool isToast = false;
    bool isSystem() const { return name.startsWith(QLatin1StringView("pg_catalog.")) || name.startsWith(QLatin1StringView("pg_toast.")); }
};
using RelationNames = QMap<RelationFile, RelationName>;
// What a person looks for: tables, not their TOAST and not the catalogs; also what has no name. Pure, any thread.
bool isTold(const RelationNames &names, const RelationFile &file);
// The files of this database alone are in it. Errors: the server's.
Result<RelationNames> namesOf(pg::Connection &connection, const QVector<RelationFile> &files, const CancelToken &cancel = {});
// Where a table lies now, its number and its database's. Errors: Client/no_such_table; one without a file (a view, a partitioned table).
Result<QVector<RelationFile>> filesOf(pg::Connection &connection, const QStringList &tables, const CancelToken &cancel = {});
Result<quint32> databaseOf(pg::Connection &connection, const CancelToken &cancel = {});

} // namespace howdah::backup
