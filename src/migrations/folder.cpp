// SPDX-License-Identifier: GPL-3.0-or-later
#include "migrations/folder.h"

#include "base/savefile.h"
#include "pg/quote.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QDir>
#include <QMap>
#include <QRegularExpression>

#include <algorithm>

namespace howdah::migrations
{

using namespace Qt::StringLiterals;

static constexpr qint64 mostFile = 64LL * 1024 * 1024;

static const File *findIn(const QVector<File> &files, const QString &version)
{
    const auto found = std::find_if(files.cbegin(), files.cend(), [&version](const File &one) { return one.version == version; });
    return found == files.cend() ? nullptr : &*found;
}

const File *Folder::find(const QString &version) const
{
    const File *file = findIn(files, version);
    return file ? file : findIn(repeatables, version);
}

const File *Folder::check(const QString &version) const
{
    return findIn(checks, version);
}

static Result<QByteArray> readAll(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorKind::Io, u"unreadable"_s, u"%1: %2"_s.arg(path, file.errorString()));
    if (file.size() > mostFile)
        return fail(ErrorKind::Io, u"too_large"_s, u"%1 has %2 bytes: no migration is that large"_s.arg(path).arg(file.size()));
    return file.readAll();
}

// By bytes, as dbmate does: not by the locale.
static QStringList namesIn(const QDir &dir)
{
    QStringList names = dir.entryList(QDir::Files);
    std::sort(names.begin(), names.end());
    return names;
}

static Done readBeside(Folder &folder, const QString &which, QVector<File> &into)
{
    const QDir dir(QDir(folder.path).filePath(u"../"_s + which));
    if (!dir.exists())
        return {};
    const bool repeats = which == QLatin1StringView(repeatableFolder);
    static const QRegularExpression digits(u"^\\d+"_s);
    for (const QString &name : namesIn(dir)) {
        if (repeats ? !name.endsWith(".sql"_L1) : !isMigrationName(name))
            continue;
        const auto bytes = readAll(dir.filePath(name));
        if (!bytes)
            return fail(bytes.error());
        auto file = parsePlain(name, repeats ? QLatin1StringView(repeatablePrefix) + name : digits.match(name).captured(), *bytes);
        if (!file)
            return fail(std::move(file.error()).during(u"read %1"_s.arg(dir.filePath(name))));
        if (!repeats && (!folder.find(file->version) || folder.check(file->version)))
            return fail(ErrorKind::Client, u"no_such_version"_s, u"%1/%2 is to check %3"_s.arg(which, name, folder.check(file->version) ? u"a migration that has its script"_s : u"a migration that is not there"_s),
                        u"Its name begins with the version of the migration."_s);
        into.append(*std::move(file));
    }
    return {};
}

Result<Folder> readFolder(const QString &path)
{
    const QDir dir(path);
    if (!dir.exists())
        return fail(ErrorKind::Io, u"no_such_folder"_s, u"There is no folder %1"_s.arg(path), u"Name it with --folder, or make the first migration with `migrate new`."_s);
    Folder folder;
    folder.path = dir.absolutePath();
    for (const QString &name : namesIn(dir)) {
        if (!isMigrationName(name))
            continue;
        const auto bytes = readAll(dir.filePath(name));
        if (!bytes)
            return fail(bytes.error());
        auto file = parseFile(name, *bytes);
        if (!file)
            return fail(std::move(file.error()));
        if (const File *same = folder.find(file->version))
            return fail(ErrorKind::Client, u"same_version"_s, u"%1 and %2 have the same version"_s.arg(same->name, name), u"Give one of them another time in its name."_s);
        folder.files.append(*std::move(file));
    }
    if (Done read = readBeside(folder, QLatin1StringView(repeatableFolder), folder.repeatables); !read)
        return fail(std::move(read.error()));
    if (Done read = readBeside(folder, QLatin1StringView(verifyFolder), folder.checks); !read)
        return fail(std::move(read.error()));
    return folder;
}

bool hasMigrations(const QString &path)
{
    constexpr qint64 most = 1 << 20;
    const QDir dir(path);
    const QStringList names = dir.entryList({u"*.sql"_s}, QDir::Files);
    return std::any_of(names.cbegin(), names.cend(), [&](const QString &name) {
        QFile file(dir.filePath(name));
        return isMigrationName(name) && file.open(QIODevice::ReadOnly) && file.read(most).contains("migrate:up");
    });
}

