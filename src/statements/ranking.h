// SPDX-License-Identifier: GPL-3.0-or-later
// Which statements cost most in an interval, and which cost more than in another one. Pure functions, any thread.
#pragma once

#include "statements/history.h"

namespace howdah::statements
{

enum class Order { Total, Mean, Calls, Rows, Read, Dirtied, Temp, Wal, Io, Plan, Jit, Shortfall };

struct OrderFacts {
    const char *name;  // "total"
    const char *title; // for people: "Total time"
    Unit unit;
};
const OrderFacts &factsOf(Order order);
std::optional<Order> orderFromName(QStringView name);
QStringList orderNames();

// Times in nanoseconds. nullopt: this server does not count it; a mean of no calls.
std::optional<double> figureOf(Order order, const Counters &counters, Measures known);
// Of what all did together. nullopt: of a nested statement an inclusive measure is part of its caller's; all did nothing; not counted; a mean.
std::optional<double> shareOf(Order order, const Total &total, const TopList &list);

// What those did that are not told apart: as far as it is part of what all did together.
double othersOf(Order order, const TopList &list);

struct Filter {
    QString database; // names; empty: all
    QString role;
    QString text;     // a part of it, whatever the case; a statement whose text is not known has none
    bool own = false; // the console's own too
};
bool passes(const Filter &filter, const Total &total, const Names &names);
// The largest first; those without the figure, or with 0, are not in it.
QVector<Total> ranked(const TopList &list, Order order, const Filter &filter);

// "10/5/-663649735074294001", "…/nested" where a function called it: role, database and query as the server numbers them.
QString keyText(const Key &key);
std::optional<Key> keyFromText(const QString &text);

struct Slower {
    Total after;
    Counters before;
    double addedNs = 0; // in the later interval: what its calls would have taken less at the earlier mean; below 0: faster
};

struct Fresh {
    Total total;
    bool isNew = true; // false: it ran before, but not in the earlier interval
};

struct Comparison {
    QVector<Slower> slower;   // the most added first; in both, with so many calls in each
    QVector<Slower> faster;   // the most saved first
    QVector<Fresh> fresh;     // in the later interval only, the longest first
    int tooFewCalls = 0;      // in both, not compared
    int notToldApart = 0;     // in the later one, and perhaps among the others of the earlier one: not compared
};
Comparison compare(const TopList &before, const TopList &after, qint64 minCalls, const Filter &filter);

} // namespace howdah::statements
