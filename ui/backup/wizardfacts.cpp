// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/wizardfacts.h"

#include "backup/moment.h"
#include "base/units.h"

#include <algorithm>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

namespace
{

QString exactly(quint64 value)
{
    return units::exact(double(value));
}

QString rows(quint64 count)
{
    return count == 1 ? u"1 row"_s : exactly(count) + u" rows"_s;
}

QString nameOf(const RelationNames &names, const RelationFile &file)
{
    const auto known = names.constFind(file);
    return known != names.cend() && !known->name.isEmpty() ? known->name : u"file %1, whose table is not known"_s.arg(file.number);
}

bool isOf(const FoundTransaction &one, FindWanted::Kind kind)
{
    switch (kind) {
    case FindWanted::Kind::Deleted: return one.deleted() > 0;
    case FindWanted::Kind::Updated: return one.updated() > 0;
    case FindWanted::Kind::Inserted: return one.inserted() > 0;
    case FindWanted::Kind::Dropped: return !one.dropped.isEmpty();
    case FindWanted::Kind::Any: break;
    }
    return true;
}

quint64 sumOf(const QVector<FoundTable> &tables, quint64 RowCounts::*which)
{
    quint64 sum = 0;
    for (const FoundTable &table : tables)
        sum += table.rows.*which;
    return sum;
}

} // namespace

WizardFacts factsOf(const Stand &stand, const PhysicalPlace &place, qint64 nowMs)
{
    WizardFacts facts;
    facts.repository = place.repository->name();
    facts.archive = stand.archive.where;
    facts.image = stand.image;
    facts.systemIdentifier = stand.inventory.systemIdentifier;
    facts.readMs = nowMs;
    facts.segments = stand.inventory.segments.size();
    facts.segmentSize = stand.inventory.segmentSize;
    facts.catalogue = stand.catalogue;
    facts.points = stand.points;
    facts.islands = islandsOf(stand.inventory, stand.points);
    facts.gaps = gapsOf(stand.inventory);
    facts.problems = stand.inventory.problems;
    facts.branches = branchesOf(stand.inventory);
    for (const SegmentFacts &segment : stand.inventory.segments) {
        for (const WalEvent &mark : segment.marks) {
            if (mark.kind == WalEvent::Kind::RestorePoint)
                facts.restorePoints << mark;
        }
    }
    facts.strip = stripOf(stand.catalogue, &stand.inventory, stand.points, nowMs * 1000);
    std::stable_sort(facts.restorePoints.begin(), facts.restorePoints.end(), [](const WalEvent &one, const WalEvent &other) { return one.atUs < other.atUs; });
    return facts;
}

QString islandText(const Island &island)
{
    const QString line = island.fromUs < island.toUs ? u"Timeline %1: %2 to %3"_s.arg(island.timeline).arg(momentText(island.fromUs), momentText(island.toUs))
                                                     : u"Timeline %1: %2 alone, the end of a backup with nothing committed behind it"_s.arg(island.timeline).arg(momentText(island.fromUs));
    return island.endsBecause.isEmpty() ? line : line + u"; it ends there because "_s + island.endsBecause;
}

QString gapText(const Gap &gap, quint64 segmentSize)
{
    if (gap.history)
        return u"Timeline %1: %2"_s.arg(gap.timeline).arg(gap.what);
    if (gap.first == gap.last)
        return u"%1: %2"_s.arg(gap.first.name(segmentSize), gap.what);
    return u"%1 to %2, %3 segments: %4"_s.arg(gap.first.name(segmentSize), gap.last.name(segmentSize)).arg(gap.last.number - gap.first.number + 1).arg(gap.what);
}

quint64 FoundTransaction::deleted() const
{
    return sumOf(tables, &RowCounts::deleted);
}

quint64 FoundTransaction::updated() const
{
    return sumOf(tables, &RowCounts::updated);
}

quint64 FoundTransaction::inserted() const
{
    return sumOf(tables, &RowCounts::inserted);
}

QString FoundTransaction::text() const
{
    QStringList words;
    for (const FoundTable &table : tables) {
        QStringList counts;
        if (table.rows.deleted)
            counts << u"%1 deleted"_s.arg(rows(table.rows.deleted));
        if (table.rows.updated)
            counts << u"%1 updated"_s.arg(rows(table.rows.updated));
        if (table.rows.inserted)
            counts << u"%1 inserted"_s.arg(rows(table.rows.inserted));
        words << table.name + u": "_s + counts.join(u", "_s);
    }
    if (!dropped.isEmpty())
        words << u"truncated, dropped or rewritten: %1"_s.arg(dropped.join(u", "_s));
    return words.join(u"; "_s);
}

