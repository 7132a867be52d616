// SPDX-License-Identifier: GPL-3.0-or-later
// golang-migrate (one row: the version, and whether it is dirty) and goose (a row a step, the latest of a version counts). Source of the formats:
// golang-migrate 4.19, goose 3.27, read for their facts.
#include "migrations/foreignparts.h"

#include <QHash>
#include <QRegularExpression>

#include <algorithm>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

namespace
{

const QStringList places{u"."_s, u"migrations"_s, u"db/migrations"_s, u"db/migration"_s, u"database/migrations"_s, u"sql"_s, u"sql/migrations"_s};

void sortByNumber(QVector<ForeignFile> &files)
{
    std::sort(files.begin(), files.end(), [](const ForeignFile &a, const ForeignFile &b) { return a.id.toULongLong() < b.id.toULongLong(); });
}

// Leading zeros are no part of a number: "0001" is version 1.
QString plain(const QString &digits)
{
    return QString::number(digits.toULongLong());
}

void twice(ForeignProject &project, const QVector<ForeignFile> &files)
{
    for (qsizetype i = 1; i < files.size(); ++i) {
        if (files.at(i).id == files.at(i - 1).id)
            addProblem(project, u"Two files are the version %1"_s.arg(files.at(i).id));
    }
}

} // namespace

QVector<ForeignProject> golangMigrateProjects(const ForeignSources &sources)
{
    static const QRegularExpression name(u"^([0-9]+)_(.*)\\.(down|up)\\.(.*)$"_s);
    QString folder;
    QVector<ForeignFile> files;
    for (const QString &place : places) {
        const QString path = sources.place({place});
        if (path.isEmpty() || !files.isEmpty())
            continue;
        const QStringList entries = QDir(path).entryList(QDir::Files, QDir::Name);
        for (const QString &entry : entries) {
            if (const auto is = name.match(entry); is.hasMatch() && is.captured(3) == "up"_L1)
                files.append({plain(is.captured(1)), QString(is.captured(2)).replace(u'_', u' '), QDir(path).filePath(entry)});
        }
        folder = files.isEmpty() ? QString() : path;
    }
    sortByNumber(files);
    // sqlx names its reversible files in the same way.
    const bool ofSqlx = sources.table("_sqlx_migrations"_L1) || (!folder.isEmpty() && (QFile::exists(folder + u"/Cargo.toml"_s) || QFile::exists(folder + u"/../Cargo.toml"_s)));
    QVector<const ForeignTable *> tables = sources.withColumns({"version bigint"_L1, "dirty boolean"_L1});
    QVector<ForeignProject> projects;
    for (qsizetype i = 0; i == 0 || i < tables.size(); ++i) {
        const ForeignTable *table = tables.value(i);
        const bool withFiles = i == 0 && !files.isEmpty() && (table || !ofSqlx);
        if (!withFiles && !table)
            continue;
        ForeignProject project = projectOf(u"golang-migrate"_s, sources, withFiles ? folder : QString(), table);
        project.runsBy = u"migrate"_s;
        QVector<ForeignRow> rows;
        QString current;
        bool dirty = false;
        if (table && !table->rows.isEmpty()) {
            current = textOf(table->rows.constFirst().value("version"_L1));
            dirty = table->rows.constFirst().value("dirty"_L1).toBool();
        }
        if (withFiles) {
            twice(project, files);
            for (const ForeignFile &file : std::as_const(files)) {
                if (!current.isEmpty() && file.id.toULongLong() <= current.toULongLong())
                    rows.append({file.id, file.title, {}, {}, {}});
            }
        }
        if (!current.isEmpty() && (rows.isEmpty() || rows.constLast().id != current))
            rows.append({current, {}, {}, {}, {}});
        if (dirty) {
            rows.last().note = u"dirty"_s;
            addProblem(project, u"Dirty at version %1: its migration was begun and did not end well, and what of it stands nobody wrote down. Look, put it right by hand, then `migrate force VERSION`"_s.arg(current));
        }
        fillLine(project, withFiles ? files : QVector<ForeignFile>(), rows);
        if (!current.isEmpty() && project.folder.isEmpty())
            project.migrations.last().note += project.migrations.constLast().note.isEmpty() ? u"the versions before it are not kept"_s : u"; the versions before it are not kept"_s;
        projects.append(project);
    }
    return projects;
}

QVector<ForeignProject> gooseProjects(const ForeignSources &sources)
{
    static const QRegularExpression name(u"^([0-9]+)_(.*)\\.(sql|go)$"_s), directive(u"^-- \\+goose Up"_s, QRegularExpression::MultilineOption);
    QString folder;
    QVector<ForeignFile> files;
    for (const QString &place : places) {
        const QString path = sources.place({place});
        if (path.isEmpty() || !files.isEmpty())
            continue;
        bool isGoose = false;
        const QStringList entries = QDir(path).entryList(QDir::Files, QDir::Name);
        for (const QString &entry : entries) {
            const auto is = name.match(entry);
            if (!is.hasMatch() || entry.endsWith("_test.go"_L1))
                continue;
            const QByteArray text = readSmall(QDir(path).filePath(entry));
            const bool its = entry.endsWith(".sql"_L1) ? QString::fromUtf8(text).contains(directive) : text.contains("goose.");
            isGoose = isGoose || its;
            if (its)
                files.append({plain(is.captured(1)), QString(is.captured(2)).replace(u'_', u' '), QDir(path).filePath(entry)});
        }
        folder = isGoose ? path : QString();
    }
    sortByNumber(files);
    const QVector<const ForeignTable *> tables = sources.withColumns({"version_id bigint"_L1, "is_applied boolean"_L1, "tstamp"_L1});
    QVector<ForeignProject> projects;
    for (qsizetype i = 0; i == 0 || i < tables.size(); ++i) {
        const ForeignTable *table = tables.value(i);
        const bool withFiles = i == 0 && !files.isEmpty();
        if (!withFiles && !table)
            continue;
        ForeignProject project = projectOf(u"goose"_s, sources, withFiles ? folder : QString(), table);
        // Of a version the latest row counts; one that says "not applied" is a step back.
        QVector<QJsonObject> steps = table ? table->rows : QVector<QJsonObject>();
        std::sort(steps.begin(), steps.end(), [](const QJsonObject &a, const QJsonObject &b) { return a.value("id"_L1).toInteger() < b.value("id"_L1).toInteger(); });
        QVector<ForeignRow> rows;
        for (const QJsonObject &step : std::as_const(steps)) {
            const QString version = textOf(step.value("version_id"_L1));
            rows.removeIf([&](const ForeignRow &row) { return row.id == version; });
            if (version != "0"_L1 && step.value("is_applied"_L1).toBool())
                rows.append({version, {}, momentOf(step.value("tstamp"_L1)), {}, zonelessNote(step.value("tstamp"_L1))});
        }
        twice(project, files);
        fillLine(project, withFiles ? files : QVector<ForeignFile>(), rows);
        const qulonglong last = rows.isEmpty() ? 0 : std::max_element(rows.cbegin(), rows.cend(), [](const ForeignRow &a, const ForeignRow &b) { return a.id.toULongLong() < b.id.toULongLong(); })->id.toULongLong();
        for (const QString &id : std::as_const(project.pending)) {
            if (id.toULongLong() < last)
                addProblem(project, u"%1 is pending though %2 is applied: goose refuses it without -allow-missing"_s.arg(id).arg(last));
        }
        projects.append(project);
    }
    return projects;
}

} // namespace howdah::migrations
