// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/backuprows.h"

#include "backup/moment.h"
#include "base/units.h"
#include "ui/activity/cells.h"

#include <QDateTime>

#include <algorithm>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

namespace
{

KeyedRow rowOf(const BackupReading &reading, const Backup &backup, qint64 nowMs)
{
    KeyedRow row;
    row.key = backup.id;
    const BackupStanding standing = standingOf(reading.catalogue, backup);
    KeyedCell kind = cells::plain(kindWord(backup.kind));
    kind.tip = backup.id;
    KeyedCell taken, age, size, took, verified;
    if (const qint64 ms = takenMs(backup)) {
        taken = {QDateTime::fromMSecsSinceEpoch(ms).toString(u"yyyy-MM-dd HH:mm:ss"_s), ms, zonedTip(ms), false, {}, {}};
        age = cells::age(std::max<qint64>(nowMs - ms, 0));
    } else {
        taken = {u"not known"_s, qint64(0), u"Neither its record nor the archive tells"_s, true, {}, {}};
        age = cells::age({});
    }
    size = backup.bytes < 0 ? cells::count({}) : KeyedCell{units::bytes(double(backup.bytes)), qint64(backup.bytes), units::exact(double(backup.bytes)) + u" B"_s, false, {}, {}};
    took = backup.startMs && backup.stopMs >= backup.startMs ? cells::age(backup.stopMs - backup.startMs) : cells::age({});
    verified.text = verifiedText(backup.verified, nowMs);
    verified.tip = backup.verified.atMs ? zonedTip(backup.verified.atMs) + u'\n' + backup.verified.words : u"Nobody has looked yet whether it is what was taken"_s;
    verified.sort = backup.verified.atMs;
    verified.muted = backup.verified.atMs == 0;
    if (backup.verified.atMs)
        verified.mark = backup.verified.good ? StateLook::Ok : StateLook::Critical;
    KeyedCell state = cells::plain(standing.word);
    state.mark = standing.look;
    state.tip = standing.why;
    row.cells = {kind, taken, age, size, state, verified, took, cells::text(chainText(reading.catalogue, backup)), cells::plain(backup.label)};
    return row;
}

} // namespace

QString kindWord(BackupKind kind)
{
    return kindName(kind);
}

qint64 takenMs(const Backup &backup)
{
    if (backup.kind == BackupKind::Dump)
        return backup.startMs ? backup.startMs : timeOfId(backup.id);
    return backup.stopMs ? backup.stopMs : backup.startMs ? backup.startMs : timeOfId(backup.id);
}

QString zonedTime(qint64 ms)
{
    return momentText(ms / 1000 * 1'000'000, QTimeZone::systemTimeZone());
}

QString zonedTip(qint64 ms)
{
    return momentText(ms * 1000, QTimeZone::systemTimeZone()) + u'\n' + momentText(ms * 1000) + u" (UTC)"_s;
}

BackupStanding standingOf(const Catalogue &catalogue, const Backup &backup)
{
    switch (backup.state) {
    case BackupState::BeingWritten: return {u"being written"_s, backup.stateWords, StateLook::Busy};
    case BackupState::Left: return {u"incomplete"_s, backup.stateWords, StateLook::Warning};
    case BackupState::Changed: return {u"damaged"_s, backup.stateWords, StateLook::Critical};
    case BackupState::Unreadable: return {u"not readable"_s, backup.stateWords, StateLook::Critical};
    case BackupState::Complete: break;
    }
    if (backup.verified.atMs && !backup.verified.good)
        return {u"damaged"_s, backup.verified.words, StateLook::Critical};
    if (backup.kind == BackupKind::Incremental) {
        if (const auto chain = catalogue.chain(backup.id); !chain)
            return {u"orphan"_s, chain.error().message, StateLook::Critical};
    }
    if (!backup.errors.isEmpty())
        return {u"complete, with errors"_s, backup.errors.join(u'\n'), StateLook::Warning};
    if (backup.verified.atMs == 0)
        return {u"complete"_s, u"It was never verified"_s, StateLook::Unknown};
    return {u"complete"_s, backup.verified.words, StateLook::Ok};
}

QString verifiedText(const Verification &verified, qint64 nowMs)
{
    if (verified.atMs == 0)
        return u"never"_s;
    return u"%1, %2 ago"_s.arg(verified.good ? u"good"_s : u"BAD"_s, units::duration(std::max<qint64>(nowMs - verified.atMs, 0)));
}

QString chainText(const Catalogue &catalogue, const Backup &backup)
{
    if (backup.kind == BackupKind::Dump)
        return u"alone"_s;
    if (backup.kind == BackupKind::Incremental)
        return u"on %1"_s.arg(backup.parent.isEmpty() ? u"an unknown one"_s : backup.parent);
    const qsizetype children = catalogue.childrenOf(backup.id).size();
    return children == 0 ? u"alone"_s : children == 1 ? u"1 builds on it"_s : u"%1 build on it"_s.arg(children);
}

QVector<KeyedColumn> backupColumns()
{
    KeyedColumn kind{u"kind"_s, u"Kind"_s};
    kind.width = 88;
    KeyedColumn taken{u"taken"_s, u"Taken (%1)"_s.arg(QDateTime::currentDateTime().toString(u"t"_s))};
    taken.width = 152;
    KeyedColumn age{u"age"_s, u"Age"_s, true};
    age.width = 80;
    KeyedColumn size{u"size"_s, u"Size"_s, true};
    size.width = 76;
    KeyedColumn took{u"took"_s, u"Took"_s, true};
    took.width = 76;
    KeyedColumn chain{u"chain"_s, u"Chain"_s};
    chain.width = 120;
    KeyedColumn verified{u"verified"_s, u"Verified"_s};
    verified.width = 132;
    KeyedColumn state{u"state"_s, u"State"_s};
    state.width = 112;
    KeyedColumn label{u"label"_s, u"Label"_s};
    label.width = 96;
    label.stretch = true;
    return {kind, taken, age, size, state, verified, took, chain, label};
}

QVector<KeyedRow> backupRows(const BackupReading &reading, qint64 nowMs)
{
    QVector<KeyedRow> rows;
    for (auto it = reading.catalogue.backups.crbegin(); it != reading.catalogue.backups.crend(); ++it)
        rows.append(rowOf(reading, *it, nowMs));
    return rows;
}

} // namespace howdah::ui
