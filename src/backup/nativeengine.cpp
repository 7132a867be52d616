// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/nativeengine.h"

#include "backup/physicalverify.h"
#include "backup/tablespaces.h"

#include <QRegularExpression>
#include <QScopeGuard>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

QString NativeEngine::name() const
{
    return u"PostgreSQL's own tools (%1)"_s.arg(m_repository.toolbox().where());
}

Result<Catalogue> NativeEngine::list(const CancelToken &cancel)
{
    auto catalogue = m_repository.list(cancel);
    if (!catalogue || m_archive.isEmpty())
        return catalogue;
    // Of the stack's own, and where the server was not asked, the end is told by the backup history file that the server archived; its clock's whole second is not before the true end.
    std::optional<QStringList> files;
    for (Backup &backup : catalogue->backups) {
        if (backup.kind == BackupKind::Dump || backup.state != BackupState::Complete || backup.stopMs != 0)
            continue;
        if (!files) {
            auto listed = listWal(cancel);
            if (!listed)
                return fail(std::move(listed.error()));
            files = *std::move(listed);
        }
        for (const QString &file : std::as_const(*files)) {
            if (!file.endsWith(".backup"_L1) || !file.startsWith(u"%1"_s.arg(backup.timeline, 8, 16, QChar(u'0')).toUpper()))
                continue;
            const auto text = m_repository.read(m_archive + u'/' + file, 64 << 10, cancel);
            const auto label = text ? BackupLabel::parse(*text) : std::nullopt;
            if (label && label->start == backup.startLsn && label->timeline == backup.timeline && label->stopMs && label->stop == backup.stopLsn)
                backup.stopMs = *label->stopMs + 999;
        }
    }
    return catalogue;
}

Result<Backup> NativeEngine::take(BackupKind kind, const Progress &progress, const CancelToken &cancel)
{
    if (!m_source)
        return fail(ErrorKind::Client, u"not_supported"_s, u"%1 is only read: no server to take a backup of was named"_s.arg(where()));
    TakeOptions options;
    options.kind = kind;
    const auto plan = planTake(*m_source, m_repository, options, cancel);
    if (!plan)
        return fail(plan.error());
    return backup::take(*m_source, m_repository, *plan, progress, cancel);
}

Result<Verification> NativeEngine::verify(const QString &id, const Progress &progress, const CancelToken &cancel)
{
    const auto catalogue = m_repository.list(cancel);
    if (!catalogue)
        return fail(catalogue.error());
    const auto links = verifyChain(m_repository, *catalogue, id, progress, cancel);
    if (!links)
        return fail(links.error());
    Verification all = links->constLast().verdict;
    QStringList words;
    for (const LinkVerdict &link : *links) {
        if (!link.verdict.good)
            words << link.id + ": "_L1 + link.verdict.words;
    }
    if (!words.isEmpty()) {
        all.good = false;
        all.words = words.join(u'\n');
    }
    return all;
}

Done NativeEngine::run(const QString &program, const QStringList &arguments, const CancelToken &cancel) const
{
    const auto ended = m_repository.toolbox().runChecked({program, arguments, {}, 0}, cancel);
    return ended ? Done() : fail(ended.error());
}

// Of tar files nobody has looked at it before: pg_verifybackup passes over it, and a server takes its settings from it.
Done NativeEngine::compareAutoConf(const Backup &backup, const QString &folder, const CancelToken &cancel) const
{
    const auto text = m_repository.read(folder + "/backup_manifest"_L1, 512 << 20, cancel);
    const auto manifest = text ? BackupManifest::parse(*text) : Result<BackupManifest>(fail(text.error()));
    if (!manifest)
        return fail(manifest.error());
    if (manifest->autoConfSha256.isEmpty())
        return {};
    const auto hash = m_repository.sha256Of(folder + "/postgresql.auto.conf"_L1, cancel);
    if (!hash && (hash.error().kind == ErrorKind::Cancelled || hash.error().kind == ErrorKind::Timeout))
        return fail(hash.error());
    if (!hash || *hash != manifest->autoConfSha256)
        return fail(ErrorKind::Io, u"not_sound"_s, u"The backup %1 is not sound: postgresql.auto.conf was changed since it was taken"_s.arg(backup.id), u"Nothing was restored. Another full backup may be: howdahctl backup list"_s);
    return {};
}

