// SPDX-License-Identifier: GPL-3.0-or-later
// SQL as psql and the server lex it: no grammar, no server, any thread. Positions are byte offsets into UTF-8.
#pragma once

#include <QByteArrayView>

#include <vector>

namespace howdah::query
{

struct Token {
    enum class Kind {
        Space, LineComment, BlockComment, Word, QuotedName, Number, String, DollarString, Operator, Punctuation, Parameter, Variable, Command,
        CopyData, Unterminated
    };
    Kind kind;
    qsizetype begin = 0;
    qsizetype end = 0;
};

// Variable: :name, :'name', :"name", :{?name}. Command: a psql backslash command to the end of its line or to \\. CopyData: the lines after
// COPY … FROM STDIN; up to and with \. on a line of its own.
std::vector<Token> lex(QByteArrayView text, bool standardStrings = true);

} // namespace howdah::query
