// SPDX-License-Identifier: GPL-3.0-or-later
// What is dropped, renamed, emptied, rewritten or watched over as a whole: hazards 33, 35 to 38, 43 to 45.
#include "migrations/lintparts.h"

namespace howdah::migrations
{

using namespace Qt::StringLiterals;
using K = Ddl::Kind;
using A = Action::Kind;

static void dropped(LintedSection &section, int i, const Ddl &ddl)
{
    const bool old = std::any_of(ddl.relations.cbegin(), ddl.relations.cend(), [&](const QString &relation) { return section.isOld(relation); });
    const bool relation = ddl.object.endsWith("table"_L1) || ddl.object.endsWith("view"_L1) || ddl.object == "sequence"_L1;
    if (ddl.object == "table"_L1 && old) {
        if (!section.down()) { // what the way forth has made, the way back drops
            Finding &lost = section.add(0, i, Level::Warning, 0, -1, u"Its rows are gone for good: the way back makes an empty table"_s);
            lost.rule = u"drop-table"_s;
            lost.lock = u"ACCESS EXCLUSIVE"_s;
            lost.safe = u"No program uses it any more: renamed in one release, dropped in a later one, with a backup that was rehearsed in between"_s;
        }
        if (!section.down())
            section.add(33, i, Level::Note, 0, -1, u"if it has a foreign key"_s);
    }
    if (ddl.object.endsWith("view"_L1) && old)
        section.add(36, i, section.inDown(Level::Warning));
    if ((ddl.object == "trigger"_L1 || ddl.object == "rule"_L1 || ddl.object == "policy"_L1) && old)
        section.add(45, i, section.inDown(Level::Warning));
    if (ddl.object == "database"_L1 || ddl.object == "owned"_L1)
        section.add(38, i, Level::Error);
    else if (ddl.cascade && (old || !relation))
        section.add(38, i, Level::Warning);
}

// By the names that PostgreSQL and most people give.
static void dropConstraint(LintedSection &section, int i, const Action &action)
{
    const QString name = action.object.toLower();
    for (const QLatin1StringView other : {"_check"_L1, "_pkey"_L1, "_key"_L1, "_not_null"_L1, "_excl"_L1}) {
        if (name.endsWith(other))
            return;
    }
    const bool foreign = name.contains("fk"_L1) || name.contains("foreign"_L1);
    section.add(33, i, foreign ? section.inDown(Level::Warning) : Level::Note, action.begin, action.end, foreign ? QString() : u"if it is a foreign key"_s);
}

static bool renames(const Action &action, const QString &object)
{
    switch (action.kind) {
    case A::RenameColumn:
    case A::RenameTo:
    case A::RenameValue:
    case A::RenameAttribute:
    case A::SetSchema: return object == "table"_L1 || object == "foreign table"_L1 || object == "schema"_L1 || object == "type"_L1 || object == "domain"_L1 || object == "sequence"_L1;
    default: return false;
    }
}

static void altered(LintedSection &section, int i, const Ddl &ddl)
{
    const QString name = ddl.relations.value(0);
    const bool isNew = !section.isOld(name) || (ddl.object == "type"_L1 && section.newTypes.contains(name)) || (ddl.object == "domain"_L1 && section.newDomains.contains(name));
    if (ddl.object == "trigger"_L1 || ddl.object == "policy"_L1 || ddl.object == "rule"_L1) {
        if (section.isOld(name))
            section.add(45, i, ddl.object == "trigger"_L1 ? Level::Note : section.inDown(Level::Warning));
        return;
    }
    if (ddl.object == "index"_L1) {
        if (!ddl.actions.isEmpty() && ddl.actions[0].kind == A::SetTablespace && section.isOldIndex(name))
            section.add(44, i, Level::Warning);
        return;
    }
    if (isNew)
        return;
    if (ddl.object == "view"_L1) {
        const bool quiet = std::all_of(ddl.actions.cbegin(), ddl.actions.cend(), [](const Action &action) { return action.kind == A::Owner || action.kind == A::SetOptions; });
        section.add(36, i, quiet ? Level::Note : section.inDown(Level::Warning));
    }
    for (const Action &action : ddl.actions) {
        const auto add = [&](int hazard, Level level) { section.add(hazard, i, level, action.begin, action.end); };
        if (renames(action, ddl.object))
            add(35, section.inDown(Level::Warning));
        if (ddl.object == "materialized view"_L1 && (action.kind == A::RenameTo || action.kind == A::RenameColumn || action.kind == A::SetSchema))
            add(36, section.inDown(Level::Warning));
        if (action.kind == A::SetLogged || action.kind == A::SetUnlogged || action.kind == A::SetAccessMethod || action.kind == A::SetTablespace) {
            if (ddl.object != "database"_L1)
                add(44, section.blocking(name));
        }
        if (action.kind == A::RowSecurity)
            add(45, section.inDown(Level::Warning));
        if (action.kind == A::Trigger)
            add(45, Level::Note);
        if (action.kind == A::DropConstraint && ddl.object == "table"_L1)
            dropConstraint(section, i, action);
        if (action.cascade)
            add(38, Level::Warning);
    }
}

void objectRules(LintedSection &section, int i)
{
    const Ddl &ddl = section.statements()[size_t(i)].ddl;
    const QString relation = ddl.relations.value(0);
    switch (ddl.kind) {
    case K::Drop: dropped(section, i, ddl); break;
    case K::Alter: altered(section, i, ddl); break;
    case K::Create:
        if (ddl.object == "view"_L1 && ddl.orReplace && section.isOld(relation))
            section.add(36, i, Level::Warning);
        if (ddl.object == "trigger"_L1 && section.isOld(relation))
            section.add(45, i, Level::Note);
        if ((ddl.object == "rule"_L1 || ddl.object == "policy"_L1) && section.isOld(relation))
            section.add(45, i, section.inDown(Level::Warning));
        break;
    case K::Truncate:
        if (std::any_of(ddl.relations.cbegin(), ddl.relations.cend(), [&](const QString &name) { return section.isOld(name); }))
            section.add(37, i, ddl.cascade ? Level::Error : Level::Warning);
        break;
    case K::Refresh:
        if (!ddl.concurrently && section.isOld(relation)) {
            Finding &finding = section.add(43, i, section.blocking(relation));
            if (!ddl.withNoData)
                section.fix(finding, i, ddl.keywordEnd, 0, " CONCURRENTLY");
        }
        break;
    case K::Cluster:
        if (relation.isEmpty() || section.isOld(relation))
            section.add(44, i, section.blocking(relation));
        break;
    case K::Vacuum:
        if (ddl.full && (relation.isEmpty() || section.isOld(relation)))
            section.add(44, i, section.blocking(relation));
        break;
    default: break;
    }
}

} // namespace howdah::migrations
