// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/repository.h"

#include "backup/repositorylist.h"

#include <QDir>
#include <QJsonDocument>

#include <algorithm>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{
constexpr int longMs = 60 * 60'000; // removing and adding up may take that on a slow disk
constexpr qsizetype mostListed = 128 << 20;
constexpr auto recordName = "howdah-backup.json"_L1;

// A path as find's -path reads it.
QString globbed(const QString &path)
{
    QString pattern;
    for (const QChar c : path)
        pattern += "\\*?["_L1.contains(c) ? QString(u'\\') + c : QString(c);
    return pattern;
}
} // namespace

Result<tool::Outcome> Repository::call(const QString &program, const QStringList &arguments, const CancelToken &cancel, const QByteArray &input, int timeoutMs, qsizetype maxOutput) const
{
    Toolbox::Call wanted{program, arguments, input, timeoutMs, maxOutput};
    return m_toolbox->runChecked(wanted, cancel).map_error([&](Error error) { return std::move(error).during(u"work in %1"_s.arg(m_name)); });
}

QString Repository::folderOf(const QString &id, BackupKind kind) const
{
    return m_root + (kind == BackupKind::Dump ? "/dump/"_L1 : "/base/"_L1) + id;
}

QString Repository::partOf(const QString &id, BackupKind kind) const
{
    return folderOf(u'.' + id + ".part"_L1, kind);
}

