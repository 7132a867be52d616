// SPDX-License-Identifier: GPL-3.0-or-later
// One SQLite handle: opened, told how to work, closed. Internal to src/store; belongs to the thread that opened it.
#pragma once

#include "base/result.h"

#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QStringList>
#include <QVariant>

namespace howdah::store
{

// SQLite's error as ours: Io/store_busy, Io/store_damaged, Io/disk_full, Io/store_failed.
Error storeError(const QSqlError &error, const QString &path);

// The statements of sql/store/<name>.sql, comments removed: a line "-- next" stands between two. Errors: Client/no_such_statement.
Result<QStringList> statements(const QString &name);

class Handle
{
public:
    explicit Handle(const QString &path);
    ~Handle();
    Handle(const Handle &) = delete;
    Handle &operator=(const Handle &) = delete;

    Done open();
    const QString &path() const { return m_path; }
    Result<QSqlQuery> run(const QString &name, const QVariantList &values = {}); // the file's one statement
    Done runAll(const QString &name, const QVariantList &values = {});           // each of the file's statements, all with these values
    Done command(const QString &text);                                           // BEGIN, COMMIT, ROLLBACK

private:
    Result<QSqlQuery> execute(const QString &text, const QVariantList &values);

    QString m_path;
    QString m_connection;
    QSqlDatabase m_database;
};

} // namespace howdah::store
