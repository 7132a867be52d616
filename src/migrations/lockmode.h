// SPDX-License-Identifier: GPL-3.0-or-later
// The eight modes of a lock on a relation: the server's words, SQL's words, and which of them conflict. Pure, any thread.
#pragma once

#include <QString>

namespace howdah::migrations
{

int modeRank(const QString &mode);   // of "AccessShareLock" or "ACCESS SHARE": 1 … of ACCESS EXCLUSIVE: 8; 0: none of them
QString modeWords(int rank);         // "ACCESS EXCLUSIVE"
QString modeBlocks(int rank);        // "reads and writes": what of others waits for it
bool modesConflict(int a, int b);

} // namespace howdah::migrations
