// SPDX-License-Identifier: GPL-3.0-or-later
// Databases and schemas: what can be entered.
#include "catalog/objects.h"

namespace howdah::catalog
{

using namespace Qt::StringLiterals;

static Object enterable(const pg::Rows &rows, qsizetype row, ObjectKind kind)
{
    Object object;
    object.ref = {kind, quint32(rows.integer(row, "oid"_L1).value_or(0)), 0};
    object.name = rows.text(row, "name"_L1);
    object.owner = rows.text(row, "owner"_L1);
    object.comment = rows.text(row, "comment"_L1);
    object.system = rows.boolean(row, "system"_L1).value_or(false);
    object.permitted = rows.boolean(row, "permitted"_L1).value_or(false);
    return object;
}

Result<QVector<Object>> listDatabases(pg::Connection &connection, const CancelToken &cancel)
{
    const auto rows = connection.runFile(u"catalog/databases"_s, {}, {}, cancel);
    if (!rows)
        return fail(Error(rows.error()).during(u"list the databases"_s));
    QVector<Object> objects;
    objects.reserve(rows->size());
    for (qsizetype row = 0; row < rows->size(); ++row) {
        Object object = enterable(*rows, row, ObjectKind::Database);
        object.detail = rows->text(row, "encoding"_L1) + u", "_s + rows->text(row, "collation"_L1);
        if (const auto limit = rows->integer(row, "connection_limit"_L1); limit && *limit >= 0)
            object.detail += u", at most %1 connections"_s.arg(*limit);
        objects.append(object);
    }
    return objects;
}

Result<QVector<Object>> listSchemas(pg::Connection &connection, const CancelToken &cancel)
{
    const auto rows = connection.runFile(u"catalog/schemas"_s, {}, {}, cancel);
    if (!rows)
        return fail(Error(rows.error()).during(u"list the schemas"_s));
    QVector<Object> objects;
    objects.reserve(rows->size());
    for (qsizetype row = 0; row < rows->size(); ++row)
        objects.append(enterable(*rows, row, ObjectKind::Schema));
    return objects;
}

} // namespace howdah::catalog
