// SPDX-License-Identifier: GPL-3.0-or-later
// One whole record of WAL, its CRC checked: what it says, where recovery asks about it. For the scanner alone. Pure.
#pragma once

#include "backup/walscanner.h"

#include <QtEndian>

#include <algorithm>
#include <optional>

namespace howdah::backup
{

inline constexpr qsizetype recordHeader = 24; // XLogRecord
inline constexpr quint8 xlogManager = 0, transactionManager = 1, standbyManager = 8, heap2Manager = 9, heapManager = 10; // access/rmgrlist.h
// access/xact.h: what an end of a transaction is followed by
enum XactInfo : quint32 { DbInfo = 1U << 0, Subxacts = 1U << 1, Relations = 1U << 2, Invals = 1U << 3, TwoPhase = 1U << 4, DroppedStats = 1U << 8 };

// Reads on; what lies behind the end reads as zero.
struct WalCursor {
    QByteArrayView bytes;
    qsizetype offset = 0;

    template<typename T>
    T next()
    {
        const qsizetype from = offset;
        offset += qsizetype(sizeof(T));
        return offset <= bytes.size() ? qFromLittleEndian<T>(bytes.data() + from) : T();
    }
    void skip(quint64 size) { offset = qsizetype(std::min<quint64>(quint64(offset) + size, quint64(bytes.size()) + 1)); }
    bool isBehind() const { return offset > bytes.size(); }
};

inline quint8 managerOf(QByteArrayView record) { return quint8(record[17]); }
inline quint8 infoOf(QByteArrayView record) { return quint8(record[16]); }
inline quint32 xidOf(QByteArrayView record) { return qFromLittleEndian<quint32>(record.data() + 4); }
// Its main data, of a record without blocks.
std::optional<QByteArrayView> mainData(QByteArrayView record);
bool isSwitch(QByteArrayView record);         // to the next segment, as archive_timeout and pg_switch_wal() do
// Without begin and end. `major`: of the server; 0 is taken for the newest.
std::optional<WalEvent> eventOf(QByteArrayView record, int major);

} // namespace howdah::backup
