// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/catalogue.h"

#include "backup/toolbox.h"

#include <QDateTime>
#include <QJsonArray>
#include <QRegularExpression>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

constexpr int format = 1; // of howdah-backup.json
constexpr qsizetype longest = 4096;

const QRegularExpression &idShape()
{
    static const QRegularExpression shape(u"^(\\d{8}T\\d{6}Z)(-[2-9])?-(full|incr|dump)\\z"_s);
    return shape;
}

QString suffixOf(BackupKind kind)
{
    return kind == BackupKind::Full ? u"full"_s : kind == BackupKind::Incremental ? u"incr"_s : u"dump"_s;
}

bool isHash(const QString &text)
{
    static const QRegularExpression shape(u"^[0-9a-f]{64}\\z"_s);
    return shape.match(text).hasMatch();
}

// Reads what we would have written, and remembers whether it was that.
class Reader
{
public:
    explicit Reader(const QJsonObject &json) : m_json(json) {}
    QString text(QLatin1StringView key)
    {
        const QJsonValue value = m_json.value(key);
        const QString found = value.toString();
        check(key, value.isString() && found.size() <= longest);
        return found;
    }
    qint64 number(QLatin1StringView key, qint64 least)
    {
        const QJsonValue value = m_json.value(key);
        const qint64 found = value.toInteger(least - 1);
        check(key, value.isDouble() && found >= least);
        return found;
    }
    bool flag(QLatin1StringView key)
    {
        check(key, m_json.value(key).isBool());
        return m_json.value(key).toBool();
    }
    QStringList texts(QLatin1StringView key)
    {
        QStringList found;
        const QJsonArray values = m_json.value(key).toArray();
        check(key, m_json.value(key).isArray() && values.size() <= 1000);
        for (const QJsonValue &value : values)
            found << value.toString().left(longest);
        return found;
    }
    Lsn lsn(QLatin1StringView key)
    {
        const auto found = Lsn::parse(text(key));
        check(key, found.has_value());
        return found.value_or(Lsn());
    }
    void check(QLatin1StringView key, bool good)
    {
        if (!good && bad.isEmpty())
            bad = key;
    }
    QString bad; // the first key that was not

private:
    const QJsonObject &m_json;
};

} // namespace

QString kindName(BackupKind kind)
{
    return kind == BackupKind::Full ? u"full"_s : kind == BackupKind::Incremental ? u"incremental"_s : u"dump"_s;
}

QString stateName(BackupState state)
{
    switch (state) {
    case BackupState::Complete: return u"complete"_s;
    case BackupState::BeingWritten: return u"being_written"_s;
    case BackupState::Left: return u"left"_s;
    case BackupState::Changed: return u"changed"_s;
    case BackupState::Unreadable: return u"unreadable"_s;
    }
    return u"unreadable"_s;
}

QJsonObject Backup::toJson() const
{
    QJsonObject json{{u"format"_s, format},
                     {u"id"_s, id},
                     {u"kind"_s, kindName(kind)},
                     {u"tar"_s, tar},
                     {u"compression"_s, compression},
                     {u"parent"_s, parent},
                     {u"parent_manifest_sha256"_s, QString::fromLatin1(parentSha256)},
                     {u"system_identifier"_s, systemIdentifier},
                     {u"server_version"_s, serverVersion},
                     {u"tools_version"_s, toolsVersion},
                     {u"tools"_s, toolsWhere},
                     {u"image_id"_s, imageId},
                     {u"timeline"_s, qint64(timeline)},
                     {u"start_lsn"_s, startLsn.text()},
                     {u"stop_lsn"_s, stopLsn.text()},
                     {u"start_ms"_s, startMs},
                     {u"stop_ms"_s, stopMs},
                     {u"segment_size"_s, qint64(segmentSize)},
                     {u"bytes"_s, bytes},
                     {u"files"_s, files},
                     {u"data_checksums"_s, dataChecksums},
                     {u"checksum_algorithm"_s, checksumAlgorithm},
                     {u"manifest_sha256"_s, QString::fromLatin1(manifestSha256)},
                     {u"label"_s, label},
                     {u"errors"_s, QJsonArray::fromStringList(errors)},
                     {u"notes"_s, QJsonArray::fromStringList(notes)}};
    if (settings != RecoveryFloors{}) {
        QJsonArray floors;
        for (const qint32 one : settings)
            floors.append(one);
        json.insert(u"settings"_s, floors); // in the order of RecoveryFloors
    }
    if (verified.atMs)
        json.insert(u"verified"_s, QJsonObject{{u"at_ms"_s, verified.atMs}, {u"good"_s, verified.good}, {u"words"_s, verified.words}});
    return json;
}

