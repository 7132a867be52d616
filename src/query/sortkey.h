// SPDX-License-Identifier: GPL-3.0-or-later
// A cell as bytes that compare as its value does (memcmp): so that sorting knows no types. Any thread.
#pragma once

#include "query/cellkind.h"

#include <QByteArray>
#include <QByteArrayView>

namespace howdah::query
{

// Appends the key; false: the cell is not written as its type is in ISO form. Numbers (but numeric), dates, times and LSNs have 8 bytes;
// no key is the beginning of another of its kind.
bool appendSortKey(QByteArray &out, CellKind kind, QByteArrayView cell);

} // namespace howdah::query
