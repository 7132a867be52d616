// SPDX-License-Identifier: GPL-3.0-or-later
// What one statement does to which relations, told by its words: a recogniser on tokens and no grammar. What it does not know is Unknown (a sandbox
// can tell), never a guess. Pure functions, any thread. Offsets are bytes of the statement's text.
#pragma once

#include <QByteArrayView>
#include <QList>
#include <QString>
#include <QStringList>

namespace howdah::migrations
{

// Names are normalised: a part that needs no quotes has none and is in lower case ("Public"."Or ders" keeps both, public."orders" is public.orders).
// "t" and "s.t" may be the same: who has no search_path can't tell.
bool sameRelation(const QString &a, const QString &b);
// "character varying(20)" -> varchar(20), int4 -> int, "timestamp(3) with time zone" -> timestamptz(3); other names in lower case, single spaces.
QString normalType(const QString &type);

struct Constraint {
    enum class Kind { Check, ForeignKey, Unique, PrimaryKey, Exclude, NotNull };
    Kind kind = Kind::Check;
    QString name;        // empty: the server gives one
    QStringList columns; // of keys and NOT NULL
    QString references;  // of a foreign key
    QByteArray expression; // of CHECK, in lower case, single spaces
    bool notValid = false;
    bool notEnforced = false;
    bool usingIndex = false;
    qsizetype end = 0;   // behind its last word
};

struct Column {
    enum class Generated { No, Stored, Virtual, Implicit, Identity };
    QString name;
    QString type; // normalType
    bool hasDefault = false;
    QByteArray defaultText; // in lower case, single spaces; empty without default
    bool notNull = false;
    Generated generated = Generated::No;
    qsizetype generatedEnd = 0; // behind the ')' of its expression
    QList<Constraint> constraints; // written at the column, NOT NULL excepted
    bool serial() const;
};

struct Action {
    enum class Kind {
        AddColumn, DropColumn, AlterType, SetDefault, DropDefault, SetNotNull, DropNotNull, AddConstraint, DropConstraint, ValidateConstraint,
        AlterConstraint, RenameColumn, RenameTo, RenameConstraint, RenameValue, RenameAttribute, SetSchema, Attach, Detach, SetLogged, SetUnlogged,
        SetAccessMethod, SetTablespace, ClusterOn, SetStatistics, SetOptions, SetStorage, RowSecurity, Trigger, AddIdentity, SetExpression,
        DropExpression, ReplicaIdentity, Owner, Inherit, AddValue, Other
    };
    Kind kind = Kind::Other;
    QString object;  // the column, constraint, partition or value
    QString newName; // of a rename
    Column column;   // of AddColumn; its type also of AlterType
    Constraint constraint; // of AddConstraint
    QString collation;     // of AlterType
    bool usingExpression = false; // of AlterType: USING
    bool concurrently = false;
    bool finalize = false;
    bool cascade = false;
    bool ifExists = false; // also IF NOT EXISTS
    bool enforcement = false; // of AlterConstraint: [NOT] ENFORCED
    bool strongOption = false; // of SetOptions: one that takes ACCESS EXCLUSIVE
    qsizetype begin = 0;
    qsizetype end = 0;
};

struct Ddl {
    enum class Kind {
        Unknown, Create, Drop, Alter, Reindex, Refresh, Cluster, Vacuum, Analyze, Truncate, Comment, Grant, Insert, Update, Delete, Merge, Query, Copy,
        Set, Begin, End, Savepoint, Do, Call, Lock, Discard
    };
    Kind kind = Kind::Unknown;
    QString object;        // of CREATE, DROP, ALTER, REINDEX: "table", "index", "materialized view", "type", "user mapping" …
    QStringList relations; // what it is about, as named: the table of an index or a trigger too (last); of DROP all
    QString name;          // what CREATE, ALTER make or change, of an index, trigger or policy its own name; empty: none given
    QStringList columns;   // of CREATE INDEX: its key columns as far as they are plain; of DML: none
    QList<Column> columnsMade; // of CREATE TABLE
    QList<Constraint> constraints; // of CREATE TABLE
    QList<Action> actions; // of ALTER
    QString partitionOf;   // of CREATE TABLE
    QString setting;       // of SET: its name in lower case
    QString value;         // of SET: without quotes
    bool local = false;    // SET LOCAL
    QByteArray defaultType; // of CREATE TYPE: "enum", "composite", "range" or ""
    bool concurrently = false;
    bool ifNotExists = false;
    bool ifExists = false;
    bool orReplace = false;
    bool unique = false;
    bool only = false;
    bool cascade = false;
    bool temporary = false;
    bool partitioned = false; // PARTITION BY
    bool full = false;        // VACUUM FULL
    bool query = false;       // CREATE TABLE AS, INSERT … SELECT
    bool onConflict = false;
    bool withNoData = false;
    QString allRowsOf;        // the relation that an UPDATE, DELETE or MERGE in it changes without a condition
    qsizetype keywordEnd = 0;  // behind the word after which CONCURRENTLY may stand
    qsizetype existsBegin = 0; // IF NOT EXISTS
    qsizetype existsEnd = 0;
    qsizetype end = 0;         // behind the last word that is no comment

    bool is(Kind k, const char *what) const { return kind == k && object == QLatin1String(what); }
};

Ddl recognise(QByteArrayView statement, bool standardStrings = true);

} // namespace howdah::migrations
