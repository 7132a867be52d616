// SPDX-License-Identifier: GPL-3.0-or-later
// WAL brought from an archive to a folder that lies elsewhere, beside backups: what these need is read through before it goes, read back where it arrived,
// durable before it has its name, and nothing that is there is ever overwritten. planArchiveCopy is pure but for the few small files that it compares; all
// of it blocks: any thread but the window's.
#pragma once

#include "backup/inventory.h"

namespace howdah::backup
{

struct ArchiveCopyPlan {
    struct File {
        QString name;
        qint64 bytes = 0;
        QByteArray sha256; // hex
    };
    QVector<File> goes;       // the oldest first, histories before segments, so that where it ends in the middle what is there has no hole
    qint64 bytes = 0;
    qsizetype there = 0;      // the same are there already
    QStringList differ;       // another file of that name is there: it stays as it is
    QStringList damaged;      // "NAME: what is wrong with it": does not go, since a recovery could not use it
};
// `first`: the number of the first segment that is of use there; what lies before it stays. Errors: those of reading.
Result<ArchiveCopyPlan> planArchiveCopy(const ArchiveAccess &from, const Inventory &archive, const ArchiveAccess &to, const Inventory &there, quint64 first, const CancelToken &cancel = {});

// `to`: a folder as the toolbox's programs see it; it is made where it is missing. The names of what arrived. Errors: Io/not_written, Io/changed_since (of the
// archive), Io/there_by_now, Cancelled. What arrived before an error stays: it is whole.
Result<QStringList> copyArchive(const ArchiveAccess &from, const ArchiveCopyPlan &plan, const Toolbox &toolbox, const QString &to, const Progress &progress = {}, const CancelToken &cancel = {});

} // namespace howdah::backup
