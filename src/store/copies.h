// SPDX-License-Identifier: GPL-3.0-or-later
// Copies of the store, one a day, the newest seven: profiles, settings, journal, history and the query pane's texts, not the samples and
// what statements did, which are most of the file and can be measured again. Only what was found sound from end to end is copied, so that damage
// never takes the place of a good copy. From them, and from what can still be read of a damaged file, a new store is made. Blocking; not on the
// window's thread.
#pragma once

#include "base/result.h"

#include <QStringList>
#include <QVector>

namespace howdah::store
{

struct Copy {
    QString path;
    qint64 takenMs = 0; // Unix time
};
QVector<Copy> copiesOf(const QString &storePath); // newest first; in the folder "copies" beside the store

// Makes today's copy where the newest is older than a day: a handle of its own, beside whoever works with the store. False: not due, or
// there is no store. Errors: Io/store_damaged (the next open repairs it), Io/disk_full, Io/store_busy, Io/store_failed.
Result<bool> copyIfDue(const QString &storePath);

// What an open had to do before there was a store to work with.
struct Repair {
    bool done = false;
    QString aside;        // the damaged file, kept; empty: the file was missing
    qint64 copyMs = 0;    // of the copy it began with; 0: there was none
    QStringList kept;     // taken over whole from the damaged file: "profiles", "the journal", …
    QStringList fromCopy; // as of the copy
    QStringList lost;
    int alteredRows = 0;  // not what was written, so not taken over
    QString text() const; // for people, whole sentences
};

// Internal to src/store: a sound store in the file `made`, of what there is. `damaged`: the file that is not sound; empty: none.
Result<Repair> makeRepaired(const QString &made, const QString &storePath, const QString &damaged);

} // namespace howdah::store
