// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/statementlists.h"

#include "base/units.h"

#include <QDateTime>
#include <QJsonArray>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;
using namespace statements;

namespace
{

QJsonValue orNull(const std::optional<double> &value)
{
    return value ? QJsonValue(*value) : QJsonValue(QJsonValue::Null);
}

// What is not counted is null, not 0.
void insertCounters(QJsonObject &json, const Counters &counters, Measures known)
{
    for (int i = 0; i < measureCount; ++i) {
        const MeasureFacts &facts = factsOf(Measure(i));
        const qint64 value = counters[Measure(i)];
        QJsonValue told(QJsonValue::Null);
        if (known & bitOf(Measure(i)))
            told = facts.unit == Unit::Nanoseconds ? QJsonValue(double(value) / 1e6) : QJsonValue(value);
        json.insert(QLatin1StringView(facts.json), told);
    }
}

QJsonObject countersJson(const Counters &counters, Measures known)
{
    QJsonObject json;
    insertCounters(json, counters, known);
    json.insert("exec_mean_ms"_L1, orNull(counters.meanExecMs()));
    json.insert("exec_stddev_ms"_L1, orNull(counters.stddevExecMs()));
    return json;
}

QJsonObject othersJson(const Other &others, Measures known)
{
    QJsonObject json{{u"statements_at_least"_s, others.statements}};
    insertCounters(json, others.counters, known);
    return json;
}

QJsonObject periodJson(const TopList &list)
{
    QJsonArray holes;
    for (const Hole &hole : list.holes)
        holes.append(QJsonObject{{u"from_ms"_s, hole.fromMs}, {u"to_ms"_s, hole.toMs}});
    return {{u"from_ms"_s, list.fromMs ? QJsonValue(list.fromMs) : QJsonValue(QJsonValue::Null)},
            {u"to_ms"_s, list.toMs},
            {u"complete"_s, list.gaps.isComplete()},
            {u"gaps"_s, list.gaps.toJson()},
            {u"holes"_s, holes}};
}

} // namespace

QString timeText(double nanoseconds)
{
    const double ms = nanoseconds / 1e6;
    return ms >= 1000 ? units::duration(qRound64(ms)) : QString::number(ms, 'g', 3) + " ms"_L1;
}

QString figureText(double figure, Unit unit)
{
    return unit == Unit::Nanoseconds ? timeText(figure) : unit == Unit::Bytes ? units::bytes(figure) : units::count(figure);
}

QString whoText(const Key &key, const Names &names)
{
    const auto name = [](const QMap<quint32, QString> &all, quint32 id) { return all.contains(id) ? units::oneLine(all.value(id)) : QString::number(id); };
    return name(names.roles, key.roleId) + u'@' + name(names.databases, key.databaseId);
}

QString statementText(const Total &total, int characters)
{
    return total.text ? units::oneLine(total.text->text.left(characters)) : u"(its text is not known)"_s;
}

QString periodText(qint64 fromMs, qint64 toMs)
{
    const QDateTime from = QDateTime::fromMSecsSinceEpoch(fromMs);
    const QDateTime to = QDateTime::fromMSecsSinceEpoch(toMs);
    return u"%1 to %2 (%3)"_s.arg(from.toString(u"d MMM yyyy HH:mm:ss"_s), to.toString(from.date() == to.date() ? u"HH:mm:ss"_s : u"d MMM yyyy HH:mm:ss"_s),
                                  units::duration(toMs - fromMs));
}

QString gapsText(const TopList &list)
{
    const QString text = list.gaps.text();
    return text.isEmpty() ? text : units::oneLine(text) + u'\n';
}

