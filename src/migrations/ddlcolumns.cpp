// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/ddlparts.h"

#include <QHash>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;
using Kind = query::Token::Kind;

static bool isName(const Words &words, int i)
{
    return i >= 0 && i < words.size() && (words[i].kind == Kind::Word || words[i].kind == Kind::QuotedName);
}

static QString part(const QByteArray &text)
{
    if (!text.startsWith('"'))
        return QString::fromUtf8(text.toLower());
    const QByteArray inner = text.mid(1, qMax(qsizetype(0), text.size() - 2));
    const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
    const bool bare = !inner.isEmpty() && !(inner[0] >= '0' && inner[0] <= '9') && std::all_of(inner.begin(), inner.end(), plain);
    return QString::fromUtf8(bare ? inner : text);
}

QString nameAt(const Words &words, int i, int *next)
{
    QString name;
    while (isName(words, i)) {
        name += part(words.text(i++));
        if (!words.is(i, ".") || !isName(words, i + 1))
            break;
        name += u'.';
        ++i;
    }
    if (next)
        *next = i;
    return name;
}

QByteArray spelled(const Words &words, int begin, int end)
{
    QByteArray text;
    for (int i = begin; i < qMin(end, words.size()); ++i) {
        const QByteArray word = words.word(i);
        if (!text.isEmpty())
            text += ' ';
        text += word.isEmpty() ? words.text(i) : word;
    }
    return text;
}

int itemEnd(const Words &words, int i, int end)
{
    while (i < end && !words.is(i, ",") && !words.is(i, ")"))
        i = words.is(i, "(") || words.is(i, "[") ? (words.is(i, "(") ? words.behindGroup(i) : i + 1) : i + 1;
    return qMin(i, end);
}

QStringList namesIn(const Words &words, int open)
{
    QStringList names;
    const int end = words.behindGroup(open);
    for (int i = open + 1; i < end - 1;) {
        int next = i;
        const QString name = nameAt(words, i, &next);
        // An expression or a function begins like a name too.
        names << (words.is(next, "(") ? QString() : name);
        i = itemEnd(words, i, end - 1) + 1;
    }
    return names;
}

qsizetype endOf(const Words &words, int i)
{
    return i > 0 && i <= words.size() ? words[i - 1].end : 0;
}

bool takeIfExists(const Words &words, int &i)
{
    if (words.are(i, {"if", "not", "exists"}))
        i += 3;
    else if (words.are(i, {"if", "exists"}))
        i += 2;
    else
        return false;
    return true;
}

QString normalType(const QString &type)
{
    static const QHash<QString, QString> other{{u"character varying"_s, u"varchar"_s}, {u"char varying"_s, u"varchar"_s}, {u"character"_s, u"char"_s},
        {u"int4"_s, u"int"_s}, {u"integer"_s, u"int"_s}, {u"int8"_s, u"bigint"_s}, {u"int2"_s, u"smallint"_s}, {u"decimal"_s, u"numeric"_s},
        {u"dec"_s, u"numeric"_s}, {u"bool"_s, u"boolean"_s}, {u"double precision"_s, u"float8"_s}, {u"float"_s, u"float8"_s}, {u"real"_s, u"float4"_s},
        {u"bpchar"_s, u"char"_s}, {u"timestamp with time zone"_s, u"timestamptz"_s}, {u"timestamp without time zone"_s, u"timestamp"_s},
        {u"time with time zone"_s, u"timetz"_s}, {u"time without time zone"_s, u"time"_s}, {u"serial4"_s, u"serial"_s}, {u"serial8"_s, u"bigserial"_s},
        {u"serial2"_s, u"smallserial"_s}};
    QString text = type.simplified();
    if (!text.contains(u'"'))
        text = text.toLower();
    if (text.startsWith("pg_catalog."_L1))
        text = text.mid(11);
    QString arguments;
    const qsizetype open = text.indexOf(u'(');
    const qsizetype close = text.indexOf(u')', open);
    if (open > 0 && close > open) {
        arguments = text.mid(open, close - open + 1).remove(u' ');
        text = QString(text.left(open).trimmed() + u' ' + text.mid(close + 1).trimmed()).trimmed();
    }
    QString array;
    while (text.endsWith(u']') && text.contains(u'[')) {
        const qsizetype at = text.lastIndexOf(u'[');
        array += "[]"_L1;
        text = text.left(at).trimmed();
    }
    return other.value(text, text) + arguments + array;
}

QString typeAt(const Words &words, int i, int end, int *next)
{
    int at = i;
    if (words.is(at, "setof"))
        ++at;
    QString type = nameAt(words, at, &at);
    const auto follow = [&](std::initializer_list<const char *> tail) {
        if (!words.are(at, tail))
            return;
        for (const char *word : tail)
            type += u' ' + QLatin1String(word);
        at += int(tail.size());
    };
    const auto arguments = [&] {
        if (!words.is(at, "("))
            return;
        const int behind = words.behindGroup(at);
        QByteArray inside = spelled(words, at, behind);
        inside.replace(' ', "");
        type += QString::fromUtf8(inside);
        at = behind;
    };
    if (type == "double"_L1)
        follow({"precision"});
    if (type == "character"_L1 || type == "char"_L1 || type == "bit"_L1)
        follow({"varying"});
    arguments();
    if (type.startsWith("time"_L1)) {
        follow({"with", "time", "zone"});
        follow({"without", "time", "zone"});
    }
    while (at < end && words.is(at, "[")) {
        while (at < end && !words.is(at, "]"))
            ++at;
        ++at;
        type += "[]"_L1;
    }
    if (words.is(at, "array")) {
        type += "[]"_L1;
        ++at;
    }
    *next = qMin(at, end);
    return normalType(type);
}

