// SPDX-License-Identifier: GPL-3.0-or-later
// The engine of PostgreSQL's own tools over a repository: pg_basebackup, pg_verifybackup, pg_combinebackup. See engine.h.
#pragma once

#include "backup/engine.h"
#include "backup/physical.h"

#include <optional>

namespace howdah::backup
{

class NativeEngine : public BackupEngine
{
public:
    // `archive`: the folder of WAL segments, as the repository's tools see it. `source`: none where backups are only read.
    NativeEngine(Repository repository, QString archive, std::optional<PhysicalSource> source = {})
        : m_repository(std::move(repository)), m_archive(std::move(archive)), m_source(std::move(source))
    {
    }

    QString name() const override;
    QString where() const override { return m_repository.name(); }
    Result<Catalogue> list(const CancelToken &cancel = {}) override;
    Result<Backup> take(BackupKind kind, const Progress &progress = {}, const CancelToken &cancel = {}) override;
    Result<Verification> verify(const QString &id, const Progress &progress = {}, const CancelToken &cancel = {}) override;
    Result<Materialised> materialise(const QString &id, const QString &folder, const Progress &progress = {}, const CancelToken &cancel = {}) override;
    Result<QStringList> listWal(const CancelToken &cancel = {}) override;
    Done fetchWal(const QString &file, const QString &path, const CancelToken &cancel = {}) override;

    const Repository &repository() const { return m_repository; }

private:
    Done compareAutoConf(const Backup &backup, const QString &folder, const CancelToken &cancel) const;
    Done unpack(const Backup &backup, const QString &folder, Materialised &made, const Progress &progress, const CancelToken &cancel) const;
    Done run(const QString &program, const QStringList &arguments, const CancelToken &cancel) const;

    Repository m_repository;
    QString m_archive;
    std::optional<PhysicalSource> m_source;
};

} // namespace howdah::backup
