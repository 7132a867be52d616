// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/evidence.h"

#include "backup/rehearsalrecord.h"
#include "base/paths.h"
#include "base/savefile.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

QString folder()
{
    return paths::dataDir() + u"/evidence"_s;
}

QJsonValue orNull(const QString &text)
{
    return text.isEmpty() ? QJsonValue() : QJsonValue(text);
}

QJsonValue orNull(const std::optional<qint64> &figure)
{
    return figure ? QJsonValue(*figure) : QJsonValue();
}

std::optional<qint64> figureOf(const QJsonValue &json)
{
    return json.isDouble() ? std::optional(json.toInteger()) : std::nullopt;
}

// What replay reads, from the backup's first record to where the target stops it.
QVector<EvidenceSegment> segmentsOf(const Inventory &inventory, const BackupPoint &point, const Verdict &verdict)
{
    const Lsn stop = verdict.stopsBefore.isNone() ? verdict.stopsAfter : verdict.stopsBefore;
    QVector<EvidenceSegment> all;
    for (const Segment &segment : reachOf(inventory, point, verdict.timeline).segments) {
        if (!stop.isNone() && segment.begin(inventory.segmentSize) > stop)
            break;
        const SegmentFacts &facts = *inventory.segments.constFind(segment);
        all.append({facts.file, facts.bytes, facts.sha256.toHex()});
    }
    return all;
}

std::optional<qint64> newestCommitUs(const Inventory &inventory, Timeline timeline)
{
    qint64 newest = 0;
    for (const SegmentFacts &facts : inventory.segments) {
        if (facts.segment.timeline == timeline && facts.isWhole())
            newest = std::max(newest, facts.maxUs);
    }
    return newest > 0 ? std::optional(newest) : std::nullopt;
}

} // namespace

std::optional<qint64> Evidence::recoveryMs() const
{
    return figureOf(outcome.value("recovery_ms"_L1));
}

std::optional<qint64> Evidence::exposedMs() const
{
    return lastArchivedUs ? std::optional(std::max<qint64>(0, atMs - *lastArchivedUs / 1000)) : std::nullopt;
}

Evidence evidenceOf(const Stand &stand, const PhysicalPlace &place, const QString &target, const Verdict &verdict, const QString &rehearsal, qint64 nowMs)
{
    Evidence evidence;
    evidence.rehearsal = rehearsal;
    evidence.target = target;
    evidence.systemIdentifier = stand.inventory.systemIdentifier;
    evidence.repository = place.repository->name();
    evidence.archive = stand.archive.where;
    evidence.verdict = verdict.toJson();
    evidence.lost = qint64(verdict.lost);
    evidence.atMs = nowMs;
    evidence.lastArchivedUs = newestCommitUs(stand.inventory, verdict.timeline);
    const auto chain = stand.catalogue.chain(verdict.backup);
    const auto point = std::find_if(stand.points.cbegin(), stand.points.cend(), [&](const BackupPoint &one) { return one.id == verdict.backup; });
    if (!chain || point == stand.points.cend())
        return evidence; // and says that its inputs are not known
    for (const Backup *link : *chain)
        evidence.chain.append({link->id, kindName(link->kind), link->manifestSha256, link->timeline, link->startLsn, link->stopLsn, link->verified.atMs > 0 && link->verified.good});
    evidence.segments = segmentsOf(stand.inventory, *point, verdict);
    evidence.inputsKnown = true;
    return evidence;
}

void conclude(Evidence &evidence, const Result<Rehearsal> &rehearsed)
{
    if (rehearsed)
        evidence.outcome = rehearsed->toJson();
    else
        evidence.failed = rehearsed.error().text();
}

QJsonObject Evidence::toJson() const
{
    QJsonArray links, files, later;
    for (const EvidenceBackup &link : chain)
        links.append(QJsonObject{{u"id"_s, link.id}, {u"kind"_s, link.kind}, {u"manifest_sha256"_s, orNull(QString::fromLatin1(link.manifestSha256))}, {u"timeline"_s, qint64(link.timeline)},
                                 {u"start_lsn"_s, orNull(link.start.isNone() ? QString() : link.start.text())}, {u"stop_lsn"_s, orNull(link.stop.isNone() ? QString() : link.stop.text())}, {u"verified"_s, link.verified}});
    for (const EvidenceSegment &segment : segments)
        files.append(QJsonObject{{u"file"_s, segment.file}, {u"bytes"_s, segment.bytes}, {u"sha256"_s, QString::fromLatin1(segment.sha256)}});
    for (const EvidenceEvent &event : events)
        later.append(QJsonObject{{u"at_ms"_s, event.atMs}, {u"what"_s, event.what}, {u"words"_s, event.words}, {u"facts"_s, event.facts}});
    return {{u"version"_s, 1},
            {u"rehearsal"_s, rehearsal},
            {u"at_ms"_s, atMs},
            {u"target"_s, orNull(target)},
            {u"system_identifier"_s, orNull(systemIdentifier)},
            {u"repository"_s, orNull(repository)},
            {u"archive"_s, orNull(archive)},
            {u"inputs_known"_s, inputsKnown},
            {u"backups"_s, links},
            {u"segments"_s, files},
            {u"verdict"_s, verdict},
            {u"outcome"_s, outcome.isEmpty() ? QJsonValue() : QJsonValue(outcome)},
            {u"failed"_s, orNull(failed)},
            {u"last_archived_us"_s, orNull(lastArchivedUs)},
            {u"lost"_s, orNull(lost)},
            {u"rto_ms"_s, orNull(recoveryMs())},
            {u"rpo_ms"_s, orNull(exposedMs())},
            {u"events"_s, later}};
}

