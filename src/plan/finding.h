// SPDX-License-Identifier: GPL-3.0-or-later
// What a plan shows to be wrong, told in words with figures, and what would mend it: statements that can be run as they stand. Pure functions,
// any thread. What the server was not asked is told as not known; rules that need it then stay silent.
#pragma once

#include "plan/facts.h"

namespace howdah::plan
{

struct Finding {
    enum class Kind {
        MissingIndex,       // a sequential scan throws nearly all away
        WeakIndex,          // what the index finds, its filter throws away
        TypeMismatch,       // a column is converted, so that its index can't be used
        StaleStatistics,    // an estimate is far off, and so is ANALYZE
        CorrelatedColumns,  // an estimate is far off, of several columns, with fresh statistics
        BadEstimate,        // an estimate is far off for another reason, or for one not known
        Spill,              // work_mem was too little
        HeapFetches,        // an index-only scan that goes to the table
        WorkersNotLaunched, // fewer than planned
        JitCost,            // compiling took a large part
        NestedLoop,         // runs its inner side over and over, which reads more than it gives
        IndexSearches,      // one scan descends the index again and again
        LateFilter,         // rows are thrown away after the work was done
        GenericPlan         // the plan for any values is far worse than the one for these
    };
    Kind kind = Kind::MissingIndex;
    int node = 0;            // index in Plan::nodes
    QString relation;        // schema-qualified where the schema is known, quoted where it needs it; empty: of no relation
    QString index;           // likewise
    QString evidence;        // what was seen
    QString remedy;          // what would help, and when it would not
    QString cost;            // of the remedy
    QStringList statements;  // drafted, one each, to be run in order
    std::optional<double> share; // of the statement's time that is at stake, 0 to 1; nullopt: not measured

    QString name() const; // "missing_index": stable
};

QString findingName(Finding::Kind kind);
QList<Finding::Kind> findingKinds(); // all

// The heaviest first. `facts` null: nothing was asked of a server.
QVector<Finding> findingsOf(const Plan &plan, const Facts *facts = nullptr);

// Of two plans of one prepared statement, the generic and one for certain values; both with ANALYZE, else by their costs.
std::optional<Finding> genericPlanFinding(const Plan &generic, const Plan &custom);

} // namespace howdah::plan
