// SPDX-License-Identifier: GPL-3.0-or-later
// Timeouts, transactions and what can't be in one: hazards 1 to 5, 46, 48 to 51.
#include "migrations/lintparts.h"

namespace howdah::migrations
{

using namespace Qt::StringLiterals;
using K = Ddl::Kind;
using A = Action::Kind;

static bool runsConcurrently(const Ddl &ddl)
{
    if (ddl.kind == K::Refresh)
        return false;
    return ddl.concurrently || std::any_of(ddl.actions.cbegin(), ddl.actions.cend(), [](const Action &action) { return action.concurrently; });
}

void timeoutRules(LintedSection &section, int i)
{
    const Statement &statement = section.statements()[size_t(i)];
    if (statement.ddl.kind == K::Query && statement.text.contains("set_config")) {
        section.lockTimeout |= statement.text.contains("'lock_timeout'");
        section.statementTimeout |= statement.text.contains("'statement_timeout'");
    }
    if (runsConcurrently(statement.ddl)) {
        if (section.lockTimeout)
            section.add(3, i, Level::Warning);
        return;
    }
    if (section.facts().runnerSetsTimeouts)
        return;
    Taken strongest;
    Work work = Work::None;
    for (const Taken &taken : section.taken(i)) {
        if (taken.lock > strongest.lock)
            strongest = taken;
        if (!section.isSmall(taken.relation))
            work = std::max(work, taken.work);
    }
    if (strongest.lock >= Lock::Share && !section.lockTimeout) {
        Finding &finding = section.add(1, i, Level::Warning, 0, -1, u"it takes %1 on %2"_s.arg(lockName(strongest.lock), strongest.relation));
        finding.lock = lockName(strongest.lock);
    }
    if (work != Work::None && strongest.lock != Lock::ShareUpdateExclusive && !section.statementTimeout)
        section.add(2, i, Level::Warning);
}

static bool refusesTransaction(const LintedSection &section, const Ddl &ddl)
{
    const bool create = ddl.kind == K::Create;
    const bool drop = ddl.kind == K::Drop;
    if ((create || drop) && (ddl.object == "database"_L1 || ddl.object == "tablespace"_L1 || ddl.object == "subscription"_L1))
        return true;
    if (ddl.kind == K::Alter && ddl.object == "system"_L1)
        return true;
    if (ddl.kind == K::Alter && ddl.object == "database"_L1 && !ddl.actions.isEmpty() && ddl.actions[0].kind == A::SetTablespace)
        return true;
    if (ddl.kind == K::Reindex) {
        const bool all = ddl.object == "schema"_L1 || ddl.object == "database"_L1 || ddl.object == "system"_L1;
        return all || (ddl.object == "table"_L1 && section.isPartitioned(ddl.relations.value(0)));
    }
    return ddl.kind == K::Vacuum || (ddl.kind == K::Cluster && ddl.relations.isEmpty()) || (ddl.kind == K::Discard && ddl.object == "all"_L1);
}

static bool uncertain(const Ddl &ddl)
{
    return ddl.kind == K::Unknown || ddl.kind == K::Do || ddl.kind == K::Call;
}

void transactionRules(LintedSection &section, int i)
{
    const Statement &statement = section.statements()[size_t(i)];
    const Ddl &ddl = statement.ddl;
    if (statement.command) {
        section.add(50, i, Level::Error, 0, -1, u"it is a command of psql"_s);
        return;
    }
    if (uncertain(ddl)) {
        Finding &finding = section.add(0, i, Level::Note, 0, -1, u"What it does can't be told from its words"_s);
        finding.rule = u"unknown-statement"_s;
        finding.safe = u"A look at its locks in a sandbox"_s;
    }
    if (section.transaction() && (ddl.kind == K::Begin || ddl.kind == K::End))
        section.add(50, i, Level::Error);
    const bool inside = section.inTransaction() || statement.several;
    if (runsConcurrently(ddl)) {
        if (inside)
            section.add(4, i, Level::Error);
        else if (section.statements().size() > 1)
            section.add(4, i, Level::Note, 0, -1, u"dbmate sends these in one message"_s);
    } else if (refusesTransaction(section, ddl)) {
        if (inside)
            section.add(5, i, Level::Error);
        else if (section.statements().size() > 1)
            section.add(5, i, Level::Note, 0, -1, u"dbmate sends these in one message"_s);
    }
    if (section.isOld(ddl.allRowsOf))
        section.add(49, i, section.blocking(ddl.allRowsOf));
}

// An enum's value is used after it was added, in the same transaction. One whose type is new may be.
static void enumUse(LintedSection &section)
{
    if (!section.transaction())
        return;
    struct Added { QString type; QByteArray value; };
    QList<Added> added;
    Names made;
    for (int i = 0; i < int(section.statements().size()); ++i) {
        const Statement &statement = section.statements()[size_t(i)];
        const Ddl &ddl = statement.ddl;
        if (ddl.is(K::Create, "type"))
            made.add(ddl.name);
        const bool type = ddl.is(K::Alter, "type");
        if (type && !ddl.actions.isEmpty() && ddl.actions[0].kind == A::AddValue) {
            if (!made.contains(ddl.name))
                added.push_back({ddl.name, ddl.actions[0].object.toUtf8()});
            continue;
        }
        if (added.isEmpty() || type || ddl.kind == K::Comment)
            continue;
        const query::StatementTokens words(statement.text);
        for (int at = 0; at < words.size(); ++at) {
            if (words[at].kind != query::Token::Kind::String)
                continue;
            const QByteArray literal = words.text(at);
            if (std::any_of(added.cbegin(), added.cend(), [&](const Added &one) { return one.value == literal; })) {
                section.add(46, i, Level::Error, words[at].begin, words[at].end);
                break;
            }
        }
    }
}

// ALTER TABLE takes several of it at once.
static bool combines(const Ddl &ddl)
{
    return ddl.is(K::Alter, "table") && std::none_of(ddl.actions.cbegin(), ddl.actions.cend(), [](const Action &action) {
        return action.kind == A::RenameTo || action.kind == A::RenameColumn || action.kind == A::RenameConstraint || action.kind == A::SetSchema || action.kind == A::Attach || action.kind == A::Detach;
    });
}

static void severalLocks(LintedSection &section)
{
    if (!section.transaction())
        return;
    QStringList held;
    QStringList altered;
    for (int i = 0; i < int(section.statements().size()); ++i) {
        const Ddl &ddl = section.statements()[size_t(i)].ddl;
        const bool rows = ddl.kind == K::Update || ddl.kind == K::Delete || ddl.kind == K::Merge || (ddl.kind == K::Insert && ddl.query) || ddl.kind == K::Copy;
        const QString relation = ddl.relations.value(0);
        if (rows && !held.isEmpty()) {
            section.add(48, i, section.isSmall(relation) ? Level::Note : Level::Warning, 0, -1, u"%1 is locked while it changes rows"_s.arg(held[0]));
            continue;
        }
        QStringList here;
        for (const Taken &taken : section.taken(i)) {
            if (taken.lock == Lock::AccessExclusive && ddl.object != "index"_L1)
                here << taken.relation;
        }
        if (here.isEmpty())
            continue;
        const auto isHeld = [](const QStringList &list, const QString &name) { return std::any_of(list.cbegin(), list.cend(), [&](const QString &one) { return sameRelation(one, name); }); };
        const bool other = std::any_of(here.cbegin(), here.cend(), [&](const QString &name) { return !held.isEmpty() && !isHeld(held, name); });
        if (other)
            section.add(48, i, section.inDown(Level::Warning), 0, -1, u"%1 is locked since"_s.arg(held[0]));
        else if (combines(ddl) && isHeld(altered, relation))
            section.add(48, i, Level::Note, 0, -1, u"one ALTER TABLE of %1 could hold both"_s.arg(relation));
        for (const QString &name : here) {
            if (!isHeld(held, name) && held.size() < 8)
                held << name;
        }
        if (combines(ddl) && altered.size() < 8)
            altered << relation;
    }
}

namespace
{
// What statements before have dropped IF EXISTS: there is room for it again.
struct Room {
    QHash<QString, Names> objects; // by their kind
    QSet<QString> constraints;
};
} // namespace

static void makeRoom(Room &room, const Ddl &ddl)
{
    if (ddl.kind == K::Drop && ddl.ifExists) {
        room.objects[ddl.object].add(ddl.name);
        for (const QString &relation : ddl.relations)
            room.objects[ddl.object].add(relation);
    }
    for (const Action &action : ddl.actions) {
        if (action.kind == A::DropConstraint && action.ifExists)
            room.constraints << action.object;
    }
}

// Run again after it ran: would it do?
static bool repeatable(const Ddl &ddl, const Room &room)
{
    if (ddl.kind == K::Create)
        return ddl.ifNotExists || ddl.orReplace || (!ddl.name.isEmpty() && room.objects.value(ddl.object).contains(ddl.name));
    if (ddl.kind == K::Drop)
        return ddl.ifExists || ddl.object == "owned"_L1;
    if (ddl.kind == K::Insert)
        return ddl.onConflict;
    if (ddl.kind != K::Alter)
        return true;
    for (const Action &action : ddl.actions) {
        switch (action.kind) {
        case A::AddColumn:
        case A::DropColumn:
        case A::DropConstraint:
        case A::AddValue:
            if (!action.ifExists)
                return false;
            break;
        case A::AddConstraint:
            if (!room.constraints.contains(action.object))
                return false;
            break;
        case A::RenameColumn:
        case A::RenameTo:
        case A::RenameConstraint:
        case A::RenameValue:
        case A::RenameAttribute:
        case A::Attach:
        case A::Detach:
        case A::AddIdentity: return false;
        default: break;
        }
    }
    return true;
}

void sectionRules(LintedSection &section)
{
    enumUse(section);
    severalLocks(section);
    int open = -1;
    Room room;
    const int count = int(section.statements().size());
    for (int i = 0; i < count; ++i) {
        const Ddl &ddl = section.statements()[size_t(i)].ddl;
        if (ddl.kind == K::Begin && !section.transaction())
            open = i;
        else if (ddl.kind == K::End)
            open = -1;
        makeRoom(room, ddl); // also for itself: it may drop a constraint and add it anew
        // One statement is done or not: only of several may a part stay.
        if (!section.transaction() && count > 1 && open < 0 && !repeatable(ddl, room))
            section.add(51, i, Level::Warning);
    }
    if (open >= 0)
        section.add(50, open, Level::Error, 0, -1, u"and nothing ends the one that it begins"_s);
}

} // namespace howdah::migrations
