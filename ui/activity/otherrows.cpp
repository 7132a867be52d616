// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/activity/cells.h"
#include "ui/activity/rows.h"

#include <algorithm>

namespace howdah::ui
{

using namespace Qt::StringLiterals;

QVector<KeyedColumn> waitColumns()
{
    return {{u"type"_s, u"Wait"_s, false, false, 110},
            {u"event"_s, u"Event"_s, false, false, 170},
            {u"average"_s, u"Average sessions"_s, true, false, 130},
            {u"share"_s, u"Share"_s, true, false, 90},
            {u"query"_s, u"Statement"_s, false, true, 260, false, true},
            {u"query_id"_s, u"Query id"_s, false, true, 180}};
}

QVector<KeyedRow> waitRows(const activity::WaitAverages &averages, const QHash<QString, QString> &statements)
{
    const double total = averages.total();
    const QString noId = u"It waits before its analysis is done, compute_query_id is off, or it is the server's own work"_s;
    QVector<std::pair<activity::WaitKey, double>> all(averages.sessions.cbegin(), averages.sessions.cend());
    std::stable_sort(all.begin(), all.end(), [](const auto &one, const auto &other) { return one.second > other.second; });
    QVector<KeyedRow> rows;
    for (const auto &[key, average] : std::as_const(all)) {
        const double share = total > 0 ? average / total : 0;
        const bool named = key.queryId != "0"_L1 && !key.queryId.isEmpty();
        const QString query = statements.value(key.queryId);
        rows.append({key.type + u'/' + key.event + u'/' + key.queryId,
                     {{key.typeText(), {}, key.type.isEmpty() ? u"Runs, or waits for something the server does not name"_s : QString(), false, {}, {}},
                      cells::text(key.event),
                      {QString::number(average, 'f', 2), QVariant(average), QString::number(average, 'f', 4), false, {}, {}},
                      {units::ratio(share), QVariant(share), {}, false, {}, share},
                      !named            ? KeyedCell{u"no query id"_s, QVariant(QString()), noId, true, {}, {}}
                      : query.isEmpty() ? KeyedCell{u"text not seen"_s, QVariant(QString()), u"it ran between two readings of the sessions"_s, true, {}, {}}
                                        : cells::text(query, query.left(2000)),
                      named ? cells::text(key.queryId)
                            : cells::text({}, noId)},
                     {}});
    }
    return rows;
}

QVector<KeyedColumn> taskColumns()
{
    return {{u"task"_s, u"Task"_s, false, false, 208},
            {u"relation"_s, u"On"_s, false, false, 112, false, true},
            {u"phase"_s, u"Phase"_s, false, false, 140},
            {u"share"_s, u"Done"_s, true, false, 96},
            {u"left"_s, u"Left"_s, true, false, 64},
            {u"way"_s, u"In its way"_s, false, false, 92},
            {u"rate"_s, u"Rate"_s, true, false, 90},
            {u"running"_s, u"Runs since"_s, true, false, 96},
            {u"delay"_s, u"Slept"_s, true, false, 76},
            {u"pid"_s, u"PID"_s, true, false, 72, true},
            {u"database"_s, u"Database"_s, false, false, 110, true}};
}

QVector<KeyedRow> taskRows(const activity::Tasks &before, const activity::Tasks &now)
{
    QVector<KeyedRow> rows;
    for (const activity::Task &task : now.tasks) {
        const bool bytes = task.unit == "B"_L1;
        const auto amount = [&](double value) { return bytes ? units::bytes(value) : units::count(value) + u' ' + task.unit; };
        const activity::Pace pace = activity::paceBetween(before, now, task);
        KeyedCell share = cells::count(std::nullopt);
        if (const auto part = task.share()) {
            share = {units::ratio(*part), QVariant(*part), u"%1 of %2"_s.arg(amount(double(*task.done)), amount(double(*task.total))), false, {}, *part};
        } else if (task.done) {
            share = {amount(double(*task.done)), QVariant(), u"The server does not know how much there is in all"_s, false, {}, {}};
        }
        KeyedCell rate = cells::count(std::nullopt);
        if (pace.perSecond)
            rate = {amount(*pace.perSecond) + u"/s"_s, QVariant(*pace.perSecond), {}, false, {}, {}};
        KeyedCell delay = cells::count(std::nullopt);
        delay.tip = u"Counted from PostgreSQL 18 on, with track_cost_delay_timing"_s;
        if (task.delayMs)
            delay = {units::duration(qint64(*task.delayMs)), QVariant(*task.delayMs), u"By vacuum_cost_delay"_s, false, {}, {}};
        KeyedCell way = task.inTheWay        ? KeyedCell{QString::number(task.inTheWay), QVariant(double(task.inTheWay)), u"It waits for this backend's transaction to end"_s, false, StateLook::Warning, {}}
                        : task.isPermitted() ? KeyedCell{QString(), QVariant(0.0), u"nobody"_s, true, {}, {}}
                                             : cells::notPermitted();
        rows.append({pidKey(task.pid),
                     {{task.command, {}, task.kind, false, {}, {}},
                      task.relation.isEmpty() && task.relationOid ? cells::text({}, u"a relation of the database %1"_s.arg(task.database)) : cells::text(task.relation),
                      task.isPermitted() ? cells::text(task.phase) : cells::notPermitted(), share, cells::age(pace.leftMs), way, rate, cells::age(task.runningMs), delay,
                      {QString::number(task.pid), QVariant(double(task.pid)), {}, false, {}, {}}, cells::text(task.database)},
                     {}});
    }
    return rows;
}

QVector<KeyedColumn> holderColumns()
{
    return {{u"age"_s, u"Pins (xids)"_s, true, false, 96},
            {u"kind"_s, u"Held by"_s, false, false, 140},
            {u"name"_s, u"Name"_s, false, false, 140},
            {u"held"_s, u"Since"_s, true, false, 84},
            {u"remedy"_s, u"What lets go of it"_s, false, false, 264, false, true},
            {u"state"_s, u"State"_s, false, false, 120},
            {u"database"_s, u"Database"_s, false, false, 110, true},
            {u"detail"_s, u"Statement"_s, false, true, 100}};
}

QVector<KeyedRow> holderRows(const QVector<activity::Holder> &holders)
{
    QVector<KeyedRow> rows;
    for (const activity::Holder &holder : holders) {
        // A slot's consumer is a session too, with a row of its own where it holds something.
        rows.append({holder.pid && holder.kind != "slot"_L1 ? pidKey(holder.pid) : holder.kind + u' ' + holder.name,
                     {cells::count(holder.age, u"transactions"_s), {holder.kind, {}, {}, false, {}, {}},
                      cells::text(holder.pid ? u"%1  %2"_s.arg(holder.pid).arg(holder.name) : holder.name), cells::age(holder.heldMs), cells::text(holder.remedy()),
                      cells::text(holder.state), cells::text(holder.database), cells::text(holder.detail)},
                     {}});
    }
    return rows;
}

QVector<KeyedColumn> databaseAgeColumns()
{
    return {{u"database"_s, u"Database"_s, false, false, 140},
            {u"verdict"_s, u"Verdict"_s, false, false, 170, false, true},
            {u"xid"_s, u"Oldest transaction"_s, true, false, 140},
            {u"way"_s, u"Of the way to the stop"_s, true, false, 170},
            {u"multixact"_s, u"Oldest multixact"_s, true, false, 130},
            {u"forced"_s, u"Forced from"_s, true, false, 100},
            {u"failsafe"_s, u"Failsafe from"_s, true, false, 110}};
}

QVector<KeyedRow> databaseAgeRows(const QVector<activity::DatabaseAge> &databases)
{
    using Verdict = activity::DatabaseAge::Verdict;
    QVector<KeyedRow> rows;
    for (const activity::DatabaseAge &database : databases) {
        const Verdict verdict = database.verdict();
        const StateLook look = verdict == Verdict::Ok ? StateLook::Ok : verdict == Verdict::Forced ? StateLook::Warning : StateLook::Critical;
        const double way = double(std::max(database.xidAge, database.multixactAge)) / double(activity::DatabaseAge::stopAge);
        rows.append({database.name,
                     {cells::text(database.name), {database.verdictText(), QVariant(int(verdict)), {}, false, look, {}},
                      cells::count(database.xidAge, u"transactions"_s),
                      {units::ratio(way), QVariant(way), u"No transaction is begun any more from %1 on"_s.arg(units::exact(double(activity::DatabaseAge::stopAge))), false, {}, way},
                      cells::count(database.multixactAge), cells::count(database.freezeMaxAge), cells::count(database.failsafeAge)},
                     {}});
    }
    return rows;
}

QVector<KeyedColumn> tableAgeColumns()
{
    return {{u"relation"_s, u"Table"_s, false, false, 200, false, true},
            {u"xid"_s, u"Oldest transaction"_s, true, false, 140},
            {u"line"_s, u"Of its limit"_s, true, false, 110},
            {u"multixact"_s, u"Oldest multixact"_s, true, false, 130},
            {u"dead"_s, u"Dead rows"_s, true, false, 90},
            {u"vacuum"_s, u"Last vacuum"_s, false, false, 170},
            {u"now"_s, u"Now"_s, false, false, 100}};
}

QVector<KeyedRow> tableAgeRows(const QVector<activity::TableAge> &tables)
{
    QVector<KeyedRow> rows;
    for (const activity::TableAge &table : tables) {
        const double line = table.freezeMaxAge > 0 ? double(table.xidAge) / double(table.freezeMaxAge) : 0;
        rows.append({table.name,
                     {cells::text(table.name), cells::count(table.xidAge, u"transactions"_s),
                      {units::ratio(line), QVariant(line), u"Of autovacuum_freeze_max_age, %1: from there on a vacuum is forced"_s.arg(units::exact(double(table.freezeMaxAge))), false, {}, std::min(line, 1.0)},
                      cells::count(table.multixactAge), cells::count(table.deadRows), table.lastVacuum.isEmpty() ? cells::text({}, u"never, as far as statistics go"_s) : cells::text(table.lastVacuum.section(u'.', 0, 0), table.lastVacuum),
                      !table.vacuumRunning  ? cells::text(u"not known"_s, u"A vacuum runs in this database; on which table may not be seen by this role"_s)
                      : *table.vacuumRunning ? KeyedCell{u"vacuum runs"_s, {}, {}, false, StateLook::Busy, {}}
                                             : cells::text({}, u"no vacuum runs"_s)},
                     {}});
    }
    return rows;
}

} // namespace howdah::ui
