// SPDX-License-Identifier: GPL-3.0-or-later
// What was proven by rehearsing the newest that can be had: when, from which backup, how long it took and how much would have been lost. Kept in a file of
// ours, a line a drill. Blocking; any thread but the window's.
#pragma once

#include "backup/rehearsal.h"

namespace howdah::backup
{

struct Drill {
    QString systemIdentifier;
    qint64 atMs = 0;             // Unix time
    bool good = false;
    QString words;               // what was wrong; empty: nothing
    QString backup;
    std::optional<qint64> recoveryMs;   // of copy and replay; nullopt: it did not get so far
    std::optional<qint64> lastCommitUs; // that is in it
    QJsonObject toJson() const;
    static std::optional<Drill> fromJson(const QJsonObject &json);
};
Drill drillOf(const QString &systemIdentifier, qint64 atMs, const Result<Rehearsal> &rehearsed);
Done keepDrill(const Drill &drill);
// Of this cluster, oldest first. A line that is not understood is passed over. Errors: Io.
Result<QVector<Drill>> keptDrills(const QString &systemIdentifier);
// "its last commit was 7 d old then": an archive that nothing reaches any more is proven to its old end. Empty: it was of the last hour, or is not known.
QString provenAge(const Drill &drill);
// "Last proven restore: 3 d 4 h ago, …"; of none that it was never proven.
QString provenText(const QVector<Drill> &drills, qint64 nowMs);

} // namespace howdah::backup
