// SPDX-License-Identifier: GPL-3.0-or-later
// Every plan that was seen is kept on this machine, so that it can be compared with a later one: EXPLAIN's JSON, compressed, with its statement's
// text; literals and parameters masked in both. Bounded: the newest of each statement, and all of them together; the oldest go. Functions of a
// Store, on its thread. Errors: the store's; Client/plan_too_large, no_such_plan, plan_not_read.
#pragma once

#include "plan/plan.h"
#include "store/store.h"

namespace howdah::explain
{

inline constexpr int keptOfStatement = 200;
inline constexpr qint64 keptBytes = 64 * 1024 * 1024;
inline constexpr qsizetype keptTextLimit = 20'000; // characters

enum class PlanOrigin { Explained, Measured, Pasted, Logged }; // Measured: by ANALYZE, of this console
QString originName(PlanOrigin origin); // "explained", …: stable

// As in store/samples.h: "<profile uuid>/plans"; without a profile "-/plans".
QString plansSource(const QString &profileId);

// Whose plans are told apart: by query id, where pg_stat_statements or the plan names one, else by the masked text, else by what the plan reads.
QString statementKeyOf(const QString &queryId, const QString &text, const plan::Plan &plan);

struct PlanToKeep {
    plan::Plan plan;
    QString queryId;  // of pg_stat_statements; empty: the plan's own, where it tells one
    QString text;     // as it is: masked here; empty: not known
    QString database; // empty: not known
    PlanOrigin origin = PlanOrigin::Explained;
};

struct KeptPlan {
    qint64 id = 0;
    QString statement; // key
    qint64 atMs = 0;   // Unix time
    PlanOrigin origin = PlanOrigin::Explained;
    QString database;
    QString text;      // masked; of a list its beginning
    QString root;      // "Hash Join"
    std::optional<double> totalUs; // nullopt: not measured
    std::optional<double> cost;
    int nodes = 0;
};

// True: it was kept; false: it is the newest of its statement already.
Result<bool> keepPlan(store::Store &store, const QString &source, const PlanToKeep &plan, qint64 nowMs);
// The newest first. `statement`: a key; empty: of all.
Result<QVector<KeptPlan>> keptPlans(store::Store &store, const QString &source, const QString &statement = {}, int most = 500);

struct ReadPlan {
    KeptPlan about; // with all of its text
    plan::Plan plan;
};
Result<ReadPlan> readKeptPlan(store::Store &store, const QString &source, qint64 id);
Done forgetPlans(store::Store &store, const QString &source, const QVector<qint64> &ids);

} // namespace howdah::explain
