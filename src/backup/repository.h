// SPDX-License-Identifier: GPL-3.0-or-later
// Where backups lie: a folder, in a volume of Docker or of this machine, reached by the programs of a toolbox and by nothing else.
//     <root>/base/<id>/data/   a base backup, plain or as tar files: nothing of ours is in it, so that stock tools take it as it is
//     <root>/base/<id>/        howdah-backup.json, RUNBOOK.md, config/ beside it
//     <root>/dump/<id>/        a logical one
//     <root>/base/.<id>.part/  unfinished, with owner.json; .<id>.gone/ is being removed. Neither is ever used.
//     <root>/base/initial-*/   what the stack made at its first start; what was seen of it is kept in .initial-*.seen
// A name counts once everything under it is durable. Blocking; any thread but the window's; used while its toolbox lives.
#pragma once

#include "backup/catalogue.h"
#include "backup/toolbox.h"
#include "stack/tar.h"

namespace howdah::backup
{

class Repository
{
public:
    // `root` as the toolbox's programs see it; `name` for people: "volume howdah_archive", "/mnt/disk/backups".
    Repository(const Toolbox &toolbox, QString root, QString name) : m_toolbox(&toolbox), m_root(std::move(root)), m_name(std::move(name)) {}

    const Toolbox &toolbox() const { return *m_toolbox; }
    const QString &root() const { return m_root; }
    const QString &name() const { return m_name; }
    // Where something is unpacked to be looked at, and removed again: its own folder, or (the same repository, only read) another.
    QString scratch() const { return m_scratch.isEmpty() ? m_root + QStringLiteral("/base") : m_scratch; }
    Repository withScratch(const QString &folder) const
    {
        Repository same = *this;
        same.m_scratch = folder;
        return same;
    }

    // Everything under it, whatever its state; three programs whatever the number. A repository without a folder has no backups.
    Result<Catalogue> list(const CancelToken &cancel = {}) const;

    // A folder for a new backup, with our name on it, before anything is in it. The path.
    Result<QString> begin(const QString &id, BackupKind kind, const CancelToken &cancel) const;
    // Writes the record (and whatever lies there) durably, then gives it its name.
    Done finish(const Backup &backup, const CancelToken &cancel) const;
    // The record anew, of one that has its name: after a verification.
    Done saveRecord(const Backup &backup, const CancelToken &cancel) const;
    // Ends what may still write into it, then removes it. Only what is Left, or our own.
    Done dropUnfinished(const QString &id, BackupKind kind) const;
    // Removes it, once it is confirmed at the object that it is the one that is meant. Errors: Io/changed.
    Done remove(const Backup &backup, const CancelToken &cancel) const;

    // What a removal or a verification that was killed left: folders that have no name any more.
    Done sweep(const CancelToken &cancel) const;

    QString folderOf(const QString &id, BackupKind kind) const;
    QString partOf(const QString &id, BackupKind kind) const;
    Result<qint64> freeBytes(const CancelToken &cancel) const;
    Result<qint64> bytesOf(const QString &path, const CancelToken &cancel) const;      // on the disk
    Result<QByteArray> sha256Of(const QString &path, const CancelToken &cancel) const; // hex
    Result<QByteArray> read(const QString &path, qsizetype most, const CancelToken &cancel) const; // Io/too_large
    Done write(const QString &path, const QByteArray &bytes, const CancelToken &cancel) const;     // mode 0600, durable, replacing
    Done writeAll(const QString &folder, const std::vector<stack::TarFile> &files, const CancelToken &cancel) const; // new files into a new folder, as write() does
    Done makeFolder(const QString &path, const CancelToken &cancel) const;                         // mode 0700, with those above it

private:
    Result<tool::Outcome> call(const QString &program, const QStringList &arguments, const CancelToken &cancel, const QByteArray &input = {}, int timeoutMs = 60'000,
                               qsizetype maxOutput = 1 << 20) const;

    const Toolbox *m_toolbox;
    QString m_root;
    QString m_name;
    QString m_scratch;
};

} // namespace howdah::backup
