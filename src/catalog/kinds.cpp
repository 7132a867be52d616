// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/kinds.h"

namespace howdah::catalog
{

using namespace Qt::StringLiterals;

QString kindName(ObjectKind kind)
{
    switch (kind) {
    case ObjectKind::Database: return u"database"_s;
    case ObjectKind::Schema: return u"schema"_s;
    case ObjectKind::Table: return u"table"_s;
    case ObjectKind::PartitionedTable: return u"partitioned table"_s;
    case ObjectKind::ForeignTable: return u"foreign table"_s;
    case ObjectKind::View: return u"view"_s;
    case ObjectKind::MaterializedView: return u"materialized view"_s;
    case ObjectKind::Sequence: return u"sequence"_s;
    case ObjectKind::Function: return u"function"_s;
    case ObjectKind::Procedure: return u"procedure"_s;
    case ObjectKind::Aggregate: return u"aggregate"_s;
    case ObjectKind::Column: return u"column"_s;
    case ObjectKind::Index: return u"index"_s;
    case ObjectKind::Constraint: return u"constraint"_s;
    case ObjectKind::Trigger: return u"trigger"_s;
    case ObjectKind::Policy: return u"policy"_s;
    }
    return {};
}

QString kindPlural(ObjectKind kind)
{
    switch (kind) {
    case ObjectKind::Database: return u"Databases"_s;
    case ObjectKind::Schema: return u"Schemas"_s;
    case ObjectKind::Table: return u"Tables"_s;
    case ObjectKind::PartitionedTable: return u"Partitioned tables"_s;
    case ObjectKind::ForeignTable: return u"Foreign tables"_s;
    case ObjectKind::View: return u"Views"_s;
    case ObjectKind::MaterializedView: return u"Materialized views"_s;
    case ObjectKind::Sequence: return u"Sequences"_s;
    case ObjectKind::Function: return u"Functions"_s;
    case ObjectKind::Procedure: return u"Procedures"_s;
    case ObjectKind::Aggregate: return u"Aggregates"_s;
    case ObjectKind::Column: return u"Columns"_s;
    case ObjectKind::Index: return u"Indexes"_s;
    case ObjectKind::Constraint: return u"Constraints"_s;
    case ObjectKind::Trigger: return u"Triggers"_s;
    case ObjectKind::Policy: return u"Policies"_s;
    }
    return {};
}

ObjectKind relationKind(const QString &relkind)
{
    switch (relkind.isEmpty() ? u'r' : relkind.front().unicode()) {
    case u'p': return ObjectKind::PartitionedTable;
    case u'f': return ObjectKind::ForeignTable;
    case u'v': return ObjectKind::View;
    case u'm': return ObjectKind::MaterializedView;
    case u'S': return ObjectKind::Sequence;
    default: return ObjectKind::Table;
    }
}

ObjectKind functionKind(const QString &prokind)
{
    if (prokind == "p"_L1)
        return ObjectKind::Procedure;
    return prokind == "a"_L1 ? ObjectKind::Aggregate : ObjectKind::Function; // 'w', a window function, is called as one
}

QByteArray oidArray(const std::vector<quint32> &oids)
{
    QByteArray text("{");
    for (const quint32 oid : oids) {
        if (text.size() > 1)
            text += ',';
        text += QByteArray::number(oid);
    }
    return text + '}';
}

} // namespace howdah::catalog