QJsonObject totalJson(const Total &total, const TopList &list)
{
    QJsonObject json = countersJson(total.counters, list.gaps.known);
    const auto name = [](const QMap<quint32, QString> &all, quint32 id) { return all.contains(id) ? QJsonValue(all.value(id)) : QJsonValue(QJsonValue::Null); };
    json.insert("key"_L1, keyText(total.key));
    json.insert("query_id"_L1, QString::number(total.key.queryId)); // 64 bits: no double
    json.insert("role"_L1, name(list.names.roles, total.key.roleId));
    json.insert("database"_L1, name(list.names.databases, total.key.databaseId));
    json.insert("toplevel"_L1, total.key.toplevel);
    json.insert("own"_L1, total.own);
    json.insert("text"_L1, total.text ? QJsonValue(total.text->text) : QJsonValue(QJsonValue::Null));
    if (total.text)
        json.insert("text_characters"_L1, total.text->length);
    if (total.firstMs)
        json.insert("first_seen_ms"_L1, total.firstMs);
    return json;
}

QJsonObject listJson(const TopList &list, const Shown &shown)
{
    QJsonArray rows;
    const QVector<Total> all = ranked(list, shown.order, shown.filter);
    for (const Total &total : all.first(qMin<qsizetype>(shown.limit, all.size()))) {
        QJsonObject json = totalJson(total, list);
        json.insert("figure"_L1, orNull(figureOf(shown.order, total.counters, list.gaps.known)));
        json.insert("share"_L1, orNull(shareOf(shown.order, total, list)));
        rows.append(json);
    }
    QJsonObject sums;
    Counters sum;
    for (int i = 0; i < measureCount; ++i)
        sum[Measure(i)] = list.sum(Measure(i));
    insertCounters(sums, sum, list.gaps.known);
    QJsonObject json = periodJson(list);
    json.insert("by"_L1, QLatin1StringView(factsOf(shown.order).name));
    json.insert("statements"_L1, rows);
    json.insert("statements_found"_L1, all.size());
    json.insert("others"_L1, othersJson(list.others, list.gaps.known));
    json.insert("nested_others"_L1, othersJson(list.nestedOthers, list.gaps.known));
    json.insert("sum"_L1, sums);
    return json;
}

QString listText(const TopList &list, const Shown &shown)
{
    const OrderFacts &facts = factsOf(shown.order);
    QString text = gapsText(list);
    const QVector<Total> all = ranked(list, shown.order, shown.filter);
    if (!figureOf(shown.order == Order::Mean ? Order::Total : shown.order, Counters(), list.gaps.known))
        return text + u"%1: this version of pg_stat_statements does not count it.\n"_s.arg(QLatin1StringView(facts.title));
    if (all.isEmpty())
        return text + u"No statement did any of it.\n"_s;
    text += u"%1 %2 %3 %4 %5  %6  STATEMENT\n"_s.arg(u"SHARE"_s.rightJustified(8), QString::fromLatin1(facts.title).toUpper().rightJustified(20),
                                                     u"CALLS"_s.rightJustified(9), u"MEAN"_s.rightJustified(11), u"ROWS"_s.rightJustified(9),
                                                     u"KEY"_s.leftJustified(36));
    for (const Total &total : all.first(qMin<qsizetype>(shown.limit, all.size()))) {
        const auto figure = figureOf(shown.order, total.counters, list.gaps.known);
        const auto mean = figureOf(Order::Mean, total.counters, list.gaps.known);
        const auto share = shareOf(shown.order, total, list);
        text += u"%1 %2 %3 %4 %5  %6  %7\n"_s.arg(
            (share ? units::ratio(*share) : u"-"_s).rightJustified(8), figureText(figure.value_or(0), facts.unit).rightJustified(20),
            units::count(double(total.counters[Measure::Calls])).rightJustified(9), (mean ? timeText(*mean) : u"-"_s).rightJustified(11),
            units::count(double(total.counters[Measure::Rows])).rightJustified(9), keyText(total.key).leftJustified(36),
            whoText(total.key, list.names) + (total.key.toplevel ? u"  "_s : u"  in a function: "_s) + statementText(total, 120));
    }
    if (all.size() > shown.limit)
        text += u"%1 more; --limit shows them.\n"_s.arg(all.size() - shown.limit);
    if (list.others.statements + list.nestedOthers.statements > 0)
        text += u"%1 or more other statements, not told apart: %2.\n"_s.arg(list.others.statements + list.nestedOthers.statements)
                    .arg(figureText(othersOf(shown.order, list), facts.unit));
    return text;
}