Done NativeEngine::unpack(const Backup &backup, const QString &folder, Materialised &made, const Progress &progress, const CancelToken &cancel) const
{
    if (progress)
        progress({u"Unpack %1"_s.arg(backup.id), {}, 0, 0, {}});
    const auto takeIn = [&](const QString &from, const QMap<QString, QString> &files) -> Done {
        const auto taken = takeInLinks(m_repository, folder, from, [&](const QString &number, const QString &into) -> Done {
            const QString file = files.value(number);
            return run(u"tar"_s, QStringList{u"--extract"_s, u"--no-same-owner"_s, u"--preserve-permissions"_s, u"--directory"_s, into} + (file.endsWith(".zst"_L1) ? QStringList{u"--zstd"_s} : QStringList()) + QStringList{u"--file"_s, backup.data + u'/' + file}, cancel);
        }, files.keys(), cancel);
        if (!taken)
            return fail(taken.error());
        made.tablespaces = *taken;
        return {};
    };
    if (!backup.tar) {
        // Whoever copied it here owns it then: not each file's owner may be given by who we are. The control file last: without it no server starts on what was cut short.
        const QString control = u"pg_control"_s, global = folder + "/global"_L1;
        if (Done there = m_repository.makeFolder(global, cancel); !there)
            return there;
        for (const QStringList &words : {QStringList{backup.data, u"!"_s, u"-name"_s, u"global"_s, folder}, QStringList{backup.data + "/global"_L1, u"!"_s, u"-name"_s, control, global}}) {
            if (Done copied = run(u"find"_s, QStringList{words.at(0), u"-mindepth"_s, u"1"_s, u"-maxdepth"_s, u"1"_s} + words.mid(1, 3) + QStringList{u"-exec"_s, u"cp"_s, u"-dR"_s, u"--preserve=mode,timestamps"_s, u"--reflink=auto"_s, u"-t"_s, words.at(4), u"--"_s, u"{}"_s, u"+"_s}, cancel); !copied)
                return copied;
        }
        if (Done taken = takeIn(backup.data, {}); !taken)
            return taken;
        return run(u"cp"_s, {u"--preserve=mode,timestamps"_s, u"--"_s, backup.data + "/global/"_L1 + control, global}, cancel);
    }
    if (Done there = m_repository.makeFolder(folder, cancel); !there)
        return there;
    const auto listed = m_repository.toolbox().runChecked({u"find"_s, {backup.data, u"-maxdepth"_s, u"1"_s, u"-name"_s, u"*.tar*"_s, u"-printf"_s, u"%f\\n"_s}, {}}, cancel);
    if (!listed)
        return fail(listed.error());
    static const QRegularExpression tablespace(u"^(\\d+)\\.tar(\\.\\w+)?$"_s);
    QMap<QString, QString> files;
    for (const QString &file : QString::fromUtf8(listed->output).split(u'\n', Qt::SkipEmptyParts)) {
        if (const auto match = tablespace.match(file); match.hasMatch()) {
            files.insert(match.captured(1), file);
            continue;
        }
        QStringList words{u"--extract"_s, u"--no-same-owner"_s, u"--preserve-permissions"_s, u"--directory"_s, file.startsWith("pg_wal."_L1) ? folder + "/pg_wal"_L1 : folder};
        if (file.endsWith(".zst"_L1))
            words << u"--zstd"_s;
        // base.tar comes before pg_wal.tar: it has the folder.
        if (file.startsWith("pg_wal."_L1)) {
            if (Done there = m_repository.makeFolder(folder + "/pg_wal"_L1, cancel); !there)
                return there;
        }
        if (Done unpacked = run(u"tar"_s, words + QStringList{u"--file"_s, backup.data + u'/' + file}, cancel); !unpacked)
            return unpacked;
    }
    if (Done taken = takeIn({}, files); !taken)
        return taken;
    if (Done copied = run(u"cp"_s, {u"--preserve=mode,timestamps"_s, u"--"_s, backup.data + "/backup_manifest"_L1, folder}, cancel); !copied)
        return copied;
    return compareAutoConf(backup, folder, cancel);
}

