// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/lockmode.h"

#include <array>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

namespace
{

struct Mode {
    const char *server;
    const char *words;
    const char *blocks;
    unsigned conflicts; // bit n: with the mode of rank n
};
// The documentation's table of conflicting lock modes.
constexpr std::array<Mode, 9> modes{{{"", "", "", 0},
                                     {"AccessShareLock", "ACCESS SHARE", "ACCESS EXCLUSIVE alone", 1U << 8},
                                     {"RowShareLock", "ROW SHARE", "EXCLUSIVE and ACCESS EXCLUSIVE", 1U << 7 | 1U << 8},
                                     {"RowExclusiveLock", "ROW EXCLUSIVE", "index builds and most DDL", 1U << 5 | 1U << 6 | 1U << 7 | 1U << 8},
                                     {"ShareUpdateExclusiveLock", "SHARE UPDATE EXCLUSIVE", "other DDL and VACUUM", 1U << 4 | 1U << 5 | 1U << 6 | 1U << 7 | 1U << 8},
                                     {"ShareLock", "SHARE", "writes", 1U << 3 | 1U << 4 | 1U << 6 | 1U << 7 | 1U << 8},
                                     {"ShareRowExclusiveLock", "SHARE ROW EXCLUSIVE", "writes", 1U << 3 | 1U << 4 | 1U << 5 | 1U << 6 | 1U << 7 | 1U << 8},
                                     {"ExclusiveLock", "EXCLUSIVE", "writes", 0x1fcU},
                                     {"AccessExclusiveLock", "ACCESS EXCLUSIVE", "reads and writes", 0x1feU}}};

} // namespace

int modeRank(const QString &mode)
{
    for (int rank = 1; rank < int(modes.size()); ++rank) {
        if (mode == QLatin1StringView(modes[size_t(rank)].server) || mode == QLatin1StringView(modes[size_t(rank)].words))
            return rank;
    }
    return 0;
}

QString modeWords(int rank)
{
    return QLatin1StringView(modes.at(size_t(rank)).words);
}

QString modeBlocks(int rank)
{
    return QLatin1StringView(modes.at(size_t(rank)).blocks);
}

bool modesConflict(int a, int b)
{
    return a > 0 && b > 0 && (modes.at(size_t(a)).conflicts >> b & 1U) != 0;
}

} // namespace howdah::migrations
