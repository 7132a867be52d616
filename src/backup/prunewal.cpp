// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/prunewal.h"

#include <algorithm>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

Result<WalPlan> planWal(const Catalogue &catalogue, const QString &systemIdentifier, const QStringList &going, const QVector<ArchivedFile> &archive, quint32 segmentSize)
{
    const auto uncertain = [](const QString &id, const QString &why) {
        return fail(ErrorKind::Io, u"not_certain"_s, u"Which WAL is still needed is not certain: %1 %2"_s.arg(id, why), u"No WAL was removed"_s);
    };
    WalPlan plan;
    Segment first;
    quint32 size = segmentSize;
    for (const Backup &backup : catalogue.backups) {
        if (backup.kind != BackupKind::Dump && backup.segmentSize != 0) {
            if (size != 0 && size != backup.segmentSize && !going.contains(backup.id))
                return uncertain(backup.id, u"has WAL segments of another size"_s);
            size = size ? size : backup.segmentSize;
        }
    }
    if (!isSegmentSize(size))
        return uncertain(u"the server"_s, u"does not say how large its WAL segments are"_s);
    for (const Backup &backup : catalogue.backups) {
        // What is being written, or was left, begins behind every one that is complete: it needs no earlier WAL.
        if (going.contains(backup.id) || backup.kind == BackupKind::Dump || backup.state == BackupState::BeingWritten || backup.state == BackupState::Left)
            continue;
        if (backup.state != BackupState::Complete)
            return uncertain(backup.id, u"stays, and is not understood: "_s + backup.stateWords);
        if (backup.systemIdentifier != systemIdentifier)
            return uncertain(backup.id, u"is of another cluster, whose WAL has the same names"_s);
        // On whatever timeline: a branch begins within the segments of the one it left.
        const Segment needed = Segment::holding(backup.timeline, backup.startLsn, size);
        if (plan.neededBy.isEmpty() || needed.number < first.number) {
            first = needed;
            plan.neededBy = backup.id;
        }
    }
    if (plan.neededBy.isEmpty())
        return uncertain(u"the repository"_s, u"would have no backup left"_s);
    plan.firstKept = first.name(size);
    for (const ArchivedFile &file : archive) {
        const ArchiveFile what = archiveFile(file.name, size);
        const bool ofSegment = what.kind == ArchiveFile::Kind::Segment || what.kind == ArchiveFile::Kind::Partial || what.kind == ArchiveFile::Kind::BackupLabel;
        if (!ofSegment || what.segment.number >= first.number)
            continue;
        plan.goes << file.name;
        plan.bytes += file.bytes;
    }
    std::sort(plan.goes.begin(), plan.goes.end(), [&](const QString &a, const QString &b) {
        const Segment left = archiveFile(a, size).segment, right = archiveFile(b, size).segment;
        return std::pair(left.number, a) < std::pair(right.number, b);
    });
    return plan;
}

Result<QVector<ArchivedFile>> archivedFiles(const Toolbox &toolbox, const QString &archive, const CancelToken &cancel)
{
    // %b: blocks of 512 bytes that it takes on the disk; a switched segment is mostly a hole.
    const auto listed = toolbox.runChecked({u"find"_s, {archive, u"-mindepth"_s, u"1"_s, u"-maxdepth"_s, u"1"_s, u"-type"_s, u"f"_s, u"-printf"_s, u"%b %f\\0"_s}, {}, 5 * 60'000, 64 << 20}, cancel);
    if (!listed)
        return fail(listed.error());
    if (listed->truncated)
        return fail(ErrorKind::Io, u"not_listed"_s, u"There is too much in %1 to be listed"_s.arg(archive));
    QVector<ArchivedFile> files;
    for (const QByteArray &line : listed->output.split('\0')) {
        const qsizetype space = line.indexOf(' ');
        if (space > 0)
            files.append({QString::fromUtf8(line.mid(space + 1)), line.left(space).toLongLong() * 512});
    }
    return files;
}

Done removeWal(const Toolbox &toolbox, const QString &archive, const WalPlan &plan, const CancelToken &cancel)
{
    QByteArray paths;
    for (const QString &name : plan.goes)
        paths += (archive + u'/' + name).toUtf8() + '\0';
    if (paths.isEmpty())
        return {};
    const auto removed = toolbox.runChecked({u"xargs"_s, {u"-0"_s, u"rm"_s, u"-f"_s, u"--"_s}, paths, 60 * 60'000}, cancel);
    if (!removed)
        return fail(removed.error());
    const auto durable = toolbox.runChecked({u"sync"_s, {u"--"_s, archive}, {}, 60'000}, cancel);
    return durable ? Done() : fail(durable.error());
}

} // namespace howdah::backup
