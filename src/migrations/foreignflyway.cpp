// SPDX-License-Identifier: GPL-3.0-or-later
// Flyway: versioned and repeatable files, and a history with a checksum a row. Source of the formats: Flyway 13, read for its facts.
#include "migrations/foreignparts.h"

#include <QHash>
#include <QRegularExpression>
#include <QSet>

#include <algorithm>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

namespace
{

quint32 crc32(quint32 crc, QByteArrayView bytes)
{
    for (const char byte : bytes) {
        crc ^= uchar(byte);
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc >> 1) ^ (crc & 1 ? 0xEDB88320u : 0u);
    }
    return crc;
}

struct Script {
    QChar kind; // V, R, B; U is paid for and undoes a V
    QString version; // dots
    QString description;
    QString name;
    qint32 checksum = 0;
};

QVector<Script> readScripts(const QString &folder, bool deeper)
{
    static const QRegularExpression form(u"^([VRB])(.*?)__(.*)\\.sql$"_s);
    QVector<Script> scripts;
    const QDir dir(folder);
    QStringList entries = dir.entryList(QDir::Files, QDir::Name);
    const QStringList below = deeper ? dir.entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name) : QStringList(); // one floor, as people sort them
    for (const QString &one : below) {
        const QStringList inside = QDir(dir.filePath(one)).entryList(QDir::Files, QDir::Name);
        for (const QString &name : inside)
            entries << one + u'/' + name;
    }
    for (const QString &entry : std::as_const(entries)) {
        const auto is = form.match(QFileInfo(entry).fileName());
        if (!is.hasMatch() || (is.captured(1) == "R"_L1) != is.captured(2).isEmpty())
            continue;
        Script script{is.captured(1).at(0), is.captured(2).replace(u'_', u'.'), is.captured(3).replace(u'_', u' '), entry, flywayChecksum(readSmall(dir.filePath(entry)))};
        scripts.append(script);
    }
    std::stable_sort(scripts.begin(), scripts.end(), [](const Script &a, const Script &b) {
        if ((a.kind == u'R') != (b.kind == u'R'))
            return b.kind == u'R';
        return a.kind == u'R' ? a.description < b.description : compareFlywayVersions(a.version, b.version) < 0;
    });
    return scripts;
}

// "1.10", "R view of orders": versions are compared by their value, so that 1 is 1.0.
QString idOf(const Script &script)
{
    return script.kind == u'R' ? u"R "_s + script.description : script.version;
}

struct Applied {
    QJsonObject row;
    QString id;
    bool is(const Script &script) const
    {
        const bool repeatable = row.value("version"_L1).isNull();
        return repeatable ? script.kind == u'R' && row.value("description"_L1).toString() == script.description
                          : script.kind != u'R' && compareFlywayVersions(id, script.version) == 0;
    }
};

// What stands of the rows, in the order in which they were run: an undo and a deletion take what they are of away again.
QVector<Applied> standing(const ForeignTable &table, ForeignProject &project)
{
    QVector<QJsonObject> rows = table.rows;
    std::sort(rows.begin(), rows.end(), [](const QJsonObject &a, const QJsonObject &b) { return a.value("installed_rank"_L1).toInteger() < b.value("installed_rank"_L1).toInteger(); });
    QVector<Applied> applied;
    for (const QJsonObject &row : std::as_const(rows)) {
        const QString type = row.value("type"_L1).toString();
        const bool repeatable = row.value("version"_L1).isNull();
        const QString id = repeatable ? u"R "_s + row.value("description"_L1).toString() : row.value("version"_L1).toString();
        if (type == "SCHEMA"_L1)
            continue;
        if (!row.value("success"_L1).toBool()) {
            addProblem(project, u"%1 failed, and its row stands: put it right, then `flyway repair`"_s.arg(id));
            continue;
        }
        applied.removeIf([&](const Applied &other) { return other.id == id; });
        if (!type.startsWith("UNDO"_L1) && type != "DELETE"_L1)
            applied.append({row, id});
    }
    return applied;
}

