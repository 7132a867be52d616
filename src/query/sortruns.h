// SPDX-License-Identifier: GPL-3.0-or-later
// Sorts (key, row) pairs in bounded memory: as many as fit are sorted at once, and where that is not all, each such run goes to a file without
// a name and the runs are merged. Keys compare as bytes, and none is the beginning of another; equal ones by row. One thread.
#pragma once

#include "base/canceltoken.h"
#include "query/spillfile.h"

#include <vector>

namespace howdah::query
{

class SortRuns
{
public:
    explicit SortRuns(qint64 memoryBytes);

    Done add(QByteArrayView key, quint32 row);
    qint64 count() const { return m_count; }
    // Appends the rows in order. Errors: Cancelled, Io.
    Done finish(std::vector<quint32> &rows, const CancelToken &cancel);

private:
    // The key's first 8 bytes decide nearly always; the rest, with its length before it, stands in m_rests.
    struct Entry {
        quint64 prefix = 0;
        quint32 rest = none;
        quint32 row = 0;
    };
    struct Run {
        qint64 offset = 0;
        qint64 bytes = 0;
    };
    class Reader;
    static constexpr quint32 none = ~quint32(0);

    QByteArrayView restOf(const Entry &entry) const;
    void sortByPrefix(std::vector<Entry>::iterator begin, std::vector<Entry>::iterator end);
    void sort(std::vector<Entry>::iterator begin, std::vector<Entry>::iterator end, qsizetype depth);
    Done flush();

    const qint64 m_memoryBytes;
    std::vector<Entry> m_entries; // by row, until sorted
    std::vector<Entry> m_spare;   // as large while sorting
    QByteArray m_rests;
    qint64 m_count = 0;
    std::vector<Run> m_runs;
    SpillFile m_file;
};

} // namespace howdah::query
