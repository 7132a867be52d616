// SPDX-License-Identifier: GPL-3.0-or-later
// howdahctl query: statements and scripts as psql runs them.
#include "base/readatmost.h"
#include "ctl/ctl.h"
#include "ctl/input.h"
#include "ctl/queryoutput.h"
#include "ctl/terminal.h"
#include "session/changeplan.h"
#include "session/commit.h"
#include "store/history.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;

namespace
{

constexpr qint64 mostScript = qint64(1) << 30; // a dump with data is read as a whole
constexpr qsizetype mostHistory = 1 << 20;

struct QueryOptions {
    std::vector<std::string> commands;
    std::vector<std::string> files;
    std::string format; // empty: json with --json, else table
    std::string onError = "stop";
    std::string output;
    std::vector<std::string> variables;
    double timeoutS = 0;
    bool singleTransaction = false;
    bool write = false;
};

QString qt(const std::string &text)
{
    return QString::fromStdString(text);
}

Result<QueryScript> scriptOf(const std::string &name, const CancelToken &cancel)
{
    QueryScript script;
    if (name == "-") {
        script.name = u"<stdin>"_s;
        for (;;) {
            auto piece = readInput(cancel);
            if (!piece)
                return fail(std::move(piece.error()));
            if (piece->isEmpty())
                return script;
            script.text += *piece;
            if (script.text.size() > mostScript)
                return fail(ErrorKind::Client, u"too_large"_s, u"The script on standard input has more than 1 GB"_s);
        }
    }
    script.name = qt(name);
    QFile file(script.name);
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorKind::Io, u"unreadable"_s, u"%1: %2"_s.arg(script.name, file.errorString()));
    if (file.size() > mostScript)
        return fail(ErrorKind::Client, u"too_large"_s, u"%1 has more than 1 GB"_s.arg(script.name), u"psql reads it line by line."_s);
    // A pipe has no size, and what was read before an error is not the script.
    const auto bytes = readAtMost(file, mostScript);
    if (!bytes)
        return fail(ErrorKind::Io, u"unreadable"_s, u"%1: %2"_s.arg(script.name, file.errorString()));
    if (bytes->size() > mostScript)
        return fail(ErrorKind::Client, u"too_large"_s, u"%1 has more than 1 GB"_s.arg(script.name), u"psql reads it line by line."_s);
    script.text = *bytes;
    return script;
}

Result<std::vector<QueryScript>> scriptsOf(const QueryOptions &options, const CancelToken &cancel)
{
    std::vector<QueryScript> scripts;
    for (const std::string &command : options.commands)
        scripts.push_back({{}, QByteArray::fromStdString(command)});
    for (const std::string &name : options.files) {
        auto script = scriptOf(name, cancel);
        if (!script)
            return fail(std::move(script.error()));
        if (script->text.startsWith("\xef\xbb\xbf"))
            script->text.remove(0, 3); // a byte order mark is no SQL
        scripts.push_back(*std::move(script));
    }
    if (scripts.empty())
        return fail(ErrorKind::Client, u"usage"_s, u"Nothing to run"_s, u"-c 'SELECT 1', or -f FILE (- for standard input)"_s);
    return scripts;
}

// The line of the history stands before anything is sent. A store that can't keep it is told, and keeps nobody from the server.
class History
{
public:
    History(Ctl &ctl, const session::Profile &profile, const std::vector<QueryScript> &scripts)
    {
        if (profile.id.isEmpty())
            return;
        QByteArray text;
        for (const QueryScript &script : scripts)
            text += (text.isEmpty() ? QByteArray() : QByteArray("\n")) + script.text.left(mostHistory);
        m_entry.startedMs = QDateTime::currentMSecsSinceEpoch();
        m_entry.profileId = profile.id;
        m_entry.database = profile.spec.database;
        m_entry.role = profile.spec.role;
        m_entry.text = session::masked(QString::fromUtf8(text.left(mostHistory)));
        m_clock.start();
        auto store = ctl.store();
        m_store = store ? *store : nullptr;
        const auto id = m_store ? store::beginHistory(*m_store, m_entry) : Result<qint64>(fail(store.error()));
        if (!id)
            toErrors(printable(u"howdahctl: the history can't be kept: %1\n"_s.arg(id.error().text())));
        m_entry.id = id.value_or(0);
    }
    void end(const QString &outcome, const QString &message, qint64 rows)
    {
        if (!m_entry.id)
            return;
        m_entry.durationMs = m_clock.elapsed();
        m_entry.outcome = outcome;
        m_entry.message = session::masked(message);
        m_entry.rows = rows;
        if (const Done ended = store::endHistory(*m_store, m_entry.id, m_entry); !ended)
            toErrors(printable(u"howdahctl: the history can't be kept: %1\n"_s.arg(ended.error().text())));
    }

private:
    store::HistoryEntry m_entry;
    store::Store *m_store = nullptr;
    QElapsedTimer m_clock;
};

