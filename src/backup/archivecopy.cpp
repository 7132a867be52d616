// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/archivecopy.h"

#include <QCryptographicHash>
#include <QUuid>

#include <algorithm>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

constexpr int thereByNow = 17;

QByteArray hashOf(const QByteArray &bytes)
{
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex();
}

} // namespace

Result<ArchiveCopyPlan> planArchiveCopy(const ArchiveAccess &from, const Inventory &archive, const ArchiveAccess &to, const Inventory &there, quint64 first, const CancelToken &cancel)
{
    const auto listed = from.list(cancel);
    if (!listed)
        return fail(listed.error());
    const auto found = to.list ? to.list(cancel) : Result<QVector<ArchiveEntry>>();
    if (!found)
        return fail(found.error());
    QHash<QString, qint64> present;
    for (const ArchiveEntry &entry : *found)
        present.insert(entry.name, entry.bytes);
    QHash<QString, QByteArray> hashes;
    for (const SegmentFacts &facts : there.segments)
        hashes.insert(facts.file, facts.sha256.toHex());
    ArchiveCopyPlan plan;
    const auto put = [&](const ArchiveEntry &entry, const QByteArray &sha256) -> Done {
        if (!present.contains(entry.name)) {
            plan.goes.append({entry.name, entry.bytes, sha256});
            plan.bytes += entry.bytes;
            return {};
        }
        if (!hashes.contains(entry.name)) {
            const auto bytes = to.read(entry.name, cancel);
            if (!bytes)
                return fail(bytes.error());
            hashes.insert(entry.name, hashOf(*bytes));
        }
        if (hashes.value(entry.name) == sha256)
            ++plan.there;
        else
            plan.differ << entry.name;
        return {};
    };
    // Histories first: a branch without its history can't be found.
    QVector<ArchiveEntry> entries = *listed;
    const auto rank = [&](const ArchiveEntry &entry) {
        const ArchiveFile file = archiveFile(entry.name, archive.segmentSize);
        return std::tuple(file.kind != ArchiveFile::Kind::History, file.segment.number, entry.name);
    };
    std::sort(entries.begin(), entries.end(), [&](const ArchiveEntry &a, const ArchiveEntry &b) { return rank(a) < rank(b); });
    for (const ArchiveEntry &entry : std::as_const(entries)) {
        const ArchiveFile file = archiveFile(entry.name, archive.segmentSize);
        const bool segment = file.kind == ArchiveFile::Kind::Segment;
        if (!segment && file.kind != ArchiveFile::Kind::History && file.kind != ArchiveFile::Kind::BackupLabel)
            continue;
        if (file.kind != ArchiveFile::Kind::History && file.segment.number < first)
            continue;
        if (segment) {
            const auto facts = archive.segments.constFind(file.segment);
            if (facts == archive.segments.cend() || facts->file != entry.name || facts->bytes != entry.bytes)
                continue; // it came, or changed, since the archive was read: the next time
            if (!facts->isWhole() && facts->scan.state != SegmentScan::State::EndsEarly) {
                plan.damaged << u"%1: %2"_s.arg(entry.name, facts->scan.problem);
                continue;
            }
            if (Done done = put(entry, facts->sha256.toHex()); !done)
                return fail(std::move(done.error()));
            continue;
        }
        const auto bytes = from.read(entry.name, cancel);
        if (!bytes)
            return fail(bytes.error());
        if (Done done = put(entry, hashOf(*bytes)); !done)
            return fail(std::move(done.error()));
    }
    return plan;
}

Result<QStringList> copyArchive(const ArchiveAccess &from, const ArchiveCopyPlan &plan, const Toolbox &toolbox, const QString &to, const Progress &progress, const CancelToken &cancel)
{
    QStringList arrived;
    if (plan.goes.isEmpty())
        return arrived;
    // What a killed program left is a day old; what is younger may be somebody's who is at it.
    if (auto made = toolbox.runChecked({u"sh"_s, {u"-c"_s, u"umask 077 && mkdir -p -- \"$0\" && find \"$0\" -mindepth 1 -maxdepth 1 -name '.howdah-archive.*' -mmin +1440 -delete"_s, to}}, cancel); !made)
        return fail(std::move(made.error()));
    // A segment that was switched early is mostly zeros: as holes they cost no disk. A name is given once, and to what was read back.
    const QString script = u"umask 077; t=\"$0/.howdah-archive.$1.$3\"; trap 'rm -f -- \"$t\"' EXIT; dd of=\"$t\" bs=65536 iflag=fullblock conv=sparse,fsync status=none || exit 1; "
                           "[ \"$(sha256sum -z <\"$t\" | cut -c1-64)\" = \"$2\" ] || { echo 'what arrived is not what was sent' >&2; exit 1; }; "
                           "[ ! -e \"$0/$1\" ] || exit %1; mv -nT -- \"$t\" \"$0/$1\"; [ ! -e \"$t\" ] || exit %1; sync -- \"$0\""_s.arg(thereByNow);
    qint64 done = 0;
    for (const ArchiveCopyPlan::File &file : plan.goes) {
        if (progress)
            progress({u"Copy WAL"_s, file.name, done, plan.bytes, u"B"_s});
        const auto bytes = from.read(file.name, cancel);
        if (!bytes)
            return fail(bytes.error());
        if (hashOf(*bytes) != file.sha256)
            return fail(ErrorKind::Io, u"changed_since"_s, u"%1 in %2 is not what it was when it was read through"_s.arg(file.name, from.where), u"Try again"_s);
        const QString own = QUuid::createUuid().toString(QUuid::Id128);
        const auto written = toolbox.run({u"sh"_s, {u"-c"_s, script, to, file.name, QString::fromLatin1(file.sha256), own}, *bytes, 10 * 60'000}, cancel);
        if (!written)
            return fail(written.error());
        if (written->exitCode == thereByNow)
            return fail(ErrorKind::Io, u"there_by_now"_s, u"A file %1 came to %2 meanwhile: it was not overwritten"_s.arg(file.name, to), u"Try again: what is the same is left as it is"_s);
        if (written->exitCode != 0)
            return fail(Error{ErrorKind::Io, u"not_written"_s, u"%1 was not written in %2"_s.arg(file.name, to), QString::fromUtf8(written->lastLines.join('\n')), {}, {}, {}, {}});
        arrived << file.name;
        done += file.bytes;
    }
    return arrived;
}

} // namespace howdah::backup
