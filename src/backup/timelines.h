// SPDX-License-Identifier: GPL-3.0-or-later
// How timelines branch off each other, as the archive's .history files tell: a line an ancestor, "<timeline><tab><LSN where it was left><tab><why>".
// Pure, any thread.
#pragma once

#include "backup/walname.h"
#include "base/result.h"

#include <QMap>
#include <QVector>

namespace howdah::backup
{

struct Ancestor {
    Timeline timeline = 0;
    Lsn left;    // the next timeline begins here
    QString why; // "before 2026-11-24 11:01:30.567471+00"
    bool operator==(const Ancestor &) const = default;
};
// Oldest first. Errors: Client/bad_history with the line: out of order, no number, no LSN.
Result<QVector<Ancestor>> parseHistory(Timeline of, const QByteArray &text);

// A stretch of one timeline on the way to another.
struct Stretch {
    Timeline timeline = 0;
    Lsn begin;
    Lsn end; // the first byte that is no more of it; none: open
};

struct Timelines {
    QMap<Timeline, QVector<Ancestor>> histories; // by what they are of; 1 has none

    // The way from the beginning to `timeline`, oldest first. nullopt: its history is not here (a hole as good as a missing segment).
    std::optional<QVector<Stretch>> wayTo(Timeline timeline) const;
    // The files that recovery asks for to read the segment: newest timeline first.
    static QVector<Timeline> holding(const QVector<Stretch> &way, quint64 number, quint64 segmentSize);
    // Is what a backup of `timeline` holds at `at` on the way: else the server says that it is not a child of this history.
    static bool isOnWay(const QVector<Stretch> &way, Timeline timeline, Lsn at);
};

} // namespace howdah::backup
