// SPDX-License-Identifier: GPL-3.0-or-later
// Readings of one server that follow each other, each with what ran since the one before, and the texts and names that are not known yet. It only
// reads: nothing is ever reset. One task at a time, on whichever thread has the connection.
#pragma once

#include "statements/history.h"

#include <QSet>

namespace howdah::statements
{

class Recorder
{
public:
    // nullopt: the first reading. Nobody knows what ran before it, so that a history begins here and has a hole until now. Errors: as readSnapshot().
    Result<std::optional<Reading>> read(pg::Connection &connection, const CancelToken &cancel = {});
    // What became of the reading. Where it could not be stored, the next one begins where this one did: nothing is lost.
    void done(const Result<Kept> &kept);
    qint64 atMs() const { return m_last ? m_last->atMs : 0; } // of the reading that the next is held against; Unix time by the server

private:
    QVector<Key> unknownTexts(const Interval &interval) const;
    bool namesAreOld(const Interval &interval) const;

    std::optional<Snapshot> m_last;
    std::optional<Snapshot> m_next;   // until it is done
    QHash<Key, qint64> m_askedMs;     // for the texts of these (sinceUs 0), when
    QVector<Key> m_asking;            // with the reading that is not done
    QSet<Key> m_textless;             // which the store has no text of
    Names m_names;
    qint64 m_namesMs = 0;
};

} // namespace howdah::statements
