// SPDX-License-Identifier: GPL-3.0-or-later
// Alembic's and Sqitch's projects, run through their own programs: forth, back, a new revision, and beforehand the SQL that Alembic would send. While the program
// runs we hold our runners' lock, so that no run of ours comes between; the program takes its own (Sqitch has one, Alembic none). What was done is what the
// tables say afterwards, not what the program says. Services on the link's thread.
#pragma once

#include "migrations/foreign.h"
#include "migrations/lintfacts.h"

#include <functional>

namespace howdah::migrations
{

// How the program gets to the database that `connection` is connected to.
struct ForeignAccess {
    pg::ConnectionSpec spec;
    pg::Via via;
    Secret secret;
    QString role;           // SET ROLE; empty: the session's own
    int lockTimeoutMs = 3000; // 0 where something is CONCURRENTLY: a timeout would leave an invalid index
    int statementTimeoutMs = 0;
    QStringList passed;     // variables of our environment that the project needs; the rest is not given
};

struct ForeignWanted {
    bool down = false;
    QString to;    // a revision, a change; empty: `count` counts
    int count = 0; // 0: all that is pending; back: one
};

struct ForeignOptions {
    int otherRunnerMs = 60'000;
    QString systemIdentifier;             // the cluster that is meant; empty: whichever answers
    std::optional<QStringList> planned;   // ids that were shown as pending: what differs once the lock is had is refused
    std::function<void(const QByteArray &line)> onLine; // what the program says, on this thread
};

struct ForeignRun {
    QString commandLine;       // without a secret
    QStringList done;          // applied, or no longer, as the tables have it
    ForeignProject after;
    std::optional<int> exitCode; // of the program; nullopt: it was not run to its end
    std::optional<Error> error;
    bool known = true;         // false: the tables could not be read afterwards
};

// Of what would be run. Errors: Client/several_heads, Client/read_only (another program than these two is to be used: named), Client/bad_revision,
// Client/unknown_revision.
Result<QStringList> foreignArguments(const ForeignProject &project, const ForeignWanted &wanted, const pg::ConnectionSpec &spec);
// Errors, in the value: those of foreignArguments, Tool (not_found; failed, with its last words), Client/locked (ours or its own, named), Client/standby,
// Client/another_server, Client/another_database (its configuration leads elsewhere), Client/changed_meanwhile, Tool/no_effect, Cancelled.
ForeignRun runForeign(const ForeignProject &project, const ForeignWanted &wanted, pg::Connection &connection, const ForeignAccess &access, const ForeignOptions &options, const CancelToken &cancel = {});
// alembic revision --autogenerate -m MESSAGE. The new files. Errors: as above; Client/no_name.
Result<QStringList> newForeignRevision(const ForeignProject &project, const QString &message, pg::Connection &connection, const ForeignAccess &access, const ForeignOptions &options, const CancelToken &cancel = {});

struct ForeignVerdict {
    bool holds = false;
    QStringList said; // its last lines
};
// sqitch verify: whether what is deployed does what its verify scripts say. Errors: as above; Client/read_only of any other tool.
Result<ForeignVerdict> verifyForeign(const ForeignProject &project, pg::Connection &connection, const ForeignAccess &access, const ForeignOptions &options, const CancelToken &cancel = {});

// What it would send, as files that the linter takes: a file a transaction, since locks are held to its end; of Sqitch a file a change. `names` tells which
// migrations are in it. Errors: Tool/failed (a project may not do without a database), Client/several_heads (Alembic writes SQL from one head alone).
struct ForeignScript {
    File file;          // name: the ids, by commas; only `up` is filled
    QStringList ids;
    int line = 1;       // of file.text in the whole
};
Result<QVector<ForeignScript>> foreignScripts(const ForeignProject &project, const ForeignWanted &wanted, const ForeignAccess &access, const CancelToken &cancel = {});
// Their findings: without those of what is its tool's own affair (the purpose, the way back; of Sqitch its BEGIN and COMMIT).
QList<Finding> lintForeign(const ForeignScript &script, const LintFacts &facts);
// Cuts a script at its BEGIN and COMMIT. `marks`: where each migration begins, by offset. Pure.
QVector<ForeignScript> scriptsOf(const QByteArray &sql, const QVector<std::pair<qsizetype, QString>> &marks, const QByteArray &ownTable);

} // namespace howdah::migrations
