// SPDX-License-Identifier: GPL-3.0-or-later
// A preview as JSON and for people.
#include "base/units.h"
#include "migrations/lockmode.h"
#include "migrations/preview.h"
#include "session/changeplan.h"

#include <QJsonArray>
#include <QMap>

#include <algorithm>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

static QJsonValue orNull(qint64 number)
{
    return number < 0 ? QJsonValue(QJsonValue::Null) : QJsonValue(number);
}

const PreviewLock *PreviewedStatement::strongest() const
{
    const PreviewLock *found = nullptr;
    for (const PreviewLock &lock : locks) {
        if (lock.newlyTaken && (!found || modeRank(lock.mode) > modeRank(found->mode)))
            found = &lock;
    }
    return found;
}

QJsonObject PreviewedStatement::toJson() const
{
    QJsonArray allLocks, allScans;
    for (const PreviewLock &lock : locks)
        allLocks.append(QJsonObject{{u"relation"_s, lock.relation}, {u"mode"_s, lock.mode}, {u"newly_taken"_s, lock.newlyTaken}, {u"held"_s, lock.held}, {u"blocks"_s, lock.blocks}});
    for (const PreviewScan &scan : scans)
        allScans.append(QJsonObject{{u"relation"_s, scan.relation}, {u"rows"_s, scan.rows}, {u"rewritten"_s, scan.rewritten}, {u"index_built"_s, scan.indexBuilt},
                                    {u"rewrite_reason"_s, scan.rewriteReason}, {u"scratch_rows"_s, orNull(scan.scratchRows)}, {u"target_rows"_s, orNull(scan.targetRows)},
                                    {u"target_bytes"_s, orNull(scan.targetBytes)}});
    return {{u"file"_s, file},
            {u"direction"_s, down ? u"down"_s : u"up"_s},
            {u"number"_s, number},
            {u"line"_s, line},
            {u"text"_s, session::masked(QString::fromUtf8(text))},
            {u"transaction"_s, transaction},
            {u"sampled"_s, sampled},
            {u"locks"_s, allLocks},
            {u"scans"_s, allScans},
            {u"wal_bytes"_s, walBytes},
            {u"ms"_s, ms},
            {u"estimated_ms"_s, estimatedMs ? QJsonValue(*estimatedMs) : QJsonValue(QJsonValue::Null)},
            {u"victims"_s, QJsonArray::fromStringList(victims)},
            {u"note"_s, note.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(note)},
            {u"not_tried"_s, notTried.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(notTried)},
            {u"error"_s, error ? QJsonValue(error->toJson()) : QJsonValue(QJsonValue::Null)}};
}

QJsonObject Preview::toJson() const
{
    QJsonArray all, blockers;
    for (const PreviewedStatement &statement : statements)
        all.append(statement.toJson());
    for (const Blocker &one : wouldBlockNow)
        blockers.append(QJsonObject{{u"pid"_s, one.pid}, {u"role"_s, one.role}, {u"application"_s, one.application}, {u"state"_s, one.state},
                                    {u"transaction_ms"_s, one.transactionMs ? QJsonValue(*one.transactionMs) : QJsonValue(QJsonValue::Null)}, {u"query"_s, session::masked(one.query)}});
    return {{u"statements"_s, all},
            {u"where"_s, where},
            {u"basis"_s, basis},
            {u"stopped"_s, stopped.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(stopped)},
            {u"would_block_now"_s, blockersKnown || !blockers.isEmpty() ? QJsonValue(blockers) : QJsonValue(QJsonValue::Null)},
            {u"would_block_known"_s, blockersKnown}};
}

