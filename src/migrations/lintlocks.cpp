// SPDX-License-Identifier: GPL-3.0-or-later
// What a statement locks and reads meanwhile, as measured on PostgreSQL 18.
#include "migrations/lintparts.h"
#include "migrations/measuredlocks.h"

namespace howdah::migrations
{

using namespace Qt::StringLiterals;
using K = Ddl::Kind;
using A = Action::Kind;
using C = Constraint::Kind;

QString lockName(Lock lock)
{
    static constexpr const char *names[] = {"none", "ACCESS SHARE", "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE"};
    return QLatin1String(names[int(lock)]);
}

static bool unseen(const Constraint &constraint)
{
    return constraint.notValid || constraint.notEnforced || constraint.usingIndex;
}

static Taken ofAction(const Action &action, const QString &relation, QList<Taken> &taken)
{
    Taken found{measured::alterTable, Work::None, relation};
    switch (action.kind) {
    case A::AddColumn:
        for (const Constraint &constraint : action.column.constraints) {
            if (constraint.kind == C::ForeignKey)
                taken.push_back({measured::addColumnReferenced, Work::None, constraint.references});
            else
                found.work = Work::Scan;
        }
        if (action.column.serial() || action.column.generated == Column::Generated::Stored || action.column.generated == Column::Generated::Identity
            || callsVolatile(action.column.defaultText, nullptr))
            found.work = Work::Rewrite;
        break;
    case A::AddConstraint:
        found.work = unseen(action.constraint) ? Work::None : Work::Scan;
        if (action.constraint.kind == C::ForeignKey) {
            found.lock = measured::addForeignKey;
            taken.push_back({measured::addForeignKeyReferenced, found.work, action.constraint.references});
        }
        break;
    case A::ValidateConstraint: return {measured::validateConstraint, Work::Scan, relation};
    case A::SetNotNull: found.work = Work::Scan; break;
    case A::AlterType:
    case A::SetLogged:
    case A::SetUnlogged:
    case A::SetAccessMethod:
    case A::SetTablespace: found.work = Work::Rewrite; break;
    case A::Attach:
        taken.push_back({measured::attachedPartition, Work::Scan, action.object});
        return {measured::attachPartition, Work::None, relation};
    case A::Detach:
        taken.push_back({action.concurrently ? measured::detachedPartitionConcurrently : measured::detachedPartition, Work::None, action.object});
        found.lock = action.concurrently ? measured::detachPartitionConcurrently : measured::detachPartition;
        break;
    case A::Trigger: found.lock = measured::enableTrigger; break;
    case A::SetStatistics: found.lock = measured::setStatistics; break;
    case A::ClusterOn: found.lock = measured::clusterOn; break;
    case A::SetOptions: found.lock = action.strongOption ? measured::setStrongOption : measured::setOption; break;
    default: break;
    }
    return found;
}

static void ofAlter(const Ddl &ddl, QList<Taken> &taken)
{
    const QString relation = ddl.relations.value(0);
    if (ddl.object == "table"_L1 || ddl.object == "foreign table"_L1 || ddl.object == "view"_L1 || ddl.object == "materialized view"_L1) {
        for (const Action &action : ddl.actions) {
            const Taken found = ofAction(action, relation, taken);
            taken.push_back(found);
        }
    } else if (ddl.object == "index"_L1) {
        const bool moved = !ddl.actions.isEmpty() && ddl.actions[0].kind == A::SetTablespace;
        taken.push_back({moved ? measured::moveIndex : measured::alterIndex, moved ? Work::Rewrite : Work::None, relation});
    } else if (ddl.object == "sequence"_L1) {
        taken.push_back({measured::alterSequence, Work::None, relation});
    } else if (ddl.object == "trigger"_L1 || ddl.object == "policy"_L1 || ddl.object == "rule"_L1) {
        taken.push_back({measured::alterPolicy, Work::None, relation});
    }
}

static void ofCreate(const Ddl &ddl, QList<Taken> &taken)
{
    const QString relation = ddl.relations.value(0);
    if (ddl.object == "index"_L1)
        taken.push_back({ddl.concurrently ? measured::createIndexConcurrently : measured::createIndex, ddl.only ? Work::None : Work::Scan, relation});
    else if (ddl.object == "trigger"_L1)
        taken.push_back({measured::createTrigger, Work::None, relation});
    else if (ddl.object == "rule"_L1 || ddl.object == "policy"_L1 || (ddl.object == "view"_L1 && ddl.orReplace))
        taken.push_back({ddl.object == "view"_L1 ? measured::replaceView : measured::createPolicy, Work::None, relation});
    else if (ddl.object == "statistics"_L1)
        taken.push_back({measured::createStatistics, Work::None, relation});
    if (!ddl.partitionOf.isEmpty())
        taken.push_back({measured::createPartition, Work::None, ddl.partitionOf});
    const auto references = [&](const QList<Constraint> &constraints) {
        for (const Constraint &constraint : constraints) {
            if (constraint.kind == C::ForeignKey && !sameRelation(constraint.references, relation))
                taken.push_back({measured::createTableReferenced, Work::None, constraint.references});
        }
    };
    references(ddl.constraints);
    for (const Column &column : ddl.columnsMade)
        references(column.constraints);
}

QList<Taken> takenBy(const LintedSection &section, const Statement &statement)
{
    const Ddl &ddl = statement.ddl;
    QList<Taken> taken;
    const auto each = [&](Lock lock, Work work) {
        for (const QString &relation : ddl.relations)
            taken.push_back({lock, work, relation});
    };
    const bool relation = ddl.object == "table"_L1 || ddl.object == "view"_L1 || ddl.object == "materialized view"_L1 || ddl.object == "foreign table"_L1
        || ddl.object == "sequence"_L1 || ddl.object == "trigger"_L1 || ddl.object == "policy"_L1 || ddl.object == "rule"_L1 || ddl.object == "index"_L1;
    switch (ddl.kind) {
    case K::Create: ofCreate(ddl, taken); break;
    case K::Alter: ofAlter(ddl, taken); break;
    case K::Drop:
        if (relation)
            each(ddl.concurrently ? measured::dropIndexConcurrently : measured::drop, Work::None);
        break;
    case K::Reindex: each(ddl.concurrently ? measured::reindexConcurrently : measured::reindex, Work::Scan); break;
    case K::Refresh: each(ddl.concurrently ? measured::refreshConcurrently : measured::refresh, Work::Rewrite); break;
    case K::Cluster: each(measured::cluster, Work::Rewrite); break;
    case K::Vacuum: each(ddl.full ? measured::vacuumFull : measured::vacuum, ddl.full ? Work::Rewrite : Work::Scan); break;
    case K::Truncate: each(measured::truncate, Work::None); break;
    case K::Lock: each(Lock::AccessExclusive, Work::None); break; // where it names no mode
    case K::Comment: each(measured::comment, Work::None); break;
    case K::Analyze: each(measured::analyze, Work::None); break;
    case K::Insert:
    case K::Update:
    case K::Delete:
    case K::Merge: each(measured::write, ddl.allRowsOf.isEmpty() ? Work::None : Work::Scan); break;
    default: break;
    }
    // What this section has made has no one who waits for it.
    taken.removeIf([&](const Taken &found) {
        const bool index = ddl.object == "index"_L1 && ddl.kind != K::Create;
        return index ? !section.isOldIndex(found.relation) : !section.isOld(found.relation);
    });
    return taken;
}

} // namespace howdah::migrations
