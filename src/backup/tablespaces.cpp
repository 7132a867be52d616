// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/tablespaces.h"

#include <QRegularExpression>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

struct Link {
    QString path, target; // below the data folder; as it says
};

Done call(const Repository &repository, const QString &program, const QStringList &arguments, const CancelToken &cancel)
{
    const auto ended = repository.toolbox().runChecked({program, arguments, {}, 0}, cancel);
    return ended ? Done() : fail(ended.error());
}

Result<QVector<Link>> linksIn(const Repository &repository, const QString &data, const CancelToken &cancel)
{
    const auto listed = repository.toolbox().runChecked({u"find"_s, {data, u"-type"_s, u"l"_s, u"-printf"_s, u"%P\\0%l\\0"_s}, {}, 5 * 60'000}, cancel);
    if (!listed)
        return fail(listed.error());
    if (listed->truncated)
        return fail(ErrorKind::Io, u"not_sound"_s, u"There are more links in %1 than any data folder has"_s.arg(data));
    const QList<QByteArray> words = listed->output.split('\0');
    QVector<Link> links;
    for (qsizetype i = 0; i + 1 < words.size(); i += 2)
        links.append({QString::fromUtf8(words.at(i)), QString::fromUtf8(words.at(i + 1))});
    return links;
}

Error strange(const QString &words)
{
    return {ErrorKind::Io, u"not_sound"_s, words, {}, u"Nothing was restored. A server started on it would write where the live one does"_s, {}, {}};
}

const QRegularExpression &tablespaceLink()
{
    static const QRegularExpression link(u"^pg_tblspc/(\\d+)\\z"_s);
    return link;
}

} // namespace

std::optional<QVector<std::pair<QString, QString>>> parseTablespaceMap(const QByteArray &map)
{
    QVector<std::pair<QString, QString>> all;
    static const QRegularExpression number(u"^\\d+\\z"_s);
    // A line's end within a path has a backslash before it.
    QByteArray text = map, line;
    for (qsizetype i = 0; i <= text.size(); ++i) {
        const bool ends = i == text.size() || text.at(i) == '\n';
        if (!ends) {
            if (text.at(i) == '\\' && i + 1 < text.size())
                ++i;
            line += text.at(i);
            continue;
        }
        if (!line.isEmpty()) {
            const qsizetype space = line.indexOf(' ');
            const QString oid = QString::fromLatin1(line.first(std::max<qsizetype>(0, space)));
            if (space <= 0 || !number.match(oid).hasMatch() || space + 1 >= line.size())
                return {};
            all.append({oid, QString::fromUtf8(line.sliced(space + 1))});
        }
        line.clear();
    }
    return all;
}

QString tablespacesOf(const QString &data)
{
    return data + ".tablespaces"_L1;
}

Result<QStringList> takeInLinks(const Repository &repository, const QString &data, const QString &from, const std::function<Done(const QString &, const QString &)> &fill,
                                const QStringList &numbers, const CancelToken &cancel)
{
    const auto links = linksIn(repository, data, cancel);
    if (!links)
        return fail(links.error());
    QStringList all = numbers;
    QHash<QString, QString> targets;
    for (const Link &link : *links) {
        const auto match = tablespaceLink().match(link.path);
        const QString number = match.captured(1);
        const bool wal = link.path == "pg_wal"_L1 && !from.isEmpty();
        if (!match.hasMatch() && !wal)
            return fail(strange(u"%1 of the backup is a link to %2"_s.arg(link.path, link.target)));
        if (match.hasMatch() && from.isEmpty() && !numbers.contains(number))
            return fail(strange(u"The tablespace %1 (%2) is not in the backup"_s.arg(number, link.target)));
        // Gone before anything is written: through it one would write elsewhere.
        if (Done removed = call(repository, u"rm"_s, {u"--"_s, data + u'/' + link.path}, cancel); !removed)
            return fail(std::move(removed.error()));
        const QString target = link.target.startsWith(u'/') ? link.target : from + u'/' + link.path.section(u'/', 0, -2) + u'/' + link.target;
        if (wal) {
            if (Done copied = call(repository, u"cp"_s, {u"-a"_s, u"--reflink=auto"_s, u"-T"_s, u"--"_s, target, data + "/pg_wal"_L1}, cancel); !copied)
                return fail(std::move(copied.error()));
            continue;
        }
        targets.insert(number, target);
        if (!all.contains(number))
            all << number;
    }
    for (const QString &number : std::as_const(all)) {
        const QString folder = tablespacesOf(data) + u'/' + number;
        if (Done made = repository.makeFolder(folder, cancel); !made)
            return fail(std::move(made.error()));
        Done filled;
        if (from.isEmpty())
            filled = fill(number, folder);
        else
            filled = call(repository, u"cp"_s, {u"-a"_s, u"--reflink=auto"_s, u"-T"_s, u"--"_s, targets.value(number), folder}, cancel);
        if (!filled)
            return fail(std::move(filled.error()));
        // What was brought in may have links of its own.
        const auto inner = linksIn(repository, folder, cancel);
        if (!inner)
            return fail(inner.error());
        if (!inner->isEmpty())
            return fail(strange(u"%1 of the tablespace %2 is a link to %3"_s.arg(inner->constFirst().path, number, inner->constFirst().target)));
    }
    if (Done led = leadLinksTo(repository, data, data, all, cancel); !led)
        return fail(std::move(led.error()));
    return all;
}

Done leadLinksTo(const Repository &repository, const QString &data, const QString &name, const QStringList &numbers, const CancelToken &cancel)
{
    QByteArray map;
    for (const QString &number : numbers) {
        const QString link = data + "/pg_tblspc/"_L1 + number, target = tablespacesOf(name) + u'/' + number;
        if (Done made = call(repository, u"ln"_s, {u"-s"_s, u"-f"_s, u"-n"_s, u"--"_s, target, link}, cancel); !made)
            return made;
        map += number.toLatin1() + ' ' + target.toUtf8().replace('\\', "\\\\").replace('\n', "\\\n") + '\n';
    }
    const QString file = data + "/tablespace_map"_L1;
    const auto there = repository.toolbox().run({u"test"_s, {u"-e"_s, file}, {}}, cancel);
    if (!there)
        return fail(there.error());
    if (there->exitCode == 0) {
        const auto text = repository.read(file, 1 << 20, cancel);
        if (!text)
            return fail(text.error());
        const auto listed = parseTablespaceMap(*text);
        if (!listed)
            return fail(strange(u"The backup's tablespace_map is not understood"_s));
        for (const auto &[number, live] : *listed) {
            if (!numbers.contains(number))
                return fail(strange(u"The tablespace %1 (%2) is not in the backup"_s.arg(number, live)));
        }
        if (Done written = repository.write(file, map, cancel); !written)
            return written;
    }
    const auto links = linksIn(repository, data, cancel);
    if (!links)
        return fail(links.error());
    for (const Link &link : *links) {
        const auto match = tablespaceLink().match(link.path);
        if (!match.hasMatch() || link.target != tablespacesOf(name) + u'/' + match.captured(1))
            return fail(strange(u"%1 still leads to %2"_s.arg(link.path, link.target)));
    }
    return {};
}

} // namespace howdah::backup
