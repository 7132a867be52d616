// SPDX-License-Identifier: GPL-3.0-or-later
// A server as a base backup sees it: how the toolbox's programs get to it, and what it says of itself. Blocking; any thread but the window's.
#pragma once

#include "backup/controldata.h"
#include "backup/toolbox.h"
#include "backup/walname.h"

#include <QPair>

namespace howdah::backup
{

struct PhysicalSource {
    QString name;       // for people: "the stack howdah", "db1:5432"
    // libpq's words, host, port, sslmode, sslrootcert, passfile, …: never a password. Empty: the socket where the programs run.
    QVector<QPair<QString, QString>> conninfo;
    QString role = QStringLiteral("postgres"); // asks in SQL
    QString replicationRole;                   // takes the backup; empty: the same
    QString database = QStringLiteral("postgres");
    const Toolbox *asking = nullptr; // asks in SQL by the socket there, instead of by the words above; outlives this
    QString imageId;    // of the container that it runs in; empty: none, or not known
};
// A connection string of these and more; every value quoted.
QString conninfoOf(const PhysicalSource &source, const QString &application, const QString &database);

// One file of sql/backup, by psql: rows of a line each, by their columns. Parameters need a psql of 16 and later, and no control characters in them.
// Errors: Tool/failed with what psql said.
Result<QList<QByteArrayList>> askServer(const Toolbox &toolbox, const PhysicalSource &source, const QString &file, int versionNum, const QStringList &parameters, qsizetype maxOutput,
                                        const CancelToken &cancel = {});

struct ServerFacts {
    QString version; // "18.6"
    int versionNum = 0;
    QString systemIdentifier;
    Timeline timeline = 0;
    bool inRecovery = false;
    quint32 segmentSize = 0;
    QString walLevel;
    bool summarizesWal = false;
    bool dataChecksums = false;
    qint64 dataBytes = 0;       // of the databases that the role may see
    qint64 databasesUnseen = 0;
    qint64 tablespaces = 0;     // beside the two that every cluster has
    qint64 nowMs = 0;           // Unix time by its clock
    RecoveryFloors settings{};  // what a server needs at least that replays its WAL
};
// By psql. Errors: Tool/failed with what psql said.
Result<ServerFacts> readServerFacts(const Toolbox &toolbox, const PhysicalSource &source, const CancelToken &cancel = {});

struct ConfigFile {
    QString path; // on the server
    QByteArray content;
};
// postgresql.conf, pg_hba.conf, pg_ident.conf and all that these include. Errors as above: a role that is no superuser may not read them.
Result<QVector<ConfigFile>> readConfigFiles(const Toolbox &toolbox, const PhysicalSource &source, const ServerFacts &facts, const CancelToken &cancel = {});

} // namespace howdah::backup