QByteArray sumOf(const Folder &folder)
{
    QByteArray lines;
    for (const File &file : folder.files)
        lines += file.sha256.toLatin1() + "  " + file.name.toUtf8() + '\n';
    return QCryptographicHash::hash(lines, QCryptographicHash::Sha256).toHex() + "  (all)\n" + lines;
}

static QMap<QString, QByteArray> linesOf(const QByteArray &sum)
{
    QMap<QString, QByteArray> lines;
    for (const QByteArray &line : sum.split('\n')) {
        if (const qsizetype gap = line.indexOf("  "); gap > 0)
            lines.insert(QString::fromUtf8(line.mid(gap + 2)), line.left(gap));
    }
    return lines;
}

Result<SumCheck> checkSum(const Folder &folder)
{
    const QString path = QDir(folder.path).filePath(QLatin1StringView(sumName));
    if (!QFile::exists(path))
        return SumCheck{};
    const auto written = readAll(path);
    if (!written)
        return fail(written.error());
    const QByteArray now = sumOf(folder);
    if (*written == now)
        return SumCheck{SumState::Right, {}};
    SumCheck check{SumState::Wrong, {}};
    QMap<QString, QByteArray> before = linesOf(*written);
    const QMap<QString, QByteArray> after = linesOf(now);
    for (auto one = after.cbegin(); one != after.cend(); ++one) {
        if (before.take(one.key()) != one.value() && one.key() != "(all)"_L1)
            check.differs << one.key();
    }
    before.remove(u"(all)"_s);
    check.differs << before.keys();
    return check;
}

Done writeSum(const Folder &folder)
{
    return saveFile(QDir(folder.path).filePath(QLatin1StringView(sumName)), sumOf(folder), 0644);
}

Result<bool> followSum(const Folder &folder, const QStringList &written)
{
    const auto sum = checkSum(folder);
    if (!sum)
        return fail(sum.error());
    const bool begins = sum->state == SumState::None && folder.files.size() == written.size();
    if (sum->state != SumState::Wrong && !begins)
        return true;
    if (!std::all_of(sum->differs.cbegin(), sum->differs.cend(), [&](const QString &name) { return written.contains(name); }))
        return false;
    if (Done wrote = writeSum(folder); !wrote)
        return fail(std::move(wrote.error()));
    return true;
}

QString slugOf(const QString &title)
{
    static const QRegularExpression others(u"[^a-z0-9]+"_s);
    QString slug = title.toLower().replace(others, u"_"_s);
    while (slug.startsWith(u'_'))
        slug.remove(0, 1);
    while (slug.endsWith(u'_'))
        slug.chop(1);
    return slug.left(100);
}

QByteArray migrationText(const QString &purpose, const QByteArray &up, const QByteArray &down, const QByteArray &options)
{
    const QByteArray behind = options.isEmpty() ? QByteArray() : ' ' + options;
    QByteArray text = pg::commentLine(u"Purpose: "_s + purpose.trimmed()).toUtf8() + "\n\n-- migrate:up" + behind + '\n' + up;
    text += (up.isEmpty() || up.endsWith('\n') ? "" : "\n") + QByteArray("\n-- migrate:down") + behind + '\n' + down + (down.isEmpty() || down.endsWith('\n') ? "" : "\n");
    return text;
}

Result<QString> newFile(const QString &folder, const QString &title, const QString &purpose, qint64 nowMs, const QByteArray &up, const QByteArray &down, const QByteArray &options)
{
    const QString slug = slugOf(title);
    if (slug.isEmpty())
        return fail(ErrorKind::Client, u"no_name"_s, u"A migration needs a name of letters or digits"_s);
    if (!QDir().mkpath(folder))
        return fail(ErrorKind::Io, u"no_folder"_s, u"The folder %1 can't be made"_s.arg(folder));
    const QDir dir(folder);
    QString path;
    // A second later where that one is taken: the version is what counts.
    for (QDateTime at = QDateTime::fromMSecsSinceEpoch(nowMs, Qt::UTC);; at = at.addSecs(1)) {
        const QString version = at.toString(u"yyyyMMddHHmmss"_s);
        if (!dir.entryList({version + u'*'}, QDir::Files).isEmpty())
            continue;
        path = dir.filePath(u"%1_%2.sql"_s.arg(version, slug));
        break;
    }
    if (Done saved = saveFile(path, migrationText(purpose, up, down, options), 0644); !saved)
        return fail(std::move(saved.error()));
    return path;
}

} // namespace howdah::migrations
