// SPDX-License-Identifier: GPL-3.0-or-later
// How a difference of two catalog snapshots is said in SQL: internal to src/migrations, for generate. Names come quoted from the server
// (catalog::Item); what is said here stands in a file for people to read, and is proven by running it before it is kept. Pure, any thread.
#pragma once

#include "migrations/generate.h"

#include <optional>
#include <set>
#include <vector>

namespace howdah::migrations
{

using catalog::Item;
using catalog::Snapshot;

// All statements that lead from one to the other, each after what it needs. Both are taken to be equal in what can't be said (generateunable.cpp).
QVector<GeneratedStatement> scriptOf(const Snapshot &from, const Snapshot &to, const GenerateOptions &options);
// Statements that belong together, and the numbers of those that come before.
struct Operation {
    int rank = 0; // where the numbers leave a choice: the lower first, then by key
    QString key;
    QStringList texts;
    std::set<int> after;
};
QVector<GeneratedStatement> inOrder(const std::vector<Operation> &operations);
// What must be dropped and made again because something under it changes: keys that are in both.
QSet<QString> recreatedBetween(const Snapshot &from, const Snapshot &to);

// Why a difference can't be said, in both directions; empty: it can. Either may be null.
QString unableBecause(const Item *from, const Item *to);
// Only one way: an enum that got values. Dropping what has rows is no matter of this.
bool isOneWay(const Item &from, const Item &to);
// A change that is a drop and a create: the second state can't be reached by ALTER.
bool needsRecreation(const Item &from, const Item &to);

// Of tables, columns, constraints, indexes (generatetables.cpp) …
QStringList createTable(const Item &table, const QVector<const Item *> &columns, const QVector<const Item *> &constraints);
QStringList createColumn(const Item &column);
QStringList createConstraint(const Item &constraint, bool takesIndex); // takesIndex: one of its name is there
// The index that a key or a unique constraint can take over; nullopt: it can't.
std::optional<Item> indexFor(const Item &constraint);
QStringList createIndex(const Item &index, bool concurrently);
QStringList alterTable(const Item &from, const Item &to);
QStringList alterColumn(const Item &from, const Item &to, const GenerateOptions &options);
struct TypeChange {
    QString how;    // " USING …", or nothing
    QString warned; // a comment's line above it, or nothing
};
TypeChange changeType(const QString &column, const QString &from, const QString &to, const GenerateOptions &options);
QString dropDefault(const Item &column);
QString setDefault(const Item &column);
QString notNullName(const Item &column); // quoted
// … and of everything else (generateobjects.cpp).
QStringList createObject(const Item &item, const Snapshot &in);
QStringList alterObject(const Item &from, const Item &to, const Snapshot &in);
QStringList dropObject(const Item &item, const Snapshot &in, bool concurrently);
QStringList ownSequence(const Item &sequence); // OWNED BY, or NONE
// The right's two states, as it is had when the object is made where there is no item.
QStringList changeGrant(const Item *from, const Item *to, const Snapshot &in);

QString optionWords(const QJsonObject &options);    // fillfactor='70', …
QString sequenceWords(const QJsonObject &sequence); // START WITH 5 …: what is not usual; empty: nothing
QString fullSequenceWords(const QJsonObject &sequence, const QString &before); // all of it; `before` each: "SET " of an identity column
QString literal(const QString &text);
QString unquoted(const QString &name);
// public."a.b".c -> public."a.b" and c
std::pair<QString, QString> splitLast(const QString &identity);
QStringList textsOf(const QJsonValue &array);
bool isRelation(const QString &kind); // what has parts
bool isPart(const QString &kind);     // what goes with its relation
bool isRoutine(const QString &kind);  // function, procedure, aggregate
bool isType(const QString &kind);

} // namespace howdah::migrations
