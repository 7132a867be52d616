// SPDX-License-Identifier: GPL-3.0-or-later
// Plans that auto_explain wrote to a server's log: stderr with its log_line_prefix, csvlog and jsonlog, the plan as JSON or as text. Pure
// functions, any thread. What the format can tell from a statement's own text is told: csvlog doubles quotes, jsonlog escapes, and in stderr's
// form a line of a message never begins at the margin. What it can't tell: RAISE LOG writes whatever a session likes, as a message of its own.
#pragma once

#include "plan/plan.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <optional>

namespace howdah::explain
{

enum class LogForm { Stderr, Csv, Json };

struct LogSource {
    LogForm form = LogForm::Stderr;
    QString linePrefix = QStringLiteral("%m [%p] "); // stderr only
    QString timeZone;     // log_timezone; empty: only times in UTC are known
    bool atBoundary = true; // the text begins where an entry does
    bool ended = false;   // nothing will be written behind the text (a file that was rotated): its last entry is whole
};

struct LoggedPlan {
    qint64 begin = 0;                 // of its entry, in bytes of the text
    QString at;                       // as the log has it; empty: the log does not say
    std::optional<qint64> atMs;       // Unix time
    std::optional<qint64> durationUs;
    QString queryId;                  // signed 64 bits, as digits; empty: not logged (auto_explain.log_verbose)
    QString database, user, application; // empty: the log does not say
    std::optional<int> pid;
    QString queryText;
    QString parameters;               // as logged: values of people. maskedParameters() to show them
    plan::Plan plan;
    QString raw;                      // the plan's own text
};

struct LogPlans {
    QVector<LoggedPlan> plans;
    qint64 consumed = 0; // bytes of the text that are done with; the rest is an entry of which the end is missing
    bool atBoundary = true; // what follows those begins where an entry does
    int unread = 0;      // entries of auto_explain that could not be read
    QStringList notes;   // why, in words; each once
};
LogPlans plansInLog(const QByteArray &text, const LogSource &source);

// "$1 = '***', $2 = NULL"
QString maskedParameters(const QString &parameters);

} // namespace howdah::explain
