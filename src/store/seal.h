// SPDX-License-Identifier: GPL-3.0-or-later
// A digest each row of profiles, journal, history and drafts carries of its other columns: SQLite's check finds a torn page, not a text with
// another letter in it. A row without one (just changed by SQL that sets none) is taken as it is. Internal to src/store and to who writes
// profiles; functions of a Store, on its thread.
#pragma once

#include "store/store.h"

namespace howdah::store
{

QString sealOf(const QSqlQuery &row);  // the row the query stands on: every column, by name
bool sealHolds(const QSqlQuery &row);  // true where it has none

// Seals the row that was just written, inside the same transaction. `what`: "profile", "journal", "history", "draft".
Done seal(Store &store, const QString &what, const QVariant &id);

Error brokenSeal(const QString &path, const QString &what); // Io/store_damaged

} // namespace howdah::store
