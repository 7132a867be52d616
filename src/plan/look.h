// SPDX-License-Identifier: GPL-3.0-or-later
// A plan with its times and facts as the rules of findings look at it. Internal to src/plan. It borrows plan and facts. Any thread.
#pragma once

#include "plan/exclusive.h"
#include "plan/finding.h"
#include "plan/predicate.h"

namespace howdah::plan
{

struct Look {
    Look(const Plan &ofPlan, const Facts *known);

    const Plan &plan;
    const Facts *facts; // null: none
    PlanTimes times;

    const PlanNode &node(int index) const { return plan.nodes[index]; }
    std::optional<double> share(int index) const;      // its own part of the total time
    std::optional<double> shareBelow(int index) const; // with what is below
    // By time, or where that was not measured by cost. Below: with what is below it.
    bool isWorth(int index, double least, bool below = false) const;

    const RelationFacts *relation(const PlanNode &node) const;
    QString relationName(const PlanNode &node) const; // "shop.item"
    // How its conditions call it.
    static QString calledAs(const PlanNode &node) { return node.alias.isEmpty() ? node.object : node.alias; }
    QVector<Condition> conditions(const PlanNode &node, QStringView field) const;

    // Of all loops.
    static double rows(const PlanNode &node) { return node.actual ? node.actual->rows() : 0; }
    static double loops(const PlanNode &node) { return node.actual ? double(node.actual->loops) : 0; }
    static double perLoop(const PlanNode &node) { return node.actual ? double(node.actual->rowsHundredths) / 100 : 0; }
    static double removed(const PlanNode &node, QStringView field); // "Rows Removed by Filter" is told as the average of a loop
    double processes(int index) const { return index < times.nodes.size() ? times.nodes[index].processes : 1; }

    int innerChild(const PlanNode &join) const; // -1: none
    Finding make(Finding::Kind kind, int index) const; // with relation, index and share
};

// Words.
QString rowsWord(double rows);      // "1 row", "20,000 rows"
QString timeWord(double us);        // "1.25 ms"
QString shareWord(double share);    // "93 %"
QString conditionWord(const QString &text); // on one line, no longer than a line
QString factorWord(double factor);  // "120 times"

// A drafted index: what its columns are for, or why there is none.
struct IndexDraft {
    QStringList keys;         // as they stand in CREATE INDEX
    QStringList columns;      // of the table, each once
    QStringList statements;   // empty: there is one already, or no column that an index would serve
    QString existing;         // the index that there is already, with the schema
    bool existingInvalid = false;
};

// Equality first, in the conditions' order, then one range.
IndexDraft draftIndex(const Look &look, const PlanNode &scan, const QVector<Condition> &conditions);
QString indexCost(const Look &look, const PlanNode &scan, const IndexDraft &draft);

// The rules; each appends what it finds.
void findScans(const Look &look, QVector<Finding> *found);
void findLoops(const Look &look, QVector<Finding> *found);
void findEstimates(const Look &look, QVector<Finding> *found);
void findSpills(const Look &look, QVector<Finding> *found);
void findWhole(const Look &look, QVector<Finding> *found); // workers, JIT

} // namespace howdah::plan
