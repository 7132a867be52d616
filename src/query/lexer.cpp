// SPDX-License-Identifier: GPL-3.0-or-later
// The server's scan.l and psql's psqlscan.l, by hand. Where a comment names psql, the rule is its own and not the server's.
#include "query/lexer.h"

#include "query/scan.h"

#include <array>

namespace howdah::query
{

namespace
{
constexpr bool isSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
constexpr bool isNewline(char c) { return c == '\n' || c == '\r'; }
constexpr bool isDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool isNameStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80); }
constexpr bool isNamePart(char c) { return isNameStart(c) || isDigit(c) || c == '$'; }
constexpr bool isVariablePart(char c) { return isNameStart(c) || isDigit(c); }
bool isOperatorPart(char c) { return c != '\0' && QByteArrayView("~!@#^&|`?+-*/%<>=").contains(c); }

class Scan
{
public:
    Scan(QByteArrayView text, qsizetype begin, bool standardStrings) : m_text(text), m_begin(begin), m_at(begin), m_standard(standardStrings) {}

    Token token()
    {
        const Token::Kind kind = scan();
        return {kind, m_begin, m_at};
    }

private:
    char at(qsizetype i) const { return i < m_text.size() ? m_text[i] : '\0'; }
    char here(int ahead = 0) const { return at(m_at + ahead); }
    bool atEnd() const { return m_at >= m_text.size(); }
    template<typename Test>
    void skip(Test test)
    {
        while (!atEnd() && test(m_text[m_at]))
            ++m_at;
    }

    Token::Kind scan();
    Token::Kind blockComment();
    Token::Kind string(bool escapes);
    Token::Kind quotedName();
    Token::Kind dollar();
    Token::Kind number();
    Token::Kind colon();
    Token::Kind operators();
    bool closes(char quote, bool escapes);
    bool continues();

    QByteArrayView m_text;
    qsizetype m_begin;
    qsizetype m_at;
    bool m_standard;
};

Token::Kind Scan::scan()
{
    const char c = here();
    const char next = here(1);
    if (isSpace(c)) {
        skip(isSpace);
        return Token::Kind::Space;
    }
    if (c == '-' && next == '-') {
        skip([](char in) { return !isNewline(in); });
        return Token::Kind::LineComment;
    }
    if (c == '/' && next == '*')
        return blockComment();
    if (c == '\'')
        return string(!m_standard);
    if (c == '"')
        return quotedName();
    if (next == '\'' && QByteArrayView("eEbBxXnN").contains(c)) {
        ++m_at;
        return string(c == 'e' || c == 'E' || (!m_standard && (c == 'n' || c == 'N')));
    }
    if ((c == 'u' || c == 'U') && next == '&' && (here(2) == '\'' || here(2) == '"')) {
        m_at += 2;
        return here() == '"' ? quotedName() : string(false);
    }
    if (isNameStart(c)) {
        skip(isNamePart);
        return Token::Kind::Word;
    }
    if (isDigit(c) || (c == '.' && isDigit(next)))
        return number();
    if (c == '$')
        return dollar();
    if (c == ':')
        return colon();
    if (isOperatorPart(c))
        return operators();
    ++m_at;
    if (c == '.' && here() == '.')
        ++m_at;
    return Token::Kind::Punctuation;
}

Token::Kind Scan::blockComment()
{
    int depth = 0;
    while (!atEnd()) {
        if (here() == '/' && here(1) == '*') {
            ++depth;
            m_at += 2;
        } else if (here() == '*' && here(1) == '/') {
            m_at += 2;
            if (--depth == 0)
                return Token::Kind::BlockComment;
        } else {
            ++m_at;
        }
    }
    return Token::Kind::Unterminated;
}

// Behind the opening quote; a doubled one is part of the text.
bool Scan::closes(char quote, bool escapes)
{
    while (!atEnd()) {
        const char c = m_text[m_at++];
        if (c == '\\' && escapes) {
            if (!atEnd())
                ++m_at;
        } else if (c == quote) {
            if (here() != quote)
                return true;
            ++m_at;
        }
    }
    return false;
}

// A literal goes on in the next quotes when white space with a line break, and nothing else, stands between.
bool Scan::continues()
{
    bool newline = false;
    for (qsizetype i = m_at; i < m_text.size(); ++i) {
        if (isNewline(m_text[i])) {
            newline = true;
        } else if (m_text[i] == '\'' && newline) {
            m_at = i;
            return true;
        } else if (m_text[i] == '-' && at(i + 1) == '-') {
            while (i < m_text.size() && !isNewline(m_text[i]))
                ++i;
            newline = true; // its end, or that of the text, where nothing goes on anyway
        } else if (!isSpace(m_text[i])) {
            return false;
        }
    }
    return false;
}

Token::Kind Scan::string(bool escapes)
{
    do {
        ++m_at;
        if (!closes('\'', escapes))
            return Token::Kind::Unterminated;
    } while (continues());
    return Token::Kind::String;
}

Token::Kind Scan::quotedName()
{
    ++m_at;
    return closes('"', false) ? Token::Kind::QuotedName : Token::Kind::Unterminated;
}

