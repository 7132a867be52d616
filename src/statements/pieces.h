// SPDX-License-Identifier: GPL-3.0-or-later
// The pieces of history.h in the store: written, summed up to hours and days, found again. Internal to history.cpp. Functions of a Store, on its
// thread, inside its transaction where they write. Errors: the store's.
#pragma once

#include "statements/history.h"

#include <functional>

namespace howdah::statements
{

struct Piece {
    qint64 fromMs = 0;
    qint64 toMs = 0;
    Gaps gaps;
    Figures figures;
};

// Of pieces in their order, their figures as they are stored. What lies between two of them, and a piece that can't be read, is time of which
// nothing is known.
class Sum
{
public:
    void add(Piece piece, const QByteArray &packed);
    Piece &whole() { return m_whole; }

private:
    Piece m_whole;
};

inline constexpr int minuteLevel = 0; // as it was read

Done addPiece(store::Store &store, qint64 source, int level, const Piece &piece);
// What is over is summed up, what is older than is kept goes, and series that nothing speaks of any more.
Done rollAndDrop(store::Store &store, qint64 source, qint64 newestMs, qint64 nowMs);

enum class Fineness {
    Fine,  // each moment at the finest level there is
    Coarse // whole hours and days in place of what they are the sum of, where the interval is long: dozens in place of hundreds
};
// Those that make up an interval, in their order, each moment in one of them only; without their figures, which are apart. `begin` before the
// first: all of it anew where another console summed some up meanwhile. What is given back is the time between the fine ones.
Result<QVector<Hole>> eachPiece(store::Store &store, qint64 source, qint64 fromMs, qint64 toMs, Fineness fineness, const std::function<void()> &begin,
                                const std::function<void(Piece, const QByteArray &)> &take);

Done ran(const Result<QSqlQuery> &query); // of what gives no rows
QString idsJson(const QList<qint64> &ids);

} // namespace howdah::statements