Found foundOf(const Changes &changes, const RelationNames &names, bool named, Timeline timeline, FindWanted::Kind kind)
{
    Found found;
    found.committed = changes.committed;
    found.isComplete = changes.isComplete;
    found.isNamed = named;
    found.timeline = timeline;
    for (const TransactionChanges &one : changes.transactions) {
        FoundTransaction told{one.xid, one.commit, one.atUs, {}, {}};
        for (auto table = one.tables.cbegin(); table != one.tables.cend(); ++table) {
            if (isTold(names, table.key()))
                told.tables.append({nameOf(names, table.key()), *table});
        }
        // A table's indexes go with it: what has no name now may be any of them.
        qsizetype unnamed = 0;
        for (const RelationFile &file : one.dropped) {
            if (!isTold(names, file))
                continue;
            const auto known = names.constFind(file);
            if (known != names.cend() && !known->name.isEmpty())
                told.dropped << known->name;
            else
                ++unnamed;
        }
        if (unnamed > 0)
            told.dropped << (unnamed == 1 ? u"1 file whose table is not known"_s : u"%1 files whose tables are not known"_s.arg(unnamed));
        if ((!told.tables.isEmpty() || !told.dropped.isEmpty()) && isOf(told, kind))
            found.transactions << told;
    }
    return found;
}

Finding findingOf(const PreflightCheck &check)
{
    static const QHash<QString, QString> names{{u"chain"_s, u"The backup"_s}, {u"version"_s, u"Versions"_s}, {u"minor"_s, u"Versions"_s}, {u"cluster"_s, u"The cluster"_s},
                                               {u"segments"_s, u"Segments"_s}, {u"settings"_s, u"Settings"_s}, {u"libraries"_s, u"Libraries"_s}, {u"space"_s, u"Space"_s},
                                               {u"looked"_s, u"Tools"_s}};
    return {!check.good ? StateLook::Unknown : *check.good ? StateLook::Ok : StateLook::Critical, names.value(check.code, check.code), check.words};
}

QVector<Finding> preflightOf(const WizardFacts &facts, const Verdict &verdict, const RehearsalPlan *plan, const QVector<PreflightCheck> &checks)
{
    QVector<Finding> all;
    all.append({verdict.isGood() ? StateLook::Ok : StateLook::Critical, u"The moment"_s,
                verdict.isGood() ? u"Can be reached, from backup %1"_s.arg(verdict.backup) : verdict.message});
    for (const QString &warning : verdict.warnings)
        all.append({StateLook::Warning, u"The moment"_s, warning});
    if (verdict.lostEarlier > 0)
        all.append({StateLook::Warning, u"Clocks"_s, u"%1 commits behind the moment have an earlier time: a clock was set back. They are left out"_s.arg(exactly(verdict.lostEarlier))});
    if (!verdict.isGood())
        return all;
    const auto chain = facts.catalogue.chain(verdict.backup);
    if (!chain) {
        all.append({StateLook::Critical, u"The backup"_s, chain.error().text()});
    } else {
        for (const Backup *link : *chain) {
            const QString kind = kindName(link->kind);
            if (link->verified.atMs == 0)
                all.append({StateLook::Warning, u"The backup"_s, u"%1 (%2) was never verified: it is before it is copied"_s.arg(link->id, kind)});
            else
                all.append({link->verified.good ? StateLook::Ok : StateLook::Critical, u"The backup"_s,
                            u"%1 (%2) was verified at %3%4"_s.arg(link->id, kind, momentText(link->verified.atMs / 1000 * 1'000'000), link->verified.good ? QString() : u": "_s + link->verified.words)});
            for (const QString &error : link->errors)
                all.append({StateLook::Warning, u"The backup"_s, u"%1 was taken with an error: %2"_s.arg(link->id, error)});
        }
    }
    if (plan) {
        all.append({StateLook::Ok, u"WAL"_s, u"%1 segments are replayed, each read and whole"_s.arg(plan->choice.segments)});
    }
    for (const PreflightCheck &check : checks) {
        if (check.code != "chain"_L1 || check.good != true) // of which there is more above
            all.append(findingOf(check));
    }
    all.append({StateLook::Ok, u"Timeline"_s, u"%1, named explicitly, so that no other branch is followed"_s.arg(verdict.timeline)});
    if (!facts.gaps.isEmpty())
        all.append({StateLook::Warning, u"Elsewhere"_s, u"%1 %2 in the archive, none of them on this way"_s.arg(facts.gaps.size()).arg(facts.gaps.size() == 1 ? u"hole"_s : u"holes"_s)});
    return all;
}

QString Judged::hindrance() const
{
    const auto found = std::find_if(findings.cbegin(), findings.cend(), [](const Finding &one) { return one.look == StateLook::Critical; });
    return found == findings.cend() ? QString() : u"%1: %2"_s.arg(found->name, found->words);
}

} // namespace howdah::ui
