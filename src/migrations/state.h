// SPDX-License-Identifier: GPL-3.0-or-later
// How the files of a folder and what a database says of itself stand to each other. Pure functions of values.
#pragma once

#include "migrations/folder.h"
#include "migrations/ledger.h"

namespace howdah::migrations
{

enum class Standing {
    Applied,
    Cosmetic,    // applied; since then comments or spaces were edited
    Edited,      // applied; since then its statements were edited: what the file says is not what was done
    Pending,
    OutOfOrder,  // pending, and older than one that is applied: as after a merge
    Interrupted, // without a transaction, and stopped on its way
    Missing      // applied, and there is no such file
};
bool isPending(Standing standing);       // what the next run is for
QString standingText(Standing standing); // "applied", "edited since", …

struct Entry {
    QString version;
    QString name;      // of the file, or as the ledger has it; empty: neither knows
    Standing standing = Standing::Pending;
    QString purpose;
    std::optional<qint64> appliedMs; // nullopt: not applied, or by dbmate, which keeps no time
    QString who;
    std::optional<qint64> tookMs;
    int statementsDone = 0; // of Interrupted
    int statements = 0;
    QJsonObject toJson() const;
};

struct State {
    QVector<Entry> entries; // by version
    QVector<Entry> repeatables; // by name; Pending: never run, or changed since
    int count(Standing standing) const; // of entries
    int pending() const; // of both
    QJsonObject toJson() const;
};
State stateOf(const Folder &folder, const Ledger &ledger);

// The applied versions, the last to be applied first, whatever their numbers: the order of the way back. What the ledger does not know (dbmate's doing)
// stands behind those it knows, the highest first.
QStringList wayBack(const Ledger &ledger);

} // namespace howdah::migrations
