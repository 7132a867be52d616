// SPDX-License-Identifier: GPL-3.0-or-later
// A statement measured: several runs under EXPLAIN (ANALYZE, BUFFERS), of which the first, with a cold cache, does not count and the median stands for
// all. Where it can't be run (no values, no consent, too slow) its costs are told, and why. measure() on the link's thread, as explain::explain.
#pragma once

#include "base/progress.h"
#include "explain/explain.h"

#include <QJsonObject>
#include <QVector>

#include <optional>

namespace howdah::trial
{

// Of the statement and all below it, in blocks; nullopt: not told.
struct Blocks {
    std::optional<qint64> hit, read, dirtied, written, tempRead, tempWritten;
    std::optional<qint64> touched() const; // hit and read
};
Blocks blocksOf(const plan::Plan &plan);

struct Measured {
    bool ran = false;           // false: the plan is one of costs alone
    plan::Plan plan;            // of the run that is the median
    QByteArray json;            // EXPLAIN's own
    explain::Rung rung = explain::Rung::AsItIs;
    QString searchPath;
    std::optional<qint64> coldUs; // the first run
    QVector<qint64> runsUs;     // those that count, in their order: planning is not in it
    std::optional<qint64> medianUs;
    std::optional<int> overMs;  // it did not end within so long
    Blocks blocks;              // of the median; without a run the planner's own
    std::optional<double> cost; // of the root
    bool writes = false;
    QString reason;             // why it was not run; empty: it was
    QStringList warnings;

    std::optional<qint64> fastestUs() const;
    std::optional<qint64> slowestUs() const;
};
QJsonObject toJson(const Measured &measured);

// Where the median stands among these; -1: there are none. Of an even number the lower.
qsizetype medianAt(const QVector<qint64> &runs);

inline constexpr int mostRuns = 21;
// `runs`: that count, besides the first. Request::mode decides whether it is run at all. Errors: those of explain(); Client/values_wanted where there is no
// plan at all without them.
Result<Measured> measure(pg::Connection &connection, const explain::Request &request, int runs, const QString &step, const Progress &progress = {},
                         const CancelToken &cancel = {});

} // namespace howdah::trial
