// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/statements/statementrows.h"

#include "base/units.h"
#include "ui/activity/cells.h"

#include <algorithm>
#include <tuple>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using statements::Counters;
using statements::Measure;
using statements::TopList;

namespace
{

constexpr QChar dash = u'–';
constexpr int figureColumns = 14;
const QString notCounted = u"This version of pg_stat_statements does not count it"_s;

// Of the whole list, summed once: thousands of statements ask for their share of it.
struct Whole {
    explicit Whole(const TopList &list) : known(list.gaps.known)
    {
        for (int i = 0; i < statements::measureCount; ++i)
            sums[Measure(i)] = list.sum(Measure(i));
    }
    statements::Measures known;
    Counters sums;
};

KeyedCell unknown(const QString &why)
{
    return {dash, QVariant(QString()), why, true, {}, {}}; // last, whatever is sorted by
}

KeyedCell none()
{
    return {QString(), QVariant(0.0), u"none"_s, true, {}, {}};
}

KeyedCell hitCell(const Counters &counters)
{
    const qint64 all = counters[Measure::SharedHit] + counters[Measure::SharedRead];
    if (all == 0)
        return unknown(u"It read no blocks of tables or indexes"_s);
    const double share = double(counters[Measure::SharedHit]) / double(all);
    const QString tip = u"%1 of %2 blocks"_s.arg(units::exact(double(counters[Measure::SharedHit])), units::exact(double(all)));
    return {units::ratio(share), QVariant(share), tip, false, {}, {}};
}

// The figures of one row. Where several measures are counted alike (read and written), they are one figure.
class Cells
{
public:
    // nested: of what a function called, times and blocks are part of its caller's too, and have no share.
    Cells(const Whole &whole, const Counters &counters, bool nested) : m_whole(whole), m_counters(counters), m_nested(nested) {}

    QVector<KeyedCell> all() const
    {
        return {time({Measure::ExecTime}),
                meanCell(m_counters.meanExecMs()),
                count({Measure::Calls}, u"calls"_s),
                count({Measure::Rows}, u"rows"_s),
                count({Measure::SharedRead}, u"blocks from outside the buffers"_s),
                hitCell(m_counters),
                count({Measure::TempRead, Measure::TempWritten}, u"blocks of temporary files, read and written"_s),
                bytes({Measure::WalBytes}),
                orOff(time({Measure::ReadTime, Measure::WriteTime, Measure::TempReadTime, Measure::TempWriteTime, Measure::LocalReadTime, Measure::LocalWriteTime}),
                      u"None, or track_io_timing is off"_s),
                meanCell(m_counters.stddevExecMs()),
                count({Measure::SharedDirtied}, u"blocks dirtied"_s),
                orOff(time({Measure::PlanTime}), u"None, or pg_stat_statements.track_planning is off"_s),
                time({Measure::JitTime}),
                shortfall()};
    }

private:
    using Several = std::initializer_list<Measure>;

    // Of the I/O times older extensions have fewer: the first is what the figure is named for.
    bool knows(Several measures) const { return (m_whole.known & statements::bitOf(*measures.begin())) != 0; }
    qint64 sum(Several measures) const
    {
        qint64 sum = 0;
        for (const Measure one : measures)
            sum += m_counters[one];
        return sum;
    }
    std::optional<double> share(Several measures) const
    {
        qint64 all = 0;
        for (const Measure one : measures) {
            if (m_nested && statements::factsOf(one).inclusive)
                return std::nullopt;
            all += m_whole.sums[one];
        }
        return all ? std::optional(double(sum(measures)) / double(all)) : std::nullopt;
    }
    KeyedCell figure(Several measures, const QString &text, const QString &exact) const
    {
        if (!knows(measures))
            return unknown(notCounted);
        const qint64 value = sum(measures);
        if (value == 0)
            return none();
        const auto of = share(measures);
        return {text, QVariant(double(value)), of ? u"%1, %2 of all"_s.arg(exact, units::ratio(*of)) : exact, false, {}, of};
    }
    KeyedCell time(Several measures) const { return figure(measures, nanosecondsText(sum(measures)), u"%1 ms"_s.arg(double(sum(measures)) / 1e6, 0, 'f', 3)); }
    // Of what a setting switches on, 0 is not "none".
    static KeyedCell orOff(const KeyedCell &cell, const QString &why) { return cell.text.isEmpty() ? unknown(why) : cell; }
    KeyedCell count(Several measures, const QString &unit) const
    {
        const double value = double(sum(measures));
        return figure(measures, units::count(value), units::exact(value) + u' ' + unit);
    }
    KeyedCell bytes(Several measures) const
    {
        const double value = double(sum(measures));
        return figure(measures, units::bytes(value), units::exact(value) + u" bytes"_s);
    }
    KeyedCell shortfall() const
    {
        if (!knows({Measure::WorkersWanted}))
            return unknown(u"Counted since PostgreSQL 18"_s);
        const qint64 wanted = m_counters[Measure::WorkersWanted], missing = wanted - m_counters[Measure::WorkersLaunched];
        const qint64 all = m_whole.sums[Measure::WorkersWanted] - m_whole.sums[Measure::WorkersLaunched];
        if (missing <= 0)
            return none();
        const QString tip = u"%1 of %2 parallel workers that were planned did not start: max_parallel_workers were busy"_s;
        return {units::count(double(missing)), QVariant(double(missing)), tip.arg(missing).arg(wanted), false, {},
                all > 0 ? std::optional(double(missing) / double(all)) : std::nullopt};
    }

