// SPDX-License-Identifier: GPL-3.0-or-later
// What became of a transaction whose COMMIT got no answer: asked of the server by the transaction's number, never guessed. Blocking; on a
// link's thread.
#pragma once

#include "pg/connection.h"

namespace howdah::session
{

// What is noted before COMMIT is sent: afterwards nobody is left to ask.
struct CommitTicket {
    QString xid; // empty: it had written nothing so far
    pg::ServerIdentity server;
};
// In the open transaction, right before its COMMIT; one round trip. It can't fail the transaction.
Result<CommitTicket> noteBeforeCommit(pg::Connection &connection, const CancelToken &cancel = {});

struct CommitFate {
    enum class What {
        Committed,
        RolledBack,
        NothingWritten, // whatever became of it: it had changed nothing
        InProgress,     // the server still works on it (or waits for a standby), up to the end of our patience
        Unknown         // the server could not be asked, is another one, or has forgotten
    };
    What what = What::Unknown;
    QString why; // of InProgress and Unknown
};
// "committed", "rolled back", …: a sentence's end for people.
QString fateText(const CommitFate &fate);

// Asks over new links made as `lost` was, again and again while the server is away or still at it, for so long.
CommitFate resolveCommit(const pg::Connection &lost, const CommitTicket &ticket, int withinMs = 20'000, const CancelToken &cancel = {});

} // namespace howdah::session
