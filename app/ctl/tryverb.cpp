// SPDX-License-Identifier: GPL-3.0-or-later
// statements try
#include "ctl/parametervalues.h"
#include "ctl/trystatement.h"
#include "trial/hypothetical.h"
#include "trial/labtrial.h"
#include "trial/report.h"
#include "trial/ways.h"

#include <QDateTime>
#include <QJsonArray>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;

namespace
{

struct TryOptions {
    std::string lab, key, file, role, database, log, migration;
    std::vector<std::string> remedies, values, nulls, searchPath;
    bool hypopg = false, consent = false;
    int runs = 3;
    double timeoutS = 60;
};

QString qt(const std::string &text)
{
    return QString::fromStdString(text);
}

// Neither of the two was said: nothing is tried, and what there is to choose from is told.
Result<Answer> told(Ctl &ctl)
{
    auto connection = ctl.connect(Ctl::Link::Editor);
    if (!connection && connection.error().kind == ErrorKind::Cancelled)
        return fail(std::move(connection.error()));
    trial::Ways ways = trial::readWays(connection ? connection->get() : nullptr, ctl.cancel());
    if (!connection)
        ways.hypoPgMissing = connection.error().text();
    return fail(ErrorKind::Client, u"no_way"_s,
                ways.any() ? u"Where is it to be tried? On a lab (--lab NAME), or as an estimate (--hypopg)"_s : u"There is nothing to try it on"_s,
                trial::waysText(ways).join(u". "_s));
}

Result<TriedStatement> statementOf(Ctl &ctl, const TryOptions &options)
{
    if (options.key.empty() == options.file.empty())
        return fail(ErrorKind::Client, u"usage"_s, u"Which statement? One of --statement KEY and --text FILE"_s);
    if (options.file == "-" && ctl.passwordFromStdin)
        return fail(ErrorKind::Client, u"usage"_s, u"Standard input can't be both the statement and the password"_s, u"Give the statement as a file"_s);
    TriedStatement statement;
    if (!options.key.empty()) {
        auto known = statementOfKey(ctl, qt(options.key));
        if (!known)
            return known;
        statement = *std::move(known);
    } else {
        auto text = textOfFile(options.file, ctl.cancel());
        if (!text)
            return fail(std::move(text.error()));
        statement.text = *std::move(text);
    }
    if (!options.database.empty())
        statement.database = qt(options.database);
    if (!options.role.empty())
        statement.role = qt(options.role);
    if (statement.database.isEmpty()) {
        const auto target = ctl.target();
        if (!target)
            return fail(target.error());
        statement.database = target->profile.spec.database;
    }
    return statement;
}

Result<trial::TrialRequest> requestOf(Ctl &ctl, const TryOptions &options, const TriedStatement &statement)
{
    auto values = valuesFrom(options.values, options.nulls, u"--value"_s);
    if (!values)
        return fail(std::move(values.error()));
    if (!options.log.empty()) {
        auto logged = valuesFromLog(qt(options.log), statement, ctl.cancel());
        if (!logged)
            return fail(std::move(logged.error()));
        // What was said counts before what was logged.
        logged->insert(*values);
        values = *std::move(logged);
    }
    trial::TrialRequest request;
    request.statement.text = statement.text;
    request.statement.values = *std::move(values);
    request.statement.consent = options.consent;
    request.statement.statementTimeoutMs = int(options.timeoutS * 1000);
    if (!options.searchPath.empty()) {
        request.statement.searchPath.emplace();
        for (const std::string &schema : options.searchPath)
            request.statement.searchPath->append(qt(schema));
    }
    for (const std::string &remedy : options.remedies)
        request.remedies.append(qt(remedy));
    request.runs = options.runs;
    // On the server only who was named: not everybody may take the role of everybody.
    request.role = options.hypopg ? qt(options.role) : statement.role;
    return request;
}

Result<trial::Trial> byHypoPg(Ctl &ctl, const TriedStatement &statement, trial::TrialRequest request)
{
    auto connection = ctl.connect(Ctl::Link::Editor);
    if (!connection)
        return fail(std::move(connection.error()));
    std::unique_ptr<pg::Connection> link = *std::move(connection);
    if (statement.database != link->facts().database) {
        pg::ConnectionSpec spec = link->spec();
        spec.database = statement.database;
        const auto prepared = ctl.prepared(spec.role);
        if (!prepared)
            return fail(prepared.error());
        auto other = pg::Connection::open(spec, prepared->secret, ctl.cancel(), {}, prepared->via);
        if (!other)
            return fail(std::move(other.error()));
        link = *std::move(other);
    }
    request.where = u"%1, database %2, PostgreSQL %3"_s.arg(link->spec().address(), statement.database, link->facts().serverVersion);
    return trial::tryHypothetical(*link, request, ctl.cancel());
}

Result<Answer> tryIt(Ctl &ctl, const TryOptions &options)
{
    if (options.lab.empty() && !options.hypopg)
        return told(ctl);
    const auto statement = statementOf(ctl, options);
    if (!statement)
        return fail(statement.error());
    auto request = requestOf(ctl, options, *statement);
    if (!request)
        return fail(std::move(request.error()));
    const auto tried = options.hypopg ? byHypoPg(ctl, *statement, *request) : trial::tryOnLab(qt(options.lab), statement->database, *request, ctl.progress(), ctl.cancel());
    if (!tried)
        return fail(tried.error());
    const auto draft = trial::draftOf(*tried);
    if (!draft)
        return fail(draft.error());
    Answer answer;
    answer.json = trial::toJson(*tried);
    answer.text = trial::toText(*tried) + trial::toText(*draft);
    QJsonObject migration = trial::toJson(*draft);
    QStringList written;
    const bool helps = tried->judgement.verdict == trial::Judgement::Verdict::Faster;
    if (!options.migration.empty() && !draft->isEmpty() && helps) {
        auto paths = trial::writeDraft(*draft, qt(options.migration), QDateTime::currentMSecsSinceEpoch());
        if (!paths)
            return fail(std::move(paths.error()));
        written = *std::move(paths);
        answer.text += u"\nWritten: %1\n"_s.arg(written.join(u", "_s));
    } else if (!draft->isEmpty()) {
        answer.text += helps ? u"\nNothing was written; --migration FOLDER writes it.\n"_s : u"\nNothing was written: it is not faster by it.\n"_s;
    }
    migration.insert(u"written"_s, QJsonArray::fromStringList(written));
    answer.json.insert(u"migration"_s, migration);
    return answer;
}

} // namespace

