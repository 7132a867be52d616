// SPDX-License-Identifier: GPL-3.0-or-later
// A server's log as entries, before anything is known of plans. Pure functions, any thread.
#pragma once

#include "explain/logplans.h"

namespace howdah::explain
{

struct LogEntry {
    qint64 begin = 0;
    QString message; // lines joined by '\n'
    QString at, database, user, application, queryId;
    std::optional<int> pid;
};

struct LogEntries {
    QVector<LogEntry> entries; // those that speak of a plan alone
    qint64 consumed = 0;
    bool atBoundary = true;
    int unread = 0;
    QStringList notes;
};

LogEntries entriesOfStderr(const QByteArray &text, const LogSource &source);
LogEntries entriesOfCsv(const QByteArray &text, const LogSource &source);
LogEntries entriesOfJson(const QByteArray &text, const LogSource &source);

bool tellsPlan(QStringView message); // "duration: 1.234 ms  plan:"
// "2026-11-28 02:13:33.123 UTC", and what %n writes; nullopt: of a zone that is not known.
std::optional<qint64> logTime(const QString &text, const QString &timeZone);

} // namespace howdah::explain
