// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/parts.h"

#include "catalog/kinds.h"

namespace howdah::catalog
{

using namespace Qt::StringLiterals;

Result<PartRows> readParts(pg::Connection &connection, const std::vector<quint32> &relations, const CancelToken &cancel)
{
    PartRows parts;
    const struct {
        QString file;
        pg::Rows *into;
    } queries[] = {{u"catalog/columns"_s, &parts.columns},
                   {u"catalog/indexes"_s, &parts.indexes},
                   {u"catalog/constraints"_s, &parts.constraints},
                   {u"catalog/triggers"_s, &parts.triggers},
                   {u"catalog/policies"_s, &parts.policies}};
    const QByteArray oids = oidArray(relations);
    for (const auto &query : queries) {
        auto rows = connection.runFile(query.file, {oids}, {}, cancel);
        if (!rows)
            return fail(Error(rows.error()).during(u"list the parts of a relation"_s));
        *query.into = *std::move(rows);
    }
    return parts;
}

// What the server could not be asked about a relation that another session holds exclusively.
static QString lockedText()
{
    return u"not known: locked exclusively just now"_s;
}

static bool isLocked(const pg::Rows &rows, qsizetype row)
{
    return rows.boolean(row, "locked"_L1).value_or(false);
}

QString columnDetail(const pg::Rows &columns, qsizetype row)
{
    QString detail = columns.text(row, "type"_L1);
    if (const QString collation = columns.text(row, "collation"_L1); !collation.isEmpty())
        detail += u" collate "_s + collation;
    if (columns.boolean(row, "not_null"_L1).value_or(false))
        detail += u" not null"_s;
    const QString generated = columns.text(row, "generated"_L1);
    const QString expression = columns.text(row, "default_value"_L1);
    if (!generated.isEmpty() && !expression.isEmpty())
        detail += u" generated always as ("_s + expression + u") "_s + generated;
    else if (!expression.isEmpty())
        detail += u" default "_s + expression;
    if (isLocked(columns, row))
        detail += u", default "_s + lockedText();
    if (const QString identity = columns.text(row, "identity"_L1); !identity.isEmpty())
        detail += u" generated "_s + identity + u" as identity"_s;
    if (columns.boolean(row, "inherited"_L1).value_or(false))
        detail += u", inherited"_s;
    return detail;
}

QString indexDetail(const pg::Rows &indexes, qsizetype row)
{
    const auto is = [&](QLatin1StringView column) { return indexes.boolean(row, column).value_or(false); };
    QString detail;
    if (is("is_primary"_L1))
        detail = u"primary key, "_s;
    else if (is("is_exclusion"_L1))
        detail = u"exclusion, "_s;
    else if (is("is_unique"_L1))
        detail = u"unique, "_s;
    detail += isLocked(indexes, row) ? lockedText() : indexes.text(row, "short"_L1);
    if (is("replica_identity"_L1))
        detail += u", replica identity"_s;
    if (is("clustered"_L1))
        detail += u", clustered"_s;
    // NOT indisvalid is true of a build under way too: dropping that one would be a mistake.
    if (is("building"_L1))
        detail += u", being built"_s;
    else if (!is("valid"_L1))
        detail += is("ready"_L1) ? u", invalid: not used by queries, and still written"_s : u", invalid: not used"_s;
    return detail;
}

Result<QVector<Object>> listParts(pg::Connection &connection, quint32 relationOid, const CancelToken &cancel)
{
    const auto parts = readParts(connection, {relationOid}, cancel);
    if (!parts)
        return fail(parts.error());
    QVector<Object> objects;
    const auto append = [&](const pg::Rows &rows, ObjectKind kind, auto detailOf) {
        for (qsizetype row = 0; row < rows.size(); ++row) {
            Object object;
            if (kind == ObjectKind::Column)
                object.ref = {kind, relationOid, int(rows.integer(row, "number"_L1).value_or(0))};
            else
                object.ref = {kind, quint32(rows.integer(row, "oid"_L1).value_or(0)), 0};
            object.name = rows.text(row, "name"_L1);
            object.comment = rows.text(row, "comment"_L1);
            object.detail = detailOf(rows, row);
            objects.append(object);
        }
    };
    const auto definitionOf = [](const pg::Rows &rows, qsizetype row) { return isLocked(rows, row) ? lockedText() : rows.text(row, "definition"_L1); };
    append(parts->columns, ObjectKind::Column, columnDetail);
    append(parts->indexes, ObjectKind::Index, indexDetail);
    append(parts->constraints, ObjectKind::Constraint, definitionOf);
    append(parts->triggers, ObjectKind::Trigger, [&](const pg::Rows &rows, qsizetype row) {
        const QString enabled = rows.text(row, "enabled"_L1);
        return enabled.isEmpty() ? definitionOf(rows, row) : QString(enabled + u": "_s + definitionOf(rows, row));
    });
    append(parts->policies, ObjectKind::Policy, definitionOf);
    return objects;
}

} // namespace howdah::catalog
