// SPDX-License-Identifier: GPL-3.0-or-later
#include "pg/serveridentity.h"

#include "pg/connection.h"

namespace howdah::pg
{

Comeback comebackOf(const ServerIdentity &before, const ServerIdentity &now)
{
    if (!before.isKnown() || !now.isKnown())
        return Comeback::Unknown;
    if (before.systemIdentifier != now.systemIdentifier)
        return Comeback::OtherServer;
    if (before.timeline != now.timeline)
        return Comeback::FailedOver;
    if (before.address != now.address)
        return Comeback::OtherHost;
    return before.startedMs == now.startedMs ? Comeback::Same : Comeback::Restarted;
}

QString comebackText(Comeback comeback)
{
    switch (comeback) {
    case Comeback::First:
    case Comeback::Same: break;
    case Comeback::Restarted: return QStringLiteral("the server was restarted");
    case Comeback::OtherHost: return QStringLiteral("another host of the same cluster answers");
    case Comeback::FailedOver: return QStringLiteral("the server failed over to another timeline: what had not been replicated is gone");
    case Comeback::OtherServer: return QStringLiteral("another server answers: its data need not be the same");
    case Comeback::Unknown: return QStringLiteral("whether it is the same server is not known");
    }
    return {};
}

Result<ServerIdentity> readIdentity(Connection &connection, const CancelToken &cancel)
{
    ServerIdentity identity;
    identity.address = connection.spec().address();
    if (connection.spec().pooler) // whoever it is now, the next statement may go elsewhere
        return identity;
    RunOptions options;
    options.timeoutMs = 3000;
    const auto rows = connection.runFile(QStringLiteral("session/identity"), {}, options, cancel);
    if (!rows)
        return fail(rows.error());
    identity.systemIdentifier = rows->text(0, 0);
    identity.timeline = int(rows->integer(0, 1).value_or(0));
    identity.startedMs = rows->integer(0, 2).value_or(0);
    return identity;
}

} // namespace howdah::pg
