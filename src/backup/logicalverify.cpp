// SPDX-License-Identifier: GPL-3.0-or-later
// A dump that was taken, looked at: its files' sums, its list, and whether it can be read from end to end.
#include "backup/logical.h"

#include <QDateTime>
#include <QJsonDocument>

#include <algorithm>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{
constexpr qsizetype mostManifest = 256 << 20;
constexpr qsizetype mostListed = 256 << 20;
constexpr auto manifestName = "dump_manifest.json"_L1;

QString entryKind(QChar relkind)
{
    switch (relkind.unicode()) {
    case 'v': return u"VIEW"_s;
    case 'm': return u"MATERIALIZED VIEW"_s;
    case 'S': return u"SEQUENCE"_s;
    case 'f': return u"FOREIGN TABLE"_s;
    default: return u"TABLE"_s;
    }
}
} // namespace

QString verifyStep(const QString &id)
{
    return u"Verify %1"_s.arg(id);
}

Result<QVector<DumpFile>> filesOf(const Repository &repository, const QString &folder, const CancelToken &cancel)
{
    const Toolbox &toolbox = repository.toolbox();
    const auto found = toolbox.runChecked({u"find"_s, {folder, u"-mindepth"_s, u"1"_s, u"-not"_s, u"-type"_s, u"d"_s, u"-printf"_s, u"%y %s %P\\0"_s}, {}, 10 * 60'000, mostListed}, cancel);
    if (!found)
        return fail(found.error());
    QVector<DumpFile> files;
    QByteArray paths;
    for (const QByteArray &line : found->output.split('\0')) {
        if (line.isEmpty())
            continue;
        const qsizetype space = line.indexOf(' ', 2);
        DumpFile file{QString::fromUtf8(line.mid(space + 1)), line.mid(2, space - 2).toLongLong(), {}};
        // What is written beside it, and what a program that was killed left of that.
        const QString known = file.path.endsWith(".new"_L1) ? file.path.chopped(4) : file.path;
        if (known == manifestName || known == "howdah-backup.json"_L1 || known == "owner.json"_L1 || file.path == "RUNBOOK.md.new"_L1)
            continue;
        if (line.at(0) != 'f')
            return fail(ErrorKind::Client, u"changed"_s, u"%1/%2 is no file"_s.arg(folder, file.path));
        paths += (folder + u'/' + file.path).toUtf8() + '\0';
        files.append(file);
    }
    const auto hashed = toolbox.runChecked({u"xargs"_s, {u"-0r"_s, u"sha256sum"_s, u"-z"_s, u"--"_s}, paths, 0, mostListed}, cancel);
    if (!hashed)
        return fail(hashed.error());
    const QList<QByteArray> sums = hashed->output.split('\0');
    for (qsizetype i = 0; i < files.size(); ++i) {
        if (sums.value(i).mid(66) != (folder + u'/' + files.at(i).path).toUtf8())
            return fail(ErrorKind::Io, u"not_read"_s, u"The sum of %1/%2 is not known"_s.arg(folder, files.at(i).path));
        files[i].sha256 = sums.at(i).left(64);
    }
    std::sort(files.begin(), files.end(), [](const DumpFile &a, const DumpFile &b) { return a.path < b.path; });
    return files;
}

Result<DumpListing> listDump(const Toolbox &toolbox, const QString &path, const CancelToken &cancel)
{
    // With the database's own entries, which a restore into another passes over.
    const auto listed = toolbox.runChecked({u"pg_restore"_s, {u"--list"_s, u"--create"_s, path}, {}, 10 * 60'000, mostListed}, cancel);
    if (!listed)
        return fail(listed.error());
    if (listed->truncated)
        return fail(ErrorKind::Client, u"too_large"_s, u"The list of %1 is longer than %2 MB"_s.arg(path).arg(mostListed >> 20));
    return parseListing(listed->output);
}

Result<DumpManifest> readManifest(const Repository &repository, const Backup &backup, const CancelToken &cancel)
{
    if (backup.kind != BackupKind::Dump || backup.state != BackupState::Complete)
        return fail(ErrorKind::Client, u"not_usable"_s, backup.kind != BackupKind::Dump ? u"%1 is no dump"_s.arg(backup.id) : u"The dump %1 can't be used: %2"_s.arg(backup.id, backup.stateWords));
    const QString path = backup.folder + u'/' + manifestName;
    const auto hash = repository.sha256Of(path, cancel);
    if (!hash)
        return fail(Error(hash.error()).during(u"look at the dump %1"_s.arg(backup.id)));
    if (*hash != backup.manifestSha256)
        return fail(ErrorKind::Client, u"changed"_s, u"What the dump %1 says of itself is not what was recorded when it was taken"_s.arg(backup.id), u"Take another one: it is not to be trusted"_s);
    const auto text = repository.read(path, mostManifest, cancel);
    if (!text)
        return fail(text.error());
    return DumpManifest::fromJson(QJsonDocument::fromJson(*text).object(), backup.id);
}

static Verification verdict(bool good, const QString &words)
{
    return {QDateTime::currentMSecsSinceEpoch(), good, words};
}

Result<Verification> readThrough(const Repository &repository, const Backup &backup, const DumpManifest &manifest, const Progress &progress, const CancelToken &cancel)
{
    if (progress)
        progress({verifyStep(backup.id), u"pg_restore reads it through"_s, 0, 0, {}});
    const auto through = repository.toolbox().run({u"pg_restore"_s, {u"-f"_s, u"/dev/null"_s, backup.folder + u'/' + manifest.path()}, {}, 0, 1 << 16}, cancel);
    if (!through)
        return fail(through.error());
    if (through->exitCode != 0)
        return verdict(false, u"pg_restore can't read it through: %1"_s.arg(QString::fromUtf8(through->lastLines.join(' '))));
    return verdict(true, u"%1 files as they were written, read through by pg_restore"_s.arg(manifest.files.size()));
}

Result<Verification> verifyDump(const Repository &repository, const Backup &backup, const DumpManifest &manifest, const Progress &progress, const CancelToken &cancel)
{
    if (progress)
        progress({verifyStep(backup.id), u"the sums of its files"_s, 0, 0, {}});
    const auto files = filesOf(repository, backup.folder, cancel);
    if (!files && files.error().reason == "changed"_L1)
        return verdict(false, files.error().message);
    if (!files)
        return fail(files.error());
    QStringList wrong;
    QHash<QString, QByteArray> sums; // of tens of thousands
    for (const DumpFile &found : *files)
        sums.insert(found.path, found.sha256);
    for (const DumpFile &wanted : manifest.files) {
        const auto found = sums.constFind(wanted.path);
        if (found == sums.constEnd())
            wrong << u"%1 is missing"_s.arg(wanted.path);
        else if (*found != wanted.sha256)
            wrong << u"%1 is not what was written"_s.arg(wanted.path);
        if (found != sums.constEnd())
            sums.erase(found);
    }
    for (const DumpFile &found : *files) {
        if (sums.contains(found.path))
            wrong << u"%1 does not belong to it"_s.arg(found.path);
    }
    if (!wrong.isEmpty())
        return verdict(false, wrong.join(u"; "_s));
    return readThrough(repository, backup, manifest, progress, cancel);
}

Result<Verification> verifyDump(const Repository &repository, const Backup &backup, const Progress &progress, const CancelToken &cancel)
{
    const auto manifest = readManifest(repository, backup, cancel);
    if (manifest)
        return verifyDump(repository, backup, *manifest, progress, cancel);
    if (manifest.error().kind == ErrorKind::Client)
        return Verification{QDateTime::currentMSecsSinceEpoch(), false, manifest.error().message};
    return fail(manifest.error());
}

void nameTruly(DumpListing &listing, const DumpManifest &manifest)
{
    QHash<quint32, const DumpRelation *> byOid;
    for (const DumpRelation &one : manifest.relations)
        byOid.insert(one.oid, &one);
    for (DumpEntry &entry : listing.entries) {
        const bool isRelation = entry.catalog == classCatalog || (entry.catalog == 0 && entry.oid != 0);
        const DumpRelation *relation = isRelation ? byOid.value(entry.oid) : nullptr;
        if (!relation)
            continue;
        const QString known = listedName(relation->schema) + u' ' + listedName(relation->name) + u' ';
        const QString said = QString::fromUtf8(entry.line).section(u' ', 3).mid(entry.kind.size() + 1);
        entry.schema = relation->schema;
        entry.name = relation->name;
        if (said.startsWith(known))
            entry.owner = said.mid(known.size());
    }
}

QStringList missingFrom(const DumpListing &listing, const DumpManifest &manifest)
{
    QHash<quint32, QStringList> listed; // oid -> kinds
    for (const DumpEntry &entry : listing.entries) {
        if (entry.catalog == classCatalog || entry.catalog == 0)
            listed[entry.oid] << entry.kind;
    }
    QStringList missing;
    for (const DumpRelation &one : manifest.relations) {
        if (!one.ofExtension && !listed.value(one.oid).contains(entryKind(one.kind)))
            missing << one.text();
        else if (one.data && one.kind == u'r' && !listed.value(one.oid).contains(u"TABLE DATA"_s))
            missing << u"the rows of %1"_s.arg(one.text());
    }
    const QMap<QString, int> counts = listing.counts();
    if (manifest.largeObjects > 0 && !counts.contains(u"BLOBS"_s))
        missing << u"%1 large objects"_s.arg(manifest.largeObjects);
    // A sequence's value has no number in the list: counted.
    const auto valued = std::count_if(manifest.relations.begin(), manifest.relations.end(), [](const DumpRelation &one) { return one.kind == u'S' && one.data; });
    if (counts.value(u"SEQUENCE SET"_s) < valued)
        missing << u"the values of %1 sequences"_s.arg(valued - counts.value(u"SEQUENCE SET"_s));
    return missing;
}

} // namespace howdah::backup