Token::Kind Scan::dollar()
{
    ++m_at;
    if (isDigit(here())) {
        skip(isDigit);
        if (isNameStart(here()))
            skip(isNamePart); // $1abc: one token of rubbish, as the server has it
        return Token::Kind::Parameter;
    }
    qsizetype i = m_at;
    if (isNameStart(at(i))) {
        while (i < m_text.size() && isVariablePart(m_text[i]))
            ++i;
    }
    if (at(i) != '$')
        return Token::Kind::Punctuation; // a lone $, which the server will refuse
    const QByteArrayView quote = m_text.sliced(m_begin, i + 1 - m_begin);
    const qsizetype close = m_text.indexOf(quote, i + 1);
    m_at = close < 0 ? m_text.size() : close + quote.size();
    return close < 0 ? Token::Kind::Unterminated : Token::Kind::DollarString;
}

Token::Kind Scan::number()
{
    const auto digits = [this] { skip([](char c) { return isDigit(c) || c == '_'; }); };
    if (here() == '0' && QByteArrayView("xXoObB").contains(here(1)) && here(1) != '\0') {
        skip(isNamePart);
        return Token::Kind::Number;
    }
    digits();
    if (here() == '.' && here(1) != '.') { // 1..10 is 1, .., 10
        ++m_at;
        digits();
    }
    if (here() == 'e' || here() == 'E') {
        const int sign = here(1) == '+' || here(1) == '-' ? 1 : 0;
        if (isDigit(here(1 + sign))) {
            m_at += 1 + sign;
            digits();
        }
    }
    if (isNameStart(here()))
        skip(isNamePart); // 123abc: one token of rubbish
    return Token::Kind::Number;
}

// psql: :name, :'name', :"name", :{?name}; a cast and := come first.
Token::Kind Scan::colon()
{
    if (here(1) == ':' || here(1) == '=') {
        m_at += 2;
        return Token::Kind::Operator;
    }
    const char open = here(1);
    const bool tested = open == '{' && here(2) == '?';
    const bool quoted = open == '\'' || open == '"';
    const qsizetype name = m_at + (tested ? 3 : quoted ? 2 : 1);
    qsizetype i = name;
    while (i < m_text.size() && isVariablePart(m_text[i]))
        ++i;
    const char close = tested ? '}' : open;
    if (i == name || ((tested || quoted) && at(i) != close)) {
        ++m_at;
        return Token::Kind::Punctuation;
    }
    m_at = i + (tested || quoted ? 1 : 0);
    return Token::Kind::Variable;
}

Token::Kind Scan::operators()
{
    qsizetype end = m_at;
    while (end < m_text.size() && isOperatorPart(m_text[end])) {
        if (end > m_at && ((m_text[end] == '-' && at(end + 1) == '-') || (m_text[end] == '/' && at(end + 1) == '*')))
            break;
        ++end;
    }
    // An operator may end in + or - only where it holds one of these: a=-1 is a = -1.
    const auto unusual = [this](qsizetype upTo) {
        for (qsizetype i = m_at; i < upTo; ++i) {
            if (QByteArrayView("~!@#^&|`?%").contains(m_text[i]))
                return true;
        }
        return false;
    };
    while (end - m_at > 1 && (m_text[end - 1] == '+' || m_text[end - 1] == '-') && !unusual(end - 1))
        --end;
    m_at = end;
    return Token::Kind::Operator;
}
} // namespace

Token scanToken(QByteArrayView text, qsizetype begin, bool standardStrings)
{
    return Scan(text, begin, standardStrings).token();
}

qsizetype commandEnd(QByteArrayView text, qsizetype begin)
{
    qsizetype lineEnd = begin;
    while (lineEnd < text.size() && !isNewline(text[lineEnd]))
        ++lineEnd;
    const QByteArrayView name = commandName(text.sliced(begin, lineEnd - begin));
    qsizetype i = begin + 1 + name.size();
    static constexpr std::array wholeLine{"copy", "!", "h", "help", "ef", "ev", "sf", "sv", "sf+", "sv+"};
    for (const auto *whole : wholeLine) {
        if (name == QByteArrayView(whole))
            return lineEnd;
    }
    while (i < lineEnd && text[i] != '\\') {
        const char c = text[i++];
        if (c != '\'' && c != '"' && c != '`')
            continue;
        while (i < lineEnd && text[i] != c)
            i += text[i] == '\\' && c == '\'' ? 2 : 1;
        ++i;
    }
    return qMin(i, lineEnd);
}

QByteArray lowered(QByteArrayView text, const Token &token)
{
    QByteArray word = text.sliced(token.begin, token.end - token.begin).toByteArray();
    for (char &c : word) {
        if (c >= 'A' && c <= 'Z')
            c = char(c + 32);
    }
    return word;
}

std::vector<Token> lex(QByteArrayView text, bool standardStrings)
{
    std::vector<Token> tokens;
    ScriptScanner scanner(text, standardStrings);
    while (const auto found = scanner.next())
        tokens.push_back(found->token);
    return tokens;
}

} // namespace howdah::query
