// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/foreignparts.h"

#include "base/readatmost.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QXmlStreamReader>

#include <algorithm>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

QJsonObject ForeignProject::toJson() const
{
    const auto orNull = [](const QString &text) { return text.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(text); };
    QJsonArray all;
    for (const ForeignMigration &one : migrations) {
        all.append(QJsonObject{{u"id"_s, one.id},
                               {u"title"_s, orNull(one.title)},
                               {u"parents"_s, QJsonArray::fromStringList(one.parents)},
                               {u"applied"_s, asked ? QJsonValue(one.applied) : QJsonValue(QJsonValue::Null)},
                               {u"applied_ms"_s, one.appliedMs ? QJsonValue(*one.appliedMs) : QJsonValue(QJsonValue::Null)},
                               {u"who"_s, orNull(one.who)},
                               {u"head"_s, one.isHead},
                               {u"note"_s, orNull(one.note)}});
    }
    const auto known = [this](const QStringList &list) { return asked ? QJsonValue(QJsonArray::fromStringList(list)) : QJsonValue(QJsonValue::Null); };
    return {{u"tool"_s, tool},
            {u"place"_s, place},
            {u"folder"_s, orNull(folder)},
            {u"table"_s, orNull(table)},
            {u"asked"_s, asked},
            {u"migrations"_s, all},
            {u"heads"_s, known(heads)},
            {u"file_heads"_s, QJsonArray::fromStringList(fileHeads)},
            {u"pending"_s, known(pending)},
            {u"problems"_s, QJsonArray::fromStringList(problems)},
            {u"can_run"_s, canRun},
            {u"runs_by"_s, runsBy}};
}

const ForeignMigration *ForeignProject::find(const QString &id) const
{
    const auto found = std::find_if(migrations.cbegin(), migrations.cend(), [&](const ForeignMigration &one) { return one.id == id; });
    return found == migrations.cend() ? nullptr : &*found;
}

bool ForeignTable::has(QLatin1StringView column) const
{
    return std::any_of(columns.cbegin(), columns.cend(), [&](const QString &one) { return one == column || (one.startsWith(column) && one.at(column.size()) == u' '); });
}

const ForeignTable *ForeignSources::table(QLatin1StringView name, QLatin1StringView schema) const
{
    const auto found = std::find_if(tables.cbegin(), tables.cend(), [&](const ForeignTable &one) { return one.name == name && (schema.isEmpty() || one.schema == schema); });
    return found == tables.cend() ? nullptr : &*found;
}

QVector<const ForeignTable *> ForeignSources::withColumns(std::initializer_list<QLatin1StringView> columns) const
{
    QVector<const ForeignTable *> found;
    for (const ForeignTable &one : tables) {
        if (std::all_of(columns.begin(), columns.end(), [&](QLatin1StringView column) { return one.has(column); }))
            found.append(&one);
    }
    return found;
}

QString ForeignSources::place(const QStringList &places) const
{
    for (const QString &one : places) {
        const QString path = QDir::cleanPath(QDir(folder).filePath(one));
        if (!folder.isEmpty() && QDir(path).exists())
            return path;
    }
    return {};
}

QByteArray readSmall(const QString &path)
{
    constexpr qint64 most = 4 << 20;
    QFile file(path);
    if (!QFileInfo(path).isFile() || !file.open(QIODevice::ReadOnly))
        return {};
    const auto bytes = readAtMost(file, most);
    if (!bytes || bytes->size() > most)
        return {};
    return bytes->isNull() ? QByteArray("") : *bytes;
}

std::optional<qint64> momentOf(const QJsonValue &value)
{
    const QString text = value.toString();
    const qsizetype clock = text.indexOf(u'T');
    if (clock < 0 || !(text.indexOf(u'+', clock) > 0 || text.indexOf(u'-', clock) > 0 || text.endsWith(u'Z')))
        return std::nullopt;
    const QDateTime moment = QDateTime::fromString(text, Qt::ISODateWithMs);
    return moment.isValid() ? std::optional(moment.toMSecsSinceEpoch()) : std::nullopt;
}

QString zonelessNote(const QJsonValue &value)
{
    const QString text = value.toString();
    return text.isEmpty() || momentOf(value) ? QString() : u"at %1 (kept without a time zone)"_s.arg(text.left(19).replace(u'T', u' '));
}

QString textOf(const QJsonValue &value)
{
    return value.isDouble() ? QString::number(value.toInteger()) : value.toString();
}

void addProblem(ForeignProject &project, const QString &problem)
{
    if (!project.problems.contains(problem))
        project.problems << problem;
}

ForeignProject projectOf(const QString &tool, const ForeignSources &sources, const QString &folder, const ForeignTable *table)
{
    ForeignProject project;
    project.tool = tool;
    project.runsBy = tool;
    project.folder = folder;
    project.table = table ? table->place() : QString();
    project.asked = sources.asked && (!table || table->problem.isEmpty());
    if (table && !table->problem.isEmpty())
        addProblem(project, u"What is applied is not known: %1"_s.arg(table->problem));
    return project;
}

void finish(ForeignProject &project)
{
    QStringList withChildren, applied;
    for (const ForeignMigration &one : std::as_const(project.migrations))
        withChildren += one.parents;
    for (ForeignMigration &one : project.migrations) {
        one.isHead = !withChildren.contains(one.id);
        if (one.isHead && !project.folder.isEmpty() && !project.fileHeads.contains(one.id))
            project.fileHeads << one.id;
        if (project.asked && !one.applied)
            project.pending << one.id;
    }
    project.place = project.folder.isEmpty() ? project.table : project.table.isEmpty() ? project.folder : u"%1, %2"_s.arg(project.folder, project.table);
}

