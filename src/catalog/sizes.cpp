// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/objects.h"

namespace howdah::catalog
{

using namespace Qt::StringLiterals;

// A lock may be taken between the look at pg_locks and the size function, which then waits.
constexpr int sizesTimeoutMs = 10'000;

static QString sizesFile(ObjectKind kind)
{
    switch (kind) {
    case ObjectKind::Database: return u"catalog/sizes_database"_s;
    case ObjectKind::Schema: return u"catalog/sizes_schema"_s;
    case ObjectKind::Table:
    case ObjectKind::PartitionedTable:
    case ObjectKind::MaterializedView:
    case ObjectKind::Sequence: return u"catalog/sizes_relation"_s;
    case ObjectKind::Index: return u"catalog/sizes_index"_s;
    default: return {};
    }
}

Result<Sizes> sizes(pg::Connection &connection, const ObjectRef &ref, const CancelToken &cancel)
{
    Sizes sizes;
    const QString file = sizesFile(ref.kind);
    if (file.isEmpty()) {
        sizes.unknownBecause = u"A %1 takes no space of its own"_s.arg(kindName(ref.kind));
        return sizes;
    }
    pg::RunOptions options;
    options.timeoutMs = sizesTimeoutMs;
    const auto rows = connection.runFile(file, {ref.oid}, options, cancel);
    if (!rows) {
        if (rows.error().kind == ErrorKind::Timeout && connection.isAlive()) {
            sizes.unknownBecause = u"No answer within %1 s: locked, or very many files"_s.arg(sizesTimeoutMs / 1000);
            return sizes;
        }
        return fail(Error(rows.error()).during(u"measure a "_s + kindName(ref.kind)));
    }
    if (rows->isEmpty() || rows->integer(0, "parts"_L1) == 0) {
        if (rows->isEmpty() || ref.kind != ObjectKind::Schema)
            return fail(ErrorKind::Sql, u"gone"_s, u"The %1 is no longer there"_s.arg(kindName(ref.kind)), u"Refresh the list."_s);
    }
    if (const QString grant = rows->text(0, "grant_text"_L1); !grant.isEmpty()) {
        sizes.unknownBecause = u"Not permitted: "_s + grant;
        return sizes;
    }
    if (const qint64 locked = rows->integer(0, "locked"_L1).value_or(0); locked > 0) {
        // A sum without the locked parts would read as the whole.
        const qint64 parts = rows->integer(0, "parts"_L1).value_or(0);
        sizes.unknownBecause = parts == 1 ? u"Another session holds or waits for an exclusive lock"_s
                                          : u"Another session holds or waits for an exclusive lock on %1 of %2 parts"_s.arg(locked).arg(parts);
        return sizes;
    }
    sizes.heap = rows->integer(0, "heap"_L1);
    sizes.indexes = rows->integer(0, "indexes"_L1);
    sizes.toast = rows->integer(0, "toast"_L1);
    sizes.total = rows->integer(0, "total"_L1);
    return sizes;
}

} // namespace howdah::catalog
