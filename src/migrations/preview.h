// SPDX-License-Identifier: GPL-3.0-or-later
// What migrations will lock, read, rewrite and write, seen by running them in a scratch database with made-up rows. Services on the link's thread; values.
#pragma once

#include "migrations/scratch.h"
#include "migrations/watch.h"

#include <QHash>
#include <QJsonObject>

namespace howdah::migrations
{

struct PreviewLock {
    QString relation;        // "public.orders", "public.orders_pkey"
    QString mode;            // "ACCESS EXCLUSIVE"
    bool newlyTaken = false; // by this statement; false: by an earlier one of the same transaction
    bool held = false;       // to the transaction's end; false: let go when the statement is done, or before
    QString blocks;          // "reads and writes", "writes", "other DDL and VACUUM", …
};

struct PreviewScan {
    QString relation;
    qint64 rows = 0;         // that this statement read of it: a table of 10,000 that is read for seven indexes counts 70,000
    bool rewritten = false;  // it has a new file
    bool indexBuilt = false; // `relation` is an index that was built, or built anew
    QString rewriteReason;   // "the type of a column", "emptied", …; empty: not rewritten, or not known
    qint64 scratchRows = -1; // it had in the scratch database
    qint64 targetRows = -1;  // by the target's statistics; -1: not known
    qint64 targetBytes = -1;
};

struct PreviewedStatement {
    QString file;
    bool down = false;
    int number = 0;          // from 1, in its section
    int line = 0;            // of the file
    QByteArray text;
    bool transaction = true; // it ran within one
    bool sampled = false;    // it can't: its locks were looked for from outside, and one that it had for less than a millisecond may be missing
    QVector<PreviewLock> locks;
    QVector<PreviewScan> scans;
    qint64 walBytes = 0;
    double ms = 0;
    std::optional<double> estimatedMs; // on the target, by the sizes of what it reads and writes; nullopt: can't be told
    QStringList victims;     // what goes with what is dropped: "view public.v"
    QString note;            // what of it could not be seen; empty: nothing is known to be missing
    std::optional<Error> error;
    QString notTried;        // why it was not run at all: nothing else is known of it; empty: it was

    const PreviewLock *strongest() const; // of what is newly taken; null: nothing that was there before
    QJsonObject toJson() const;
};

struct Preview {
    QVector<PreviewedStatement> statements;
    QString where;           // of the sandbox, as the caller knows it
    QString basis;           // what the schema is of, how many rows, what could not be had
    QString stopped;         // why the rest was not tried; empty: all was
    QVector<Blocker> wouldBlockNow;
    bool blockersKnown = false; // false: the target was not asked, or did not tell all; those that are named are there all the same
    QJsonObject toJson() const;
    QString text() const;    // for people
};

// What the target says of itself, read without waiting for anybody.
struct TargetFacts {
    int major = 18;
    QString systemIdentifier; // empty: not told
    QString database;
    struct Size {
        qint64 rows = -1; // -1: not known
        qint64 bytes = -1;
    };
    QHash<QString, Size> tables; // by "public.orders"
    QString basis;               // of the scratch's schema: "replay of 12 applied migrations", …
};
Result<TargetFacts> readTargetFacts(pg::Connection &target, const CancelToken &cancel = {});

struct Pending {
    File file;
    Direction direction = Direction::Up;
};
// Each section runs as it would on the target: statement by statement in one transaction, or each by itself. The scratch is as after them afterwards. A
// statement that fails is told with its error, and what comes behind it is not tried. `progress` may be empty. Errors: those of the link; Cancelled.
struct PreviewOptions {
    int rows = 10'000; // made up, of each table; 0: none, the scratch is a copy and has its own
    QString searchPath = QStringLiteral("public");
};
Result<Preview> preview(Scratch &scratch, const QVector<Pending> &pending, const TargetFacts &target, const PreviewOptions &options = {}, const Progress &progress = {},
                        const CancelToken &cancel = {});
// Who would stand in the way on the target now: has a lock that conflicts with one that is taken, waits for such a one, or has a transaction older than a
// minute where a CONCURRENTLY waits for it. Read only.
struct WouldBlock {
    QVector<Blocker> now;
    bool known = true; // false: a CONCURRENTLY waits for transactions, and those of some sessions may not be seen
};
Result<WouldBlock> wouldBlock(pg::Connection &target, const Preview &preview, const CancelToken &cancel = {});

} // namespace howdah::migrations
