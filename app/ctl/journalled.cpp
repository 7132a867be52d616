// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/journalled.h"

#include <QDateTime>

namespace howdah::ctl
{

store::JournalEntry entryOf(const session::ChangePlan &plan)
{
    store::JournalEntry entry;
    entry.startedMs = QDateTime::currentMSecsSinceEpoch();
    entry.target = plan.server;
    entry.action = plan.title;
    entry.commands = session::planAsSql(plan);
    entry.undo = plan.undo;
    return entry;
}

Result<Done> journalled(Ctl &ctl, const store::JournalEntry &entry, const std::function<JournalEnd()> &task)
{
    auto store = ctl.store();
    if (!store)
        return fail(std::move(store.error()));
    const auto id = store::beginJournalEntry(**store, entry);
    if (!id)
        return fail(id.error());
    const JournalEnd end = task();
    return store::endJournalEntry(**store, *id, end.outcome, end.message);
}

} // namespace howdah::ctl
