// SPDX-License-Identifier: GPL-3.0-or-later
// The store behind Rows: one arena of bytes, 8 bytes a row and 4 a cell beside it. Filled by Connection (and by tests), then only read.
#pragma once

#include "pg/rows.h"

namespace howdah::pg
{

struct Rows::Data {
    static constexpr quint32 nullBit = quint32(1) << 31; // a row is one protocol message: shorter than 2 GB

    std::vector<Column> columns;
    QByteArray commandTag;
    QByteArray arena;
    std::vector<quint64> rowStarts; // where a row's first cell begins in the arena
    std::vector<quint32> cellEnds;  // row by row: end of the cell, from its row's start; nullBit where NULL

    void beginRow() { rowStarts.push_back(quint64(arena.size())); }
    void addCell(QByteArrayView bytes)
    {
        arena.append(bytes);
        cellEnds.push_back(quint32(quint64(arena.size()) - rowStarts.back()));
    }
    void addNull() { cellEnds.push_back(quint32(quint64(arena.size()) - rowStarts.back()) | nullBit); }
    qint64 byteSize() const { return arena.size() + qint64(rowStarts.size()) * 8 + qint64(cellEnds.size()) * 4; }
};

} // namespace howdah::pg
