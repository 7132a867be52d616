// SPDX-License-Identifier: GPL-3.0-or-later
// Howdah's own memory: one SQLite file (WAL, synchronous=FULL, foreign keys) in paths::dataDir(). A Store is one open handle and belongs
// to the thread that opened it (run it on a base Worker, never on the window's thread). Several programs may have it open at once
// (busy_timeout 5 s). An upgrade of the schema works on a copy that then takes the file's place; a damaged file is moved aside to
// store.damaged-<time>.sqlite, never overwritten, and a new one made of the newest copy (copies.h) and of what it still holds: repair()
// tells. Errors: Io/store_busy, Io/store_damaged, Io/store_newer, Io/disk_full, Io/store_failed.
#pragma once

#include "base/result.h"
#include "store/copies.h"

#include <QSqlDatabase>
#include <QSqlQuery>
#include <QVariant>

#include <functional>
#include <memory>

namespace howdah::store
{

class Store
{
public:
    static Result<std::unique_ptr<Store>> open(const QString &path = {}); // empty: the user's own
    ~Store();
    Store(const Store &) = delete;
    Store &operator=(const Store &) = delete;

    QString path() const;
    QString quarantined() const; // where a damaged file went at this open; empty: nowhere
    const Repair &repair() const; // what this open had to mend, for people to be told

    // Runs sql/store/<name>.sql; values[0] is $1. Done with a SELECT's rows before the next write: an open reader holds the log back.
    Result<QSqlQuery> run(const QString &name, const QVariantList &values = {});
    // After next() gave false: was that the last row? A row that can't be read ends a query just as the last one does.
    Done atEnd(const QSqlQuery &rows);
    // A fault found in what was read: from now on the next open reads the whole file before it trusts it. Gives the error back.
    Error damaged(Error fault);
    // fn() inside BEGIN IMMEDIATE … COMMIT; rolled back when it fails.
    Done transaction(const std::function<Done()> &fn);

private:
    struct Core;
    explicit Store(std::unique_ptr<Core> core);
    std::unique_ptr<Core> m_core;
};

} // namespace howdah::store
