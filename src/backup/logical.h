// SPDX-License-Identifier: GPL-3.0-or-later
// Logical backups by pg_dump: planned, taken by one snapshot, compared with the server's catalogs as that snapshot sees them, and never under their name
// before they are whole and durable. A role that can't read every row is refused before the start: a dump never holds less in silence.
//     <root>/dump/<id>/database.dump or database/   custom or directory format, as stock pg_restore takes it
//     <root>/dump/<id>/globals.sql, RUNBOOK.md, dump_manifest.json, howdah-backup.json
// Blocking; any thread but the window's.
#pragma once

#include "backup/dumplisting.h"
#include "backup/dumpmanifest.h"
#include "backup/logicalway.h"
#include "backup/repository.h"
#include "pg/connection.h"

namespace howdah::backup
{

struct DumpOptions {
    bool directory = false;   // else one file in the custom format
    int jobs = 1;             // of the directory format: that many tables at a time
    QString compress;         // "zstd:3", "gzip:6", "none"; empty: zstd:3 where the version has it
    QStringList only;         // "schema.table" (with its children) or "schema.*"; empty: everything
    QStringList exclude;
    bool statistics = false;  // the planner's, of 18 and later
    bool schemaOnly = false;
    bool globals = true;      // roles and tablespaces, beside it
    bool readThrough = true;  // after it: pg_restore reads it from end to end
    QString label;
};

struct DumpPlan {
    DumpOptions options;
    QString id;
    QString server;            // for people
    QString systemIdentifier;
    QString serverVersion;
    bool superuser = false;
    DumpManifest manifest;     // what it will hold, but for the files
    QString compress;
    QStringList commands;      // what will run; the snapshot is exported when it does
    qint64 tables = 0;
    qint64 tableBytes = 0;     // on the server; how small the dump gets is not known
    qint64 freeBytes = 0;
    QStringList left;          // unfinished dumps of killed programs, which go first
    QStringList notes;         // what the one who asked should know
};

// Changes nothing. `link`: as the role that dumps, in the database that is dumped; its rights are what is looked at.
// Errors: Permission/row_security and Permission/no_select with the tables' names, Client/other_major, Client/other_role, Client/no_such_table,
// Client/usage, Client/too_many_jobs, Client/being_written, Io/disk_full.
Result<DumpPlan> planDump(pg::Connection &link, const PhysicalSource &source, const Repository &repository, const DumpOptions &options, const CancelToken &cancel = {});

// Looks again before it starts. Errors: those, Tool/failed with pg_dump's last words, Client/incomplete with what is missing, Cancelled: nothing is left.
Result<Backup> dump(pg::Connection &link, const PhysicalSource &source, const Repository &repository, const DumpPlan &plan, const Progress &progress = {}, const CancelToken &cancel = {});

// Of a backup of the catalogue. Errors: Client/not_usable, Client/changed (it is not the record that was written), Client/bad_record.
Result<DumpManifest> readManifest(const Repository &repository, const Backup &backup, const CancelToken &cancel = {});
// By pg_restore, of a dump at this path.
Result<DumpListing> listDump(const Toolbox &toolbox, const QString &path, const CancelToken &cancel = {});
// Every file's sum, nothing missing and nothing beside them, and pg_restore reads it through. Not good is a value.
Result<Verification> verifyDump(const Repository &repository, const Backup &backup, const DumpManifest &manifest, const Progress &progress = {}, const CancelToken &cancel = {});
// The same, with its record read first; one that is not understood is not good either.
Result<Verification> verifyDump(const Repository &repository, const Backup &backup, const Progress &progress = {}, const CancelToken &cancel = {});

// The list's names put right by the record's.
void nameTruly(DumpListing &listing, const DumpManifest &manifest);
// What of the manifest's relations and rows is not in the list; empty: all is.
QStringList missingFrom(const DumpListing &listing, const DumpManifest &manifest);

// src/backup/logicalverify.cpp: the step under which dump() and verifyDump() tell that they make sums and read through.
QString verifyStep(const QString &id);
// The same file, for this room: what lies in the folder but for our two records.
Result<QVector<DumpFile>> filesOf(const Repository &repository, const QString &folder, const CancelToken &cancel);
// The same file, for this room: of files whose sums are right; by pg_restore, from end to end.
Result<Verification> readThrough(const Repository &repository, const Backup &backup, const DumpManifest &manifest, const Progress &progress, const CancelToken &cancel);
// src/backup/logicalrunbook.cpp
QByteArray runbookOf(const DumpManifest &manifest, const QString &serverVersion, const QString &toolsWhere);

} // namespace howdah::backup
