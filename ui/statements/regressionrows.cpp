// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/statements/regressionrows.h"

#include "base/units.h"
#include "ui/activity/cells.h"
#include "ui/statements/statementrows.h"

#include <QDateTime>

#include <cmath>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using statements::Measure;
using statements::TopList;

namespace
{

KeyedCell addedCell(const statements::Slower &one, qint64 allNs)
{
    const QString text = (one.addedNs < 0 ? u"−"_s : u"+"_s) + millisecondsText(std::fabs(one.addedNs) / 1e6);
    const QString tip = u"So much %1 than its calls would have taken at the earlier mean"_s.arg(one.addedNs < 0 ? u"less"_s : u"more"_s);
    const bool hasShare = one.addedNs > 0 && one.after.key.toplevel && allNs > 0;
    const double share = hasShare ? one.addedNs / double(allNs) : 0;
    return {text, QVariant(one.addedNs), hasShare ? u"%1; %2 of the time of all statements"_s.arg(tip, units::ratio(share)) : tip, false, {},
            hasShare ? std::optional(share) : std::nullopt};
}

KeyedCell factorCell(const statements::Slower &one)
{
    const auto before = one.before.meanExecMs(), after = one.after.counters.meanExecMs();
    if (!before || !after || *before <= 0)
        return {u"–"_s, QVariant(QString()), u"It took no time before"_s, true, {}, {}};
    const double factor = *after / *before;
    return {u"× %1"_s.arg(factor, 0, 'f', factor < 10 ? 2 : 0), QVariant(factor), u"× %1"_s.arg(factor, 0, 'f', 6), false, {}, {}};
}

KeyedCell sinceCell(const statements::Fresh &one)
{
    if (!one.isNew)
        return {u"ran before, but not then"_s, QVariant(0.0), u"Seen before the earlier time, and in it not"_s, true, {}, {}};
    const QString at = QDateTime::fromMSecsSinceEpoch(one.total.firstMs).toString(u"yyyy-MM-dd HH:mm"_s);
    return {at, QVariant(double(one.total.firstMs)), u"It was never seen before that by this console"_s, false, {}, {}};
}

QVector<KeyedCell> whoCells(const TopList &list, const statements::Key &key)
{
    return {cells::text(roleName(list.names, key.roleId)), cells::text(databaseName(list.names, key.databaseId)), cells::plain(QString::number(key.queryId))};
}

const QVector<KeyedColumn> whoColumns{{u"role"_s, u"Role"_s, false, false, 84},
                                      {u"database"_s, u"Database"_s, false, false, 84},
                                      {u"query_id"_s, u"Query id"_s, false, true, 170, true}};

} // namespace

QVector<KeyedColumn> slowerColumns()
{
    return QVector<KeyedColumn>{{u"statement"_s, u"Statement"_s, false, true, 240, false, true},
                                {u"added"_s, u"Added time"_s, true, false, 96},
                                {u"factor"_s, u"Slower"_s, true, false, 72},
                                {u"mean_before"_s, u"Mean before"_s, true, false, 96},
                                {u"mean"_s, u"Mean now"_s, true, false, 84},
                                {u"calls_before"_s, u"Calls before"_s, true, false, 96},
                                {u"calls"_s, u"Calls now"_s, true, false, 80},
                                {u"total_before"_s, u"Time before"_s, true, false, 96, true},
                                {u"total"_s, u"Time now"_s, true, false, 84, true}}
        + whoColumns;
}

QVector<KeyedRow> slowerRows(const statements::Comparison &comparison, const TopList &after)
{
    const qint64 all = after.sum(Measure::ExecTime);
    QVector<KeyedRow> rows;
    for (const auto *part : {&comparison.slower, &comparison.faster}) {
        for (const statements::Slower &one : part->first(qMin<qsizetype>(mostCompared, part->size()))) {
            const statements::Counters &before = one.before, &now = one.after.counters;
            KeyedRow row;
            row.key = statements::keyText(one.after.key);
            row.cells = {statementCell(one.after), addedCell(one, all), factorCell(one)};
            row.cells += {meanCell(before.meanExecMs()), meanCell(now.meanExecMs()), callsCell(before[Measure::Calls]), callsCell(now[Measure::Calls])};
            row.cells += {timeCell(before[Measure::ExecTime]), timeCell(now[Measure::ExecTime])};
            row.cells += whoCells(after, one.after.key);
            rows.append(row);
        }
    }
    return rows;
}

QVector<KeyedColumn> freshColumns()
{
    return QVector<KeyedColumn>{{u"statement"_s, u"Statement"_s, false, true, 240, false, true},
                                {u"total"_s, u"Total time"_s, true, false, 96},
                                {u"mean"_s, u"Mean"_s, true, false, 84},
                                {u"calls"_s, u"Calls"_s, true, false, 80},
                                {u"since"_s, u"Since"_s, false, false, 170}}
        + whoColumns;
}

QVector<KeyedRow> freshRows(const statements::Comparison &comparison, const TopList &after)
{
    const qint64 all = after.sum(Measure::ExecTime);
    QVector<KeyedRow> rows;
    for (const statements::Fresh &one : comparison.fresh.first(qMin<qsizetype>(mostCompared, comparison.fresh.size()))) {
        const statements::Total &total = one.total;
        KeyedCell time = timeCell(total.counters[Measure::ExecTime]);
        if (total.key.toplevel && all > 0)
            time.share = double(total.counters[Measure::ExecTime]) / double(all);
        KeyedRow row;
        row.key = statements::keyText(total.key);
        row.cells = {statementCell(total), time, meanCell(total.counters.meanExecMs()), callsCell(total.counters[Measure::Calls]), sinceCell(one)};
        row.cells += whoCells(after, total.key);
        rows.append(row);
    }
    return rows;
}

} // namespace howdah::ui
