// SPDX-License-Identifier: GPL-3.0-or-later
// What a statement locks and reads meanwhile, as measured on PostgreSQL 18.
#include "migrations/lintparts.h"

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
    Taken found{Lock::AccessExclusive, Work::None, relation};
    switch (action.kind) {
    case A::AddColumn:
        for (const Constraint &constraint : action.column.constraints) {
            if (constraint.kind == C::ForeignKey)
                taken.push_back({Lock::ShareRowExclusive, Work::None, constraint.references});
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
            found.lock = Lock::ShareRowExclusive;
            taken.push_back({found.lock, found.work, action.constraint.references});
        }
        break;
    case A::ValidateConstraint: return {Lock::ShareUpdateExclusive, Work::Scan, relation};
    case A::SetNotNull: found.work = Work::Scan; break;
    case A::AlterType:
    case A::SetLogged:
    case A::SetUnlogged:
    case A::SetAccessMethod:
    case A::SetTablespace: found.work = Work::Rewrite; break;
    case A::Attach:
        taken.push_back({Lock::AccessExclusive, Work::Scan, action.object});
        return {Lock::ShareUpdateExclusive, Work::None, relation};
    case A::Detach:
        taken.push_back({action.concurrently ? Lock::ShareUpdateExclusive : Lock::AccessExclusive, Work::None, action.object});
        found.lock = action.concurrently ? Lock::ShareUpdateExclusive : Lock::AccessExclusive;
        break;
    case A::Trigger: found.lock = Lock::ShareRowExclusive; break;
    case A::SetStatistics:
    case A::ClusterOn: found.lock = Lock::ShareUpdateExclusive; break;
    case A::SetOptions: found.lock = action.strongOption ? Lock::AccessExclusive : Lock::ShareUpdateExclusive; break;
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
        taken.push_back({moved ? Lock::AccessExclusive : Lock::ShareUpdateExclusive, moved ? Work::Rewrite : Work::None, relation});
    } else if (ddl.object == "sequence"_L1) {
        taken.push_back({Lock::ShareRowExclusive, Work::None, relation});
    } else if (ddl.object == "trigger"_L1 || ddl.object == "policy"_L1 || ddl.object == "rule"_L1) {
        taken.push_back({Lock::AccessExclusive, Work::None, relation});
    }
}

static void ofCreate(const Ddl &ddl, QList<Taken> &taken)
{
    const QString relation = ddl.relations.value(0);
    if (ddl.object == "index"_L1)
        taken.push_back({ddl.concurrently ? Lock::ShareUpdateExclusive : Lock::Share, ddl.only ? Work::None : Work::Scan, relation});
    else if (ddl.object == "trigger"_L1)
        taken.push_back({Lock::ShareRowExclusive, Work::None, relation});
    else if (ddl.object == "rule"_L1 || ddl.object == "policy"_L1 || (ddl.object == "view"_L1 && ddl.orReplace))
        taken.push_back({Lock::AccessExclusive, Work::None, relation});
    else if (ddl.object == "statistics"_L1)
        taken.push_back({Lock::ShareUpdateExclusive, Work::None, relation});
    if (!ddl.partitionOf.isEmpty())
        taken.push_back({Lock::AccessExclusive, Work::None, ddl.partitionOf});
    const auto references = [&](const QList<Constraint> &constraints) {
        for (const Constraint &constraint : constraints) {
            if (constraint.kind == C::ForeignKey && !sameRelation(constraint.references, relation))
                taken.push_back({Lock::ShareRowExclusive, Work::None, constraint.references});
        }
    };
    references(ddl.constraints);
    for (const Column &column : ddl.columnsMade)
        references(column.constraints);
}

QList<Taken> takenBy(const Section &section, const Statement &statement)
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
            each(ddl.concurrently ? Lock::ShareUpdateExclusive : Lock::AccessExclusive, Work::None);
        break;
    case K::Reindex: each(ddl.concurrently ? Lock::ShareUpdateExclusive : Lock::AccessExclusive, Work::Scan); break;
    case K::Refresh: each(ddl.concurrently ? Lock::Exclusive : Lock::AccessExclusive, Work::Rewrite); break;
    case K::Cluster: each(Lock::AccessExclusive, Work::Rewrite); break;
    case K::Vacuum: each(ddl.full ? Lock::AccessExclusive : Lock::ShareUpdateExclusive, ddl.full ? Work::Rewrite : Work::Scan); break;
    case K::Truncate:
    case K::Lock: each(Lock::AccessExclusive, Work::None); break;
    case K::Comment:
    case K::Analyze: each(Lock::ShareUpdateExclusive, Work::None); break;
    case K::Insert:
    case K::Update:
    case K::Delete:
    case K::Merge: each(Lock::RowExclusive, ddl.allRowsOf.isEmpty() ? Work::None : Work::Scan); break;
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
