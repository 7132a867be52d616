// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/archivewatch.h"

#include "backup/walname.h"

#include <QJsonArray>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

// nullopt: no segment's name, or of another timeline.
std::optional<qint64> segmentsBetween(const QString &archived, const QString &current, qint64 segmentSize)
{
    if (segmentSize <= 0 || !isSegmentSize(quint64(segmentSize)))
        return {};
    const ArchiveFile last = archiveFile(archived, quint64(segmentSize)), now = archiveFile(current, quint64(segmentSize));
    if (last.kind != ArchiveFile::Kind::Segment || now.kind != ArchiveFile::Kind::Segment || last.segment.timeline != now.segment.timeline)
        return {};
    // A segment of the future was archived by another server of that name.
    return now.segment.number > last.segment.number ? std::optional(qint64(now.segment.number - last.segment.number) - 1) : last.segment.number == now.segment.number ? std::optional<qint64>(0) : std::nullopt;
}

QJsonValue orNull(const std::optional<qint64> &value)
{
    return value ? QJsonValue(*value) : QJsonValue();
}

QJsonObject toJson(const SlotFacts &slot)
{
    return {{u"name"_s, slot.name},
            {u"type"_s, slot.type},
            {u"active"_s, slot.active},
            {u"application"_s, slot.application},
            {u"retained_bytes"_s, orNull(slot.retainedBytes)},
            {u"wal_status"_s, slot.walStatus},
            {u"safe_bytes"_s, orNull(slot.safeBytes)},
            {u"invalidated"_s, slot.invalidated},
            {u"inactive_since_ms"_s, orNull(slot.inactiveSinceMs)}};
}

} // namespace

