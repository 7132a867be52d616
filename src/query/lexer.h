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

    bool isSpace() const { return kind == Kind::Space || kind == Kind::LineComment || kind == Kind::BlockComment; }
};

// Variable: :name, :'name', :"name", :{?name}; whether it is one is known only by who has the variables: a[1:2] looks like it, and psql leaves a
// name that is not set as it stands. Command: a psql backslash command to the end of its line or to the next backslash. CopyData: the lines after
// COPY … FROM STDIN; up to and with \. on a line of its own. The tokens tile the text.
std::vector<Token> lex(QByteArrayView text, bool standardStrings = true);

} // namespace howdah::query
