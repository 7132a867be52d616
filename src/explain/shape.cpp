// SPDX-License-Identifier: GPL-3.0-or-later
#include "explain/shape.h"

#include "query/hazards.h"
#include "query/statement.h"

#include <algorithm>

namespace howdah::explain
{

using namespace Qt::StringLiterals;
using query::StatementTokens;
using query::Token;

namespace
{

using Kind = query::Nature::Kind;

int numberOf(const QByteArray &token)
{
    bool whole = false;
    const int number = token.mid(1).toInt(&whole);
    return whole ? number : 0;
}

QByteArray slice(const QByteArray &text, const StatementTokens &tokens, int begin, int end)
{
    return begin < end ? text.mid(tokens[begin].begin, tokens[end - 1].end - tokens[begin].begin) : QByteArray();
}

tl::unexpected<Error> noPlan(const QByteArray &verb)
{
    return fail(
        ErrorKind::Client, u"no_plan"_s, u"%1 is a statement without a plan"_s.arg(QString::fromUtf8(verb.toUpper())),
        u"Queries, INSERT, UPDATE, DELETE, MERGE, CREATE TABLE AS and DECLARE have one; what a procedure runs is counted by itself with "
        u"pg_stat_statements.track = all"_s);
}

// What a literal's type may be written with, before its literal.
bool isTypeWord(const StatementTokens &tokens, int i)
{
    const Token::Kind kind = i >= 0 && i < tokens.size() ? tokens[i].kind : Token::Kind::Space;
    return kind == Token::Kind::Word || kind == Token::Kind::QuotedName;
}

// From the literal at `at` back to where its type's name begins: "timestamp(0) with time zone", "pg_catalog.int4", "double precision".
int typeBegin(const StatementTokens &tokens, int at)
{
    int i = at - 1;
    if (tokens.is(i, "zone") && tokens.is(i - 1, "time") && tokens.isAny(i - 2, {"with", "without"}))
        i -= 3;
    if (tokens.is(i, ")")) {
        int depth = 0;
        for (; i >= 0; --i) {
            depth += tokens.is(i, ")") ? 1 : tokens.is(i, "(") ? -1 : 0;
            if (depth == 0)
                break;
        }
        --i;
    }
    if (!isTypeWord(tokens, i))
        return -1;
    if (tokens.is(i, "precision") && tokens.is(i - 1, "double"))
        return i - 1;
    if (tokens.is(i, "varying")) {
        --i;
        return tokens.is(i - 1, "national") ? i - 1 : i;
    }
    if (tokens.isAny(i, {"character", "char"}) && tokens.is(i - 1, "national"))
        return i - 1;
    while (tokens.is(i - 1, ".") && isTypeWord(tokens, i - 2))
        i -= 2;
    return i;
}

constexpr std::initializer_list<const char *> units{"year", "month", "day", "hour", "minute", "second"};

// "day", "day to second", "second(3)" behind an interval's literal.
int behindUnits(const StatementTokens &tokens, int i)
{
    if (!tokens.isAny(i, units))
        return i;
    ++i;
    if (tokens.is(i, "to") && tokens.isAny(i + 1, units))
        i += 2;
    return tokens.is(i, "(") ? tokens.behindGroup(i) : i;
}

QByteArray replaced(const QByteArray &text, const StatementTokens &tokens, int begin, int end, const QByteArray &by)
{
    return text.left(tokens[begin].begin) + by + text.mid(tokens[end - 1].end);
}

std::optional<Rewrite> typedLiteral(const QByteArray &text, const StatementTokens &tokens, int at)
{
    const int begin = typeBegin(tokens, at);
    if (begin < 0)
        return {};
    const QByteArray type = slice(text, tokens, begin, at);
    const bool interval = tokens.is(begin, "interval");
    const int end = interval ? behindUnits(tokens, at + 1) : at + 1;
    QByteArray cast = type;
    if (end > at + 1)
        cast += ' ' + slice(text, tokens, at + 1, end);
    // A column's name stands before no literal, so whatever stands here is a type.
    const QByteArray by = '(' + tokens.text(at) + "::" + cast + ')';
    return Rewrite{Rewrite::Form::TypedLiteral, numberOf(tokens.text(at)), replaced(text, tokens, begin, end, by), QString::fromUtf8(type),
                   u"%1 as %2"_s.arg(QString::fromUtf8(slice(text, tokens, begin, end)), QString::fromUtf8(by)), false};
}

bool isPlainWord(const QString &word)
{
    const auto isPlain = [](QChar c) { return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || c == u'_'; };
    return !word.isEmpty() && std::all_of(word.cbegin(), word.cend(), isPlain);
}

std::optional<Rewrite> grammarWord(const QByteArray &text, const StatementTokens &tokens, int at, Rewrite::Form form, const QMap<int, QString> &words)
{
    const int number = numberOf(tokens.text(at));
    Rewrite rewrite{form, number, text, {}, {}, true};
    const QString word = words.value(number).trimmed();
    if (isPlainWord(word)) {
        rewrite.text = replaced(text, tokens, at, at + 1, word.toUtf8());
        rewrite.said = u"$%1 as %2"_s.arg(number).arg(word);
        rewrite.wantsValue = false;
    }
    return rewrite;
}

} // namespace

int Shape::highest() const
{
    return parameters.isEmpty() ? 0 : *std::max_element(parameters.cbegin(), parameters.cend());
}

Result<Shape> shapeOf(const QString &given, bool standardStrings)
{
    const QByteArray text = given.toUtf8();
    const StatementTokens tokens(text, standardStrings);
    const auto statements = tokens.statements();
    if (statements.empty())
        return fail(ErrorKind::Client, u"no_statement"_s, u"There is no statement in the text"_s);
    if (statements.size() > 1)
        return fail(ErrorKind::Client, u"several_statements"_s, u"The text holds %1 statements"_s.arg(statements.size()), u"Ask for the plan of one of them"_s);
    int begin = statements.front().first;
    int end = statements.front().second;
    Shape shape;
    for (const Token &token : query::lex(text, standardStrings)) {
        if (token.kind == Token::Kind::Unterminated)
            return fail(ErrorKind::Client, u"text_cut"_s, u"The text ends within a quoted text or a comment"_s,
                        u"It was cut off: pg_stat_activity keeps track_activity_query_size bytes, pg_stat_statements all of it"_s);
        if (token.kind == Token::Kind::BlockComment && text.mid(token.begin, token.end - token.begin).contains("..."))
            shape.warnings = QStringList{u"A list was shortened by pg_stat_statements to its first element: it is planned with one"_s};
    }
    // A statement that holds the one that was meant.
    if (tokens.is(begin, "explain")) {
        ++begin;
        if (tokens.is(begin, "(") && !tokens.isAny(begin + 1, {"select", "with", "values", "table", "("}))
            begin = tokens.behindGroup(begin);
        while (tokens.isAny(begin, {"analyze", "analyse", "verbose"}))
            ++begin;
    } else if (tokens.is(begin, "copy") && tokens.is(begin + 1, "(")) {
        end = tokens.behindGroup(begin + 1) - 1;
        begin += 2;
        shape.warnings.append(u"Of COPY its query is planned"_s);
    } else if (tokens.is(begin, "prepare")) {
        int as = tokens.find(begin, end, {"as"});
        if (as < 0)
            return noPlan("prepare");
        begin = as + 1;
    }
    shape.text = slice(text, tokens, begin, end);
    if (shape.text.isEmpty())
        return fail(ErrorKind::Client, u"no_statement"_s, u"There is no statement in the text"_s);
    shape.inner = shape.text;
    const query::Nature nature = query::natureOf(shape.text);
    shape.writes = nature.writes;
    switch (nature.kind) {
    case Kind::Select:
    case Kind::Insert:
    case Kind::Update:
    case Kind::Delete:
    case Kind::Merge: break;
    default: {
        int query = -1;
        if (tokens.is(begin, "declare"))
            query = tokens.find(begin, end, {"for"}) + 1;
        else if (tokens.is(begin, "create") && tokens.find(begin, end, {"table", "materialized"}) > 0)
            query = tokens.find(begin, end, {"as"}) + 1;
        // AS EXECUTE runs what another session prepared.
        if (query <= 0 || tokens.is(query, "execute"))
            return noPlan(tokens.text(begin));
        int behind = end;
        if (tokens.is(end - 1, "data")) // WITH [NO] DATA
            behind = tokens.is(end - 2, "no") ? end - 3 : end - 2;
        shape.inner = slice(text, tokens, query, behind);
        shape.writes = !tokens.is(begin, "declare") || query::natureOf(shape.inner).writes;
    }
    }
    for (int i = begin; i < end; ++i) {
        if (tokens[i].kind != Token::Kind::Parameter)
            continue;
        const int number = numberOf(tokens.text(i));
        if (number < 1 || number > mostParameters)
            return fail(ErrorKind::Client, u"too_many_parameters"_s,
                u"A parameter %1 is not one of $1 to $%2"_s.arg(QString::fromUtf8(tokens.text(i))).arg(mostParameters));
        shape.parameters.insert(number);
    }
    return shape;
}

std::optional<Rewrite> rewriteAt(const QByteArray &text, qsizetype byte, const QMap<int, QString> &words)
{
    const StatementTokens tokens(text);
    int at = 0;
    while (at < tokens.size() && tokens[at].end <= byte)
        ++at;
    if (at >= tokens.size() || byte < tokens[at].begin)
        return {};
    // U&'…' UESCAPE '!' has become $1 UESCAPE '!'.
    if (tokens[at].kind == Token::Kind::String && tokens.is(at - 1, "uescape") && at >= 2 && tokens[at - 2].kind == Token::Kind::Parameter)
        return Rewrite{Rewrite::Form::TypedLiteral, numberOf(tokens.text(at - 2)), replaced(text, tokens, at - 1, at + 1, {}), {},
                       u"UESCAPE was left out"_s, false};
    if (tokens[at].kind != Token::Kind::Parameter)
        return {};
    if (tokens.is(at - 1, "(") && tokens.is(at - 2, "extract") && tokens.is(at + 1, "from"))
        return grammarWord(text, tokens, at, Rewrite::Form::Field, words);
    if (tokens.is(at + 1, "normalized") || (tokens.is(at - 1, ",") && tokens.is(at + 1, ")")))
        return grammarWord(text, tokens, at, Rewrite::Form::NormalForm, words);
    return typedLiteral(text, tokens, at);
}

QVector<CalledName> calledNames(const QByteArray &text)
{
    const auto folded = [](const QByteArray &token) {
        if (!token.startsWith('"'))
            return QString::fromUtf8(token).toLower();
        return QString::fromUtf8(token.mid(1, token.size() - 2)).replace(u"\"\""_s, u"\""_s);
    };
    QVector<CalledName> names;
    const StatementTokens tokens(text);
    for (int i = 0; i + 1 < tokens.size(); ++i) {
        if (!isTypeWord(tokens, i) || !tokens.is(i + 1, "("))
            continue;
        const bool qualified = tokens.is(i - 1, ".") && isTypeWord(tokens, i - 2);
        names.append({qualified ? folded(tokens.text(i - 2)) : QString(), folded(tokens.text(i))});
    }
    return names;
}

qsizetype byteOfCharacter(const QByteArray &text, int character)
{
    int seen = 0;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if ((quint8(text[i]) & 0xc0) == 0x80)
            continue;
        if (++seen == character)
            return i;
    }
    return -1;
}

} // namespace howdah::explain