QJsonObject comparisonJson(const Comparison &comparison, const TopList &before, const TopList &after, int limit)
{
    const auto changed = [&](const QVector<Slower> &all) {
        QJsonArray rows;
        for (const Slower &one : all.first(qMin<qsizetype>(limit, all.size()))) {
            QJsonObject json = totalJson(one.after, after);
            json.insert("added_ms"_L1, one.addedNs / 1e6);
            json.insert("before"_L1, countersJson(one.before, before.gaps.known));
            rows.append(json);
        }
        return rows;
    };
    QJsonArray fresh;
    for (const Fresh &one : comparison.fresh.first(qMin<qsizetype>(limit, comparison.fresh.size()))) {
        QJsonObject json = totalJson(one.total, after);
        json.insert("new"_L1, one.isNew);
        fresh.append(json);
    }
    return {{u"a"_s, periodJson(before)}, {u"b"_s, periodJson(after)}, {u"slower"_s, changed(comparison.slower)}, {u"faster"_s, changed(comparison.faster)},
            {u"only_in_b"_s, fresh}, {u"too_few_calls"_s, comparison.tooFewCalls}, {u"not_told_apart"_s, comparison.notToldApart}};
}

QString comparisonText(const Comparison &comparison, const TopList &before, const TopList &after, int limit)
{
    QString text = u"a: %1\n%2b: %3\n%4"_s.arg(periodText(before.fromMs, before.toMs), gapsText(before), periodText(after.fromMs, after.toMs), gapsText(after));
    const auto part = [&](const QString &title, const QVector<Slower> &all) {
        if (all.isEmpty())
            return;
        text += title;
        for (const Slower &one : all.first(qMin<qsizetype>(limit, all.size())))
            text += u"%1  %2 -> %3  calls %4 -> %5  %6  %7\n"_s.arg(
                timeText(qAbs(one.addedNs)).rightJustified(12), timeText(*one.before.meanExecMs() * 1e6), timeText(*one.after.counters.meanExecMs() * 1e6),
                units::count(double(one.before[Measure::Calls])), units::count(double(one.after.counters[Measure::Calls])), keyText(one.after.key),
                statementText(one.after, 100));
    };
    part(u"Slower, by the time that it added in b:\n"_s, comparison.slower);
    part(u"Faster, by the time that it saved in b:\n"_s, comparison.faster);
    if (!comparison.fresh.isEmpty())
        text += u"In b only:\n"_s;
    for (const Fresh &one : comparison.fresh.first(qMin<qsizetype>(limit, comparison.fresh.size())))
        text += u"%1  calls %2  %3  %4  %5\n"_s.arg(timeText(double(one.total.counters[Measure::ExecTime])).rightJustified(12),
                                                    units::count(double(one.total.counters[Measure::Calls])), one.isNew ? u"new"_s : u"seen before"_s,
                                                    keyText(one.total.key), statementText(one.total, 100));
    if (comparison.tooFewCalls)
        text += u"%1 statements had too few calls to compare.\n"_s.arg(comparison.tooFewCalls);
    if (comparison.notToldApart)
        text += u"%1 statements may be among those that were not told apart in a: not compared.\n"_s.arg(comparison.notToldApart);
    if (comparison.slower.isEmpty() && comparison.faster.isEmpty() && comparison.fresh.isEmpty())
        text += u"Nothing to compare.\n"_s;
    return text;
}

} // namespace howdah::ctl
