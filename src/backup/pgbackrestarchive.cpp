// SPDX-License-Identifier: GPL-3.0-or-later
// The WAL of a stanza.
#include "backup/pgbackrestengine.h"

#include <QJsonDocument>
#include <QtEndian>

#include <algorithm>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

constexpr quint64 mostAtOnce = 64 << 20; // bytes of segments: a program for each would take longer to start than to read
constexpr quint64 mostInMemory = 16 << 20; // larger ones go alone, and lie in no file of the container's

// One word each, as a shell reads them.
QString decoder(const QString &compression)
{
    return compression == "gz"_L1 ? u"zcat"_s : compression == "zst"_L1 ? u"zstdcat"_s : compression == "lz4"_L1 ? u"lz4cat"_s : compression == "bz2"_L1 ? u"bzcat"_s : u"cat"_s;
}

// "$@" is repo-get. What is damaged comes as far as it can be decompressed: the segment is short then, and said to be damaged. A file that can't be read is an
// error, but for repo-get's exit code 1: a decoder that has read enough, or, where nothing came, a file that is not there any more. A decoder that could not be
// started has not found any damage.
constexpr int gone = 17;
constexpr auto ended = "s=(\"${PIPESTATUS[@]}\"); [ ${s[0]} -le 1 ] && [ ${s[1]} -lt 126 ] || { echo \"$decode: ${s[*]}\" >&2; exit 1; }; "_L1;
constexpr auto getOne = "read -r decode file; \"$@\" \"$file\" </dev/null | $decode 2>/dev/null; %1[ ${s[0]} = 0 ] || exit 17"_L1;
// The same of many, each after a line with its number of bytes; -1: it is gone.
constexpr auto getMany = "t=$(mktemp) || exit; trap 'rm -f \"$t\"' EXIT; while read -r decode file; do \"$@\" \"$file\" </dev/null | $decode 2>/dev/null >\"$t\"; %1"
                         "[ ${s[0]} = 0 ] || [ -s \"$t\" ] || { echo -1; continue; }; stat -c %s \"$t\" && cat \"$t\" || exit 1; done"_L1;

// Expired between the list and now: no damage, and no hole that the list would show.
tl::unexpected<Error> removedMeanwhile(const QString &name, const QString &where)
{
    return fail(ErrorKind::Client, u"not_in_archive"_s, u"%1 was removed from %2 while that was read"_s.arg(name, where), u"Ask again: what is there is listed anew"_s);
}

} // namespace

