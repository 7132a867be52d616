// SPDX-License-Identifier: GPL-3.0-or-later
// For a server that is no stack of ours: the steps of a swap as a page for the one who has a shell on its machine, with the exact commands, and by name all
// that must be rebuilt behind it (standbys, slots, subscriptions). Nothing is run but questions. What this role may not see is said, never left out.
// Blocking; any thread but the window's.
#pragma once

#include "backup/rehearsal.h"
#include "pg/connection.h"

namespace howdah::backup
{

struct SwapFacts {
    struct Standby {
        QString application, address, role, state, slot; // empty: this role may not see it
        int pid = 0;
    };
    struct Slot {
        QString name, type, database, again; // the statement that makes it anew
        bool active = false;
    };
    struct Subscription {
        QString name, database, publications, stop, go; // statements, in that database
        bool enabled = false;
    };
    QString address, systemIdentifier, version;
    QString dataFolder, hbaFile, configFile; // empty: this role may not see it
    QString port, archiveMode, archivesBy;
    qint64 prepared = 0, tablespaces = 0;
    QVector<Standby> standbys;
    QVector<Slot> slotList; // "slots" is a word of Qt's
    QVector<Subscription> subscriptions;
};
// Errors: Client/not_supported (a standby: its primary is what is swapped), those of the link.
Result<SwapFacts> readSwapFacts(pg::Connection &live, const CancelToken &cancel = {});

// `systemIdentifier` of the rehearsal's cluster; empty: nobody recorded it. Errors: Client/other_cluster, Client/not_good.
Result<QString> swapRunbook(const SwapFacts &facts, const Rehearsal &rehearsal, const QString &systemIdentifier);

} // namespace howdah::backup
