// SPDX-License-Identifier: GPL-3.0-or-later
// What was seen of one statement in a scratch database, and how it becomes a PreviewedStatement. Internal to src/migrations; values and pure functions.
#pragma once

#include "migrations/locksampler.h"
#include "migrations/preview.h"

#include <QMap>

namespace howdah::migrations
{

struct PreviewRelation {
    QString name;
    QChar kind;
    qint64 file = 0;
    qint64 table = 0; // of an index
    qint64 readNow = 0;
    qint64 readEver = 0;
    bool hasRows() const { return kind == u'r' || kind == u'm'; }
};
using PreviewRelations = QMap<qint64, PreviewRelation>;
using PreviewLocks = QSet<LockSampler::Lock>;

// What a statement did, before it is worded.
struct PreviewSeen {
    PreviewRelations before;
    PreviewRelations after;
    PreviewLocks locks;
    QHash<qint64, int> rewrites; // by the table's OID: the event trigger's reason
    qint64 wal = 0;
    qint64 transactions = 0; // that wrote
    QStringList dropped;
    bool lost = false; // the link from which it was looked at
    bool now = true; // counted within the transaction
};

struct PreviewWords {
    const TargetFacts &target;
    QHash<QString, TargetFacts::Size> sizes; // in the scratch
    QStringList emptied;                     // tables whose rows had to be taken out

    // `old`: what was there before this transaction; `held`: what it had locked before this statement; `keeps`: its locks stay.
    void put(PreviewedStatement &statement, const PreviewSeen &seen, const QSet<qint64> &old, const PreviewLocks &held, bool keeps) const;

private:
    void scans(PreviewedStatement &statement, const PreviewSeen &seen, const QSet<qint64> &old) const;
    void estimate(PreviewedStatement &statement) const;
};

} // namespace howdah::migrations
