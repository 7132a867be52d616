// SPDX-License-Identifier: GPL-3.0-or-later
// Partitions that come and go, and parents that are altered: hazards 39 to 42.
#include "migrations/lintparts.h"

namespace howdah::migrations
{

using namespace Qt::StringLiterals;
using K = Ddl::Kind;
using A = Action::Kind;

static bool cheap(const Action &action)
{
    switch (action.kind) {
    case A::Attach:
    case A::Detach:
    case A::ValidateConstraint:
    case A::SetStatistics:
    case A::SetOptions:
    case A::Owner:
    case A::ReplicaIdentity:
    case A::Inherit: return true;
    default: return false;
    }
}

void partitionRules(LintedSection &section, int i)
{
    const Ddl &ddl = section.statements()[size_t(i)].ddl;
    if (ddl.is(K::Create, "table") && section.isOld(ddl.partitionOf))
        section.add(40, i, Level::Warning, 0, -1, u"that is %1"_s.arg(ddl.partitionOf));
    const QString parent = ddl.relations.value(0);
    if (!ddl.is(K::Alter, "table") || !section.isOld(parent))
        return;
    bool reported = false;
    for (const Action &action : ddl.actions) {
        if (action.kind == A::Attach && section.isOld(action.object)) {
            const bool proven = std::any_of(section.proven.cbegin(), section.proven.cend(), [&](const Unproven &pending) {
                const bool check = pending.constraint.kind == Constraint::Kind::Check && !pending.constraint.notEnforced;
                return check && sameRelation(pending.relation, action.object);
            });
            if (!proven)
                section.add(39, i, section.blocking(action.object), action.begin, action.end);
        }
        if (action.kind == A::Detach && !action.concurrently && !action.finalize) {
            Finding &finding = section.add(41, i, Level::Warning, action.begin, action.end);
            if (!section.inTransaction())
                section.fix(finding, i, action.end, 0, " CONCURRENTLY"); // refused where there is a default partition
        }
        if (!reported && !cheap(action) && !ddl.only && section.isPartitioned(parent)) {
            section.add(42, i, Level::Note, action.begin, action.end);
            reported = true;
        }
    }
}

} // namespace howdah::migrations
