// SPDX-License-Identifier: GPL-3.0-or-later
// An incident kept as one file: sessions, locks, waits, progress, horizon, settings that differ, top statements and the log's tail, as the server
// gave them at one moment. Each part fails alone and says why. Read again offline by the same values. A service, and pure functions.
#pragma once

#include "activity/horizon.h"
#include "activity/locktree.h"
#include "activity/progress.h"
#include "activity/waits.h"

namespace howdah::activity
{

// {"howdah_incident": 1, "at_ms", "server": {…}, "sessions", "locks", "waits", "progress", "horizon", "settings", "statements", "log"}; a part that
// could not be read is {"error": {…}}. Every text is masked (session::maskedValue).
QJsonObject readSnapshot(pg::Connection &connection, const QVector<WaitSample> &waits, const CancelToken &cancel = {});

struct Snapshot {
    qint64 atMs = 0;
    QString server;
    QString version;
    Sessions sessions;
    LockTree locks;
    QVector<WaitSample> waits;
    Tasks tasks;
    Horizon horizon;
    QStringList missing; // "log: not permitted …"
    QJsonObject json;    // all of it
};
// Errors: Client/not_a_snapshot, Client/newer_snapshot.
Result<Snapshot> snapshotOf(const QByteArray &file);
// Why, where not even the sessions could be read: such a file is evidence of nothing.
std::optional<Error> nothingIn(const Snapshot &snapshot);

} // namespace howdah::activity
