// SPDX-License-Identifier: GPL-3.0-or-later
// Changes of a column's type, and of types and domains themselves: hazards 22 to 24 and 47.
#include "migrations/lintparts.h"

namespace howdah::migrations
{

using namespace Qt::StringLiterals;
using K = Ddl::Kind;
using A = Action::Kind;

namespace
{
struct Type {
    QString base;
    QList<int> arguments;

    explicit Type(const QString &text)
    {
        const qsizetype open = text.indexOf(u'(');
        base = open < 0 ? text : QString(text.left(open) + text.mid(text.indexOf(u')') + 1));
        if (open < 0)
            return;
        for (const QString &argument : text.mid(open + 1, text.indexOf(u')') - open - 1).split(u','))
            arguments << argument.toInt();
    }
    int argument(int i, int without) const { return i < arguments.size() ? arguments[i] : without; }
};
} // namespace

// Measured on PostgreSQL 18: the rows stay as they are.
static bool sameBytes(const Type &from, const Type &to)
{
    constexpr int any = 1 << 30;
    if (from.base == to.base && from.arguments == to.arguments)
        return true;
    const auto isText = [](const QString &base) { return base == "text"_L1 || base == "varchar"_L1; };
    if (isText(from.base) && isText(to.base))
        return to.base == "text"_L1 || to.argument(0, any) >= (from.base == "text"_L1 ? any : from.argument(0, any));
    if (from.base == "citext"_L1 && to.base == "text"_L1)
        return true;
    if (from.base == "numeric"_L1 && to.base == "numeric"_L1)
        return to.arguments.isEmpty() || (!from.arguments.isEmpty() && to.argument(0, 0) >= from.argument(0, 0) && to.argument(1, 0) == from.argument(1, 0));
    const bool time = from.base.startsWith("time"_L1) || from.base == "interval"_L1;
    if (time && from.base == to.base)
        return to.argument(0, 6) >= from.argument(0, 6);
    if ((from.base == "bit varying"_L1 || from.base == "varbit"_L1) && from.base == to.base)
        return to.argument(0, any) >= from.argument(0, any);
    return (from.base == "cidr"_L1 && to.base == "inet"_L1) || (from.base == "xml"_L1 && isText(to.base) && to.arguments.isEmpty());
}

static void alterType(LintedSection &section, int i, const QString &table, const Action &action)
{
    const auto add = [&](int hazard, Level level, const QString &more = {}) { section.add(hazard, i, level, action.begin, action.end, more); };
    const Level level = section.blocking(table);
    const QString old = section.columnType(table, action.object);
    const Type from(old);
    const Type to(action.column.type);
    const auto isStamp = [](const QString &base) { return base == "timestamp"_L1 || base == "timestamptz"_L1; };
    if (action.usingExpression) {
        add(22, level, u"with USING they mostly are"_s);
        return;
    }
    if (isStamp(to.base) && (old.isEmpty() || (isStamp(from.base) && from.base != to.base))) {
        if (!section.utc)
            add(24, level, old.isEmpty() ? u"if it is a timestamp now"_s : QString());
        if (!old.isEmpty() && to.argument(0, 6) < from.argument(0, 6))
            add(22, level);
        if (old.isEmpty())
            add(22, section.utc ? Level::Note : level, u"its present type is not known"_s);
        return;
    }
    if (!action.collation.isEmpty() || (to.base == "citext"_L1 && (old.isEmpty() || from.base == "text"_L1 || from.base == "varchar"_L1))) {
        add(23, level);
        if (old.isEmpty())
            add(22, Level::Note, u"its present type is not known"_s);
        else if (to.base != "citext"_L1 && !sameBytes(from, to))
            add(22, level);
        return;
    }
    if (old.isEmpty())
        add(22, level, u"its present type is not known"_s);
    else if (!sameBytes(from, to))
        add(22, level, u"%1 is not stored as %2"_s.arg(old, action.column.type));
}

void typeRules(LintedSection &section, int i)
{
    const Ddl &ddl = section.statements()[size_t(i)].ddl;
    if (ddl.kind != K::Alter)
        return;
    if (ddl.object == "table"_L1 && section.isOld(ddl.relations.value(0))) {
        for (const Action &action : ddl.actions) {
            if (action.kind == A::AlterType)
                alterType(section, i, ddl.relations[0], action);
        }
    }
    if (ddl.object != "domain"_L1 || section.newDomains.contains(ddl.name))
        return;
    for (const Action &action : ddl.actions) {
        const bool constraint = action.kind == A::AddConstraint && !action.constraint.notValid;
        if (!constraint && action.kind != A::SetNotNull)
            continue;
        Finding &finding = section.add(47, i, Level::Warning, action.begin, action.end);
        if (constraint && action.constraint.kind == Constraint::Kind::Check)
            section.fix(finding, i, action.constraint.end, 0, " NOT VALID");
    }
}

} // namespace howdah::migrations