Result<Materialised> NativeEngine::materialise(const QString &id, const QString &folder, const Progress &progress, const CancelToken &cancel)
{
    const Toolbox &toolbox = m_repository.toolbox();
    const auto there = toolbox.run({u"test"_s, {u"-e"_s, folder, u"-o"_s, u"-L"_s, folder}, {}}, cancel);
    if (!there)
        return fail(there.error());
    if (there->exitCode != 1)
        return fail(ErrorKind::Client, u"folder_there"_s, u"%1 is there already"_s.arg(folder));
    const auto catalogue = m_repository.list(cancel);
    if (!catalogue)
        return fail(catalogue.error());
    const auto chain = catalogue->chain(id);
    if (!chain)
        return fail(chain.error());
    // pg_combinebackup makes damage look sound: before it, every link, whatever was seen of it last week.
    // Beside where it goes to: the repository may be shown for reading only.
    const auto links = verifyChain(m_repository.withScratch(folder.section(u'/', 0, -2)), *catalogue, id, progress, cancel);
    if (!links)
        return fail(links.error());
    for (const LinkVerdict &link : *links) {
        if (!link.verdict.good)
            return fail(ErrorKind::Io, u"not_sound"_s, u"The backup %1 is not sound: %2"_s.arg(link.id, link.verdict.words), u"Nothing was restored. Another full backup may be: howdahctl backup list"_s);
    }
    const QString part = folder + ".part"_L1;
    const auto nothingStays = qScopeGuard([&] { std::ignore = toolbox.run({u"rm"_s, {u"-rf"_s, u"--one-file-system"_s, u"--"_s, part}, {}, 0}); });
    // Of a killed one; without their data folder tablespaces are nobody's.
    std::ignore = toolbox.run({u"rm"_s, {u"-rf"_s, u"--one-file-system"_s, u"--"_s, part, tablespacesOf(folder)}, {}, 0}, cancel);
    if (Done made = m_repository.makeFolder(part, cancel); !made)
        return fail(std::move(made.error()));
    Materialised made;
    made.folder = folder;
    const QString whole = part + "/whole"_L1;
    QStringList inputs;
    for (const Backup *link : *chain) {
        made.links << link->id;
        const bool only = chain->size() == 1;
        const QString input = only ? whole : part + u'/' + link->id;
        inputs << (only || link->tar ? input : link->data);
        made.tablespaces.clear(); // the last link's count; of one that has no links, none
        // Where its links lead is not known before they are taken in.
        if (!only && !link->tar) {
            const auto linked = toolbox.runChecked({u"find"_s, {link->data, u"-type"_s, u"l"_s, u"-print"_s, u"-quit"_s}, {}}, cancel);
            if (!linked)
                return fail(linked.error());
            if (linked->output.isEmpty())
                continue;
            inputs.last() = input;
        }
        if (Done unpacked = unpack(*link, input, made, progress, cancel); !unpacked)
            return fail(std::move(unpacked.error()));
    }
    if (chain->size() > 1) {
        if (progress)
            progress({u"Combine %1"_s.arg(made.links.join(u" and "_s)), {}, 0, 0, {}});
        QStringList words{u"--manifest-checksums=SHA256"_s, u"-o"_s, whole};
        for (const QString &number : std::as_const(made.tablespaces))
            words << u"--tablespace-mapping=%1/%3=%2/%3"_s.arg(tablespacesOf(inputs.constLast()), tablespacesOf(whole), number);
        if (Done beside = made.tablespaces.isEmpty() ? Done() : m_repository.makeFolder(tablespacesOf(whole), cancel); !beside)
            return fail(std::move(beside.error()));
        if (Done combined = run(u"pg_combinebackup"_s, words + inputs, cancel); !combined)
            return fail(std::move(combined.error()));
    }
    if (Done led = leadLinksTo(m_repository, whole, folder, made.tablespaces, cancel); !led)
        return fail(std::move(led.error()));
    if (!made.tablespaces.isEmpty()) {
        for (const auto &[program, arguments] : {std::pair(u"find"_s, QStringList{tablespacesOf(whole), u"-exec"_s, u"sync"_s, u"--"_s, u"{}"_s, u"+"_s}),
                                                 std::pair(u"mv"_s, QStringList{u"-T"_s, u"--no-clobber"_s, u"--"_s, tablespacesOf(whole), tablespacesOf(folder)})}) {
            if (Done done = run(program, arguments, cancel); !done)
                return fail(std::move(done.error()));
        }
    }
    // Not before it is whole and on the disk does it have a name under which a server could be started.
    for (const auto &[program, arguments] : {std::pair(u"chmod"_s, QStringList{u"0700"_s, u"--"_s, whole}), std::pair(u"find"_s, QStringList{whole, u"-exec"_s, u"sync"_s, u"--"_s, u"{}"_s, u"+"_s}),
                                             std::pair(u"mv"_s, QStringList{u"-T"_s, u"--no-clobber"_s, u"--"_s, whole, folder}), std::pair(u"test"_s, QStringList{u"-e"_s, folder + "/backup_manifest"_L1})}) {
        if (Done done = run(program, arguments, cancel); !done)
            return fail(std::move(done.error()));
    }
    return made;
}

