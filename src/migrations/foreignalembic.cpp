// SPDX-License-Identifier: GPL-3.0-or-later
// Alembic: a graph of revisions in Python files, and a table with a row a head. Source of the formats: alembic 1.8 to 1.19, read for its facts; measured
// with Debian's.
#include "migrations/foreignparts.h"

#include <QDirIterator>
#include <QHash>
#include <QRegularExpression>
#include <QSet>

#include <algorithm>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

namespace
{

// The keys of [alembic], or of pyproject.toml's [tool.alembic]: lines of key = value, in quotes or not.
QHash<QString, QString> keysOf(const QByteArray &text, QLatin1StringView section)
{
    QHash<QString, QString> keys;
    bool inside = false;
    const QStringList lines = QString::fromUtf8(text).split(u'\n');
    for (QString line : lines) {
        line = line.trimmed();
        if (line.startsWith(u'['))
            inside = line.section(u']', 0, 0).mid(1).trimmed() == section;
        const qsizetype equals = line.indexOf(u'=');
        if (!inside || equals < 0 || line.startsWith(u'#') || line.startsWith(u';'))
            continue;
        QString value = line.mid(equals + 1).trimmed();
        if (value.size() >= 2 && (value.startsWith(u'"') || value.startsWith(u'\'')) && value.endsWith(value.front()))
            value = value.sliced(1, value.size() - 2);
        keys.insert(line.left(equals).trimmed(), value);
    }
    return keys;
}

struct Scripts {
    QStringList folders;
    bool recursive = false;
    QString problem;
};

Scripts scriptsOf(const QString &root, const QHash<QString, QString> &keys)
{
    Scripts scripts;
    const auto absolute = [&](QString path) {
        path.replace(u"%(here)s"_s, root).replace(u"%%"_s, u"%"_s);
        if (path.contains(u':')) // package:folder
            scripts.problem = u"Its revisions lie in a package of Python (%1), which is not looked into"_s.arg(path);
        return QDir::cleanPath(QDir(root).filePath(path));
    };
    const QString location = absolute(keys.value(u"script_location"_s, u"alembic"_s));
    const QString versions = keys.value(u"version_locations"_s);
    scripts.recursive = keys.value(u"recursive_version_locations"_s) == "true"_L1;
    if (versions.isEmpty()) {
        scripts.folders << QDir(location).filePath(u"versions"_s);
        return scripts;
    }
    const QString separator = keys.value(u"version_path_separator"_s, keys.value(u"path_separator"_s));
    const QRegularExpression between(separator == "os"_L1 || separator == ":"_L1 ? u":"_s : separator == ";"_L1 ? u";"_s : u"[, \\n]+"_s);
    const QStringList paths = versions.split(between, Qt::SkipEmptyParts);
    for (QString path : paths)
        scripts.folders << absolute(path.replace(u"%(script_location)s"_s, keys.value(u"script_location"_s)));
    return scripts;
}

struct Graph {
    QVector<AlembicRevision> revisions;
    const AlembicRevision *find(const QString &id) const
    {
        const auto found = std::find_if(revisions.cbegin(), revisions.cend(), [&](const AlembicRevision &one) { return one.revision == id; });
        return found == revisions.cend() ? nullptr : &*found;
    }
    // A dependency may be named by a label, or by the beginning of its id.
    QString meant(const QString &name) const
    {
        if (find(name))
            return name;
        for (const AlembicRevision &one : revisions) {
            if (one.labels.contains(name) || (name.size() >= 4 && one.revision.startsWith(name)))
                return one.revision;
        }
        return name;
    }
};

Graph readGraph(const Scripts &scripts, ForeignProject &project)
{
    Graph graph;
    for (const QString &folder : scripts.folders) {
        QStringList paths;
        QDirIterator files(folder, {u"*.py"_s}, QDir::Files, scripts.recursive ? QDirIterator::Subdirectories : QDirIterator::NoIteratorFlags);
        while (files.hasNext())
            paths << files.next();
        paths.sort();
        for (const QString &path : std::as_const(paths)) {
            const QString name = QFileInfo(path).fileName();
            const QByteArray source = readSmall(path);
            AlembicRevision revision = parseAlembicRevision(source);
            if (source.isNull())
                addProblem(project, u"%1 could not be read"_s.arg(name));
            else if (!revision.problem.isEmpty())
                addProblem(project, u"%1: %2"_s.arg(name, revision.problem));
            else if (graph.find(revision.revision))
                addProblem(project, u"Two files are the revision %1, one of them %2"_s.arg(revision.revision, name));
            else if (!revision.revision.isEmpty())
                graph.revisions.append(std::move(revision));
        }
    }
    for (AlembicRevision &one : graph.revisions) {
        for (QString &name : one.dependsOn)
            name = graph.meant(name);
        for (const QString &parent : one.down + one.dependsOn) {
            if (!graph.find(parent))
                addProblem(project, u"%1 stands on %2, which is not among the files"_s.arg(one.revision, parent));
        }
    }
    return graph;
}

// Each behind what it stands on; of equals by id, so that the order is the same each time.
QVector<AlembicRevision> ordered(const Graph &graph, ForeignProject &project)
{
    QVector<AlembicRevision> left = graph.revisions, done;
    std::sort(left.begin(), left.end(), [](const AlembicRevision &a, const AlembicRevision &b) { return a.revision < b.revision; });
    QSet<QString> placed;
    QString last;
    while (!left.isEmpty()) {
        const auto ready = [&](const AlembicRevision &one) {
            const QStringList on = one.down + one.dependsOn;
            return std::all_of(on.cbegin(), on.cend(), [&](const QString &parent) { return placed.contains(parent) || !graph.find(parent); });
        };
        // A branch is followed to its end before the next one is begun.
        auto next = std::find_if(left.begin(), left.end(), [&](const AlembicRevision &one) { return one.down.contains(last) && ready(one); });
        if (next == left.end())
            next = std::find_if(left.begin(), left.end(), ready);
        if (next == left.end()) {
            addProblem(project, u"The revisions go round in a circle: %1 is in it"_s.arg(left.constFirst().revision));
            next = left.begin();
        }
        last = next->revision;
        placed.insert(last);
        done.append(*next);
        left.erase(next);
    }
    return done;
}

QSet<QString> ancestors(const Graph &graph, const QStringList &heads)
{
    QSet<QString> all;
    QStringList next = heads;
    while (!next.isEmpty()) {
        const QString id = next.takeLast();
        if (all.contains(id))
            continue;
        all.insert(id);
        if (const AlembicRevision *one = graph.find(id))
            next += one->down + one->dependsOn;
    }
    return all;
}

void fill(ForeignProject &project, const Graph &graph)
{
    const QSet<QString> applied = ancestors(graph, project.heads);
    for (const AlembicRevision &one : ordered(graph, project)) {
        ForeignMigration migration;
        migration.id = one.revision;
        migration.title = one.title;
        migration.parents = one.down;
        migration.applied = applied.contains(one.revision);
        QStringList notes;
        if (!one.labels.isEmpty())
            notes << u"branch %1"_s.arg(one.labels.join(u", "_s));
        if (!one.dependsOn.isEmpty())
            notes << u"depends on %1"_s.arg(one.dependsOn.join(u", "_s));
        migration.note = notes.join(u"; "_s);
        project.migrations.append(migration);
    }
    for (const QString &head : std::as_const(project.heads)) {
        if (graph.find(head))
            continue;
        ForeignMigration unknown;
        unknown.id = head;
        unknown.applied = true;
        unknown.note = project.folder.isEmpty() ? QString() : u"no file here"_s;
        project.migrations.append(unknown);
        if (!project.folder.isEmpty())
            addProblem(project, u"The database stands at %1, a revision that is not among the files: what stands before it is not known"_s.arg(head));
    }
    finish(project);
    project.fileHeads.removeIf([&](const QString &head) { return !graph.find(head); });
    if (project.fileHeads.size() > 1)
        addProblem(project, u"Several heads: %1; `alembic upgrade head` refuses them: `alembic merge heads`, or `alembic upgrade heads`"_s.arg(project.fileHeads.join(u", "_s)));
}

QStringList headsOf(const ForeignTable &table)
{
    QStringList heads;
    for (const QJsonObject &row : table.rows)
        heads << row.value("version_num"_L1).toString();
    heads.sort();
    return heads;
}

} // namespace

