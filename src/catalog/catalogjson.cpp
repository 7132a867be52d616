// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/kinds.h"
#include "catalog/parts.h"

#include <QHash>
#include <QJsonArray>

namespace howdah::catalog
{

using namespace Qt::StringLiterals;

namespace
{
using ByRelation = QHash<quint32, QJsonArray>;

QJsonValue textOrNull(const pg::Rows &rows, qsizetype row, QLatin1StringView column)
{
    const int index = rows.columnIndex(column);
    return index < 0 || rows.isNull(row, index) ? QJsonValue() : QJsonValue(rows.text(row, index));
}

bool flag(const pg::Rows &rows, qsizetype row, QLatin1StringView column)
{
    return rows.boolean(row, column).value_or(false);
}

template<typename Fn>
ByRelation byRelation(const pg::Rows &rows, Fn objectOf)
{
    ByRelation grouped;
    for (qsizetype row = 0; row < rows.size(); ++row) {
        QJsonObject object = objectOf(row);
        object.insert("name"_L1, rows.text(row, "name"_L1));
        if (const QJsonValue comment = textOrNull(rows, row, "comment"_L1); !comment.isNull())
            object.insert("comment"_L1, comment);
        grouped[quint32(rows.integer(row, "relation"_L1).value_or(0))].append(object);
    }
    return grouped;
}

QJsonObject columnJson(const pg::Rows &rows, qsizetype row)
{
    return {{u"type"_s, rows.text(row, "type"_L1)},
            {u"not_null"_s, flag(rows, row, "not_null"_L1)},
            {u"default"_s, textOrNull(rows, row, "default_value"_L1)},
            {u"identity"_s, rows.text(row, "identity"_L1)},
            {u"generated"_s, rows.text(row, "generated"_L1)},
            {u"collation"_s, textOrNull(rows, row, "collation"_L1)},
            {u"inherited"_s, flag(rows, row, "inherited"_L1)}};
}

QJsonObject indexJson(const pg::Rows &rows, qsizetype row)
{
    return {{u"definition"_s, textOrNull(rows, row, "definition"_L1)},
            {u"unique"_s, flag(rows, row, "is_unique"_L1)},
            {u"primary"_s, flag(rows, row, "is_primary"_L1)},
            {u"valid"_s, flag(rows, row, "valid"_L1)},
            {u"being_built"_s, flag(rows, row, "building"_L1)}};
}

QJsonObject constraintJson(const pg::Rows &rows, qsizetype row)
{
    return {{u"type"_s, rows.text(row, "type"_L1)},
            {u"definition"_s, textOrNull(rows, row, "definition"_L1)},
            {u"validated"_s, flag(rows, row, "validated"_L1)},
            {u"inherited"_s, flag(rows, row, "inherited"_L1)}};
}

Result<QJsonArray> relationsJson(pg::Connection &connection, quint32 schemaOid, const CancelToken &cancel)
{
    const auto rows = connection.runFile(u"catalog/relations"_s, {schemaOid}, {}, cancel);
    if (!rows)
        return fail(rows.error());
    std::vector<quint32> oids;
    oids.reserve(size_t(rows->size()));
    for (qsizetype row = 0; row < rows->size(); ++row)
        oids.push_back(quint32(rows->integer(row, "oid"_L1).value_or(0)));
    const auto parts = readParts(connection, oids, cancel);
    if (!parts)
        return fail(parts.error());
    const ByRelation columns = byRelation(parts->columns, [&](qsizetype row) { return columnJson(parts->columns, row); });
    const ByRelation indexes = byRelation(parts->indexes, [&](qsizetype row) { return indexJson(parts->indexes, row); });
    const ByRelation constraints = byRelation(parts->constraints, [&](qsizetype row) { return constraintJson(parts->constraints, row); });
    const ByRelation triggers = byRelation(parts->triggers, [&](qsizetype row) {
        return QJsonObject{{u"definition"_s, textOrNull(parts->triggers, row, "definition"_L1)}, {u"enabled"_s, parts->triggers.text(row, "enabled"_L1) != "disabled"_L1}};
    });
    const ByRelation policies = byRelation(parts->policies, [&](qsizetype row) {
        return QJsonObject{{u"definition"_s, textOrNull(parts->policies, row, "definition"_L1)}};
    });

    QJsonArray relations;
    for (qsizetype row = 0; row < rows->size(); ++row) {
        const quint32 oid = oids[size_t(row)];
        QJsonObject relation{{u"name"_s, rows->text(row, "name"_L1)},
                             {u"kind"_s, kindName(relationKind(rows->text(row, "kind"_L1)))},
                             {u"owner"_s, rows->text(row, "owner"_L1)},
                             {u"columns"_s, columns.value(oid)},
                             {u"indexes"_s, indexes.value(oid)},
                             {u"constraints"_s, constraints.value(oid)},
                             {u"triggers"_s, triggers.value(oid)},
                             {u"policies"_s, policies.value(oid)}};
        for (const auto &name : {"comment"_L1, "parent"_L1, "bound"_L1, "partition_key"_L1, "inherits"_L1, "options"_L1}) {
            if (const QJsonValue value = textOrNull(*rows, row, name); !value.isNull())
                relation.insert(name, value);
        }
        for (const auto &name : {"persistence"_L1, "row_security"_L1}) {
            if (const QString value = rows->text(row, name); !value.isEmpty())
                relation.insert(name, value);
        }
        if (flag(*rows, row, "locked"_L1))
            relation.insert("locked"_L1, true); // definitions and defaults are null then: not known
        relations.append(relation);
    }
    return relations;
}

Result<QJsonArray> functionsJson(pg::Connection &connection, quint32 schemaOid, const CancelToken &cancel)
{
    const auto rows = connection.runFile(u"catalog/functions"_s, {schemaOid}, {}, cancel);
    if (!rows)
        return fail(rows.error());
    QJsonArray functions;
    for (qsizetype row = 0; row < rows->size(); ++row) {
        QJsonObject function{{u"name"_s, rows->text(row, "name"_L1)},
                             {u"arguments"_s, rows->text(row, "arguments"_L1)},
                             {u"result"_s, textOrNull(*rows, row, "result"_L1)},
                             {u"kind"_s, kindName(functionKind(rows->text(row, "kind"_L1)))},
                             {u"language"_s, rows->text(row, "language"_L1)},
                             {u"owner"_s, rows->text(row, "owner"_L1)},
                             {u"security_definer"_s, flag(*rows, row, "definer"_L1)}};
        if (const QJsonValue comment = textOrNull(*rows, row, "comment"_L1); !comment.isNull())
            function.insert("comment"_L1, comment);
        functions.append(function);
    }
    return functions;
}
} // namespace

Result<QJsonObject> catalogJson(pg::Connection &connection, bool system, const CancelToken &cancel)
{
    const auto schemas = listSchemas(connection, cancel);
    if (!schemas)
        return fail(schemas.error());
    QJsonArray list;
    for (const Object &schema : *schemas) {
        if (schema.system && !system)
            continue;
        const auto relations = relationsJson(connection, schema.ref.oid, cancel);
        if (!relations)
            return fail(relations.error());
        const auto functions = functionsJson(connection, schema.ref.oid, cancel);
        if (!functions)
            return fail(functions.error());
        QJsonObject object{{u"name"_s, schema.name},
                           {u"owner"_s, schema.owner},
                           {u"usage_permitted"_s, schema.permitted},
                           {u"relations"_s, *relations},
                           {u"functions"_s, *functions}};
        if (!schema.comment.isEmpty())
            object.insert("comment"_L1, schema.comment);
        list.append(object);
    }
    return QJsonObject{{u"database"_s, connection.facts().database}, {u"schemas"_s, list}};
}

} // namespace howdah::catalog
