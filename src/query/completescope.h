// SPDX-License-Identifier: GPL-3.0-or-later
// The tables that the words around a cursor can mean: those of its query and of the queries around it. Internal to src/query. Pure, any thread.
#pragma once

#include "query/complete.h"
#include "query/statement.h"

namespace howdah::query
{

struct Source {
    RelationName relation;  // empty name: a subquery, a function, a CTE
    QString alias;          // what columns are qualified with: its alias, else its name
    bool hasAlias = false;
    QStringList outputs;    // of a subquery or CTE, as far as its select list tells
};

QString folded(const QByteArray &word); // a name as the server has it: "Order" unquoted and as it is, Orders in small letters

class Scope
{
public:
    // `at`: the token that the cursor stands before.
    Scope(const StatementTokens &tokens, int at);
    const QVector<Source> &sources() const { return m_sources; } // the innermost query's first
    const QStringList &ctes() const { return m_ctes; }
    // The group that the cursor stands in: its '(' and the query block around it; -1: none.
    int open() const { return m_open; }
    int blockBegin() const { return m_blockBegin; }
    // What INSERT INTO, UPDATE, COPY, ALTER TABLE, CREATE INDEX … ON work on.
    std::optional<RelationName> target() const;

private:
    int groupEnd(int open) const;
    void readBlock(int begin, int end, int cursor);
    void readSources(int begin, int end);
    void readCtes(int begin, int end);
    int readSource(int i, int end);
    QStringList outputsOf(int begin, int end) const;
    RelationName nameAt(int i, int *next) const;
    bool isName(int i) const;

    const StatementTokens &m_tokens;
    int m_open = -1;
    int m_blockBegin = 0;
    QVector<Source> m_sources;
    QStringList m_ctes;
    QHash<QString, QStringList> m_cteOutputs;
};

} // namespace howdah::query
