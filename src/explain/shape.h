// SPDX-License-Identifier: GPL-3.0-or-later
// A statement's text as it can be explained: one statement, its parameters, and the forms that pg_stat_statements makes of literals and no
// parser takes ("interval $1", "extract($1 from d)"). Pure functions, any thread; UTF-8.
#pragma once

#include "base/result.h"

#include <QByteArray>
#include <QMap>
#include <QSet>
#include <QString>
#include <QStringList>
#include <QVector>

#include <optional>

namespace howdah::explain
{

inline constexpr int mostParameters = 1000;

// A statement that EXPLAIN takes.
struct Shape {
    QByteArray text;       // without the ';' at its end
    QByteArray inner;      // of a text that PREPARE does not take (DECLARE … FOR, CREATE TABLE … AS): the query within; else the text
    QSet<int> parameters;  // numbers of $1, $2, …
    bool writes = false;   // as its words tell; what hides in functions is not seen
    QStringList warnings;  // in words
    int highest() const;
};

// Errors: Client/no_statement, several_statements, text_cut (it ends within a literal or a comment), no_plan (VACUUM, SET, CALL …),
// too_many_parameters.
Result<Shape> shapeOf(const QString &text, bool standardStrings = true);

// What stands in the place of a literal in a form that no parser takes.
struct Rewrite {
    enum class Form { TypedLiteral, Field, NormalForm };
    Form form;
    int number = 0;        // of the parameter
    QByteArray text;       // the statement, rewritten; of the other two forms unchanged where the value is not known
    QString type;          // of a typed literal, as it was written
    QString said;          // "interval $1 as ($1::interval)"
    bool wantsValue = false; // no text can be made without the value: the field of extract(), the form of normalize()
};

// The server refused the text at this byte. nullopt: it is none of the known forms. `words`: values of parameters that are part of the
// grammar, as the user gave them.
std::optional<Rewrite> rewriteAt(const QByteArray &text, qsizetype byte, const QMap<int, QString> &words);

// Names that are called like functions: {schema or empty, name}, folded as the server folds them.
struct CalledName {
    QString schema;
    QString name;
};
QVector<CalledName> calledNames(const QByteArray &text);

// A character of the server's (1-based, counted in characters) as a byte of the text; -1: outside.
qsizetype byteOfCharacter(const QByteArray &text, int character);

} // namespace howdah::explain