Result<Catalogue> Repository::list(const CancelToken &cancel) const
{
    // What there is: "d 0 1764200000.1 <root>/base/<id>", one a NUL. Neither links nor what lies beside base/ and dump/ is looked into.
    const QString here = globbed(m_root);
    const QStringList below{u"-not"_s, u"-path"_s, here + "/*/*/*"_L1};
    Toolbox::Call find{u"find"_s,
                       QStringList{m_root, u"-mindepth"_s, u"1"_s, u"-maxdepth"_s, u"4"_s, u"-not"_s, u"-path"_s, here + "/base"_L1, u"-not"_s, u"-path"_s, here + "/base/*"_L1, u"-not"_s, u"-path"_s,
                                   here + "/dump"_L1, u"-not"_s, u"-path"_s, here + "/dump/*"_L1, u"-prune"_s, u"-o"_s, u"("_s, u"-name"_s, QString(recordName), u"-o"_s, u"-name"_s,
                                   u"owner.json"_s, u"-o"_s, u"-name"_s, u"backup_manifest"_s, u"-o"_s, u"-name"_s, u"dump_manifest.json"_s, u"-o"_s, u"-name"_s, u"backup_label"_s, u"-o"_s, u"-path"_s, here + "/*/*"_L1}
                           + below + QStringList{u")"_s, u"-printf"_s, u"%y %s %T@ %p\\0"_s},
                       {}, 5 * 60'000, mostListed};
    auto found = m_toolbox->run(find, cancel);
    if (!found)
        return fail(std::move(found.error()));
    if (found->exitCode != 0)
        return fail(ErrorKind::Io, u"not_listed"_s, u"What lies in %1 can't be listed"_s.arg(m_name), QString::fromUtf8(found->lastLines.join('\n')));
    if (found->truncated)
        return fail(ErrorKind::Io, u"not_listed"_s, u"There is too much in %1 to be listed"_s.arg(m_name));
    RepositoryList listed(m_root);
    listed.addFound(found->output);
    if (const QByteArray wanted = listed.textsToRead(); !wanted.isEmpty()) {
        // grep as a reader of many files: "path NUL line" of each line. 1: an empty one; 123 is xargs' word for it.
        auto texts = m_toolbox->run({u"xargs"_s, {u"-0"_s, u"grep"_s, u"-saHZ"_s, u"^"_s, u"--"_s}, wanted, 5 * 60'000, mostListed}, cancel);
        if (!texts)
            return fail(std::move(texts.error()));
        if (texts->truncated)
            return fail(ErrorKind::Io, u"not_listed"_s, u"The records in %1 are too long to be read"_s.arg(m_name));
        listed.addTexts(texts->output);
    }
    if (const QByteArray wanted = listed.manifestsToHash(); !wanted.isEmpty()) {
        auto hashes = m_toolbox->run({u"xargs"_s, {u"-0"_s, u"sha256sum"_s, u"-z"_s, u"--"_s}, wanted, longMs, mostListed}, cancel);
        if (!hashes)
            return fail(std::move(hashes.error()));
        listed.addHashes(hashes->output);
    }
    return listed.catalogue();
}

Result<QString> Repository::begin(const QString &id, BackupKind kind, const CancelToken &cancel) const
{
    const QString part = partOf(id, kind);
    // Without -p at last: who was first has it.
    const QString script = u"umask 077 && mkdir -p -- \"${0%/*}\" && mkdir -- \"$0\" && cat >\"$0/owner.json\" && sync -- \"$0/owner.json\" \"$0\""_s;
    if (auto made = call(u"sh"_s, {u"-c"_s, script, part}, cancel, QJsonDocument(Owner::ourselves().toJson()).toJson(QJsonDocument::Compact) + '\n'); !made)
        return fail(std::move(made.error()));
    return part;
}

Done Repository::finish(const Backup &backup, const CancelToken &cancel) const
{
    const QString part = partOf(backup.id, backup.kind);
    const QString folder = folderOf(backup.id, backup.kind);
    if (Done written = write(part + u'/' + recordName, QJsonDocument(backup.toJson()).toJson(QJsonDocument::Compact) + '\n', cancel); !written)
        return written;
    // pg_basebackup made its own files and folders durable, and write() ours: what is left is the folder that holds both, and its name.
    const QString script = u"rm -f -- \"$0/owner.json\" && sync -- \"$0\" && [ ! -e \"$1\" ] && mv -T -- \"$0\" \"$1\" && sync -- \"${1%/*}\""_s;
    if (auto named = call(u"sh"_s, {u"-c"_s, script, part, folder}, cancel); !named)
        return fail(std::move(named.error()));
    return {};
}

Done Repository::saveRecord(const Backup &backup, const CancelToken &cancel) const
{
    if (backup.ofStack) // its folder is the backup itself, and nothing of ours belongs there
        return write(folderOf(u'.' + backup.id + ".seen"_L1, backup.kind), QJsonDocument(seenOf(backup)).toJson(QJsonDocument::Compact) + '\n', cancel);
    return write(folderOf(backup.id, backup.kind) + u'/' + recordName, QJsonDocument(backup.toJson()).toJson(QJsonDocument::Compact) + '\n', cancel);
}

Done Repository::dropUnfinished(const QString &id, BackupKind kind) const
{
    if (!isId(id))
        return fail(ErrorKind::Client, u"bad_id"_s, u"%1 is no backup of ours"_s.arg(id));
    const QString part = partOf(id, kind);
    // A pg_basebackup whose console was killed goes on writing where it runs. The path is its own; to pkill it's an extended expression.
    QString pattern;
    for (const QChar c : part)
        pattern += "\\.[]{}()*+?^$|"_L1.contains(c) ? QString(u'\\') + c : QString(c);
    std::ignore = m_toolbox->run({u"pkill"_s, {u"-TERM"_s, u"-f"_s, u"--"_s, pattern}, {}, 15'000});
    const QString gone = folderOf(u'.' + id + ".gone"_L1, kind);
    for (const auto &[program, arguments] : {std::pair(u"mv"_s, QStringList{u"-T"_s, u"--"_s, part, gone}), std::pair(u"rm"_s, QStringList{u"-rf"_s, u"--one-file-system"_s, u"--"_s, gone}),
                                             std::pair(u"rm"_s, QStringList{u"-rf"_s, u"--one-file-system"_s, u"--"_s, part})}) {
        if (auto done = call(program, arguments, {}, {}, longMs); !done)
            return fail(std::move(done.error()));
    }
    return {};
}

Done Repository::remove(const Backup &backup, const CancelToken &cancel) const
{
    if (!isId(backup.id) && !isStackId(backup.id))
        return fail(ErrorKind::Client, u"bad_id"_s, u"%1 is no backup of ours"_s.arg(backup.id));
    // What is deleted is what was looked at, not what has that name now.
    const QString manifest = backup.kind == BackupKind::Dump ? u"/dump_manifest.json"_s : backup.ofStack ? u"/backup_manifest"_s : u"/data/backup_manifest"_s;
    const auto hash = sha256Of(folderOf(backup.id, backup.kind) + manifest, cancel);
    if (!hash)
        return fail(hash.error());
    if (*hash != backup.manifestSha256)
        return fail(ErrorKind::Io, u"changed"_s, u"The backup %1 is not the one that was listed: nothing was removed"_s.arg(backup.id));
    if (backup.ofStack) {
        if (auto unseen = call(u"rm"_s, {u"-f"_s, u"--"_s, folderOf(u'.' + backup.id + ".seen"_L1, backup.kind)}, cancel); !unseen)
            return fail(std::move(unseen.error()));
    }
    const QString gone = folderOf(u'.' + backup.id + ".gone"_L1, backup.kind);
    if (auto renamed = call(u"mv"_s, {u"-T"_s, u"--"_s, folderOf(backup.id, backup.kind), gone}, cancel); !renamed)
        return fail(std::move(renamed.error()));
    if (auto durable = call(u"sync"_s, {u"--"_s, gone.section(u'/', 0, -2)}, {}); !durable)
        return fail(std::move(durable.error()));
    if (auto removed = call(u"rm"_s, {u"-rf"_s, u"--one-file-system"_s, u"--"_s, gone}, {}, {}, longMs); !removed)
        return fail(std::move(removed.error()));
    return {};
}

Done Repository::sweep(const CancelToken &cancel) const
{
    // Of a verification that still runs the folder is young.
    const QString script = u"for d in \"$0/base\" \"$0/dump\"; do [ ! -d \"$d\" ] || find \"$d\" -mindepth 1 -maxdepth 1 -type d \\( -name '.*.gone' -o -name '.verify-*' -mmin +1440 \\) -exec rm -rf --one-file-system -- {} + || exit 1; done"_s;
    const auto swept = call(u"sh"_s, {u"-c"_s, script, m_root}, cancel, {}, longMs);
    return swept ? Done() : fail(swept.error());
}

Result<qint64> Repository::freeBytes(const CancelToken &cancel) const
{
    const auto said = call(u"df"_s, {u"-B1"_s, u"--output=avail"_s, u"--"_s, m_root}, cancel);
    if (!said)
        return fail(said.error());
    bool known = false;
    const qint64 bytes = said->output.trimmed().split('\n').last().trimmed().toLongLong(&known);
    return known ? Result<qint64>(bytes) : fail(ErrorKind::Io, u"free_unknown"_s, u"How much is free in %1 is not known"_s.arg(m_name));
}

Result<qint64> Repository::bytesOf(const QString &path, const CancelToken &cancel) const
{
    const auto said = call(u"du"_s, {u"-s"_s, u"-B1"_s, u"--"_s, path}, cancel, {}, longMs);
    if (!said)
        return fail(said.error());
    return said->output.split('\t').value(0).toLongLong();
}

Result<QByteArray> Repository::sha256Of(const QString &path, const CancelToken &cancel) const
{
    const auto said = call(u"sha256sum"_s, {u"-z"_s, u"--"_s, path}, cancel, {}, longMs);
    if (!said)
        return fail(said.error());
    return said->output.left(64);
}

Result<QByteArray> Repository::read(const QString &path, qsizetype most, const CancelToken &cancel) const
{
    const auto said = call(u"head"_s, {u"-c"_s, QString::number(most + 1), u"--"_s, path}, cancel, {}, 10 * 60'000, most + 1);
    if (!said)
        return fail(said.error());
    if (said->output.size() > most)
        return fail(ErrorKind::Io, u"too_large"_s, u"%1 is larger than %2 bytes"_s.arg(path).arg(most));
    return said->output;
}

Done Repository::write(const QString &path, const QByteArray &bytes, const CancelToken &cancel) const
{
    // One program where six would do the same: written beside it, looked at, durable, then given its name, and that made durable too.
    const QString script = u"umask 077; cat >\"$0.new\" && [ \"$(stat -c %s -- \"$0.new\")\" = \"$1\" ] && sync -- \"$0.new\" && mv -fT -- \"$0.new\" \"$0\" && sync -- \"${0%/*}\" || { rm -f -- \"$0.new\"; exit 1; }"_s;
    if (auto written = call(u"sh"_s, {u"-c"_s, script, path, QString::number(bytes.size())}, cancel, bytes); !written) {
        Error error = std::move(written.error());
        if (error.kind == ErrorKind::Tool && error.reason == "failed"_L1) {
            error.kind = ErrorKind::Io;
            error.reason = u"not_written"_s;
            error.message = u"%1 was not written in %2"_s.arg(path, m_name);
        }
        return fail(std::move(error));
    }
    return {};
}

Done Repository::writeAll(const QString &folder, const std::vector<stack::TarFile> &files, const CancelToken &cancel) const
{
    const QString script = u"umask 077 && mkdir -- \"$0\" && tar --extract --no-same-owner --keep-old-files --file - --directory \"$0\" && sync -- \"$0\"/* \"$0\""_s;
    if (auto written = call(u"sh"_s, {u"-c"_s, script, folder}, cancel, stack::tarStream(files)); !written)
        return fail(std::move(written.error()));
    return {};
}

Done Repository::makeFolder(const QString &path, const CancelToken &cancel) const
{
    if (auto made = call(u"mkdir"_s, {u"-p"_s, u"-m"_s, u"0700"_s, u"--"_s, path}, cancel); !made)
        return fail(std::move(made.error()));
    return {};
}

} // namespace howdah::backup
