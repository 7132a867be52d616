// SPDX-License-Identifier: GPL-3.0-or-later
// What is sent: a statement's text with its parameters apart. Text comes from an SQL file, from the user, or from quote.h.
#pragma once

#include "base/result.h"

#include <QByteArray>
#include <QStringList>

#include <optional>
#include <vector>

namespace howdah::pg
{

struct Param {
    std::optional<QByteArray> value; // nullopt: NULL
    quint32 typeOid = 0;             // 0: the server infers

    Param() = default;
    Param(const QString &text) : value(text.toUtf8()) {}
    Param(const QByteArray &text) : value(text) {}
    Param(qint64 number) : value(QByteArray::number(number)) {}
    Param(int number) : value(QByteArray::number(number)) {}
    Param(quint32 oid) : value(QByteArray::number(oid)) {}
    Param(bool flag) : value(flag ? "t" : "f") {}
};
using Params = std::vector<Param>;

struct Statement {
    QByteArray text;
    QString name; // "metrics/sample": for messages and as the name of the prepared statement; empty for a user's text
};

// The SQL file sql/<feature>/<name>.sql of this server's version: name.v17.sql stands in for servers of 17 and older (the lowest suffix
// that is >= the server's major is taken; without one the plain file). Loaded from resources; any thread.
// Errors: Client/no_such_statement.
Result<Statement> sqlFile(const QString &name, int serverVersionNum);
QStringList sqlFileNames(); // all, with variants: for the test that prepares each

} // namespace howdah::pg
