// SPDX-License-Identifier: GPL-3.0-or-later
// Live beside a rehearsed copy: what differs in the schema, and for each table how many rows are only here, only there or changed, found by hashes over
// buckets, so that equal rows stay where they are. Each side is read in one snapshot. What could not be read is never "equal". Blocking; the two links are
// used from two threads while it runs, and are the caller's otherwise. Values, any thread.
#pragma once

#include "base/canceltoken.h"
#include "base/progress.h"
#include "catalog/snapshot.h"
#include "pg/connection.h"

#include <QJsonArray>

#include <tuple>

namespace howdah::backup
{

struct TableName {
    QString schema, name;
    bool operator==(const TableName &) const = default;
    bool operator<(const TableName &other) const { return std::tie(schema, name) < std::tie(other.schema, other.name); }
    QString text() const; // as SQL would have it: public."Order"
    static Result<TableName> parse(const QString &text); // of the same. Errors: Client/usage
};

struct CompareChoice {
    QVector<TableName> tables; // none: all
    bool schema = true;        // the definitions too
    bool rows = true;          // of tables that differ: which rows; otherwise counts and hashes alone
    int examples = 10;         // of each table and each kind of difference
    int lockTimeoutMs = 5000;  // a table that is locked exclusively for longer is told as such
};

// The content of a table, or of rows: their number and two sums of 64-bit hashes. Equal ones: equal rows in whatever order, each as many times.
struct RowSums {
    qint64 rows = 0;
    QByteArray first, second;
    bool operator==(const RowSums &) const = default;
    QString text() const; // "120 rows, -8123…/77…"
};

struct RowExample {
    enum class What { OnlyRehearsed, OnlyLive, Changed };
    What what = What::OnlyRehearsed;
    QJsonArray key;             // each column's text; empty where there is no key
    QJsonObject live, rehearsed; // column -> text, cut at 400 characters; empty where there is no such row
};

struct TableComparison {
    // OnlyLive and OnlyRehearsed: the table itself. NotCompared: said in `why` (locked, unlogged, no columns in common, an error of the server).
    enum class State { Equal, Different, OnlyLive, OnlyRehearsed, NotPermitted, NotCompared };
    TableName table;
    State state = State::NotCompared;
    QString why;
    std::optional<RowSums> live, rehearsed;
    QStringList columns; // that were compared: those of both, without generated ones
    QStringList key;     // empty: no primary key, and no unique index over NOT NULL columns, on both sides
    std::optional<qint64> onlyLive, onlyRehearsed, changed; // rows; changed: never without a key, where it is one of each
    QVector<RowExample> examples;
    QStringList notes;   // "only in live: note", "generated, and left to the server: total"

    QString text() const; // one line
    QJsonObject toJson() const;
};

// Where a sequence stands on one side.
struct SequencePlace {
    enum class State { There, Missing, NotPermitted };
    State state = State::Missing;
    qint64 last = 0;
    bool called = false; // false: `last` is the next value
    bool operator==(const SequencePlace &) const = default;
    QString text() const; // "at 501", "before 1", "not there", "not permitted"
};

struct SequenceComparison {
    TableName sequence;
    SequencePlace live, rehearsed;
    bool isKnown() const { return live.state != SequencePlace::State::NotPermitted && rehearsed.state != SequencePlace::State::NotPermitted; }
};

// All of a database's together.
struct LargeObjectComparison {
    TableComparison::State state = TableComparison::State::NotCompared;
    qint64 live = 0, rehearsed = 0; // how many
    QString why;
    QString text() const;
};

struct Comparison {
    QVector<catalog::Difference> schema; // what leads from the rehearsed copy to live
    bool schemaCompared = false;
    QStringList schemaNotSeen; // in words; why, where it was not compared
    QVector<TableComparison> tables; // by name
    QVector<SequenceComparison> sequences; // that stand elsewhere, or of which that is not known
    std::optional<LargeObjectComparison> largeObjects; // nullopt: of chosen tables alone
    std::optional<bool> sameCluster; // the copy is of live's cluster; nullopt: not known
    QStringList notCompared;  // in words: foreign tables
    QStringList withoutRows;  // views
    QString live, rehearsed;  // database and server, for people
    qint64 tookMs = 0;

    enum class Answer { Equal, EqualAsFarAsCompared, Different };
    Answer answer() const;
    // Everything was compared and is equal.
    bool isEqual() const { return answer() == Answer::Equal; }
    bool isSeen() const; // nothing was hidden from the role
    const TableComparison *find(const TableName &table) const;
    QString text() const; // for people, several lines
    QJsonObject toJson() const;
};
QString stateName(TableComparison::State state); // "equal", "different", "only_live", …
QString answerName(Comparison::Answer answer);   // "equal", "equal_as_far_as_compared", "different"

// Errors: Client/in_transaction where one is open on a link, Client/same_database where both lead to one, those of the links, Cancelled. What fails for one
// table is said with it.
Result<Comparison> compare(pg::Connection &live, pg::Connection &rehearsed, const CompareChoice &choice = {}, const Progress &progress = {}, const CancelToken &cancel = {});

} // namespace howdah::backup
