// SPDX-License-Identifier: GPL-3.0-or-later
// Makes a catalogue of what find, grep and sha256sum say of a repository, for this room alone. Pure but for the look at which processes live.
#pragma once

#include "backup/catalogue.h"
#include "backup/owner.h"

#include <QHash>
#include <QMap>

namespace howdah::backup
{

// What was seen of a backup that has no record of ours.
QJsonObject seenOf(const Backup &backup);

class RepositoryList
{
public:
    explicit RepositoryList(QString root) : m_root(std::move(root)) {}
    void addFound(const QByteArray &found);   // "%y %s %T@ %p\0" each
    QByteArray textsToRead() const;           // paths, a NUL behind each
    void addTexts(const QByteArray &texts);   // "path\0line\n" each
    QByteArray manifestsToHash() const;
    void addHashes(const QByteArray &hashes); // "hash  path\0" each
    Catalogue catalogue() const;

private:
    struct Entry {
        QString name; // of the folder
        QString folder;
        bool dump = false;
        bool isFolder = false;
        double modified = 0;
        QHash<QString, qint64> files; // path below the folder -> size
    };
    Backup backupOf(const Entry &entry) const;
    Backup stackBackupOf(const Entry &entry) const;
    Backup unfinishedOf(const Entry &entry) const;

    QString m_root;
    QMap<QString, Entry> m_entries; // by their path below the root
    QHash<QString, QByteArray> m_texts;
    QHash<QString, QByteArray> m_hashes;
};

} // namespace howdah::backup
