// SPDX-License-Identifier: GPL-3.0-or-later
// A plan as EXPLAIN of PostgreSQL 15 to 18 tells it, the same value whether it was told as JSON or as text. Values and pure functions; any
// thread. Times are whole microseconds, as exact as EXPLAIN's three decimals; counts are 64-bit whole numbers; what was not told is
// nullopt, never 0.
#pragma once

#include <QString>
#include <QVector>

#include <optional>

namespace howdah::plan
{

// One thing that EXPLAIN said, under the name that JSON has for it (of 17 and 18 where 15 had another): "Shared Hit Blocks", "Filter",
// "Sort Space Used". The value is as it was written: numbers without a unit, several texts joined by ", ".
struct Field {
    QString name;
    QString value;
    bool operator==(const Field &) const = default;
};

inline constexpr qsizetype maxFields = 512; // of one node; EXPLAIN has some 120 names

struct Fields {
    QVector<Field> all; // in the order in which they were told

    bool has(QStringView name) const { return find(name) != nullptr; }
    QString text(QStringView name) const; // empty: not told
    // A whole number that fits; nullopt: not told, or not one. A count never passes through a double.
    std::optional<qint64> count(QStringView name) const;
    std::optional<double> real(QStringView name) const;
    std::optional<bool> flag(QStringView name) const;
    std::optional<qint64> microseconds(QStringView name) const; // of a figure in ms
    void set(const QString &name, const QString &value);        // a name keeps its place; not beyond maxFields

    bool operator==(const Fields &) const = default;

private:
    const Field *find(QStringView name) const;
};

// As measured; each figure is the average of one loop.
struct Actual {
    std::optional<qint64> startupUs; // nullopt: TIMING OFF
    std::optional<qint64> totalUs;
    qint64 rowsHundredths = 0;       // 50.5 rows are 5050: whole rows up to 17, two decimals from 18 on
    qint64 loops = 0;                // 0: never executed
    // Of all loops together: exact where there was one loop or the server is of 18, else within half a row a loop.
    double rows() const { return double(rowsHundredths) / 100 * double(loops); }
    bool operator==(const Actual &) const = default;
};

struct WorkerShare {
    int number = 0;
    std::optional<Actual> actual;
    Fields fields; // its buffers, sort, JIT
    bool operator==(const WorkerShare &) const = default;
};

struct PlanNode {
    int parent = -1; // index in Plan::nodes; -1: the root
    QVector<int> children;
    int depth = 0;

    QString title;        // as text heads it: "Parallel Hash Left Join", "Finalize GroupAggregate", "Insert"
    QString type;         // JSON's Node Type: "Hash Join", "Aggregate", "ModifyTable"
    QString relationship; // "Outer", "Inner", "Member", "Subquery", "InitPlan", "SubPlan"; empty: the root
    QString subplan;      // "CTE recent", "InitPlan 1", "SubPlan 2"
    QString schema;
    QString object;       // the table, CTE or function that it reads or writes
    QString alias;        // empty where it is the object's name
    QString index;        // of an index scan, a bitmap's too
    bool parallelAware = false;

    std::optional<double> startupCost; // nullopt: COSTS OFF
    std::optional<double> totalCost;
    std::optional<double> planRows;    // an estimate, up to 1e100
    std::optional<qint64> width;
    std::optional<Actual> actual;      // nullopt: not run (no ANALYZE)
    bool disabled() const { return fields.flag(u"Disabled").value_or(false); } // from 18 on
    bool neverExecuted() const { return actual && actual->loops == 0; }
    bool isInitPlan() const { return relationship == QLatin1StringView("InitPlan") && !isCte(); }
    bool isCte() const { return subplan.startsWith(QLatin1StringView("CTE ")); }

    Fields fields;
    QVector<WorkerShare> workers;
    int line = 0; // of what was parsed, 1-based
};

struct Trigger {
    QString name;       // empty where only its constraint was named
    QString constraint;
    QString relation;   // empty: the statement has but one
    std::optional<qint64> timeUs; // nullopt: TIMING OFF
    qint64 calls = 0;
};

// Of the leader and all workers together; ms as told, in µs.
struct Jit {
    qint64 functions = 0;
    Fields options;
    std::optional<qint64> generationUs; // deforming included
    std::optional<qint64> deformUs;     // from 17 on
    std::optional<qint64> inliningUs, optimizationUs, emissionUs, totalUs;
};

struct Serialization {
    std::optional<qint64> timeUs;
    QString format;
    Fields fields; // "Output Volume" in kB, buffers
};

struct Plan {
    QVector<PlanNode> nodes; // a parent before its children; the root first
    std::optional<qint64> planningUs;
    std::optional<qint64> executionUs; // of ANALYZE, or the duration that auto_explain's line named
    Fields planning;                   // buffers and memory of the planner
    Fields settings;                   // changed ones that bear on plans: name, value
    QVector<Trigger> triggers;
    std::optional<Jit> jit;
    std::optional<Serialization> serialization;
    QString queryId;    // signed 64 bits, as digits
    QString queryText;  // auto_explain
    QString parameters; // auto_explain
    Fields other;       // of the statement, and not known here

    bool analyzed() const { return !nodes.isEmpty() && nodes.first().actual.has_value(); }
};

// Decimals as EXPLAIN writes them, exactly: "12.345" in units of 10^-places; nullopt: no plain decimal, or too large. More places than
// asked for are rounded off.
std::optional<qint64> scaledDecimal(QStringView text, int places);

} // namespace howdah::plan
