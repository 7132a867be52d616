// SPDX-License-Identifier: GPL-3.0-or-later
// psql's variables in a text: :name, :'name', :"name", :{?name}, wherever the lexer finds them outside of quotes. Pure functions, any thread.
#pragma once

#include "base/result.h"
#include "query/splitter.h"

#include <QHash>
#include <QStringList>

namespace howdah::query
{

using Variables = QHash<QString, QString>;

struct Interpolated {
    QByteArray text;
    bool raw = false; // a :name was replaced: what it held may be more than one statement

    // Where a byte of `text` came from; a replaced variable's bytes all from where it stood.
    qsizetype origin(qsizetype byte) const;

    struct Stretch {
        qsizetype text = 0;
        qsizetype origin = 0;
        bool replaced = false;
    };
    std::vector<Stretch> stretches;
};

// Names that are not set stay as they are written, as in psql. Errors: Client/bad_literal, Client/bad_identifier of a value that can't be quoted.
Result<Interpolated> interpolate(const Piece &piece, const Variables &variables, bool standardStrings);
Result<QString> interpolateArgument(const QString &text, const Variables &variables); // of a backslash command, unquoted part
// The names a script asks for, each once, in order; those that are digits only (a[1:2]) left out.
QStringList variablesOf(const std::vector<Piece> &pieces);

} // namespace howdah::query
