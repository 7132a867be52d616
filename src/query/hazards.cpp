// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/hazards.h"

#include "query/statement.h"

#include <algorithm>

namespace howdah::query
{

using session::Hazard;

namespace
{
class Finder
{
public:
    Finder(const QByteArray &text, bool standardStrings) : m_tokens(text, standardStrings) {}

    QVector<Hazard> find()
    {
        const bool routine = m_tokens.is(0, "create");
        for (const auto &[begin, end] : m_tokens.statements()) {
            statement(begin, end);
            if (routine)
                break; // the rest is a body in BEGIN ATOMIC, which does not run now
        }
        return std::move(m_found);
    }

private:
    void statement(int begin, int end);
    void changes(int verb, int end);
    void calls(int begin, int end);
    void inGroups(int begin, int end);
    void update(int verb, int end);
    void deleteFrom(int verb, int end);
    void merge(int verb, int end);
    void drop(int verb, int end);
    void alter(int verb, int end);
    void alterTable(int verb, int end);
    void copy(int verb, int end);
    void set(int verb, int end);
    void grant(int verb, int end);
    bool whereHolds(int where, int end) const;
    QString objectAt(int i) const;

    void add(Hazard::Kind kind, int at, const QString &object = {})
    {
        const Token &token = m_tokens[at];
        m_found.push_back({kind, object, token.begin, token.end - token.begin});
    }