static QString scanText(const PreviewScan &scan)
{
    if (scan.indexBuilt)
        return u"builds the index %1"_s.arg(scan.relation);
    QStringList words;
    if (scan.rewritten)
        words << (scan.rewriteReason == "emptied"_L1 ? u"empties %1"_s.arg(scan.relation) : u"writes all of %1 anew%2"_s.arg(scan.relation, scan.rewriteReason.isEmpty() ? QString() : u" (%1)"_s.arg(scan.rewriteReason)));
    if (scan.rows > 0) {
        const double passes = scan.scratchRows > 0 ? double(scan.rows) / double(scan.scratchRows) : 0;
        const QString times = passes > 1.5 ? u", %1 times over"_s.arg(qRound(passes)) : QString();
        words << (passes > 0 && passes < 0.9 ? u"reads %1 of %2 rows of %3"_s.arg(scan.rows).arg(scan.scratchRows).arg(scan.relation) : u"reads all of %1%2"_s.arg(scan.relation, times));
    }
    QString text = words.join(u"; "_s);
    if (scan.targetBytes >= 0)
        text += u" (there: %1 rows, %2)"_s.arg(scan.targetRows).arg(units::bytes(scan.targetBytes));
    else
        text += u" (how large it is there is not known)"_s;
    return text;
}

QString Preview::text() const
{
    QString all = u"Tried in %1.\nBasis: %2.\n"_s.arg(where.isEmpty() ? u"a scratch database"_s : where, basis);
    QString file;
    for (const PreviewedStatement &statement : statements) {
        if (const QString title = statement.file + (statement.down ? u" (down)"_s : QString()); title != file) {
            file = title;
            all += u"\n%1\n"_s.arg(file);
        }
        all += u"  line %1: %2\n"_s.arg(statement.line).arg(units::oneLine(session::masked(QString::fromUtf8(statement.text))).left(120));
        if (!statement.notTried.isEmpty()) {
            all += u"    not tried, and nothing is known of it: %1\n"_s.arg(statement.notTried);
            continue;
        }
        if (statement.error) {
            all += u"    fails: %1\n"_s.arg(statement.error->text());
            continue;
        }
        // A line for each relation: the strongest mode, and what it has beside.
        QStringList held;
        QMap<QString, QStringList> taken;
        for (const PreviewLock &lock : statement.locks) { // the weakest first
            if (lock.newlyTaken)
                taken[lock.relation].prepend(lock.mode);
            else if (modeRank(lock.mode) > 4)
                held << u"%1 on %2"_s.arg(lock.mode, lock.relation);
        }
        const bool stays = std::any_of(statement.locks.cbegin(), statement.locks.cend(), [](const PreviewLock &lock) { return lock.held; });
        for (auto lock = taken.cbegin(); lock != taken.cend(); ++lock)
            all += u"    locks %1: %2 (blocks %3)%4\n"_s.arg(lock.key(), lock.value().join(u", "_s), modeBlocks(modeRank(lock.value().constFirst())), stays ? u" until the end of the migration"_s : QString());
        if (!held.isEmpty())
            all += u"    while still held: %1\n"_s.arg(held.join(u", "_s));
        for (const PreviewScan &scan : statement.scans)
            all += u"    %1\n"_s.arg(scanText(scan));
        if (!statement.note.isEmpty())
            all += u"    %1\n"_s.arg(statement.note);
        for (const QString &victim : statement.victims)
            all += u"    takes with it: %1\n"_s.arg(victim);
        all += u"    here %1 and %2 of WAL; there %3%4\n"_s.arg(units::duration(qint64(statement.ms)), units::bytes(statement.walBytes),
                                                    statement.estimatedMs ? u"about %1 by size"_s.arg(units::duration(qint64(*statement.estimatedMs))) : u"it can't be told how long"_s,
                                                    statement.sampled ? u"; its locks were looked for from outside"_s : QString());
    }
    if (!stopped.isEmpty())
        all += u"\n%1.\n"_s.arg(stopped);
    if (wouldBlockNow.isEmpty())
        all += blockersKnown ? u"\nNobody stands in its way there at this moment.\n"_s : u"\nWho would stand in its way there is not known.\n"_s;
    else
        all += blockersKnown ? u"\nWould stand in its way there now:\n"_s : u"\nWould stand in its way there now, and who else is not known (GRANT pg_read_all_stats would show it):\n"_s; // sql-ok: a hint for people
    for (const Blocker &one : wouldBlockNow)
        all += u"  %1\n"_s.arg(one.text());
    return all;
}

} // namespace howdah::migrations
