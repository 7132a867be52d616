// SPDX-License-Identifier: GPL-3.0-or-later
// What differs between a folder's migrations and a database, or a file of SQL, as new migrations: one call for howdahctl and the window. Services on the
// links' thread.
#pragma once

#include "migrations/converge.h"
#include "migrations/drift.h"

namespace howdah::migrations
{

// What is wanted.
struct Desired {
    catalog::Snapshot snapshot;
    QStringList roles; // that its rights may name
};
// A database. Errors: Client/pending (some of the folder's, repeatable ones too, are not run there yet) and Client/missing (some that were are no files): both would come out as
// differences that they are not.
Result<Desired> desiredOf(pg::Connection &connection, const Folder &folder, const Ledger &ledger, const CancelToken &cancel = {});
// A script, in a scratch database. Errors: Io/unreadable, Client/not_loaded (it does not run as a whole: what is missing of it would be dropped).
Result<Desired> desiredOfScript(const QString &path, const ScratchServer &server, const CancelToken &cancel = {});

struct FromDiff {
    Generated generated; // questions are for the caller to put, before anything is written
    QStringList notSeen; // in words
};
struct FromDiffOptions {
    QString title;
    QStringList renames; // "t.a=t.b"
    QString searchPath = QStringLiteral("public");
};
// From what all of the folder's files make, the repeatable ones behind the migrations. Errors: those of converging() and replayed().
Result<FromDiff> fromDiff(const Desired &desired, const Folder &folder, const ScratchServer &server, const FromDiffOptions &options, const Progress &progress = {}, const CancelToken &cancel = {});
// All of the files or none, and the sum; their paths. Errors: Io, those of readFolder.
Result<QStringList> writeGenerated(const QString &folder, const Generated &generated, const QString &purpose, qint64 nowMs);

} // namespace howdah::migrations
