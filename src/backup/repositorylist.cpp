// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/repositorylist.h"

#include <QDateTime>
#include <QJsonDocument>

#include <algorithm>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

constexpr qint64 longestRecord = 256 << 10;
constexpr qint64 longestManifest = 64 << 20; // of the stack's own, which is read whole
constexpr double unsignedFor = 3600;         // seconds: after that an unfinished one without a name on it is nobody's

} // namespace

QJsonObject seenOf(const Backup &backup)
{
    return {{u"manifest_sha256"_s, QString::fromLatin1(backup.manifestSha256)}, {u"at_ms"_s, backup.verified.atMs}, {u"good"_s, backup.verified.good}, {u"words"_s, backup.verified.words}};
}

void RepositoryList::addFound(const QByteArray &found)
{
    for (const QByteArray &line : found.split('\0')) {
        const QList<QByteArray> fields = line.split(' ');
        const QString path = QString::fromUtf8(line.mid(fields.value(0).size() + fields.value(1).size() + fields.value(2).size() + 3));
        if (!path.startsWith(m_root + u'/'))
            continue;
        const QString below = path.mid(m_root.size() + 1);
        const QString key = below.section(u'/', 0, 1);
        Entry &entry = m_entries[key];
        if (below == key) {
            entry.name = key.section(u'/', 1);
            entry.folder = path;
            entry.dump = key.startsWith("dump/"_L1);
            entry.isFolder = fields.value(0) == "d";
            entry.modified = fields.value(2).toDouble();
            if (fields.value(0) == "f" && fields.value(1).toLongLong() <= longestRecord && entry.name.endsWith(".seen"_L1))
                entry.files.insert(QString(), fields.value(1).toLongLong());
        } else if (fields.value(0) == "f") {
            entry.files.insert(below.section(u'/', 2), fields.value(1).toLongLong());
        }
    }
}

QByteArray RepositoryList::textsToRead() const
{
    QByteArray paths;
    for (const Entry &entry : m_entries) {
        const auto add = [&](const QString &file, qint64 most) {
            if (entry.files.contains(file) && entry.files.value(file) <= most)
                paths += (entry.folder + u'/' + file).toUtf8() + '\0';
        };
        if (entry.files.contains(QString()) && isStackId(entry.name.sliced(1).chopped(qsizetype(qstrlen(".seen")))))
            paths += entry.folder.toUtf8() + '\0';
        if (isId(entry.name))
            add(u"howdah-backup.json"_s, longestRecord);
        else if (entry.name.startsWith(u'.'))
            add(u"owner.json"_s, longestRecord);
        if (isStackId(entry.name) && !entry.dump) {
            add(u"backup_manifest"_s, longestManifest);
            add(u"backup_label"_s, longestRecord);
        }
    }
    return paths;
}

void RepositoryList::addTexts(const QByteArray &texts)
{
    for (qsizetype at = 0; at < texts.size();) {
        const qsizetype separator = texts.indexOf('\0', at);
        const qsizetype end = separator < 0 ? -1 : texts.indexOf('\n', separator);
        if (end < 0)
            break;
        m_texts[QString::fromUtf8(texts.mid(at, separator - at))] += QByteArrayView(texts).sliced(separator + 1, end - separator);
        at = end + 1;
    }
}

QByteArray RepositoryList::manifestsToHash() const
{
    QByteArray paths;
    for (const Entry &entry : m_entries) {
        for (const QString &file : entry.dump ? QStringList{u"dump_manifest.json"_s} : QStringList{u"data/backup_manifest"_s, u"backup_manifest"_s}) {
            if ((isId(entry.name) || isStackId(entry.name)) && entry.files.contains(file))
                paths += (entry.folder + u'/' + file).toUtf8() + '\0';
        }
    }
    return paths;
}

void RepositoryList::addHashes(const QByteArray &hashes)
{
    for (const QByteArray &line : hashes.split('\0')) {
        if (line.size() > 66)
            m_hashes.insert(QString::fromUtf8(line.mid(66)), line.left(64));
    }
}

Backup RepositoryList::backupOf(const Entry &entry) const
{
    Backup backup;
    const QString record = entry.folder + "/howdah-backup.json"_L1;
    const auto unreadable = [&](const QString &why) {
        backup.id = entry.name;
        backup.kind = entry.name.endsWith("-dump"_L1) ? BackupKind::Dump : entry.name.endsWith("-incr"_L1) ? BackupKind::Incremental : BackupKind::Full;
        backup.state = BackupState::Unreadable;
        backup.stateWords = why;
    };
    if (!entry.files.contains(u"howdah-backup.json"_s)) {
        unreadable(u"there is no record of it"_s);
    } else if (auto read = Backup::fromJson(QJsonDocument::fromJson(m_texts.value(record)).object(), entry.name); !read) {
        unreadable(read.error().message);
    } else {
        backup = *std::move(read);
        const QByteArray hash = m_hashes.value(entry.folder + (entry.dump ? "/dump_manifest.json"_L1 : "/data/backup_manifest"_L1));
        if (hash != backup.manifestSha256) {
            backup.state = BackupState::Changed;
            backup.stateWords = hash.isEmpty() ? u"its manifest is missing"_s : u"its manifest is not the one that was recorded when it was taken"_s;
        }
    }
    return backup;
}

