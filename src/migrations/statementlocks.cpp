// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/statementlocks.h"

#include "migrations/lintparts.h"
#include "migrations/lockmode.h"

#include <algorithm>

namespace howdah::migrations
{

QVector<StatementLock> locksOf(const QByteArray &statement)
{
    LintFile file;
    file.up.text = statement;
    file.up.transaction = false;
    const LintFacts facts;
    const LintedSection section(file, facts, false);
    QVector<StatementLock> locks;
    for (const Statement &one : section.statements()) {
        for (const Taken &taken : takenBy(section, one)) {
            const int rank = modeRank(lockName(taken.lock));
            if (rank > 0)
                locks.append({taken.relation, modeWords(rank), modeBlocks(rank), taken.work == Work::Scan, taken.work == Work::Rewrite});
        }
    }
    std::stable_sort(locks.begin(), locks.end(), [](const StatementLock &a, const StatementLock &b) { return modeRank(a.mode) > modeRank(b.mode); });
    return locks;
}

} // namespace howdah::migrations
