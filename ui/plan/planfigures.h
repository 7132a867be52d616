// SPDX-License-Identifier: GPL-3.0-or-later
// A plan as it is looked at: of each node what is its own, what part of the whole that is, and what stands out in words. Made once, on any
// thread, and shared by tree, graph and panel.
#pragma once

#include "plan/exclusive.h"
#include "plan/finding.h"

#include <memory>

namespace howdah::ui
{

struct NodeFigures {
    QString head;                       // "Hash Join", "Index Scan using item_pkey on shop.item i"
    std::optional<double> ownUs;        // of all loops, as wall time; nullopt: not measured
    std::optional<double> totalUs;      // with what it waited for below
    std::optional<double> ownCost;
    std::optional<double> share;        // its own part of the whole: of the time, where that was not measured of the cost; 0 to 1
    std::optional<double> rows;         // of all loops
    std::optional<double> planRows;     // of one loop
    std::optional<qint64> loops;
    std::optional<double> estimateFactor; // so many times were there as estimated: over 1 more, under 1 less
    // Blocks and times of its own, without those below; nullopt: the plan tells none at all.
    std::optional<qint64> hit, read, dirtied, written, temp, walBytes;
    std::optional<double> ioUs;
    std::optional<qint64> workersPlanned, workersLaunched;
    QStringList words;                  // what stands out: "heavy", "never executed", "missing index"
    bool heavy = false;

    std::optional<qint64> buffers() const { return hit ? std::optional(*hit + read.value_or(0)) : std::nullopt; }
    bool isMisestimated() const { return estimateFactor && (*estimateFactor >= 10 || *estimateFactor <= 0.1); }
};

struct PlanFigures {
    plan::Plan plan;
    QVector<plan::Finding> findings;
    plan::PlanTimes times;
    QVector<NodeFigures> nodes; // as Plan::nodes
    bool measured = false;      // ANALYZE
    bool timed = false;         // with times
    bool hasBuffers = false, hasIoTimes = false, hasTemp = false, hasWal = false, hasWorkers = false;
};

using SharedPlan = std::shared_ptr<const PlanFigures>; // never null where one is shown

inline constexpr double heavyShare = 0.2; // of the whole

SharedPlan figuresOf(const plan::Plan &plan, const QVector<plan::Finding> &findings);

QString usText(double us);                    // "1.25 ms", "350 µs"
QString factorText(double factor);            // "120 × more than estimated", "as estimated"
QString findingText(plan::Finding::Kind kind); // "missing index"
// "Execution 12.3 ms, planning 0.4 ms, 9 nodes"
QString summaryText(const PlanFigures &figures);

} // namespace howdah::ui
