// SPDX-License-Identifier: GPL-3.0-or-later
#include "activity/lockmode.h"

#include <QStringList>

#include <array>

namespace howdah::activity
{

using namespace Qt::StringLiterals;

int strengthOf(const QString &mode)
{
    static const QStringList modes{u"AccessShareLock"_s, u"RowShareLock"_s, u"RowExclusiveLock"_s, u"ShareUpdateExclusiveLock"_s,
                                   u"ShareLock"_s, u"ShareRowExclusiveLock"_s, u"ExclusiveLock"_s, u"AccessExclusiveLock"_s};
    return int(modes.indexOf(mode));
}

bool conflict(const QString &one, const QString &other)
{
    // Bit n: shuts out the mode of strength n.
    constexpr std::array<unsigned, 8> shutOut{0b10000000, 0b11000000, 0b11110000, 0b11111000, 0b11101100, 0b11111100, 0b11111110, 0b11111111};
    const int a = strengthOf(one), b = strengthOf(other);
    return a >= 0 && b >= 0 && ((shutOut.at(size_t(a)) >> b) & 1U);
}

} // namespace howdah::activity
