// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/rowsecurity.h"

#include "query/lexer.h"

namespace howdah::query
{

namespace
{

constexpr qsizetype mostNames = 200;
constexpr int deadlineMs = 2000;

QString folded(QByteArrayView token)
{
    if (token.size() > 1 && token.front() == '"')
        return QString::fromUtf8(token.sliced(1, token.size() - 2)).replace(QLatin1StringView("\"\""), QLatin1StringView("\""));
    return QString::fromUtf8(token).toLower();
}

// {"a","b"}: an array's text form, every element quoted.
QByteArray arrayOf(const QVector<std::pair<QString, QString>> &names, bool schemas)
{
    QByteArray text = "{";
    for (const auto &[schema, name] : names) {
        QByteArray part = (schemas ? schema : name).toUtf8();
        part.replace('\\', "\\\\").replace('"', "\\\"");
        text += (text.size() > 1 ? ",\"" : "\"") + part + '"';
    }
    return text + '}';
}

} // namespace

QVector<std::pair<QString, QString>> relationNames(const QByteArray &statement)
{
    QVector<std::pair<QString, QString>> names;
    const std::vector<Token> tokens = lex(statement);
    std::vector<const Token *> solid;
    for (const Token &token : tokens) {
        if (token.kind != Token::Kind::Space && token.kind != Token::Kind::LineComment && token.kind != Token::Kind::BlockComment)
            solid.push_back(&token);
    }
    const auto isName = [&](size_t i) { return i < solid.size() && (solid[i]->kind == Token::Kind::Word || solid[i]->kind == Token::Kind::QuotedName); };
    const auto isDot = [&](size_t i) { return i < solid.size() && statement.at(solid[i]->begin) == '.' && solid[i]->end - solid[i]->begin == 1; };
    const auto textAt = [&](size_t i) { return folded(QByteArrayView(statement).sliced(solid[i]->begin, solid[i]->end - solid[i]->begin)); };
    for (size_t i = 0; i < solid.size() && names.size() < mostNames; ++i) {
        if (!isName(i))
            continue;
        const bool qualified = isDot(i + 1) && isName(i + 2);
        const std::pair<QString, QString> name = qualified ? std::pair(textAt(i), textAt(i + 2)) : std::pair(QString(), textAt(i));
        if (qualified)
            i += 2;
        if (!names.contains(name))
            names.append(name);
    }
    return names;
}

Result<QVector<FilteredRelation>> filteredRelations(pg::Connection &connection, const QVector<std::pair<QString, QString>> &names,
                                                    const CancelToken &cancel)
{
    QVector<FilteredRelation> found;
    const pg::TransactionState state = connection.transactionState();
    if (names.isEmpty() || !connection.isAlive() || (state != pg::TransactionState::Idle && state != pg::TransactionState::Open))
        return found;
    pg::RunOptions options;
    options.timeoutMs = deadlineMs;
    // An error of ours (the user's own statement_timeout, say) must not cost the user's transaction.
    const bool open = state == pg::TransactionState::Open;
    if (open) {
        if (const Done set = connection.command("SAVEPOINT howdah_row_security"); !set)
            return fail(set.error());
    }
    const auto rows = connection.runFile(QStringLiteral("query/row_security"), {arrayOf(names, true), arrayOf(names, false)}, options, cancel);
    if (open && connection.isAlive()) {
        if (!rows)
            connection.command("ROLLBACK TO SAVEPOINT howdah_row_security");
        connection.command("RELEASE SAVEPOINT howdah_row_security");
    }
    if (!rows)
        return fail(rows.error());
    for (qsizetype row = 0; row < rows->size(); ++row)
        found.append({rows->text(row, 0), rows->text(row, 1)});
    return found;
}

} // namespace howdah::query
