// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/changenames.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

Result<quint32> databaseOf(pg::Connection &connection, const CancelToken &cancel)
{
    const auto rows = connection.runFile(u"backup/database_oid"_s, {}, {}, cancel);
    return rows ? Result<quint32>(quint32(rows->integer(0, "oid"_L1).value_or(0))) : fail(rows.error());
}

Result<RelationNames> namesOf(pg::Connection &connection, const QVector<RelationFile> &files, const CancelToken &cancel)
{
    RelationNames names;
    const auto database = databaseOf(connection, cancel);
    if (!database)
        return fail(database.error());
    QStringList tablespaces, numbers;
    for (const RelationFile &file : files) {
        if (file.database != *database)
            continue;
        tablespaces << QString::number(file.tablespace);
        numbers << QString::number(file.number);
    }
    if (numbers.isEmpty())
        return names;
    const auto rows = connection.runFile(u"backup/relations_of_files"_s, {u"{%1}"_s.arg(tablespaces.join(u',')), u"{%1}"_s.arg(numbers.join(u','))}, {}, cancel);
    if (!rows)
        return fail(rows.error());
    for (qsizetype row = 0; row < rows->size(); ++row)
        names.insert({quint32(rows->integer(row, "tablespace"_L1).value_or(0)), *database, quint32(rows->integer(row, "number"_L1).value_or(0))}, {rows->text(row, "name"_L1), rows->boolean(row, "toast"_L1).value_or(false)});
    return names;
}

bool isTold(const RelationNames &names, const RelationFile &file)
{
    const auto known = names.constFind(file);
    return file.number >= 16384 && (known == names.cend() || (!known->isToast && !known->isSystem()));
}

Result<QVector<RelationFile>> filesOf(pg::Connection &connection, const QStringList &tables, const CancelToken &cancel)
{
    const auto rows = connection.runFile(u"backup/files_of_relations"_s, {QString::fromUtf8(QJsonDocument(QJsonArray::fromStringList(tables)).toJson(QJsonDocument::Compact))}, {}, cancel);
    if (!rows)
        return fail(rows.error());
    QVector<RelationFile> files;
    for (qsizetype row = 0; row < rows->size(); ++row) {
        const auto number = rows->integer(row, "number"_L1);
        if (!number || *number == 0)
            return fail(ErrorKind::Client, u"no_such_table"_s, u"There is no table %1 with rows of its own"_s.arg(rows->text(row, "name"_L1)), u"Of a partitioned table the partitions have the rows. The name is written as schema.table"_s);
        files.append({quint32(rows->integer(row, "tablespace"_L1).value_or(0)), quint32(rows->integer(row, "database"_L1).value_or(0)), quint32(*number)});
    }
    return files;
}

} // namespace howdah::backup
