// SPDX-License-Identifier: GPL-3.0-or-later
// statements top|show|compare|record|advise|explain
#include "ctl/statementadvise.h"
#include "ctl/statementexplain.h"
#include "ctl/statementlists.h"
#include "ctl/statementrecord.h"
#include "ctl/statementspan.h"
#include "ctl/timewords.h"

#include "base/clock.h"
#include "base/units.h"
#include "statements/listing.h"

#include <QJsonArray>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;
using namespace statements;

namespace
{

struct ListOptions {
    std::string by = "total";
    std::string database;
    std::string role;
    std::string text;
    bool own = false;
    int limit = 20;

    Shown shown() const
    {
        return {orderFromName(QString::fromStdString(by)).value_or(Order::Total),
                {QString::fromStdString(database), QString::fromStdString(role), QString::fromStdString(text), own}, limit};
    }
};

struct TopOptions {
    SpanOptions span;
    ListOptions list;
    std::string over;
    bool lifetime = false;
};

Result<TopList> readLifetimeOf(Ctl &ctl)
{
    auto connection = ctl.connect(Ctl::Link::Monitor);
    return connection ? readLifetime(**connection, ctl.cancel()) : Result<TopList>(fail(std::move(connection.error())));
}

Result<TopList> readOver(Ctl &ctl, const QString &over)
{
    const auto ms = spanMs(over);
    if (!ms || *ms < 1000)
        return noTime(over);
    auto connection = ctl.connect(Ctl::Link::Monitor);
    if (!connection)
        return fail(std::move(connection.error()));
    const auto before = readSnapshot(**connection, ctl.cancel());
    if (!before)
        return fail(before.error());
    if (!waitUntil(Clock().monotonicMs() + *ms, ctl.cancel()))
        return fail(ErrorKind::Cancelled, u"cancelled"_s, u"Cancelled before the second reading"_s);
    const auto after = readSnapshot(**connection, ctl.cancel());
    if (!after)
        return fail(after.error());
    return readListing(**connection, between(*before, *after), ctl.cancel());
}

Result<Answer> top(Ctl &ctl, const TopOptions &options)
{
    if (options.lifetime && !options.over.empty())
        return fail(ErrorKind::Client, u"usage"_s, u"--over and --lifetime are two different times"_s, u"Give one of them"_s);
    const auto span = spanOf(options.span);
    if (!span)
        return fail(span.error());
    const auto list = options.lifetime        ? readLifetimeOf(ctl)
                      : !options.over.empty() ? readOver(ctl, QString::fromStdString(options.over))
                                              : historyFrom(ctl, *span);
    if (!list)
        return fail(list.error());
    QString text;
    if (!options.lifetime)
        text = periodText(list->fromMs, list->toMs) + u'\n';
    else if (list->fromMs)
        text = u"All since the statistics began: %1; what was dropped meanwhile is not in it\n"_s.arg(periodText(list->fromMs, list->toMs));
    else
        text = u"All since the statistics began, which this version does not tell; what was dropped meanwhile is not in it\n"_s;
    QJsonObject json = listJson(*list, options.list.shown());
    json.insert("basis"_L1, options.lifetime ? u"lifetime"_s : options.over.empty() ? u"history"_s : u"two_readings"_s);
    return Answer{json, text + listText(*list, options.list.shown()), ExitCode::Success};
}

Result<Answer> show(Ctl &ctl, const std::string &keyGiven, const SpanOptions &options)
{
    const auto key = keyFromText(QString::fromStdString(keyGiven));
    if (!key)
        return fail(ErrorKind::Client, u"usage"_s, u"%1 is no statement's key"_s.arg(QString::fromStdString(keyGiven)),
                    u"As statements top shows it: 10/5/-663649735074294001"_s);
    const auto span = spanOf(options);
    if (!span)
        return fail(span.error());
    const auto list = historyFrom(ctl, *span);
    if (!list)
        return fail(list.error());
    const auto found = std::find_if(list->totals.cbegin(), list->totals.cend(), [&](const Total &total) { return total.key == *key; });
    if (found == list->totals.cend())
        return fail(ErrorKind::Client, u"no_such_statement"_s,
                    u"%1 did nothing that was recorded from %2"_s.arg(keyText(*key), periodText(list->fromMs, list->toMs)),
                    (key->toplevel ? list->others : list->nestedOthers).statements ? u"It may be among those that are not told apart"_s : QString());
    const auto target = ctl.target();
    auto store = ctl.store();
    if (!store)
        return fail(std::move(store.error()));
    const auto points = pointsOf(**store, historySource(target->profile.id), *key, span->fromMs, span->toMs);
    if (!points)
        return fail(points.error());

    QJsonObject json = totalJson(*found, *list);
    json.insert("from_ms"_L1, list->fromMs);
    json.insert("to_ms"_L1, list->toMs);
    json.insert("gaps"_L1, list->gaps.toJson());
    QJsonArray series;
    for (const Point &point : *points)
        series.append(
            QJsonObject{{u"from_ms"_s, point.fromMs},
                        {u"to_ms"_s, point.toMs},
                        {u"calls"_s, point.counters ? QJsonValue((*point.counters)[Measure::Calls]) : QJsonValue(QJsonValue::Null)},
                        {u"exec_ms"_s, point.counters ? QJsonValue(double((*point.counters)[Measure::ExecTime]) / 1e6) : QJsonValue(QJsonValue::Null)}});
    json.insert("series"_L1, series);

    const Counters &counters = found->counters;
    QString text = u"%1, %2\n%3"_s.arg(periodText(list->fromMs, list->toMs),
                                       whoText(found->key, list->names) + (found->key.toplevel ? QString() : u", in a function"_s), gapsText(*list));
    text += found->text ? found->text->text + (found->text->isWhole() ? u"\n"_s : u" …\n"_s) : u"(its text is not known)\n"_s;
    if (const auto mean = counters.meanExecMs())
        text += u"%1 a call, ± %2\n"_s.arg(timeText(*mean * 1e6), timeText(counters.stddevExecMs().value_or(0) * 1e6));
    for (int i = 0; i < measureCount; ++i) {
        const MeasureFacts &facts = statements::factsOf(Measure(i));
        const bool known = list->gaps.known & bitOf(Measure(i));
        if (!known || counters[Measure(i)])
            text += u"%1  %2\n"_s.arg(QString::fromLatin1(facts.name).leftJustified(18),
                                      known ? figureText(double(counters[Measure(i)]), facts.unit) : u"not counted by this version"_s);
    }
    return Answer{json, text, ExitCode::Success};
}

struct CompareOptions {
    std::string a;
    std::string b;
    int minCalls = 10;
    ListOptions list;
};

Result<TopList> windowOf(Ctl &ctl, const std::string &given)
{
    const QStringList ends = QString::fromStdString(given).split(u'/');
    if (ends.size() != 2)
        return fail(ErrorKind::Client, u"usage"_s, u"%1 is not from/to"_s.arg(QString::fromStdString(given)),
                    u"2h/1h, 1h/now, 2026-11-25T18:00:00Z/2026-11-25T19:00:00Z"_s);
    const auto span = spanOf(ends.first(), ends.last());
    if (!span)
        return fail(span.error());
    return historyFrom(ctl, *span);
}

Result<Answer> compareWindows(Ctl &ctl, const CompareOptions &options)
{
    const auto before = windowOf(ctl, options.a);
    if (!before)
        return fail(before.error());
    const auto after = windowOf(ctl, options.b);
    if (!after)
        return fail(after.error());
    const auto comparison = compare(*before, *after, options.minCalls, options.list.shown().filter);
    return Answer{comparisonJson(comparison, *before, *after, options.list.limit), comparisonText(comparison, *before, *after, options.list.limit),
                  ExitCode::Success};
}

void addFilter(CLI::App *verb, ListOptions &list)
{
    verb->add_option("--db", list.database, "Of this database only");
    verb->add_option("--user", list.role, "Of this role only");
    verb->add_option("--text", list.text, "With this in their text, whatever the case");
    verb->add_flag("--all", list.own, "Howdah's own statements too");
    verb->add_option("--limit", list.limit, "At most so many")->check(CLI::Range(1, 1'000'000))->capture_default_str();
}

} // namespace

