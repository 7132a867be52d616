// SPDX-License-Identifier: GPL-3.0-or-later
// The actions of ALTER TABLE and its kin.
#include "migrations/ddlparts.h"

namespace howdah::migrations
{

using namespace Qt::StringLiterals;
using Kind = Action::Kind;

// ALTER [COLUMN] name …, from the name on.
static void columnAction(const Words &words, int i, int end, Action &action)
{
    int at = i;
    action.object = nameAt(words, i, &at);
    int type = words.is(at, "type") ? at + 1 : words.are(at, {"set", "data", "type"}) ? at + 3 : -1;
    if (type > 0) {
        action.kind = Kind::AlterType;
        action.column.name = action.object;
        action.column.type = typeAt(words, type, end, &type);
        if (words.is(type, "collate"))
            action.collation = nameAt(words, type + 1, &type);
        action.usingExpression = words.is(type, "using");
    } else if (words.are(at, {"set", "not", "null"})) {
        action.kind = Kind::SetNotNull;
    } else if (words.are(at, {"drop", "not", "null"})) {
        action.kind = Kind::DropNotNull;
    } else if (words.are(at, {"set", "default"})) {
        action.kind = Kind::SetDefault;
    } else if (words.are(at, {"drop", "default"})) {
        action.kind = Kind::DropDefault;
    } else if (words.are(at, {"set", "statistics"})) {
        action.kind = Kind::SetStatistics;
    } else if (words.are(at, {"set", "storage"}) || words.are(at, {"set", "compression"})) {
        action.kind = Kind::SetStorage;
    } else if (words.are(at, {"set", "expression"})) {
        action.kind = Kind::SetExpression;
    } else if (words.are(at, {"drop", "expression"})) {
        action.kind = Kind::DropExpression;
    } else if (words.are(at, {"add", "generated"})) {
        action.kind = Kind::AddIdentity;
    } else if (words.are(at, {"set", "("}) || words.are(at, {"reset", "("})) {
        action.kind = Kind::SetStatistics; // n_distinct and n_distinct_inherited are all there is
    }
}

static void addAction(const Words &words, int i, int end, Action &action)
{
    // A column may be called value.
    const int literal = words.are(i + 1, {"if", "not", "exists"}) ? i + 4 : i + 1;
    if (words.is(i, "value") && literal < end && words[literal].kind == query::Token::Kind::String) {
        ++i;
        action.ifExists = takeIfExists(words, i);
        action.kind = Kind::AddValue;
        action.object = QString::fromUtf8(words.text(i));
        return;
    }
    if (beginsConstraint(words, i)) {
        if (constraintIn(words, i, end, action.constraint)) {
            action.kind = Kind::AddConstraint;
            action.object = action.constraint.name;
        }
        return;
    }
    if (words.isAny(i, {"column", "attribute"}))
        ++i;
    action.ifExists = takeIfExists(words, i);
    action.kind = Kind::AddColumn;
    action.column = columnIn(words, i, end);
    action.object = action.column.name;
}

static void dropAction(const Words &words, int i, int end, Action &action)
{
    const bool constraint = words.is(i, "constraint");
    if (constraint || words.isAny(i, {"column", "attribute"}))
        ++i;
    action.ifExists = takeIfExists(words, i);
    action.kind = constraint ? Kind::DropConstraint : Kind::DropColumn;
    action.object = nameAt(words, i, &i);
    action.cascade = words.find(i, end, {"cascade"}) >= 0;
}

static void renameAction(const Words &words, int i, Action &action)
{
    if (words.is(i, "to")) {
        action.kind = Kind::RenameTo;
        action.newName = nameAt(words, i + 1);
        return;
    }
    action.kind = Kind::RenameColumn;
    if (words.is(i, "constraint"))
        action.kind = Kind::RenameConstraint;
    else if (words.is(i, "value") && !words.is(i + 1, "to"))
        action.kind = Kind::RenameValue;
    else if (words.is(i, "attribute") && !words.is(i + 1, "to"))
        action.kind = Kind::RenameAttribute;
    if (action.kind != Kind::RenameColumn || words.is(i, "column"))
        ++i;
    action.object = action.kind == Kind::RenameValue ? QString::fromUtf8(words.text(i)) : nameAt(words, i, &i);
    if (action.kind == Kind::RenameValue)
        ++i;
    if (words.is(i, "to"))
        action.newName = action.kind == Kind::RenameValue ? QString::fromUtf8(words.text(i + 1)) : nameAt(words, i + 1);
}

static void setAction(const Words &words, int i, int end, Action &action)
{
    struct Row { const char *word; Kind kind; };
    static constexpr Row rows[] = {{"schema", Kind::SetSchema}, {"logged", Kind::SetLogged}, {"unlogged", Kind::SetUnlogged}, {"access", Kind::SetAccessMethod},
                                   {"tablespace", Kind::SetTablespace}, {"(", Kind::SetOptions}, {"without", Kind::ClusterOn}, {"default", Kind::SetDefault}};
    for (const Row &row : rows) {
        if (words.is(i, row.word))
            action.kind = row.kind;
    }
    if (words.are(i, {"not", "null"}))
        action.kind = Kind::SetNotNull; // of a domain
    if (action.kind == Kind::SetSchema)
        action.newName = nameAt(words, i + 1);
    for (int at = i; at < end; ++at)
        action.strongOption |= words.is(at, "user_catalog_table");
}

static Action actionIn(const Words &words, int i, int end)
{
    Action action;
    action.begin = words[i].begin;
    action.end = endOf(words, end);
    const QByteArray verb = words.word(i);
    if (verb == "add") {
        addAction(words, i + 1, end, action);
    } else if (verb == "drop" && words.are(i + 1, {"not", "null"})) {
        action.kind = Kind::DropNotNull;
    } else if (verb == "drop" && words.is(i + 1, "default")) {
        action.kind = Kind::DropDefault;
    } else if (verb == "drop") {
        dropAction(words, i + 1, end, action);
    } else if (verb == "alter" && words.is(i + 1, "constraint")) {
        action.kind = Kind::AlterConstraint;
        action.object = nameAt(words, i + 2);
        action.enforcement = words.find(i, end, {"enforced"}) >= 0;
    } else if (verb == "alter") {
        columnAction(words, words.isAny(i + 1, {"column", "attribute"}) ? i + 2 : i + 1, end, action);
    } else if (verb == "validate") {
        action.kind = Kind::ValidateConstraint;
        action.object = nameAt(words, i + 2);
    } else if (verb == "rename") {
        renameAction(words, i + 1, action);
    } else if (verb == "set" || verb == "reset") {
        setAction(words, i + 1, end, action);
    } else if (verb == "attach") {
        action.kind = Kind::Attach;
        action.object = nameAt(words, i + 2);
    } else if (verb == "detach") {
        action.kind = Kind::Detach;
        action.object = nameAt(words, i + 2, &i);
        action.concurrently = words.is(i, "concurrently");
        action.finalize = words.is(i, "finalize");
    } else if (verb == "cluster") {
        action.kind = Kind::ClusterOn;
    } else if (verb == "enable" || verb == "disable" || verb == "force" || words.are(i, {"no", "force"})) {
        const bool rows = words.find(i, end, {"row"}) >= 0;
        action.kind = rows ? Kind::RowSecurity : words.find(i, end, {"trigger"}) >= 0 ? Kind::Trigger : Kind::Other;
    } else if (verb == "replica") {
        action.kind = Kind::ReplicaIdentity;
    } else if (verb == "owner") {
        action.kind = Kind::Owner;
    } else if (verb == "inherit" || words.are(i, {"no", "inherit"})) {
        action.kind = Kind::Inherit;
    }
    return action;
}

QList<Action> actionsIn(const Words &words, int i, int end)
{
    QList<Action> actions;
    while (i < end) {
        const int stop = qMax(i + 1, itemEnd(words, i, end));
        actions.push_back(actionIn(words, i, qMin(stop, end)));
        i = stop + 1;
    }
    return actions;
}

} // namespace howdah::migrations
