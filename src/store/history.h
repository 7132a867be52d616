// SPDX-License-Identifier: GPL-3.0-or-later
// What was run in the query pane and by howdahctl query, per profile: written before it runs, completed when it ends. Texts are masked by the
// caller (session::masked). Functions of a Store, on its thread.
#pragma once

#include "store/store.h"

#include <QVector>

namespace howdah::store
{

struct HistoryEntry {
    qint64 id = 0;
    qint64 startedMs = 0;  // Unix time
    qint64 durationMs = -1; // -1: not ended (runs, or the program died)
    QString profileId;
    QString database;
    QString role;
    QString text;
    QString outcome;       // "done", "failed", "cancelled", "unknown"; empty while it runs
    QString message;       // the command tag, or the error
    qint64 rows = -1;      // -1: the server named no count
};

Result<qint64> beginHistory(Store &store, const HistoryEntry &entry);
Done endHistory(Store &store, qint64 id, const HistoryEntry &entry); // durationMs, outcome, message, rows of it; once
// Newest first. `needle`: a piece of the text, any case; empty: all. `profileId` empty: of every profile. Of a text longer than 64 K
// characters the beginning is searched. A row that is not what was written: Io/store_damaged.
Result<QVector<HistoryEntry>> searchHistory(Store &store, const QString &profileId, const QString &needle, int limit, qint64 beforeId = 0);
Done clearHistory(Store &store, const QString &profileId); // empty: all of it

} // namespace howdah::store
