// SPDX-License-Identifier: GPL-3.0-or-later
// A database against what its migrations make: both as catalog snapshots, the second from a scratch database. Services on the links' thread.
#pragma once

#include "catalog/snapshot.h"
#include "migrations/scratch.h"

namespace howdah::migrations
{

// Where scratch databases are made (stack::Sandbox).
struct ScratchServer {
    pg::ConnectionSpec spec;
    Secret password;
    bool ours = false; // nobody else is there: roles may be made
    QByteArray base;   // a script of what stands before the first migration; empty: none
    QString role;      // as whom the files run, whose default privileges are then in force; empty: as the link's own
};

struct Replayed {
    std::unique_ptr<Scratch> scratch; // dropped with it
    QStringList left;                 // in words: roles that can't be had there, statements of the base and of the files that were not run
};
// A scratch in which these ran, as a run would. `roles`: those that the files may name. Errors: of the server, with file and line; Client/other_major where the
// scratch is of another major version than `serverVersion`, whose definitions are worded differently (0: any).
Result<Replayed> replayed(const ScratchServer &server, const QVector<File> &files, const QStringList &roles, const QString &searchPath, int serverVersion, const Progress &progress = {},
                          const CancelToken &cancel = {});

struct Drift {
    QVector<catalog::Difference> differences; // from what the migrations make to what there is
    QStringList notSeen;                      // in words
};
// Of the database behind `target`, by the texts that were applied to it, those of repeatable files behind the migrations. Errors: Io/no_text (an applied migration whose text nobody has), replayed()'s.
Result<Drift> driftOf(pg::Connection &target, const Folder &folder, const Ledger &ledger, const ScratchServer &server, const QString &searchPath, const Progress &progress = {},
                      const CancelToken &cancel = {});

} // namespace howdah::migrations
