// SPDX-License-Identifier: GPL-3.0-or-later
// Runs migrations forth and back. A service on the link's thread: one session lock against other runners (polled), one statement a message, the ledger's
// line in the same transaction, lock_timeout tried again with who stood in the way, a lost COMMIT asked about and never guessed, a migration
// without a transaction taken up where it stopped.
#pragma once

#include "migrations/state.h"
#include "migrations/watch.h"

namespace howdah::migrations
{

struct RunOptions {
    int lockTimeoutMs = 3000;    // of a statement in a transaction; a section's own option comes first
    int statementTimeoutMs = 0;  // 0: none
    int lockTries = 10;          // so often altogether where lock_timeout strikes
    int otherRunnerMs = 60'000;  // how long another runner is waited for
    bool allowOutOfOrder = false;
    bool allowEdited = false;
    QString searchPath = QStringLiteral("public");
    QString role;                // SET ROLE; empty: the session's own
    QString client = QStringLiteral("howdahctl");
    QString systemIdentifier;    // the cluster that is meant; empty: whichever answers
    std::optional<QStringList> planned; // versions, in their order, as they were shown and confirmed: what differs once the lock is had is refused
    std::function<Done(pg::Connection &)> stillSo = {}; // asked by up() once the lock is had, before the first step: its error ends the run
};

// The session's settings and its role as a run has them, for who only reads. Errors: Permission/not_of_role.
Done enter(pg::Connection &connection, const RunOptions &options, const CancelToken &cancel = {});

// The role alone, on a link that others use too; empty: as oneself again, which who acted as another has to see to. Errors: Permission/not_of_role.
Done actAs(pg::Connection &connection, const QString &role, const CancelToken &cancel = {});

// What is told as it happens.
struct Told {
    enum class What { Waits, Begins, Statement, Blocked, Free, TriesAgain, Notice, Dropped, Done };
    What what = What::Begins;
    QString name;      // of the migration
    int statement = 0; // from 1
    int statements = 0;
    QString text;      // who has the lock, who stands in the way, the notice
    int waiting = 0;   // Blocked, Free: so many wait for us
    qint64 ms = 0;     // Done: it took; TriesAgain: after so long
    int pid = 0;       // Blocked: the first backend that stands in the way; 0: none, or a prepared transaction
};
using Tell = std::function<void(const Told &)>; // Blocked and Free: on the watch's thread

struct Step {
    QString version;
    QString name;
    Direction direction = Direction::Up;
    qint64 ms = 0;
    int tries = 1;
    bool marked = false; // nothing of it was run
};
struct Run {
    QString id;
    QVector<Step> done;         // in their order
    std::optional<Error> error; // what ended it; `done` stands all the same
    struct Place {
        QString version;
        QString name;
        Direction direction = Direction::Up;
        int line = 0;      // of the file; 0: of none of its statements
        int statement = 0; // from 1; 0: as above
        int statements = 0;
    };
    std::optional<Place> failedAt = std::nullopt; // the migration in which it ended
    QJsonObject toJson() const;
};

// Errors, beside the server's: Client/pooler (one in transaction mode stands between), Client/standby, Client/another_server, Client/locked (by another
// runner, named), Client/edited, Client/out_of_order, Client/changed_since (an interrupted one whose done statements were edited), Client/retries_exhausted,
// Client/outcome_unknown, Client/changed_meanwhile (not what was planned), Client/interrupted, Client/invalid_index, Client/irreversible, Client/no_text (a file that is missing and was not kept), Client/not_applied.
struct Upwards {
    int most = -1;     // so many; -1: all
    QString upTo;      // and none after this version; empty: no end
    QString only = {}; // this version and nothing else, as when one that was interrupted is finished; empty: as above
};
Run up(pg::Connection &connection, const Folder &folder, const Upwards &wanted, const RunOptions &options, const Tell &tell, const CancelToken &cancel = {});
struct Downwards {
    int most = 1;
    QString downTo = {}; // this one stays; empty: only `most` counts; all after it go, in the order in which they were applied
};
Run down(pg::Connection &connection, const Folder &folder, const Downwards &wanted, const RunOptions &options, const Tell &tell, const CancelToken &cancel = {});

// The last one back and forth again, under one lock, and only where both ways can be gone.
Run redo(pg::Connection &connection, const Folder &folder, const RunOptions &options, const Tell &tell, const CancelToken &cancel = {});
// The text whose way back undoes what was done: the ledger's where the file is gone or says something else by now. Errors: Client/no_text, parseFile's.
Result<File> fileToUndo(const Folder &folder, const Ledger &ledger, const QString &version, bool allowEdited);
QStringList plannedUp(const Folder &folder, const Ledger &ledger, const Upwards &wanted);
// What up() refuses before it begins: edited files, and those out of order.
Done mayGoUp(const State &state, const RunOptions &options);
// Who runs migrations in this database now; empty: nobody.
Result<QString> otherRunner(pg::Connection &connection, const CancelToken &cancel = {});
QStringList plannedDown(const Ledger &ledger, const Downwards &wanted);

// Marks without running: every file up to `version`; one whose file was edited since (with the reason); one that was interrupted.
Run baseline(pg::Connection &connection, const Folder &folder, const QString &version, const RunOptions &options, const Tell &tell, const CancelToken &cancel = {});
Run adopt(pg::Connection &connection, const Folder &folder, const QString &version, const QString &reason, const RunOptions &options, const Tell &tell, const CancelToken &cancel = {});
// StatementDone, StatementNotDone: of the statement at which it was cut off, whose outcome nobody saw; the next run goes on from there.
enum class Resolved { Applied, NotApplied, StatementDone, StatementNotDone };
Run resolve(pg::Connection &connection, const Folder &folder, const QString &version, Resolved how, const RunOptions &options, const Tell &tell, const CancelToken &cancel = {});

} // namespace howdah::migrations
