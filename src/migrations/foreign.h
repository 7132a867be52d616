// SPDX-License-Identifier: GPL-3.0-or-later
// Projects of other migration tools, recognised by their files and by their tables. Nothing is converted, nothing of theirs is executed, and their tables are
// only ever read: each is shown as its own tool shows it. Services on the link's thread; they read small files, so never the window's. Values.
#pragma once

#include "pg/connection.h"

#include <QJsonObject>

namespace howdah::migrations
{

struct ForeignMigration {
    QString id;           // as its tool names it: a revision, a version, a file's name
    QString key;          // what its program takes for it where the id may mean two (a change's hash); empty: the id
    QString title;
    QStringList parents;  // ids: what it stands on
    bool applied = false; // only where ForeignProject::asked
    std::optional<qint64> appliedMs; // nullopt: not kept, or kept without a time zone (then in `note`)
    QString who;
    bool isHead = false;  // nothing stands on it
    QString note;
};

struct ForeignProject {
    QString tool;         // "alembic", "sqitch", "golang-migrate", "goose", "flyway", "knex", "node-pg-migrate", "liquibase", "rails", "prisma", "sqlx", "django",
                          // "drizzle", "supabase", "efcore", "atlas", "graphile-migrate", "pgroll", "reshape"
    QString place;        // the folder, the table, or both
    QString folder;       // of the files; empty: none were found
    QString scripts;      // Sqitch: the folder of its deploy scripts
    QString table;        // "public.alembic_version"; empty: none, nothing was ever applied
    bool asked = false;   // the database was asked and answered: what is applied is known
    QVector<ForeignMigration> migrations; // each after those it stands on
    QStringList heads;     // applied now
    QStringList fileHeads; // of the files
    QStringList pending;
    QStringList problems;  // dirty, edited, several heads, unknown revision, what could not be read: a sentence each
    bool canRun = false;   // forth and back through its own program (foreignrun.h)
    QString runsBy;        // that program, or what people call
    QJsonObject toJson() const;
    const ForeignMigration *find(const QString &id) const;
};

// `folder`: the project's root or the folder of its files. `connection`: null where only the files are looked at. Errors: the server's, Permission aside
// (which is a problem of that project: what is applied is then not known).
Result<QVector<ForeignProject>> foreignProjects(const QString &folder, pg::Connection *connection, const CancelToken &cancel = {});
// Its graph, a line a migration, the oldest first, with what is applied, what is a head and where branches part and meet. For a terminal.
QString graphText(const ForeignProject &project);
// Flyway's checksum of a file: CRC-32 over its lines without their ends. Signed, as Flyway keeps it.
qint32 flywayChecksum(const QByteArray &file);
// "1.2" and "1.10" and "1_2.0" as Flyway orders them.
int compareFlywayVersions(const QString &a, const QString &b);

} // namespace howdah::migrations
