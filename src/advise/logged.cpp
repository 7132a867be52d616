// SPDX-License-Identifier: GPL-3.0-or-later
#include "advise/logged.h"

#include <algorithm>

namespace howdah::advise
{

using namespace Qt::StringLiterals;
using explain::LoggedPlan;

namespace
{

constexpr qsizetype mostStatements = 1000;

Result<qint64> sizeOf(pg::Connection &connection, const QString &file, const CancelToken &cancel)
{
    const auto rows = connection.runFile(u"explain/log_size"_s, {file}, {}, cancel);
    if (!rows)
        return fail(Error(rows.error()).during(u"look for %1"_s.arg(file)));
    return rows->integer(0, 0).value_or(0);
}

void take(LoggedPlans &all, const explain::LogPlans &read, qint64 fromMs, qint64 toMs, bool isMarked)
{
    all.unread += read.unread;
    for (const QString &note : read.notes)
        if (!all.notes.contains(note))
            all.notes.append(note);
    for (const LoggedPlan &plan : read.plans) {
        // A plan is written when its statement ends; a time that can't be read is believed only behind the mark.
        if (plan.atMs ? *plan.atMs < fromMs || *plan.atMs > toMs : !isMarked)
            continue;
        ++all.plans;
        bool ok = false;
        const qint64 queryId = plan.queryId.toLongLong(&ok);
        if (!ok || queryId == 0)
            ++all.nameless;
        else if (all.statements.contains(queryId) || all.statements.size() < mostStatements)
            all.statements[queryId].add(plan);
    }
}

Done readFile(pg::Connection &connection, explain::LogCursor at, const explain::LogSource &source, qint64 fromMs,
              qint64 toMs, bool isMarked, LoggedPlans *all, const CancelToken &cancel)
{
    for (qint64 left = mostLog; left > 0;) {
        const auto reading = explain::readServerLog(connection, at, source, cancel);
        if (!reading)
            return fail(reading.error());
        take(*all, reading->plans, fromMs, toMs, isMarked);
        const qint64 read = reading->next.offset - at.offset;
        at = reading->next;
        if (reading->behind <= 0 || read <= 0)
            return {};
        left -= read;
        if (left <= 0)
            all->notes.append(u"More than %1 MB of the log are of this time: what came after was not read"_s.arg(
                mostLog / (1024 * 1024)));
    }
    return {};
}

} // namespace

void LoggedStatement::add(LoggedPlan plan)
{
    durationUs += plan.durationUs.value_or(0);
    newest.append(std::move(plan));
    if (newest.size() <= newestPlans)
        return;
    slowest.append(newest.takeFirst());
    std::stable_sort(slowest.begin(), slowest.end(), [](const LoggedPlan &a, const LoggedPlan &b) {
        return a.durationUs.value_or(0) > b.durationUs.value_or(0);
    });
    if (slowest.size() > slowestPlans)
        slowest.removeLast();
}

Result<explain::ServerLog> logMark(pg::Connection &connection, const CancelToken &cancel)
{
    auto log = explain::findServerLog(connection, cancel);
    if (!log)
        return log;
    const auto size = sizeOf(connection, log->cursor.file, cancel);
    if (!size)
        return fail(size.error());
    log->cursor.offset = *size;
    log->cursor.atBoundary = true; // entries are written whole, as a rule
    return log;
}

Result<LoggedPlans> readLogged(pg::Connection &connection, const std::optional<explain::ServerLog> &mark, qint64 fromMs,
                               qint64 toMs, const CancelToken &cancel)
{
    auto now = explain::findServerLog(connection, cancel);
    if (!now)
        return fail(now.error());
    LoggedPlans all;
    if (mark && mark->cursor.file == now->cursor.file) {
        if (Done read = readFile(connection, mark->cursor, mark->source, fromMs, toMs, true, &all, cancel); !read)
            return fail(read.error());
        return all;
    }
    if (mark) { // rotated meanwhile
        explain::LogSource ended = mark->source;
        ended.ended = true;
        if (Done read = readFile(connection, mark->cursor, ended, fromMs, toMs, true, &all, cancel); !read)
            all.notes.append(
                u"The log was changed for another meanwhile, and the earlier one could not be read: %1"_s.arg(
                    read.error().message));
        now->cursor.offset = 0;
        now->cursor.atBoundary = true;
    } else {
        const auto size = sizeOf(connection, now->cursor.file, cancel);
        if (!size)
            return fail(size.error());
        now->cursor.offset = std::max<qint64>(0, *size - mostLog);
        now->cursor.atBoundary = now->cursor.offset == 0;
        all.notes.append(now->cursor.offset > 0
                             ? u"Of the server's log the last %1 MB were looked through; plans that "
                               "were logged earlier are not known"_s.arg(mostLog / (1024 * 1024))
                             : u"Of the server's log the file that is written now was looked through; "
                               "plans in earlier files are not known"_s);
    }
    if (Done read = readFile(connection, now->cursor, now->source, fromMs, toMs, mark.has_value(), &all, cancel); !read)
        return fail(read.error());
    return all;
}

} // namespace howdah::advise
