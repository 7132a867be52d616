// SPDX-License-Identifier: GPL-3.0-or-later
// plan
#include "ctl/planverb.h"

#include "ctl/input.h"
#include "ctl/parametervalues.h"
#include "explain/explain.h"

namespace howdah::ctl
{

using namespace Qt::StringLiterals;

namespace
{

constexpr qint64 longestText = 8 * 1024 * 1024;

QString qt(const std::string &text)
{
    return QString::fromStdString(text);
}

Result<QString> textOf(const std::string &given, const CancelToken &cancel)
{
    if (given != "-")
        return qt(given);
    auto bytes = readInput(longestText, cancel);
    if (!bytes)
        return fail(std::move(bytes.error()));
    if (bytes->size() > longestText)
        return fail(ErrorKind::Client, u"text_too_long"_s, u"The text is longer than %1 MB"_s.arg(longestText / (1024 * 1024)));
    return QString::fromUtf8(*bytes);
}

QString wanted(const explain::Parameter &parameter)
{
    if (parameter.isWord)
        return u"=WORD   "_s + parameter.why;
    return parameter.type.isEmpty() ? u":TYPE=VALUE"_s : QString(u"=VALUE   "_s + parameter.type);
}

QString told(const explain::Answer &answer)
{
    QString text;
    if (!answer.reason.isEmpty())
        text += answer.reason + u'\n';
    for (const explain::Parameter &parameter : answer.parameters) {
        if (answer.kind == explain::Answer::Kind::ValuesWanted && !parameter.given)
            text += u"  --param %1%2\n"_s.arg(parameter.number).arg(wanted(parameter));
    }
    for (const explain::Effect &effect : answer.lasting)
        text += u"not rolled back: "_s + explain::effectText(effect) + u'\n';
    for (const QString &warning : answer.warnings)
        text += u"note: "_s + warning + u'\n';
    if (!answer.plan)
        return text;
    text += u"%1, search_path %2\n"_s.arg(explain::rungName(answer.rung), answer.searchPath);
    for (const plan::PlanNode &node : answer.plan->nodes) {
        text += QString(node.depth * 2, u' ') + node.title;
        if (!node.object.isEmpty())
            text += u" on "_s + (node.schema.isEmpty() ? QString() : node.schema + u'.') + node.object;
        if (node.totalCost && node.planRows)
            text += u"  (cost %1, rows %2)"_s.arg(*node.totalCost, 0, 'f', 2).arg(*node.planRows, 0, 'f', 0);
        if (node.neverExecuted())
            text += u"  never executed"_s;
        else if (node.actual && node.actual->totalUs)
            text += u"  %1 ms, %2 rows, %3 loops"_s.arg(double(*node.actual->totalUs) / 1000, 0, 'f', 3).arg(node.actual->rows(), 0, 'f', 0)
                        .arg(node.actual->loops);
        text += u'\n';
    }
    return text;
}

} // namespace

Result<std::unique_ptr<pg::Connection>> linkToDatabase(Ctl &ctl, const pg::Connection &link, const QString &database)
{
    pg::ConnectionSpec spec = link.spec();
    spec.database = database;
    const auto prepared = ctl.prepared(spec.role);
    if (!prepared)
        return fail(prepared.error());
    return pg::Connection::open(spec, prepared->secret, ctl.cancel(), {}, prepared->via);
}

Result<Answer> runPlan(Ctl &ctl, const LadderOptions &options)
{
    if (options.text == "-" && ctl.passwordFromStdin)
        return fail(ErrorKind::Client, u"usage"_s, u"Standard input can't be both the statement and the password"_s, u"Give the statement as an argument"_s);
    const auto text = textOf(options.text, ctl.cancel());
    if (!text)
        return fail(text.error());
    const auto values = valuesFrom(options.parameters, options.nulls, u"--param"_s);
    if (!values)
        return fail(values.error());
    explain::Request request;
    request.text = *text;
    request.values = *values;
    if (!options.searchPath.empty()) {
        request.searchPath.emplace();
        for (const std::string &schema : options.searchPath)
            request.searchPath->append(qt(schema));
    }
    request.mode = options.analyze ? explain::Mode::Analyze : explain::Mode::Plan;
    request.planFor = options.generic ? explain::PlanFor::Any : options.custom ? explain::PlanFor::Values : explain::PlanFor::WhatIsGiven;
    request.consent = options.consent;
    request.options.memory = options.memory;
    request.options.wal = options.wal;
    request.options.serialize = options.serialize == "text" ? explain::Serialize::Text : options.serialize == "binary"
        ? explain::Serialize::Binary : explain::Serialize::None;
    request.statementTimeoutMs = int(options.timeoutS * 1000);
    request.lockTimeoutMs = int(options.lockTimeoutS * 1000);

    auto connection = ctl.connect(options.consent ? Ctl::Link::Writer : Ctl::Link::Editor);
    if (!connection)
        return fail(std::move(connection.error()));
    pg::Connection *link = connection->get();
    std::unique_ptr<pg::Connection> other;
    if (!options.database.empty() && qt(options.database) != link->facts().database) {
        auto opened = linkToDatabase(ctl, *link, qt(options.database));
        if (!opened)
            return fail(std::move(opened.error()));
        other = *std::move(opened);
        link = other.get();
    }
    const auto answer = explain::explain(*link, request, ctl.cancel());
    if (!answer)
        return fail(answer.error());
    // No plan, or not the one that was asked for, and what would bring it is said.
    return Answer{explain::toJson(*answer), told(*answer), answer->kind == explain::Answer::Kind::Planned ? ExitCode::Success : ExitCode::Findings};
}

void addPlanVerb(CLI::App &app, Ctl &ctl)
{
    CLI::App *verb = app.add_subcommand(
        "plan",
        "The plan of a statement, typed or as pg_stat_statements has it ($1, $2 …). It is asked for in a transaction that is rolled back.\n"
        "Exit code 5 where values or consent are wanted first");
    auto options = std::make_shared<LadderOptions>();
    verb->add_option("text", options->text, "The statement; - is standard input")->required();
    verb->add_option("-d,--database", options->database, "The statement's database, where it is not the profile's");
    addLadderOptions(verb, options);
    verb->callback([&ctl, options] { ctl.choose([options](Ctl &c) { return runPlan(c, *options); }); });
}

void addLadderOptions(CLI::App *verb, const std::shared_ptr<LadderOptions> &options)
{
    verb->add_option("--search-path", options->searchPath, "A schema in which names are looked for; may be given several times, in order")
        ->allow_extra_args(false);
    verb->add_option("--param", options->parameters, "NUMBER=VALUE or NUMBER:TYPE=VALUE of a parameter; may be given several times")->allow_extra_args(false);
    verb->add_option("--null", options->nulls, "NUMBER or NUMBER:TYPE of a parameter that is NULL; may be given several times")->allow_extra_args(false);
    CLI::Option *analyze = verb->add_flag("--analyze", options->analyze, "Run the statement and measure it");
    verb->add_flag("--consent", options->consent,
        "With --analyze: run it too where it writes, and roll that back; what is not rolled back is said without it")->needs(analyze);
    CLI::Option *generic = verb->add_flag("--generic", options->generic, "The plan for any values");
    verb->add_flag("--custom", options->custom, "The plan for the values that are given")->excludes(generic);
    verb->add_flag("--wal", options->wal, "With --analyze: the WAL that it writes")->needs(analyze);
    verb->add_flag("--memory", options->memory, "The planner's memory (17 and later)");
    verb->add_option("--serialize", options->serialize, "With --analyze: what turning rows into text or binary takes (17 and later)")
        ->check(CLI::IsMember({"none", "text", "binary"}))->capture_default_str();
    verb->add_option("--timeout", options->timeoutS, "Seconds the statement may run; 0: no limit")->check(CLI::NonNegativeNumber)->capture_default_str();
    verb->add_option("--lock-timeout", options->lockTimeoutS, "Seconds it may wait for a lock; 0: no limit")->check(CLI::NonNegativeNumber)
        ->capture_default_str();
}

} // namespace howdah::ctl