QJsonObject Backup::toJson(const QString &where) const
{
    QJsonObject json = toJson();
    json.remove(u"format"_s);
    json.insert(u"repository"_s, where);
    json.insert(u"state"_s, stateName(state));
    json.insert(u"state_words"_s, stateWords);
    json.insert(u"folder"_s, folder);
    json.insert(u"usable"_s, isUsable());
    json.insert(u"of_stack"_s, ofStack);
    // What is not known is null, never 0.
    for (const QString &key : {u"start_ms"_s, u"stop_ms"_s, u"segment_size"_s, u"timeline"_s}) {
        if (json.value(key).toInteger() == 0)
            json.insert(key, QJsonValue::Null);
    }
    for (const QString &key : {u"bytes"_s, u"files"_s}) {
        if (json.value(key).toInteger() < 0)
            json.insert(key, QJsonValue::Null);
    }
    for (const auto &[key, lsn] : {std::pair(u"start_lsn"_s, startLsn), std::pair(u"stop_lsn"_s, stopLsn)}) {
        if (lsn.isNone())
            json.insert(key, QJsonValue::Null);
    }
    return json;
}

Result<Backup> Backup::fromJson(const QJsonObject &json, const QString &id)
{
    Reader reader(json);
    Backup backup;
    backup.id = id;
    reader.check("format"_L1, json.value("format"_L1).toInt() == format);
    reader.check("id"_L1, reader.text("id"_L1) == id && isId(id));
    const QString kind = reader.text("kind"_L1);
    backup.kind = kind == "incremental"_L1 ? BackupKind::Incremental : kind == "dump"_L1 ? BackupKind::Dump : BackupKind::Full;
    reader.check("kind"_L1, kindName(backup.kind) == kind && id.endsWith(suffixOf(backup.kind)));
    backup.tar = reader.flag("tar"_L1);
    backup.compression = reader.text("compression"_L1);
    backup.parent = reader.text("parent"_L1);
    backup.parentSha256 = reader.text("parent_manifest_sha256"_L1).toLatin1();
    if (backup.kind == BackupKind::Incremental)
        reader.check("parent"_L1, (isId(backup.parent) || isStackId(backup.parent)) && backup.parent != id && isHash(QString::fromLatin1(backup.parentSha256)));
    else
        reader.check("parent"_L1, backup.parent.isEmpty() && backup.parentSha256.isEmpty());
    backup.systemIdentifier = reader.text("system_identifier"_L1);
    // It becomes a part of paths. Of a dump it may be missing: its role could not ask for it.
    static const QRegularExpression digits(u"^\\d{1,20}$"_s);
    reader.check("system_identifier"_L1, digits.match(backup.systemIdentifier).hasMatch() || (backup.kind == BackupKind::Dump && backup.systemIdentifier.isEmpty()));
    backup.serverVersion = reader.text("server_version"_L1);
    backup.serverVersionNum = versionNumOf(backup.serverVersion);
    reader.check("server_version"_L1, backup.serverVersionNum != 0);
    backup.toolsVersion = reader.text("tools_version"_L1);
    backup.toolsWhere = reader.text("tools"_L1);
    backup.imageId = reader.text("image_id"_L1);
    const bool physical = backup.kind != BackupKind::Dump;
    const qint64 timeline = reader.number("timeline"_L1, physical ? 1 : 0);
    reader.check("timeline"_L1, timeline <= 4294967295LL);
    backup.timeline = Timeline(timeline);
    backup.startLsn = reader.lsn("start_lsn"_L1);
    backup.stopLsn = reader.lsn("stop_lsn"_L1);
    reader.check("stop_lsn"_L1, !(backup.stopLsn < backup.startLsn));
    backup.startMs = reader.number("start_ms"_L1, 0);
    backup.stopMs = reader.number("stop_ms"_L1, 0);
    reader.check("stop_ms"_L1, backup.stopMs == 0 || backup.stopMs >= backup.startMs);
    const qint64 segmentSize = reader.number("segment_size"_L1, 0);
    reader.check("segment_size"_L1, segmentSize <= (1LL << 30) && (!physical || isSegmentSize(quint64(segmentSize))));
    backup.segmentSize = quint32(segmentSize);
    backup.bytes = reader.number("bytes"_L1, -1);
    backup.files = reader.number("files"_L1, -1);
    backup.dataChecksums = reader.flag("data_checksums"_L1);
    backup.checksumAlgorithm = reader.text("checksum_algorithm"_L1);
    const QString hash = reader.text("manifest_sha256"_L1);
    reader.check("manifest_sha256"_L1, isHash(hash) || (!physical && hash.isEmpty()));
    backup.manifestSha256 = hash.toLatin1();
    backup.label = reader.text("label"_L1);
    backup.errors = reader.texts("errors"_L1);
    backup.notes = reader.texts("notes"_L1);
    if (const QJsonValue value = json.value("settings"_L1); !value.isUndefined()) { // of older records it is not known
        const QJsonArray floors = value.toArray();
        reader.check("settings"_L1, floors.size() == qsizetype(backup.settings.size()));
        for (std::size_t i = 0; i < backup.settings.size(); ++i) {
            backup.settings[i] = floors.at(qsizetype(i)).toInt(-1);
            reader.check("settings"_L1, backup.settings[i] >= 0);
        }
    }
    if (const QJsonValue value = json.value("verified"_L1); !value.isUndefined()) {
        const QJsonObject object = value.toObject();
        Reader verified(object);
        backup.verified = {verified.number("at_ms"_L1, 1), verified.flag("good"_L1), object.value("words"_L1).toString().left(4 * longest)};
        reader.check("verified"_L1, verified.bad.isEmpty());
    }
    if (!reader.bad.isEmpty())
        return fail(ErrorKind::Io, u"bad_record"_s, u"The record of the backup %1 is not understood: %2"_s.arg(id, reader.bad));
    return backup;
}

