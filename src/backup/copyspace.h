// SPDX-License-Identifier: GPL-3.0-or-later
// How much room the copy of a backup takes where it is made: a disk that holds production's data and WAL too may not be filled by a rehearsal of it. Pure; any
// thread.
#pragma once

#include <QVector>

#include <optional>

namespace howdah::backup
{

struct CopyPart {      // a link of the chain, from the full one on
    qint64 data = -1;  // bytes once it is unpacked; -1: not known
    qint64 wal = 0;    // that comes with it
    bool apart = false; // of several, it is unpacked beside what they are combined to
};
// At most: what is combined is no larger than its parts together. nullopt: not known of one.
std::optional<qint64> copyBytes(const QVector<CopyPart> &chain);
// What replay needs beside: the server keeps what it restored until its next restartpoint, and data grows with it. At least; the most that is ever reckoned is 2 GB.
qint64 replayBytes(qsizetype segments, quint64 segmentSize);

} // namespace howdah::backup