void compare(ForeignProject &project, const QVector<Script> &scripts, const QVector<Applied> &applied)
{
    QString baseline, highest;
    for (const Applied &one : applied) {
        if (one.row.value("version"_L1).isNull())
            continue;
        if (one.row.value("type"_L1).toString().contains("BASELINE"_L1))
            baseline = one.id;
        if (highest.isEmpty() || compareFlywayVersions(highest, one.id) < 0)
            highest = one.id;
    }
    for (const Script &script : scripts) {
        const auto row = std::find_if(applied.cbegin(), applied.cend(), [&](const Applied &one) { return one.is(script); });
        const QString id = idOf(script);
        const auto found = std::find_if(project.migrations.begin(), project.migrations.end(), [&](const ForeignMigration &one) { return one.id == id; });
        if (found == project.migrations.end())
            continue;
        if (row == applied.cend()) {
            if (!baseline.isEmpty() && script.kind == u'V' && compareFlywayVersions(script.version, baseline) <= 0) {
                project.pending.removeAll(id);
                found->note = u"below the baseline %1"_s.arg(baseline);
            } else if (script.kind == u'B' && !highest.isEmpty()) {
                project.pending.removeAll(id);
                found->note = u"a baseline, for empty databases alone"_s;
            } else if (script.kind == u'V' && !highest.isEmpty() && compareFlywayVersions(script.version, highest) < 0) {
                addProblem(project, u"%1 is pending though %2 is applied: Flyway runs it only with outOfOrder"_s.arg(id, highest));
            }
            continue;
        }
        const QJsonValue kept = row->row.value("checksum"_L1);
        if (kept.isNull() || qint32(kept.toInteger()) == script.checksum)
            continue;
        if (script.kind == u'R') {
            project.pending << id;
            found->note = u"changed: it runs again"_s;
        } else {
            addProblem(project, u"%1 was edited since it was applied: its checksum is %2, and that of the history is %3"_s.arg(script.name).arg(script.checksum).arg(kept.toInteger()));
            found->note = u"edited"_s;
        }
    }
}

} // namespace

qint32 flywayChecksum(const QByteArray &file)
{
    QByteArrayView left(file);
    if (left.startsWith("\xEF\xBB\xBF"))
        left = left.sliced(3);
    quint32 crc = ~0u;
    while (!left.isEmpty()) {
        const auto end = std::find_if(left.begin(), left.end(), [](char c) { return c == '\n' || c == '\r'; });
        crc = crc32(crc, left.first(end - left.begin()));
        left = left.sliced(std::min<qsizetype>(end - left.begin() + 1, left.size()));
    }
    return qint32(~crc);
}

int compareFlywayVersions(const QString &a, const QString &b)
{
    const auto parts = [](const QString &version) { return QString(version).replace(u'_', u'.').split(u'.'); };
    const QStringList left = parts(a), right = parts(b);
    for (qsizetype i = 0; i < std::max(left.size(), right.size()); ++i) {
        const auto digits = [](const QString &part) {
            QString text = part;
            while (text.startsWith(u'0'))
                text.remove(0, 1);
            return text;
        };
        const QString x = digits(left.value(i)), y = digits(right.value(i));
        if (x != y)
            return x.size() != y.size() ? (x.size() < y.size() ? -1 : 1) : x.compare(y) < 0 ? -1 : 1;
    }
    return 0;
}

QVector<ForeignProject> flywayProjects(const ForeignSources &sources)
{
    QString folder;
    QVector<Script> scripts;
    const QStringList places{u"."_s, u"sql"_s, u"migrations"_s, u"db/migration"_s, u"db/migrations"_s, u"src/main/resources/db/migration"_s};
    for (const QString &place : places) {
        const QString path = sources.place({place});
        if (path.isEmpty() || !scripts.isEmpty() || readScripts(path, false).isEmpty())
            continue;
        scripts = readScripts(path, true);
        folder = path;
    }
    const QVector<const ForeignTable *> tables = sources.withColumns({"installed_rank integer"_L1, "checksum integer"_L1, "script"_L1, "success boolean"_L1});
    QVector<ForeignProject> projects;
    for (qsizetype i = 0; i == 0 || i < tables.size(); ++i) {
        const ForeignTable *table = tables.value(i);
        const bool withFiles = i == 0 && !scripts.isEmpty();
        if (!withFiles && !table)
            continue;
        ForeignProject project = projectOf(u"flyway"_s, sources, withFiles ? folder : QString(), table);
        const QVector<Applied> applied = table ? standing(*table, project) : QVector<Applied>();
        QVector<ForeignFile> files;
        QVector<ForeignRow> rows;
        QStringList taken;
        for (const Script &script : withFiles ? scripts : QVector<Script>()) {
            if (taken.contains(idOf(script)))
                addProblem(project, u"Two files are the version %1"_s.arg(idOf(script)));
            else
                files.append({idOf(script), script.description, script.name});
            taken << idOf(script);
        }
        for (const Applied &one : applied) {
            const auto script = std::find_if(scripts.cbegin(), scripts.cend(), [&](const Script &any) { return one.is(any); });
            const QString type = one.row.value("type"_L1).toString();
            QStringList notes;
            if (type != "SQL"_L1)
                notes << type.toLower();
            notes << zonelessNote(one.row.value("installed_on"_L1));
            notes.removeAll(QString());
            rows.append({withFiles && script != scripts.cend() ? idOf(*script) : one.id, one.row.value("description"_L1).toString(), momentOf(one.row.value("installed_on"_L1)), one.row.value("installed_by"_L1).toString(), notes.join(u"; "_s), type != "SQL"_L1});
            if (!one.row.value("version"_L1).isNull() && (project.heads.isEmpty() || compareFlywayVersions(project.heads.constFirst(), one.id) < 0))
                project.heads = {rows.constLast().id}; // the highest version, as its own `info` says it
        }
        fillLine(project, files, rows);
        if (withFiles)
            compare(project, scripts, applied);
        projects.append(project);
    }
    return projects;
}

} // namespace howdah::migrations
