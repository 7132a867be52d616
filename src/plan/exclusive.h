// SPDX-License-Identifier: GPL-3.0-or-later
// Where a statement's time went: each node's own time, as wall time of the statement, and what is of no node. All of it together is the
// statement's total. Pure function, any thread; durations in µs.
//
// EXPLAIN tells averages of a loop, and below a Gather the loops are those of all processes: a node's time is average x loops, divided by
// the processes that ran the Gather's child (its loops by the Gather's), so that a node which one of three processes ran weighs a third.
// Of a SubPlan the node that it hangs from has paid. An InitPlan is paid by the node that first asks for its value, a CTE by its scans:
// the time is theirs in EXPLAIN, and is moved to where the work was done, once. A CTE that writes and that nobody reads to its end
// runs after the root has ended.
#pragma once

#include "plan/plan.h"

namespace howdah::plan
{

struct NodeTime {
    double inclusiveUs = 0; // with what it waited for below
    double exclusiveUs = 0;
    double uncertainUs = 0; // its average is rounded to a µs: over many loops the truth lies so far off, on either side
    double processes = 1;   // that shared its work
};

struct TimeEntry {
    enum class Kind { Planning, Trigger, JitGeneration, JitInNodes, Serialization, StartAndEnd };
    Kind kind = Kind::Planning;
    QString name; // of the trigger or its constraint
    double us = 0;
    bool inNodes = false; // for show: already in the nodes' own times, so no part of the sum
};

struct PlanTimes {
    QVector<NodeTime> nodes;    // as Plan::nodes; empty: not measured (no ANALYZE, or TIMING OFF)
    QVector<TimeEntry> entries;
    std::optional<double> totalUs; // planning and execution as told; without the latter (auto_explain) what the nodes and entries make
    // What children claim beyond their parent's time and beyond all rounding, and what found no place: 0 where EXPLAIN's figures agree.
    double disagreementUs = 0;

    double sumUs() const; // of all own times
};

PlanTimes timesOf(const Plan &plan);

} // namespace howdah::plan
