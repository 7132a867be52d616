// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/readinessfacts.h"

#include "backup/nativeengine.h"

#include <algorithm>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

const Island *newestOf(const QVector<Island> &islands)
{
    const auto it = std::max_element(islands.cbegin(), islands.cend(), [](const Island &a, const Island &b) { return std::pair(a.timeline, a.toUs) < std::pair(b.timeline, b.toUs); });
    return it == islands.cend() ? nullptr : &*it;
}

bool isOfDisks(const ArchiveFinding &finding)
{
    return finding.code == "one_disk"_L1 || finding.code == "disk_unknown"_L1;
}

std::optional<bool> oneDiskOf(const ArchiveLook &look)
{
    bool seen = false;
    for (const ArchiveFinding &one : look.findings) {
        if (one.code == "one_disk"_L1)
            return one.severity == ArchiveFinding::Severity::Critical;
        if (one.code == "disk_unknown"_L1)
            return std::nullopt;
    }
    for (const DiskFacts &disk : look.facts ? look.facts->disks : QVector<DiskFacts>())
        seen = seen || (disk.part != DiskFacts::Part::Data && disk.part != DiskFacts::Part::Wal && disk.device);
    return seen ? std::optional(false) : std::nullopt;
}

} // namespace

Result<ServerStanding> readStanding(pg::Connection &connection, const Island *last, const CancelToken &cancel)
{
    const auto rows = connection.runFile(u"backup/standing"_s, {}, {}, cancel);
    if (!rows)
        return fail(Error(rows.error()).during(u"ask where WAL stands"_s));
    ServerStanding standing;
    standing.version = rows->text(0, "version"_L1);
    standing.versionNum = int(rows->integer(0, "version_num"_L1).value_or(0));
    standing.nowMs = rows->integer(0, "now_ms"_L1).value_or(0);
    standing.timeline = Timeline(rows->integer(0, "timeline"_L1).value_or(0));
    if (!last)
        return standing;
    const auto insert = Lsn::parse(rows->text(0, "insert_lsn"_L1));
    if (insert && standing.timeline == last->timeline && *insert >= last->end)
        standing.unarchivedBytes = qint64(insert->value - last->end.value);
    if (const auto commitUs = rows->integer(0, "last_commit_us"_L1))
        standing.committedSince = *commitUs > last->toUs;
    else if (standing.unarchivedBytes && *standing.unarchivedBytes == 0)
        standing.committedSince = false;
    return standing;
}

ReadinessLine archiveLine(const ArchiveLook &look)
{
    ReadinessLine line{u"archive"_s, u"WAL archive"_s, Light::Good, u"archiving"_s, {}, {}};
    if (!look.facts)
        return {line.code, line.title, Light::Unknown, u"not known"_s, look.findings.isEmpty() ? u"the server can't be asked"_s : look.findings.constFirst().what, {}};
    const ArchiveFacts &facts = *look.facts;
    line.words = facts.lastArchived.isEmpty() ? u"nothing was archived yet"_s : u"last archived: "_s + facts.lastArchived;
    for (const ArchiveFinding &one : look.findings) {
        if (isOfDisks(one) || one.severity == ArchiveFinding::Severity::Note)
            continue;
        line.light = one.severity == ArchiveFinding::Severity::Critical ? Light::Red : one.severity == ArchiveFinding::Severity::Warning ? Light::Warning : Light::Unknown;
        line.value = line.light == Light::Red ? u"in trouble"_s : line.light == Light::Warning ? u"warned of"_s : u"not all known"_s;
        line.words = one.what;
        line.remedy = u"howdahctl backup archive"_s;
        break; // the worst is the first
    }
    return line;
}

Result<ReadinessFacts> gatherReadiness(const ReadinessSources &sources, qint64 nowMs, const Progress &progress, const CancelToken &cancel)
{
    Q_UNUSED(progress)
    const auto cancelled = [&] { return fail(ErrorKind::Cancelled, u"cancelled"_s, u"Cancelled"_s); };
    ReadinessFacts facts;
    facts.nowMs = nowMs;
    facts.server = sources.server;
    facts.schedule = sources.schedule;
    facts.runs = sources.runs;
    facts.scheduleWhy = sources.scheduleWhy;
    facts.catalogueWhy = facts.islandsWhy = facts.drillsWhy = sources.placeWhy;
    if (sources.place) {
        const PhysicalPlace &place = *sources.place;
        facts.toolsVersion = place.toolbox->version();
        if (const auto free = place.repository->freeBytes(cancel))
            facts.freeBytes = *free;
        auto catalogue = NativeEngine(*place.repository, place.archive).list(cancel);
        if (catalogue)
            facts.catalogue = *catalogue;
        else
            facts.catalogueWhy = facts.islandsWhy = facts.drillsWhy = catalogue.error().text();
        const auto stand = catalogue ? sources.readStand(place, *catalogue) : Result<Stand>(fail(catalogue.error()));
        if (stand) {
            facts.systemIdentifier = stand->inventory.systemIdentifier;
            facts.islands = islandsOf(stand->inventory, stand->points);
            facts.segmentSize = stand->inventory.segmentSize;
            facts.gaps = gapsOf(stand->inventory);
            facts.problems = stand->inventory.problems;
            auto drills = keptDrills(facts.systemIdentifier);
            if (drills)
                facts.drills = *std::move(drills);
            else
                facts.drillsWhy = drills.error().text();
        } else if (catalogue && stand.error().reason == "no_backup"_L1) {
            facts.islands = QVector<Island>();
            facts.drills = QVector<Drill>();
        } else {
            facts.islandsWhy = facts.drillsWhy = stand.error().text();
        }
    }
    if (cancel.isCancelled())
        return cancelled();
    facts.standingWhy = sources.linkWhy;
    if (sources.link) {
        auto standing = readStanding(*sources.link, facts.islands ? newestOf(*facts.islands) : nullptr, cancel);
        if (standing)
            facts.standing = *std::move(standing);
        else
            facts.standingWhy = standing.error().text();
        if (const auto look = lookAtArchive(*sources.link, sources.places, cancel)) {
            facts.archive = archiveLine(*look);
            facts.oneDisk = oneDiskOf(*look);
        } else {
            facts.archive.words = look.error().text();
        }
    } else if (!sources.places.stack.isEmpty()) {
        const QVector<ArchiveFinding> why = whyItIsDown(sources.places.stack, cancel);
        facts.archive.words = why.isEmpty() ? sources.linkWhy : why.constFirst().what;
    } else {
        facts.archive.words = sources.linkWhy;
    }
    if (cancel.isCancelled())
        return cancelled();
    return facts;
}

} // namespace howdah::backup
