// SPDX-License-Identifier: GPL-3.0-or-later
// A statement's tokens without space and comments, for what is told by words alone. For src/query and src/migrations. Pure, any thread.
#pragma once

#include "query/lexer.h"

#include <QByteArray>

#include <initializer_list>

namespace howdah::query
{

class StatementTokens
{
public:
    explicit StatementTokens(QByteArrayView text, bool standardStrings = true);

    int size() const { return int(m_tokens.size()); }
    const Token &operator[](int i) const { return m_tokens[size_t(i)]; }
    // Lower case of a word that is not quoted; the sign itself of punctuation and operators; empty for all others and outside the range.
    QByteArray word(int i) const;
    bool is(int i, const char *text) const { return word(i) == text; }
    bool isAny(int i, std::initializer_list<const char *> texts) const;
    bool are(int i, std::initializer_list<const char *> texts) const; // from i on, one after the other
    QByteArray text(int i) const;
    // Behind the ')' that closes the '(' at i; size() where none does.
    int behindGroup(int i) const;
    // "public.orders", as it was written; `next` is set behind it.
    QString name(int i, int *next = nullptr) const;
    // The first of these words from i on, outside of parentheses, before end; -1: none.
    int find(int i, int end, std::initializer_list<const char *> words) const;
    // Statements of it, where several were joined by ';': pairs of begin and end.
    std::vector<std::pair<int, int>> statements() const;

private:
    QByteArrayView m_text;
    std::vector<Token> m_tokens;
};

} // namespace howdah::query