    const Whole &m_whole;
    const Counters &m_counters;
    bool m_nested;
};

void sortLast(KeyedRow &row)
{
    for (KeyedCell &cell : row.cells) {
        cell.sort = QVariant(QString());
        cell.muted = true;
    }
}

KeyedRow restRow(const Whole &whole, const statements::Other &others, bool nested)
{
    KeyedRow row;
    row.key = nested ? u"nested others"_s : u"others"_s;
    const QString words = nested ? u"%1 or more others that functions called"_s : u"%1 or more others"_s;
    const QString tip = u"Those of an hour or a day that took least are kept as a sum, which is exact. Of all roles and databases"_s;
    row.cells = {{words.arg(others.statements), {}, tip, true, {}, {}}};
    row.cells += Cells(whole, others.counters, nested).all();
    sortLast(row);
    return row;
}

// What nobody counted has no figures, and is not nothing.
KeyedRow lostRow(const statements::Gaps &gaps)
{
    KeyedRow row;
    row.key = u"lost"_s;
    row.cells = {{gaps.evictions > 0 || gaps.vanished > 0 ? u"Evicted, or not read in time"_s : u"Not read in time"_s, {}, gaps.text(), true, {}, {}}};
    for (int i = 0; i < figureColumns; ++i)
        row.cells.append(unknown(u"Not known: "_s + gaps.text()));
    sortLast(row);
    return row;
}

bool mayBeOf(const statements::Filter &filter, const statements::Total &total, const statements::Names &names)
{
    statements::Filter withoutText = filter;
    withoutText.text.clear();
    if (!statements::passes(withoutText, total, names))
        return false;
    return filter.text.isEmpty() || QString::number(total.key.queryId) == filter.text
        || (total.text && total.text->text.contains(filter.text, Qt::CaseInsensitive));
}

} // namespace

QString roleName(const statements::Names &names, quint32 oid)
{
    return names.roles.value(oid, u"role %1"_s.arg(oid));
}

QString databaseName(const statements::Names &names, quint32 oid)
{
    return names.databases.value(oid, u"database %1"_s.arg(oid));
}

QString whoText(const statements::Names &names, const statements::Key &key)
{
    return u"%1@%2%3"_s.arg(units::oneLine(roleName(names, key.roleId)), units::oneLine(databaseName(names, key.databaseId)),
                            key.toplevel ? QString() : u", called by a function or a trigger"_s);
}

KeyedCell statementCell(const statements::Total &total)
{
    if (!total.text)
        return {u"text not known, query id %1"_s.arg(total.key.queryId), {}, u"The server had dropped the text when it was asked for"_s, true, {}, {}};
    const QString line = total.text->text.left(400).simplified(); // KeyedModel draws what would hide or turn text round as signs
    QString tip = total.text->text.left(2000);
    if (tip.size() < total.text->length)
        tip += u"\n… %1 characters in all"_s.arg(total.text->length);
    if (!total.key.toplevel)
        tip += u"\n\nCalled by a function or a trigger: its time is part of the statement's that called it"_s;
    return {total.key.toplevel ? line : u"↳ "_s + line, {}, shownText(tip), total.own, {}, {}};
}

KeyedCell meanCell(std::optional<double> ms)
{
    return ms ? KeyedCell{millisecondsText(*ms), QVariant(*ms), u"%1 ms"_s.arg(*ms, 0, 'f', 6), false, {}, {}} : unknown(u"Not called in this time"_s);
}

KeyedCell timeCell(qint64 ns)
{
    return {nanosecondsText(ns), QVariant(double(ns)), u"%1 ms"_s.arg(double(ns) / 1e6, 0, 'f', 3), false, {}, {}};
}

KeyedCell callsCell(qint64 calls)
{
    return {units::count(double(calls)), QVariant(double(calls)), units::exact(double(calls)) + u" calls"_s, false, {}, {}};
}

