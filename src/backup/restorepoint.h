// SPDX-License-Identifier: GPL-3.0-or-later
// Named points in the WAL that a recovery can go to. Of two with one name recovery stops at the first, so that a name is given once as long as it can be reached.
// What may be a name is pure; the rest blocks: any thread but the window's.
#pragma once

#include "backup/inventory.h"
#include "backup/physicalsource.h"
#include "pg/connection.h"
#include "session/changeplan.h"
#include "store/store.h"

namespace howdah::backup
{

// As the server takes it: 1 to 63 bytes of UTF-8, and none of a terminal's control characters. Client/usage.
Done checkPointName(const QString &name);

struct RestorePoint {
    QString name;
    Lsn lsn;         // behind its record
    qint64 atUs = 0; // by the server's clock; of one that is not archived yet by ours
};
// What the archive tells, and what was made from here and has not got there yet. Errors: those of the store.
QVector<RestorePoint> archivedPoints(const Inventory &inventory);
Result<QVector<RestorePoint>> keptPoints(store::Store &store, const QString &systemIdentifier);
Done keepPoint(store::Store &store, const QString &systemIdentifier, const RestorePoint &point); // the last hundred

// Client/name_taken with when that one was made.
Done checkPointIsNew(const QString &name, const QVector<RestorePoint> &known);

// The exact statement, for people and the journal. Errors: those of checkPointName.
Result<session::ChangePlan> planPoint(const QString &name, const QString &server, session::Environment environment);
// As the link's role. Errors: Permission with what the role needs, those of the link.
Result<Lsn> makePoint(pg::Connection &connection, const QString &name, const CancelToken &cancel = {});
// By psql, as a stack's superuser by its socket.
Result<Lsn> makePoint(const Toolbox &toolbox, const PhysicalSource &source, const QString &name, const CancelToken &cancel = {});

} // namespace howdah::backup
