// SPDX-License-Identifier: GPL-3.0-or-later
// What a logical backup holds, beside it as dump_manifest.json: every file with its sum, every relation by its number and true name, which the lists
// of pg_restore only approximate. Its own sum is in howdah-backup.json. Untrusted when read. Pure, any thread.
#pragma once

#include "base/result.h"

#include <QHash>
#include <QJsonObject>
#include <QStringList>
#include <QVector>

namespace howdah::backup
{

struct DumpRelation {
    quint32 oid = 0;
    QString schema;
    QString name;
    QChar kind;       // pg_class.relkind
    qint64 bytes = 0; // on the server, of a table
    bool data = false; // its rows are in the dump
    quint32 parent = 0; // of a partition or a child table
    bool ofExtension = false; // its script makes the table: the rows alone are in the dump
    QString text() const; // "public.orders", quoted where the names need it
};

struct DumpFile {
    QString path; // below the backup's folder
    qint64 bytes = 0;
    QByteArray sha256; // hex
};

struct DumpManifest {
    QString id;
    QString database;
    bool directory = false; // else one file in the custom format
    QString encoding;       // of the database: "UTF8"
    QString provider;       // of its locale: "libc", "icu", "builtin"
    QString collate, ctype, locale;
    QString role;           // that read it
    bool bypasses = false;  // it reads past row security
    bool schemaOnly = false;
    bool statistics = false;
    bool whole = true;      // nothing was chosen or left out
    QStringList only, exclude;
    bool globals = false;
    bool passwords = false; // the roles' verifiers are in globals.sql
    qint64 largeObjects = 0;
    QVector<DumpRelation> relations;
    QHash<quint64, quint32> parts; // partKey() of an index, a constraint and the like -> its table
    QStringList roles;             // that its objects name
    QVector<DumpFile> files;

    static quint64 partKey(quint32 catalog, quint32 oid) { return quint64(catalog) << 32 | oid; }
    QString path() const { return directory ? QStringLiteral("database") : QStringLiteral("database.dump"); } // of the dump itself
    const DumpRelation *relation(quint32 oid) const;
    QJsonObject toJson() const;
    // Errors: Client/bad_record, where anything in it is not what we would write.
    static Result<DumpManifest> fromJson(const QJsonObject &json, const QString &id);
};

// "schema.table", "Odd name".t, "schema.*" (the name is empty then). What is not quoted is taken as it is. Errors: Client/usage.
struct RelationWord {
    QString schema;
    QString name;
    bool operator==(const RelationWord &) const = default;
};
Result<RelationWord> parseRelationWord(const QString &word);

} // namespace howdah::backup