QString shownText(const QString &serverText)
{
    QStringList lines;
    for (const QStringView line : QStringView(serverText).split(u'\n')) {
        QString one = line.toString();
        if (one.endsWith(u'\r'))
            one.chop(1);
        lines.append(units::oneLine(one.replace(u'\t', u"    "_s)));
    }
    return lines.join(u'\n');
}

QString millisecondsText(double ms)
{
    const auto three = [](double value) { return QString::number(value, 'f', value < 10 ? 2 : value < 100 ? 1 : 0); };
    if (ms <= 0)
        return u"0 ms"_s;
    if (ms < 1)
        return u"%1 µs"_s.arg(three(ms * 1000));
    if (ms < 1000)
        return u"%1 ms"_s.arg(three(ms));
    if (ms < 60'000)
        return u"%1 s"_s.arg(three(ms / 1000));
    return units::duration(qint64(ms));
}

QString nanosecondsText(qint64 ns)
{
    return millisecondsText(double(ns) / 1e6);
}

QString hitText(const Counters &counters)
{
    const KeyedCell cell = hitCell(counters);
    return cell.muted ? QString(dash) : u"%1, %2"_s.arg(cell.text, cell.tip);
}

QVector<KeyedColumn> statementColumns()
{
    return {{u"statement"_s, u"Statement"_s, false, true, 320, false, true},
            {u"total"_s, u"Total time"_s, true, false, 96},
            {u"mean"_s, u"Mean"_s, true, false, 80},
            {u"calls"_s, u"Calls"_s, true, false, 72},
            {u"rows"_s, u"Rows"_s, true, false, 72},
            {u"read"_s, u"Read (blocks)"_s, true, false, 104},
            {u"hit"_s, u"Buffer hit"_s, true, false, 84},
            {u"temp"_s, u"Temp (blocks)"_s, true, false, 104},
            {u"wal"_s, u"WAL"_s, true, false, 80},
            {u"io"_s, u"I/O time"_s, true, false, 80},
            {u"stddev"_s, u"Deviation"_s, true, false, 84, true},
            {u"dirtied"_s, u"Dirtied (blocks)"_s, true, false, 116, true},
            {u"planning"_s, u"Planning"_s, true, false, 84, true},
            {u"jit"_s, u"JIT"_s, true, false, 72, true},
            {u"missing_workers"_s, u"Missing workers"_s, true, false, 116, true},
            {u"role"_s, u"Role"_s, false, false, 96},
            {u"database"_s, u"Database"_s, false, false, 96},
            {u"query_id"_s, u"Query id"_s, false, true, 170, true}};
}

QString columnOf(statements::Order order)
{
    using statements::Order;
    switch (order) {
    case Order::Plan: return u"planning"_s;
    case Order::Shortfall: return u"missing_workers"_s;
    default: return QString::fromLatin1(statements::factsOf(order).name);
    }
}

StatementTable statementTable(TopList list)
{
    std::sort(list.totals.begin(), list.totals.end(), [](const statements::Total &a, const statements::Total &b) {
        const auto parts = [](const statements::Key &key) { return std::make_tuple(key.queryId, key.databaseId, key.roleId, key.toplevel); };
        return parts(a.key) < parts(b.key);
    });
    const Whole whole(list);
    StatementTable table;
    table.rows.reserve(list.totals.size());
    for (const statements::Total &total : std::as_const(list.totals)) {
        KeyedRow row;
        row.key = statements::keyText(total.key);
        row.cells = {statementCell(total)};
        row.cells += Cells(whole, total.counters, !total.key.toplevel).all();
        row.cells += {cells::text(roleName(list.names, total.key.roleId)), cells::text(databaseName(list.names, total.key.databaseId)),
                      cells::plain(QString::number(total.key.queryId))};
        table.rows.append(row);
    }
    if (list.others.statements > 0)
        table.rest.append(restRow(whole, list.others, false));
    if (list.nestedOthers.statements > 0)
        table.rest.append(restRow(whole, list.nestedOthers, true));
    if (list.isKnown() && !list.gaps.isComplete())
        table.rest.append(lostRow(list.gaps));
    table.list = std::move(list);
    return table;
}

QVector<KeyedRow> shownRows(const StatementTable &table, const statements::Filter &filter)
{
    QVector<KeyedRow> rows;
    rows.reserve(table.rows.size() + table.rest.size());
    for (qsizetype i = 0; i < table.rows.size(); ++i) {
        if (mayBeOf(filter, table.list.totals.at(i), table.list.names))
            rows.append(table.rows.at(i));
    }
    return rows + table.rest;
}

} // namespace howdah::ui
