// SPDX-License-Identifier: GPL-3.0-or-later
// What is wrong with how WAL is kept: a rule each, a pure function of what was read.
#include "backup/archivewatch.h"

#include "base/units.h"

#include <QRegularExpression>

namespace howdah::backup
{

using namespace Qt::StringLiterals;
using Severity = ArchiveFinding::Severity;
using Part = DiskFacts::Part;

namespace
{

using Findings = QVector<ArchiveFinding>;

bool archives(const ArchiveFacts &facts)
{
    return facts.mode == "always"_L1 || (facts.mode == "on"_L1 && !facts.inRecovery);
}

// Somebody else takes the WAL while it is written.
const SlotFacts *receiver(const ArchiveFacts &facts)
{
    const auto found = std::find_if(facts.replicationSlots.cbegin(), facts.replicationSlots.cend(), [](const SlotFacts &slot) {
        return slot.active && slot.type == "physical"_L1 && slot.application.contains("receivewal"_L1);
    });
    return found == facts.replicationSlots.cend() ? nullptr : &*found;
}

void isOn(const ArchiveFacts &facts, const ArchiveLimits &, Findings &out)
{
    if (facts.walLevel == "minimal"_L1)
        out.append({u"wal_level"_s, Severity::Critical, u"wal_level is minimal: nothing can be recovered from its WAL"_s, u"Set wal_level to replica, and restart"_s});
    if (archives(facts))
        return;
    if (const SlotFacts *slot = receiver(facts)) {
        out.append({u"received"_s, Severity::Note, u"The server archives nothing itself; %1 takes its WAL by the slot %2"_s.arg(slot->application, slot->name), {}});
    } else if (facts.mode == "on"_L1) {
        out.append({u"standby"_s, Severity::Note, u"A standby archives nothing while archive_mode is on: its primary does"_s, u"Look at the primary"_s});
    } else {
        out.append({u"off"_s, Severity::Critical, u"archive_mode is %1: no WAL leaves this server, and only a backup's own moment can be had back"_s.arg(facts.mode.isEmpty() ? u"not known"_s : facts.mode),
                    u"Set archive_mode = on and an archive_command, and restart; or let pg_receivewal take it: howdahctl backup receive"_s});
    }
}

void command(const ArchiveFacts &facts, const ArchiveLimits &, Findings &out)
{
    if (!archives(facts))
        return;
    const QString text = facts.command.trimmed();
    if (text.isEmpty() && facts.library.isEmpty()) {
        out.append({u"no_command"_s, Severity::Critical, u"archive_mode is %1, but there is neither an archive_command nor an archive_library: WAL piles up until the disk is full"_s.arg(facts.mode), u"Set archive_command, or archive_mode = off and a restart"_s});
        return;
    }
    if (!facts.library.isEmpty())
        return; // what it does is its own affair: its results are looked at
    static const QRegularExpression nothing(u"^(?:(?:/usr)?/bin/)?(?:true|:|exit 0|cd \\.|echo\\b[^;&|]*)$"_s);
    static const QRegularExpression copies(u"(?:^|[\\s;&|/])(?:cp|copy)\\s"_s, QRegularExpression::CaseInsensitiveOption);
    if (nothing.match(text).hasMatch() || !text.contains("%p"_L1))
        out.append({u"swallows"_s, Severity::Critical, u"archive_command keeps nothing (%1), and tells the server that it did: every recovery past a backup ends there"_s.arg(units::oneLine(text)), u"Set a command that copies %p and returns 0 only once it is on the disk, and take a full backup"_s});
    else if (copies.match(text).hasMatch() && !text.contains("mv "_L1) && !text.contains("ln "_L1))
        out.append({u"bare_copy"_s, Severity::Warning, u"archive_command copies to the final name (%1): a full disk leaves half a segment there, and after a crash the same segment is refused or written over"_s.arg(units::oneLine(text)),
                    u"Copy to another name in the same folder, sync, then rename; and take what is there already for done where it is the same"_s});
    if (facts.timeoutS == 0)
        out.append({u"no_timeout"_s, Severity::Warning, u"archive_timeout is 0: what was committed last leaves the server only when its segment of %1 is full"_s.arg(units::bytes(double(facts.segmentSize))), u"Set archive_timeout to a minute"_s});
}

void waiting(const ArchiveFacts &facts, const ArchiveLimits &limits, Findings &out)
{
    if (!archives(facts))
        return;
    const bool counted = facts.lastFailedMs && (!facts.lastArchivedMs || *facts.lastFailedMs > *facts.lastArchivedMs);
    const QString tells = counted ? u"Its last failure was %1 ago, of %2: the server's log says why"_s.arg(units::duration(std::max<qint64>(0, facts.nowMs - *facts.lastFailedMs)), facts.lastFailed)
                                  : u"No failure is counted: the command hangs, ends above 125 (126: may not be run, 127: not found), or by a signal. The server's log says which"_s;
    if (!facts.ready) {
        out.append({u"ready_unknown"_s, Severity::Unknown, u"What waits to be archived may not be listed"_s, facts.readyUnknown});
        if (facts.segmentsBehind && *facts.segmentsBehind >= limits.behind)
            out.append({u"behind"_s, Severity::Critical, u"%1 segments lie between the last that was archived (%2) and the one that is written now"_s.arg(*facts.segmentsBehind).arg(facts.lastArchived), tells});
    } else if (const auto age = facts.oldestReadyAgeMs(); *facts.ready > 0 && age && *age >= limits.readyWarningMs) {
        out.append({u"ready_old"_s, *age >= limits.readyCriticalMs ? Severity::Critical : Severity::Warning,
                    u"%1 waits to be archived, the oldest (%2) for %3: what was committed since would be lost with this server"_s.arg(*facts.ready == 1 ? u"One file"_s : u"%1 files"_s.arg(*facts.ready), facts.oldestReady, units::duration(*age)), tells});
    }
    if (counted && std::none_of(out.cbegin(), out.cend(), [](const ArchiveFinding &one) { return one.code == "ready_old"_L1; }))
        out.append({u"failing"_s, Severity::Warning, u"The last attempt to archive %1 failed, %2 ago"_s.arg(facts.lastFailed, units::duration(std::max<qint64>(0, facts.nowMs - *facts.lastFailedMs))), u"The server's log says why"_s});
}

void slotsHold(const ArchiveFacts &facts, const ArchiveLimits &, Findings &out)
{
    for (const SlotFacts &slot : facts.replicationSlots) {
        const QString held = slot.retainedBytes ? units::bytes(double(*slot.retainedBytes)) : u"nothing"_s;
        if (slot.walStatus == "lost"_L1 || !slot.invalidated.isEmpty()) {
            out.append({u"slot_lost"_s, Severity::Critical, u"The slot %1 no longer holds what its reader needs%2: whoever archives by it has a hole now"_s.arg(units::oneLine(slot.name), slot.invalidated.isEmpty() ? QString() : u" ("_s + slot.invalidated + u')'),
                        u"Drop it, make it anew, and take a full backup at once"_s});
        } else if (slot.walStatus == "unreserved"_L1) {
            out.append({u"slot_unreserved"_s, Severity::Critical, u"The slot %1 is about to lose what its reader needs: it holds %2, and a checkpoint may remove it"_s.arg(units::oneLine(slot.name), held), u"Let its reader catch up now, or raise max_slot_wal_keep_size"_s});
        } else if (slot.walStatus == "extended"_L1) {
            out.append({u"slot_extended"_s, Severity::Warning, u"The slot %1 holds %2, more than max_wal_size"_s.arg(units::oneLine(slot.name), held) + (slot.safeBytes ? u"; %1 more, and it is lost"_s.arg(units::bytes(double(*slot.safeBytes))) : QString()), u"Look whether its reader runs"_s});
        }
        if (!slot.active && slot.retainedBytes && *slot.retainedBytes > 0 && slot.walStatus != "lost"_L1 && slot.invalidated.isEmpty()) {
            const QString since = slot.inactiveSinceMs ? u" for "_s + units::duration(std::max<qint64>(0, facts.nowMs - *slot.inactiveSinceMs)) : QString();
            out.append({u"slot_inactive"_s, Severity::Warning, u"Nobody has read the slot %1%2; it holds %3 of WAL back"_s.arg(units::oneLine(slot.name), since, held), u"Start its reader, or drop it where none comes back"_s});
        }
    }
    if (facts.slotKeepMb < 0 && !facts.replicationSlots.isEmpty()) {
        const auto days = facts.daysUntilFull(Part::Wal);
        out.append({u"slot_unbounded"_s, Severity::Warning, u"max_slot_wal_keep_size is -1: a slot whose reader stays away holds WAL until the disk is full and the server stops%1"_s.arg(days ? u", %1 days from then"_s.arg(*days, 0, 'f', 1) : QString()),
                    u"Set max_slot_wal_keep_size to less than the disk has free"_s});
    }
    if (facts.slotIdleTimeoutS > 0 && !facts.replicationSlots.isEmpty())
        out.append({u"slot_idle_timeout"_s, Severity::Warning, u"idle_replication_slot_timeout is %1: a slot that nobody reads for so long loses its WAL without a word"_s.arg(units::duration(facts.slotIdleTimeoutS * 1000)), u"Set it to 0 where a slot is what WAL is kept by"_s});
}

void disks(const ArchiveFacts &facts, const ArchiveLimits &limits, Findings &out)
{
    QStringList unknown;
    QVector<const DiskFacts *> seen;
    for (const Part part : {Part::Data, Part::Wal, Part::Archive, Part::Backups}) {
        const DiskFacts *one = facts.disk(part);
        if (!one || !one->device)
            unknown << (one && !one->unknown.isEmpty() ? u"%1 (%2)"_s.arg(partName(part), one->unknown) : partName(part));
        else
            seen.append(one);
    }
    // On one file system, or on several of one disk: either way one failure takes all.
    const auto together = [](const DiskFacts &a, const DiskFacts &b) { return *a.device == *b.device || (!a.disk.isEmpty() && a.disk == b.disk); };
    const DiskFacts *data = facts.disk(Part::Data);
    if (data && data->device) {
        QStringList beside;
        bool apart = false;
        for (const DiskFacts *one : std::as_const(seen)) {
            if (one->part != Part::Archive && one->part != Part::Backups)
                continue;
            if (together(*data, *one))
                beside << partName(one->part);
            else
                apart = true;
        }
        if (!beside.isEmpty())
            out.append({u"one_disk"_s, apart ? Severity::Warning : Severity::Critical, u"The %1 and the data lie on one disk: what takes one takes the other"_s.arg(beside.join(u" and the "_s)),
                        u"Take backups into a folder of another disk: howdahctl backup create --to FOLDER"_s});
    }
    if (!unknown.isEmpty())
        out.append({u"disk_unknown"_s, Severity::Unknown, u"Where these lie, and how much is free there, is not known: %1"_s.arg(unknown.join(u", "_s)), {}});
    for (const DiskFacts *one : std::as_const(seen)) {
        if (!one->freeBytes) {
            out.append({u"space_unknown"_s, Severity::Unknown, u"How much is free where the %1 lies is not known"_s.arg(partName(one->part)), {}});
            continue;
        }
        const bool noRoom = *one->freeBytes < 2 * facts.segmentSize;
        if (noRoom)
            out.append({u"disk_full"_s, Severity::Critical, u"The disk of the %1 is full: %2 are left"_s.arg(partName(one->part), units::bytes(double(*one->freeBytes))),
                        one->part == Part::Wal || one->part == Part::Data ? u"Make room: the server stops when a segment can't be written, and starts again once there is room; nothing that it acknowledged is lost"_s
                                                                          : u"Make room: what waits is archived then by itself"_s});
        // Data grows by other rules; pg_wal only while nothing leaves it.
        const auto days = facts.daysUntilFull(one->part);
        const bool fills = one->part == Part::Archive || (one->part == Part::Wal && facts.ready.value_or(0) > 1);
        if (!noRoom && fills && days && *days < limits.daysWarning)
            out.append({u"disk_fills"_s, *days < limits.daysCritical ? Severity::Critical : Severity::Warning,
                        u"The disk of the %1 is full in %2 days at %3 of WAL (%4)"_s.arg(partName(one->part)).arg(*days, 0, 'f', 1).arg(units::bytesPerSecond(facts.rate->bytesPerSecond), facts.rate->source), u"Make room, or keep less: howdahctl backup prune --wal"_s});
    }
}

} // namespace

QString severityName(Severity severity)
{
    switch (severity) {
    case Severity::Note: return u"note"_s;
    case Severity::Unknown: return u"unknown"_s;
    case Severity::Warning: return u"warning"_s;
    case Severity::Critical: return u"critical"_s;
    }
    return {};
}

QJsonObject ArchiveFinding::toJson() const
{
    return {{u"code"_s, code}, {u"severity"_s, severityName(severity)}, {u"what"_s, what}, {u"to_do"_s, toDo}};
}

QVector<ArchiveFinding> judgeArchive(const ArchiveFacts &facts, const ArchiveLimits &limits)
{
    Findings found;
    for (const auto rule : {isOn, command, waiting, slotsHold, disks})
        rule(facts, limits, found);
    std::stable_sort(found.begin(), found.end(), [](const ArchiveFinding &a, const ArchiveFinding &b) { return a.severity > b.severity; });
    return found;
}

} // namespace howdah::backup
