// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/runner.h"
#include "query/statement.h"

namespace howdah::query
{

// As command_no_begin() of psql has it.
bool needsNoBegin(const QByteArray &text)
{
    const StatementTokens tokens(text);
    const QByteArray first = tokens.word(0);
    if (first.isEmpty())
        return tokens.size() == 0;
    if (tokens.isAny(0, {"abort", "begin", "commit", "end", "rollback", "vacuum"}))
        return true;
    if (first == "start" || first == "prepare")
        return tokens.is(1, "transaction");
    if (first == "cluster") // of all tables
        return tokens.size() == 1 || tokens.is(1, ";") || (tokens.is(1, "verbose") && (tokens.size() == 2 || tokens.is(2, ";")));
    if (first == "create") {
        if (tokens.isAny(1, {"database", "tablespace"}))
            return true;
        return tokens.are(1, {"index", "concurrently"}) || tokens.are(1, {"unique", "index", "concurrently"});
    }
    if (first == "alter")
        return tokens.is(1, "system");
    if (first == "drop")
        return tokens.isAny(1, {"database", "system", "tablespace"}) || tokens.are(1, {"index", "concurrently"});
    if (first == "reindex") {
        int what = 1;
        bool concurrently = false;
        if (tokens.is(1, "(")) {
            what = tokens.behindGroup(1);
            for (int i = 1; i < what; ++i)
                concurrently = concurrently || tokens.is(i, "concurrently");
        }
        return tokens.isAny(what, {"database", "system"}) || concurrently || tokens.is(what + 1, "concurrently");
    }
    return first == "discard" && tokens.is(1, "all");
}

} // namespace howdah::query
