// SPDX-License-Identifier: GPL-3.0-or-later
// What statements did in a piece of time, as few bytes: most statements count in six or seven of the 29 measures, and most counts are small.
// Pure functions, any thread.
#pragma once

#include "base/result.h"
#include "statements/measures.h"

#include <QByteArray>
#include <QHash>

namespace howdah::statements
{

struct Figure {
    bool toplevel = true;
    Counters counters;
    bool operator==(const Figure &) const = default;
};

// Statements that are not told apart any more, and what they did together: the sum of all stays exact.
struct Other {
    qint64 statements = 0; // at the least: of pieces that are added up, the most that one of them had
    Counters counters;
    Other &operator+=(const Other &later);
    bool operator==(const Other &) const = default;
};

struct Figures {
    QHash<qint64, Figure> series; // by the store's number
    Other others;                 // that clients sent
    Other nestedOthers;           // that functions called

    void add(qint64 id, bool toplevel, const Counters &counters);
    Figures &operator+=(const Figures &later);
    void keepLongest(qsizetype count); // by their time of execution; the rest is among the others
    bool operator==(const Figures &) const = default;
};

// A byte of version; the others; the series by their numbers, each as the distance to the one before, what it counts in and the counts in the
// order of Measure. Numbers have seven bits a byte, the lowest first; sums of squares are IEEE doubles, the lowest byte first.
QByteArray pack(const Figures &figures);
// Errors: Io/bad_piece.
Result<Figures> unpack(const QByteArray &bytes);
// What unpack() gives, added to these; nothing of it where it can't be read. With `only`, of the series that one alone. A week is hundreds of
// pieces of thousands of statements each.
Done addPacked(Figures &figures, const QByteArray &bytes, std::optional<qint64> only = {});

} // namespace howdah::statements
