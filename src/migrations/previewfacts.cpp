// SPDX-License-Identifier: GPL-3.0-or-later
// What the target is asked for: sizes, and who would stand in the way. Nothing here waits for a lock.
#include "migrations/lockmode.h"
#include "migrations/preview.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

static constexpr qint64 longTransactionMs = 60'000;

Result<TargetFacts> readTargetFacts(pg::Connection &target, const CancelToken &cancel)
{
    TargetFacts facts;
    facts.major = target.facts().serverVersionNum / 10000;
    facts.database = target.facts().database;
    if (Done read = target.identity().isKnown() ? Done() : target.readIdentity(cancel); !read)
        return fail(std::move(read.error()));
    facts.systemIdentifier = target.identity().systemIdentifier;
    const auto sizes = target.runFile(u"migrations/preview_sizes"_s, {}, {}, cancel);
    if (!sizes)
        return fail(sizes.error());
    for (qsizetype row = 0; row < sizes->size(); ++row)
        facts.tables.insert(sizes->text(row, "name"_L1), {sizes->integer(row, "rows"_L1).value_or(-1), sizes->integer(row, "bytes"_L1).value_or(-1)});
    return facts;
}

Result<WouldBlock> wouldBlock(pg::Connection &target, const Preview &preview, const CancelToken &cancel)
{
    QMultiHash<QString, int> taken;
    bool concurrently = false;
    for (const PreviewedStatement &statement : preview.statements) {
        concurrently = concurrently || statement.sampled;
        for (const PreviewLock &lock : statement.locks)
            taken.insert(lock.relation, modeRank(lock.mode));
    }
    const QStringList names = taken.uniqueKeys();
    const auto rows = target.runFile(u"migrations/would_block"_s, {QJsonDocument(QJsonArray::fromStringList(names)).toJson(QJsonDocument::Compact), longTransactionMs}, {}, cancel);
    if (!rows)
        return fail(rows.error());
    WouldBlock told;
    for (qsizetype row = 0; row < rows->size(); ++row) {
        if (const auto hidden = rows->integer(row, "hidden"_L1)) {
            told.known = *hidden == 0 || !concurrently;
            continue;
        }
        const int pid = int(rows->integer(row, "pid"_L1).value_or(0)), mode = modeRank(rows->text(row, "mode"_L1));
        const QList<int> ours = taken.values(rows->text(row, "relation"_L1));
        // Without a lock it is a long transaction: only what waits for old snapshots minds.
        const bool inTheWay = mode ? std::any_of(ours.cbegin(), ours.cend(), [&](int one) { return modesConflict(one, mode); }) : concurrently;
        if (!inTheWay || std::any_of(told.now.cbegin(), told.now.cend(), [&](const Blocker &one) { return one.pid == pid && pid != 0; }))
            continue;
        told.now.append({pid, rows->text(row, "role"_L1), rows->text(row, "application"_L1), rows->text(row, "state"_L1), rows->integer(row, "transaction_ms"_L1), rows->text(row, "query"_L1)});
    }
    return told;
}

} // namespace howdah::migrations
