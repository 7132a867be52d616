// SPDX-License-Identifier: GPL-3.0-or-later
// What a restore asks its target, by psql, and by which names: for this room alone. Blocking; values, any thread.
#pragma once

#include "backup/logicalrestore.h"

#include <QJsonArray>

namespace howdah::backup
{

QString someOf(const QStringList &names); // twenty of them, and how many more

Result<QByteArray> psql(const Toolbox &toolbox, const PhysicalSource &source, const QString &database, const QByteArray &text, const CancelToken &cancel);
// One file of sql/backup, a JSON value a line. By psql, since the target may be reached by the socket in a container alone.
Result<QJsonArray> ask(const Toolbox &toolbox, const PhysicalSource &source, const QString &database, const QString &file, const CancelToken &cancel);

// "kind schema name", as the list has them: with spaces between, and in, the names.
QString keyOf(const QString &kind, const QString &schema, const QString &name);
// The same of an entry: its line is that and the owner.
QString keyOf(const DumpEntry &entry, const QStringList &known);
// Which of the known roles it is: a name may hold a space, as the one before it.
QString ownerOf(const DumpEntry &entry, const QStringList &known);

// What would go with the tables that are dropped and does not come back: parts by their names, for people. Errors: Client/would_drop of a partition, which has rows.
Result<QStringList> goesAlong(const Toolbox &toolbox, const RestorePlan &plan, const CancelToken &cancel);

} // namespace howdah::backup
