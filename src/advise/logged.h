// SPDX-License-Identifier: GPL-3.0-or-later
// The plans that auto_explain wrote to the server's log in an interval, by the statement that they are of. On the
// link's thread; bounded: the newest of the log, some of each statement.
#pragma once

#include "explain/readlog.h"

#include <QHash>

namespace howdah::advise
{

inline constexpr qint64 mostLog = 64 * 1024 * 1024; // bytes that are read
inline constexpr qsizetype newestPlans = 12;        // kept of a statement, besides its slowest
inline constexpr qsizetype slowestPlans = 4;

struct LoggedStatement {
    QVector<explain::LoggedPlan> newest;  // in the log's order
    QVector<explain::LoggedPlan> slowest; // not among those
    qint64 durationUs = 0;                // of all, also of those that are not kept
    QVector<explain::LoggedPlan> all() const { return newest + slowest; }
    void add(explain::LoggedPlan plan);
};

struct LoggedPlans {
    QHash<qint64, LoggedStatement> statements; // by query id
    int plans = 0;                             // read, of the interval
    int nameless = 0;                          // without a query id: of no statement that is known
    int unread = 0;
    QStringList notes;
};

// The end of the log as it is now. Errors: as explain::findServerLog().
Result<explain::ServerLog> logMark(pg::Connection &connection, const CancelToken &cancel = {});
// Of those logged in [fromMs, toMs]. `mark`: where the interval began; nullopt: the last of the log is looked through.
// Errors: the same.
Result<LoggedPlans> readLogged(pg::Connection &connection, const std::optional<explain::ServerLog> &mark, qint64 fromMs,
                               qint64 toMs, const CancelToken &cancel = {});
// What is not known where it could not be read.
QString notReadNote(const Error &error);

} // namespace howdah::advise
