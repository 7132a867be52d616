// SPDX-License-Identifier: GPL-3.0-or-later
// What findings need to know of the relations that a plan names: size, age of statistics, columns, indexes. Values; readFacts asks the
// server on the connection's thread, four cheap statements (sql/plan). What is not told, or may not be seen, is nullopt, never 0.
#pragma once

#include "pg/connection.h"
#include "plan/plan.h"

#include <QStringList>

namespace howdah::plan
{

struct ColumnFacts {
    QString name;
    QString type;              // without a modifier; of a domain the type below it
    QStringList sameAs;        // types that its values are read as without a conversion: varchar as text
    bool ordered = false;      // a btree can hold it
    std::optional<qint64> width; // bytes on average; nullopt: not analyzed, or not permitted
};

struct IndexKey {
    QString column;     // empty: an expression
    QString expression; // as the server writes it
    bool pattern = false; // LIKE with a beginning can use it
};

struct IndexFacts {
    QString schema;
    QString name;
    QString method;
    bool valid = false;
    bool unique = false;
    bool partial = false;
    QVector<IndexKey> keys;
};

struct ExtendedStatistics {
    QString schema;
    QString name;
    QStringList columns;
};

struct RelationFacts {
    quint32 oid = 0;
    QString schema;
    QString name;
    bool partitioned = false; // has no rows of its own
    QString parent;           // the partitioned table at the root, as schema.name; empty: none
    std::optional<qint64> rows;               // as of the last VACUUM or ANALYZE; nullopt: there was none
    std::optional<qint64> pages;              // of 8 kB, likewise
    std::optional<qint64> allVisiblePages;
    std::optional<qint64> changedSinceAnalyze; // rows; nullopt: a standby, which does not know
    std::optional<bool> analyzed;              // ever, as far as the counters go back; nullopt: a standby
    std::optional<bool> hasStatistics;         // of any column; nullopt: not permitted
    QVector<ColumnFacts> columns;
    QVector<IndexFacts> indexes;
    QVector<ExtendedStatistics> statistics;

    const ColumnFacts *column(QStringView called) const;
};

struct Facts {
    QVector<RelationFacts> relations;
    QStringList searchPath;   // for plans that name no schema
    QStringList notPermitted; // which of the four could not be asked: "relations", "columns", "indexes", "statistics"

    // The relation that a node reads; null: not known, or of several of that name none is the one. `schema` may be empty.
    const RelationFacts *find(QStringView schema, QStringView name) const;
    bool knows(QLatin1StringView what) const { return !notPermitted.contains(what); }
};

// Whether the node reads or writes a relation of the database, named in its schema and object.
bool namesRelation(const PlanNode &node);

// Errors as of Connection::run, but of kind Permission: that is in notPermitted.
Result<Facts> readFacts(pg::Connection &connection, const QVector<Plan> &plans, const QStringList &searchPath = {}, const CancelToken &cancel = {});

} // namespace howdah::plan
