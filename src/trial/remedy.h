// SPDX-License-Identifier: GPL-3.0-or-later
// A statement that is to make another one faster: what kind it is, what it locks, and whether it can be taken back. Told by its words. Pure, any thread.
#pragma once

#include "base/result.h"

#include <QStringList>
#include <QVector>

namespace howdah::trial
{

struct Remedy {
    enum class Kind {
        Index,      // CREATE INDEX
        Statistics, // CREATE STATISTICS
        Analyze,
        Vacuum,
        Reindex,
        Setting, // SET, of the session
        Change   // ALTER TABLE, ALTER INDEX, ALTER STATISTICS, CLUSTER, DROP INDEX, DROP STATISTICS
    };
    Kind kind = Kind::Index;
    QString text;     // one statement, without its semicolon
    QString relation; // the first that it names, as it does; empty: none
    QString name;     // that it gives to an index or to statistics; empty: the server gives one
    QStringList columns; // of an index; empty where it is an expression
    QString setting;  // of SET
    QString value;
    bool concurrently = false;
    bool analyzes = false; // VACUUM (ANALYZE) too
    QStringList locks; // in words: "SHARE on public.orders; what waits for it: writes"; empty: none
    // What it made can be dropped again, and a setting is of the session alone. Else it stays on the lab.
    bool canBePutBack() const { return kind == Kind::Index || kind == Kind::Statistics || kind == Kind::Setting; }
    // The one setting that decides how a prepared statement is planned, to which EXPLAIN is to be told apart.
    bool forcesCustomPlans() const;
};
QString kindName(Remedy::Kind kind); // "index", "statistics", …

// Errors: Client/no_remedy (none of these, several at once, or of more than this database: with what it is to be).
Result<Remedy> remedyOf(const QString &text);
Result<QVector<Remedy>> remediesOf(const QStringList &texts); // at least one

// A CREATE INDEX or CREATE STATISTICS that gives no name, with this one (quoted where it needs it); as it is where it has one.
Result<QString> withName(const Remedy &remedy, const QString &name);
// Of a CREATE INDEX, a CREATE STATISTICS or an ANALYZE that names its table without a schema, with this name (quoted where it needs it) in its place; else as
// it is: a migration does not look for names where the trial did.
QString withRelation(const Remedy &remedy, const QString &relation);
// As the server would call it: orders_customer_id_idx. Its 63 bytes are kept.
QString usualName(const Remedy &remedy);

} // namespace howdah::trial
