// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/query/params.h"

#include "query/lexer.h"
#include "query/metacommand.h"

#include <QSet>

#include <algorithm>

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

// Names that the script itself gives a value before they are met: by \set, and by \gset, whose columns are known to the server only.
class SetByScript
{
public:
    void command(const QByteArray &text)
    {
        const auto parsed = query::parseMetacommand(text, {});
        if (!parsed)
            return;
        if (parsed->name == QLatin1StringView("set") || parsed->name == QLatin1StringView("getenv"))
            m_names.insert(parsed->arguments.value(0));
        else if (parsed->name == QLatin1StringView("unset"))
            m_names.remove(parsed->arguments.value(0));
        else if (parsed->name == QLatin1StringView("i") || parsed->name == QLatin1StringView("ir") || parsed->name == QLatin1StringView("include"))
            m_prefixes.append(QString()); // what it sets is not known before it is read
    }
    void sender(const QByteArray &text)
    {
        const auto parsed = query::parseMetacommand(text, {});
        if (parsed && parsed->name == QLatin1StringView("gset"))
            m_prefixes.append(parsed->arguments.value(0));
    }
    bool has(const QString &name) const
    {
        return m_names.contains(name) || std::any_of(m_prefixes.cbegin(), m_prefixes.cend(), [&](const QString &prefix) { return name.startsWith(prefix); });
    }

private:
    // Known from the start, or set by each statement.
    QSet<QString> m_names{QStringLiteral("ERROR"), QStringLiteral("SQLSTATE"), QStringLiteral("ROW_COUNT"), QStringLiteral("LAST_ERROR_MESSAGE"),
                          QStringLiteral("LAST_ERROR_SQLSTATE"), QStringLiteral("DBNAME"), QStringLiteral("USER"), QStringLiteral("HOST"), QStringLiteral("PORT"),
                          QStringLiteral("ENCODING"), QStringLiteral("SERVER_VERSION_NUM")};
    QStringList m_prefixes;
};

bool isEscaped(const query::Piece &piece, const query::Token &token) // \:
{
    return std::find(piece.escapedColons.begin(), piece.escapedColons.end(), token.begin) != piece.escapedColons.end();
}

bool isNumber(const QString &name) // of a[1:2]
{
    return std::all_of(name.cbegin(), name.cend(), [](QChar c) { return c.isDigit(); });
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
    SetByScript set;
    for (const query::Piece &piece : pieces) {
        if (piece.kind == query::Piece::Kind::Command) {
            set.command(piece.text);
            continue;
        }
        const std::vector<query::Token> tokens = query::lex(piece.text);
        const bool positional = pieces.size() == 1 && takesParameters(piece.text, tokens);
        for (const query::Token &token : tokens) {
            const QByteArray text = piece.text.sliced(token.begin, token.end - token.begin);
            if (token.kind == Kind::Parameter && positional) {
                add({QString::fromLatin1(text.sliced(1)), true, false});
            } else if (token.kind == Kind::Variable && text.size() > 1 && text.at(1) != '{' && !isEscaped(piece, token)) {
                const bool quoted = text.at(1) == '\'' || text.at(1) == '"';
                const QString name = QString::fromUtf8(quoted ? text.sliced(2, qMax<qsizetype>(0, text.size() - 3)) : text.sliced(1));
                if (!isNumber(name) && !known.contains(name) && !set.has(name))
                    add({name, false, quoted});
            }
        }
        if (!piece.sender.isEmpty())
            set.sender(piece.sender);
    }
    return found;
}

} // namespace howdah::ui
