// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/statement.h"

#include "query/scan.h"

#include <QString>

namespace howdah::query
{

StatementTokens::StatementTokens(QByteArrayView text, bool standardStrings) : m_text(text)
{
    for (const Token &token : lex(text, standardStrings)) {
        if (!token.isSpace())
            m_tokens.push_back(token);
    }
}

QByteArray StatementTokens::word(int i) const
{
    if (i < 0 || i >= size())
        return {};
    const Token &token = m_tokens[size_t(i)];
    const bool plain = token.kind == Token::Kind::Word || token.kind == Token::Kind::Punctuation || token.kind == Token::Kind::Operator;
    return plain ? lowered(m_text, token) : QByteArray();
}

bool StatementTokens::isAny(int i, std::initializer_list<const char *> texts) const
{
    const QByteArray found = word(i);
    return !found.isEmpty() && std::any_of(texts.begin(), texts.end(), [&](const char *text) { return found == text; });
}

bool StatementTokens::are(int i, std::initializer_list<const char *> texts) const
{
    for (const char *text : texts) {
        if (!is(i++, text))
            return false;
    }
    return true;
}

QByteArray StatementTokens::text(int i) const
{
    if (i < 0 || i >= size())
        return {};
    const Token &token = m_tokens[size_t(i)];
    return m_text.sliced(token.begin, token.end - token.begin).toByteArray();
}

int StatementTokens::behindGroup(int i) const
{
    int depth = 0;
    for (; i < size(); ++i) {
        if (is(i, "("))
            ++depth;
        else if (is(i, ")") && --depth <= 0)
            return i + 1;
    }
    return size();
}

QString StatementTokens::name(int i, int *next) const
{
    const auto isName = [this](int at) {
        return at < size() && (m_tokens[size_t(at)].kind == Token::Kind::Word || m_tokens[size_t(at)].kind == Token::Kind::QuotedName);
    };
    QString name;
    while (isName(i)) {
        name += QString::fromUtf8(text(i++));
        if (!is(i, ".") || !isName(i + 1))
            break;
        name += QLatin1Char('.');
        ++i;
    }
    if (next)
        *next = i;
    return name;
}

int StatementTokens::find(int i, int end, std::initializer_list<const char *> words) const
{
    while (i < qMin(end, size())) {
        if (is(i, "(")) {
            i = behindGroup(i);
            continue;
        }
        if (isAny(i, words))
            return i;
        ++i;
    }
    return -1;
}

std::vector<std::pair<int, int>> StatementTokens::statements() const
{
    std::vector<std::pair<int, int>> found;
    int begin = 0;
    for (int i = 0; i <= size(); ++i) {
        if (is(i, "(")) {
            i = behindGroup(i) - 1;
            continue;
        }
        if (i < size() && !is(i, ";") && !is(i, "\\;"))
            continue;
        if (i > begin)
            found.emplace_back(begin, i);
        begin = i + 1;
    }
    return found;
}

} // namespace howdah::query
