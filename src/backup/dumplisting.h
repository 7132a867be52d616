// SPDX-License-Identifier: GPL-3.0-or-later
// What pg_restore says is in a dump (pg_restore --list), as values. The list parts its fields by spaces and may hold them in names too: who must be
// exact goes by the object's number, which our own record of the dump knows (dumpmanifest.h). Pure, any thread.
#pragma once

#include "base/result.h"

#include <QJsonObject>
#include <QMap>
#include <QVector>

namespace howdah::backup
{

struct DumpEntry {
    int number = 0;      // in the dump
    quint32 catalog = 0; // pg_class and the like; 0: a part of something (its rows, its grants)
    quint32 oid = 0;     // in that catalog; of a table's rows the table's; 0: none
    QString kind;        // "TABLE DATA"
    QString schema;      // empty: in none
    QString name;        // of a constraint "table constraint", of a grant "TABLE table": as pg_restore says it
    QString owner;       // empty: none is recorded
    QByteArray line;     // as pg_restore takes it back
};

struct DumpListing {
    QString database;
    QString format;        // "CUSTOM"
    QString compression;   // "zstd"
    QString serverVersion; // that it was taken from: "18.6"
    QString toolsVersion;  // of pg_dump
    QVector<DumpEntry> entries;

    QMap<QString, int> counts() const; // by kind
    QJsonObject toJson() const;
};

// Errors: Client/bad_listing, where a line is none that pg_restore writes.
Result<DumpListing> parseListing(const QByteArray &text);

// A name as the list shows it: pg_dump puts a space where a line break was.
QString listedName(QString name);

constexpr quint32 classCatalog = 1259; // pg_class

} // namespace howdah::backup
