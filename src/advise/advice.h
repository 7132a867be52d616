// SPDX-License-Identifier: GPL-3.0-or-later
// From evidence to advice: why a statement costs what it costs, what shows it, what would mend it and what that costs.
// Pure functions, any thread. A healthy server gets none: what is at stake must be a part of the interval worth a
// person's time. What could not be looked at is said.
#pragma once

#include "advise/evidence.h"

namespace howdah::advise
{

// How far the time at stake is known.
enum class Stake {
    Measured, // by plans that ran, or counted
    ByCost,   // the cause's part in the plan's cost, of the statement's time
    AtMost    // all of the statement's time: which part of it is not known
};
QString stakeName(Stake stake); // stable: "at_most"

struct Advice {
    QString kind;        // as plan::findingName(), and n_plus_one, lock_wait
    statements::Key key; // of the statement that suffers
    QString query;       // masked; empty: not known
    QString object;      // the relation: "public.item", quoted where it needs it; empty: of none
    QString index;
    std::optional<statements::Key> related; // the caller, the blocker
    QString relatedQuery;
    QString evidence; // strings out of plans masked
    QString remedy;
    QString cost;           // of the remedy
    QStringList statements; // drafted, to be run in order
    double ns = 0;          // at stake in the interval
    Stake stake = Stake::Measured;
    Source source = Source::Counters;
};

struct NotLooked {
    statements::Key key;
    QString query;
    QString why;
};

struct Advised {
    QVector<Advice> advice; // the most at stake first
    QVector<NotLooked> notLooked;
    QStringList notes;
};

Advised adviceOf(const Evidence &evidence);
// What of it is about one statement, as the one that suffers or the one that causes it.
Advised adviceAbout(const Advised &all, const statements::Key &key);
// Of what all statements took, 0 to 1; nullopt: they took nothing.
std::optional<double> shareOf(const Advice &advice, const statements::TopList &list);

} // namespace howdah::advise