void fillLine(ForeignProject &project, const QVector<ForeignFile> &files, const QVector<ForeignRow> &rows)
{
    const auto rowOf = [&](const QString &id) { return std::find_if(rows.crbegin(), rows.crend(), [&](const ForeignRow &row) { return row.id == id; }); };
    const auto fileOf = [&](const QString &id) { return std::find_if(files.cbegin(), files.cend(), [&](const ForeignFile &file) { return file.id == id; }); };
    const auto add = [&](const QString &id, const QString &title, const ForeignRow *row) {
        ForeignMigration one;
        one.id = id;
        one.title = title;
        if (!project.migrations.isEmpty())
            one.parents << project.migrations.constLast().id;
        if (row) {
            one.applied = true;
            one.appliedMs = row->ms;
            one.who = row->who;
            one.note = row->note;
        }
        project.migrations.append(one);
    };
    // What has no file any more stands where it was applied: before the first that was applied after it.
    QStringList placed;
    const auto addLost = [&](const ForeignRow &row) {
        if (placed.contains(row.id) || fileOf(row.id) != files.cend())
            return;
        placed << row.id;
        add(row.id, row.title, &row);
        if (!project.folder.isEmpty() && !row.fileless) {
            QString &note = project.migrations.last().note;
            note += note.isEmpty() ? u"no file here"_s : u"; no file here"_s;
            addProblem(project, u"%1 is applied, and has no file here"_s.arg(row.id));
        }
    };
    for (const ForeignFile &file : files) {
        const auto row = rowOf(file.id);
        if (row != rows.crend()) {
            for (auto before = rows.cbegin(); before != rows.cend() && before->id != file.id; ++before)
                addLost(*before);
        }
        add(file.id, file.title.isEmpty() && row != rows.crend() ? row->title : file.title, row == rows.crend() ? nullptr : &*row);
    }
    for (const ForeignRow &row : rows)
        addLost(row);
    if (!rows.isEmpty() && project.heads.isEmpty())
        project.heads << rows.constLast().id;
    finish(project);
    if (!project.folder.isEmpty())
        project.fileHeads = files.isEmpty() ? QStringList() : QStringList{files.constLast().id};
}

// The one element's text is the JSON.
static QVector<QJsonObject> rowsOf(const QString &xml)
{
    QVector<QJsonObject> rows;
    QXmlStreamReader reader(u"<all>"_s + xml + u"</all>"_s);
    while (!reader.atEnd()) {
        if (reader.readNext() != QXmlStreamReader::StartElement || reader.name() != "j"_L1)
            continue;
        const QJsonArray all = QJsonDocument::fromJson(reader.readElementText().toUtf8()).array();
        for (const QJsonValue &row : all)
            rows.append(row.toObject());
    }
    return rows;
}

static Result<QVector<ForeignTable>> readTables(pg::Connection &connection, const CancelToken &cancel)
{
    const auto found = connection.runFile(u"migrations/foreign_tables"_s, {}, {}, cancel);
    if (!found)
        return fail(Error(found.error()).during(u"look for other tools' tables"_s));
    constexpr qint64 most = 64 << 20;
    QVector<ForeignTable> tables;
    for (qsizetype row = 0; row < found->size(); ++row) {
        ForeignTable table;
        table.schema = found->text(row, "schema"_L1);
        table.name = found->text(row, "name"_L1);
        table.columns = found->text(row, "columns"_L1).split(u',');
        if (!found->boolean(row, "readable"_L1).value_or(false)) {
            table.problem = u"this role may not read %1"_s.arg(table.place());
        } else {
            const auto rows = connection.runFile(u"migrations/foreign_rows"_s, {quint32(found->integer(row, "oid"_L1).value_or(0))}, {0, false, 256, most}, cancel);
            if (rows)
                table.rows = rowsOf(rows->text(0, 0));
            else if (rows.error().kind == ErrorKind::Sql || rows.error().kind == ErrorKind::Permission || rows.error().kind == ErrorKind::Client)
                table.problem = u"%1 could not be read: %2"_s.arg(table.place(), rows.error().message);
            else
                return fail(Error(rows.error()).during(u"read %1"_s.arg(table.place())));
        }
        tables.append(table);
    }
    return tables;
}

Result<QVector<ForeignProject>> foreignProjects(const QString &folder, pg::Connection *connection, const CancelToken &cancel)
{
    ForeignSources sources;
    sources.folder = folder.isEmpty() ? QString() : QDir::cleanPath(QDir(folder).absolutePath());
    if (connection) {
        auto tables = readTables(*connection, cancel);
        if (!tables)
            return fail(std::move(tables.error()));
        sources.tables = *std::move(tables);
        sources.asked = true;
    }
    QVector<ForeignProject> projects;
    for (const auto reader : {alembicProjects, sqitchProjects, golangMigrateProjects, gooseProjects, flywayProjects, knexProjects, nodePgMigrateProjects, otherProjects})
        projects += reader(sources);
    // Those whose files are here come first.
    std::stable_sort(projects.begin(), projects.end(), [](const ForeignProject &a, const ForeignProject &b) { return a.folder.isEmpty() < b.folder.isEmpty(); });
    return projects;
}

} // namespace howdah::migrations
