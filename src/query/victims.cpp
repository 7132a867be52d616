// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/victims.h"

#include "query/hazards.h"
#include "query/rowsecurity.h"
#include "query/statement.h"

namespace howdah::query
{

std::optional<session::Victim> victimOf(const QByteArray &statement)
{
    using Kind = session::Hazard::Kind;
    const StatementTokens tokens(statement);
    const auto hazards = hazardsOf(statement);
    // The one hazard begins the statement: nothing that writes stands before it.
    if (tokens.size() == 0 || tokens.statements().size() != 1 || hazards.size() != 1 || hazards.first().begin != tokens[0].begin)
        return {};
    const auto has = [&](const char *word) {
        for (int i = 0; i < tokens.size(); ++i) {
            if (tokens.is(i, word))
                return true;
        }
        return false;
    };
    session::Victim victim;
    switch (hazards.first().kind) {
    case Kind::UpdateWithoutWhere:
    case Kind::DeleteWithoutWhere:
        victim.allRows = true;
        break;
    case Kind::Truncate:
        victim.allRows = !has("cascade"); // which empties others as well
        if (has(","))
            return {};
        break;
    case Kind::Drop:
        if (has(","))
            return {};
        if (tokens.is(1, "schema"))
            victim.kind = session::Victim::Kind::Schema;
        else if (!tokens.isAny(1, {"table", "view", "index", "sequence"}) && !tokens.are(1, {"materialized", "view"}) && !tokens.are(1, {"foreign", "table"}))
            return {};
        victim.allRows = tokens.isAny(1, {"table", "materialized"});
        break;
    default:
        return {};
    }
    const auto names = relationNames(hazards.first().object.toUtf8());
    if (names.size() != 1 || names.first().second.isEmpty())
        return {};
    std::tie(victim.schema, victim.name) = names.first();
    if (victim.kind == session::Victim::Kind::Schema && !victim.schema.isEmpty())
        return {};
    return victim;
}

} // namespace howdah::query
