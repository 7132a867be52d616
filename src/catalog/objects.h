// SPDX-License-Identifier: GPL-3.0-or-later
// The objects of a server as values, and the services that read them: functions from a Connection to a value, one level at a time.
// OIDs are bind parameters; names never enter a statement's text. No sizes in listings (100,000 tables: 79 ms without, 12.7 s with).
#pragma once

#include "base/canceltoken.h"
#include "base/result.h"
#include "pg/connection.h"

#include <QJsonObject>
#include <QString>
#include <QVector>

namespace howdah::catalog
{

enum class ObjectKind {
    Database, Schema, Table, PartitionedTable, ForeignTable, View, MaterializedView, Sequence, Function, Procedure, Aggregate,
    Column, Index, Constraint, Trigger, Policy
};
QString kindName(ObjectKind kind);   // "table", "materialized view"
QString kindPlural(ObjectKind kind); // "Tables"

struct ObjectRef {
    ObjectKind kind = ObjectKind::Database;
    quint32 oid = 0;       // of the object; of the relation for a column
    int subId = 0;         // attnum of a column
    auto operator<=>(const ObjectRef &) const = default;
};

struct Object {
    ObjectRef ref;
    QString name;      // as the server has it; functions with their argument list: "f(integer, text)"
    QString schema;    // empty for databases and schemas
    QString owner;
    QString comment;
    QString detail;    // one line: a column's "bigint not null", a constraint's definition, an index's method and columns, "about 3,420 rows"
    double estimatedRows = -1; // reltuples; -1: never analyzed or no rows of its own
    bool system = false;       // pg_catalog, information_schema, pg_toast, templates
    bool permitted = true;     // false: may be seen but not entered (no CONNECT, no USAGE)
};

// Each reads one level. Order: name by bytes (COLLATE "C"). None waits for a relation that another session holds or wants exclusively:
// its detail says so instead of what only the server's deparsing functions know.
Result<QVector<Object>> listDatabases(pg::Connection &connection, const CancelToken &cancel = {});
Result<QVector<Object>> listSchemas(pg::Connection &connection, const CancelToken &cancel = {}); // of the connected database
Result<QVector<Object>> listRelations(pg::Connection &connection, quint32 schemaOid, const CancelToken &cancel = {}); // tables, views, sequences, …
Result<QVector<Object>> listFunctions(pg::Connection &connection, quint32 schemaOid, const CancelToken &cancel = {});
// Columns, indexes, constraints, triggers, policies of a relation, in that order.
Result<QVector<Object>> listParts(pg::Connection &connection, quint32 relationOid, const CancelToken &cancel = {});

// The server's own text: pg_get_viewdef, pg_get_indexdef, pg_get_constraintdef, pg_get_functiondef, pg_get_triggerdef; for a table a
// CREATE TABLE put together from the server's format_type/pg_get_expr/pg_get_constraintdef answers, labelled as such in its first comment.
// Errors: Sql/gone, Timeout/locked (5 s).
Result<QString> definition(pg::Connection &connection, const ObjectRef &ref, const CancelToken &cancel = {});

struct Sizes {
    std::optional<qint64> heap, indexes, toast, total; // bytes; nullopt: not permitted, or the relation is locked exclusively just now
    QString unknownBecause;
};
Result<Sizes> sizes(pg::Connection &connection, const ObjectRef &ref, const CancelToken &cancel = {}); // database, schema?, relation, index

// Everything of the connected database as one JSON value, for howdahctl catalog list: {"database", "schemas": [{"name", "owner", "relations":
// [{"name", "kind", "columns": […], "indexes": […], "constraints": […]}], "functions": […]}]}; a relation
// that another session holds exclusively has "locked": true and null where its definitions would be; system schemas only when asked for.
Result<QJsonObject> catalogJson(pg::Connection &connection, bool system, const CancelToken &cancel = {});

} // namespace howdah::catalog
