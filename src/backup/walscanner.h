// SPDX-License-Identifier: GPL-3.0-or-later
// Reads whole segments of WAL in their order, checks every page and the CRC of every record, and tells of those that recovery asks about: commits and
// aborts, restore points, the end of a backup, changed settings, the switch to another timeline. Formats: PostgreSQL's access/xlogrecord.h and
// xlog_internal.h, the same in every major from 15 to 18 but for the page's magic. Own code, since pg_waldump waits five seconds for a segment that is not
// there and tells full-page images line by line; `backup.walscanner` holds it against pg_waldump. No I/O; one thread at a time.
#pragma once

#include "backup/walname.h"
#include "base/result.h"

#include <QByteArray>
#include <QVector>

#include <array>
#include <functional>

namespace howdah::backup
{

struct WalEvent {
    enum class Kind { Commit, Abort, RestorePoint, BackupEnd, SettingsChange, NewTimeline };
    Kind kind = Kind::Commit;
    Lsn begin, end;   // of the record: its first byte, the first behind it
    Lsn before;       // the first byte of the record before it
    quint32 xid = 0;  // of Commit, Abort (of a prepared one its own)
    qint64 atUs = 0;  // of Commit, Abort, RestorePoint, NewTimeline: microseconds since 1970 in UTC, by the server's clock
    QByteArray name;  // of RestorePoint
    Lsn backupStart;  // of BackupEnd
    // of SettingsChange: max_connections, max_worker_processes, max_wal_senders, max_prepared_transactions, max_locks_per_transaction
    std::array<qint32, 5> settings{};
    Timeline timeline = 0, previous = 0; // of NewTimeline
};

// What a segment turned out to be.
struct SegmentScan {
    enum class State {
        Whole,     // every record that begins in it is good; the last may go on in the next
        EndsEarly, // good up to `end`, then nothing, and no switch to the next: as the last of a server that died
        Corrupt,   // at `end`: what recovery stops at
        NoWal      // no header of a segment of this size: zeros, short, or something else
    };
    State state = State::NoWal;
    QString problem;                  // in words, of all but Whole
    Lsn end;                          // behind the last good record
    Lsn lastRecord;                   // the first byte of the last good record that ends in it; none: none does
    bool goesOn = false;              // a record began that the next segment ends
    quint64 systemIdentifier = 0;     // as its header says
    int major = 0;                    // of the server, by the magic; 0: a version this program does not know
};

class WalScanner
{
public:
    explicit WalScanner(quint64 segmentSize) : m_segmentSize(segmentSize) {}

    // The next segment (its number one more than the last one's), or any, to begin anew: then a record that began before it is passed over.
    // `tell` is called for each event in it, and for one whose record ends in it.
    SegmentScan scan(const Segment &segment, QByteArrayView bytes, const std::function<void(const WalEvent &)> &tell);
    // The next segment follows on nothing that was seen.
    void forget() { m_next = 0; m_isGood = false; }
    // Every record that ends in what is scanned from now on, before it is told of as an event.
    void setRecordSink(std::function<void(Lsn begin, QByteArrayView record)> sink) { m_sink = std::move(sink); }

private:
    struct Reader;
    quint64 m_segmentSize;
    quint64 m_next = 0;         // the number that continues
    QByteArray m_open;          // of a record that goes on, as far as it is read
    Lsn m_openBegin;
    quint32 m_openLength = 0;   // 0: none is open
    Lsn m_previous;             // the last record's beginning; none: not known
    bool m_isGood = false;      // the last segment was whole
    std::function<void(Lsn, QByteArrayView)> m_sink;
};

// CRC-32C as PostgreSQL takes it; exposed for tests that write WAL.
quint32 walCrc(QByteArrayView bytes, quint32 before = 0);

} // namespace howdah::backup
