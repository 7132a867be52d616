// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/commit.h"

#include "pg/wait.h"

#include <algorithm>

namespace howdah::session
{

using What = CommitFate::What;

Result<CommitTicket> noteBeforeCommit(pg::Connection &connection, const CancelToken &cancel)
{
    const auto rows = connection.runFile(QStringLiteral("session/xid"), {}, {}, cancel);
    if (!rows)
        return fail(rows.error());
    return CommitTicket{rows->text(0, 0), connection.identity()};
}

QString fateText(const CommitFate &fate)
{
    switch (fate.what) {
    case What::Committed: return QStringLiteral("committed: the server was asked on a new link");
    case What::RolledBack: return QStringLiteral("rolled back: the server was asked on a new link");
    case What::NothingWritten: return QStringLiteral("nothing was to be committed: it had changed nothing");
    case What::InProgress: return QStringLiteral("still in progress on the server: ") + fate.why;
    case What::Unknown: break;
    }
    return QStringLiteral("not known: ") + fate.why;
}

namespace
{

CommitFate unknown(const QString &why)
{
    return {What::Unknown, why};
}

// Another server, or another line of the same cluster's history, has transactions of the same numbers.
std::optional<CommitFate> isAnother(const pg::ServerIdentity &before, const pg::ServerIdentity &now)
{
    switch (pg::comebackOf(before, now)) {
    case pg::Comeback::OtherServer:
    case pg::Comeback::FailedOver:
    case pg::Comeback::Unknown: return unknown(pg::comebackText(pg::comebackOf(before, now)));
    default: return std::nullopt;
    }
}

// Null: to be asked again.
std::optional<CommitFate> ask(pg::Connection &link, const CommitTicket &ticket, CommitFate &soFar, const CancelToken &cancel)
{
    pg::RunOptions options;
    options.timeoutMs = 5000;
    const auto rows = link.runFile(QStringLiteral("session/xactstatus"), {ticket.xid}, options, cancel);
    // Of the same server after a crash: what it did not recover was not committed, and the number may be given to somebody else's.
    const bool restarted = pg::comebackOf(ticket.server, link.identity()) == pg::Comeback::Restarted;
    if (!rows) {
        const bool toCome = rows.error().sqlstate == QLatin1StringView("22023");
        if (toCome && restarted)
            return CommitFate{What::RolledBack, {}};
        if (toCome)
            return unknown(QStringLiteral("the server that answers has not come to transaction %1").arg(ticket.xid));
        soFar = unknown(rows.error().text());
        return std::nullopt;
    }
    const QString status = rows->text(0, 0);
    const bool standby = rows->boolean(0, 1).value_or(false);
    // A restart ends with a checkpoint: what that had not seen is of somebody who came later.
    if (restarted && !standby && !rows->boolean(0, 2).value_or(true))
        return CommitFate{What::RolledBack, {}};
    if (status == QLatin1StringView("committed"))
        return CommitFate{What::Committed, {}};
    if (rows->isNull(0, 0))
        return unknown(QStringLiteral("it is too long ago for the server to know"));
    // A standby may not have heard of it yet.
    if (status == QLatin1StringView("aborted") && !standby)
        return CommitFate{What::RolledBack, {}};
    soFar = standby ? unknown(QStringLiteral("a standby answers, which may not have all of it yet"))
                    : CommitFate{What::InProgress, QStringLiteral("transaction %1 may wait for a lock, a trigger or a standby").arg(ticket.xid)};
    return std::nullopt;
}

} // namespace

CommitFate resolveCommit(const pg::Connection &lost, const CommitTicket &ticket, int withinMs, const CancelToken &cancel)
{
    if (ticket.xid.isEmpty())
        return {What::NothingWritten, {}};
    CommitFate soFar = unknown(QStringLiteral("the server could not be asked"));
    const auto deadline = pg::Deadline::in(withinMs);
    std::unique_ptr<pg::Connection> link;
    int pauseMs = 100;
    while (!deadline.hasPassed() && !cancel.isCancelled()) {
        if (!link) {
            auto opened = lost.another(cancel);
            if (opened) {
                if (auto known = (*opened)->readIdentity(cancel); known) {
                    if (auto other = isAnother(ticket.server, (*opened)->identity()))
                        return *other;
                    link = std::move(*opened);
                }
            } else {
                const ErrorKind kind = opened.error().kind;
                soFar = unknown(QStringLiteral("the server could not be asked: ") + opened.error().message);
                if (kind == ErrorKind::Authentication || kind == ErrorKind::Tls || kind == ErrorKind::Cancelled)
                    return soFar;
            }
        }
        if (link) {
            if (auto fate = ask(*link, ticket, soFar, cancel))
                return *fate;
            if (!link->isAlive())
                link.reset();
        }
        pg::waitOn(-1, 0, {cancel.eventFd()}, pg::Deadline::in(pauseMs).orEarlier(deadline));
        pauseMs = std::min(2000, pauseMs * 2);
    }
    return soFar;
}

} // namespace howdah::session