bool Column::serial() const
{
    return type == "serial"_L1 || type == "bigserial"_L1 || type == "smallserial"_L1;
}

bool beginsConstraint(const Words &words, int i)
{
    return words.is(i, "constraint") || words.is(i, "check") || words.are(i, {"foreign", "key"}) || words.are(i, {"primary", "key"}) || (words.is(i, "exclude") && words.isAny(i + 1, {"using", "("}))
        || (words.is(i, "unique") && (words.isAny(i + 1, {"(", "using", "nulls"}))) || words.are(i, {"not", "null"});
}

bool constraintIn(const Words &words, int i, int end, Constraint &constraint)
{
    if (words.is(i, "constraint"))
        constraint.name = nameAt(words, i + 1, &i);
    int at = i;
    if (words.is(at, "check")) {
        constraint.kind = Constraint::Kind::Check;
        const int behind = words.behindGroup(at + 1);
        constraint.expression = spelled(words, at + 2, behind - 1);
        at = behind;
    } else if (words.are(at, {"foreign", "key"})) {
        constraint.kind = Constraint::Kind::ForeignKey;
        constraint.columns = namesIn(words, at + 2);
        at = words.behindGroup(at + 2);
        if (words.is(at, "references"))
            constraint.references = nameAt(words, at + 1, &at);
    } else if (words.are(at, {"primary", "key"}) || words.is(at, "unique")) {
        constraint.kind = words.is(at, "unique") ? Constraint::Kind::Unique : Constraint::Kind::PrimaryKey;
        at += words.is(at, "unique") ? 1 : 2;
        constraint.usingIndex = words.are(at, {"using", "index"}) && !words.is(at + 2, "tablespace");
        while (at < end && !words.is(at, "(") && words.isAny(at, {"nulls", "not", "distinct"}))
            ++at;
        if (words.is(at, "(")) {
            constraint.columns = namesIn(words, at);
            at = words.behindGroup(at);
        }
    } else if (words.is(at, "exclude")) {
        constraint.kind = Constraint::Kind::Exclude;
        ++at;
    } else if (words.are(at, {"not", "null"})) {
        constraint.kind = Constraint::Kind::NotNull;
        constraint.columns << nameAt(words, at + 2, &at);
    } else {
        return false;
    }
    for (; at < end; at = words.is(at, "(") ? words.behindGroup(at) : at + 1) {
        constraint.notValid |= words.are(at, {"not", "valid"});
        constraint.notEnforced |= words.are(at, {"not", "enforced"});
    }
    constraint.end = endOf(words, end);
    return true;
}

Column columnIn(const Words &words, int i, int end)
{
    Column column;
    int at = i;
    column.name = nameAt(words, i, &at);
    column.type = typeAt(words, at, end, &at);
    QString name;
    while (at < end) {
        if (words.is(at, "constraint")) {
            name = nameAt(words, at + 1, &at);
            continue;
        }
        const auto add = [&](Constraint::Kind kind) {
            column.constraints.push_back({kind, name, {column.name}, {}, {}, false, false, false, 0});
            name.clear();
        };
        if (words.are(at, {"not", "null"})) {
            column.notNull = true;
            at += 2;
        } else if (words.is(at, "default")) {
            int stop = ++at;
            while (stop < end && !words.isAny(stop, {"not", "null", "unique", "primary", "check", "references", "constraint", "generated", "collate"}))
                stop = words.is(stop, "(") ? words.behindGroup(stop) : stop + 1;
            if (stop == at)
                ++stop; // DEFAULT NULL
            column.hasDefault = true;
            column.defaultText = spelled(words, at, stop);
            at = stop;
        } else if (words.is(at, "check")) {
            add(Constraint::Kind::Check);
            column.constraints.last().expression = spelled(words, at + 2, words.behindGroup(at + 1) - 1);
            at = words.behindGroup(at + 1);
        } else if (words.is(at, "references")) {
            add(Constraint::Kind::ForeignKey);
            column.constraints.last().references = nameAt(words, at + 1, &at);
        } else if (words.are(at, {"primary", "key"})) {
            add(Constraint::Kind::PrimaryKey);
            at += 2;
        } else if (words.is(at, "unique")) {
            add(Constraint::Kind::Unique);
            ++at;
        } else if (words.are(at, {"not", "enforced"})) {
            if (!column.constraints.isEmpty())
                column.constraints.last().notEnforced = true;
            at += 2;
        } else if (words.is(at, "generated")) {
            const int as = words.find(at, end, {"as"});
            if (words.is(as + 1, "identity")) {
                column.generated = Column::Generated::Identity;
                at = as + 2;
            } else if (as >= 0 && words.is(as + 1, "(")) {
                at = words.behindGroup(as + 1);
                column.generatedEnd = endOf(words, at);
                column.generated = words.is(at, "stored") ? Column::Generated::Stored : words.is(at, "virtual") ? Column::Generated::Virtual : Column::Generated::Implicit;
            } else {
                ++at;
            }
        } else {
            at = words.is(at, "(") ? words.behindGroup(at) : at + 1;
        }
    }
    return column;
}

} // namespace howdah::migrations
