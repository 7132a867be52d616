// SPDX-License-Identifier: GPL-3.0-or-later
// What is known of the backups of a repository, as values. What the files say of themselves is not believed: a backup whose manifest is not the one
// that was recorded is Changed and never used; an unfinished one is listed and never used. Pure, any thread.
#pragma once

#include "backup/backupmanifest.h"
#include "backup/controldata.h"

#include <QJsonObject>
#include <QStringList>

namespace howdah::backup
{

enum class BackupKind { Full, Incremental, Dump };
QString kindName(BackupKind kind); // "full", "incremental", "dump"

enum class BackupState {
    Complete,
    BeingWritten, // by a program that lives, or may live on another machine
    Left,         // unfinished, by a program that is gone
    Changed,      // its manifest is not the one that was recorded
    Unreadable    // what it says of itself is not understood
};
QString stateName(BackupState state); // "complete", "being_written", …

struct Verification {
    qint64 atMs = 0; // Unix time; 0: never
    bool good = false;
    QString words;   // what was found
};

struct Backup {
    QString id;
    BackupKind kind = BackupKind::Full;
    BackupState state = BackupState::Complete;
    QString stateWords;       // why it is not complete
    QString folder;           // where it lies, as the repository's tools see it
    QString data;             // its data folder, or the folder of its tar files
    bool tar = false;
    QString compression;      // "zstd"; empty: none
    bool ofStack = false;     // made at the stack's first start: nothing of ours stands beside it
    QString parent;           // of an incremental: the id of what it builds on, and
    QByteArray parentSha256;  // its manifest, as it was then
    QString systemIdentifier;
    QString serverVersion;    // "18.6"; of the stack's own only the major
    int serverVersionNum = 0; // 180006
    QString toolsVersion;
    QString toolsWhere;       // "image howdah-postgres:18, PostgreSQL 18.6"
    QString imageId;          // of the container that the server ran in; empty: none, or not known
    Timeline timeline = 0;    // at its start
    Lsn startLsn;
    Lsn stopLsn;              // consistent from here on
    qint64 startMs = 0;       // Unix time by the server's clock, not after the start; 0: not known
    qint64 stopMs = 0;        // not before the stop; 0: not known
    quint32 segmentSize = 0;  // of WAL; 0: not known
    qint64 bytes = -1;        // on the disk; -1: not known
    qint64 copyBytes = -1;    // of a copy of it that a server can be started on, where its engine says so; -1: it does not
    qint64 files = -1;
    bool dataChecksums = false;
    RecoveryFloors settings{}; // the server's, at its start; 0: not known
    bool holdsWal = true;      // what lies between its start and its stop is in it, too; of ours always
    QString checksumAlgorithm; // of the manifest
    QByteArray manifestSha256; // hex
    QString label;
    QStringList errors;        // it was taken with these, and said so
    QStringList notes;         // what was not kept with it, and why
    Verification verified;

    bool isProven() const { return isUsable() && verified.atMs != 0 && errors.isEmpty(); } // somebody looked, and nothing was wrong with it
    bool isUsable() const { return state == BackupState::Complete && (verified.atMs == 0 || verified.good); }
    QJsonObject toJson() const;                      // howdah-backup.json
    QJsonObject toJson(const QString &where) const;  // for --json: with state and folder; `where` names the repository
    // folder and data are the caller's. Errors: Io/bad_record, where anything in it is not what we would write.
    static Result<Backup> fromJson(const QJsonObject &json, const QString &id);
};

// "20261127T020115Z-full"; of that second the first that is free: "20261127T020115Z-2-full".
QString newId(BackupKind kind, qint64 nowMs, const QStringList &taken);
bool isId(const QString &name);        // ours: nothing else is ever a path's part
bool isStackId(const QString &name);   // "initial-20261126T180102Z"
qint64 timeOfId(const QString &id);    // Unix time; 0: none

struct Catalogue {
    QVector<Backup> backups; // oldest first

    const Backup *find(const QString &id) const;
    // From the full one to it. Errors: Client/no_such_backup, Io/not_usable, Io/parent_missing, Io/parent_changed.
    Result<QVector<const Backup *>> chain(const QString &id) const;
    QVector<const Backup *> childrenOf(const QString &id) const; // that build on it, whatever their state
    QStringList orphans() const; // incrementals whose chain is broken
    const Backup *lastFull(const QString &systemIdentifier) const; // usable
};

} // namespace howdah::backup