    StatementTokens m_tokens;
    QVector<Hazard> m_found;
};

// [TABLE] [IF EXISTS] [ONLY] name
QString Finder::objectAt(int i) const
{
    while (m_tokens.isAny(i, {"table", "if", "exists", "only", "concurrently", "("}))
        ++i;
    return m_tokens.name(i);
}

// A data-modifying statement can stand in parentheses behind AS alone, as a CTE does.
void Finder::inGroups(int begin, int end)
{
    for (int i = begin; i < end; ++i) {
        if (m_tokens.is(i, "(") && m_tokens.isAny(i - 1, {"as", "materialized"}) && m_tokens.isAny(i + 1, {"update", "delete", "merge", "insert", "with"}))
            changes(i + 1, qMin(end, m_tokens.behindGroup(i) - 1));
    }
}

void Finder::statement(int begin, int end)
{
    int verb = begin;
    while (m_tokens.is(verb, "("))
        ++verb;
    if (m_tokens.is(verb, "explain")) {
        bool runs = false;
        ++verb;
        if (m_tokens.is(verb, "(")) {
            const int behind = m_tokens.behindGroup(verb);
            for (int i = verb; i < behind; ++i)
                runs = runs || (m_tokens.isAny(i, {"analyze", "analyse"}) && !m_tokens.isAny(i + 1, {"off", "false"}) && m_tokens.text(i + 1) != "0");
            verb = behind;
        }
        for (; m_tokens.isAny(verb, {"analyze", "analyse", "verbose"}); ++verb)
            runs = runs || !m_tokens.is(verb, "verbose");
        if (!runs)
            return;
    }
    if (m_tokens.is(verb, "prepare") && !m_tokens.is(verb + 1, "transaction"))
        return; // not run now
    inGroups(verb, end);
    changes(verb, end);
    calls(verb, end);
}

// From a verb, or the WITH before it.
void Finder::changes(int verb, int end)
{
    if (m_tokens.is(verb, "with")) {
        verb = m_tokens.find(verb + 1, end, {"select", "insert", "update", "delete", "merge", "values", "table"});
        if (verb < 0)
            return;
    }
    const QByteArray word = m_tokens.word(verb);
    if (word == "update")
        update(verb, end);
    else if (word == "delete")
        deleteFrom(verb, end);
    else if (word == "merge")
        merge(verb, end);
    else if (word == "truncate")
        add(Hazard::Kind::Truncate, verb, objectAt(verb + 1));
    else if (word == "drop")
        drop(verb, end);
    else if (word == "alter")
        alter(verb, end);
    else if (word == "copy")
        copy(verb, end);
    else if (word == "do")
        add(Hazard::Kind::DoBlock, verb);
    else if (word == "set" || word == "reset" || word == "begin" || word == "start")
        set(verb, end);
    else if (word == "grant" || word == "revoke")
        grant(verb, end);
    else if (word == "reassign")
        add(Hazard::Kind::RoleChange, verb, m_tokens.name(verb + 3));
    else if (word == "cluster" || (word == "vacuum" && m_tokens.find(verb, end, {"full"}) >= 0))
        add(Hazard::Kind::Vacuum, verb, word == "cluster" ? objectAt(m_tokens.is(verb + 1, "verbose") ? verb + 2 : verb + 1) : QString());
    else if (word == "vacuum" && m_tokens.is(verb + 1, "(")) {
        const int behind = m_tokens.behindGroup(verb + 1);
        for (int i = verb + 1; i < behind; ++i) {
            if (m_tokens.is(i, "full") && !m_tokens.isAny(i + 1, {"off", "false"}) && m_tokens.text(i + 1) != "0")
                add(Hazard::Kind::Vacuum, verb, m_tokens.name(behind));
        }
    } else if (word == "create") {
        if (m_tokens.isAny(verb + 1, {"role", "user", "group"}) && !m_tokens.is(verb + 2, "mapping"))
            add(Hazard::Kind::RoleChange, verb, m_tokens.name(verb + 2));
        for (int i = m_tokens.find(verb, end, {"security"}); i >= 0 && i < end; i = m_tokens.find(i + 1, end, {"security"})) {
            if (m_tokens.is(i + 1, "definer"))
                add(Hazard::Kind::SecurityDefiner, i);
        }
    }
}

// WHERE true and WHERE 1 = 1 hold nothing back.
bool Finder::whereHolds(int where, int end) const
{
    if (where < 0)
        return false;
    const int stop = m_tokens.find(where + 1, end, {"returning"});
    const int length = (stop < 0 ? end : stop) - where - 1;
    if (length == 1 && m_tokens.is(where + 1, "true"))
        return false;
    return !(length == 3 && m_tokens.is(where + 2, "=") && m_tokens.text(where + 1) == m_tokens.text(where + 3));
}

void Finder::update(int verb, int end)
{
    if (!whereHolds(m_tokens.find(verb, end, {"where"}), end))
        add(Hazard::Kind::UpdateWithoutWhere, verb, objectAt(verb + 1));
}

void Finder::deleteFrom(int verb, int end)
{
    if (!whereHolds(m_tokens.find(verb, end, {"where"}), end))
        add(Hazard::Kind::DeleteWithoutWhere, verb, objectAt(verb + 2));
}

// Every row of the target is reached by ON true, and by NOT MATCHED BY SOURCE without a further condition.
void Finder::merge(int verb, int end)
{
    const int on = m_tokens.find(verb, end, {"on"});
    bool all = on >= 0 && (m_tokens.are(on + 1, {"true", "when"}) || m_tokens.are(on + 1, {"(", "true", ")", "when"}));
    for (int i = m_tokens.find(verb, end, {"source"}); i >= 0 && !all; i = m_tokens.find(i + 1, end, {"source"}))
        all = m_tokens.are(i - 3, {"not", "matched", "by"}) && m_tokens.is(i + 1, "then") && m_tokens.isAny(i + 2, {"update", "delete"});
    if (all)
        add(Hazard::Kind::MergeOfAll, verb, objectAt(m_tokens.is(verb + 1, "into") ? verb + 2 : verb + 1));
}

void Finder::drop(int verb, int end)
{
    int i = verb + 1;
    if (m_tokens.is(i, "database")) {
        add(Hazard::Kind::DropDatabase, verb, objectAt(i + 1));
        return;
    }
    if (m_tokens.isAny(i, {"role", "user", "group"}) && !m_tokens.is(i + 1, "mapping")) {
        add(Hazard::Kind::RoleChange, verb, objectAt(i + 1));
        return;
    }
    if (m_tokens.is(i, "owned")) {
        add(Hazard::Kind::Drop, verb, m_tokens.name(i + 2));
        return;
    }
    // The kind of object takes one to three words; its name follows.
    static constexpr auto kindWords = {"materialized", "view", "foreign", "table", "data", "wrapper", "event", "trigger", "access", "method", "text", "search",
                                       "configuration", "dictionary", "parser", "template", "operator", "class", "family", "user", "mapping", "for",
                                       "index", "sequence", "schema", "function", "procedure", "routine", "aggregate", "type", "domain", "extension",
                                       "policy", "rule", "publication", "subscription", "tablespace", "server", "collation", "conversion", "cast",
                                       "statistics", "language", "procedural", "transform", "concurrently", "if", "exists"};
    while (i < end && m_tokens.isAny(i, kindWords))
        ++i;
    add(Hazard::Kind::Drop, verb, m_tokens.name(i));
}

void Finder::alter(int verb, int end)
{
    const int what = verb + 1;
    if (m_tokens.is(what, "system")) {
        add(Hazard::Kind::AlterSystem, verb, m_tokens.name(what + 2));
    } else if (m_tokens.isAny(what, {"role", "user", "group"}) && !m_tokens.is(what + 1, "mapping")) {
        add(Hazard::Kind::RoleChange, verb, m_tokens.name(what + 1));
    } else if (m_tokens.isAny(what, {"table", "foreign", "materialized"})) {
        alterTable(verb, end);
    } else if (m_tokens.are(what, {"event", "trigger"}) && m_tokens.find(what, end, {"disable"}) >= 0) {
        add(Hazard::Kind::DisableTrigger, verb, m_tokens.name(what + 2));
    } else if (m_tokens.are(what, {"default", "privileges"})) {
        const int inner = m_tokens.find(what, end, {"grant"});
        if (inner >= 0)
            grant(inner, end);
    }
    if (m_tokens.isAny(what, {"database", "role", "user"})) {
        const int name = m_tokens.find(what, end, {"default_transaction_read_only"});
        if (name >= 0)
            add(Hazard::Kind::ReadOnlyOff, name);
    }
    if (m_tokens.isAny(what, {"function", "procedure", "routine"})) {
        const int definer = m_tokens.find(what, end, {"definer"});
        if (definer >= 0)
            add(Hazard::Kind::SecurityDefiner, definer);
    }
}

void Finder::alterTable(int verb, int end)
{
    int i = verb + 1;
    while (m_tokens.isAny(i, {"foreign", "materialized", "table", "view", "if", "exists", "only"}))
        ++i;
    int action = i;
    const QString table = m_tokens.name(i, &action);
    // Actions are parted by commas outside of parentheses.
    while (action < end) {
        int next = m_tokens.find(action, end, {","});
        next = next < 0 ? end : next;
        if (m_tokens.is(action, "*"))
            ++action;
        const bool added = m_tokens.is(action, "add");
        const auto has = [&](std::initializer_list<const char *> words) { return m_tokens.find(action, next, words) >= 0; };
        if (m_tokens.is(action, "drop")) {
            int name = action + 1;
            while (m_tokens.isAny(name, {"column", "constraint", "if", "exists"}))
                ++name;
            add(Hazard::Kind::Drop, action, table + QLatin1Char('.') + m_tokens.name(name));
        } else if (m_tokens.is(action, "disable") && has({"trigger"})) {
            add(Hazard::Kind::DisableTrigger, action, table);
        } else if (m_tokens.are(action, {"disable", "row"}) || m_tokens.are(action, {"no", "force", "row"})) {
            add(Hazard::Kind::DisableRowSecurity, action, table);
        } else if ((m_tokens.is(action, "alter") && has({"type"})) || m_tokens.are(action, {"set", "logged"}) || m_tokens.are(action, {"set", "unlogged"})
                   || m_tokens.are(action, {"set", "tablespace"}) || m_tokens.are(action, {"set", "access"})
                   || (added && has({"stored", "identity", "serial", "bigserial", "smallserial"}))
                   || (added && has({"default"}) && has({"gen_random_uuid", "uuidv4", "uuidv7", "random", "clock_timestamp", "nextval", "timeofday"}))) {
            add(Hazard::Kind::AlterTableRewrite, action, table);
        }
        action = next + 1;
    }
}

void Finder::copy(int verb, int end)
{
    const int direction = m_tokens.find(verb, end, {"from", "to"});
    if (direction < 0)
        return;
    if (m_tokens.is(direction + 1, "program"))
        add(Hazard::Kind::CopyProgram, verb);
    else if (direction + 1 < end && m_tokens.word(direction + 1).isEmpty())
        add(Hazard::Kind::CopyServerFile, verb);
}

// What lifts a session's read-only setting, and what switches triggers off.
void Finder::set(int verb, int end)
{
    for (int i = verb; i < end; ++i) {
        if (m_tokens.are(i, {"read", "write"})) {
            add(Hazard::Kind::ReadOnlyOff, i);
        } else if (m_tokens.isAny(i, {"default_transaction_read_only", "transaction_read_only"}) || (m_tokens.is(verb, "reset") && m_tokens.is(i, "all"))) {
            QByteArray value = m_tokens.text(i + 2).toLower();
            value.replace('\'', "");
            if (m_tokens.is(verb, "reset") || !(value == "on" || value == "true" || value == "1" || value == "yes"))
                add(Hazard::Kind::ReadOnlyOff, i);
        } else if (m_tokens.is(i, "session_replication_role") && m_tokens.text(i + 2).toLower().contains("replica")) {
            add(Hazard::Kind::DisableTrigger, i);
        }
    }
}

void Finder::grant(int verb, int end)
{
    const bool grants = m_tokens.is(verb, "grant");
    if (m_tokens.find(verb, end, {"on"}) < 0) { // of a role
        add(Hazard::Kind::RoleChange, verb, m_tokens.name(verb + 1));
        return;
    }
    const int to = m_tokens.find(verb, end, {"to"});
    if (grants && to >= 0 && m_tokens.find(to, end, {"public"}) >= 0)
        add(Hazard::Kind::GrantToPublic, verb);
}

void Finder::calls(int begin, int end)
{
    for (int i = begin; i < end; ++i) {
        if (!m_tokens.is(i + 1, "("))
            continue;
        if (m_tokens.is(i, "pg_terminate_backend"))
            add(Hazard::Kind::TerminateBackend, i);
        else if (m_tokens.is(i, "pg_reload_conf"))
            add(Hazard::Kind::Reload, i);
        else if (m_tokens.is(i, "set_config") && m_tokens.text(i + 2).contains("transaction_read_only"))
            add(Hazard::Kind::ReadOnlyOff, i);
    }
}
} // namespace

QVector<Hazard> hazardsOf(const QByteArray &statement, bool standardStrings)
{
    return Finder(statement, standardStrings).find();
}

bool takesReadOnlyOff(const QByteArray &statement, bool standardStrings)
{
    const QVector<Hazard> hazards = hazardsOf(statement, standardStrings);
    return std::any_of(hazards.cbegin(), hazards.cend(), [](const Hazard &hazard) { return hazard.kind == Hazard::Kind::ReadOnlyOff; });
}

} // namespace howdah::query
