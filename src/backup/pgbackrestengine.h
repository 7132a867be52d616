// SPDX-License-Identifier: GPL-3.0-or-later
// The engine over a stanza that pgBackRest keeps: only read, by its own program. See engine.h, and of its archive what inventory.h needs.
#pragma once

#include "backup/engine.h"
#include "backup/pgbackrest.h"
#include "backup/rehearsal.h"

namespace howdah::backup
{

class PgBackRestEngine : public BackupEngine
{
public:
    // `options`: PgBackRestPlace::options and --repo=N; `toolbox` has its places and outlives this.
    PgBackRestEngine(const Toolbox &toolbox, QStringList options, QString stanza, QString where, QString name);
    PgBackRestEngine(const PgBackRestPlace &place, const QString &stanza);

    QString name() const override { return m_name; }
    QString where() const override { return m_where; }
    Result<Catalogue> list(const CancelToken &cancel = {}) override;
    Result<Backup> take(BackupKind kind, const Progress &progress = {}, const CancelToken &cancel = {}) override; // Client/not_supported
    // By its `verify`, whose exit code is 0 whatever it found and which misses segments that are not there: those are the inventory's.
    Result<Verification> verify(const QString &id, const Progress &progress = {}, const CancelToken &cancel = {}) override;
    // By its `restore`, which compares every file's SHA-1. Tablespaces lie in <folder>.tablespaces then, whatever they are called elsewhere.
    Result<Materialised> materialise(const QString &id, const QString &folder, const Progress &progress = {}, const CancelToken &cancel = {}) override;
    Result<QStringList> listWal(const CancelToken &cancel = {}) override; // as the server names them
    Done fetchWal(const QString &file, const QString &path, const CancelToken &cancel = {}) override;

    // Its WAL as an archive of segments that are not compressed, each with the SHA-1 that pgBackRest gave it. While this and its toolbox live.
    ArchiveAccess archive();
    // As the first segment says of itself; 0: there is none. Read once.
    Result<quint64> segmentSize(const CancelToken &cancel = {});
    Result<PgBackRestStanza> stanza(const CancelToken &cancel = {}); // Client/no_such_stanza, with those that there are

private:
    struct Kept {
        PgBackRestFile file;
        QString path; // below archive/<stanza>/<id>
        ArchiveEntry entry;
    };
    QStringList words(const QStringList &more) const { return m_options + QStringList{QStringLiteral("--stanza=") + m_stanza} + more; }
    Result<QVector<Kept>> listed(const CancelToken &cancel);
    Result<QByteArray> read(const QString &name, const CancelToken &cancel);
    Result<QByteArray> fetched(const QVector<Kept> &files, const CancelToken &cancel);

    const Toolbox &m_toolbox;
    const QStringList m_options;
    const QString m_stanza, m_where, m_name;
    QString m_archive;      // "archive/main/18-1", once it was asked
    QVector<Kept> m_kept;   // as last listed, by name
    QHash<QString, QByteArray> m_ahead; // read before they were asked for
    std::optional<quint64> m_segmentSize;
};

// How a rehearsal gets at it: in containers that see the same places.
RehearsalEngine pgBackRestRehearsal(const PgBackRestPlace &place, const QString &stanza, quint64 segmentSize);

} // namespace howdah::backup
