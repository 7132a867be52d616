// SPDX-License-Identifier: GPL-3.0-or-later
// One side of a comparison, for this room alone: a link in a transaction of its own, the tables as it sees them, and the statements that look into rows.
// Blocking; used by one thread at a time, sideBySide apart.
#pragma once

#include "backup/compare.h"

#include <functional>

namespace howdah::backup
{

struct ColumnFacts {
    QString name, type;
    bool generated = false, identityAlways = false, identity = false, notNull = false, hasDefault = false;
    QString base; // the type, of a domain what it is made of
};

struct KeyFacts {
    QStringList columns, operators; // "OPERATOR(pg_catalog.=)"
    bool primary = false;
    bool notNull = false; // all of it: else it tells only some rows apart
};

struct TriggerFacts {
    QString name;
    QChar enabled; // O, D, R, A as pg_trigger has it
    bool onInsert = false, onUpdate = false;
};

struct TableFacts {
    quint32 oid = 0;
    TableName name;
    QChar kind, persistence;
    qint64 estimated = -1;
    bool filtered = false; // row security would leave rows out for this role
    bool hasRules = false, mayInsert = false, mayUpdate = false, mayLock = false;
    QVector<quint32> ancestors; // of a partition, itself among them
    QVector<ColumnFacts> columns;
    QVector<KeyFacts> keys;
    QVector<TriggerFacts> triggers;

    const ColumnFacts *find(const QString &column) const;
};

class Side
{
public:
    Side(pg::Connection &link, const CancelToken &token) : connection(link), cancel(token) {}
    ~Side() { end(); }
    Side(const Side &) = delete;
    Side &operator=(const Side &) = delete;

    // REPEATABLE READ; `writes`: not READ ONLY. `first`: statements that are run before its snapshot is taken. Reads the tables.
    // Errors: Client/in_transaction, those of the link.
    Done begin(bool writes, int lockTimeoutMs, const QByteArrayList &first = {});
    void end(); // ROLLBACK where it is open
    bool isOpen() const { return m_open; }
    void committed() { m_open = false; }

    const TableFacts *find(const TableName &table) const;
    const QVector<TableFacts> &tables() const { return m_tables; }
    Result<pg::Rows> run(const QByteArray &text, const pg::Params &params = {});
    Result<pg::Rows> runFile(const char *name, const pg::Params &params = {}); // of sql/backup

    pg::Connection &connection;
    const CancelToken cancel;

private:
    Done readTables();
    QVector<TableFacts> m_tables;
    bool m_open = false;
};

// Both at once, `rehearsed` on a thread of its own; both have ended when it returns.
void sideBySide(const std::function<void()> &live, const std::function<void()> &rehearsed);

// What two sides have of a table in common.
struct CommonTable {
    QStringList columns; // that are compared and carried, in live's order
    KeyFacts key;        // live's operators; no columns: none
    QStringList lost;    // columns that only the rehearsed copy has
    QStringList notes;
};
CommonTable commonOf(const TableFacts &live, const TableFacts &rehearsed);

struct TableStatements {
    QByteArray total, buckets, cursor, examples;
};
Result<TableStatements> statementsOf(Side &side, const TableName &table, const QStringList &columns, const QStringList &key);

RowSums sumsOf(const pg::Rows &rows, qsizetype row = 0); // by the columns n, h1, h2

// Which buckets of the keys' hashes differ. mask: their number less one.
struct Buckets {
    qint64 mask = 0;
    QVector<qint64> differing;
    bool all() const { return differing.size() > mask / 2; } // so many that to name them saves nothing
    QByteArray array() const; // {1,2,3}
};
Result<Buckets> differingBuckets(Side &live, Side &rehearsed, const TableStatements &statements, qint64 rows);

// A table whose names and facts are known; of what is wrong with the table alone nothing but `into` tells. Errors: a lost link, Cancelled.
Done compareTable(Side &live, Side &rehearsed, const TableFacts &one, const TableFacts &other, const CompareChoice &choice, TableComparison &into);

// Of one cluster by its identifier: the other one is a copy of it. nullopt: not known, as behind a pooler. Errors: Client/same_database.
Result<std::optional<bool>> areTwo(pg::Connection &live, pg::Connection &rehearsed, const CancelToken &cancel);

// Which table, which step: worth more than that a statement was run.
inline Error at(Error error, const QString &attempt)
{
    error.context = attempt;
    return error;
}

QByteArray jsonOf(const QStringList &words); // ["a","b"]

} // namespace howdah::backup
