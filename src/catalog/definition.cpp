// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/objects.h"

namespace howdah::catalog
{

using namespace Qt::StringLiterals;

// pg_get_viewdef and its like open the relation: behind an exclusive lock they wait.
constexpr int definitionTimeoutMs = 5'000;

static QString definitionFile(ObjectKind kind)
{
    switch (kind) {
    case ObjectKind::Database: return u"catalog/definition_database"_s;
    case ObjectKind::Schema: return u"catalog/definition_schema"_s;
    case ObjectKind::Table:
    case ObjectKind::PartitionedTable:
    case ObjectKind::ForeignTable: return u"catalog/definition_table"_s;
    case ObjectKind::View:
    case ObjectKind::MaterializedView: return u"catalog/definition_view"_s;
    case ObjectKind::Sequence: return u"catalog/definition_sequence"_s;
    case ObjectKind::Function:
    case ObjectKind::Procedure:
    case ObjectKind::Aggregate: return u"catalog/definition_function"_s;
    case ObjectKind::Column: return u"catalog/definition_column"_s;
    case ObjectKind::Index: return u"catalog/definition_index"_s;
    case ObjectKind::Constraint: return u"catalog/definition_constraint"_s;
    case ObjectKind::Trigger: return u"catalog/definition_trigger"_s;
    case ObjectKind::Policy: return u"catalog/definition_policy"_s;
    }
    return {};
}

Result<QString> definition(pg::Connection &connection, const ObjectRef &ref, const CancelToken &cancel)
{
    pg::Params params{ref.oid};
    if (ref.kind == ObjectKind::Column)
        params.push_back(ref.subId);
    pg::RunOptions options;
    options.timeoutMs = definitionTimeoutMs;
    const auto rows = connection.runFile(definitionFile(ref.kind), params, options, cancel);
    if (!rows && rows.error().kind == ErrorKind::Timeout && connection.isAlive())
        return fail(ErrorKind::Timeout, u"locked"_s, u"The server did not tell the %1's definition within %2 s"_s.arg(kindName(ref.kind)).arg(definitionTimeoutMs / 1000),
                    u"Another session may hold or want an exclusive lock on it."_s);
    if (!rows)
        return fail(Error(rows.error()).during(u"read the definition of a "_s + kindName(ref.kind)));
    if (rows->isEmpty() || rows->isNull(0, 0))
        return fail(ErrorKind::Sql, u"gone"_s, u"The %1 is no longer there"_s.arg(kindName(ref.kind)), u"Refresh the list."_s);
    return rows->text(0, 0);
}

} // namespace howdah::catalog
