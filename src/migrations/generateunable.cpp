// SPDX-License-Identifier: GPL-3.0-or-later
// What can't be said, and how what can be said is reached: by ALTER or by a drop and a create.
#include "migrations/generateparts.h"

#include <QJsonArray>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

namespace
{

// What there are words for, by kind. A key that is not here (a tablespace, an inherited column) is not passed over: it makes the difference one that can't
// be said.
const QStringList *knownKeys(const QString &kind)
{
    static const QHash<QString, QStringList> known{
        {u"schema"_s, {}},
        {u"extension"_s, {u"schema"_s, u"version"_s}},
        {u"table"_s, {u"persistence"_s, u"options"_s, u"row_security"_s, u"force_row_security"_s, u"replica_identity"_s}},
        {u"column"_s, {u"type"_s, u"collation"_s, u"not_null"_s, u"not_null_name"_s, u"not_null_no_inherit"_s, u"default"_s, u"generated"_s, u"generated_kind"_s, u"identity"_s,
                       u"sequence"_s, u"storage"_s, u"compression"_s, u"statistics"_s, u"options"_s}},
        {u"constraint"_s, {u"type"_s, u"definition"_s, u"columns"_s, u"references"_s}},
        {u"index"_s, {u"definition"_s, u"unique"_s}},
        {u"sequence"_s, {u"type"_s, u"start"_s, u"increment"_s, u"min"_s, u"max"_s, u"cache"_s, u"cycle"_s, u"owned_by"_s}},
        {u"enum"_s, {u"labels"_s}},
        {u"domain"_s, {u"base"_s, u"collation"_s, u"not_null"_s, u"default"_s, u"constraints"_s}},
        {u"composite type"_s, {u"attributes"_s}},
        {u"function"_s, {u"signature"_s, u"result"_s, u"defaults"_s, u"language"_s, u"definition"_s}},
        {u"procedure"_s, {u"signature"_s, u"result"_s, u"defaults"_s, u"language"_s, u"definition"_s}},
        {u"view"_s, {u"definition"_s, u"columns"_s, u"options"_s}},
        {u"materialized view"_s, {u"definition"_s, u"columns"_s, u"options"_s, u"unpopulated"_s}},
        {u"trigger"_s, {u"definition"_s, u"enabled"_s}},
        {u"rule"_s, {u"definition"_s, u"enabled"_s}},
        {u"policy"_s, {u"restrictive"_s, u"command"_s, u"roles"_s, u"using"_s, u"check"_s}},
        {u"statistics"_s, {u"definition"_s, u"target"_s}},
        {u"comment"_s, {u"text"_s}},
        {u"grant"_s, {u"privileges"_s}},
    };
    const auto found = known.constFind(kind);
    return found == known.cend() ? nullptr : &*found;
}

bool isSubsequence(const QStringList &small, const QStringList &large)
{
    qsizetype at = 0;
    for (const QString &one : large) {
        if (at < small.size() && small.at(at) == one)
            ++at;
    }
    return at == small.size();
}

bool isPrefix(const QStringList &small, const QStringList &large)
{
    return small.size() <= large.size() && large.first(small.size()) == small;
}

QString columnUnable(const Item &from, const Item &to)
{
    const bool was = from.value.contains("generated"_L1), is = to.value.contains("generated"_L1);
    if (was != is)
        return u"a column that becomes generated, or is it no longer, would lose its values"_s;
    if (from.value.value("type"_L1) != to.value.value("type"_L1) && from.value.contains("identity"_L1) != to.value.contains("identity"_L1))
        return u"an identity and another type at once"_s;
    return {};
}

QString typeUnable(const Item &from, const Item &to)
{
    if (to.kind == "enum"_L1) {
        const QStringList before = textsOf(from.value.value("labels"_L1)), after = textsOf(to.value.value("labels"_L1));
        return isSubsequence(before, after) ? QString() : u"an enum's values can't be taken away, renamed or put into another order"_s;
    }
    if (to.kind == "composite type"_L1) {
        const QStringList before = textsOf(from.value.value("attributes"_L1)), after = textsOf(to.value.value("attributes"_L1));
        return isPrefix(before, after) || isPrefix(after, before) ? QString() : u"of a composite type only attributes at the end can be added or dropped"_s;
    }
    if (to.kind == "domain"_L1 && (from.value.value("base"_L1) != to.value.value("base"_L1) || from.value.value("collation"_L1) != to.value.value("collation"_L1)))
        return u"a domain's base can't be changed"_s;
    return {};
}

QString commentUnable(const Item &item)
{
    static const QStringList known{u"table"_s, u"column"_s, u"view"_s, u"materialized view"_s, u"index"_s, u"sequence"_s, u"function"_s, u"procedure"_s, u"constraint"_s, u"trigger"_s,
                                   u"policy"_s, u"rule"_s, u"enum"_s, u"composite type"_s, u"domain"_s, u"schema"_s, u"statistics"_s};
    for (const QString &kind : known) {
        if (item.parent.startsWith(kind + u' '))
            return {};
    }
    return u"comments on this kind of object are not written"_s;
}

} // namespace

