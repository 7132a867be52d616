// SPDX-License-Identifier: GPL-3.0-or-later
// Constraints that are added, changed, validated or made with a table: hazards 11, 12, 25, 28 to 34.
#include "migrations/lintparts.h"

namespace howdah::migrations
{

using namespace Qt::StringLiterals;
using K = Ddl::Kind;
using A = Action::Kind;
using C = Constraint::Kind;

static void addConstraint(LintedSection &section, int i, const QString &table, const Action &action)
{
    const Constraint &constraint = action.constraint;
    const bool before18 = section.facts().serverMajor < 18;
    const Level level = section.blocking(table);
    const auto add = [&](int hazard, Level of, const QString &more = {}) -> Finding & { return section.add(hazard, i, of, action.begin, action.end, more); };
    const auto notValid = [&](Finding &finding) { section.fix(finding, i, constraint.end, 0, " NOT VALID"); };
    if (constraint.notEnforced)
        add(30, before18 ? Level::Error : Level::Warning, before18 ? u"this server does not know it"_s : QString());
    const bool seen = constraint.notValid || constraint.notEnforced;
    switch (constraint.kind) {
    case C::Unique:
        if (!constraint.usingIndex)
            add(11, level);
        break;
    case C::Exclude: add(11, level); break;
    case C::PrimaryKey:
        if (!constraint.usingIndex)
            add(12, level);
        else if (std::none_of(section.proven.cbegin(), section.proven.cend(), [&](const Unproven &pending) { return sameRelation(pending.relation, table); }))
            add(12, Level::Note, u"with USING INDEX they are read only where a column may be NULL"_s);
        break;
    case C::Check:
        if (!seen)
            notValid(add(28, level));
        break;
    case C::NotNull:
        if (before18)
            add(25, Level::Error, u"this server knows no NOT NULL by name: it is a syntax error"_s);
        else if (!seen)
            notValid(add(25, level));
        break;
    case C::ForeignKey: {
        if (seen)
            break;
        const Level both = section.isSmall(table) && section.isSmall(constraint.references) ? Level::Note : Level::Warning;
        Finding &finding = add(29, both);
        if (!before18 || !section.isPartitioned(table)) // refused before 18
            notValid(finding);
        break;
    }
    }
}

static void validate(LintedSection &section, int i, const QString &table, const Action &action)
{
    const Ddl &ddl = section.statements()[size_t(i)].ddl;
    // One statement is one transaction too.
    const LintedSection &seen = section;
    const QList<Unproven> all = section.inTransaction() ? seen.notValidAt(ddl, action) : seen.notValidAt(ddl, action).mid(seen.notValid.size());
    for (const Unproven &pending : all) {
        if (sameRelation(pending.relation, table) && pending.constraint.name == action.object)
            section.add(31, i, section.blocking(table), action.begin, action.end);
    }
}

// An index of this section, or a key of the same statement, that begins with these columns.
static bool indexed(const LintedSection &section, const Ddl &ddl, const QString &table, const QStringList &columns)
{
    const auto begins = [&](const QStringList &keys) {
        return keys.size() >= columns.size() && std::all_of(columns.cbegin(), columns.cend(), [&](const QString &column) { return keys.indexOf(column) >= 0 && keys.indexOf(column) < columns.size(); });
    };
    const auto isKey = [](const Constraint &constraint) { return constraint.kind == C::PrimaryKey || constraint.kind == C::Unique; };
    for (const QStringList &keys : section.indexesOn(table)) {
        if (begins(keys))
            return true;
    }
    for (const Constraint &constraint : ddl.constraints) {
        if (isKey(constraint) && begins(constraint.columns))
            return true;
    }
    for (const Column &column : ddl.columnsMade) {
        for (const Constraint &constraint : column.constraints) {
            if (isKey(constraint) && begins(constraint.columns))
                return true;
        }
    }
    return false;
}

static void foreignKey(LintedSection &section, int i, const Constraint &constraint, qsizetype begin, qsizetype end)
{
    const Ddl &ddl = section.statements()[size_t(i)].ddl;
    const QString table = ddl.relations.value(0);
    if (!constraint.columns.isEmpty() && !indexed(section, ddl, table, constraint.columns))
        section.add(34, i, Level::Note, begin, end, u"none is made here"_s);
}

static void tableMade(LintedSection &section, int i, const Ddl &ddl)
{
    bool reported = false;
    const auto look = [&](const Constraint &constraint) {
        if (constraint.notEnforced)
            section.add(30, i, section.facts().serverMajor < 18 ? Level::Error : Level::Warning);
        if (constraint.kind != C::ForeignKey)
            return;
        foreignKey(section, i, constraint, 0, -1);
        if (!reported && section.isOld(constraint.references) && !sameRelation(constraint.references, ddl.name)) {
            section.add(32, i, Level::Warning, 0, -1, u"that is %1"_s.arg(constraint.references));
            reported = true;
        }
    };
    for (const Constraint &constraint : ddl.constraints)
        look(constraint);
    for (const Column &column : ddl.columnsMade) {
        for (const Constraint &constraint : column.constraints)
            look(constraint);
    }
}

void constraintRules(LintedSection &section, int i)
{
    const Ddl &ddl = section.statements()[size_t(i)].ddl;
    if (ddl.is(K::Create, "table"))
        return tableMade(section, i, ddl);
    const QString table = ddl.relations.value(0);
    if (ddl.kind != K::Alter || !(ddl.object == "table"_L1 || ddl.object == "foreign table"_L1))
        return;
    for (const Action &action : ddl.actions) {
        if (action.kind == A::AddConstraint && action.constraint.kind == C::ForeignKey)
            foreignKey(section, i, action.constraint, action.begin, action.end);
        for (const Constraint &constraint : action.column.constraints) {
            if (constraint.kind == C::ForeignKey)
                foreignKey(section, i, constraint, action.begin, action.end);
            if (constraint.notEnforced)
                section.add(30, i, section.facts().serverMajor < 18 ? Level::Error : Level::Warning, action.begin, action.end);
        }
        if (!section.isOld(table)) {
            // A new table's foreign key locks the old one that it references all the same.
            if (action.kind == A::AddConstraint && action.constraint.kind == C::ForeignKey && section.isOld(action.constraint.references))
                section.add(32, i, Level::Warning, action.begin, action.end, u"that is %1"_s.arg(action.constraint.references));
            continue;
        }
        if (action.kind == A::AddConstraint)
            addConstraint(section, i, table, action);
        else if (action.kind == A::ValidateConstraint)
            validate(section, i, table, action);
        else if (action.kind == A::AlterConstraint && action.enforcement)
            section.add(30, i, section.facts().serverMajor < 18 ? Level::Error : Level::Warning, action.begin, action.end);
    }
}

} // namespace howdah::migrations
