// SPDX-License-Identifier: GPL-3.0-or-later
#include "advise/report.h"

#include "advise/causes.h"
#include "base/units.h"
#include "plan/report.h"
#include "statements/ranking.h"

#include <QDateTime>
#include <QJsonArray>
#include <QTimeZone>

#include <algorithm>

namespace howdah::advise
{

using namespace Qt::StringLiterals;
using statements::Counters;
using statements::Key;
using statements::Measure;

namespace
{

QJsonValue orNull(const QString &text)
{
    return text.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(text);
}

QJsonValue orNull(const std::optional<double> &figure)
{
    return figure ? QJsonValue(*figure) : QJsonValue(QJsonValue::Null);
}

QString nameOf(const QMap<quint32, QString> &names, quint32 id)
{
    return names.contains(id) ? names.value(id) : QString::number(id);
}

QString shareText(const std::optional<double> &share)
{
    return share ? units::ratio(*share) : u"-"_s;
}

QString stakeText(const Advice &advice)
{
    return (advice.stake == Stake::AtMost   ? u"at most "_s
            : advice.stake == Stake::ByCost ? u"by cost "_s
                                            : QString()) +
           msText(advice.ns);
}

QString whoText(const Key &key, const statements::Names &names)
{
    return units::oneLine(nameOf(names.roles, key.roleId)) + u'@' +
           units::oneLine(nameOf(names.databases, key.databaseId));
}

QJsonObject adviceJson(const Advice &advice, const Evidence &evidence)
{
    const auto &names = evidence.list.names;
    return {{u"kind"_s, advice.kind},
            {u"statement"_s, statements::keyText(advice.key)},
            {u"query"_s, orNull(advice.query)},
            {u"database"_s, nameOf(names.databases, advice.key.databaseId)},
            {u"role"_s, nameOf(names.roles, advice.key.roleId)},
            {u"object"_s, orNull(advice.object)},
            {u"index"_s, orNull(advice.index)},
            {u"related"_s,
             advice.related ? QJsonValue(statements::keyText(*advice.related)) : QJsonValue(QJsonValue::Null)},
            {u"related_query"_s, orNull(advice.relatedQuery)},
            {u"evidence"_s, advice.evidence},
            {u"remedy"_s, advice.remedy},
            {u"cost"_s, orNull(advice.cost)},
            {u"statements"_s, QJsonArray::fromStringList(advice.statements)},
            {u"share"_s, orNull(shareOf(advice, evidence.list))},
            {u"ms"_s, advice.ns / 1e6},
            {u"stake"_s, stakeName(advice.stake)},
            {u"source"_s, sourceName(advice.source)}};
}

QString utcText(qint64 ms)
{
    return QDateTime::fromMSecsSinceEpoch(ms, QTimeZone::utc()).toString(u"yyyy-MM-dd HH:mm:ss"_s) + u" UTC"_s;
}

// Its fence is longer than any within.
QString fenced(const QString &body, const QString &language)
{
    qsizetype longest = 2, run = 0;
    for (const QChar c : body) {
        run = c == u'`' ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    const QString fence(longest + 1, u'`');
    return fence + language + u'\n' + body + (body.endsWith(u'\n') ? QString() : u"\n"_s) + fence + u'\n';
}

// Server text that Markdown takes for nothing else.
QString plain(const QString &text)
{
    QString safe;
    for (const QChar c : units::oneLine(text)) {
        if (u"\\`*_{}[]<>#|~!&"_s.contains(c))
            safe += u'\\';
        safe += c;
    }
    return safe;
}

QString figuresTable(const Counters &counters, statements::Measures known)
{
    QString table = u"| figure | in the interval | a call |\n|---|---:|---:|\n"_s;
    const double calls = double(counters[Measure::Calls]);
    for (int i = 0; i < statements::measureCount; ++i) {
        const auto &facts = statements::factsOf(Measure(i));
        const double value = double(counters[Measure(i)]);
        if (!(known & statements::bitOf(Measure(i))) || value == 0)
            continue;
        const auto told = [&](double figure) {
            return facts.unit == statements::Unit::Nanoseconds ? msText(figure)
                   : facts.unit == statements::Unit::Bytes     ? units::bytes(figure)
                                                               : units::count(figure);
        };
        table +=
            u"| %1 | %2 | %3 |\n"_s.arg(QLatin1StringView(facts.name), told(value),
                                        calls > 0 && Measure(i) != Measure::Calls ? told(value / calls) : QString());
    }
    return table;
}

QString planText(const PlanSeen &seen)
{
    QString head = sourceName(seen.source).replace(u'_', u' ');
    head[0] = head[0].toUpper();
    if (seen.atMs > 0)
        head += u", "_s + utcText(seen.atMs);
    if (seen.durationUs)
        head += u", "_s + msText(double(*seen.durationUs) * 1000);
    return head + u":\n\n"_s + fenced(withoutStrings(plan::planText(seen.plan)), u"text"_s) + u'\n';
}

QString adviceMarkdown(const Advice &advice)
{
    QString text =
        u"### %1%2\n\n"_s.arg(advice.kind, advice.object.isEmpty() ? QString() : u" on "_s + plain(advice.object));
    text += u"At stake: %1 (%2).\n\n"_s.arg(stakeText(advice), sourceName(advice.source).replace(u'_', u' '));
    text += plain(advice.evidence) + u"\n\n"_s + plain(advice.remedy) + u"\n\n"_s;
    if (!advice.cost.isEmpty())
        text += u"Cost: "_s + plain(advice.cost) + u"\n\n"_s;
    if (!advice.statements.isEmpty())
        text += fenced(advice.statements.join(u";\n"_s) + u';', u"sql"_s) + u'\n';
    return text;
}

QString nothingText(const Evidence &evidence)
{
    const qsizetype planned = evidence.withPlans();
    return planned == 0 && !evidence.looked.isEmpty()
               ? u"No plan could be had of any of %1 statements: only their figures were looked at."_s.arg(
                     evidence.looked.size())
               : u"Nothing to mend was found in %1 statements that were looked at."_s.arg(planned);
}

} // namespace

QJsonObject toJson(const Advised &advised, const Evidence &evidence)
{
    QJsonArray advice, notLooked;
    for (const Advice &one : advised.advice)
        advice.append(adviceJson(one, evidence));
    for (const NotLooked &one : advised.notLooked)
        notLooked.append(QJsonObject{
            {u"statement"_s, statements::keyText(one.key)}, {u"query"_s, orNull(one.query)}, {u"why"_s, one.why}});
    return {{u"from_ms"_s, evidence.list.fromMs ? QJsonValue(evidence.list.fromMs) : QJsonValue(QJsonValue::Null)},
            {u"to_ms"_s, evidence.list.toMs},
            {u"complete"_s, evidence.list.gaps.isComplete()},
            {u"gaps"_s, evidence.list.gaps.toJson()},
            {u"looked"_s, evidence.withPlans()},
            {u"advice"_s, advice},
            {u"not_looked"_s, notLooked},
            {u"notes"_s, QJsonArray::fromStringList(advised.notes)}};
}

QString text(const Advised &advised, const Evidence &evidence)
{
    QString text;
    if (advised.advice.isEmpty())
        text += nothingText(evidence) + u'\n';
    for (const Advice &one : advised.advice) {
        text += u"%1%2  %3 of all (%4)  %5  %6\n"_s.arg(
            one.kind, one.object.isEmpty() ? QString() : u" on "_s + units::oneLine(one.object),
            shareText(shareOf(one, evidence.list)), stakeText(one), statements::keyText(one.key),
            whoText(one.key, evidence.list.names));
        text +=
            u"  %1\n"_s.arg(one.query.isEmpty() ? u"(its text is not known)"_s : units::oneLine(one.query.left(160)));
        text += u"  %1\n  %2\n"_s.arg(units::oneLine(one.evidence), units::oneLine(one.remedy));
        if (!one.cost.isEmpty())
            text += u"  Cost: %1\n"_s.arg(units::oneLine(one.cost));
        for (const QString &statement : one.statements)
            text += u"    %1;\n"_s.arg(units::oneLine(statement));
        text += u'\n';
    }
    for (const NotLooked &one : advised.notLooked)
        text += u"not looked at: %1  %2: %3\n"_s.arg(statements::keyText(one.key), units::oneLine(one.query.left(80)),
                                                     units::oneLine(one.why));
    for (const QString &note : advised.notes)
        text += u"note: %1\n"_s.arg(units::oneLine(note));
    return text;
}

QString markdown(const Advised &advised, const Evidence &evidence)
{
    const auto &list = evidence.list;
    QString text = u"# Slow statements: advice\n\n%1 to %2. All statements took %3.\n\n"_s.arg(
        list.fromMs ? utcText(list.fromMs) : u"The beginning of the statistics"_s, utcText(list.toMs),
        msText(double(list.sum(Measure::ExecTime))));
    if (const QString gaps = list.gaps.text(); !gaps.isEmpty())
        text += plain(gaps) + u"\n\n"_s;
    if (advised.advice.isEmpty())
        text += nothingText(evidence) + u"\n\n"_s;
    QVector<Key> told;
    for (const Advice &first : advised.advice) {
        if (told.contains(first.key))
            continue;
        told.append(first.key);
        text += u"## Statement %1, %2\n\n"_s.arg(statements::keyText(first.key), plain(whoText(first.key, list.names)));
        if (!first.query.isEmpty())
            text += fenced(first.query, u"sql"_s) + u'\n';
        const Looked *looked = evidence.find(first.key);
        if (looked)
            text += figuresTable(looked->total.counters, list.gaps.known) + u'\n';
        for (const Advice &one : advised.advice)
            if (one.key == first.key)
                text += adviceMarkdown(one);
        if (looked && !looked->plans.isEmpty()) {
            const auto slowest =
                std::max_element(looked->plans.cbegin(), looked->plans.cend(),
                                 [](const PlanSeen &a, const PlanSeen &b) { return a.weightUs() < b.weightUs(); });
            text += planText(*slowest);
        }
    }
    if (!advised.notLooked.isEmpty())
        text += u"## Not looked at\n\n"_s;
    for (const NotLooked &one : advised.notLooked)
        text += u"- %1: %2\n"_s.arg(statements::keyText(one.key), plain(one.why));
    if (!advised.notes.isEmpty())
        text += u"\n## Notes\n\n"_s;
    for (const QString &note : advised.notes)
        text += u"- %1\n"_s.arg(plain(note));
    return text;
}

} // namespace howdah::advise
