// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/copyspace.h"

#include <algorithm>

namespace howdah::backup
{

std::optional<qint64> copyBytes(const QVector<CopyPart> &chain)
{
    qint64 whole = 0, apart = 0;
    for (const CopyPart &part : chain) {
        if (part.data < 0 || part.wal < 0)
            return std::nullopt;
        whole += part.data;
        if (part.apart && chain.size() > 1)
            apart += part.data + part.wal;
    }
    return chain.isEmpty() ? 0 : whole + chain.constLast().wal + apart;
}

qint64 replayBytes(qsizetype segments, quint64 segmentSize)
{
    return std::min<qint64>(qint64(segments) * qint64(segmentSize), 2LL << 30);
}

} // namespace howdah::backup
