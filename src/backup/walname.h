// SPDX-License-Identifier: GPL-3.0-or-later
// Places in WAL and the names of its files, as PostgreSQL's access/xlog_internal.h forms them. The size of a segment is the cluster's own (initdb
// --wal-segsize, 1 MB to 1 GB) and never assumed. Pure, any thread.
#pragma once

#include <QString>

#include <compare>
#include <optional>

namespace howdah::backup
{

// A byte of WAL: "16/B374D848" to people and to the server.
struct Lsn {
    quint64 value = 0; // 0: none, as in PostgreSQL
    auto operator<=>(const Lsn &) const = default;
    bool isNone() const { return value == 0; }
    QString text() const;
    static std::optional<Lsn> parse(const QString &text);
};

using Timeline = quint32; // decimal to people and in recovery_target_timeline, hexadecimal in names

// 2^20 to 2^30, a power of two.
QString historyName(Timeline timeline); // "0000000A.history"

bool isSegmentSize(quint64 bytes);

struct Segment {
    Timeline timeline = 0;
    quint64 number = 0; // from the cluster's first byte
    auto operator<=>(const Segment &) const = default;

    Lsn begin(quint64 segmentSize) const { return {number * segmentSize}; }
    Lsn end(quint64 segmentSize) const { return {(number + 1) * segmentSize}; } // the first byte behind it
    QString name(quint64 segmentSize) const; // "00000001000000A900000019"
    static Segment holding(Timeline timeline, Lsn lsn, quint64 segmentSize) { return {timeline, lsn.value / segmentSize}; }
};

// What lies in an archive, by its name alone.
struct ArchiveFile {
    enum class Kind {
        Segment,     // N24, perhaps compressed
        Partial,     // N24.partial: the end of a timeline that was left, or what pg_receivewal is at; recovery never asks for it
        History,     // NNNNNNNN.history
        BackupLabel, // N24.XXXXXXXX.backup
        Unfinished,  // what an archiver has not named yet, or left behind
        Foreign      // none of ours
    };
    Kind kind = Kind::Foreign;
    Segment segment;      // of Segment, Partial, BackupLabel
    Timeline timeline = 0; // of History
    Lsn lsn;              // of BackupLabel: where the backup starts
    QString compression;  // "", "gz", "lz4", "zst", "bz2"
};
// A name whose last eight digits do not fit the size is Foreign.
ArchiveFile archiveFile(const QString &name, quint64 segmentSize);

} // namespace howdah::backup
