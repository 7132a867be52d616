// SPDX-License-Identifier: GPL-3.0-or-later
// What lexer and splitter share: one token at a time, and where statements end. Internal to src/query. Pure, any thread.
#pragma once

#include "query/lexer.h"
#include "query/splitter.h"

#include <QByteArrayList>

#include <optional>

namespace howdah::query
{

// One token of SQL that begins at `begin`, without knowledge of what stood before.
Token scanToken(QByteArrayView text, qsizetype begin, bool standardStrings);
// A backslash command's own end: its line's, or the next backslash outside of quotes; some commands take their whole line.
qsizetype commandEnd(QByteArrayView text, qsizetype begin);
QByteArrayView commandName(QByteArrayView command); // "gset" of "\gset a_"
QByteArray lowered(QByteArrayView text, const Token &token); // ASCII only, as the server folds keywords

struct ScriptToken {
    enum class Mark {
        None,
        End,       // the ';' that ends the statement
        Join,      // \; : a ';' that is sent
        Colon,     // \: : a ':' that is sent
        Separator, // \\ behind a command
        Sender,    // \g and the like: ends the statement as ';' does
        Reset      // \r: what was read of the statement is dropped
    };
    Token token;
    Mark mark = Mark::None;
    int copies = 0; // so many COPY … FROM STDIN end with it, whose data follow (\copy: one)
};

class ScriptScanner
{
public:
    ScriptScanner(QByteArrayView text, bool standardStrings, const StringSettings &known = {})
        : m_text(text), m_standard(standardStrings), m_expected(standardStrings), m_known(known)
    {
    }
    std::optional<ScriptToken> next();
    // standard_conforming_strings behind what was read, as far as the script tells.
    bool expected() const { return m_expected; }

private:
    ScriptToken backslash();
    void word(const Token &token);
    void punctuation(ScriptToken &found);
    int endStatement(); // how many COPYs wait for their data
    void noteCopy();
    Token copyData();
    void beginOfLine();

    QByteArrayView m_text;
    qsizetype m_at = 0;
    bool m_standard;       // in force: psql looks at the setting when it begins a line
    bool m_expected;
    qsizetype m_expectedAt = -1; // where the two came apart
    const StringSettings m_known;
    size_t m_knownNext = 0;
    int m_parens = 0;
    int m_begins = 0;   // BEGIN ATOMIC and the CASEs in it
    int m_words = 0;    // of the statement so far
    char m_first[4]{};  // first letters of its first words, where they are of CREATE OR REPLACE FUNCTION
    QByteArrayList m_outer; // its words outside of parentheses, as far as COPY and SET need them
    int m_joined = 0;   // COPY … FROM STDIN in the message that is being read
    int m_copies = 0;   // and in those that ended on this line: their data begins with the next
    bool m_afterCommand = false;
};

} // namespace howdah::query
