// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/scan.h"

#include <array>

namespace howdah::query
{

namespace
{
constexpr qsizetype outerWords = 64; // COPY's column list stands in parentheses: FROM STDIN comes early

bool isSender(QByteArrayView command)
{
    static constexpr std::array senders{"g", "gx", "gset", "gexec", "gdesc", "crosstabview", "watch"};
    const QByteArrayView name = commandName(command);
    for (const auto *sender : senders) {
        if (name == QByteArrayView(sender))
            return true;
    }
    return false;
}
// \copy … from stdin: the data follow in the script, as with COPY itself.
bool copiesFromScript(QByteArrayView arguments)
{
    bool from = false;
    int depth = 0;
    for (qsizetype at = 0; at < arguments.size();) {
        const Token token = scanToken(arguments, at, true);
        at = token.end;
        const QByteArray word = token.kind == Token::Kind::Word || token.kind == Token::Kind::Punctuation ? lowered(arguments, token) : QByteArray();
        depth += word == "(" ? 1 : word == ")" ? -1 : 0;
        if (from && !token.isSpace())
            return word == "stdin";
        from = from || (word == "from" && depth == 0);
    }
    return false;
}
} // namespace

QByteArrayView commandName(QByteArrayView command)
{
    qsizetype end = 1;
    while (end < command.size() && quint8(command[end]) > ' ' && command[end] != '\\')
        ++end;
    return command.sliced(1, end - 1);
}

std::optional<ScriptToken> ScriptScanner::next()
{
    if (m_at >= m_text.size())
        return {};
    beginOfLine();
    if (m_copies > 0 && m_at > 0 && m_text[m_at - 1] == '\n') {
        --m_copies;
        const Token data = copyData();
        m_at = data.end;
        return ScriptToken{data};
    }
    ScriptToken found;
    if (m_text[m_at] == '\\') {
        found = backslash();
    } else {
        found.token = scanToken(m_text, m_at, m_standard);
        // The data begins behind the first line break, whatever stands there.
        if (m_copies > 0 && found.token.kind == Token::Kind::Space) {
            const qsizetype newline = m_text.indexOf('\n', m_at);
            if (newline >= 0 && newline < found.token.end)
                found.token.end = newline + 1;
        }
        if (found.token.kind == Token::Kind::Word)
            word(found.token);
        else if (found.token.kind == Token::Kind::Punctuation)
            punctuation(found);
        else if (m_parens == 0 && !found.token.isSpace() && m_outer.size() < outerWords)
            m_outer << (found.token.kind == Token::Kind::String ? lowered(m_text, found.token) : QByteArray("="));
    }
    m_afterCommand = found.token.kind == Token::Kind::Command;
    m_at = found.token.end;
    return found;
}

// A setting that changed counts from the next line on.
void ScriptScanner::beginOfLine()
{
    if (m_expectedAt >= 0 && m_text.sliced(m_expectedAt, m_at - m_expectedAt).contains('\n')) {
        m_standard = m_expected;
        m_expectedAt = -1;
    }
    for (; m_knownNext < m_known.size() && m_known[m_knownNext].first <= m_at; ++m_knownNext) {
        m_standard = m_expected = m_known[m_knownNext].second;
        m_expectedAt = -1;
    }
}

ScriptToken ScriptScanner::backslash()
{
    const char next = m_at + 1 < m_text.size() ? m_text[m_at + 1] : '\0';
    if (next == ';' || next == ':') {
        if (next == ';') {
            noteCopy();
            m_words = 0;
            m_outer.clear();
        }
        return {{Token::Kind::Punctuation, m_at, m_at + 2}, next == ';' ? ScriptToken::Mark::Join : ScriptToken::Mark::Colon};
    }
    if (next == '\\' && m_afterCommand)
        return {{Token::Kind::Punctuation, m_at, m_at + 2}, ScriptToken::Mark::Separator};
    const Token token{Token::Kind::Command, m_at, commandEnd(m_text, m_at)};
    const QByteArrayView command = m_text.sliced(token.begin, token.end - token.begin);
    if (isSender(command)) {
        const int copies = endStatement();
        return {token, ScriptToken::Mark::Sender, copies};
    }
    if (commandName(command) == QByteArrayView("copy") && copiesFromScript(command.sliced(5))) {
        ++m_copies;
        return {token, ScriptToken::Mark::None, 1};
    }
    if (commandName(command) != QByteArrayView("r") && commandName(command) != QByteArrayView("reset"))
        return {token};
    m_outer.clear();
    m_joined = 0;
    endStatement();
    return {token, ScriptToken::Mark::Reset};
}

// psql's own way to see a body in BEGIN ATOMIC … END, whose semicolons end nothing: the statement begins with CREATE [OR REPLACE] FUNCTION or
// PROCEDURE; there BEGIN opens, CASE too once something is open, END closes. Fooled by an unquoted name that is one of these words.
void ScriptScanner::word(const Token &token)
{
    const QByteArray text = lowered(m_text, token);
    if (m_parens == 0 && m_outer.size() < outerWords)
        m_outer << text;
    if (m_words == 0)
        std::fill(std::begin(m_first), std::end(m_first), '\0');
    if (m_words < 4 && (text == "create" || text == "function" || text == "procedure" || text == "or" || text == "replace"))
        m_first[m_words] = text[0];
    ++m_words;
    const auto makes = [](char c) { return c == 'f' || c == 'p'; };
    const bool routine = m_first[0] == 'c' && (makes(m_first[1]) || (m_first[1] == 'o' && m_first[2] == 'r' && makes(m_first[3])));
    if (!routine || m_parens > 0)
        return;
    if (text == "begin" || (text == "case" && m_begins > 0))
        ++m_begins;
    else if (text == "end" && m_begins > 0)
        --m_begins;
}

void ScriptScanner::punctuation(ScriptToken &found)
{
    switch (m_text[found.token.begin]) {
    case '(': ++m_parens; break;
    case ')': m_parens = qMax(0, m_parens - 1); break;
    case ';':
        if (m_parens == 0 && m_begins == 0) {
            found.mark = ScriptToken::Mark::End;
            found.copies = endStatement();
        }
        break;
    default: break;
    }
}

int ScriptScanner::endStatement()
{
    noteCopy();
    const int copies = std::exchange(m_joined, 0);
    m_copies += copies;
    // SET [SESSION | LOCAL] standard_conforming_strings: psql hears of it from the server; whoever runs this looks there as well.
    if (m_outer.value(0) == "set") {
        const int name = m_outer.value(1) == "session" || m_outer.value(1) == "local" ? 2 : 1;
        if (m_outer.value(name) == "standard_conforming_strings") {
            QByteArray value = m_outer.value(name + 2);
            value.replace('\'', "");
            m_expected = !(value == "off" || value == "false" || value == "no" || value == "0");
            if (m_expectedAt < 0)
                m_expectedAt = m_at;
        }
    }
    m_parens = m_begins = m_words = 0;
    m_outer.clear();
    return copies;
}

void ScriptScanner::noteCopy()
{
    if (m_outer.value(0) != "copy")
        return;
    for (qsizetype i = 1; i + 1 < m_outer.size(); ++i) {
        if (m_outer[i] == "from" && m_outer[i + 1] == "stdin") {
            ++m_joined;
            return;
        }
    }
}

Token ScriptScanner::copyData()
{
    for (qsizetype line = m_at; line < m_text.size();) {
        const qsizetype newline = m_text.indexOf('\n', line);
        const qsizetype end = newline < 0 ? m_text.size() : newline;
        QByteArrayView content = m_text.sliced(line, end - line);
        if (content.endsWith('\r'))
            content.chop(1);
        line = newline < 0 ? m_text.size() : newline + 1;
        if (content == QByteArrayView("\\."))
            return {Token::Kind::CopyData, m_at, line};
    }
    return {Token::Kind::CopyData, m_at, m_text.size()};
}

} // namespace howdah::query
