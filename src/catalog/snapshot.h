// SPDX-License-Identifier: GPL-3.0-or-later
// What a database's objects are, as one value that can be compared, hashed and kept: the server's own definitions by name, without OIDs. Two snapshots
// that are equal mean equal databases, as far as notSeen says nothing else. readSnapshot is a service on the link's thread; the rest pure, any thread.
// Left out: the system's objects, temporary ones, an extension's own, the schema `howdah`, public.schema_migrations; and owners, the rows, where a sequence
// stands, the physical order of columns (kept as `position`, and not part of the hash: down and up again move a column to the end).
#pragma once

#include "base/canceltoken.h"
#include "pg/connection.h"

#include <QHash>
#include <QJsonObject>
#include <QVector>

namespace howdah::catalog
{

struct Item {
    QString kind;     // "schema", "extension", "table", "foreign table", "view", "materialized view", "column", "constraint", "index", "sequence", "enum", "domain",
                      // "composite type", "range", "function", "procedure", "aggregate", "trigger", "rule", "policy", "statistics", "comment", "grant"; what is rarer by the
                      // server's word ("collation", "publication", "default acl")
    QString identity; // quoted where it must be: public.orders, public.orders.total, public.f(integer); of comments and grants: "table public.orders", "… to app"
    QString parent;   // the identity of its relation; of comments and grants the key of their object
    QString name;     // the last part, quoted; of a grant the role
    int position = 0; // of a column among those of its table
    QJsonObject value;

    QString key() const { return kind + u' ' + identity; }
};

struct Snapshot {
    int serverVersion = 0;                     // 180004
    QVector<Item> items;                       // by kind and identity
    QHash<QString, QStringList> dependencies;  // by key: what it stands on, directly, as the server's pg_depend has it
    QStringList notSeen;                       // in words: what can differ without this value telling

    const Item *find(const QString &key) const;  // logarithmic
    QByteArray hash() const;                     // SHA-256 of kinds, identities and values, in hex
    QJsonObject toJson() const;
};

// In a transaction of its own, REPEATABLE READ READ ONLY, or within the one that is open, which it leaves as it was. The server's deparsing functions wait for
// relations that are locked exclusively: Timeout/locked after 30 s. Errors else: Permission (a server that hides its catalogs), those of the link.
Result<Snapshot> readSnapshot(pg::Connection &connection, const CancelToken &cancel = {});
Result<Snapshot> snapshotFromJson(const QJsonObject &json); // Errors: Client/bad_snapshot

struct Difference {
    enum class What { Added, Removed, Changed };
    What what = What::Changed;
    QString kind;
    QString identity;
    QJsonObject from; // empty where added
    QJsonObject to;   // empty where removed

    QString key() const { return kind + u' ' + identity; }
    QString text() const; // one line: "changed column public.orders.total: type integer -> bigint"
    QJsonObject toJson() const;
};
// What leads from one to the other, by kind and identity. Empty: they are equal.
QVector<Difference> compare(const Snapshot &from, const Snapshot &to);

} // namespace howdah::catalog