struct Outcome {
    int failed = 0;
    bool unknown = false;
    std::optional<Error> error; // the link's, or the output's

    void fail(Error with)
    {
        error = std::move(with);
        ++failed;
    }
};

// A COMMIT without an answer is asked for over a new link: done, it is no failure; what nobody knows is told as that.
void commit(pg::Connection &connection, Outcome &outcome, const CancelToken &cancel)
{
    auto ticket = session::noteBeforeCommit(connection, cancel);
    if (!ticket && !connection.isAlive())
        return outcome.fail(std::move(ticket.error())); // COMMIT was never sent
    Done ended = connection.command("COMMIT");
    if (ended)
        return;
    if (connection.isAlive())
        return outcome.fail(std::move(ended.error()));
    using What = session::CommitFate::What;
    const session::CommitFate fate = ticket ? session::resolveCommit(connection, *ticket, 20'000, cancel) : session::CommitFate();
    toErrors(printable(u"howdahctl: the link was lost during COMMIT (%1); the transaction is %2\n"_s.arg(ended.error().text(), session::fateText(fate))));
    outcome.unknown = fate.what == What::Unknown || fate.what == What::InProgress;
    if (fate.what != What::Committed)
        outcome.fail(std::move(ended.error()));
}

Outcome runAll(pg::Connection &connection, const std::vector<QueryScript> &scripts, QueryOutput &output, query::RunOptions options, bool singleTransaction,
               const CancelToken &cancel)
{
    Outcome outcome;
    if (singleTransaction) {
        (void)connection.readIdentity(cancel); // not known then, which only matters where the COMMIT is to be asked for
        if (Done begun = connection.command("BEGIN"); !begun) {
            outcome.error = std::move(begun.error());
            return outcome;
        }
    }
    for (const QueryScript &script : scripts) {
        output.begin(script);
        options.workingDirectory = QDir::currentPath();
        options.source = query::Source{script.text, connection.facts().standardStrings};
        const auto summary = query::runPieces(connection, query::split(script.text, options.source->standardStrings), output, options, cancel);
        if (!summary) {
            outcome.error = summary.error();
            ++outcome.failed;
            return outcome;
        }
        outcome.failed += summary->failed;
        options.variables = summary->variables;
        options.display = summary->display;
        if (summary->stopped || summary->quit || cancel.isCancelled())
            break;
    }
    if (singleTransaction && connection.isAlive()) {
        const bool good = outcome.failed == 0 && !cancel.isCancelled();
        if (good)
            commit(connection, outcome, cancel);
        else if (Done ended = connection.command("ROLLBACK"); !ended)
            outcome.fail(std::move(ended.error()));
        else
            toErrors("howdahctl: rolled back: nothing of this run was changed\n");
    }
    return outcome;
}

Result<Answer> runQuery(Ctl &ctl, const QueryOptions &given)
{
    const auto format = query::formatFromName(!given.format.empty() ? qt(given.format) : ctl.json ? u"json"_s : u"table"_s);
    if (!format)
        return fail(ErrorKind::Client, u"usage"_s, u"%1 is no format"_s.arg(qt(given.format)), u"table, csv, tsv, json, ndjson or markdown"_s);
    const auto scripts = scriptsOf(given, ctl.cancel());
    if (!scripts)
        return fail(scripts.error());
    query::RunOptions options;
    options.onError = given.onError == "continue" ? query::OnError::Continue : query::OnError::Stop;
    options.statementTimeoutMs = int(given.timeoutS * 1000);
    for (const std::string &variable : given.variables) {
        const QString text = qt(variable);
        options.variables.insert(text.section(u'=', 0, 0), text.section(u'=', 1));
    }
    const bool inputIsScript = std::find(given.files.begin(), given.files.end(), "-") != given.files.end();
    if (!inputIsScript && !ctl.passwordFromStdin)
        options.copyInput = [cancel = ctl.cancel()] { return readInput(cancel); };

    const auto target = ctl.target();
    if (!target)
        return fail(target.error());
    std::unique_ptr<PartFile> file;
    if (!given.output.empty()) {
        auto opened = PartFile::open(QDir::current().absoluteFilePath(qt(given.output)));
        if (!opened)
            return fail(std::move(opened.error()));
        file = std::move(*opened);
    }
    // A URL says nothing of what the server is: that is production.
    options.keepsReadOnly = !given.write && target->profile.environment == session::Environment::Production;
    auto connection = ctl.connect(given.write ? Ctl::Link::Writer : Ctl::Link::Editor);
    if (!connection)
        return fail(std::move(connection.error()));

    QueryOutput output(*format, file.get(), ctl.json);
    History history(ctl, target->profile, *scripts);
    Outcome outcome = runAll(**connection, *scripts, output, options, given.singleTransaction, ctl.cancel());
    // Cancelled between two statements, no one of them failed: what came after it was not run all the same.
    if (ctl.cancel().isCancelled() && !outcome.error && !output.lastError())
        outcome.fail(Error{ErrorKind::Cancelled, u"cancelled"_s, u"Cancelled: what followed was not run"_s, {}, {}, {}, {}, 0});
    if (output.writeError())
        outcome.error = output.writeError();
    if (file && !outcome.error && outcome.failed == 0) {
        if (Done written = file->commit(); !written)
            outcome.error = std::move(written.error());
    } else if (file) {
        toErrors(printable(u"howdahctl: %1 was not written: not all went well\n"_s.arg(qt(given.output))));
    }
    const std::optional<Error> &error = outcome.error ? outcome.error : output.lastError();
    const bool cancelled = error && error->kind == ErrorKind::Cancelled;
    history.end(outcome.unknown || output.outcomeUnknown() ? u"unknown"_s : cancelled ? u"cancelled"_s : error ? u"failed"_s : u"done"_s, error ? error->message : QString(), output.rows());
    if (error && options.keepsReadOnly && (error->sqlstate == "25006"_L1 || error->reason == "read_only_kept"_L1))
        toErrors(ctl.url.empty() ? "howdahctl: this profile is production and opens read-only: --write lets this run change something\n"
                                 : "howdahctl: what a URL leads to is taken for production and opens read-only: --write lets this run change something\n");
    if (outcome.unknown || output.outcomeUnknown()) // what is known of it was told
        return Answer{{}, {}, ExitCode::OutcomeUnknown};
    if (cancelled)
        return Answer{{}, {}, ExitCode::Cancelled};
    if (outcome.error && !output.lastError()) // a statement's was told where it stood
        return fail(*outcome.error);
    return Answer{{}, {}, outcome.failed > 0 || outcome.error ? ExitCode::Failed : ExitCode::Success};
}

} // namespace

