// SPDX-License-Identifier: GPL-3.0-or-later
// Chunks of rows in a file that has no name: 0600 in the cache folder, gone with its last descriptor, also after a crash. One writer; readers
// on any thread but the window's, at the same time (pread: no shared position, and no mapped page that counts as memory).
#pragma once

#include "pg/rows.h"
#include "base/result.h"

namespace howdah::query
{

class SpillFile
{
public:
    struct Place {
        qint64 offset = 0;
        quint32 rows = 0;
        qint64 arenaBytes = 0;
    };

    SpillFile() = default;
    ~SpillFile();
    SpillFile(const SpillFile &) = delete;
    SpillFile &operator=(const SpillFile &) = delete;

    // Opened at the first append. Errors: Io/spill_failed; what was appended before stays readable.
    Result<Place> append(const pg::Rows::Data &data);
    Result<pg::Rows> read(const Place &place, const std::vector<pg::Column> &columns) const;
    qint64 size() const { return m_size; } // the writer's thread

    // The same file for plain bytes: the runs of a sort.
    Result<qint64> appendBytes(QByteArrayView bytes); // its offset
    Done readBytes(qint64 offset, char *into, qint64 size) const;

private:
    Done open();

    int m_fd = -1;
    qint64 m_size = 0;
};

} // namespace howdah::query
