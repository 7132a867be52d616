// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/labs.h"

#include "backup/rehearsalrecord.h"
#include "base/paths.h"

#include <QLockFile>
#include <QMap>
#include <QRegularExpression>

#include <algorithm>
#include <functional>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

bool isLabName(const QString &name)
{
    static const QRegularExpression form(u"^[A-Za-z][A-Za-z0-9_-]{0,31}\\z"_s);
    return form.match(name).hasMatch();
}

Result<QVector<Lab>> labs(const CancelToken &cancel)
{
    const auto standing = standingRehearsals(cancel);
    if (!standing)
        return fail(standing.error());
    QVector<Lab> all;
    for (const Standing &one : *standing) {
        if (one.rehearsal && isLabName(one.rehearsal->lab))
            all.append({one.rehearsal->lab, *one.rehearsal, one.running});
    }
    std::sort(all.begin(), all.end(), [](const Lab &a, const Lab &b) { return a.name < b.name; });
    return all;
}

Result<Lab> findLab(const QString &name, const CancelToken &cancel)
{
    const auto all = labs(cancel);
    if (!all)
        return fail(all.error());
    for (const Lab &lab : *all) {
        if (lab.name == name)
            return lab;
    }
    return fail(ErrorKind::Client, u"no_such_lab"_s, u"There is no lab of the name %1"_s.arg(name), u"howdahctl pitr lab list shows them"_s);
}

Done checkNewLab(const QString &name, const CancelToken &cancel)
{
    if (!isLabName(name))
        return fail(ErrorKind::Client, u"bad_lab_name"_s, u"%1 is no name of a lab"_s.arg(name), u"A letter, then up to 31 letters, digits, - and _"_s);
    const auto found = findLab(name, cancel);
    if (found)
        return fail(ErrorKind::Client, u"lab_taken"_s, u"There is a lab %1 already (%2)"_s.arg(name, found->rehearsal.id), u"Another name, or howdahctl pitr lab drop %1"_s.arg(name));
    return found.error().reason == "no_such_lab"_L1 ? Done() : fail(found.error());
}

Result<Lab> keepAsLab(const QString &rehearsalId, const QString &name, const CancelToken &cancel)
{
    if (Done free = checkNewLab(name, cancel); !free)
        return fail(std::move(free.error()));
    const auto standing = standingRehearsals(cancel);
    if (!standing)
        return fail(standing.error());
    for (const Standing &one : *standing) {
        if (one.id != rehearsalId || !one.rehearsal)
            continue;
        Lab lab{name, *one.rehearsal, one.running};
        lab.rehearsal.lab = name;
        if (Done written = writeRehearsal(lab.rehearsal); !written)
            return fail(std::move(written.error()));
        return lab;
    }
    return fail(ErrorKind::Client, u"no_such_rehearsal"_s, u"There is no finished rehearsal %1"_s.arg(rehearsalId));
}

namespace
{

// Two trials, in two databases of one lab, may note at one time. `change` is of the list of what was changed.
Done rewriteNote(const QString &name, const CancelToken &cancel, const std::function<void(QStringList &)> &change)
{
    if (Done made = paths::makePrivateDir(paths::dataDir()); !made)
        return made;
    QLockFile turn(paths::dataDir() + u"/labs.lock"_s);
    turn.setStaleLockTime(0);
    if (!turn.tryLock(30'000))
        return fail(ErrorKind::Io, u"locked"_s, u"The labs' notes are held by another program"_s, u"Wait for it, then try again"_s);
    const auto lab = findLab(name, cancel);
    if (!lab)
        return fail(lab.error());
    Rehearsal changed = lab->rehearsal;
    change(changed.changed);
    return changed.changed == lab->rehearsal.changed ? Done() : writeRehearsal(changed);
}

} // namespace

Done noteChanged(const QString &name, const QStringList &changes, const CancelToken &cancel)
{
    return rewriteNote(name, cancel, [&](QStringList &noted) {
        for (const QString &change : changes) {
            if (!noted.contains(change))
                noted.append(change);
        }
    });
}

Done noteTakenBack(const QString &name, const QStringList &changes, const CancelToken &cancel)
{
    return rewriteNote(name, cancel, [&](QStringList &noted) {
        for (const QString &change : changes)
            noted.removeAll(change);
    });
}

Done dropLab(const QString &name, const CancelToken &cancel)
{
    const auto lab = findLab(name, cancel);
    return lab ? dropRehearsal(lab->rehearsal.id, cancel) : fail(lab.error());
}

QByteArray plannerSettings(const QByteArray &conf)
{
    static const QRegularExpression line(u"^\\s*([a-z_]+)\\s*(?:=\\s*|\\s)('(?:[^'\\\\]|'')*'|[A-Za-z0-9_.+-]+)\\s*(?:#.*)?$"_s, QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression planners(u"^(?:enable_[a-z_]+|(?:seq|random)_page_cost|cpu_[a-z_]+_cost|parallel_(?:setup|tuple)_cost|parallel_leader_participation|min_parallel_(?:table|index)_scan_size"
                                             "|max_parallel_workers(?:_per_gather)?|effective_cache_size|effective_io_concurrency|work_mem|hash_mem_multiplier|geqo(?:_[a-z_]+)?|default_statistics_target"
                                             "|constraint_exclusion|cursor_tuple_fraction|from_collapse_limit|join_collapse_limit|plan_cache_mode|recursive_worktable_factor|jit(?:_[a-z_]+_cost)?)\\z"_s);
    QMap<QString, QString> settings;
    for (const QByteArray &text : conf.split('\n')) {
        const auto match = line.match(QString::fromUtf8(text));
        const QString name = match.captured(1).toLower();
        if (match.hasMatch() && planners.match(name).hasMatch())
            settings.insert(name, match.captured(2));
    }
    QByteArray lines;
    for (auto it = settings.cbegin(); it != settings.cend(); ++it)
        lines += it.key().toUtf8() + " = " + it.value().toUtf8() + '\n';
    return lines;
}

} // namespace howdah::backup
