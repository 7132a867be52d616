// SPDX-License-Identifier: GPL-3.0-or-later
// One schema's tables, views, sequences and functions.
#include "catalog/kinds.h"
#include "base/units.h"

namespace howdah::catalog
{

using namespace Qt::StringLiterals;

static QString relationDetail(const pg::Rows &rows, qsizetype row, ObjectKind kind, double estimatedRows)
{
    QStringList parts;
    const auto add = [&](const QString &text) {
        if (!text.isEmpty())
            parts << text;
    };
    if (estimatedRows >= 0)
        add(u"about %1 rows"_s.arg(units::exact(estimatedRows)));
    add(rows.text(row, "persistence"_L1));
    if (const QString key = rows.text(row, "partition_key"_L1); !key.isEmpty())
        add(u"partitioned by "_s + key);
    if (rows.boolean(row, "is_partition"_L1).value_or(false))
        add(QString(u"partition of "_s + rows.text(row, "parent"_L1) + u' ' + rows.text(row, "bound"_L1)).trimmed());
    if (const QString parents = rows.text(row, "inherits"_L1); !parents.isEmpty())
        add(u"inherits "_s + parents);
    if (kind == ObjectKind::MaterializedView && !rows.boolean(row, "populated"_L1).value_or(true))
        add(u"not populated"_s);
    if (const QString security = rows.text(row, "row_security"_L1); !security.isEmpty())
        add(u"row security "_s + security);
    add(rows.text(row, "options"_L1));
    if (rows.boolean(row, "locked"_L1).value_or(false))
        add(u"locked exclusively just now"_s); // which also leaves a partition's bound unsaid
    return parts.join(u", "_s);
}

Result<QVector<Object>> listRelations(pg::Connection &connection, quint32 schemaOid, const CancelToken &cancel)
{
    const auto rows = connection.runFile(u"catalog/relations"_s, {schemaOid}, {}, cancel);
    if (!rows)
        return fail(Error(rows.error()).during(u"list the relations of a schema"_s));
    QVector<Object> objects;
    objects.reserve(rows->size());
    for (qsizetype row = 0; row < rows->size(); ++row) {
        Object object;
        object.ref = {relationKind(rows->text(row, "kind"_L1)), quint32(rows->integer(row, "oid"_L1).value_or(0)), 0};
        object.name = rows->text(row, "name"_L1);
        object.schema = rows->text(row, "schema"_L1);
        object.owner = rows->text(row, "owner"_L1);
        object.comment = rows->text(row, "comment"_L1);
        object.system = rows->boolean(row, "system"_L1).value_or(false);
        if (object.ref.kind != ObjectKind::View && object.ref.kind != ObjectKind::Sequence)
            object.estimatedRows = rows->real(row, "estimated_rows"_L1).value_or(-1);
        object.detail = relationDetail(*rows, row, object.ref.kind, object.estimatedRows);
        objects.append(object);
    }
    return objects;
}

Result<QVector<Object>> listFunctions(pg::Connection &connection, quint32 schemaOid, const CancelToken &cancel)
{
    const auto rows = connection.runFile(u"catalog/functions"_s, {schemaOid}, {}, cancel);
    if (!rows)
        return fail(Error(rows.error()).during(u"list the functions of a schema"_s));
    QVector<Object> objects;
    objects.reserve(rows->size());
    for (qsizetype row = 0; row < rows->size(); ++row) {
        Object object;
        const QString kind = rows->text(row, "kind"_L1);
        object.ref = {functionKind(kind), quint32(rows->integer(row, "oid"_L1).value_or(0)), 0};
        object.name = rows->text(row, "name"_L1) + u'(' + rows->text(row, "arguments"_L1) + u')';
        object.schema = rows->text(row, "schema"_L1);
        object.owner = rows->text(row, "owner"_L1);
        object.comment = rows->text(row, "comment"_L1);
        object.system = rows->boolean(row, "system"_L1).value_or(false);
        QStringList detail;
        if (const QString result = rows->text(row, "result"_L1); !result.isEmpty()) // a procedure has none
            detail << u"returns "_s + result;
        if (kind == "w"_L1)
            detail << u"window function"_s;
        if (object.ref.kind != ObjectKind::Aggregate)
            detail << rows->text(row, "language"_L1);
        if (rows->boolean(row, "definer"_L1).value_or(false))
            detail << u"security definer"_s;
        object.detail = detail.join(u", "_s);
        objects.append(object);
    }
    return objects;
}

} // namespace howdah::catalog
