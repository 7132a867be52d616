// SPDX-License-Identifier: GPL-3.0-or-later
// A toolbox on this machine whose programs of PostgreSQL only say their version: for what needs a repository and no server.
#pragma once

#include "backup/repository.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QTemporaryDir>

namespace howdah::test
{

inline std::unique_ptr<backup::Toolbox> coreutilsOnly(const QTemporaryDir &folder)
{
    QDir().mkpath(folder.filePath(QStringLiteral("bin")));
    for (const QString &name : backup::Toolbox::tools() + QStringList{QStringLiteral("pg_combinebackup")}) {
        QFile file(folder.filePath(QStringLiteral("bin/") + name));
        if (!file.open(QIODevice::WriteOnly) || file.write("#!/bin/sh\necho \"x (PostgreSQL) 18.6\"\n") < 0)
            return {};
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
    qputenv("HOWDAH_PG_BIN", folder.filePath(QStringLiteral("bin")).toLocal8Bit());
    auto box = backup::Toolbox::onMachine(18);
    return box ? std::move(*box) : nullptr;
}

// A record as take() writes it, of one that was never taken.
inline backup::Backup recorded(const QString &id, const QByteArray &manifest, const QString &parent = {}, const QByteArray &parentSha256 = {})
{
    backup::Backup backup;
    backup.id = id;
    backup.kind = parent.isEmpty() ? backup::BackupKind::Full : backup::BackupKind::Incremental;
    backup.parent = parent;
    backup.parentSha256 = parentSha256;
    backup.systemIdentifier = QStringLiteral("7712671203863351344");
    backup.serverVersion = QStringLiteral("18.6");
    backup.serverVersionNum = 180006;
    backup.timeline = 1;
    backup.startLsn = {0x3000028};
    backup.stopLsn = {0x3000120};
    backup.startMs = backup::timeOfId(id);
    backup.stopMs = backup.startMs + 1000;
    backup.segmentSize = 16 << 20;
    backup.bytes = 1000;
    backup.files = 10;
    backup.checksumAlgorithm = QStringLiteral("SHA256");
    backup.manifestSha256 = QCryptographicHash::hash(manifest, QCryptographicHash::Sha256).toHex();
    return backup;
}

inline bool put(const QString &path, const QByteArray &bytes)
{
    QDir().mkpath(path.section(QLatin1Char('/'), 0, -2));
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
}

inline bool put(const QString &root, const backup::Backup &backup, const QByteArray &manifest)
{
    const QString folder = root + QStringLiteral("/base/") + backup.id;
    return put(folder + QStringLiteral("/data/backup_manifest"), manifest) && put(folder + QStringLiteral("/howdah-backup.json"), QJsonDocument(backup.toJson()).toJson());
}

} // namespace howdah::test