QString newId(BackupKind kind, qint64 nowMs, const QStringList &taken)
{
    const QString moment = QDateTime::fromMSecsSinceEpoch(nowMs, Qt::UTC).toString(u"yyyyMMdd'T'HHmmss'Z'"_s);
    QString id = moment + u'-' + suffixOf(kind);
    for (int number = 2; number <= 9 && taken.contains(id); ++number)
        id = u"%1-%2-%3"_s.arg(moment).arg(number).arg(suffixOf(kind));
    return id;
}

bool isId(const QString &name)
{
    return idShape().match(name).hasMatch();
}

bool isStackId(const QString &name)
{
    static const QRegularExpression shape(u"^initial-\\d{8}T\\d{6}Z\\z"_s);
    return shape.match(name).hasMatch();
}

qint64 timeOfId(const QString &id)
{
    static const QRegularExpression shape(u"(\\d{8}T\\d{6})Z"_s);
    QDateTime time = QDateTime::fromString(shape.match(id).captured(1), u"yyyyMMdd'T'HHmmss"_s);
    time.setTimeSpec(Qt::UTC);
    return time.isValid() ? time.toMSecsSinceEpoch() : 0;
}

const Backup *Catalogue::find(const QString &id) const
{
    for (const Backup &backup : backups) {
        if (backup.id == id)
            return &backup;
    }
    return nullptr;
}

Result<QVector<const Backup *>> Catalogue::chain(const QString &id) const
{
    QVector<const Backup *> links;
    const Backup *child = nullptr;
    for (QString next = id; !next.isEmpty();) {
        const Backup *link = find(next);
        if (!link && !child)
            return fail(ErrorKind::Client, u"no_such_backup"_s, u"There is no backup %1"_s.arg(next));
        if (!link)
            return fail(ErrorKind::Io, u"parent_missing"_s, u"The backup %1 builds on %2, which is not there"_s.arg(child->id, next), u"It restores nothing any more; take a full backup"_s);
        if (child && (link->kind == BackupKind::Dump || link->systemIdentifier != child->systemIdentifier || links.contains(link)))
            return fail(ErrorKind::Io, u"parent_changed"_s, u"The backup %1 can't build on %2: that is of another kind or cluster"_s.arg(child->id, next));
        if (child && link->state == BackupState::Complete && link->manifestSha256 != child->parentSha256)
            return fail(ErrorKind::Io, u"parent_changed"_s, u"The backup %1 builds on a %2 with another manifest"_s.arg(child->id, next), u"It restores nothing any more; take a full backup"_s);
        if (link->state != BackupState::Complete)
            return fail(ErrorKind::Io, u"not_usable"_s, u"The backup %1 can't be used: %2"_s.arg(link->id, link->stateWords));
        links.prepend(link);
        child = link;
        next = link->parent;
    }
    return links;
}

QVector<const Backup *> Catalogue::childrenOf(const QString &id) const
{
    QVector<const Backup *> children;
    for (const Backup &backup : backups) {
        if (backup.parent == id)
            children << &backup;
    }
    return children;
}

QStringList Catalogue::orphans() const
{
    QStringList ids;
    for (const Backup &backup : backups) {
        if (backup.kind == BackupKind::Incremental && backup.state == BackupState::Complete && !chain(backup.id))
            ids << backup.id;
    }
    return ids;
}

const Backup *Catalogue::lastFull(const QString &systemIdentifier) const
{
    const Backup *last = nullptr;
    for (const Backup &backup : backups) {
        if (backup.kind == BackupKind::Full && backup.systemIdentifier == systemIdentifier && backup.isUsable())
            last = &backup;
    }
    return last;
}

} // namespace howdah::backup
