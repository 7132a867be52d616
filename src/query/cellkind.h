// SPDX-License-Identifier: GPL-3.0-or-later
// What a column's type means to a grid, a writer or a sorter: by the OIDs that are the same on every server. Any thread.
#pragma once

#include <QtGlobal>

namespace howdah::query
{

enum class CellKind { Integer, Float, Numeric, Boolean, Date, Timestamp, TimestampTz, Interval, Lsn, Json, Bytea, Text };

constexpr CellKind cellKind(quint32 typeOid)
{
    switch (typeOid) {
    case 20: case 21: case 23: case 26: return CellKind::Integer; // int8, int2, int4, oid
    case 28: case 29: case 5069: return CellKind::Integer;        // xid, cid, xid8
    case 700: case 701: return CellKind::Float;
    case 1700: return CellKind::Numeric;
    case 16: return CellKind::Boolean;
    case 1082: return CellKind::Date;
    case 1114: return CellKind::Timestamp;
    case 1184: return CellKind::TimestampTz;
    case 1186: return CellKind::Interval;
    case 3220: return CellKind::Lsn;
    case 114: case 3802: return CellKind::Json;
    case 17: return CellKind::Bytea;
    default: return CellKind::Text;
    }
}

// A literal of it needs no quotes in SQL and none in JSON. (xid and cid take no integer.)
constexpr bool isNumber(quint32 typeOid)
{
    const CellKind kind = cellKind(typeOid);
    return (kind == CellKind::Integer && typeOid != 28 && typeOid != 29 && typeOid != 5069) || kind == CellKind::Float || kind == CellKind::Numeric;
}

// As psql aligns: numbers, and money.
constexpr bool isRightAligned(quint32 typeOid)
{
    const CellKind kind = cellKind(typeOid);
    return kind == CellKind::Integer || kind == CellKind::Float || kind == CellKind::Numeric || typeOid == 790;
}

} // namespace howdah::query
