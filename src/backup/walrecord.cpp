// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/walrecord.h"

namespace howdah::backup
{

namespace
{

// catalog/pg_control.h
enum Xlog : quint8 { ShutdownCheckpoint = 0x00, Switch = 0x40, BackupEnd = 0x50, ParameterChange = 0x60, RestorePoint = 0x70, EndOfRecovery = 0x90 };
// access/xact.h
enum Xact : quint8 { Commit = 0x00, Abort = 0x20, CommitPrepared = 0x30, AbortPrepared = 0x40 };
constexpr quint8 xactMask = 0x70, hasInfo = 0x80;
constexpr qint64 epochUs = 946'684'800'000'000; // 2000-01-01, from which the server counts

// xl_xact_commit, xl_xact_abort: the parts that `xinfo` names follow the time.
WalEvent endOfTransaction(QByteArrayView data, quint8 kind, bool withInfo, quint32 xid, int major)
{
    WalCursor cursor{data};
    WalEvent event;
    const bool prepared = kind == CommitPrepared || kind == AbortPrepared;
    event.kind = kind == Commit || kind == CommitPrepared ? WalEvent::Kind::Commit : WalEvent::Kind::Abort;
    event.xid = xid;
    event.atUs = cursor.next<qint64>() + epochUs;
    const quint32 parts = withInfo ? cursor.next<quint32>() : 0;
    if (!prepared || !(parts & TwoPhase))
        return event;
    if (parts & DbInfo)
        cursor.skip(8);
    if (parts & Subxacts)
        cursor.skip(quint64(cursor.next<quint32>()) * 4);
    if (parts & Relations)
        cursor.skip(quint64(cursor.next<quint32>()) * 12);
    if (parts & DroppedStats)
        cursor.skip(quint64(cursor.next<quint32>()) * (major == 0 || major >= 18 ? 16 : 12));
    if (parts & Invals)
        cursor.skip(quint64(cursor.next<quint32>()) * 16);
    event.xid = cursor.next<quint32>();
    return event;
}

std::optional<WalEvent> eventOfXlog(QByteArrayView data, quint8 kind)
{
    WalCursor cursor{data};
    WalEvent event;
    switch (kind) {
    case RestorePoint:
        event.kind = WalEvent::Kind::RestorePoint;
        event.atUs = cursor.next<qint64>() + epochUs;
        event.name = data.sliced(std::min<qsizetype>(8, data.size())).toByteArray();
        event.name.truncate(qstrnlen(event.name.constData(), event.name.size()));
        return event;
    case BackupEnd:
        event.kind = WalEvent::Kind::BackupEnd;
        event.backupStart = {cursor.next<quint64>()};
        return event;
    case ParameterChange:
        event.kind = WalEvent::Kind::SettingsChange;
        for (qint32 &setting : event.settings)
            setting = cursor.next<qint32>();
        return event;
    case EndOfRecovery:
        event.kind = WalEvent::Kind::NewTimeline;
        event.atUs = cursor.next<qint64>() + epochUs;
        event.timeline = cursor.next<quint32>();
        event.previous = cursor.next<quint32>();
        return event;
    case ShutdownCheckpoint: // a promotion may write this in its place
        cursor.skip(8);
        event.kind = WalEvent::Kind::NewTimeline;
        event.timeline = cursor.next<quint32>();
        event.previous = cursor.next<quint32>();
        return event.timeline == event.previous ? std::nullopt : std::optional(event);
    default: return std::nullopt;
    }
}

} // namespace

std::optional<QByteArrayView> mainData(QByteArrayView record)
{
    WalCursor cursor{record, recordHeader};
    while (cursor.offset < record.size()) {
        switch (cursor.next<quint8>()) {
        case 255: { // XLR_BLOCK_ID_DATA_SHORT
            const quint8 size = cursor.next<quint8>();
            return cursor.offset + size == record.size() ? std::optional(record.last(size)) : std::nullopt;
        }
        case 254: { // XLR_BLOCK_ID_DATA_LONG
            const quint32 size = cursor.next<quint32>();
            return cursor.offset + qsizetype(size) == record.size() ? std::optional(record.last(size)) : std::nullopt;
        }
        case 253: cursor.skip(2); break; // XLR_BLOCK_ID_ORIGIN
        case 252: cursor.skip(4); break; // XLR_BLOCK_ID_TOPLEVEL_XID
        default: return std::nullopt;
        }
    }
    return std::nullopt;
}

bool isSwitch(QByteArrayView record)
{
    return managerOf(record) == xlogManager && (infoOf(record) & 0xf0) == Switch;
}

std::optional<WalEvent> eventOf(QByteArrayView record, int major)
{
    const bool isXact = managerOf(record) == transactionManager;
    if (!isXact && managerOf(record) != xlogManager)
        return std::nullopt;
    const quint8 kind = infoOf(record) & (isXact ? xactMask : 0xf0);
    if (isXact && kind != Commit && kind != Abort && kind != CommitPrepared && kind != AbortPrepared)
        return std::nullopt;
    const auto data = mainData(record);
    if (!data)
        return std::nullopt;
    return isXact ? endOfTransaction(*data, kind, infoOf(record) & hasInfo, xidOf(record), major) : eventOfXlog(*data, kind);
}

} // namespace howdah::backup
