// SPDX-License-Identifier: GPL-3.0-or-later
// Tools that are recognised by their table, with the files of those whose files are plain: what is applied, what is pending, what did not end well.
#include "migrations/foreignparts.h"

#include <QDateTime>
#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>

#include <algorithm>
#include <functional>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

namespace
{

using Row = QJsonObject;

struct Tool {
    const char *name;
    const char *runsBy;
    const char *table;
    const char *schema;    // empty: any
    const char *column;    // one that it must have
    const char *order;     // the rows' own order; empty: by `moment`
    const char *moment;
    std::function<ForeignRow(const Row &)> row;
    std::function<QString(const Row &)> problem; // empty: none
    QStringList places;    // of files; "FOLDER/" is one migration a folder
    const char *file;      // of their names: (1) the id, (2) the title
};

QString text(const Row &row, const char *column)
{
    return textOf(row.value(QLatin1StringView(column)));
}

ForeignRow simple(const Row &row, const char *id, const char *title, const char *moment, const char *who = "")
{
    const QJsonValue when = row.value(QLatin1StringView(moment));
    return {text(row, id), text(row, title), momentOf(when), text(row, who), zonelessNote(when)};
}

QString failedUnless(const Row &row, const char *column, const char *id)
{
    return row.value(QLatin1StringView(column)).toBool() ? QString() : u"%1 was begun and did not end well"_s.arg(text(row, id));
}

const QVector<Tool> &tools()
{
    static const auto none = [](const Row &) { return QString(); };
    static const QVector<Tool> all{
        {"liquibase", "liquibase update", "databasechangelog", "", "orderexecuted", "orderexecuted", "dateexecuted",
         [](const Row &row) {
             ForeignRow read = simple(row, "id", "description", "dateexecuted", "author");
             read.id = u"%1::%2::%3"_s.arg(text(row, "filename"), text(row, "author"), text(row, "id"));
             return read;
         },
         none, {}, ""},
        {"rails", "bin/rails db:migrate", "schema_migrations", "", "version character varying", "version", "",
         [](const Row &row) { return simple(row, "version", "", ""); }, none, {u"db/migrate"_s, u"."_s}, "^(\\d+)_(.*)\\.rb$"},
        {"prisma", "prisma migrate deploy", "_prisma_migrations", "", "migration_name", "", "started_at",
         [](const Row &row) { return simple(row, "migration_name", "", "finished_at"); },
         [](const Row &row) {
             return row.value("finished_at"_L1).isNull() && row.value("rolled_back_at"_L1).isNull() ? u"%1 failed and is not resolved: `prisma migrate resolve`"_s.arg(text(row, "migration_name")) : QString();
         },
         {u"prisma/migrations/"_s, u"./"_s}, "^(\\d{14}_(.*))$"},
        {"sqlx", "sqlx migrate run", "_sqlx_migrations", "", "checksum", "version", "installed_on",
         [](const Row &row) { return simple(row, "version", "description", "installed_on"); },
         [](const Row &row) { return failedUnless(row, "success", "version"); }, {u"migrations"_s, u"."_s}, "^(\\d+)_(.*?)(?:\\.up)?\\.sql$"},
        {"django", "manage.py migrate", "django_migrations", "", "app", "id", "applied",
         [](const Row &row) {
             ForeignRow read = simple(row, "name", "", "applied");
             read.id = text(row, "app") + u'.' + read.id;
             return read;
         },
         none, {}, ""},
        {"drizzle", "drizzle-kit migrate", "__drizzle_migrations", "", "hash", "id", "",
         [](const Row &row) {
             ForeignRow read{text(row, "hash").left(12), {}, {}, {}, {}};
             read.note = u"made at %1"_s.arg(QDateTime::fromMSecsSinceEpoch(row.value("created_at"_L1).toInteger(), Qt::UTC).toString(Qt::ISODate));
             return read;
         },
         none, {}, ""},
        {"supabase", "supabase db push", "schema_migrations", "supabase_migrations", "version", "version", "",
         [](const Row &row) { return simple(row, "version", "name", "", "created_by"); }, none, {u"supabase/migrations"_s}, "^(\\d+)_(.*)\\.sql$"},
        {"efcore", "dotnet ef database update", "__EFMigrationsHistory", "", "MigrationId", "MigrationId", "",
         [](const Row &row) { return simple(row, "MigrationId", "", ""); }, none, {}, ""},
        {"atlas", "atlas migrate apply", "atlas_schema_revisions", "", "partial_hashes", "version", "executed_at",
         [](const Row &row) {
             ForeignRow read = simple(row, "version", "description", "executed_at");
             if (row.value("applied"_L1).toInteger() < row.value("total"_L1).toInteger())
                 read.note = u"%1 of %2 statements"_s.arg(text(row, "applied"), text(row, "total"));
             return read;
         },
         [](const Row &row) {
             const QString error = text(row, "error");
             return row.value("applied"_L1).toInteger() < row.value("total"_L1).toInteger() || !error.isEmpty()
                 ? u"%1 stopped at %2 of %3 statements: %4"_s.arg(text(row, "version"), text(row, "applied"), text(row, "total"), error) : QString();
         },
         {u"migrations"_s, u"."_s}, "^(\\d+)_?(.*)\\.sql$"},
        {"graphile-migrate", "graphile-migrate migrate", "migrations", "graphile_migrate", "previous_hash", "filename", "date",
         [](const Row &row) {
             ForeignRow read = simple(row, "filename", "", "date");
             read.note = text(row, "hash");
             return read;
         },
         none, {u"migrations/committed"_s, u"committed"_s}, "^(\\d{6}(?:-(.*))?\\.sql)$"},
        {"pgroll", "pgroll", "migrations", "pgroll", "resulting_schema", "", "created_at",
         [](const Row &row) { return simple(row, "name", "schema", "created_at"); },
         [](const Row &row) { return row.value("done"_L1).toBool() ? QString() : u"%1 was started and is not completed: old and new schema both serve"_s.arg(text(row, "name")); }, {}, ""},
        {"reshape", "reshape migrate", "migrations", "reshape", "completed_at", "index", "completed_at",
         [](const Row &row) { return simple(row, "name", "description", "completed_at"); }, none, {}, ""},
    };
    return all;
}

QVector<ForeignFile> filesOf(const Tool &tool, const ForeignSources &sources, QString &folder)
{
    const QRegularExpression form(QString::fromLatin1(tool.file));
    QVector<ForeignFile> files;
    for (const QString &place : tool.places) {
        const QString path = sources.place({place});
        if (path.isEmpty() || !files.isEmpty())
            continue;
        const bool folders = place.endsWith(u'/');
        const QStringList entries = QDir(path).entryList(folders ? QDir::Dirs | QDir::NoDotAndDotDot : QDir::Files, QDir::Name);
        for (const QString &entry : entries) {
            const auto is = form.match(entry);
            if (is.hasMatch() && (!folders || QFile::exists(path + u'/' + entry + u"/migration.sql"_s)))
                files.append({is.captured(1), QString(is.captured(2)).replace(u'_', u' '), QDir(path).filePath(entry)});
        }
        folder = files.isEmpty() ? QString() : path;
    }
    return files;
}

// Files that nobody else's could be, where there is no table yet.
bool certainWithoutTable(const Tool &tool, const QString &folder)
{
    const QByteArrayView name(tool.name);
    return (name == "rails" && folder.endsWith("db/migrate"_L1)) || name == "prisma" || name == "supabase" || (name == "graphile-migrate" && folder.endsWith("committed"_L1))
        || (name == "atlas" && QFile::exists(folder + u"/atlas.sum"_s)) || (name == "sqlx" && (QFile::exists(folder + u"/Cargo.toml"_s) || QFile::exists(folder + u"/../Cargo.toml"_s)));
}

const ForeignTable *tableOf(const Tool &tool, const ForeignSources &sources)
{
    const QByteArrayView name(tool.name);
    const ForeignTable *table = sources.table(QLatin1StringView(tool.table), QLatin1StringView(tool.schema));
    if (!table || !table->has(QLatin1StringView(tool.column)))
        return nullptr;
    // dbmate's table has the same form: Rails has another one beside it.
    return name == "rails" && !sources.table("ar_internal_metadata"_L1, QLatin1StringView(table->schema.toLatin1())) ? nullptr : table;
}

ForeignProject read(const Tool &tool, const ForeignSources &sources, const QVector<ForeignFile> &files, const QString &folder, const ForeignTable *table)
{
    ForeignProject project = projectOf(QString::fromLatin1(tool.name), sources, folder, table);
    project.runsBy = QString::fromLatin1(tool.runsBy);
    QVector<Row> rows = table ? table->rows : QVector<Row>();
    const auto order = QLatin1StringView(*tool.order ? tool.order : tool.moment);
    std::stable_sort(rows.begin(), rows.end(), [&](const Row &a, const Row &b) {
        const QJsonValue x = a.value(order), y = b.value(order);
        return x.isDouble() && y.isDouble() ? x.toInteger() < y.toInteger() : x.toString() < y.toString();
    });
    QVector<ForeignRow> applied;
    for (const Row &row : std::as_const(rows)) {
        const QString problem = tool.problem(row);
        if (!problem.isEmpty())
            addProblem(project, problem);
        // Taken back, or failed and left: the next try has a row of its own.
        const bool stands = row.value("rolled_back_at"_L1).toString().isEmpty() && (problem.isEmpty() || QByteArrayView(tool.name) == "pgroll" || QByteArrayView(tool.name) == "atlas");
        if (stands)
            applied.append(tool.row(row));
    }
    fillLine(project, files, applied);
    return project;
}

} // namespace