void addTryVerb(CLI::App *statements, Ctl &ctl)
{
    CLI::App *verb = statements->add_subcommand(
        "try", "Try what is to make a statement faster: on a lab (pitr lab), measured before and after, or an index by HypoPG, as an\n"
               "estimate. The lab is put back where that can be. Without either: what there is to try it on");
    const auto options = std::make_shared<TryOptions>();
    CLI::Option *lab = verb->add_option("--lab", options->lab, "The lab's name: a copy from a backup, with the true rows");
    verb->add_flag("--hypopg", options->hypopg, "On the server itself, with an index that is not built: costs alone")->excludes(lab);
    CLI::Option *key = verb->add_option("--statement", options->key, "The statement's key, as statements top shows it");
    verb->add_option("--text", options->file, "The statement, in a file; - is standard input")->excludes(key);
    verb->add_option("--remedy", options->remedies,
                     "CREATE INDEX, CREATE STATISTICS, ANALYZE, VACUUM, SET …: one statement; may be given several times, in order") // sql-ok: help
        ->allow_extra_args(false);
    verb->add_option("--value", options->values, "NUMBER=VALUE or NUMBER:TYPE=VALUE of a parameter; without values only costs are compared")
        ->allow_extra_args(false);
    verb->add_option("--null", options->nulls, "NUMBER or NUMBER:TYPE of a parameter that is NULL")->allow_extra_args(false);
    verb->add_option("--values-from", options->log, "A log of the server's with auto_explain's plans: the values of the last one of this statement");
    verb->add_option("-d,--database", options->database, "Its database, where the key does not tell it or it is not the profile's");
    verb->add_option("--role", options->role, "As whom it is planned and run; else on a lab as the key tells, else as its superuser, past row security");
    verb->add_option("--search-path", options->searchPath, "A schema in which names are looked for; may be given several times, in order")
        ->allow_extra_args(false);
    verb->add_option("--runs", options->runs, "So many runs count, besides the first")->check(CLI::Range(1, trial::mostRuns))->capture_default_str();
    verb->add_option("--timeout", options->timeoutS, "Seconds each run may take; 0: no limit")->check(CLI::Range(0.0, 86'400.0))->capture_default_str();
    verb->add_flag("--consent", options->consent, "Run it on the lab too where it writes, and roll that back");
    verb->add_option("--migration", options->migration, "Write the drafted migration into this folder, where it is faster by it; else it is only shown");
    verb->callback([&ctl, options] { ctl.choose([options](Ctl &c) { return tryIt(c, *options); }); });
}

} // namespace howdah::ctl
