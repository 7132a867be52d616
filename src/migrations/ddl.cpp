// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/ddl.h"

#include "migrations/ddlparts.h"
#include "query/hazards.h"

namespace howdah::migrations
{

using namespace Qt::StringLiterals;
using Kind = Ddl::Kind;

bool sameRelation(const QString &a, const QString &b)
{
    if (a == b)
        return !a.isEmpty();
    // One of the two without its schema.
    return (!a.contains(u'.') && b.endsWith(u'.' + a) && !a.isEmpty()) || (!b.contains(u'.') && a.endsWith(u'.' + b) && !b.isEmpty());
}

// Kinds of objects that are named by two or three words come before those that are named by their first.
static QString objectAt(const Words &words, int &i)
{
    static constexpr std::initializer_list<const char *> several[] = {{"materialized", "view"}, {"foreign", "table"}, {"foreign", "data", "wrapper"},
        {"event", "trigger"}, {"user", "mapping"}, {"access", "method"}, {"operator", "class"}, {"operator", "family"}, {"text", "search", "configuration"},
        {"text", "search", "dictionary"}, {"text", "search", "parser"}, {"text", "search", "template"}, {"default", "privileges"}, {"large", "object"}};
    for (const auto &names : several) {
        if (!words.are(i, names))
            continue;
        QStringList parts;
        for (const char *name : names)
            parts << QLatin1String(name);
        i += int(names.size());
        return parts.join(u' ');
    }
    static constexpr const char *single[] = {"table", "index", "view", "sequence", "schema", "database", "tablespace", "extension", "function", "procedure",
        "routine", "aggregate", "type", "domain", "trigger", "rule", "policy", "role", "user", "group", "publication", "subscription", "server", "statistics",
        "collation", "conversion", "cast", "language", "operator", "transform", "owned", "system"};
    for (const char *name : single) {
        if (words.is(i, name)) {
            ++i;
            return QLatin1String(name);
        }
    }
    return {};
}

static bool takeWord(const Words &words, int &i, const char *word)
{
    if (!words.is(i, word))
        return false;
    ++i;
    return true;
}

static void tableOf(const Words &words, int i, Ddl &ddl)
{
    if (words.are(i, {"partition", "of"})) {
        ddl.partitionOf = nameAt(words, i + 2, &i);
    }
    if (words.is(i, "(")) {
        const int close = words.behindGroup(i) - 1;
        for (int at = i + 1; at < close;) {
            const int stop = itemEnd(words, at, close);
            Constraint constraint;
            if (beginsConstraint(words, at)) {
                if (constraintIn(words, at, stop, constraint))
                    ddl.constraints.push_back(constraint);
            } else if (!words.is(at, "like")) {
                ddl.columnsMade.push_back(columnIn(words, at, stop));
            }
            at = qMax(stop, at) + 1;
        }
        i = close + 1;
    }
    ddl.partitioned = words.find(i, words.size(), {"partition"}) >= 0 && words.is(words.find(i, words.size(), {"partition"}) + 1, "by");
    ddl.query = words.find(i, words.size(), {"as"}) >= 0;
}

static void indexOf(const Words &words, int i, Ddl &ddl)
{
    ddl.keywordEnd = endOf(words, i);
    ddl.concurrently = takeWord(words, i, "concurrently");
    const int exists = i;
    if (takeIfExists(words, i)) {
        ddl.ifNotExists = true;
        ddl.existsBegin = words[exists].begin;
        ddl.existsEnd = endOf(words, i);
    }
    if (!words.is(i, "on"))
        ddl.name = nameAt(words, i, &i);
    if (!takeWord(words, i, "on")) {
        ddl.kind = Kind::Unknown;
        return;
    }
    ddl.only = takeWord(words, i, "only");
    ddl.relations << nameAt(words, i, &i);
    if (takeWord(words, i, "using"))
        ++i;
    if (words.is(i, "("))
        ddl.columns = namesIn(words, i);
}

static void create(const Words &words, int i, Ddl &ddl)
{
    ddl.kind = Kind::Create;
    ddl.orReplace = words.are(i, {"or", "replace"});
    if (ddl.orReplace)
        i += 2;
    for (;; ++i) {
        if (words.isAny(i, {"temp", "temporary"}))
            ddl.temporary = true;
        else if (words.is(i, "unique"))
            ddl.unique = true;
        else if (!words.isAny(i, {"local", "global", "unlogged", "recursive", "constraint", "trusted", "procedural"}))
            break;
    }
    ddl.object = objectAt(words, i);
    if (ddl.object.isEmpty()) {
        ddl.kind = Kind::Unknown;
        return;
    }
    if (ddl.object == "index"_L1)
        return indexOf(words, i, ddl);
    ddl.ifNotExists = takeIfExists(words, i);
    ddl.name = nameAt(words, i, &i);
    const auto on = [&] { // … ON [ONLY] table
        const int at = words.find(i, words.size(), {"on"});
        ddl.relations << (at < 0 ? QString() : nameAt(words, words.is(at + 1, "only") ? at + 2 : at + 1));
    };
    if (ddl.object == "table"_L1 || ddl.object == "foreign table"_L1) {
        ddl.relations << ddl.name;
        tableOf(words, i, ddl);
    } else if (ddl.object == "view"_L1 || ddl.object == "materialized view"_L1 || ddl.object == "sequence"_L1) {
        ddl.relations << ddl.name;
    } else if (ddl.object == "trigger"_L1) {
        // BEFORE UPDATE OF a ON t: the first ON outside of parentheses.
        on();
    } else if (ddl.object == "policy"_L1) {
        on();
    } else if (ddl.object == "rule"_L1) {
        const int to = words.find(i, words.size(), {"to"});
        ddl.relations << (to < 0 ? QString() : nameAt(words, to + 1));
    } else if (ddl.object == "type"_L1) {
        if (words.are(i, {"as", "enum"}))
            ddl.defaultType = "enum";
        else if (words.are(i, {"as", "range"}))
            ddl.defaultType = "range";
        else if (words.are(i, {"as", "("}))
            ddl.defaultType = "composite";
    } else if (ddl.object == "domain"_L1) {
        Column column;
        takeWord(words, i, "as");
        column.type = typeAt(words, i, words.size(), &i);
        column.notNull = words.find(i, words.size(), {"not"}) >= 0;
        Constraint constraint;
        const int check = words.find(i, words.size(), {"check"});
        if (check >= 0 && constraintIn(words, check, words.size(), constraint))
            column.constraints << constraint;
        ddl.columnsMade << column;
    } else if (ddl.object == "statistics"_L1) {
        const int from = words.find(i, words.size(), {"from"});
        if (from >= 0)
            ddl.relations << nameAt(words, from + 1);
    }
    if (ddl.relations.contains(QString()))
        ddl.kind = Kind::Unknown;
}

static void drop(const Words &words, int i, Ddl &ddl)
{
    ddl.kind = Kind::Drop;
    ddl.object = objectAt(words, i);
    if (ddl.object.isEmpty()) {
        ddl.kind = Kind::Unknown;
        return;
    }
    ddl.keywordEnd = endOf(words, i);
    ddl.concurrently = takeWord(words, i, "concurrently");
    ddl.ifExists = takeIfExists(words, i);
    if (ddl.object == "owned"_L1)
        takeWord(words, i, "by");
    ddl.cascade = words.find(i, words.size(), {"cascade"}) >= 0;
    if (ddl.object == "trigger"_L1 || ddl.object == "policy"_L1 || ddl.object == "rule"_L1) {
        ddl.name = nameAt(words, i, &i);
        if (takeWord(words, i, "on"))
            ddl.relations << nameAt(words, i, &i);
        return;
    }
    while (i < words.size() && !words.isAny(i, {"cascade", "restrict"})) {
        const QString name = nameAt(words, i, &i);
        if (!name.isEmpty())
            ddl.relations << name;
        i = itemEnd(words, i, words.size()) + 1;
    }
    ddl.name = ddl.relations.value(0);
}

static void alter(const Words &words, int i, Ddl &ddl)
{
    ddl.kind = Kind::Alter;
    ddl.object = objectAt(words, i);
    if (ddl.object.isEmpty()) {
        ddl.kind = Kind::Unknown;
        return;
    }
    if (words.are(i, {"all", "in", "tablespace"})) {
        ddl.kind = Kind::Unknown;
        return;
    }
    if (ddl.object == "system"_L1 || ddl.object == "default privileges"_L1)
        return;
    ddl.ifExists = takeIfExists(words, i);
    ddl.only = takeWord(words, i, "only");
    ddl.name = nameAt(words, i, &i);
    takeWord(words, i, "*");
    if (ddl.object == "trigger"_L1 || ddl.object == "policy"_L1 || ddl.object == "rule"_L1) {
        if (takeWord(words, i, "on"))
            ddl.relations << nameAt(words, i, &i);
    } else {
        ddl.relations << ddl.name;
    }
    if (words.is(i, "(")) // of functions
        i = words.behindGroup(i);
    ddl.actions = actionsIn(words, i, words.size());
}

static void reindex(const Words &words, int i, Ddl &ddl)
{
    ddl.kind = Kind::Reindex;
    if (words.is(i, "(")) {
        const int behind = words.behindGroup(i);
        ddl.concurrently = words.find(i + 1, behind, {"concurrently"}) >= 0;
        i = behind;
    }
    ddl.object = words.isAny(i, {"table", "index", "schema", "database", "system"}) ? QString::fromLatin1(words.word(i++)) : QString();
    if (ddl.object.isEmpty()) {
        ddl.kind = Kind::Unknown;
        return;
    }
    ddl.keywordEnd = endOf(words, i);
    ddl.concurrently |= takeWord(words, i, "concurrently");
    const QString name = nameAt(words, i);
    if (!name.isEmpty())
        ddl.relations << name;
}

static QString nameOf(const QString &written)
{
    const QByteArray text = written.toUtf8();
    return nameAt(Words(text), 0);
}

static void change(const Words &words, int i, QByteArrayView text, Ddl &ddl)
{
    const auto take = [&](Kind kind, int at) {
        ddl.kind = kind;
        takeWord(words, at, "only");
        ddl.relations << nameAt(words, at);
    };
    if (words.are(i, {"insert", "into"})) {
        take(Kind::Insert, i + 2);
        ddl.query = words.find(i, words.size(), {"values"}) < 0 && words.find(i, words.size(), {"select", "table", "with"}) >= 0;
        const int on = words.find(i, words.size(), {"conflict"});
        ddl.onConflict = on >= 0 && words.is(on - 1, "on");
    } else if (words.is(i, "update")) {
        take(Kind::Update, i + 1);
    } else if (words.are(i, {"delete", "from"})) {
        take(Kind::Delete, i + 2);
    } else if (words.are(i, {"merge", "into"})) {
        take(Kind::Merge, i + 2);
    }
    using H = session::Hazard::Kind;
    for (const session::Hazard &hazard : query::hazardsOf(text.toByteArray())) {
        if (hazard.kind == H::UpdateWithoutWhere || hazard.kind == H::DeleteWithoutWhere || hazard.kind == H::MergeOfAll)
            ddl.allRowsOf = nameOf(hazard.object);
    }
}

static void set(const Words &words, int i, Ddl &ddl)
{
    ddl.kind = Kind::Set;
    ddl.local = words.is(i, "local");
    if (words.isAny(i, {"local", "session"}))
        ++i;
    if (words.are(i, {"time", "zone"})) {
        ddl.setting = u"timezone"_s;
        i += 2;
    } else {
        ddl.setting = nameAt(words, i, &i).toLower();
        if (words.isAny(i, {"=", "to"}))
            ++i;
    }
    QString value = QString::fromUtf8(words.text(i));
    if (value.size() >= 2 && value.startsWith(u'\'') && value.endsWith(u'\''))
        value = value.mid(1, value.size() - 2);
    ddl.value = value;
}

static void other(const Words &words, Ddl &ddl)
{
    int i = 1;
    const QByteArray verb = words.word(0);
    const auto named = [&](Kind kind, int at) {
        ddl.kind = kind;
        const QString name = nameAt(words, at);
        if (!name.isEmpty())
            ddl.relations << name;
    };
    if (verb == "refresh") {
        named(Kind::Refresh, words.is(3, "concurrently") ? 4 : 3);
        ddl.concurrently = words.is(3, "concurrently");
        ddl.keywordEnd = endOf(words, 3);
        ddl.withNoData = words.find(3, words.size(), {"no"}) >= 0;
    } else if (verb == "cluster") {
        if (words.is(i, "("))
            i = words.behindGroup(i);
        takeWord(words, i, "verbose");
        named(Kind::Cluster, i);
    } else if (verb == "vacuum") {
        if (words.is(i, "(")) {
            const int behind = words.behindGroup(i);
            const int full = words.find(i + 1, behind, {"full"});
            ddl.full = full >= 0 && !words.isAny(full + 1, {"false", "off", "0"});
            i = behind;
        }
        for (; words.isAny(i, {"full", "freeze", "verbose", "analyze"}); ++i)
            ddl.full |= words.is(i, "full");
        named(Kind::Vacuum, i);
    } else if (verb == "analyze") {
        named(Kind::Analyze, words.is(1, "(") ? words.behindGroup(1) : words.is(1, "verbose") ? 2 : 1);
    } else if (verb == "truncate") {
        ddl.kind = Kind::Truncate;
        takeWord(words, i, "table");
        while (i < words.size()) {
            takeWord(words, i, "only");
            ddl.relations << nameAt(words, i, &i);
            takeWord(words, i, "*");
            if (!takeWord(words, i, ","))
                break;
        }
        ddl.cascade = words.find(i, words.size(), {"cascade"}) >= 0;
    } else if (verb == "lock") {
        takeWord(words, i, "table");
        takeWord(words, i, "only");
        named(Kind::Lock, i);
    } else if (verb == "copy") {
        named(Kind::Copy, words.is(1, "(") ? words.size() : 1);
    } else if (verb == "set" || verb == "reset") {
        set(words, 1, ddl);
    } else {
        struct Row { const char *word; Kind kind; };
        static constexpr Row rows[] = {{"comment", Kind::Comment}, {"grant", Kind::Grant}, {"revoke", Kind::Grant}, {"select", Kind::Query}, {"values", Kind::Query},
            {"table", Kind::Query}, {"show", Kind::Query}, {"begin", Kind::Begin}, {"start", Kind::Begin}, {"commit", Kind::End}, {"end", Kind::End},
            {"abort", Kind::End}, {"savepoint", Kind::Savepoint}, {"release", Kind::Savepoint}, {"do", Kind::Do}, {"call", Kind::Call}, {"discard", Kind::Discard}};
        for (const Row &row : rows) {
            if (verb == row.word)
                ddl.kind = row.kind;
        }
        const int into = verb == "select" ? words.find(1, words.size(), {"into", "from"}) : -1;
        if (into >= 0 && words.is(into, "into")) { // CREATE TABLE AS by another name
            i = into + 1;
            while (words.isAny(i, {"temp", "temporary", "unlogged", "local", "table"}))
                ddl.temporary |= words.word(i++).startsWith("temp");
            ddl.kind = Kind::Create;
            ddl.object = u"table"_s;
            ddl.query = true;
            ddl.name = nameAt(words, i);
            ddl.relations << ddl.name;
        }
        if (ddl.kind == Kind::Comment) {
            i = words.is(2, "materialized") || words.is(2, "foreign") ? 3 : 2;
            if (words.isAny(i, {"table", "view", "index", "sequence"}))
                ddl.relations << nameAt(words, ++i);
        }
        if (verb == "rollback")
            ddl.kind = words.find(1, words.size(), {"to"}) >= 0 ? Kind::Savepoint : Kind::End;
        if (words.are(0, {"prepare", "transaction"}))
            ddl.kind = Kind::End;
        if (ddl.kind == Kind::Discard)
            ddl.object = QString::fromLatin1(words.word(1));
    }
}

Ddl recognise(QByteArrayView statement, bool standardStrings)
{
    const Words words(statement, standardStrings);
    Ddl ddl;
    if (words.size() == 0)
        return ddl;
    ddl.end = words[words.is(words.size() - 1, ";") ? qMax(0, words.size() - 2) : words.size() - 1].end;
    const QByteArray verb = words.word(0);
    if (verb == "create")
        create(words, 1, ddl);
    else if (verb == "drop")
        drop(words, 1, ddl);
    else if (verb == "alter")
        alter(words, 1, ddl);
    else if (verb == "reindex")
        reindex(words, 1, ddl);
    else if (verb == "insert" || verb == "update" || verb == "delete" || verb == "merge")
        change(words, 0, statement, ddl);
    else if (verb == "with")
        change(words, qMax(0, words.find(1, words.size(), {"select", "insert", "update", "delete", "merge"})), statement, ddl);
    else
        other(words, ddl);
    if (verb == "with" && ddl.kind == Kind::Unknown)
        ddl.kind = Kind::Query;
    return ddl;
}

} // namespace howdah::migrations
