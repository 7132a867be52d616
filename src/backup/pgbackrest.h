// SPDX-License-Identifier: GPL-3.0-or-later
// pgBackRest's repositories on a disk of this machine, reached by its own program and by nothing else: what is encrypted it decrypts, and its pass never comes
// into this program. Its program runs in a container of the stack's image, without a network, with the repository and the configuration for reading only;
// where there is no Docker, this machine's own. Blocking; any thread but the window's.
#pragma once

#include "backup/catalogue.h"
#include "backup/inventory.h"
#include "backup/toolbox.h"

namespace howdah::backup
{

struct PgBackRestChoice {
    QString config;  // a pgbackrest.conf, or the folder of a repository where nothing else needs saying
    int repo = 0;    // repoN of it; 0: the first that it names
    QString image;   // of the stack
};

struct PgBackRestPlace {
    std::unique_ptr<Toolbox> toolbox;
    QString version;     // "2.60.0"
    int repo = 1;
    QString path;        // of the repository, on this machine and in containers
    QVector<Place> places;
    QStringList options; // that each of its commands begins with
    QStringList others;  // repositories that the configuration names and that are not looked at: "repo2"

    QString name() const; // "pgBackRest 2.60.0 (image howdah-postgres:18, PostgreSQL 18.6)"
};
// Errors: Io/no_folder, Io/unreadable, Client/not_supported (a repository of another host or in an object store), Client/root_repository (which pgBackRest refuses), Tool/no_pgbackrest,
// those of the toolbox.
Result<PgBackRestPlace> openPgBackRest(const PgBackRestChoice &choice, const Progress &progress = {}, const CancelToken &cancel = {});

// What its configuration says of repositories, of lines "[section]" and "repoN-…=…" alone. Pure.
struct PgBackRestRepo {
    int number = 1;
    QStringList paths;   // all that any section names
    QString elsewhere;   // "host db2", "type s3"; empty: a disk of this machine
};
QVector<PgBackRestRepo> reposOf(const QByteArray &lines);

// A stanza, as its `info` tells.
struct PgBackRestStanza {
    QString name;
    bool isGood = false;
    QString status;           // its own words
    bool encrypted = false;
    QString systemIdentifier; // of its newest cluster, as what follows; those of before a stanza-upgrade are not shown
    int major = 0;
    QString archiveId;        // "18-1": the folder of its WAL; empty: none
    QString archiveMin, archiveMax;
    QVector<Backup> backups;  // oldest first; none of older clusters
};
// Pure. Errors: Tool/not_understood.
Result<QVector<PgBackRestStanza>> parsePgBackRestInfo(const QByteArray &json, int repo);
Result<QVector<PgBackRestStanza>> pgBackRestStanzas(const PgBackRestPlace &place, const CancelToken &cancel = {});

// A file of its archive: "000000010000000000000004-<SHA-1 of what is in it>.gz". nullopt: none of them.
struct PgBackRestFile {
    QString name;        // as the server names it
    QByteArray sha1;     // hex; empty: of those that have none
    QString compression; // "", "gz", "lz4", "zst", "bz2"
};
std::optional<PgBackRestFile> pgBackRestFile(const QString &fileName);

} // namespace howdah::backup
