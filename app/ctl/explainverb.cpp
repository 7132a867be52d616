// SPDX-License-Identifier: GPL-3.0-or-later
// howdahctl explain: reads a plan, tells where its time went and what is wrong with it.
#include "base/readatmost.h"
#include "ctl/ctl.h"
#include "ctl/input.h"
#include "plan/parse.h"
#include "plan/report.h"

#include <QFile>
#include <QJsonArray>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;

namespace
{

struct ExplainOptions {
    std::string file;
    std::string before;
    std::vector<std::string> schemas{"public"};
    bool ask = false;
};

Result<QVector<plan::Plan>> plansOf(const std::string &name, const CancelToken &cancel)
{
    constexpr qint64 most = 4 * qint64(plan::maxPlanText); // bytes of so many characters
    QByteArray text;
    if (name == "-") {
        auto input = readInput(most, cancel);
        if (!input)
            return fail(std::move(input.error()));
        text = *std::move(input);
    } else {
        QFile file(QString::fromStdString(name));
        std::optional<QByteArray> bytes;
        if (file.open(QIODevice::ReadOnly))
            bytes = readAtMost(file, most);
        if (!bytes)
            return fail(ErrorKind::Io, u"unreadable"_s, u"%1: %2"_s.arg(file.fileName(), file.errorString()));
        text = *std::move(bytes);
    }
    if (text.size() > most)
        return fail(ErrorKind::Client, u"plan_too_large"_s, u"The plan has more than %1 characters."_s.arg(plan::maxPlanText));
    if (text.startsWith("\xef\xbb\xbf"))
        text.remove(0, 3);
    return plan::parsePlans(QString::fromUtf8(text));
}

Result<Answer> explain(Ctl &ctl, const ExplainOptions &options)
{
    if (options.file == "-" && options.before == "-")
        return fail(ErrorKind::Client, u"usage"_s, u"Standard input can be one of the two plans"_s, u"Give the other as a file"_s);
    if (options.ask && ctl.passwordFromStdin && (options.file == "-" || options.before == "-"))
        return fail(ErrorKind::Client, u"usage"_s, u"Standard input can't be both the plan and the password"_s, u"Give the plan as a file"_s);
    const auto plans = plansOf(options.file, ctl.cancel());
    if (!plans)
        return fail(plans.error());
    Result<QVector<plan::Plan>> before = QVector<plan::Plan>();
    if (!options.before.empty())
        before = plansOf(options.before, ctl.cancel());
    if (!before)
        return fail(before.error());
    std::optional<plan::Facts> facts;
    if (options.ask) {
        QStringList path;
        for (const std::string &schema : options.schemas)
            path.append(QString::fromStdString(schema));
        auto connection = ctl.connect();
        if (!connection)
            return fail(std::move(connection.error()));
        auto read = plan::readFacts(**connection, *plans, path, ctl.cancel());
        if (!read)
            return fail(std::move(read.error()));
        facts = *std::move(read);
    }
    Answer answer;
    QJsonArray told;
    for (qsizetype at = 0; at < plans->size(); ++at) {
        const plan::Plan &one = plans->at(at);
        const auto findings = plan::findingsOf(one, facts ? &*facts : nullptr);
        if (!findings.isEmpty())
            answer.exit = ExitCode::Findings;
        QJsonObject json = plan::reportJson(one, findings);
        answer.text += (at > 0 ? u"\n"_s : QString()) + plan::reportText(one, findings);
        if (at < before->size()) {
            const plan::PlanComparison comparison = plan::comparePlans(before->at(at), one);
            json.insert(u"comparison"_s, plan::comparisonJson(before->at(at), one, comparison));
            answer.text += plan::comparisonText(before->at(at), one, comparison);
        }
        told.append(json);
    }
    answer.json = {{u"plans"_s, told}, {u"asked_server"_s, options.ask}};
    if (facts)
        answer.json.insert(u"not_permitted"_s, QJsonArray::fromStringList(facts->notPermitted));
    return answer;
}

} // namespace

void addExplainVerb(CLI::App &app, Ctl &ctl)
{
    const auto options = std::make_shared<ExplainOptions>();
    auto *verb = app.add_subcommand(
        "explain", "Read a plan as EXPLAIN (ANALYZE, BUFFERS) printed it, JSON or text, out of psql or a log: each node's own time, and findings with\n"
                   "what would mend them. Nothing is run. Exit code 5 where there are findings");
    verb->add_option("FILE", options->file, "The plan; - is standard input")->required();
    verb->add_option("--before", options->before, "An earlier plan of the same statement: what differs, node by node");
    verb->add_flag("--ask", options->ask, "Ask the server about the plan's tables: which indexes there are, how old their statistics");
    verb->add_option("--schema", options->schemas, "Where a table is looked for whose schema the plan does not name; may be given several times")
        ->allow_extra_args(false)
        ->capture_default_str();
    verb->callback([&ctl, options] { ctl.choose([options](Ctl &c) { return explain(c, *options); }); });
}

} // namespace howdah::ctl