std::optional<WalRate> walRateOf(const QVector<std::pair<qint64, std::optional<double>>> &rates, qint64 periodMs)
{
    double bytes = 0;
    qint64 over = 0;
    for (qsizetype i = 1; i < rates.size(); ++i) {
        const qint64 step = rates.at(i).first - rates.at(i - 1).first;
        if (!rates.at(i).second || step <= 0 || step > periodMs)
            continue;
        bytes += *rates.at(i).second * double(step) / 1000;
        over += step;
    }
    if (over < 10 * 60'000)
        return {};
    return WalRate{bytes * 1000 / double(over), over, u"of Howdah's own samples"_s};
}

const DiskFacts *ArchiveFacts::disk(DiskFacts::Part part) const
{
    const auto found = std::find_if(disks.cbegin(), disks.cend(), [part](const DiskFacts &one) { return one.part == part; });
    return found == disks.cend() ? nullptr : &*found;
}

std::optional<double> ArchiveFacts::daysUntilFull(DiskFacts::Part part) const
{
    const DiskFacts *one = disk(part);
    if (!one || !one->freeBytes || !rate || rate->bytesPerSecond <= 0)
        return {};
    return double(*one->freeBytes) / rate->bytesPerSecond / 86'400;
}

QJsonObject ArchiveFacts::toJson() const
{
    QJsonArray held, places;
    for (const SlotFacts &slot : replicationSlots)
        held.append(backup::toJson(slot));
    for (const DiskFacts &one : disks) {
        const auto days = daysUntilFull(one.part);
        places.append(QJsonObject{{u"part"_s, partName(one.part)},
                                  {u"path"_s, one.path},
                                  {u"device"_s, one.device ? QJsonValue(QString::number(*one.device)) : QJsonValue()},
                                  {u"disk"_s, one.disk},
                                  {u"total_bytes"_s, orNull(one.totalBytes)},
                                  {u"free_bytes"_s, orNull(one.freeBytes)},
                                  {u"days_until_full"_s, days ? QJsonValue(*days) : QJsonValue()},
                                  {u"unknown"_s, one.unknown}});
    }
    return {{u"now_ms"_s, nowMs},
            {u"in_recovery"_s, inRecovery},
            {u"wal_level"_s, walLevel},
            {u"archive_mode"_s, mode},
            {u"archive_command"_s, command},
            {u"archive_library"_s, library},
            {u"archive_timeout_s"_s, timeoutS},
            {u"archived"_s, archived},
            {u"last_archived"_s, lastArchived},
            {u"last_archived_ms"_s, orNull(lastArchivedMs)},
            {u"failed"_s, failed},
            {u"last_failed"_s, lastFailed},
            {u"last_failed_ms"_s, orNull(lastFailedMs)},
            {u"current"_s, current},
            {u"segments_behind"_s, orNull(segmentsBehind)},
            {u"ready"_s, orNull(ready)},
            {u"oldest_ready"_s, oldestReady},
            {u"oldest_ready_age_ms"_s, orNull(oldestReadyAgeMs())},
            {u"ready_unknown"_s, readyUnknown},
            {u"pg_wal_bytes"_s, orNull(walFilesBytes)},
            {u"max_slot_wal_keep_mb"_s, slotKeepMb},
            {u"slots"_s, held},
            {u"disks"_s, places},
            {u"wal_rate"_s, rate ? QJsonValue(QJsonObject{{u"bytes_per_second"_s, rate->bytesPerSecond}, {u"over_ms"_s, rate->overMs}, {u"source"_s, rate->source}}) : QJsonValue()}};
}

Result<ArchiveFacts> readArchiveFacts(pg::Connection &connection, const CancelToken &cancel)
{
    const auto state = connection.runFile(u"backup/archive_state"_s, {}, {}, cancel);
    if (!state)
        return fail(Error(state.error()).during(u"ask how WAL is archived"_s));
    if (state->size() != 1)
        return fail(ErrorKind::Protocol, u"bad_answer"_s, u"The server did not say how it archives"_s);
    const auto number = [&](QLatin1StringView column) { return state->integer(0, column); };
    ArchiveFacts facts;
    facts.nowMs = number("now_ms"_L1).value_or(0);
    facts.versionNum = int(number("version_num"_L1).value_or(0));
    facts.inRecovery = state->boolean(0, "in_recovery"_L1).value_or(false);
    facts.walLevel = state->text(0, "wal_level"_L1);
    facts.mode = state->text(0, "archive_mode"_L1);
    facts.command = state->text(0, "archive_command"_L1);
    facts.library = state->text(0, "archive_library"_L1);
    facts.timeoutS = number("archive_timeout_s"_L1).value_or(0);
    facts.segmentSize = number("segment_size"_L1).value_or(0);
    facts.maxWalBytes = number("max_wal_bytes"_L1).value_or(0);
    facts.slotKeepMb = number("slot_keep_mb"_L1).value_or(-1);
    facts.slotIdleTimeoutS = number("slot_idle_timeout_s"_L1).value_or(0);
    facts.dataFolder = state->text(0, "data_directory"_L1);
    facts.archived = number("archived_count"_L1).value_or(0);
    facts.lastArchived = state->text(0, "last_archived_wal"_L1);
    facts.lastArchivedMs = number("last_archived_ms"_L1);
    facts.failed = number("failed_count"_L1).value_or(0);
    facts.lastFailed = state->text(0, "last_failed_wal"_L1);
    facts.lastFailedMs = number("last_failed_ms"_L1);
    facts.current = state->text(0, "current_wal"_L1);
    facts.segmentsBehind = segmentsBetween(facts.lastArchived, facts.current, facts.segmentSize);
    // A minute of a new count says nothing of a day.
    if (const auto bytes = number("wal_bytes"_L1), since = number("wal_since_ms"_L1); bytes && since && !facts.inRecovery && facts.nowMs - *since >= 60 * 60'000)
        facts.rate = WalRate{double(*bytes) * 1000 / double(facts.nowMs - *since), facts.nowMs - *since, u"of the server's count since its statistics were reset"_s};
    if (state->boolean(0, "may_list"_L1).value_or(false)) {
        const auto ready = connection.runFile(u"backup/archive_ready"_s, {}, {}, cancel);
        if (!ready)
            return fail(Error(ready.error()).during(u"ask what waits to be archived"_s));
        facts.ready = ready->integer(0, "ready"_L1);
        facts.oldestReady = ready->text(0, "oldest_wal"_L1);
        facts.oldestReadyMs = ready->integer(0, "oldest_ms"_L1);
        facts.walFilesBytes = ready->integer(0, "wal_files_bytes"_L1);
    } else {
        facts.readyUnknown = state->text(0, "grant_text"_L1);
    }
    const auto held = connection.runFile(u"backup/archive_slots"_s, {}, {}, cancel);
    if (!held)
        return fail(Error(held.error()).during(u"ask for the replication slots"_s));
    for (qsizetype row = 0; row < held->size(); ++row) {
        SlotFacts slot;
        slot.name = held->text(row, "slot_name"_L1);
        slot.type = held->text(row, "slot_type"_L1);
        slot.active = held->boolean(row, "active"_L1).value_or(false);
        slot.application = held->text(row, "application"_L1);
        slot.retainedBytes = held->integer(row, "retained_bytes"_L1);
        slot.walStatus = held->text(row, "wal_status"_L1);
        slot.safeBytes = held->integer(row, "safe_bytes"_L1);
        slot.invalidated = held->text(row, "invalidation_reason"_L1);
        slot.inactiveSinceMs = held->integer(row, "inactive_since_ms"_L1);
        facts.replicationSlots.append(slot);
    }
    return facts;
}

} // namespace howdah::backup
