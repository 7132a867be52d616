// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/query/params.h"

#include "query/lexer.h"

#include <QSet>

namespace howdah::ui
{

namespace
{

using Kind = query::Token::Kind;

// Statements whose $1 is a value of ours: the server takes parameters only in these.
bool takesParameters(const QByteArray &text, const std::vector<query::Token> &tokens)
{
    static const QSet<QByteArray> verbs{"select", "insert", "update", "delete", "merge", "with", "values", "table", "explain", "call", "declare"};
    for (const query::Token &token : tokens) {
        if (token.kind == Kind::Word)
            return verbs.contains(text.sliced(token.begin, token.end - token.begin).toLower());
        if (token.kind != Kind::Space && token.kind != Kind::LineComment && token.kind != Kind::BlockComment && token.kind != Kind::Punctuation)
            return false;
    }
    return false;
}

} // namespace

QVector<Parameter> parametersOf(const std::vector<query::Piece> &pieces, const QHash<QString, QString> &known)
{
    QVector<Parameter> found;
    const auto add = [&found](const Parameter &parameter) {
        for (Parameter &there : found) {
            if (there.name == parameter.name && there.positional == parameter.positional) {
                there.quoted = there.quoted || parameter.quoted;
                return;
            }
        }
        found.append(parameter);
    };
    for (const query::Piece &piece : pieces) {
        if (piece.kind == query::Piece::Kind::Command)
            continue;
        const std::vector<query::Token> tokens = query::lex(piece.text);
        const bool positional = takesParameters(piece.text, tokens);
        for (const query::Token &token : tokens) {
            const QByteArray text = piece.text.sliced(token.begin, token.end - token.begin);
            if (token.kind == Kind::Parameter && positional) {
                add({QString::fromLatin1(text.sliced(1)), true, false});
            } else if (token.kind == Kind::Variable && text.size() > 1 && text.at(1) != '{') {
                const bool quoted = text.at(1) == '\'' || text.at(1) == '"';
                const QString name = QString::fromUtf8(quoted ? text.sliced(2, qMax<qsizetype>(0, text.size() - 3)) : text.sliced(1));
                if (!name.isEmpty() && !known.contains(name))
                    add({name, false, quoted});
            }
        }
    }
    return found;
}

} // namespace howdah::ui
