// SPDX-License-Identifier: GPL-3.0-or-later
// What an archive of WAL holds: every segment read once and remembered, with its hash, what is wrong with it and the times of its transactions; and the
// histories of its timelines. A file's time is no evidence of anything but that it was not read anew. Blocking: not on the window's thread.
#pragma once

#include "backup/timelines.h"
#include "backup/toolbox.h"
#include "backup/walscanner.h"
#include "base/canceltoken.h"
#include "base/progress.h"

#include <QHash>
#include <QMap>

#include <functional>

namespace howdah::backup
{

struct SegmentFacts {
    Segment segment;
    QString file;           // its name there, with what it is compressed by
    QByteArray sha1;        // ArchiveEntry::sha1; not remembered
    bool twice = false;     // two files claim to be it, and nobody can say which is
    qint64 bytes = 0;       // as it lies there
    qint64 changedNs = 0;   // since 1970: only whether to read it again
    QByteArray sha256;      // of those bytes
    QByteArray content;     // SHA-256 of what is behind them: packed anew it is the same
    QByteArray first;       // what `content` was when it was read whole for the first time under this name; empty: it never was
    SegmentScan scan;
    bool altered = false;   // the content is not the first one, which nothing that archives does; put back, it is unaltered
    bool begunAnew = false; // the segment before it could not be read: a record that it ends is not told
    // Of the transactions whose record ends in it, in microseconds since 1970.
    quint32 commits = 0, aborts = 0;
    qint64 minUs = 0, maxUs = 0; // both 0: none; not in the order of WAL where a clock was set back
    quint32 minXid = 0, maxXid = 0;
    Lsn lastCommit;         // begin of its record; none: none
    QVector<WalEvent> marks; // restore points, ends of backups, changed settings, new timelines

    bool isWhole() const { return scan.state == SegmentScan::State::Whole; }
    bool hasEnds() const { return commits + aborts > 0; }
};

struct Inventory {
    quint64 segmentSize = 0;
    QString systemIdentifier; // whose WAL it is: as asked for, else the newest segment's
    QMap<Segment, SegmentFacts> segments;
    Timelines timelines;
    QStringList problems;     // in words, of files that tell nothing: a bad history, a name that is not WAL's
    QMap<std::pair<Timeline, Lsn>, qint64> backupEnds; // by a backup's start, as the labels in the archive tell: when it ended, microseconds since 1970, cut to the second
    std::optional<Timeline> live; // the server's own, where it was asked; which of several branches is meant, the archive does not tell
    QStringList unfinished;   // names of files that an archiver has not finished
};

// How the archive is reached, wherever it lies.
struct ArchiveEntry {
    QString name;
    qint64 bytes = 0;
    qint64 changedNs = 0;
    QByteArray sha1{}; // of what read() gives, as its archiver kept it; empty: it kept none
};
struct ArchiveAccess {
    QString where; // "/archive in howdah_archive"
    std::function<Result<QVector<ArchiveEntry>>(const CancelToken &)> list;
    std::function<Result<QByteArray>(const QString &name, const CancelToken &)> read; // as it lies there
};
ArchiveAccess folderArchive(const QString &path);
// As the programs of a toolbox see it, which must outlive it: `path` may be in a volume.
ArchiveAccess toolboxArchive(const Toolbox &toolbox, const QString &path, const QString &where);

// `segmentSize` 0: nobody has said it, and it is that of most of its files. `remembered`: the file that keeps what was read before; empty: none. A segment that is not whole is read again each time, as is one behind which
// another turned up. `again`: all are read, and held against what is remembered: a disk that rots does not change a file's time. Errors: those of access;
// Client/bad_segment_size; Io/segment_size_unknown, where `segmentSize` is 0 and no file tells it.
Result<Inventory> takeInventory(const ArchiveAccess &archive, quint64 segmentSize, const QString &systemIdentifier, const QString &remembered, const Progress &progress = {}, const CancelToken &cancel = {}, bool again = false);
// The first record that begins at `lsn` or behind it in the segment; none: none does.
Result<Lsn> recordFrom(const ArchiveAccess &archive, const Inventory &inventory, const Segment &segment, Lsn lsn, const CancelToken &cancel = {});
// A segment's own bytes, whatever it is compressed by. Errors: those of access; Io/not_decompressed, Client/not_supported.
Result<QByteArray> segmentBytes(const ArchiveAccess &archive, const QString &file, quint64 segmentSize, const CancelToken &cancel = {});
// Of one segment all events, read again; of a record that began in the one before it too.
Result<QVector<WalEvent>> eventsOf(const ArchiveAccess &archive, const Inventory &inventory, const Segment &segment, const CancelToken &cancel = {});

} // namespace howdah::backup
