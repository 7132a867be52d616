// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/variables.h"

#include "pg/quote.h"
#include "query/lexer.h"

#include <algorithm>

namespace howdah::query
{

namespace
{
struct Reference {
    QString name;
    char form = ':'; // ':' plain, '\'' literal, '"' name, '?' tested
};

Reference referenceOf(QByteArrayView token)
{
    const char second = token.size() > 1 ? token[1] : '\0';
    if (second == '{')
        return {QString::fromUtf8(token.sliced(3, token.size() - 4)), '?'};
    if (second == '\'' || second == '"')
        return {QString::fromUtf8(token.sliced(2, token.size() - 3)), second};
    return {QString::fromUtf8(token.sliced(1)), ':'};
}

class Interpolator
{
public:
    Interpolator(const Variables &variables, bool standardStrings) : m_variables(variables), m_standard(standardStrings) {}

    // nullopt: not set, stays as it is.
    Result<std::optional<QByteArray>> value(QByteArrayView token, Interpolated &into)
    {
        const Reference reference = referenceOf(token);
        const auto found = m_variables.constFind(reference.name);
        if (reference.form == '?')
            return found == m_variables.constEnd() ? QByteArray("FALSE") : QByteArray("TRUE");
        if (found == m_variables.constEnd())
            return std::nullopt;
        if (reference.form != ':') {
            auto quoted = reference.form == '"' ? pg::quoteIdentifier(*found) : pg::quoteLiteral(*found);
            if (!quoted)
                return fail(std::move(quoted.error()).during(QStringLiteral("variable %1").arg(reference.name)));
            return std::move(*quoted);
        }
        into.raw = true;
        if (m_inside.contains(reference.name))
            return std::nullopt; // a variable that holds itself
        // What a variable holds may name others.
        m_inside << reference.name;
        QByteArray plain;
        const QByteArray held = found->toUtf8();
        for (const Token &inner : lex(held, m_standard)) {
            const QByteArrayView bytes = QByteArrayView(held).sliced(inner.begin, inner.end - inner.begin);
            if (inner.kind == Token::Kind::Variable) {
                auto replaced = value(bytes, into);
                if (!replaced)
                    return fail(std::move(replaced.error()));
                if (*replaced) {
                    plain += **replaced;
                    continue;
                }
            }
            plain += bytes;
        }
        m_inside.removeLast();
        return plain;
    }

private:
    const Variables &m_variables;
    bool m_standard;
    QStringList m_inside;
};
} // namespace

qsizetype Interpolated::origin(qsizetype byte) const
{
    Stretch last;
    for (const Stretch &stretch : stretches) {
        if (stretch.text > byte)
            break;
        last = stretch;
    }
    return last.replaced ? last.origin : last.origin + byte - last.text;
}

Result<Interpolated> interpolate(const Piece &piece, const Variables &variables, bool standardStrings)
{
    Interpolated result;
    if (!piece.text.contains(':')) {
        result.text = piece.text;
        return result;
    }
    Interpolator interpolator(variables, standardStrings);
    for (const Token &token : lex(piece.text, standardStrings)) {
        const QByteArrayView bytes = QByteArrayView(piece.text).sliced(token.begin, token.end - token.begin);
        const bool escaped = std::find(piece.escapedColons.begin(), piece.escapedColons.end(), token.begin) != piece.escapedColons.end();
        if (token.kind == Token::Kind::Variable && !escaped) {
            auto value = interpolator.value(bytes, result);
            if (!value)
                return fail(std::move(value.error()));
            if (*value) {
                result.stretches.push_back({result.text.size(), token.begin, true});
                result.text += **value;
                result.stretches.push_back({result.text.size(), token.end, false});
                continue;
            }
        }
        result.text += bytes;
    }
    return result;
}

Result<QString> interpolateArgument(const QString &text, const Variables &variables)
{
    const QByteArray bytes = text.toUtf8();
    Interpolator interpolator(variables, true);
    Interpolated ignored;
    QByteArray result;
    for (const Token &token : lex(bytes)) {
        const QByteArrayView part = QByteArrayView(bytes).sliced(token.begin, token.end - token.begin);
        if (token.kind == Token::Kind::Variable) {
            auto value = interpolator.value(part, ignored);
            if (!value)
                return fail(std::move(value.error()));
            if (*value) {
                result += **value;
                continue;
            }
        }
        result += part;
    }
    return QString::fromUtf8(result);
}

QStringList variablesOf(const std::vector<Piece> &pieces)
{
    QStringList names;
    for (const Piece &piece : pieces) {
        if (piece.kind == Piece::Kind::Command || !piece.text.contains(':'))
            continue;
        for (const Token &token : lex(piece.text)) {
            const bool escaped = std::find(piece.escapedColons.begin(), piece.escapedColons.end(), token.begin) != piece.escapedColons.end();
            if (token.kind != Token::Kind::Variable || escaped)
                continue;
            const QString name = referenceOf(QByteArrayView(piece.text).sliced(token.begin, token.end - token.begin)).name;
            const bool digits = std::all_of(name.begin(), name.end(), [](QChar c) { return c.isDigit(); });
            if (!digits && !names.contains(name))
                names << name;
        }
    }
    return names;
}

} // namespace howdah::query