Result<Evidence> Evidence::fromJson(const QJsonObject &json)
{
    Evidence one;
    one.rehearsal = json.value("rehearsal"_L1).toString();
    one.atMs = json.value("at_ms"_L1).toInteger();
    one.target = json.value("target"_L1).toString();
    one.systemIdentifier = json.value("system_identifier"_L1).toString();
    one.repository = json.value("repository"_L1).toString();
    one.archive = json.value("archive"_L1).toString();
    one.inputsKnown = json.value("inputs_known"_L1).toBool();
    const auto lsn = [](const QJsonValue &value) { return Lsn::parse(value.toString()).value_or(Lsn()); };
    for (const QJsonValue &link : json.value("backups"_L1).toArray())
        one.chain.append({link["id"_L1].toString(), link["kind"_L1].toString(), link["manifest_sha256"_L1].toString().toLatin1(), Timeline(link["timeline"_L1].toInteger()), lsn(link["start_lsn"_L1]), lsn(link["stop_lsn"_L1]),
                          link["verified"_L1].toBool()});
    for (const QJsonValue &segment : json.value("segments"_L1).toArray())
        one.segments.append({segment["file"_L1].toString(), segment["bytes"_L1].toInteger(), segment["sha256"_L1].toString().toLatin1()});
    one.verdict = json.value("verdict"_L1).toObject();
    one.outcome = json.value("outcome"_L1).toObject();
    one.failed = json.value("failed"_L1).toString();
    one.lastArchivedUs = figureOf(json.value("last_archived_us"_L1));
    one.lost = figureOf(json.value("lost"_L1));
    for (const QJsonValue &event : json.value("events"_L1).toArray())
        one.events.append({event["at_ms"_L1].toInteger(), event["what"_L1].toString(), event["words"_L1].toString(), event["facts"_L1].toObject()});
    if (!isRehearsalId(one.rehearsal) || json.value("version"_L1).toInt() != 1)
        return fail(ErrorKind::Client, u"bad_record"_s, u"The evidence of a recovery is not understood"_s);
    return one;
}

Done keepEvidence(const Evidence &evidence)
{
    if (!isRehearsalId(evidence.rehearsal))
        return fail(ErrorKind::Client, u"no_such_report"_s, u"%1 is no rehearsal's name"_s.arg(evidence.rehearsal));
    for (const QString &path : {paths::dataDir(), folder()}) {
        if (Done made = paths::makePrivateDir(path); !made)
            return made;
    }
    return saveFile(folder() + u'/' + evidence.rehearsal + u".json"_s, QJsonDocument(evidence.toJson()).toJson());
}

Result<Evidence> readEvidence(const QString &rehearsal)
{
    QFile file(folder() + u'/' + rehearsal + u".json"_s);
    if (!isRehearsalId(rehearsal) || !file.exists())
        return fail(ErrorKind::Client, u"no_such_report"_s, u"Nothing is kept of a rehearsal %1"_s.arg(rehearsal), u"howdahctl pitr report without a name takes the newest"_s);
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorKind::Io, u"bad_record"_s, u"%1 can't be read"_s.arg(file.fileName()));
    return Evidence::fromJson(QJsonDocument::fromJson(file.readAll()).object());
}

Result<QStringList> keptEvidence()
{
    QStringList ids;
    for (const QString &name : QDir(folder()).entryList({u"rehearsal-*.json"_s}, QDir::Files, QDir::Name)) {
        if (isRehearsalId(name.chopped(5)))
            ids << name.chopped(5);
    }
    return ids;
}

Done addEvidence(const QString &rehearsal, const EvidenceEvent &event)
{
    if (rehearsal.isEmpty())
        return {};
    auto evidence = readEvidence(rehearsal);
    if (!evidence) {
        if (evidence.error().reason != "no_such_report"_L1)
            return fail(std::move(evidence.error()));
        Evidence begun;
        begun.rehearsal = rehearsal;
        if (const auto standing = readRehearsal(rehearsal); standing && *standing) {
            begun.outcome = (*standing)->toJson();
            begun.atMs = (*standing)->atMs;
        }
        evidence = begun;
    }
    evidence->events.append(event);
    return keepEvidence(*evidence);
}

Result<QStringList> writeReport(const Evidence &evidence, const QString &into)
{
    if (!QDir(into).exists()) { // another's is left as it is
        if (Done made = paths::makePrivateDir(into); !made)
            return fail(std::move(made.error()));
    }
    const QString stem = into + u'/' + evidence.rehearsal;
    if (Done saved = saveFile(stem + u".json"_s, QJsonDocument(evidence.toJson()).toJson()); !saved)
        return fail(std::move(saved.error()));
    if (Done saved = saveFile(stem + u".md"_s, evidence.toMarkdown().toUtf8()); !saved)
        return fail(std::move(saved.error()));
    return QStringList{stem + u".md"_s, stem + u".json"_s};
}

} // namespace howdah::backup