void addQueryVerb(CLI::App &app, Ctl &ctl)
{
    CLI::App *verb = app.add_subcommand("query", "Run statements or a script as psql does: rows on standard output, errors with their place on standard error.\n"
                                                 "Exit code 0 only when every statement went well");
    auto options = std::make_shared<QueryOptions>();
    verb->add_option("-c,--command", options->commands, "Statements or backslash commands; may be given several times")->allow_extra_args(false);
    verb->add_option("-f,--file", options->files, "A script; - is standard input; may be given several times")->allow_extra_args(false);
    verb->add_option("--format", options->format, "table as psql's (the default), csv, tsv, json (an array a result), ndjson (an object a line) or markdown")
        ->check(CLI::IsMember({"table", "csv", "tsv", "json", "ndjson", "markdown"}));
    verb->add_option("--on-error", options->onError, "stop, or continue with the next statement")->check(CLI::IsMember({"stop", "continue"}))->capture_default_str();
    verb->add_option("-o,--output", options->output, "Write the rows to this file: as a whole, or not at all");
    verb->add_option("--var", options->variables, "NAME=VALUE of :name, :'name' and :\"name\"; may be given several times")->allow_extra_args(false);
    verb->add_option("--timeout", options->timeoutS, "Seconds a statement may run; 0: as the server says")->check(CLI::NonNegativeNumber);
    verb->add_flag("-1,--single-transaction", options->singleTransaction, "All in one transaction, committed only when every statement went well");
    verb->add_flag("--write", options->write, "Let this run change something on a profile that is production, or by --url (these open read-only)");
    verb->callback([&ctl, options] { ctl.choose([options](Ctl &c) { return runQuery(c, *options); }); });
}

} // namespace howdah::ctl
