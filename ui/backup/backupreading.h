// SPDX-License-Identifier: GPL-3.0-or-later
// What the pane knows of a place of backups at one moment: values. Read on a worker; pure afterwards.
#pragma once

#include "backup/readinessfacts.h"
#include "backup/stand.h"
#include "ui/backup/stripvalues.h"

#include <QHash>

#include <optional>

namespace howdah::ui
{

struct BackupReading {
    backup::StandChoice choice;
    QString repository;                 // "volume howdah_archive"
    QString root;                       // its folder, as the tools see it
    QString tools;                      // "the container of the stack howdah, PostgreSQL 18.6"
    bool serverIsThere = false;         // a backup can be taken now
    backup::Catalogue catalogue;
    QHash<QString, QStringList> configFiles; // by id: what of the server's configuration lies beside it, as where it lay there
    std::optional<qint64> freeBytes;    // nullopt: not known
    std::optional<backup::Inventory> inventory; // nullopt: not read yet, or not readable
    std::optional<Error> noInventory;   // why
    QString archive;                    // where the WAL lies, for people
    QVector<backup::BackupPoint> points;
    QVector<backup::Gap> gaps;
    std::optional<backup::Readiness> readiness; // nullopt: not judged yet
    std::optional<backup::Schedule> schedule;   // nullopt: none was made, or
    QString scheduleWhy;                // it can't be read, and none may take its place
    backup::TaskRuns runs;
    QString managedBy;                  // a cloud, which gives out neither base backups nor WAL; empty: none, or it was not asked
    QVector<StripMark> migrations;      // runs in the profile's database, as its ledger tells
    bool isWhole = false;               // else the archive is still being read
    qint64 readMs = 0;                  // Unix time

    const backup::BackupPoint *point(const QString &id) const;
};

struct BackupQuestion {
    backup::StandChoice choice;
    backup::StandSeams seams;
    std::optional<backup::Schedule> schedule;
    backup::TaskRuns runs;
    QString scheduleWhy; // it can't be read
    qint64 nowMs = 0;
};

// `listed`: told before the archive is read, which may take long the first time. Errors: those of backup/stand.h. Blocking.
Result<BackupReading> readBackups(const BackupQuestion &question, const std::function<void(const BackupReading &)> &listed, const Progress &progress, const CancelToken &cancel);

} // namespace howdah::ui
