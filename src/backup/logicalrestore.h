// SPDX-License-Identifier: GPL-3.0-or-later
// A dump back into a database by pg_restore: what stands in its way is found before it starts, an error ends it, and what then stands is looked at and
// said. Restoring runs what superusers of the dump's source have put into it; plain SQL is refused, since psql would run more than SQL.
// Blocking; any thread but the window's.
#pragma once

#include "backup/logical.h"

namespace howdah::backup
{

// What is restored: of the catalogue, with its record, or any pg_dump's by its path.
struct DumpSource {
    QString name;  // for people: the id, or the path
    QString path;  // as the toolbox sees it: a file of the custom or tar format, or a folder
    std::optional<DumpManifest> manifest;
    DumpListing listing; // by true names where there is a record
};
// Errors: Client/not_usable, Client/changed, Client/verify_failed where its files are not what was written.
Result<DumpSource> openDump(const Repository &repository, const Backup &backup, bool verify, const Progress &progress = {}, const CancelToken &cancel = {});
// Errors: Client/plain_sql with what to do, Client/not_a_dump, Io/no_such_file.
Result<DumpSource> openDumpAt(const Toolbox &toolbox, const QString &path, const CancelToken &cancel = {});

struct RestoreOptions {
    QString database;
    bool create = false;      // the database is to be made
    QStringList only;         // "schema.table" with its parts, "schema.*"; empty: everything
    int jobs = 1;             // 1: all in one transaction
    bool clean = false;       // what has these names already is dropped
    bool noOwner = false;     // everything is the restoring role's
    bool noPrivileges = false;
    QString becomes;          // SET ROLE to this one first
};

struct RestorePlan {
    RestoreOptions options;
    QString application;
    QString server;            // for people
    PhysicalSource source;
    QString role;
    bool superuser = false;
    QByteArray create;         // the statement; empty: none
    QVector<DumpEntry> entries; // what will be restored
    QStringList known;         // roles, of the dump and of the server: by which the list's lines are read
    bool partly = false;       // by a list of entries
    QStringList clashes;       // names that are taken: dropped, where clean
    QHash<QString, qint64> before; // these, and which objects they were
    QStringList notes;
    QString command;           // that will run
};

// `source.database`: any that is there, to ask in. Changes nothing.
// Errors: Client/no_such_database, Client/database_exists, Client/roles_missing, Client/names_taken, Client/would_drop (a partition that the dump has not, with its rows), Client/older_server, Client/no_such_table,
// Client/extensions_missing, Client/usage, Permission/no_right, Client/standby.
Result<RestorePlan> planRestore(const Toolbox &toolbox, const PhysicalSource &source, const DumpSource &dump, const RestoreOptions &options, const CancelToken &cancel = {});

struct RestoreReport {
    std::optional<Error> error;  // why it did not end well
    bool looked = false;         // what stands now is known
    int wanted = 0;              // objects that can be looked for by name
    int there = 0;
    QMap<QString, QPair<int, int>> kinds; // there, of so many wanted
    QStringList missing;
    QString stands;              // one sentence
    QJsonObject toJson() const;
};
RestoreReport restore(Toolbox &toolbox, const DumpSource &dump, const RestorePlan &plan, const Progress &progress = {}, const CancelToken &cancel = {});

// src/backup/logicalchoice.cpp: the entries that words of --only mean, with all that belongs to the tables. Errors: Client/no_such_table, Client/usage.
Result<QVector<DumpEntry>> chosenEntries(const DumpSource &dump, const QStringList &only, QStringList *notes);

} // namespace howdah::backup
