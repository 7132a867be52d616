// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/backupmanifest.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

static tl::unexpected<Error> badManifest(const QString &what)
{
    return fail(ErrorKind::Io, u"bad_manifest"_s, u"The backup's manifest can't be used: %1"_s.arg(what));
}

Result<BackupManifest> BackupManifest::parse(const QByteArray &bytes)
{
    // The last line is the checksum of all before it.
    const qsizetype last = bytes.endsWith('\n') ? bytes.lastIndexOf('\n', bytes.size() - 2) : -1;
    if (last < 0)
        return badManifest(u"it is cut off"_s);
    QJsonParseError parsed;
    const QJsonObject json = QJsonDocument::fromJson(bytes, &parsed).object();
    if (parsed.error != QJsonParseError::NoError || json.isEmpty())
        return badManifest(u"it is no whole JSON (%1)"_s.arg(parsed.errorString()));
    const QByteArray told = json.value("Manifest-Checksum"_L1).toString().toLatin1().toLower();
    if (QCryptographicHash::hash(QByteArrayView(bytes).first(last + 1), QCryptographicHash::Sha256).toHex() != told)
        return badManifest(u"its checksum is not that of its content"_s);
    BackupManifest manifest;
    manifest.version = json.value("PostgreSQL-Backup-Manifest-Version"_L1).toInt();
    if (manifest.version < 1 || manifest.version > 2)
        return badManifest(u"version %1 is not known"_s.arg(manifest.version));
    // Larger than a JSON number holds: from the text, whose every byte is under the checksum by now.
    static const QRegularExpression identifier(u"\"System-Identifier\":\\s*(\\d{1,20})"_s);
    if (const auto match = identifier.match(QString::fromLatin1(bytes.first(qMin<qsizetype>(bytes.size(), 1024)))); match.hasMatch())
        manifest.systemIdentifier = match.captured(1);
    else if (manifest.version >= 2)
        return badManifest(u"it names no cluster"_s);
    if (!json.value("Files"_L1).isArray() || !json.value("WAL-Ranges"_L1).isArray())
        return badManifest(u"it lists no files or no WAL"_s);
    for (const QJsonValue &value : json.value("Files"_L1).toArray()) {
        const QJsonObject file = value.toObject();
        const QString algorithm = file.value("Checksum-Algorithm"_L1).toString();
        if (manifest.files++ == 0)
            manifest.checksumAlgorithm = algorithm;
        else if (manifest.checksumAlgorithm != algorithm)
            manifest.checksumAlgorithm = u"mixed"_s;
        const double size = file.value("Size"_L1).toDouble(-1);
        if (size < 0)
            return badManifest(u"a file has no size"_s);
        manifest.bytes += qint64(size);
        const QString path = file.value("Path"_L1).toString();
        manifest.incremental = manifest.incremental || path.section(u'/', -1).startsWith("INCREMENTAL."_L1);
        if (path == "postgresql.auto.conf"_L1 && algorithm.compare("SHA256"_L1, Qt::CaseInsensitive) == 0)
            manifest.autoConfSha256 = file.value("Checksum"_L1).toString().toLatin1().toLower();
    }
    for (const QJsonValue &value : json.value("WAL-Ranges"_L1).toArray()) {
        const QJsonObject range = value.toObject();
        const auto start = Lsn::parse(range.value("Start-LSN"_L1).toString());
        const auto end = Lsn::parse(range.value("End-LSN"_L1).toString());
        const double timeline = range.value("Timeline"_L1).toDouble();
        if (!start || !end || *end < *start || timeline < 1 || timeline > 4294967295.0)
            return badManifest(u"its WAL range is not understood"_s);
        manifest.wal.append({Timeline(timeline), *start, *end});
    }
    std::sort(manifest.wal.begin(), manifest.wal.end(), [](const WalRange &a, const WalRange &b) { return a.start < b.start; });
    if (manifest.files == 0 || manifest.wal.isEmpty())
        return badManifest(u"it lists no files or no WAL"_s);
    return manifest;
}

// "2026-11-27 02:13:00 UTC", in the server's log_timezone: an abbreviation other than UTC's says too little.
static std::optional<qint64> timeOf(const QString &text)
{
    static const QRegularExpression shape(u"^(\\d{4}-\\d\\d-\\d\\d) (\\d\\d:\\d\\d:\\d\\d) (?:UTC|GMT)\\z"_s);
    const auto match = shape.match(text.trimmed());
    const QDateTime time = match.hasMatch() ? QDateTime::fromString(match.captured(1) + u'T' + match.captured(2) + u'Z', Qt::ISODate) : QDateTime();
    return time.isValid() ? std::optional(time.toMSecsSinceEpoch()) : std::nullopt;
}

std::optional<BackupLabel> BackupLabel::parse(const QByteArray &text)
{
    static const QRegularExpression place(u"^([0-9A-F]{1,8}/[0-9A-F]{1,8}) \\(file ([0-9A-F]{24})\\)\\z"_s);
    BackupLabel label;
    for (const QByteArray &line : text.split('\n')) {
        const QString key = QString::fromLatin1(line.left(line.indexOf(':')));
        const QString value = QString::fromUtf8(line.mid(line.indexOf(':') + 1)).trimmed();
        if (key == "START WAL LOCATION"_L1 || key == "STOP WAL LOCATION"_L1) {
            const auto match = place.match(value);
            const auto lsn = match.hasMatch() ? Lsn::parse(match.captured(1)) : std::nullopt;
            if (!lsn)
                return std::nullopt;
            if (key.startsWith("STOP"_L1)) {
                label.stop = lsn;
            } else {
                label.start = *lsn;
                label.segment = match.captured(2);
            }
        } else if (key == "START TIMELINE"_L1) {
            label.timeline = value.toUInt();
        } else if (key == "START TIME"_L1) {
            label.startMs = timeOf(value);
        } else if (key == "STOP TIME"_L1) {
            label.stopMs = timeOf(value);
        } else if (key == "LABEL"_L1) {
            label.label = value;
        } else if (key == "INCREMENTAL FROM LSN"_L1) {
            label.incrementalFrom = Lsn::parse(value);
            if (!label.incrementalFrom)
                return std::nullopt;
        } else if (key == "INCREMENTAL FROM TLI"_L1) {
            label.incrementalFromTimeline = value.toUInt();
        }
    }
    if (label.start.isNone() || label.timeline == 0)
        return std::nullopt;
    return label;
}

} // namespace howdah::backup
