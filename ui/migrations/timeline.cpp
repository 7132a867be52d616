// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/migrations/timeline.h"

#include "base/units.h"
#include "ui/activity/cells.h"

#include <QDateTime>

#include <algorithm>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::migrations;

namespace
{

QString titleOf(const Project &project, const Entry &entry)
{
    if (const File *file = project.folder.find(entry.version))
        return file->title();
    return entry.name.isEmpty() ? entry.version : entry.name;
}

QString stateOf(const Entry &entry)
{
    switch (entry.standing) {
    case Standing::Applied: return u"applied"_s;
    case Standing::Cosmetic: return u"comments edited"_s;
    case Standing::Edited: return u"edited since"_s;
    case Standing::Pending: return entry.appliedMs ? u"changed since"_s : u"pending"_s; // of a repeatable one
    case Standing::OutOfOrder: return u"out of order"_s;
    case Standing::Interrupted: return u"stopped at %1 of %2"_s.arg(entry.statementsDone).arg(entry.statements);
    case Standing::Missing: break;
    }
    return u"file missing"_s;
}

KeyedRow rowOf(const Project &project, const Entry &entry)
{
    KeyedRow row;
    row.key = entry.version;
    KeyedCell title = cells::plain(titleOf(project, entry));
    title.tip = entry.purpose.isEmpty() ? entry.name : u"%1\n%2"_s.arg(entry.name.isEmpty() ? entry.version : entry.name, entry.purpose);
    title.sort = entry.version;
    KeyedCell state = cells::plain(stateOf(entry));
    state.mark = lookOf(entry.standing);
    // That it is pending its group says already.
    if (const int count = project.standing(entry.version); count > 0 && entry.standing == Standing::Pending) {
        state.text = count == 1 ? u"1 finding"_s : u"%1 findings"_s.arg(count);
        state.mark = StateLook::Warning;
    }
    KeyedCell when, took, who;
    if (entry.appliedMs) {
        when.text = whenText(*entry.appliedMs);
        when.tip = whenTip(*entry.appliedMs) + (entry.tookMs ? u"\ntook %1 ms"_s.arg(*entry.tookMs) : QString()) + (entry.who.isEmpty() ? QString() : u"\nby "_s + entry.who);
        when.sort = *entry.appliedMs;
    } else if (!isPending(entry.standing)) {
        when.text = u"not known"_s; // dbmate keeps no time
        when.muted = true;
    }
    if (entry.tookMs) {
        took.text = units::duration(*entry.tookMs);
        took.tip = u"%1 ms"_s.arg(*entry.tookMs);
        took.sort = *entry.tookMs;
    }
    who.text = entry.who;
    row.cells = {title, state, when, took, who};
    return row;
}

KeyedRow groupOf(const QString &key, const QString &text, QVector<KeyedRow> rows)
{
    KeyedRow group;
    group.key = key;
    group.cells = {cells::plain(text)};
    group.children = std::move(rows);
    return group;
}

} // namespace

StateLook lookOf(Standing standing)
{
    switch (standing) {
    case Standing::Applied:
    case Standing::Cosmetic: return StateLook::Ok;
    case Standing::Pending: return StateLook::Unknown;
    case Standing::OutOfOrder:
    case Standing::Missing: return StateLook::Warning;
    case Standing::Edited:
    case Standing::Interrupted: break;
    }
    return StateLook::Critical;
}

QString whenText(qint64 ms)
{
    return QDateTime::fromMSecsSinceEpoch(ms).toString(u"yyyy-MM-dd HH:mm"_s);
}

QString whenTip(qint64 ms)
{
    const QDateTime at = QDateTime::fromMSecsSinceEpoch(ms);
    return u"%1\n%2"_s.arg(at.toOffsetFromUtc(at.offsetFromUtc()).toString(Qt::ISODate), at.toUTC().toString(Qt::ISODate));
}

QVector<KeyedColumn> timelineColumns()
{
    KeyedColumn title{u"title"_s, u"Migration"_s};
    title.width = 120;
    title.stretch = true;
    KeyedColumn state{u"state"_s, u"State"_s};
    state.width = 116;
    KeyedColumn when{u"when"_s, u"Applied (%1)"_s.arg(QDateTime::currentDateTime().toString(u"t"_s))};
    when.width = 136;
    KeyedColumn took{u"took"_s, u"Took"_s, true};
    took.width = 60;
    KeyedColumn who{u"who"_s, u"By"_s};
    who.hidden = true;
    took.hidden = true;
    return {title, state, when, took, who};
}

QVector<KeyedRow> timelineRows(const Project &project)
{
    QVector<KeyedRow> pending, applied;
    // The newest on top; what is pending in the order in which it is run stands the other way round, its next one lowest, next to what was run last.
    for (auto entry = project.state.repeatables.crbegin(); entry != project.state.repeatables.crend(); ++entry)
        (isPending(entry->standing) ? pending : applied).append(rowOf(project, *entry));
    const QStringList back = wayBack(project.ledger);
    QVector<const Entry *> done;
    for (auto entry = project.state.entries.crbegin(); entry != project.state.entries.crend(); ++entry) {
        if (isPending(entry->standing))
            pending.append(rowOf(project, *entry));
        else
            done.append(&*entry);
    }
    std::stable_sort(done.begin(), done.end(), [&back](const Entry *one, const Entry *other) { return back.indexOf(one->version) < back.indexOf(other->version); });
    for (const Entry *entry : std::as_const(done))
        applied.append(rowOf(project, *entry));
    QVector<KeyedRow> rows;
    const qsizetype waits = pending.size(), stands = applied.size();
    if (waits > 0)
        rows.append(groupOf(QLatin1StringView(pendingKey), u"Pending: %1"_s.arg(waits), std::move(pending)));
    if (stands > 0)
        rows.append(groupOf(QLatin1StringView(appliedKey), u"Applied: %1"_s.arg(stands), std::move(applied)));
    return rows;
}

} // namespace howdah::ui
