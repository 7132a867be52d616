// SPDX-License-Identifier: GPL-3.0-or-later
// What Howdah did to a server or a stack: written before it starts, completed when it ends, so that a crash leaves a line without an end
// and not nothing. Passwords are masked by the caller's text being ours. Functions of a Store, on its thread.
#pragma once

#include "store/store.h"

#include <QDateTime>
#include <QVector>

namespace howdah::store
{

struct JournalEntry {
    qint64 id = 0;
    qint64 startedMs = 0; // Unix time
    qint64 endedMs = 0;   // 0: not ended (running, or the program died)
    QString who;          // user@host
    QString target;       // "db1:5432/orders as admin", "stack howdah"
    QString action;       // "Start the stack"
    QString commands;     // the exact SQL or command lines
    QString outcome;      // "done", "failed", "cancelled", "unknown"; empty while it runs
    QString message;
    QString undo;
};

Result<qint64> beginJournalEntry(Store &store, const JournalEntry &entry);
Done endJournalEntry(Store &store, qint64 id, const QString &outcome, const QString &message);
Result<QVector<JournalEntry>> readJournal(Store &store, int limit, qint64 beforeId = 0); // newest first
// Those with the piece in any of their texts, any case, begun at sinceMs or later; an empty piece: all.
Result<QVector<JournalEntry>> searchJournal(Store &store, const QString &needle, int limit, qint64 beforeId = 0, qint64 sinceMs = 0);

} // namespace howdah::store
