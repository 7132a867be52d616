// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/archivewatch.h"

#include <QRegularExpression>

namespace howdah::backup
{

using namespace Qt::StringLiterals;
using Severity = ArchiveFinding::Severity;

namespace
{

QString withCode(int code)
{
    switch (code) {
    case 126: return u"ended with 126: the shell may not run it"_s;
    case 127: return u"ended with 127: the shell does not find it"_s;
    default: return code > 128 ? u"ended with %1: something in it was ended by signal %2"_s.arg(code).arg(code - 128) : u"ended with %1"_s.arg(code);
    }
}

} // namespace

QVector<ArchiveFinding> judgeArchiveLog(const QByteArray &log)
{
    QString text = QString::fromUtf8(log);
    // A server that came up again is past what ended it.
    if (const qsizetype up = text.lastIndexOf("database system is ready to accept connections"_L1); up >= 0)
        text = text.mid(up);
    QVector<ArchiveFinding> found;
    static const QRegularExpression panic(u"PANIC:  (could not (?:write|extend|create|zero-fill|fsync)[^\\n]*pg_wal/[^\\n]*)"_s), room(u"No space left on device|Disk quota exceeded|disk full"_s, QRegularExpression::CaseInsensitiveOption);
    if (const auto match = panic.match(text); match.hasMatch() && room.match(match.captured(1)).hasMatch()) {
        found.append({u"wal_disk_full"_s, Severity::Critical, u"The server stopped because the disk of pg_wal is full: %1"_s.arg(match.captured(1)),
                      u"Nothing that was acknowledged is lost: make room there (never by hand in pg_wal), start it, and it recovers by itself. Then look why WAL was not archived"_s});
    }
    // The last word counts: what was mended since is no finding.
    static const QRegularExpression failed(u"archive command (?:failed with exit code (\\d+)|was terminated by (?:signal|exception) (\\w+)[^\\n]*|exited with unrecognized status)"_s);
    QRegularExpressionMatch last;
    for (auto all = failed.globalMatch(text); all.hasNext();)
        last = all.next();
    if (last.hasMatch()) {
        const bool signal = !last.captured(2).isEmpty();
        const int code = last.captured(1).toInt();
        QString what = u"archive_command "_s + (signal ? u"was ended by signal %1"_s.arg(last.captured(2)) : last.captured(1).isEmpty() ? u"ended in a way that the server does not know"_s : withCode(code));
        const bool counted = !signal && code > 0 && code <= 125;
        static const QRegularExpression full(u"No space left on device|Disk quota exceeded|File size limit exceeded|disk full\\?"_s);
        if (full.match(text.mid(std::max<qsizetype>(0, last.capturedStart() - 2000), 4000)).hasMatch())
            what += u"; beside it the log speaks of a full disk"_s;
        found.append({u"command_failed"_s, Severity::Warning, what, counted ? u"pg_stat_archiver counts it"_s : u"pg_stat_archiver does not count it"_s});
    }
    return found;
}

} // namespace howdah::backup