void addStatementVerbs(CLI::App &app, Ctl &ctl)
{
    CLI::App *verb = app.add_subcommand("statements", "What statements cost, by pg_stat_statements, over any time that was recorded");
    verb->require_subcommand(1);

    CLI::App *topVerb = verb->add_subcommand("top", "Those that cost most");
    const auto topOptions = std::make_shared<TopOptions>();
    addSpan(topVerb, topOptions->span);
    std::vector<std::string> names;
    for (const QString &name : orderNames())
        names.push_back(name.toStdString());
    topVerb->add_option("--by", topOptions->list.by, "What is ranked")->check(CLI::IsMember(names))->capture_default_str();
    addFilter(topVerb, topOptions->list);
    topVerb->add_option("--over", topOptions->over, "Without the history: two readings now, so long apart (10s)");
    topVerb->add_flag("--lifetime", topOptions->lifetime, "Without the history: all since the statistics began");
    topVerb->callback([&ctl, topOptions] { ctl.choose([topOptions](Ctl &c) { return top(c, *topOptions); }); });

    CLI::App *showVerb = verb->add_subcommand("show", "One statement: all that it did, and when");
    const auto key = std::make_shared<std::string>();
    const auto showSpan = std::make_shared<SpanOptions>();
    showVerb->add_option("key", *key, "As top shows it")->required();
    addSpan(showVerb, *showSpan);
    showVerb->callback([&ctl, key, showSpan] { ctl.choose([key, showSpan](Ctl &c) { return show(c, *key, *showSpan); }); });

    CLI::App *compareVerb = verb->add_subcommand("compare", "What became slower from one time to another, and what is new");
    const auto compareOptions = std::make_shared<CompareOptions>();
    compareVerb->add_option("--a", compareOptions->a, "The earlier time: 2h/1h, or two times as in ISO 8601")->required();
    compareVerb->add_option("--b", compareOptions->b, "The later time: 1h/now")->required();
    compareVerb->add_option("--min-calls", compareOptions->minCalls, "Only those with so many calls in each")
        ->check(CLI::Range(1, 1 << 30))
        ->capture_default_str();
    addFilter(compareVerb, compareOptions->list);
    compareVerb->callback([&ctl, compareOptions] { ctl.choose([compareOptions](Ctl &c) { return compareWindows(c, *compareOptions); }); });

    CLI::App *recordVerb = verb->add_subcommand("record", "Read and keep what statements do, as the window does while it is open; ends on Ctrl+C");
    const auto recordOptions = std::make_shared<RecordOptions>();
    recordVerb->add_option("--for", recordOptions->span, "So long: 10m");
    recordVerb->add_option("--every", recordOptions->every, "A reading so often")->capture_default_str();
    recordVerb->callback([&ctl, recordOptions] { ctl.choose([recordOptions](Ctl &c) { return recordStatements(c, *recordOptions); }); });
    addAdviseVerb(verb, ctl);
    addStatementExplainVerb(verb, ctl);
    addTryVerb(verb, ctl);
}

} // namespace howdah::ctl