QString unableBecause(const Item *from, const Item *to)
{
    const Item &item = to ? *to : *from;
    const QStringList *known = knownKeys(item.kind);
    if (!known)
        return u"this kind of object is not written"_s;
    const QJsonObject before = from ? from->value : QJsonObject(), after = to ? to->value : QJsonObject();
    const QStringList keys = before.keys() + after.keys();
    for (const QString &key : keys) {
        if (!known->contains(key) && before.value(key) != after.value(key))
            return u"%1 is not written"_s.arg(QString(key).replace(u'_', u' '));
    }
    if (item.kind == "table"_L1 && before.value("replica_identity"_L1) != after.value("replica_identity"_L1)
        && (before.value("replica_identity"_L1) == "index"_L1 || after.value("replica_identity"_L1) == "index"_L1))
        return u"a replica identity by index is not written"_s;
    if (item.kind == "grant"_L1 && item.name == "the owner"_L1)
        return u"the owner's own rights are not written"_s;
    if (item.kind == "comment"_L1)
        return commentUnable(item);
    if (!from || !to)
        return {};
    if (item.kind == "column"_L1)
        return columnUnable(*from, *to);
    return typeUnable(*from, *to);
}

bool isOneWay(const Item &from, const Item &to)
{
    return to.kind == "enum"_L1 && from.value != to.value;
}

bool needsRecreation(const Item &from, const Item &to)
{
    const auto differs = [&](QLatin1StringView key) { return from.value.value(key) != to.value.value(key); };
    if (to.kind == "column"_L1) // worked out by the server: nothing is lost
        return to.value.contains("generated"_L1) && (differs("generated"_L1) || differs("generated_kind"_L1) || differs("type"_L1) || differs("collation"_L1));
    if (to.kind == "constraint"_L1)
        return from.value.value("definition"_L1).toString() != to.value.value("definition"_L1).toString() + u" NOT VALID"_s;
    if (to.kind == "index"_L1 || to.kind == "policy"_L1)
        return true;
    if (to.kind == "trigger"_L1 || to.kind == "rule"_L1 || to.kind == "statistics"_L1)
        return differs("definition"_L1);
    if (to.kind == "materialized view"_L1)
        return differs("definition"_L1) || differs("columns"_L1) || differs("unpopulated"_L1);
    if (to.kind == "view"_L1)
        return !isPrefix(textsOf(from.value.value("columns"_L1)), textsOf(to.value.value("columns"_L1)));
    if (isRoutine(to.kind))
        return differs("signature"_L1) || differs("result"_L1) || from.value.value("defaults"_L1).toInt() > to.value.value("defaults"_L1).toInt();
    return false;
}

} // namespace howdah::migrations
