// SPDX-License-Identifier: GPL-3.0-or-later
#include "explain/readlog.h"

#include <QFile>
#include <QFileInfo>

namespace howdah::explain
{

using namespace Qt::StringLiterals;

namespace
{

template<typename ReadPiece> Result<LogReading> readFrom(LogCursor at, const LogSource &source, qint64 size, const ReadPiece &readPiece)
{
    LogReading reading;
    if (at.offset > size) {
        reading.plans.notes.append(u"%1 has become smaller: read from its beginning"_s.arg(at.file));
        at.offset = 0;
        at.atBoundary = true;
    } else if (at.offset < 0) {
        at.offset = qMax(qint64(0), size - logPiece);
        at.atBoundary = at.offset == 0;
    }
    const qint64 begin = at.offset;
    QByteArray text;
    LogPlans plans;
    // Until an entry ends.
    while (begin + text.size() < size && text.size() < longestEntry) {
        const Result<QByteArray> piece = readPiece(begin + text.size(), qMin(logPiece, size - begin - text.size()));
        if (!piece)
            return fail(piece.error());
        if (piece->isEmpty())
            break;
        text += *piece;
        LogSource here = source;
        here.atBoundary = at.atBoundary;
        here.ended = source.ended && begin + text.size() >= size;
        plans = plansInLog(text, here);
        if (plans.consumed > 0)
            break;
    }
    if (plans.consumed == 0 && text.size() >= longestEntry) {
        plans.notes.append(u"An entry of more than %1 MB was passed over"_s.arg(longestEntry / (1024 * 1024)));
        ++plans.unread;
        plans.consumed = text.size();
        at.atBoundary = false;
    } else if (plans.consumed > 0) {
        at.atBoundary = plans.atBoundary;
    }
    for (LoggedPlan &plan : plans.plans)
        plan.begin += begin;
    plans.notes = reading.plans.notes + plans.notes;
    at.offset = begin + plans.consumed;
    reading.plans = plans;
    reading.next = at;
    reading.behind = qMax(qint64(0), size - begin - text.size());
    return reading;
}

} // namespace

Result<ServerLog> findServerLog(pg::Connection &connection, const CancelToken &cancel)
{
    const auto readable = connection.runFile(u"activity/log_readable"_s, {}, {}, cancel);
    if (!readable)
        return fail(readable.error());
    if (!readable->boolean(0, 0).value_or(false))
        return fail(
            ErrorKind::Permission, u"not_permitted"_s, u"This role may not read the server's log file"_s,
            u"To permit it: GRANT pg_monitor, pg_read_server_files to it, with EXECUTE on pg_read_binary_file(text, bigint, bigint) and "
            u"pg_stat_file(text); or read the file on the server"_s);
    const auto settings = connection.runFile(u"explain/autoexplain"_s, {}, {}, cancel);
    if (!settings)
        return fail(settings.error());
    ServerLog log;
    for (qsizetype row = 0; row < settings->size(); ++row) {
        if (settings->text(row, 0) == "log_line_prefix"_L1)
            log.source.linePrefix = settings->text(row, 1);
        else if (settings->text(row, 0) == "log_timezone"_L1)
            log.source.timeZone = settings->text(row, 1);
    }
    // Those whose entries tell themselves from a statement's text first.
    for (const auto &[name, form] : {std::pair{u"jsonlog"_s, LogForm::Json}, std::pair{u"csvlog"_s, LogForm::Csv}, std::pair{u"stderr"_s, LogForm::Stderr}}) {
        const auto rows = connection.runFile(u"explain/log_current"_s, {name}, {}, cancel);
        if (!rows)
            return fail(rows.error());
        if (rows->isEmpty() || rows->isNull(0, 0))
            continue;
        log.cursor.file = rows->text(0, 0);
        log.source.form = form;
        return log;
    }
    return fail(ErrorKind::Client, u"no_log_file"_s, u"The server keeps no log file of its own"_s,
        u"logging_collector = on has it keep one, after a restart; else read what its standard error was led to"_s);
}

Result<QVector<LogFile>> logFilesSince(pg::Connection &connection, const QString &current, qint64 sinceMs, const CancelToken &cancel)
{
    const auto listable = connection.runFile(u"explain/log_listable"_s, {}, {}, cancel);
    if (!listable)
        return fail(listable.error());
    if (!listable->boolean(0, 0).value_or(false))
        return fail(ErrorKind::Permission, u"not_permitted"_s, u"This role may not list the server's log files"_s,
            u"To permit it: GRANT pg_monitor to it"_s);
    const qsizetype name = current.lastIndexOf(u'/') + 1, suffix = current.lastIndexOf(u'.');
    if (suffix < name) // by its name nothing tells it from the other forms of the log
        return fail(ErrorKind::Client, u"no_suffix"_s, u"By the name %1 nothing tells the files of this log from others"_s.arg(current.sliced(name)),
            u"A log_filename that ends in .log has it"_s);
    const auto rows = connection.runFile(u"explain/log_files"_s, {current.sliced(suffix), sinceMs}, {}, cancel);
    if (!rows)
        return fail(Error(rows.error()).during(u"list the server's log files"_s));
    QVector<LogFile> files;
    std::optional<LogFile> last;
    for (qsizetype row = 0; row < rows->size(); ++row) {
        const LogFile one{current.first(name) + rows->text(row, 0), rows->integer(row, 1).value_or(0)};
        if (one.file == current)
            last = one;
        else
            files.append(one);
    }
    files.append(last.value_or(LogFile{current, 0}));
    return files;
}

Result<LogReading> readServerLog(pg::Connection &connection, const LogCursor &cursor, const LogSource &source, const CancelToken &cancel)
{
    const auto size = connection.runFile(u"explain/log_size"_s, {cursor.file}, {}, cancel);
    if (!size)
        return fail(Error(size.error()).during(u"look for %1"_s.arg(cursor.file)));
    return readFrom(cursor, source, size->integer(0, 0).value_or(0), [&](qint64 offset, qint64 length) -> Result<QByteArray> {
        const auto rows = connection.runFile(u"explain/log_piece"_s, {cursor.file, offset, length}, {}, cancel);
        if (!rows)
            return fail(Error(rows.error()).during(u"read %1"_s.arg(cursor.file)));
        // "\\x6c6f67…": the file need not be in the database's encoding.
        return rows->isEmpty() || rows->isNull(0, 0) ? QByteArray() : QByteArray::fromHex(rows->bytes(0, 0).sliced(2).toByteArray());
    });
}

Result<LogReading> readLogFile(const LogCursor &cursor, const LogSource &source)
{
    QFile file(cursor.file);
    // A pipe has no offsets, and may never end.
    if (!QFileInfo(cursor.file).isFile() || !file.open(QIODevice::ReadOnly))
        return fail(ErrorKind::Io, u"not_read"_s, u"%1 can't be read: %2"_s.arg(cursor.file, file.error() == QFile::NoError
            ? u"it is no file"_s : file.errorString()));
    return readFrom(cursor, source, file.size(), [&](qint64 offset, qint64 length) -> Result<QByteArray> {
        QByteArray bytes(length, Qt::Uninitialized);
        const qint64 got = file.seek(offset) ? file.read(bytes.data(), length) : -1;
        if (got < 0)
            return fail(ErrorKind::Io, u"not_read"_s, u"%1 can't be read: %2"_s.arg(cursor.file, file.errorString()));
        bytes.truncate(got);
        return bytes;
    });
}

} // namespace howdah::explain
