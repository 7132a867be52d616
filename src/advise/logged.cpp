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

// Until `left` bytes are used up.
Done readFile(pg::Connection &connection, explain::LogCursor at, const explain::LogSource &source, qint64 fromMs,
              qint64 toMs, bool isMarked, qint64 *left, LoggedPlans *all, const CancelToken &cancel)
{
    while (*left > 0) {
        const auto reading = explain::readServerLog(connection, at, source, cancel);
        if (!reading)
            return fail(reading.error());
        take(*all, reading->plans, fromMs, toMs, isMarked);
        const qint64 read = reading->next.offset - at.offset;
        at = reading->next;
        *left -= std::max<qint64>(read, 0);
        if (reading->behind <= 0 || read <= 0)
            return {};
    }
    all->notes.append(u"More than %1 MB of the log are of this time: what came after was not read"_s.arg(
        mostLog / (1024 * 1024)));
    return {};
}

// Where to begin in each file, oldest first.
QVector<explain::LogCursor> behindMark(pg::Connection &connection, const explain::LogCursor &mark,
                                       const explain::LogCursor &now, qint64 fromMs, LoggedPlans *all,
                                       const CancelToken &cancel)
{
    if (mark.file == now.file)
        return {mark};
    QVector<explain::LogCursor> cursors{mark};
    // File times have whole seconds.
    if (const auto files = explain::logFilesSince(connection, now.file, fromMs - 1000, cancel)) {
        for (const explain::LogFile &one : *files)
            if (one.file != mark.file)
                cursors.append({one.file, 0, true});
    } else {
        all->notes.append(u"The log was changed for another meanwhile; plans in files between the two are not known: %1"_s
                              .arg(files.error().message));
        cursors.append({now.file, 0, true});
    }
    return cursors;
}

// The last of the log, of files that were written to since.
Result<QVector<explain::LogCursor>> since(pg::Connection &connection, const explain::LogCursor &now, qint64 fromMs,
                                          LoggedPlans *all, const CancelToken &cancel)
{
    auto files = explain::logFilesSince(connection, now.file, fromMs - 1000, cancel);
    if (!files) {
        const auto size = sizeOf(connection, now.file, cancel);
        if (!size)
            return fail(size.error());
        all->notes.append(u"Of the server's log the file that is written now was looked through; plans in earlier "
                          "files are not known: %1"_s.arg(files.error().message));
        files = QVector<explain::LogFile>{{now.file, *size}};
    }
    QVector<explain::LogCursor> cursors;
    qint64 left = mostLog;
    for (auto one = files->crbegin(); one != files->crend() && left > 0; ++one) {
        const qint64 offset = std::max<qint64>(0, one->size - left);
        cursors.prepend({one->file, offset, offset == 0});
        left -= one->size - offset;
    }
    if (left <= 0)
        all->notes.append(u"Of the server's log the last %1 MB were looked through; plans that were logged earlier are "
                          "not known"_s.arg(mostLog / (1024 * 1024)));
    return cursors;
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
    auto cursors = mark ? Result<QVector<explain::LogCursor>>(behindMark(connection, mark->cursor, now->cursor, fromMs, &all, cancel))
                        : since(connection, now->cursor, fromMs, &all, cancel);
    if (!cursors)
        return fail(cursors.error());
    qint64 left = mostLog;
    for (const explain::LogCursor &cursor : std::as_const(*cursors)) {
        const bool isLast = &cursor == &cursors->constLast();
        explain::LogSource source = now->source;
        source.ended = !isLast;
        if (Done read = readFile(connection, cursor, source, fromMs, toMs, mark.has_value(), &left, &all, cancel); !read) {
            if (isLast)
                return fail(read.error());
            all.notes.append(u"A file of the log could not be read: %1"_s.arg(read.error().message));
        }
        if (left <= 0)
            break;
    }
    return all;
}

QString notReadNote(const Error &error)
{
    return u"auto_explain's log could not be read, so that plans that ran are not known: %1"_s.arg(error.message) +
           (error.hint.isEmpty() ? QString() : u". "_s + error.hint);
}

} // namespace howdah::advise
