// SPDX-License-Identifier: GPL-3.0-or-later
// The parameters a run would ask for: :name of psql and $1 of the server. Pure functions of tokens; psql's own rules of what is one.
#pragma once

#include "query/splitter.h"

#include <QHash>
#include <QString>
#include <QVector>

namespace howdah::ui
{

struct Parameter {
    QString name;          // "name" of :name, "1" of $1
    bool positional = false;
    bool quoted = false;   // only ever :'name' or :"name": a NULL can't be put there
};
// In the order they are met; `known` are variables that have a value already (\set), and what the script
// itself sets is not asked for. $n of a statement that runs by itself alone: in a script it is the server's to judge. $n in PREPARE, CREATE FUNCTION and the like belongs to them.
QVector<Parameter> parametersOf(const std::vector<query::Piece> &pieces, const QHash<QString, QString> &known);

} // namespace howdah::ui
