// SPDX-License-Identifier: GPL-3.0-or-later
// A column's other type. A cast that is written out cuts what is too long without a word, and the one of an assignment refuses it: so none is written where
// the server needs none, and one without the length where it does. What may be lost all the same is said above the statement.
#include "migrations/generateparts.h"

#include "pg/quote.h"

#include <QRegularExpression>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

namespace
{

struct TypeWords {
    QString base; // "timestamp without time zone"
    QString array;
    int length = -1; // or precision; -1: none
    int scale = 0;
};

enum class Fit { Fits, Refused, Cut, Zone };

TypeWords wordsOf(const QString &type)
{
    static const QRegularExpression form(u"^([^(\\[\"]*)(?:\\((\\d+)(?:,(-?\\d+))?\\))?([^\\[\"]*?)((?:\\[\\])*)$"_s);
    const auto match = form.match(type);
    if (!match.hasMatch())
        return {type, {}, -1, 0};
    return {QString(match.captured(1) + match.captured(4)).simplified(), match.captured(5), match.captured(2).isEmpty() ? -1 : match.captured(2).toInt(), match.captured(3).toInt()};
}

bool isString(const TypeWords &type)
{
    return type.base == "text"_L1 || type.base == "character varying"_L1 || type.base == "character"_L1 || type.base == "bpchar"_L1;
}

bool isBits(const TypeWords &type)
{
    return type.base == "bit"_L1 || type.base == "bit varying"_L1;
}

// How large a whole number is: its place among its kind and its digits.
struct Whole {
    int rank;
    int digits;
};

Whole wholeOf(const TypeWords &type)
{
    return type.base == "smallint"_L1 ? Whole{1, 5} : type.base == "integer"_L1 ? Whole{2, 10} : type.base == "bigint"_L1 ? Whole{3, 19} : Whole{0, 0};
}

Fit numericFit(const TypeWords &from, const TypeWords &to)
{
    if (to.length < 0)
        return from.base == "numeric"_L1 || wholeOf(from).rank ? Fit::Fits : Fit::Cut;
    const int before = to.length - to.scale;
    if (const Whole whole = wholeOf(from); whole.rank && to.scale >= 0)
        return before >= whole.digits ? Fit::Fits : Fit::Refused;
    if (from.base != "numeric"_L1 || from.length < 0 || to.scale < from.scale)
        return Fit::Cut;
    return before >= from.length - from.scale ? Fit::Fits : Fit::Refused;
}

// Does the new type hold every value of the old one? What is not known to fit is said not to.
Fit fitOf(const TypeWords &from, const TypeWords &to)
{
    static const QSet<std::pair<QString, QString>> wider{{u"smallint"_s, u"real"_s}, {u"smallint"_s, u"double precision"_s}, {u"integer"_s, u"double precision"_s}, {u"real"_s, u"double precision"_s},
                                                         {u"boolean"_s, u"integer"_s}, {u"date"_s, u"timestamp without time zone"_s}, {u"jsonb"_s, u"json"_s}, {u"cidr"_s, u"inet"_s},
                                                         {u"macaddr"_s, u"macaddr8"_s}};
    if (from.array != to.array)
        return isString(to) && to.array.isEmpty() && to.length < 0 ? Fit::Fits : Fit::Cut;
    if (isString(to))
        return to.length < 0 || (isString(from) && from.length >= 0 && from.length <= to.length) ? Fit::Fits : Fit::Refused;
    if (isBits(to) && isBits(from)) {
        const bool fits = to.base == "bit varying"_L1 && (to.length < 0 || (from.length >= 0 && from.length <= to.length));
        return fits ? Fit::Fits : Fit::Refused;
    }
    if (wholeOf(from).rank && wholeOf(to).rank)
        return wholeOf(from).rank <= wholeOf(to).rank ? Fit::Fits : Fit::Refused;
    if (to.base == "numeric"_L1)
        return numericFit(from, to);
    if (from.base == to.base) { // of times
        constexpr int most = 6;
        return (to.length < 0 ? most : to.length) >= (from.length < 0 ? most : from.length) ? Fit::Fits : Fit::Cut;
    }
    const bool stamps = (from.base.startsWith("timestamp"_L1) || from.base == "date"_L1) && to.base.startsWith("timestamp"_L1);
    if (stamps && from.base.endsWith("with time zone"_L1) != to.base.endsWith("with time zone"_L1))
        return Fit::Zone;
    return wider.contains({from.base, to.base}) ? Fit::Fits : Fit::Cut;
}

// To cast to, so that the length is left to the assignment. A bit's length is no bound but a part of the cast where the value is a number.
QString castType(const TypeWords &to, const QString &type, bool fromText)
{
    if (to.length < 0)
        return type;
    if (to.base == "character varying"_L1 || to.base == "bit varying"_L1)
        return to.base + to.array;
    if (to.base == "character"_L1)
        return u"bpchar"_s + to.array;
    return to.base == "bit"_L1 && fromText ? u"bit varying"_s + to.array : type;
}

} // namespace

TypeChange changeType(const QString &column, const QString &from, const QString &to, const GenerateOptions &options)
{
    const TypeWords before = wordsOf(from), after = wordsOf(to);
    const bool byText = options.byText.contains({from, to}), cast = byText || options.byCast.contains({from, to});
    const bool fromText = byText || isString(before);
    TypeChange change;
    if (cast)
        change.how = u" USING %1%2::%3"_s.arg(column, byText ? u"::text"_s : QString(), castType(after, to, fromText)); // sql-ok: for the migration's file
    const Fit fit = fitOf(before, after);
    if (cast && fromText)
        change.warned = u"%1fails where a row's value is none of the new type: %2 becomes %3"_s.arg(byText ? u"by way of text: "_s : QString(), from, to);
    else if (fit == Fit::Refused)
        change.warned = u"fails where a row's value is too long or too large: %1 becomes %2"_s.arg(from, to);
    else if (fit == Fit::Zone)
        change.warned = u"the session's TimeZone says which times these are: %1 becomes %2"_s.arg(from, to);
    else if (fit == Fit::Cut)
        change.warned = u"narrows: what %2 can't hold of %1 is rounded or cut without a word, or refused; look at the rows first"_s.arg(from, to);
    if (!change.warned.isEmpty())
        change.warned = pg::commentLine(change.warned) + u'\n';
    return change;
}

} // namespace howdah::migrations
