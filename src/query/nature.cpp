// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/hazards.h"
#include "query/lexer.h"
#include "query/metacommand.h"
#include "query/scan.h"
#include "query/statement.h"

#include <algorithm>

namespace howdah::query
{

namespace
{
using Kind = Nature::Kind;

bool writesInside(const StatementTokens &tokens, int begin, int end)
{
    for (int i = begin; i < end; ++i) {
        if (tokens.is(i, "(") && tokens.isAny(i - 1, {"as", "materialized"}) && tokens.isAny(i + 1, {"update", "delete", "merge", "insert"}))
            return true;
    }
    return false;
}

Nature natureFrom(const StatementTokens &tokens, int begin, int end)
{
    int verb = begin;
    while (tokens.is(verb, "("))
        ++verb;
    const bool inCte = writesInside(tokens, begin, end);
    if (tokens.is(verb, "with"))
        verb = tokens.find(verb + 1, end, {"select", "insert", "update", "delete", "merge", "values", "table"});
    const QByteArray word = tokens.word(verb);
    if (word == "select" || word == "values" || word == "table")
        return {Kind::Select, inCte || (word == "select" && tokens.find(verb, end, {"into"}) >= 0)};
    if (word == "insert")
        return {Kind::Insert, true};
    if (word == "update")
        return {Kind::Update, true};
    if (word == "delete")
        return {Kind::Delete, true};
    if (word == "merge")
        return {Kind::Merge, true};
    if (word == "explain") {
        int inner = verb + 1;
        bool runs = false;
        if (tokens.is(inner, "(")) {
            const int behind = tokens.behindGroup(inner);
            for (int i = inner; i < behind; ++i)
                runs = runs || (tokens.isAny(i, {"analyze", "analyse"}) && !tokens.isAny(i + 1, {"off", "false"}) && tokens.text(i + 1) != "0");
            inner = behind;
        }
        for (; tokens.isAny(inner, {"analyze", "analyse", "verbose"}); ++inner)
            runs = runs || !tokens.is(inner, "verbose");
        return {Kind::Utility, runs && natureFrom(tokens, inner, end).writes};
    }
    if (word == "begin" || (word == "start" && tokens.is(verb + 1, "transaction")))
        return {Kind::Begin, false};
    if (word == "commit" || word == "end")
        return {Kind::Commit, tokens.is(verb + 1, "prepared")};
    if (word == "prepare" && tokens.is(verb + 1, "transaction"))
        return {Kind::Commit, true}; // like COMMIT, its outcome is what a lost link leaves open
    if (word == "rollback" || word == "abort") {
        if (tokens.find(verb, end, {"to"}) >= 0)
            return {Kind::Savepoint, false};
        return {Kind::Rollback, tokens.is(verb + 1, "prepared")};
    }
    if (word == "savepoint" || word == "release")
        return {Kind::Savepoint, false};
    if (word == "set" || word == "reset" || word == "discard")
        return {Kind::Set, false};
    if (word == "copy") {
        const int direction = tokens.find(verb, end, {"from", "to"});
        const bool reads = tokens.is(direction, "to") && tokens.is(direction + 1, "stdout");
        return {Kind::Copy, !reads || inCte};
    }
    if (word == "create" || word == "alter" || word == "drop" || word == "truncate" || word == "comment" || word == "grant" || word == "revoke"
        || word == "reassign" || word == "security" || word == "import" || word == "refresh")
        return {Kind::Ddl, true};
    if (word == "show" || word == "fetch" || word == "move" || word == "declare" || word == "close" || word == "listen" || word == "unlisten"
        || word == "prepare" || word == "deallocate" || word == "lock")
        return {Kind::Utility, false};
    if (word == "vacuum" || word == "analyze" || word == "analyse" || word == "reindex" || word == "cluster" || word == "checkpoint" || word == "notify"
        || word == "load")
        return {Kind::Utility, true};
    return {Kind::Other, true};
}
} // namespace

// Of several in one message: the last one's kind, and whether any of them writes.
Nature natureOf(const QByteArray &statement)
{
    const StatementTokens tokens(statement);
    const auto statements = tokens.statements();
    if (statements.empty())
        return {Kind::Other, false};
    const bool routine = tokens.is(0, "create"); // its body may hold semicolons
    Nature nature = natureFrom(tokens, 0, statements.front().second);
    for (size_t i = 1; i < statements.size() && !routine; ++i) {
        const bool before = nature.writes;
        nature = natureFrom(tokens, statements[i].first, statements[i].second);
        nature.writes = nature.writes || before;
    }
    return nature;
}

bool runsWhatIsNotSeen(const Piece &piece)
{
    if (piece.kind == Piece::Kind::Command) {
        const QByteArrayView name = commandName(piece.text);
        if (name == "copy") {
            const auto copy = parseCopy(QString::fromUtf8(piece.text.mid(piece.text.indexOf("copy") + 4)));
            return copy && copy->from;
        }
        return name == "i" || name == "include" || name == "ir" || name == "include_relative";
    }
    if (!piece.sender.isEmpty() && commandName(piece.sender) == "gexec")
        return true;
    const std::vector<Token> tokens = lex(piece.text);
    const auto first = std::find_if(tokens.begin(), tokens.end(), [](const Token &token) {
        return token.kind != Token::Kind::Space && token.kind != Token::Kind::LineComment && token.kind != Token::Kind::BlockComment;
    });
    return first != tokens.end() && first->kind == Token::Kind::Variable;
}

bool returnsRows(const QByteArray &statement)
{
    const StatementTokens tokens(statement);
    if (tokens.statements().size() != 1)
        return false;
    const int end = tokens.statements().front().second;
    switch (natureFrom(tokens, 0, end).kind) {
    case Kind::Select: return tokens.find(0, end, {"into"}) < 0;
    case Kind::Insert:
    case Kind::Update:
    case Kind::Delete:
    case Kind::Merge: return tokens.find(0, end, {"returning"}) >= 0;
    case Kind::Utility: return tokens.isAny(0, {"show", "explain", "fetch"});
    default: return false;
    }
}

QString plainRelation(const QByteArray &statement)
{
    const StatementTokens tokens(statement);
    if (tokens.statements().size() != 1)
        return {};
    const int end = tokens.statements().front().second;
    const auto aliasAt = [&](int i) { return i < end && (tokens[i].kind == Token::Kind::Word || tokens[i].kind == Token::Kind::QuotedName); };
    QString name;
    int next = 1;
    if (tokens.is(0, "table")) {
        name = tokens.name(tokens.is(1, "only") ? 2 : 1, &next);
    } else if (tokens.is(0, "select") && !tokens.is(1, "distinct")) {
        const int from = tokens.find(1, end, {"from", "into"});
        if (!tokens.is(from, "from"))
            return {};
        name = tokens.name(tokens.is(from + 1, "only") ? from + 2 : from + 1, &next);
    }
    if (name.isEmpty() || tokens.find(next, end, {"join", "union", "intersect", "except", "group", "having"}) >= 0)
        return {};
    const auto behind = {"where", "order", "limit", "offset", "fetch", "for", "tablesample", "window"};
    if (tokens.is(next, "*"))
        ++next;
    if (tokens.is(next, "as"))
        next += 2;
    else if (aliasAt(next) && !tokens.isAny(next, behind))
        ++next;
    return next >= end || tokens.isAny(next, behind) ? name : QString();
}

} // namespace howdah::query