Result<QStringList> NativeEngine::listWal(const CancelToken &cancel)
{
    const auto listed = m_repository.toolbox().runChecked({u"find"_s, {m_archive, u"-mindepth"_s, u"1"_s, u"-maxdepth"_s, u"1"_s, u"-type"_s, u"f"_s, u"-printf"_s, u"%f\\0"_s}, {}, 5 * 60'000, 64 << 20}, cancel);
    if (!listed)
        return fail(listed.error());
    if (listed->truncated)
        return fail(ErrorKind::Io, u"not_listed"_s, u"There is too much in %1 to be listed"_s.arg(m_archive));
    QStringList names = QString::fromUtf8(listed->output).split(QChar(u'\0'), Qt::SkipEmptyParts);
    names.sort();
    return names;
}

Done NativeEngine::fetchWal(const QString &file, const QString &path, const CancelToken &cancel)
{
    // The size of a segment decides nothing here: what is no name of the archive's files with any size is none.
    const bool known = archiveFile(file, 1 << 20).kind != ArchiveFile::Kind::Foreign || archiveFile(file, 16 << 20).kind != ArchiveFile::Kind::Foreign
        || archiveFile(file, 1 << 30).kind != ArchiveFile::Kind::Foreign;
    if (!known || file.contains(u'/'))
        return fail(ErrorKind::Client, u"bad_name"_s, u"%1 is no file of an archive"_s.arg(file));
    const QString from = m_archive + u'/' + file;
    const auto there = m_repository.toolbox().run({u"test"_s, {u"-f"_s, from}, {}}, cancel);
    if (!there)
        return fail(there.error());
    if (there->exitCode == 1) {
        // Not there is one thing, and an archive that is not there another.
        const auto archive = m_repository.toolbox().run({u"test"_s, {u"-r"_s, m_archive, u"-a"_s, u"-x"_s, m_archive}, {}}, cancel);
        if (!archive)
            return fail(archive.error());
        if (archive->exitCode == 0)
            return fail(ErrorKind::Client, u"not_in_archive"_s, u"%1 is not in the archive"_s.arg(file));
        return fail(ErrorKind::Io, u"not_read"_s, u"The archive %1 can't be read"_s.arg(m_archive));
    }
    if (there->exitCode != 0)
        return fail(ErrorKind::Io, u"not_read"_s, u"The archive %1 can't be read"_s.arg(m_archive));
    // Under its plain name it would be taken for a short segment.
    const QString packed = archiveFile(file, 1 << 20).compression; // of which size segments are does not matter to it
    if (packed.isEmpty())
        return run(u"cp"_s, {u"--reflink=auto"_s, u"--sparse=always"_s, u"--"_s, from, path}, cancel);
    const QString unpack = packed == "gz"_L1 ? u"gzip"_s : packed == "zst"_L1 ? u"zstd"_s : QString();
    if (unpack.isEmpty())
        return fail(ErrorKind::Client, u"not_supported"_s, u"%1 is packed by what is not known here"_s.arg(file));
    return run(u"sh"_s, {u"-c"_s, u"\"$0\" -dcq -- \"$1\" > \"$2\" || { code=$?; rm -f -- \"$2\"; exit $code; }"_s, unpack, from, path}, cancel);
}

} // namespace howdah::backup
