// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/swap.h"

#include "backup/rehearsalrecord.h"
#include "backup/swapserver.h"
#include "pg/connection.h"

#include <QDateTime>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

static Result<ServerState> stateOfCopy(const Rehearsal &rehearsal, const CancelToken &cancel)
{
    const auto link = pg::Connection::open(rehearsal.spec(u"postgres"_s), {}, cancel);
    if (!link)
        return fail(Error(link.error()).during(u"look into %1"_s.arg(rehearsal.id)));
    const auto rows = (*link)->runFile(u"backup/swap_state"_s, {}, {}, cancel);
    return rows ? ServerState::fromJson(rows->text(0, 0).toUtf8()) : Result<ServerState>(fail(rows.error()));
}

Result<SwapPlan> planSwap(const QString &stackName, const QString &rehearsalId, qint64 nowMs, const CancelToken &cancel)
{
    const auto refuse = [](const QString &reason, const QString &message, const QString &hint = {}) { return fail(ErrorKind::Client, reason, message, hint); };
    const auto record = stack::readRecord(stackName);
    if (!record)
        return fail(record.error());
    if (!record->exists || record->backend != stack::Backend::Docker)
        return refuse(u"not_supported"_s, u"%1 is no stack of this machine in Docker, and only such a one's data can be swapped"_s.arg(stackName), u"Rows are brought back to any server by pitr compare and pitr apply"_s);
    if (!record->swap.isEmpty())
        return refuse(u"swap_unfinished"_s, u"%1 is unfinished"_s.arg(record->swap), u"howdahctl pitr apply --resume %1, or howdahctl pitr rollback %1"_s.arg(record->swap));
    const auto rehearsal = readRehearsal(rehearsalId);
    if (!rehearsal)
        return fail(rehearsal.error());
    if (!*rehearsal || !stack::stackOfVolume(rehearsalId).isEmpty())
        return refuse(u"no_such_rehearsal"_s, u"There is no finished rehearsal %1"_s.arg(rehearsalId), u"howdahctl pitr status lists them"_s);
    if (!(*rehearsal)->isGood())
        return refuse(u"not_good"_s, u"The rehearsal %1 was not found good, and takes nobody's place"_s.arg(rehearsalId), u"howdahctl pitr status says what is wrong with it"_s);
    if ((*rehearsal)->image != record->image)
        return refuse(u"not_supported"_s, u"The rehearsal %1 ran in the image %2, and the stack runs %3"_s.arg(rehearsalId, (*rehearsal)->image, record->image));
    auto docker = stack::DockerStack::find(*record, cancel);
    if (!docker)
        return fail(docker.error());
    const SwapServer server(*docker);
    const auto live = server.state(cancel);
    if (!live)
        return fail(live.error());
    const auto copy = stateOfCopy(**rehearsal, cancel);
    if (!copy)
        return fail(copy.error());
    if (live->systemIdentifier != copy->systemIdentifier)
        return refuse(u"other_cluster"_s, u"%1 is a copy of another cluster (%2) than the stack %3 is (%4)"_s.arg(rehearsalId, copy->systemIdentifier, stackName, live->systemIdentifier));
    if (live->inRecovery || copy->inRecovery || copy->timeline == live->timeline)
        return refuse(u"not_supported"_s, u"The copy has no timeline of its own, or the stack's server is in recovery"_s, u"Rehearse again"_s);
    for (const auto &[state, whose] : {std::pair(&*live, u"the stack"_s), std::pair(&*copy, u"the copy"_s)}) {
        if (state->prepared > 0)
            return refuse(u"prepared_transactions"_s, u"%1 transactions of %2 are prepared and not ended"_s.arg(state->prepared).arg(whose), u"COMMIT PREPARED or ROLLBACK PREPARED them first (pg_prepared_xacts)"_s);
    }
    // Their links lead to where they lie in the rehearsal's volume, which is elsewhere once it is the stack's.
    if (live->tablespaces > 0 || copy->tablespaces > 0)
        return refuse(u"not_supported"_s, u"The cluster has tablespaces, which a swap does not move yet"_s, u"Rows are brought back by pitr compare and pitr apply"_s);
    const auto names = server.archived(cancel);
    if (!names)
        return fail(names.error());
    const QString prefix = u"%1"_s.arg(copy->timeline, 8, 16, QChar(u'0')).toUpper();
    for (const QString &name : *names) {
        if (name.startsWith(prefix) && archiveFile(name, live->segmentSize).kind != ArchiveFile::Kind::Foreign)
            return refuse(u"taken_timeline"_s, u"The archive has a timeline %1 already, of another branch: two may not have one number"_s.arg(copy->timeline), u"Rehearse again: the new copy gets the next one"_s);
    }
    SwapPlan plan;
    plan.swap.id = u"swap-"_s + QDateTime::fromMSecsSinceEpoch(nowMs, Qt::UTC).toString(u"yyyyMMdd'T'HHmmss'Z'"_s);
    plan.swap.stack = stackName;
    plan.swap.rehearsal = rehearsalId;
    plan.swap.oldVolume = record->data();
    plan.swap.newVolume = rehearsalId;
    plan.swap.image = record->image;
    plan.swap.major = 18;
    plan.swap.systemIdentifier = live->systemIdentifier;
    plan.swap.oldTimeline = live->timeline;
    plan.swap.newTimeline = copy->timeline;
    plan.swap.databases = copy->databases;
    plan.notes << u"Whatever was committed behind the target is not in the copy; it stays in %1 and in the archive, and `pitr rollback` goes back to it"_s.arg(plan.swap.oldVolume);
    plan.notes << u"What was changed in the copy since it was rehearsed goes live with it"_s;
    plan.notes << u"Passwords are those of that moment: `howdahctl stack up --name %1` sets new ones where the keychain has others"_s.arg(stackName);
    for (const QString &database : live->databases) {
        if (!copy->databases.contains(database))
            plan.notes << u"The database %1 is not in the copy"_s.arg(database);
    }
    if (live->replicationSlots > 0)
        plan.notes << u"%1 replication slots are not in the copy: who reads from them is to be set up anew"_s.arg(live->replicationSlots);
    if (live->receivers > 0)
        plan.notes << u"%1 receivers of WAL are connected: a standby does not follow to the new branch by itself where it is ahead of the target"_s.arg(live->receivers);
    if (copy->subscriptions > 0)
        plan.notes << u"%1 subscriptions of the copy are enabled, and will ask their publishers from where they stood then"_s.arg(copy->subscriptions);
    return plan;
}

QStringList SwapPlan::texts() const
{
    return {u"Stop the server of %1, clear away what its recovery left, mark its branch for the archive"_s.arg(swap.rehearsal),
            u"Fence the stack %1 off: pg_hba.conf rejects everybody but the superuser and is reloaded, the container leaves the network, every session is ended, none is left and nothing prepared"_s.arg(swap.stack),
            u"End the last WAL segment and wait until the archive has it"_s,
            u"Stop the server"_s,
            u"From %1 to %2 in the stack's record; %1 is kept as it is"_s.arg(swap.oldVolume, swap.newVolume),
            u"Start the server on %1, inside its container alone"_s.arg(swap.newVolume),
            u"Prove that it is the cluster %1, on timeline %2, with the databases %3, and that the archive takes its branch"_s.arg(swap.systemIdentifier).arg(swap.newTimeline).arg(swap.databases.join(u", "_s)),
            u"Start it once more, with the network as before"_s,
            u"Take a full backup, the first of the new branch"_s};
}

} // namespace howdah::backup
