// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/clusterwide.h"

#include "migrations/ddl.h"
#include "migrations/ddlparts.h"

#include <QRegularExpression>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

static bool isShared(const Words &words, int i)
{
    return words.isAny(i, {"role", "user", "group", "database", "tablespace", "system", "owned", "parameter"}) && !words.are(i, {"user", "mapping"});
}

static Reach reachOfOne(const Words &words, int begin, int end)
{
    const auto whole = [](bool server) { return server ? Reach::Server : Reach::Database; };
    const auto behind = [&](const char *word) { // where it stands outside of parentheses
        const int at = words.find(begin, end, {word});
        return at < 0 ? end : at + 1;
    };
    if (words.isAny(begin, {"create", "alter", "drop"})) {
        if (words.is(begin + 1, "subscription"))
            return Reach::Elsewhere;
        return whole(isShared(words, begin + 1));
    }
    if (words.isAny(begin, {"grant", "revoke"}))
        return whole(behind("on") >= end || isShared(words, behind("on"))); // without ON it is of one role to another
    if (words.is(begin, "comment") || words.are(begin, {"security", "label"}))
        return words.is(behind("on"), "subscription") ? Reach::Elsewhere : whole(behind("on") < end && isShared(words, behind("on")));
    if (words.is(begin, "copy")) {
        const bool toFile = behind("to") < end && !words.isAny(behind("to"), {"stdout", "stdin"});
        return whole(toFile || words.is(behind("from"), "program"));
    }
    return whole(words.is(begin, "reassign"));
}

Reach reachOf(QByteArrayView statement)
{
    const Words words(statement);
    Reach reach = Reach::Database;
    for (const auto &[begin, end] : words.statements())
        reach = std::max(reach, reachOfOne(words, begin, end));
    if (reach != Reach::Database)
        return reach;
    const QString text = QString::fromUtf8(statement);
    if (words.is(0, "do")) {
        static const QRegularExpression elsewhere(u"\\bsubscription\\b"_s, QRegularExpression::CaseInsensitiveOption);
        static const QRegularExpression server(u"\\b(create|alter|drop)\\s+(role|user(?!\\s+mapping)|group|database|tablespace|system)\\b|\\bowned\\s+by\\b|\\bon\\s+(role|database|tablespace|parameter)\\b"_s,
                                               QRegularExpression::CaseInsensitiveOption);
        if (elsewhere.match(text).hasMatch())
            return Reach::Elsewhere;
        if (server.match(text).hasMatch())
            return Reach::Server;
    }
    // The server's functions that do it, and are not undone by a ROLLBACK.
    static const QRegularExpression functions(u"\\b(pg_(terminate_backend|cancel_backend|reload_conf|rotate_logfile|promote|switch_wal|create_\\w*replication_slot|copy_\\w*replication_slot|drop_replication_slot|"
                                              "replication_origin_\\w+|wal_replay_\\w+|backup_st\\w+|file_\\w+)|lo_export|dblink\\w*)\\s*\\("_s,
                                              QRegularExpression::CaseInsensitiveOption);
    const Ddl ddl = recognise(statement);
    using Kind = Ddl::Kind;
    const bool calls = runsCode(statement) || ddl.query || ddl.kind == Kind::Insert || ddl.kind == Kind::Update || ddl.kind == Kind::Delete || ddl.kind == Kind::Merge;
    return calls && functions.match(text).hasMatch() ? Reach::Server : Reach::Database;
}

bool runsCode(QByteArrayView statement)
{
    using Kind = Ddl::Kind;
    const Ddl::Kind kind = recognise(statement).kind;
    return kind == Kind::Do || kind == Kind::Call || kind == Kind::Query || kind == Kind::Unknown;
}

} // namespace howdah::migrations