Result<QVector<PgBackRestEngine::Kept>> PgBackRestEngine::listed(const CancelToken &cancel)
{
    const auto found = stanza(cancel);
    if (!found)
        return fail(found.error());
    m_kept.clear();
    m_ahead.clear();
    m_archive = u"archive/%1/%2"_s.arg(m_stanza, found->archiveId);
    if (found->archiveId.isEmpty())
        return m_kept;
    const auto said = m_toolbox.runChecked({u"pgbackrest"_s, m_options + QStringList{u"--output=json"_s, u"--recurse"_s, u"repo-ls"_s, m_archive}, {}, 10 * 60'000, 256 << 20}, cancel);
    if (!said)
        return fail(said.error());
    const QJsonDocument json = QJsonDocument::fromJson(said->output);
    if (said->truncated || !json.isObject())
        return fail(ErrorKind::Io, u"not_listed"_s, u"What lies in %1 of %2 is not understood"_s.arg(m_archive, m_where));
    const QJsonObject files = json.object();
    for (auto one = files.constBegin(); one != files.constEnd(); ++one) {
        if (one.value()["type"_L1].toString() != "file"_L1)
            continue;
        const auto file = pgBackRestFile(one.key().section(u'/', -1));
        Kept kept;
        kept.path = one.key();
        kept.file = file.value_or(PgBackRestFile{one.key().section(u'/', -1), {}, {}});
        kept.entry = {kept.file.name, one.value()["size"_L1].toInteger(), one.value()["time"_L1].toInteger() * 1'000'000'000, kept.file.sha1};
        m_kept.append(kept);
    }
    std::sort(m_kept.begin(), m_kept.end(), [](const Kept &a, const Kept &b) { return a.file.name < b.file.name; });
    return m_kept;
}

Result<QByteArray> PgBackRestEngine::fetched(const QVector<Kept> &files, const CancelToken &cancel)
{
    QByteArray names;
    for (const Kept &one : files)
        names += (decoder(one.file.compression) + u' ' + m_archive + u'/' + one.path + u'\n').toUtf8();
    Toolbox::Call call{u"bash"_s, QStringList{u"-c"_s, QString(files.size() == 1 ? getOne : getMany).arg(ended), u"bash"_s, u"pgbackrest"_s} + words({u"repo-get"_s}), names, 30 * 60'000, (1LL << 30) + (64 << 20)};
    call.bulk = true;
    const auto said = m_toolbox.run(call, cancel);
    if (!said)
        return fail(said.error());
    if (said->exitCode == gone && said->output.isEmpty())
        return removedMeanwhile(files.constFirst().file.name, m_where);
    if (said->exitCode != 0 && said->exitCode != gone)
        return fail(ErrorKind::Io, u"not_read"_s, u"%1 can't be read from %2"_s.arg(files.constFirst().file.name, m_where), QString::fromUtf8(said->lastLines.join('\n')));
    return said->output;
}

Result<QByteArray> PgBackRestEngine::read(const QString &name, const CancelToken &cancel)
{
    if (const auto ahead = m_ahead.constFind(name); ahead != m_ahead.cend()) {
        const QByteArray bytes = *ahead;
        m_ahead.erase(ahead);
        return bytes;
    }
    m_ahead.clear();
    const auto wanted = std::find_if(m_kept.cbegin(), m_kept.cend(), [&](const Kept &one) { return one.file.name == name; });
    if (wanted == m_kept.cend())
        return fail(ErrorKind::Client, u"not_in_archive"_s, u"%1 is not in the archive of %2"_s.arg(name, m_where));
    const quint64 size = m_segmentSize.value_or(0);
    QVector<Kept> files;
    for (auto one = wanted; one != m_kept.cend() && (files.isEmpty() || (size > 0 && size <= mostInMemory && quint64(files.size() + 1) * size <= mostAtOnce && name.size() == 24 && one->file.name.size() == 24)); ++one)
        files << *one;
    auto bytes = fetched(files, cancel);
    if (!bytes || files.size() == 1)
        return bytes;
    qsizetype offset = 0;
    for (const Kept &one : std::as_const(files)) {
        const qsizetype end = bytes->indexOf('\n', offset);
        bool isNumber = false;
        const qsizetype length = end < 0 ? -1 : bytes->sliced(offset, end - offset).toLongLong(&isNumber);
        if (isNumber && length == -1) {
            offset = end + 1;
            continue;
        }
        if (!isNumber || length < 0 || end + 1 + length > bytes->size())
            return fail(ErrorKind::Io, u"not_read"_s, u"%1 can't be read from %2"_s.arg(one.file.name, m_where));
        if (!m_ahead.contains(one.file.name)) // of two of one name the first, as is found above
            m_ahead.insert(one.file.name, bytes->sliced(end + 1, length));
        offset = end + 1 + length;
    }
    if (!m_ahead.contains(name))
        return removedMeanwhile(name, m_where);
    return m_ahead.take(name);
}

Result<quint64> PgBackRestEngine::segmentSize(const CancelToken &cancel)
{
    if (m_segmentSize)
        return *m_segmentSize;
    const auto files = listed(cancel);
    if (!files)
        return fail(files.error());
    // Of the first that is what it says: its header has the size of all.
    for (const Kept &one : *files) {
        if (one.file.sha1.isEmpty() || one.file.name.size() != 24)
            continue;
        const auto bytes = read(one.file.name, cancel);
        if (!bytes)
            return fail(bytes.error());
        constexpr qsizetype at = 32; // xlp_seg_size
        const quint64 size = bytes->size() >= at + 4 ? qFromLittleEndian<quint32>(bytes->constData() + at) : 0;
        if (isSegmentSize(size) && size == quint64(bytes->size())) {
            m_segmentSize = size;
            return size;
        }
    }
    return 0;
}

Result<QStringList> PgBackRestEngine::listWal(const CancelToken &cancel)
{
    const auto files = listed(cancel);
    if (!files)
        return fail(files.error());
    QStringList names;
    for (const Kept &one : *files)
        names << one.file.name;
    names.removeDuplicates();
    return names;
}

Done PgBackRestEngine::fetchWal(const QString &file, const QString &path, const CancelToken &cancel)
{
    const auto files = listed(cancel);
    if (!files)
        return fail(files.error());
    const auto wanted = std::find_if(files->cbegin(), files->cend(), [&](const Kept &one) { return one.file.name == file; });
    if (!pgBackRestFile(file) && !pgBackRestFile(file + u'-' + QString(40, u'0')))
        return fail(ErrorKind::Client, u"bad_name"_s, u"%1 is no file of an archive"_s.arg(file));
    if (wanted == files->cend())
        return fail(ErrorKind::Client, u"not_in_archive"_s, u"%1 is not in the archive"_s.arg(file));
    if (std::next(wanted) != files->cend() && std::next(wanted)->file.name == file)
        return fail(ErrorKind::Io, u"not_read"_s, u"%1 lies in the archive twice, with different content"_s.arg(file));
    const QByteArray name = (decoder(wanted->file.compression) + u' ' + m_archive + u'/' + wanted->path + u'\n').toUtf8();
    const auto done = m_toolbox.runChecked({u"bash"_s, QStringList{u"-c"_s, u"to=$1; shift; set -o pipefail; read -r decode file; \"$@\" \"$file\" </dev/null | $decode >\"$to\""_s, u"bash"_s, path, u"pgbackrest"_s} + words({u"repo-get"_s}), name, 30 * 60'000}, cancel);
    return done ? Done() : fail(done.error());
}

ArchiveAccess PgBackRestEngine::archive()
{
    ArchiveAccess access;
    access.where = m_where;
    access.list = [this](const CancelToken &cancel) -> Result<QVector<ArchiveEntry>> {
        const auto files = listed(cancel);
        if (!files)
            return fail(files.error());
        QVector<ArchiveEntry> entries;
        for (const Kept &one : *files)
            entries.append(one.entry);
        return entries;
    };
    access.read = [this](const QString &name, const CancelToken &cancel) { return read(name, cancel); };
    return access;
}

// Its exit code 1 is "not in the archive", and all others but 0 are that it could not be asked; see restoreScriptOf() of rehearsalplan.cpp.
RehearsalEngine pgBackRestRehearsal(const PgBackRestPlace &place, const QString &stanza, quint64 segmentSize)
{
    RehearsalEngine engine;
    const QStringList options = place.options + QStringList{u"--repo=%1"_s.arg(place.repo)};
    engine.name = place.name();
    engine.make = [options, stanza, where = PgBackRestEngine(place, stanza).where(), name = place.name()](const Toolbox &toolbox) -> std::unique_ptr<BackupEngine> {
        return std::make_unique<PgBackRestEngine>(toolbox, options, stanza, where, name);
    };
    tool::Command command;
    command.program = u"pgbackrest"_s;
    command.arguments = options + QStringList{u"--stanza="_s + stanza, u"--reset-pg1-host"_s, u"--no-archive-async"_s};
    engine.restoreScript = "#!/bin/sh\n"
                           "for try in 1 2 3 4 5; do\n"
                           "  " + tool::commandLine(command).toUtf8() + " --pg1-path=\"$PWD\" archive-get \"$1\" \"$2\"\n" // the server runs it in its data folder
                           "  case $? in\n"
                           "    0) case $1 in\n"
                           "         *.*) exit 0 ;;\n"
                           "         *) [ \"$(stat -c %s -- \"$2\")\" = " + QByteArray::number(segmentSize) + " ] && exit 0; rm -f -- \"$2\"; exit 1 ;;\n"
                           "       esac ;;\n"
                           "    1) exit 1 ;;\n"
                           "  esac\n"
                           "  sleep 1\n"
                           "done\n"
                           "echo \"the archive can't be read: $1\" >&2\n"
                           "exit 126\n";
    return engine;
}

} // namespace howdah::backup
