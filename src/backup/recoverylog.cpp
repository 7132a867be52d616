// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/recoverylog.h"

#include <QRegularExpression>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

// Bytes of the longest header of a WAL page (SizeOfXLogLongPHD): a record that would begin at a page's start begins behind it.
static constexpr quint64 pageHeader = 40;

RecoveryLog readRecoveryLog(const QByteArray &log)
{
    static const QRegularExpression stopping(u"LOG:  (recovery stopping .*)"_s), done(u"LOG:  redo done at ([0-9A-F]+/[0-9A-F]+)"_s), timeline(u"LOG:  selected new timeline ID: (\\d+)"_s), fatal(u"(?:FATAL|PANIC):  (.*)"_s);
    const QString said = QString::fromUtf8(log);
    RecoveryLog read;
    read.stopped = stopping.match(said).captured(1);
    read.last = Lsn::parse(done.match(said).captured(1)).value_or(Lsn());
    read.timeline = timeline.match(said).captured(1).toUInt();
    read.fatal = fatal.match(said).captured(1);
    read.segments = log.count("LOG:  restored log file \"");
    read.ready = log.contains("LOG:  database system is ready to accept connections");
    return read;
}

RehearsalCheck stopCheck(const RecoveryLog &log, const Verdict &verdict)
{
    RehearsalCheck check{u"stopped where it was told"_s, false, log.stopped};
    if (log.stopped.isEmpty()) {
        check.words = u"the server's log does not say where it stopped"_s;
        return check;
    }
    const bool before = !verdict.stopsBefore.isNone();
    const Lsn told = before ? verdict.stopsBefore : verdict.stopsAfter;
    // A backup alone has no record of its own to stop at: told is where it becomes consistent. The record that makes it so ends there, and where the next one is
    // read before it stops, that is named instead; nothing is committed there, else it had been told as the last.
    const bool alone = verdict.settings.contains(u"recovery_target = 'immediate'"_s);
    const QString way = alone ? u"stopping after reaching consistency"_s : before ? u"stopping before "_s : verdict.stopXid != 0 ? u"stopping after "_s : u"stopping "_s;
    const QString ofXid = verdict.stopXid != 0 ? u" of transaction %1,"_s.arg(verdict.stopXid) : QString();
    QString wrong;
    if (!log.stopped.contains(way) || !log.stopped.contains(ofXid) || (!before && log.stopped.contains(u"stopping before "_s)))
        wrong = before ? u"it was to stop before%1 the record at %2"_s.arg(ofXid, told.text()) : u"it was to stop after%1 the record at %2"_s.arg(ofXid, told.text());
    else if (log.last.isNone())
        wrong = u"the log does not say at which record"_s;
    else if (alone ? log.last.value > told.value + pageHeader : log.last != told)
        wrong = u"that is the record at %1, and %2 was told"_s.arg(log.last.text(), told.text());
    check.good = wrong.isEmpty();
    check.words += *check.good ? u" (%1)"_s.arg(log.last.text()) : u": "_s + wrong;
    return check;
}

} // namespace howdah::backup
