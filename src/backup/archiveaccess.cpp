// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/inventory.h"

#include <QDateTime>
#include <QDir>
#include <QFile>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

ArchiveAccess folderArchive(const QString &path)
{
    ArchiveAccess access;
    access.where = path;
    access.list = [path](const CancelToken &) -> Result<QVector<ArchiveEntry>> {
        const QDir dir(path);
        if (!dir.exists())
            return fail(ErrorKind::Io, u"no_such_folder"_s, u"There is no folder %1"_s.arg(path));
        if (!dir.isReadable())
            return fail(ErrorKind::Io, u"unreadable"_s, u"The folder %1 can't be read"_s.arg(path));
        QVector<ArchiveEntry> all;
        for (const QFileInfo &info : dir.entryInfoList(QDir::Files | QDir::Hidden))
            all.append({info.fileName(), info.size(), info.lastModified().toMSecsSinceEpoch() * 1'000'000});
        return all;
    };
    access.read = [path](const QString &name, const CancelToken &) -> Result<QByteArray> {
        QFile file(path + u'/' + name);
        if (!file.open(QIODevice::ReadOnly))
            return fail(ErrorKind::Io, u"unreadable"_s, u"%1 can't be read: %2"_s.arg(file.fileName(), file.errorString()));
        QByteArray bytes = file.readAll();
        if (file.error() != QFileDevice::NoError)
            return fail(ErrorKind::Io, u"unreadable"_s, u"%1 can't be read: %2"_s.arg(file.fileName(), file.errorString()));
        return bytes;
    };
    return access;
}

namespace
{

// A program for each file would take longer than the file: some are fetched at once, in the order in which they are asked for.
class Fetched
{
public:
    Fetched(const Toolbox &toolbox, QString path) : m_toolbox(toolbox), m_path(std::move(path)) {}

    Result<QVector<ArchiveEntry>> list(const CancelToken &cancel)
    {
        const auto listed = m_toolbox.runChecked({u"find"_s, {m_path, u"-mindepth"_s, u"1"_s, u"-maxdepth"_s, u"1"_s, u"-type"_s, u"f"_s, u"-printf"_s, u"%f\\t%s\\t%T@\\n"_s}, {}, 5 * 60'000, 64 << 20}, cancel);
        if (!listed)
            return fail(listed.error());
        if (listed->truncated)
            return fail(ErrorKind::Io, u"not_listed"_s, u"There is too much in %1 to be listed"_s.arg(m_path));
        m_entries.clear();
        m_kept.clear();
        for (const QByteArray &line : listed->output.split('\n')) {
            const QList<QByteArray> fields = line.split('\t');
            if (fields.size() != 3)
                continue; // a name with a tab or a line break is none of WAL's
            const QList<QByteArray> time = fields.at(2).split('.');
            m_entries.insert(QString::fromUtf8(fields.at(0)), {QString::fromUtf8(fields.at(0)), fields.at(1).toLongLong(), time.at(0).toLongLong() * 1'000'000'000 + time.value(1).leftJustified(9, '0').left(9).toLongLong()});
        }
        return QVector<ArchiveEntry>(m_entries.cbegin(), m_entries.cend());
    }

    Result<QByteArray> read(const QString &name, const CancelToken &cancel)
    {
        if (const auto kept = m_kept.constFind(name); kept != m_kept.cend()) {
            const QByteArray bytes = *kept;
            m_kept.erase(kept);
            return bytes;
        }
        if (m_entries.value(name).bytes > small)
            m_kept.clear();
        QStringList names;
        qint64 bytes = 0;
        // Segments with the segments behind them, labels and histories with all of their like: between the two they stand mixed.
        const bool isSmall = m_entries.value(name).bytes <= small;
        for (auto one = m_entries.constFind(name); one != m_entries.cend() && (names.isEmpty() || (bytes + one->bytes <= most && names.size() < 2000)); ++one) {
            if ((one->bytes <= small) != isSmall)
                continue;
            names << one->name;
            bytes += one->bytes;
        }
        if (names.isEmpty())
            names << name;
        QStringList paths{u"--"_s};
        for (const QString &one : std::as_const(names))
            paths << m_path + u'/' + one;
        Toolbox::Call call{u"cat"_s, paths, {}, 5 * 60'000, qsizetype(bytes + (1 << 20))};
        call.bulk = !isSmall;
        const auto said = m_toolbox.runChecked(call, cancel);
        if (!said)
            return fail(said.error());
        if (names.size() == 1)
            return said->output;
        if (said->output.size() != bytes) // one of them has changed meanwhile: none can be told from the next
            return fail(ErrorKind::Io, u"changed_since"_s, u"A file of %1 has changed while it was read"_s.arg(m_path), u"Try again"_s);
        qsizetype offset = 0;
        for (const QString &one : std::as_const(names)) {
            m_kept.insert(one, said->output.sliced(offset, m_entries.value(one).bytes));
            offset += m_entries.value(one).bytes;
        }
        return m_kept.take(name);
    }

private:
    static constexpr qint64 most = 64 << 20, small = 4096;
    const Toolbox &m_toolbox;
    const QString m_path;
    QMap<QString, ArchiveEntry> m_entries;
    QHash<QString, QByteArray> m_kept;
};

} // namespace

ArchiveAccess toolboxArchive(const Toolbox &toolbox, const QString &path, const QString &where)
{
    const auto fetched = std::make_shared<Fetched>(toolbox, path);
    ArchiveAccess access;
    access.where = where;
    access.list = [fetched](const CancelToken &cancel) { return fetched->list(cancel); };
    access.read = [fetched](const QString &name, const CancelToken &cancel) { return fetched->read(name, cancel); };
    return access;
}

} // namespace howdah::backup