QVector<ForeignProject> alembicProjects(const ForeignSources &sources)
{
    QVector<const ForeignTable *> tables = sources.withColumns({"version_num"_L1});
    QVector<ForeignProject> projects;
    for (const QString &root : {sources.folder, sources.place({u".."_s})}) {
        const QHash<QString, QString> ini = root.isEmpty() ? QHash<QString, QString>() : keysOf(readSmall(QDir(root).filePath(u"alembic.ini"_s)), "alembic"_L1);
        const QHash<QString, QString> toml = root.isEmpty() ? QHash<QString, QString>() : keysOf(readSmall(QDir(root).filePath(u"pyproject.toml"_s)), "tool.alembic"_L1);
        // Seen from a folder inside, the file above must be of this folder.
        if (ini.isEmpty() && toml.isEmpty())
            continue;
        QHash<QString, QString> keys = ini;
        for (auto key = toml.cbegin(); key != toml.cend(); ++key)
            keys.insert(key.key(), key.value());
        const Scripts scripts = scriptsOf(root, keys);
        if (root != sources.folder && std::none_of(scripts.folders.cbegin(), scripts.folders.cend(), [&](const QString &one) { return one == sources.folder || one.startsWith(sources.folder + u'/'); }))
            continue;
        ForeignProject probe;
        const Graph graph = readGraph(scripts, probe);
        // Of several tables the one whose heads are these files'; else the first.
        const auto ours = std::find_if(tables.cbegin(), tables.cend(), [&](const ForeignTable *table) {
            const QStringList heads = headsOf(*table);
            return !heads.isEmpty() && std::all_of(heads.cbegin(), heads.cend(), [&](const QString &head) { return graph.find(head); });
        });
        const ForeignTable *table = tables.isEmpty() ? nullptr : ours == tables.cend() ? tables.constFirst() : *ours;
        ForeignProject project = projectOf(u"alembic"_s, sources, root, table);
        project.canRun = true;
        project.problems += probe.problems;
        if (!scripts.problem.isEmpty())
            addProblem(project, scripts.problem);
        if (table) {
            project.heads = headsOf(*table);
            tables.removeOne(table);
        }
        fill(project, graph);
        projects.append(project);
        break;
    }
    for (const ForeignTable *table : std::as_const(tables)) {
        ForeignProject project = projectOf(u"alembic"_s, sources, {}, table);
        project.heads = headsOf(*table);
        fill(project, {});
        projects.append(project);
    }
    return projects;
}

} // namespace howdah::migrations
