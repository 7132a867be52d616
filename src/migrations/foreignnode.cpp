// SPDX-License-Identifier: GPL-3.0-or-later
// knex and node-pg-migrate: files of JavaScript or SQL, which are not executed, and a table of names. Source of the formats: knex 3, node-pg-migrate 8, read
// for their facts; measured with both.
#include "migrations/foreignparts.h"

#include <QHash>
#include <QJsonDocument>
#include <QRegularExpression>

#include <algorithm>
#include <functional>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

namespace
{

const QStringList extensions{u"js"_s, u"cjs"_s, u"mjs"_s, u"ts"_s, u"cts"_s, u"mts"_s, u"sql"_s};

// The project's root: the folder itself, or the one above where the files' own was given.
QString rootWith(const ForeignSources &sources, const std::function<bool(const QDir &)> &is)
{
    for (const QString &place : {u"."_s, u".."_s}) {
        const QString path = sources.place({place});
        if (!path.isEmpty() && is(QDir(path)))
            return path;
    }
    return {};
}

// Where the files are: as the configuration says in a literal, else "migrations". What is computed there is not known.
QString folderOf(const QString &root, const QByteArray &configuration, const QRegularExpression &key)
{
    const auto found = key.match(QString::fromUtf8(configuration));
    const QString path = QDir::cleanPath(QDir(root).filePath(found.hasMatch() ? found.captured(1) : u"migrations"_s));
    return QDir(path).exists() ? path : QString();
}

QVector<ForeignFile> scriptsIn(const QString &folder, bool withExtension)
{
    QVector<ForeignFile> files;
    const QStringList entries = folder.isEmpty() ? QStringList() : QDir(folder).entryList(QDir::Files, QDir::Name);
    for (const QString &entry : entries) {
        const QFileInfo info(entry);
        if (!extensions.contains(info.suffix()) || entry.endsWith(".d.ts"_L1))
            continue;
        const QString bare = info.completeBaseName();
        files.append({withExtension ? entry : bare, bare.section(u'_', bare.section(u'_', 0, 0).contains(QRegularExpression(u"^\\d+$"_s)) ? 1 : 0).replace(u'_', u' ').replace(u'-', u' '), QDir(folder).filePath(entry)});
    }
    return files;
}

QVector<ForeignRow> rowsById(const ForeignTable *table, QLatin1StringView moment)
{
    QVector<QJsonObject> rows = table ? table->rows : QVector<QJsonObject>();
    std::sort(rows.begin(), rows.end(), [](const QJsonObject &a, const QJsonObject &b) { return a.value("id"_L1).toInteger() < b.value("id"_L1).toInteger(); });
    QVector<ForeignRow> all;
    for (const QJsonObject &row : std::as_const(rows))
        all.append({row.value("name"_L1).toString(), {}, momentOf(row.value(moment)), {}, zonelessNote(row.value(moment))});
    return all;
}

bool dependsOn(const QDir &root, QLatin1StringView package)
{
    const QJsonObject json = QJsonDocument::fromJson(readSmall(root.filePath(u"package.json"_s))).object();
    return json.value("dependencies"_L1).toObject().contains(package) || json.value("devDependencies"_L1).toObject().contains(package);
}

} // namespace

