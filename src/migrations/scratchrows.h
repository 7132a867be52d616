// SPDX-License-Identifier: GPL-3.0-or-later
// Made-up rows for a scratch database: an empty table hides scans, rewrites and rows that a new constraint refuses. Services on the link's thread.
#pragma once

#include "migrations/scratch.h"

namespace howdah::migrations
{

struct Filled {
    QHash<QString, qint64> rows; // by table: "public.orders"
    QStringList left;            // what could not be filled, and why; and tables that nothing was looked for in
};
// `rows` for every table where there are at most `all` of them, else for those that `texts` name, the tables whose keys these need, and their partitions.
// With statistics afterwards.
Result<Filled> fillRows(Scratch &scratch, const QVector<QByteArray> &texts, int rows, int all = 40, const CancelToken &cancel = {});

} // namespace howdah::migrations
