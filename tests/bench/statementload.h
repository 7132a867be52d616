// SPDX-License-Identifier: GPL-3.0-or-later
// 5,000 statements with 8 MB of text that differ in more than their constants, and which of them run in a minute: 300 in each, 1,200 in one of
// five, 3,500 in one of sixty, so that about 600 do. The same every time. Any thread.
#pragma once

#include <QByteArray>

namespace howdah::bench
{

constexpr int kStatements = 5000;

QByteArray statementTable();    // what they ask for: CREATE TABLE and a row
QByteArray statementText(int i); // one of ten writes
bool runsIn(int i, qint64 minute);
// Of any minute but this: a figure that is the same for the same.
quint64 mixed(quint64 a, quint64 b);

} // namespace howdah::bench
