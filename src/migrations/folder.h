// SPDX-License-Identifier: GPL-3.0-or-later
// A project's folder of migrations, and the sum file beside it that turns two branches' new migrations into a conflict of git. Blocking reads of small
// files: not on the window's thread.
#pragma once

#include "migrations/file.h"

namespace howdah::migrations
{

struct Folder {
    QString path;
    QVector<File> files; // by name, as dbmate orders them
    // What dbmate does not see, in folders beside it: run behind the migrations whenever it has changed, by name; and what is asked after one.
    QVector<File> repeatables; // repeatable/*.sql
    QVector<File> checks;      // verify/<version>_….sql
    const File *find(const QString &version) const; // of a migration, or of a repeatable one
    const File *check(const QString &version) const;
};
inline constexpr auto repeatableFolder = "repeatable";
inline constexpr auto verifyFolder = "verify";

// Errors: those of parseFile, all of one file; Client/no_such_version (a check of no migration); Io/no_such_folder, Io/unreadable, Client/same_version (two files of one).
Result<Folder> readFolder(const QString &path);

// Whether a migration of this format lies in it: else it may be another tool's (foreign.h). False of what can't be read.
bool hasMigrations(const QString &path);

// "migrations.sum" in the folder: a line a file, "<sha256>  <name>", and first the hash of all of them. Two branches that each add a migration change the
// same first line.
QByteArray sumOf(const Folder &folder);
enum class SumState { None, Right, Wrong };
struct SumCheck {
    SumState state = SumState::None;
    QStringList differs; // names that were added, changed or removed since it was written
};
Result<SumCheck> checkSum(const Folder &folder);
Done writeSum(const Folder &folder);
// After these files of it (names) were written: the sum follows where it differs by them alone, so that what a merge has left is never signed unseen. A
// folder that begins with them gets one; one that has none is left without. False: it differs by others too, and was left as it is.
Result<bool> followSum(const Folder &folder, const QStringList &written);
inline constexpr auto sumName = "migrations.sum";

// "Add index, orders" -> "add_index_orders": what stands behind the time in a file's name; empty: it has neither letters nor digits.
QString slugOf(const QString &title);
// The text of a file with both sections, as newFile writes it; `options` stand behind both directives.
QByteArray migrationText(const QString &purpose, const QByteArray &up, const QByteArray &down, const QByteArray &options = {});

// A new file with both sections, named by the time in UTC as dbmate names them, and never over another. Returns its path.
// `options`: behind both directives, "transaction:false". Errors: Client/no_name, Io.
Result<QString> newFile(const QString &folder, const QString &title, const QString &purpose, qint64 nowMs, const QByteArray &up = {}, const QByteArray &down = {}, const QByteArray &options = {});

} // namespace howdah::migrations
