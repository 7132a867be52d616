// SPDX-License-Identifier: GPL-3.0-or-later
// A server's log read piece by piece, from where the last reading ended: over the link, or from a file of this machine. Bounded: never more
// than a piece in memory. readServerLog() on the link's thread; readLogFile() blocks on the disk, never on the window's thread.
#pragma once

#include "base/canceltoken.h"
#include "explain/logplans.h"
#include "pg/connection.h"

namespace howdah::explain
{

inline constexpr qint64 logPiece = 4 * 1024 * 1024;    // bytes at a time
inline constexpr qint64 longestEntry = 4 * logPiece;   // a longer one is passed over, and said

struct LogCursor {
    QString file;       // as the server names it, or a path
    qint64 offset = -1; // of what is not read yet; -1: the last piece of the file
    bool atBoundary = false;
};

struct LogReading {
    LogPlans plans;     // offsets are those of the file
    LogCursor next;
    qint64 behind = 0;  // bytes of the file that were there and not read: read again
};

// The file that is written now, and how it is to be read. Errors: Permission (with the GRANT), Client/no_log_file.
struct ServerLog {
    LogCursor cursor;
    LogSource source;
};
Result<ServerLog> findServerLog(pg::Connection &connection, const CancelToken &cancel = {});
// The files of the same log that were written to at or after a time, oldest first, `current` last: a busy log is changed for another often.
// Errors: Permission, those of the server.
struct LogFile {
    QString file; // as the server names it
    qint64 size = 0;
};
Result<QVector<LogFile>> logFilesSince(pg::Connection &connection, const QString &current, qint64 sinceMs, const CancelToken &cancel = {});
// Errors: those of the server; a file that became smaller is read from its beginning, and said.
Result<LogReading> readServerLog(pg::Connection &connection, const LogCursor &cursor, const LogSource &source, const CancelToken &cancel = {});
// Errors: Io.
Result<LogReading> readLogFile(const LogCursor &cursor, const LogSource &source);

} // namespace howdah::explain
