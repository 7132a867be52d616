// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/copyroom.h"

#include "backup/backupmanifest.h"

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

constexpr qsizetype mostManifest = 512 << 20;

CopyPart partOf(const Repository &repository, const Backup &backup, const CancelToken &cancel)
{
    CopyPart part;
    const Toolbox &toolbox = repository.toolbox();
    if (!backup.tar) {
        const auto said = toolbox.run({u"du"_s, {u"-sLB1"_s, u"--"_s, backup.data}, {}, 10 * 60'000}, cancel);
        bool is = false;
        if (const qint64 bytes = said && said->exitCode == 0 ? said->output.split('\t').value(0).toLongLong(&is) : -1; is)
            part.data = bytes;
        // What has links within is copied first, since where they lead is not known.
        const auto links = toolbox.run({u"find"_s, {backup.data, u"-type"_s, u"l"_s, u"-print"_s, u"-quit"_s}, {}}, cancel);
        part.apart = !links || !links->output.isEmpty();
        return part;
    }
    part.apart = true;
    const auto text = repository.read(backup.data + "/backup_manifest"_L1, mostManifest, cancel);
    const auto manifest = text ? BackupManifest::parse(*text) : Result<BackupManifest>(fail(text.error()));
    if (manifest)
        part.data = manifest->bytes;
    const auto wal = toolbox.run({u"stat"_s, {u"-c"_s, u"%s"_s, u"--"_s, backup.data + "/pg_wal.tar"_L1}, {}}, cancel);
    bool is = false;
    part.wal = wal && wal->exitCode == 0 ? wal->output.trimmed().toLongLong(&is) : -1;
    if (!is)
        part.wal = -1;
    return part;
}

} // namespace

std::optional<qint64> copyBytesOf(const Repository &repository, const QVector<const Backup *> &chain, const CancelToken &cancel)
{
    if (chain.constLast()->copyBytes >= 0)
        return chain.constLast()->copyBytes;
    QVector<CopyPart> parts;
    for (const Backup *one : chain)
        parts << partOf(repository, *one, cancel);
    return copyBytes(parts);
}

} // namespace howdah::backup
