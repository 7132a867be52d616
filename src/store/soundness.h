// SPDX-License-Identifier: GPL-3.0-or-later
// Is a store's file what was written? SQLite's own check finds torn pages, the rows' seals (seal.h) find altered texts. Internal to src/store.
#pragma once

#include "store/handle.h"

#include <QJsonArray>

namespace howdah::store
{

// Quick: of a large file the tables that can't be measured again, and the seals of what is read at every start. Whole: all of it.
enum class Depth { Quick, Whole };

// The first fault in words; empty: sound. An error: it could not be found out; Io/store_damaged where that is because of damage.
Result<QString> firstFault(Handle &handle, int version, Depth depth);
Result<QString> tableFault(Handle &handle, const QString &table);
// The ids of rows whose seal does not hold. `what`: "profile", "journal", "history", "draft".
Result<QJsonArray> brokenSeals(Handle &handle, const QString &what);

struct Identity {
    int application = 0;
    int version = 0;
    bool isOurs() const;
};
Result<Identity> identity(Handle &handle);

// From now on the next open reads the whole file before it trusts it.
void suspectFile(const QString &path);
bool isSuspect(const QString &path);
void trustFile(const QString &path);

} // namespace howdah::store
