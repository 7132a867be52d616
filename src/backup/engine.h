// SPDX-License-Identifier: GPL-3.0-or-later
// What the safety layer (window, pre-flight, rehearsal, drills) needs of whoever keeps the backups: PostgreSQL's own tools first, pgBackRest next, and
// room for stores that are not a folder. What it hands out is verified by it, or said not to be. Blocking; any thread but the window's; one thread at a time.
#pragma once

#include "backup/catalogue.h"
#include "base/canceltoken.h"
#include "base/progress.h"

namespace howdah::backup
{

struct Materialised {
    QString folder;         // a data folder as pg_basebackup would have written it: no signal file, backup_label in it, never started
    QStringList links;      // the backups that it was made of, the full one first
    QStringList tablespaces; // numbers: beside it in <folder>.tablespaces/<number>, where its links and its tablespace_map lead, and not to the live ones' folders
};

class BackupEngine
{
public:
    virtual ~BackupEngine() = default;
    virtual QString name() const = 0; // "PostgreSQL's own tools (image howdah-postgres:18, PostgreSQL 18.6)"
    virtual QString where() const = 0; // "volume howdah_archive"

    virtual Result<Catalogue> list(const CancelToken &cancel = {}) = 0;
    // Client/not_supported where this engine only reads.
    virtual Result<Backup> take(BackupKind kind, const Progress &progress = {}, const CancelToken &cancel = {}) = 0;
    // Every link on the way to `id`, the full one first. Errors: it could not be looked at.
    virtual Result<Verification> verify(const QString &id, const Progress &progress = {}, const CancelToken &cancel = {}) = 0;
    // Into `folder`, which is not there yet, where the engine's tools see it; it has that name only once it is whole. Every link is verified first.
    // Errors: Io/not_sound, Client/folder_there, those of Catalogue::chain, Io/disk_full.
    virtual Result<Materialised> materialise(const QString &id, const QString &folder, const Progress &progress = {}, const CancelToken &cancel = {}) = 0;
    // Names of files of the archive, uninterpreted; and one of them, uncompressed, to a path. Errors of the second: Client/not_in_archive, told apart from
    // all others: an archive that can't be read has not ended.
    virtual Result<QStringList> listWal(const CancelToken &cancel = {}) = 0;
    virtual Done fetchWal(const QString &file, const QString &path, const CancelToken &cancel = {}) = 0;
};

} // namespace howdah::backup
