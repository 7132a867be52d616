// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/previewparts.h"

#include "migrations/ddl.h"
#include "migrations/lockmode.h"

#include <algorithm>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

// One that finds little to do is done before anybody can look: which locks it takes is documented, and on which tables it names.
static void vacuums(PreviewedStatement &statement, const Ddl &ddl, const PreviewSeen &seen)
{
    const auto add = [&](const PreviewRelation &relation, int rank) {
        if (std::none_of(statement.locks.cbegin(), statement.locks.cend(), [&](const PreviewLock &lock) { return lock.relation == relation.name && modeRank(lock.mode) == rank; }))
            statement.locks.append({relation.name, modeWords(rank), true, false, modeBlocks(rank)});
    };
    const auto named = [&](const PreviewRelation &relation) {
        return relation.hasRows() && std::any_of(ddl.relations.cbegin(), ddl.relations.cend(), [&](const QString &name) { return sameRelation(name, relation.name); });
    };
    for (const PreviewRelation &relation : seen.before) {
        if (named(relation))
            add(relation, modeRank(u"SHARE UPDATE EXCLUSIVE"_s));
        else if (relation.table && named(seen.before.value(relation.table)))
            add(relation, modeRank(u"ROW EXCLUSIVE"_s));
    }
}

static QString reasonOf(const Ddl &ddl, int bits, QChar kind)
{
    QStringList why;
    if (bits & 1)
        why << u"whether it is logged"_s;
    if (bits & 2)
        why << u"the default of a column"_s;
    if (bits & 4)
        why << u"the type of a column"_s;
    if (bits & 8)
        why << u"the access method"_s;
    if (!why.isEmpty())
        return why.join(u", "_s);
    switch (ddl.kind) {
    case Ddl::Kind::Truncate: return u"emptied"_s;
    case Ddl::Kind::Vacuum: return u"VACUUM FULL"_s;
    case Ddl::Kind::Cluster: return u"CLUSTER"_s;
    case Ddl::Kind::Refresh: return u"refreshed"_s;
    default: return kind == u'm' ? u"refreshed"_s : QString();
    }
}

void PreviewWords::put(PreviewedStatement &statement, const PreviewSeen &seen, const QSet<qint64> &old, const PreviewLocks &held, bool keeps) const
{
    statement.walBytes = seen.wal;
    statement.victims = seen.dropped;
    for (const auto &[oid, mode] : seen.locks) {
        const int rank = modeRank(mode);
        // What this transaction made itself nobody else can wait for.
        if (!rank || !old.contains(oid) || (!seen.before.contains(oid) && !seen.after.contains(oid)))
            continue;
        const PreviewRelation relation = seen.before.contains(oid) ? seen.before.value(oid) : seen.after.value(oid);
        statement.locks.append({relation.name, modeWords(rank), !held.contains({oid, mode}), keeps, modeBlocks(rank)});
    }
    if (const Ddl ddl = recognise(statement.text); statement.sampled && ddl.kind == Ddl::Kind::Vacuum && !ddl.full)
        vacuums(statement, ddl, seen);
    std::sort(statement.locks.begin(), statement.locks.end(), [](const PreviewLock &a, const PreviewLock &b) {
        return std::tuple(a.relation, modeRank(a.mode)) < std::tuple(b.relation, modeRank(b.mode));
    });
    scans(statement, seen, old);
    estimate(statement);
    if (seen.lost)
        statement.note = u"The link from which its locks were looked for was lost: they are not all known"_s;
    for (const QString &table : std::as_const(emptied)) {
        if (std::any_of(statement.locks.cbegin(), statement.locks.cend(), [&](const PreviewLock &lock) { return lock.relation == table; })) {
            statement.note = u"%1 is empty here: whether all of it is read is not known"_s.arg(table);
            statement.estimatedMs.reset();
        }
    }
}

void PreviewWords::scans(PreviewedStatement &statement, const PreviewSeen &seen, const QSet<qint64> &old) const
{
    const Ddl ddl = recognise(statement.text);
    for (auto after = seen.after.cbegin(); after != seen.after.cend(); ++after) {
        const auto before = seen.before.constFind(after.key());
        const bool wasThere = before != seen.before.cend();
        const bool newFile = wasThere && before->file != after->file;
        PreviewScan scan;
        scan.relation = after->name;
        if (after->hasRows() && old.contains(after.key()) && wasThere) {
            scan.rows = std::max<qint64>(0, seen.now ? after->readNow - before->readNow : after->readEver - before->readEver);
            scan.rewritten = newFile;
            scan.rewriteReason = newFile ? reasonOf(ddl, seen.rewrites.value(after.key()), after->kind) : QString();
            if (!scan.rows && !scan.rewritten)
                continue;
            scan.scratchRows = sizes.value(before->name).rows;
            const TargetFacts::Size size = target.tables.value(before->name);
            scan.targetRows = size.rows;
            scan.targetBytes = size.bytes;
        } else if (after->kind == u'i' && old.contains(after->table) && (!wasThere || newFile) && ddl.kind != Ddl::Kind::Truncate) {
            // One of the same name that was dropped and made again is built too, as is any other new one.
            scan.indexBuilt = true;
        } else {
            continue;
        }
        statement.scans.append(scan);
    }
    std::sort(statement.scans.begin(), statement.scans.end(), [](const PreviewScan &a, const PreviewScan &b) { return a.relation < b.relation; });
}

// In proportion to the bytes of the tables that it reads or writes anew.
void PreviewWords::estimate(PreviewedStatement &statement) const
{
    qint64 here = 0, there = 0;
    bool known = true, any = false;
    for (const PreviewScan &scan : std::as_const(statement.scans)) {
        if (scan.indexBuilt || scan.rewriteReason == "emptied"_L1)
            continue; // its table is read, and counts
        any = true;
        known = known && scan.targetBytes >= 0 && sizes.value(scan.relation).bytes > 0;
        here += std::max<qint64>(0, sizes.value(scan.relation).bytes);
        there += std::max<qint64>(0, scan.targetBytes);
    }
    if (!any)
        statement.estimatedMs = statement.ms;
    else if (known && here > 0)
        statement.estimatedMs = statement.ms * std::max(1.0, double(there) / double(here));
}

} // namespace howdah::migrations
