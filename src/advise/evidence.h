// SPDX-License-Identifier: GPL-3.0-or-later
// What is known of an interval's statements before anything is concluded: figures, plans, the tables that those name,
// what was waited for. Values, any thread; gather.h brings them from a server.
#pragma once

#include "advise/waits.h"
#include "plan/facts.h"
#include "statements/history.h"

namespace howdah::advise
{

enum class Source { MeasuredPlan, LoggedPlan, EstimatedPlan, Counters, Samples };
QString sourceName(Source source); // stable: "measured_plan"

struct PlanSeen {
    Source source = Source::EstimatedPlan; // one of the first three
    plan::Plan plan;
    qint64 atMs = 0;                  // of a logged one; 0: not known
    std::optional<qint64> durationUs; // of a logged one
    bool generic = false;             // made for any values: it has $1 in its conditions
    std::optional<plan::Plan>
        custom;        // of a generic one: what the planner makes for the values that it ran with; an estimate
    QString customWhy; // why there is none

    double weightUs() const; // the time that it took; 1 where that is not known
};

struct Looked {
    statements::Total total;
    QVector<PlanSeen> plans; // measured ones, else logged ones, else the estimated one
    QString whyNoPlan;       // empty: there is one
    qint64 loggedUs = 0;     // what its logged runs took, also those whose plans were not kept
};

struct ForeignKey {
    QString referring; // "public.item", quoted where it needs it
    QString referred;
};

struct TableState {
    std::optional<qint64> live, dead, inserted; // rows: by the counters; dead and inserted since the last VACUUM
};

struct DatabaseFacts {
    std::optional<plan::Facts> facts; // nullopt: nothing could be asked there
    QVector<ForeignKey> foreignKeys;
    QHash<QString, TableState> tables; // by "public.item"
};

struct Evidence {
    statements::TopList list;
    QVector<Looked> looked;                       // the heaviest first
    QHash<quint32, DatabaseFacts> facts;          // by database
    std::optional<WaitProfile> waits;             // nullopt: not sampled
    std::map<RelationOid, QString> relationNames; // of those that were waited for
    bool logRead = false;                         // auto_explain's plans would have been seen
    QStringList notes;                            // in words

    const plan::Facts *factsOf(quint32 database) const; // null: none
    const Looked *find(const statements::Key &key) const;
    qsizetype withPlans() const; // so many of those looked at
    const statements::Total *total(const statements::Key &key) const;
};

// From so much time on a statement is worth a look: a hundredth of what all took beside waiting for locks, which would
// hide the rest, or of the interval.
double heavyNs(const statements::TopList &list, const std::optional<WaitProfile> &waits);

// "shop.item", quoted where it needs it; empty: it names none.
QString relationName(const plan::PlanNode &node, const plan::Facts *facts);
// What the plan spends most on, in the part below a node; empty: it reads no table.
QString mainRelation(const plan::Plan &plan, const plan::Facts *facts, int below = 0);
// The part of the whole plan's cost that is the node's own, 0 to 1; of the node with all below it.
double costShare(const plan::Plan &plan, int node);
double costShareBelow(const plan::Plan &plan, int node);
// Conditions name a parameter of the statement: "($1)".
bool namesParameter(const plan::PlanNode &node);
bool isGeneric(const plan::Plan &plan, const QString &queryText);

} // namespace howdah::advise