QVector<ForeignProject> knexProjects(const ForeignSources &sources)
{
    static const QRegularExpression directory(uR"(\bdirectory\s*:\s*['"`]([^'"`$]+)['"`])"_s);
    QByteArray configuration;
    const QString root = rootWith(sources, [&](const QDir &dir) {
        const QStringList found = dir.entryList({u"knexfile.*"_s}, QDir::Files);
        configuration = found.isEmpty() ? QByteArray() : readSmall(dir.filePath(found.constFirst()));
        return !found.isEmpty() || dependsOn(dir, "knex"_L1);
    });
    const QString folder = root.isEmpty() ? QString() : folderOf(root, configuration, directory);
    const QVector<ForeignFile> files = scriptsIn(folder, true);
    const QVector<const ForeignTable *> tables = sources.withColumns({"batch integer"_L1, "migration_time"_L1, "name"_L1});
    QVector<ForeignProject> projects;
    for (qsizetype i = 0; i == 0 || i < tables.size(); ++i) {
        const ForeignTable *table = tables.value(i);
        const bool withFiles = i == 0 && !files.isEmpty();
        if (!withFiles && !table)
            continue;
        ForeignProject project = projectOf(u"knex"_s, sources, withFiles ? folder : QString(), table);
        project.runsBy = u"knex migrate:latest"_s;
        const QVector<ForeignRow> rows = rowsById(table, "migration_time"_L1);
        fillLine(project, withFiles ? files : QVector<ForeignFile>(), rows);
        for (const ForeignTable *lock : sources.withColumns({"index integer"_L1, "is_locked integer"_L1})) {
            const bool locked = std::any_of(lock->rows.cbegin(), lock->rows.cend(), [](const QJsonObject &row) { return row.value("is_locked"_L1).toInteger() != 0; });
            if (locked && table && lock->schema == table->schema && lock->name.startsWith(table->name))
                addProblem(project, u"Locked in %1: a run is under way, or one was killed (then `knex migrate:unlock`)"_s.arg(lock->place()));
        }
        projects.append(project);
    }
    return projects;
}

QVector<ForeignProject> nodePgMigrateProjects(const ForeignSources &sources)
{
    static const QRegularExpression directory(uR"re("migrations-dir"\s*:\s*"([^"]+)")re"_s);
    static const QRegularExpression sections(u"^\\s*--[\\s-]*Up Migration"_s, QRegularExpression::MultilineOption | QRegularExpression::CaseInsensitiveOption);
    QByteArray configuration;
    QString root = rootWith(sources, [&](const QDir &dir) {
        configuration = readSmall(dir.filePath(u".pgmigraterc"_s)) + readSmall(dir.filePath(u".node-pg-migraterc"_s)) + readSmall(dir.filePath(u"config/default.json"_s)) + readSmall(dir.filePath(u"package.json"_s));
        return dependsOn(dir, "node-pg-migrate"_L1);
    });
    QString folder = root.isEmpty() ? QString() : folderOf(root, configuration, directory);
    // Without a package.json: by what the files themselves say.
    const QStringList folders{sources.place({u"."_s}), sources.place({u"migrations"_s})};
    for (qsizetype i = 0; folder.isEmpty() && i < folders.size(); ++i) {
        const QVector<ForeignFile> found = scriptsIn(folders.at(i), false);
        const bool its = std::any_of(found.cbegin(), found.cend(), [&](const ForeignFile &file) {
            const QByteArray text = readSmall(file.path);
            return file.path.endsWith(".sql"_L1) ? QString::fromUtf8(text).contains(sections) : text.contains("pgm.");
        });
        if (its)
            folder = folders.at(i);
    }
    QVector<ForeignFile> files = scriptsIn(folder, false);
    // By the time that their names begin with; names that begin with none stand behind those, as they are.
    const auto stamp = [](const ForeignFile &file) {
        bool isNumber = false;
        const qulonglong number = file.id.section(QRegularExpression(u"[_-]"_s), 0, 0).toULongLong(&isNumber);
        return isNumber ? number : ~0ull;
    };
    std::stable_sort(files.begin(), files.end(), [&](const ForeignFile &a, const ForeignFile &b) { return stamp(a) < stamp(b); });
    const QVector<const ForeignTable *> tables = sources.withColumns({"id integer"_L1, "name"_L1, "run_on timestamp"_L1});
    QVector<ForeignProject> projects;
    for (qsizetype i = 0; i == 0 || i < tables.size(); ++i) {
        const ForeignTable *table = tables.value(i);
        const bool withFiles = i == 0 && !files.isEmpty();
        if (!withFiles && !table)
            continue;
        ForeignProject project = projectOf(u"node-pg-migrate"_s, sources, withFiles ? folder : QString(), table);
        project.runsBy = u"node-pg-migrate up"_s;
        QVector<ForeignRow> rows = rowsById(table, "run_on"_L1);
        fillLine(project, withFiles ? files : QVector<ForeignFile>(), rows);
        projects.append(project);
    }
    return projects;
}

} // namespace howdah::migrations
