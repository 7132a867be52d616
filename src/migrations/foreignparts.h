// SPDX-License-Identifier: GPL-3.0-or-later
// What the readers of each tool's projects share: files and tables as they were found, and how a history becomes a project. Internal to src/migrations.
#pragma once

#include "migrations/foreign.h"

#include <QDir>

namespace howdah::migrations
{

struct ForeignTable {
    QString schema;
    QString name;
    QStringList columns; // "version bigint", by name
    QVector<QJsonObject> rows;
    QString problem;     // why its rows could not be read; empty: they were
    QString place() const { return schema + u'.' + name; }
    bool has(QLatin1StringView column) const;
};

struct ForeignSources {
    QString folder;
    bool asked = false;
    QVector<ForeignTable> tables;

    const ForeignTable *table(QLatin1StringView name, QLatin1StringView schema = {}) const; // null: none
    QVector<const ForeignTable *> withColumns(std::initializer_list<QLatin1StringView> columns) const;
    // The first of these folders, seen from `folder`, that is there; "." is the folder itself. Empty: none.
    QString place(const QStringList &places) const;
};

struct ForeignFile {
    QString id;
    QString title;
    QString path;
};
struct ForeignRow {
    QString id;
    QString title;
    std::optional<qint64> ms;
    QString who;
    QString note;
    bool fileless = false; // never had a file: no problem that there is none
};

// Whole, if it is no larger than 4 MB; null: it can't be read.
QByteArray readSmall(const QString &path);
// "2026-11-26T21:00:00+00:00" as JSON has it; nullopt: without a zone, or none.
std::optional<qint64> momentOf(const QJsonValue &value);
// The same for people, of one without a zone: "at 2026-11-26 21:00:00 (no time zone)".
QString zonelessNote(const QJsonValue &value);
QString textOf(const QJsonValue &value); // numbers too, whole

ForeignProject projectOf(const QString &tool, const ForeignSources &sources, const QString &folder, const ForeignTable *table);
// A tool without branches: files in their order, rows in the order in which they were applied.
void fillLine(ForeignProject &project, const QVector<ForeignFile> &files, const QVector<ForeignRow> &rows);
// Heads, pending and place of what has migrations with their parents.
void finish(ForeignProject &project);
void addProblem(ForeignProject &project, const QString &problem);

QVector<ForeignProject> alembicProjects(const ForeignSources &sources);
QVector<ForeignProject> sqitchProjects(const ForeignSources &sources);
QVector<ForeignProject> golangMigrateProjects(const ForeignSources &sources);
QVector<ForeignProject> gooseProjects(const ForeignSources &sources);
QVector<ForeignProject> flywayProjects(const ForeignSources &sources);
QVector<ForeignProject> knexProjects(const ForeignSources &sources);
QVector<ForeignProject> nodePgMigrateProjects(const ForeignSources &sources);
QVector<ForeignProject> otherProjects(const ForeignSources &sources);

// A revision of Alembic as its file states it, read by its tokens: the file is never executed.
struct AlembicRevision {
    QString revision;
    QStringList down;
    QStringList dependsOn;
    QStringList labels;
    QString title;
    QString problem;
};
AlembicRevision parseAlembicRevision(const QByteArray &source);

} // namespace howdah::migrations
