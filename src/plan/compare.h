// SPDX-License-Identifier: GPL-3.0-or-later
// Two plans of one statement, node by node: which node of one is which of the other, and what differs. Nodes are the same where they read the
// same relations below and do the same kind of thing, whatever way they do it: a Hash Join and a Nested Loop of the same tables, a Seq Scan and
// an Index Scan of one. Pure function, any thread, linear in the nodes.
#pragma once

#include "plan/plan.h"

namespace howdah::plan
{

// Of one node, of all its loops; nullopt: not told.
struct NodeFigures {
    std::optional<double> rows;
    std::optional<double> planRows;    // of one loop
    std::optional<double> exclusiveUs;
    std::optional<qint64> buffers;     // its own: shared and local blocks that were hit or read, without those of its children
    bool operator==(const NodeFigures &) const = default;
};

struct NodePair {
    enum Difference { Type = 1, Relation = 2, Index = 4, Rows = 8, Time = 16, Buffers = 32, Condition = 64 };
    int before = -1; // index in Plan::nodes; -1: only in the later plan
    int after = -1;  // -1: only in the earlier one
    int differs = 0; // of Difference; 0 for a node that is in one of them alone
    NodeFigures was;
    NodeFigures is;
};

struct PlanComparison {
    QVector<NodePair> pairs; // in the later plan's order; then those that only the earlier one has, in its order
    bool sameShape = false;  // every node has its like, of the same type, relation and index
    std::optional<double> totalUsBefore, totalUsAfter;
};

// Figures differ by more than this part of the larger one; times by a quarter and a tenth of a ms, since no two runs are alike.
inline constexpr double rowsDiffer = 0.1, timeDiffers = 0.25, timeDiffersUs = 100, buffersDiffer = 0.1;

PlanComparison comparePlans(const Plan &before, const Plan &after);
QStringList differenceWords(int differs); // "type", "relation", "index", "rows", "time", "buffers", "condition"

} // namespace howdah::plan