Backup RepositoryList::stackBackupOf(const Entry &entry) const
{
    Backup backup;
    backup.id = entry.name;
    backup.ofStack = true;
    const auto manifest = BackupManifest::parse(m_texts.value(entry.folder + "/backup_manifest"_L1));
    const auto label = BackupLabel::parse(m_texts.value(entry.folder + "/backup_label"_L1));
    if (!manifest || !label || manifest->incremental) {
        backup.state = manifest ? BackupState::Unreadable : BackupState::Changed;
        backup.stateWords = manifest ? u"its backup_label is not understood"_s : manifest.error().message;
        return backup;
    }
    backup.systemIdentifier = manifest->systemIdentifier;
    backup.timeline = label->timeline;
    backup.startLsn = label->start;
    backup.stopLsn = manifest->wal.constLast().end;
    backup.startMs = label->startMs.value_or(0);
    backup.files = manifest->files;
    backup.bytes = manifest->bytes; // without its WAL
    backup.checksumAlgorithm = manifest->checksumAlgorithm;
    backup.manifestSha256 = m_hashes.value(entry.folder + "/backup_manifest"_L1);
    backup.label = label->label;
    // Of this very backup, or of nothing.
    const QJsonObject seen = QJsonDocument::fromJson(m_texts.value(m_root + "/base/."_L1 + entry.name + ".seen"_L1)).object();
    if (!backup.manifestSha256.isEmpty() && seen.value("manifest_sha256"_L1).toString().toLatin1() == backup.manifestSha256 && seen.value("good"_L1).isBool())
        backup.verified = {seen.value("at_ms"_L1).toInteger(), seen.value("good"_L1).toBool(), seen.value("words"_L1).toString().left(16384)};
    backup.notes << u"the stack made it at its first start: the moment of its end is in the archive's backup history file"_s;
    return backup;
}

Backup RepositoryList::unfinishedOf(const Entry &entry) const
{
    Backup backup;
    backup.id = entry.name.sliced(1).chopped(qsizetype(qstrlen(".part")));
    backup.kind = entry.dump ? BackupKind::Dump : backup.id.endsWith("-incr"_L1) ? BackupKind::Incremental : BackupKind::Full;
    const Owner owner = Owner::fromJson(QJsonDocument::fromJson(m_texts.value(entry.folder + "/owner.json"_L1)).object());
    const bool recent = double(QDateTime::currentMSecsSinceEpoch()) / 1000 - entry.modified < unsignedFor;
    const Owner::State state = owner.state();
    if (owner.process > 0 ? state != Owner::State::Gone : recent) {
        backup.state = BackupState::BeingWritten;
        backup.stateWords = owner.process == 0 ? u"by whom is not known"_s : u"by process %1 on %2"_s.arg(owner.process).arg(owner.host);
        if (owner.process > 0 && state == Owner::State::Unknown)
            backup.stateWords += u", of which nothing is known here"_s;
    } else {
        backup.state = BackupState::Left;
        backup.stateWords = u"unfinished: the program that wrote it is gone"_s;
    }
    return backup;
}

Catalogue RepositoryList::catalogue() const
{
    Catalogue catalogue;
    for (const Entry &entry : m_entries) {
        if (!entry.isFolder)
            continue;
        const bool part = entry.name.startsWith(u'.') && entry.name.endsWith(".part"_L1) && isId(entry.name.sliced(1).chopped(qsizetype(qstrlen(".part"))));
        if (!part && !isId(entry.name) && !(isStackId(entry.name) && !entry.dump))
            continue;
        Backup backup = part ? unfinishedOf(entry) : isStackId(entry.name) ? stackBackupOf(entry) : backupOf(entry);
        // A dump among the base backups, or the other way round, is neither.
        if ((backup.kind == BackupKind::Dump) != entry.dump) {
            backup.state = BackupState::Unreadable;
            backup.stateWords = u"it lies where its kind does not belong"_s;
        }
        backup.folder = entry.folder;
        backup.data = backup.ofStack || entry.dump ? entry.folder : QString(entry.folder + "/data"_L1);
        catalogue.backups.append(backup);
    }
    std::stable_sort(catalogue.backups.begin(), catalogue.backups.end(), [](const Backup &a, const Backup &b) { return timeOfId(a.id) < timeOfId(b.id); });
    return catalogue;
}

} // namespace howdah::backup