QVector<ForeignProject> otherProjects(const ForeignSources &sources)
{
    QVector<ForeignProject> projects;
    for (const Tool &tool : tools()) {
        const ForeignTable *table = tableOf(tool, sources);
        QString folder;
        QVector<ForeignFile> files = *tool.file ? filesOf(tool, sources, folder) : QVector<ForeignFile>();
        if (!table && (files.isEmpty() || !certainWithoutTable(tool, folder)))
            continue;
        ForeignProject project = read(tool, sources, files, folder, table);
        if (QByteArrayView(tool.name) == "liquibase") {
            const ForeignTable *lock = sources.table("databasechangeloglock"_L1);
            const Row row = lock && !lock->rows.isEmpty() ? lock->rows.constFirst() : Row();
            if (row.value("locked"_L1).toBool())
                addProblem(project, u"Locked by %1 since %2: a run is under way, or one was killed (then `liquibase release-locks`)"_s.arg(text(row, "lockedby"), text(row, "lockgranted")));
        }
        // Applications have lines of their own: the last of each is a head.
        if (QByteArrayView(tool.name) == "django") {
            QHash<QString, QString> last;
            for (ForeignMigration &one : project.migrations) {
                const QString app = one.id.section(u'.', 0, 0);
                one.parents = last.contains(app) ? QStringList{last.value(app)} : QStringList();
                last.insert(app, one.id);
            }
            project.heads = last.values();
            project.heads.sort();
            finish(project);
        }
        projects.append(project);
    }
    return projects;
}

} // namespace howdah::migrations
