// SPDX-License-Identifier: GPL-3.0-or-later
// Who changed which tables, as WAL tells: by transaction the rows that went, came and were changed, and the files that were dropped (TRUNCATE, DROP and
// rewrites leave no more). A relation is known by its file alone: which table that is, or was, the catalog says. Formats: access/heapam_xlog.h, xact.h.
#pragma once

#include "backup/inventory.h"

namespace howdah::backup
{

struct RelationFile {
    quint32 tablespace = 0, database = 0, number = 0;
    auto operator<=>(const RelationFile &) const = default;
};

struct RowCounts {
    quint64 deleted = 0, inserted = 0, updated = 0;
};

struct TransactionChanges {
    quint32 xid = 0;
    Lsn commit;             // begin of the record of its commit
    qint64 atUs = 0;
    QMap<RelationFile, RowCounts> tables; // those of its subtransactions too
    QVector<RelationFile> dropped;        // files of tables and indexes
    quint64 deleted() const;
};

// One record's change of rows; nullopt: another kind. For the scanner.
struct RowChange {
    quint32 xid = 0;
    RelationFile relation;
    RowCounts rows;
};
std::optional<RowChange> rowChangeOf(QByteArrayView record);
// Of a commit: its subtransactions, and the files that it dropped.
struct CommitParts {
    QVector<quint32> subxids;
    QVector<RelationFile> dropped;
};
CommitParts commitPartsOf(QByteArrayView record);

struct ChangesWanted {
    Timeline timeline = 1;
    qint64 fromUs = 0, toUs = 0;  // of the commit; 0: no bound
    QVector<RelationFile> only;   // changes of these; empty: all. Files that were dropped are told all the same: which table's they were, nothing says any more
    quint32 database = 0;         // 0: all
    int most = 100;               // those that took most away, and in the end by time
};
struct Changes {
    QVector<TransactionChanges> transactions;
    quint64 committed = 0;        // in that time, in all
    bool isComplete = true;       // false: some WAL of that time is missing or damaged
    bool beginsBefore = false;    // some of them may have begun before the archive does: what they did there is not counted
};
// Read from where the oldest of these transactions can have begun, however long ago. Errors: of reading WAL; Client/bad_moment where the time ends before it begins.
Result<Changes> changesOf(const ArchiveAccess &archive, const Inventory &inventory, const ChangesWanted &wanted, const Progress &progress = {}, const CancelToken &cancel = {});

} // namespace howdah::backup
