// SPDX-License-Identifier: GPL-3.0-or-later
// What pg_controldata says, in the C locale, and what a server of these files needs at least. No reading of its own; any thread.
#pragma once

#include <QByteArray>
#include <QMap>
#include <QStringList>

#include <array>

namespace howdah::backup
{

// "max_connections setting:              100" and its like, by what stands before the colon.
QMap<QString, QString> parseControlData(const QByteArray &said);

// max_connections, max_worker_processes, max_wal_senders, max_prepared_transactions, max_locks_per_transaction, as WalEvent::settings: a server that has less of
// one of them than WAL was written under does not recover. 0: not known.
using RecoveryFloors = std::array<qint32, 5>;
RecoveryFloors floorsOf(const QMap<QString, QString> &controlData);
// Whether pg_controldata told all five of them: of a line that is not there floorsOf has 0.
bool hasFloors(const QMap<QString, QString> &controlData);
RecoveryFloors atLeast(const RecoveryFloors &one, const RecoveryFloors &other); // the greater of each
QStringList settingsOf(const RecoveryFloors &floors); // "max_connections = 130"; of those that are known

} // namespace howdah::backup
