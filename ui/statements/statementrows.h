// SPDX-License-Identifier: GPL-3.0-or-later
// What statements did, as rows of a table. Pure functions of values, any thread: of thousands of statements the rows are made where the list is read.
#pragma once

#include "statements/ranking.h"
#include "ui/widgets/keyedmodel.h"

namespace howdah::ui
{

QVector<KeyedColumn> statementColumns();
QString columnOf(statements::Order order); // the column that shows its figure

struct StatementTable {
    statements::TopList list;  // its totals by their keys: one reading's rows stand where the last one's stood
    QVector<KeyedRow> rows;    // one a total, in that order. Their keys: statements::keyText()
    QVector<KeyedRow> rest;    // what is not told apart, and what was lost: keys "others", "nested others", "lost"
};
StatementTable statementTable(statements::TopList list);
// What passes; the rest always, since nobody knows whose it is. The filter's text is looked for in all of the text that is kept, and is a query id too.
QVector<KeyedRow> shownRows(const StatementTable &table, const statements::Filter &filter);

KeyedCell statementCell(const statements::Total &total);
KeyedCell meanCell(std::optional<double> ms);
KeyedCell timeCell(qint64 ns);
KeyedCell callsCell(qint64 calls);

QString roleName(const statements::Names &names, quint32 oid);     // "role 16384" of one that is gone
QString databaseName(const statements::Names &names, quint32 oid);
QString whoText(const statements::Names &names, const statements::Key &key); // "shop@orders, called by a function or a trigger"

QString millisecondsText(double ms); // three digits: "350 µs", "1.24 ms", "2 h 05 min"
QString nanosecondsText(qint64 ns);
QString hitText(const statements::Counters &counters); // an en dash where nothing was read

// The text as it may be shown whole: line breaks stay, what would hide or turn text round is drawn as a sign.
QString shownText(const QString &serverText);

} // namespace howdah::ui
