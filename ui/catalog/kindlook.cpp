// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/catalog/kindlook.h"

#include "pg/quote.h"
#include "ui/widgets/icon.h"

#include <QHash>

namespace howdah::ui
{

using catalog::Object;
using catalog::ObjectKind;

bool isRelation(ObjectKind kind)
{
    switch (kind) {
    case ObjectKind::Table:
    case ObjectKind::PartitionedTable:
    case ObjectKind::ForeignTable:
    case ObjectKind::View:
    case ObjectKind::MaterializedView: return true;
    default: return false;
    }
}

ObjectKind groupOf(ObjectKind kind)
{
    switch (kind) {
    case ObjectKind::PartitionedTable:
    case ObjectKind::ForeignTable: return ObjectKind::Table;
    case ObjectKind::Procedure:
    case ObjectKind::Aggregate: return ObjectKind::Function;
    default: return kind;
    }
}

QString kindIconName(ObjectKind kind)
{
    switch (groupOf(kind)) {
    case ObjectKind::MaterializedView: return QStringLiteral("view");
    case ObjectKind::Constraint: return QStringLiteral("key");
    default: return catalog::kindName(groupOf(kind));
    }
}

QIcon kindIcon(ObjectKind kind)
{
    static QHash<int, QIcon> icons; // drawn in the theme's colours when painted
    QIcon &found = icons[int(kind)];
    if (found.isNull())
        found = icon(kindIconName(kind));
    return found;
}

// A function's name is listed with its arguments, and either may hold parentheses: they are the last balanced pair.
static qsizetype argumentsAt(const QString &name)
{
    if (!name.endsWith(QLatin1Char(')')))
        return name.size();
    int depth = 0;
    for (qsizetype i = name.size() - 1; i > 0; --i) {
        depth += name.at(i) == QLatin1Char(')') ? 1 : name.at(i) == QLatin1Char('(') ? -1 : 0;
        if (depth == 0)
            return i;
    }
    return name.size();
}

QString qualifiedName(const Object &object, const Object *relation)
{
    using pg::displayIdentifier;
    const auto dotted = [](const QString &schema, const QString &name) {
        return schema.isEmpty() ? name : QString(displayIdentifier(schema) + QLatin1Char('.') + name);
    };
    const QString schema = object.schema.isEmpty() && relation ? relation->schema : object.schema;
    switch (groupOf(object.ref.kind)) {
    case ObjectKind::Function: {
        const qsizetype at = argumentsAt(object.name);
        return dotted(schema, displayIdentifier(object.name.left(at)) + object.name.mid(at));
    }
    case ObjectKind::Column:
        return relation ? QString(dotted(relation->schema, displayIdentifier(relation->name)) + QLatin1Char('.') + displayIdentifier(object.name))
                        : displayIdentifier(object.name);
    case ObjectKind::Constraint:
    case ObjectKind::Trigger:
    case ObjectKind::Policy: // named within their relation only
    case ObjectKind::Database:
    case ObjectKind::Schema: return displayIdentifier(object.name);
    default: return dotted(schema, displayIdentifier(object.name));
    }
}

} // namespace howdah::ui
