// SPDX-License-Identifier: GPL-3.0-or-later
// migrate new|lint|status|current|plan|up|down|redo|goto|history|baseline|adopt|resolve|sum
#include "ctl/migratelint.h"
#include "ctl/migrateplan.h"

#include "base/units.h"

#include <QDateTime>
#include <QDir>
#include <QJsonArray>

#include <cstdio>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;
using namespace howdah::migrations;

namespace
{

struct Options {
    std::string folder;
    std::string role;
    std::string searchPath = "public";
    std::string confirm;
    std::string cluster;
    std::string lockTimeout = "3s";
    std::string statementTimeout = "0";
    int tries = 10;
    int waitSeconds = 60;
    bool outOfOrder = false;
    bool edited = false;
    bool check = false;
    // of single verbs
    std::string word;
    std::string to; // a version
    int count = 0;  // 0: not given
    std::string purpose;
    std::string reason;
    bool applied = false;
    bool notApplied = false;
    bool statementDone = false;
    bool statementNotDone = false;
    int limit = 50;
};

QString folderOf(const Options &options)
{
    if (!options.folder.empty())
        return QString::fromStdString(options.folder);
    return qEnvironmentVariable("DBMATE_MIGRATIONS_DIR", u"db/migrations"_s);
}

Result<RunOptions> runOptionsOf(const Options &options)
{
    RunOptions run;
    const auto lock = milliseconds(QString::fromStdString(options.lockTimeout)), statement = milliseconds(QString::fromStdString(options.statementTimeout));
    if (!lock || !statement)
        return fail(ErrorKind::Client, u"usage"_s, u"A time is such as 3s, 500ms, 10min, or 0 for none"_s);
    run.lockTimeoutMs = *lock;
    run.statementTimeoutMs = *statement;
    run.lockTries = options.tries;
    run.otherRunnerMs = options.waitSeconds * 1000;
    run.allowOutOfOrder = options.outOfOrder;
    run.allowEdited = options.edited;
    run.searchPath = QString::fromStdString(options.searchPath);
    run.role = QString::fromStdString(options.role);
    run.systemIdentifier = QString::fromStdString(options.cluster);
    run.client = u"howdahctl "_s + QStringLiteral(HOWDAH_VERSION);
    return run;
}

// On standard error, as it happens.
void tell(const Told &told)
{
    QString line;
    switch (told.what) {
    case Told::What::Waits: line = u"Waits for another run: "_s + told.text; break;
    case Told::What::Begins: line = told.name; break;
    case Told::What::Statement: line = u"  %1 of %2: %3"_s.arg(told.statement).arg(told.statements).arg(told.text.left(100)); break;
    case Told::What::Blocked: line = u"  waits for %1%2"_s.arg(told.text, told.waiting ? u"; %1 wait for us"_s.arg(told.waiting) : QString()); break;
    case Told::What::Free: line = told.waiting ? u"  %1 wait for us"_s.arg(told.waiting) : u"  goes on"_s; break;
    case Told::What::TriesAgain: line = u"  try %1 in %2: %3"_s.arg(told.statement).arg(units::duration(told.ms), told.text); break;
    case Told::What::Notice: line = u"  "_s + units::oneLine(told.text); break;
    case Told::What::Dropped: line = u"  drops the invalid index %1"_s.arg(told.text); break;
    case Told::What::Done: line = u"  done in %1"_s.arg(units::duration(told.ms)); break;
    }
    std::fprintf(stderr, "%s\n", qPrintable(line));
}

struct Stand {
    Target target;
    std::unique_ptr<pg::Connection> connection;
    Folder folder;
    Ledger ledger;
    State state;
};

// As the role and in the schema that a run would have.
Result<Ledger> ledgerOf(Ctl &ctl, pg::Connection &connection, const Options &options)
{
    const auto run = runOptionsOf(options);
    if (!run)
        return fail(run.error());
    if (Done entered = enter(connection, *run, ctl.cancel()); !entered)
        return fail(std::move(entered.error()));
    return readLedger(connection, ctl.cancel());
}

Result<Stand> standOf(Ctl &ctl, const Options &options, Ctl::Link link)
{
    auto folder = readFolder(folderOf(options));
    if (!folder)
        return fail(std::move(folder.error()));
    auto target = ctl.target();
    if (!target)
        return fail(std::move(target.error()));
    auto connection = ctl.connect(link);
    if (!connection)
        return fail(std::move(connection.error()));
    auto ledger = ledgerOf(ctl, **connection, options);
    if (!ledger)
        return fail(std::move(ledger.error()));
    State state = stateOf(*folder, *ledger);
    return Stand{*std::move(target), *std::move(connection), *std::move(folder), *std::move(ledger), std::move(state)};
}

// "behind": only files that are pending differ, as while one is being written.
std::pair<QString, QStringList> sumOf(const Stand &stand)
{
    const auto check = checkSum(stand.folder);
    if (!check)
        return {u"unreadable"_s, {}};
    if (check->state != SumState::Wrong)
        return {check->state == SumState::None ? u"none"_s : u"right"_s, {}};
    const bool pendingOnly = std::all_of(check->differs.cbegin(), check->differs.cend(), [&](const QString &name) {
        return std::any_of(stand.state.entries.cbegin(), stand.state.entries.cend(), [&](const Entry &entry) { return entry.name == name && entry.standing == Standing::Pending; });
    });
    return {pendingOnly ? u"behind"_s : u"wrong"_s, check->differs};
}

Result<Answer> status(Ctl &ctl, const Options &options)
{
    auto stand = standOf(ctl, options, Ctl::Link::Profile);
    if (!stand)
        return fail(std::move(stand.error()));
    QString text;
    for (const Entry &entry : stand->state.entries) {
        const QString when = entry.appliedMs ? QDateTime::fromMSecsSinceEpoch(*entry.appliedMs).toString(Qt::ISODate) : QString();
        text += u"%1  %2  %3  %4\n"_s.arg(standingText(entry.standing).leftJustified(28), (entry.name.isEmpty() ? entry.version : entry.name).leftJustified(48), when.leftJustified(19), entry.who);
    }
    text += u"%1 pending\n"_s.arg(stand->state.pending());
    QJsonObject json = stand->state.toJson();
    const auto [sum, differs] = sumOf(*stand);
    json.insert(u"sum"_s, sum);
    json.insert(u"sum_differs"_s, QJsonArray::fromStringList(differs));
    if (sum == "behind"_L1)
        text += u"migrations.sum is behind: %1 (before a commit: `howdahctl migrate sum`)\n"_s.arg(differs.join(u", "_s));
    if (sum == "wrong"_L1)
        text += u"migrations.sum is not of these files: %1; after a merge look at both branches, then `howdahctl migrate sum`\n"_s.arg(differs.join(u", "_s));
    if (const auto running = otherRunner(*stand->connection, ctl.cancel()); running && !running->isEmpty()) {
        json.insert(u"running"_s, *running);
        text += u"A run is under way: %1\n"_s.arg(*running);
    }
    ExitCode exit = ExitCode::Success;
    if (options.check && stand->state.pending() > 0)
        exit = ExitCode::Pending;
    if (options.check && (stand->state.count(Standing::Edited) > 0 || stand->state.count(Standing::Missing) > 0 || sum == "wrong"_L1))
        exit = ExitCode::Drift;
    return Answer{json, text, exit};
}

Result<Answer> current(Ctl &ctl, const Options &options)
{
    auto stand = standOf(ctl, options, Ctl::Link::Profile);
    if (!stand)
        return fail(std::move(stand.error()));
    const QStringList back = wayBack(stand->ledger);
    const QString version = back.value(0);
    return Answer{{{u"version"_s, version.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(version)}, {u"pending"_s, stand->state.pending()}},
                  version.isEmpty() ? u"Nothing is applied\n"_s : version + u'\n', options.check && stand->state.pending() > 0 ? ExitCode::Pending : ExitCode::Success};
}

Result<Answer> history(Ctl &ctl, const Options &options)
{
    auto connection = ctl.connect(Ctl::Link::Profile);
    if (!connection)
        return fail(std::move(connection.error()));
    const auto ledger = ledgerOf(ctl, **connection, options);
    if (!ledger)
        return fail(ledger.error());
    QJsonArray all;
    QString text;
    int left = options.limit;
    for (auto event = ledger->events.crbegin(); event != ledger->events.crend() && left-- > 0; ++event) {
        all.append(event->toJson());
        text += u"%1  %2  %3 %4  %5  %6%7\n"_s.arg(QDateTime::fromMSecsSinceEpoch(event->atMs).toString(Qt::ISODate), event->kind.leftJustified(8), directionText(event->direction).leftJustified(4),
                                                 event->name.leftJustified(48), event->tookMs ? units::duration(*event->tookMs) : u"-"_s, event->who,
                                                 event->message.isEmpty() ? QString() : u"  "_s + units::oneLine(event->message));
    }
    return Answer{{{u"events"_s, all}}, text, ExitCode::Success};
}

Result<Answer> answerOf(const Result<Run> &ran)
{
    if (!ran)
        return fail(ran.error());
    Answer answer{ran->toJson(), {}, ExitCode::Success};
    for (const Step &step : ran->done)
        answer.text += step.marked ? u"marked  %1\n"_s.arg(step.name) : u"%1  %2 in %3%4\n"_s.arg(step.direction == Direction::Up ? u"up  "_s : u"down"_s, step.name, units::duration(step.ms), step.tries > 1 ? u", %1 tries"_s.arg(step.tries) : QString());
    if (!ran->error) {
        if (ran->done.isEmpty())
            answer.text += u"Nothing was to be done\n"_s;
        return answer;
    }
    const Error &error = *ran->error;
    const auto is = [&error](std::initializer_list<const char *> reasons) {
        return std::any_of(reasons.begin(), reasons.end(), [&](const char *reason) { return error.reason == QLatin1StringView(reason); });
    };
    answer.exit = is({"locked"}) ? ExitCode::LockedByAnother
        : is({"retries_exhausted"}) ? ExitCode::RetriesExhausted
        : is({"outcome_unknown"})   ? ExitCode::OutcomeUnknown
        : is({"edited", "changed_since", "out_of_order", "changed_meanwhile", "interrupted"}) ? ExitCode::Drift
        : error.kind == ErrorKind::Connection ? ExitCode::Failed : exitCodeOf(error); // connected it was
    answer.text += error.text() + u'\n';
    return answer;
}

QString countOf(qsizetype migrations)
{
    return migrations == 1 ? u"1 migration"_s : u"%1 migrations"_s.arg(migrations);
}

// What looks like a password is kept with the text, so that the migration can be undone without its file: said before it is.
void warnOfSecrets(const QVector<Wanted> &wanted)
{
    for (const Wanted &one : wanted) {
        const QString text = QString::fromUtf8(one.file->text);
        if (session::masked(text) != text)
            std::fprintf(stderr, "%s: what looks like a password in it is kept in howdah.migration_event with the rest of its text\n", qPrintable(one.file->name));
    }
}

// Files that live as long as the plan.
struct Chosen {
    std::vector<std::unique_ptr<File>> files;
    QVector<Wanted> wanted;
    QStringList versions;

    void add(const File &file, Direction direction)
    {
        files.push_back(std::make_unique<File>(file));
        wanted.append({files.back().get(), direction, {}});
    }
};

Answer nothingToDo()
{
    return {Run().toJson(), u"Nothing was to be done\n"_s, ExitCode::Success};
}

Result<Answer> goUp(Ctl &ctl, const Options &options, const Upwards &wanted, bool planOnly)
{
    auto run = runOptionsOf(options);
    if (!run)
        return fail(run.error());
    auto stand = standOf(ctl, options, planOnly ? Ctl::Link::Profile : Ctl::Link::Writer);
    if (!stand)
        return fail(std::move(stand.error()));
    if (!wanted.upTo.isEmpty() && !stand->folder.find(wanted.upTo))
        return fail(ErrorKind::Client, u"no_such_version"_s, u"There is no migration %1"_s.arg(wanted.upTo));
    Chosen chosen;
    chosen.versions = plannedUp(stand->folder, stand->ledger, wanted);
    for (const QString &version : std::as_const(chosen.versions)) {
        if (const File *file = stand->folder.find(version))
            chosen.add(*file, Direction::Up);
    }
    const session::ChangePlan plan = planOf(stand->target, *stand->connection, chosen.wanted, u"Run %1"_s.arg(countOf(chosen.versions.size())));
    if (planOnly) {
        if (Done may = mayGoUp(stand->state, *run); !may) // as `up` would
            return answerOf(Run{{}, {}, may.error()});
        QJsonArray steps;
        for (const session::ChangeStep &step : plan.steps)
            steps.append(QJsonObject{{u"title"_s, step.title}, {u"sql"_s, session::masked(QString::fromUtf8(step.text))}, {u"purpose"_s, step.blocks}});
        return Answer{{{u"server"_s, plan.server}, {u"role"_s, plan.role}, {u"steps"_s, steps}}, planText(plan), ExitCode::Success};
    }
    // An edited file is told even where nothing is pending.
    if (chosen.versions.isEmpty() && (options.edited || stand->state.count(Standing::Edited) == 0))
        return nothingToDo();
    run->planned = chosen.versions;
    warnOfSecrets(chosen.wanted);
    return answerOf(runPlan(ctl, plan, QString::fromStdString(options.confirm), [&] { return up(*stand->connection, stand->folder, wanted, *run, tell, ctl.cancel()); }));
}

Result<Answer> goDown(Ctl &ctl, const Options &options, const Downwards &wanted)
{
    auto run = runOptionsOf(options);
    if (!run)
        return fail(run.error());
    auto stand = standOf(ctl, options, Ctl::Link::Writer);
    if (!stand)
        return fail(std::move(stand.error()));
    if (!wanted.downTo.isEmpty() && !stand->ledger.isApplied(wanted.downTo))
        return fail(ErrorKind::Client, u"not_applied"_s, u"%1 is not applied"_s.arg(wanted.downTo));
    Chosen chosen;
    chosen.versions = plannedDown(stand->ledger, wanted);
    for (const QString &version : std::as_const(chosen.versions)) {
        const auto file = fileToUndo(stand->folder, stand->ledger, version, options.edited);
        if (!file)
            return fail(file.error());
        chosen.add(*file, Direction::Down);
    }
    if (chosen.versions.isEmpty())
        return nothingToDo();
    run->planned = chosen.versions;
    const session::ChangePlan plan = planOf(stand->target, *stand->connection, chosen.wanted, u"Undo %1"_s.arg(countOf(chosen.versions.size())));
    return answerOf(runPlan(ctl, plan, QString::fromStdString(options.confirm), [&] { return down(*stand->connection, stand->folder, wanted, *run, tell, ctl.cancel()); }));
}

Result<Answer> goRedo(Ctl &ctl, const Options &options)
{
    auto run = runOptionsOf(options);
    if (!run)
        return fail(run.error());
    auto stand = standOf(ctl, options, Ctl::Link::Writer);
    if (!stand)
        return fail(std::move(stand.error()));
    const QString version = wayBack(stand->ledger).value(0);
    const File *file = stand->folder.find(version);
    if (version.isEmpty() || !file)
        return fail(ErrorKind::Client, u"no_text"_s, version.isEmpty() ? u"Nothing is applied"_s : u"Migration %1 has no file here: it could not be run again"_s.arg(version));
    const auto undo = fileToUndo(stand->folder, stand->ledger, version, options.edited);
    if (!undo)
        return fail(undo.error());
    Chosen chosen;
    chosen.add(*undo, Direction::Down);
    chosen.add(*file, Direction::Up);
    run->planned = QStringList{version};
    const session::ChangePlan plan = planOf(stand->target, *stand->connection, chosen.wanted, u"Undo migration %1 and run it again"_s.arg(file->name));
    return answerOf(runPlan(ctl, plan, QString::fromStdString(options.confirm), [&] { return redo(*stand->connection, stand->folder, *run, tell, ctl.cancel()); }));
}

Result<Answer> goTo(Ctl &ctl, const Options &options)
{
    const QString version = QString::fromStdString(options.word);
    auto stand = standOf(ctl, options, Ctl::Link::Profile);
    if (!stand)
        return fail(std::move(stand.error()));
    const bool applied = stand->ledger.isApplied(version);
    stand->connection.reset();
    return applied ? goDown(ctl, options, {0, version}) : goUp(ctl, options, {-1, version}, false);
}

using Mark = std::function<Run(pg::Connection &, const Folder &, const RunOptions &)>;
Result<Answer> marks(Ctl &ctl, const Options &options, const QString &what, const Mark &mark)
{
    const auto run = runOptionsOf(options);
    if (!run)
        return fail(run.error());
    auto stand = standOf(ctl, options, Ctl::Link::Writer);
    if (!stand)
        return fail(std::move(stand.error()));
    const File *file = stand->folder.find(QString::fromStdString(options.word));
    const QVector<Wanted> wanted = file ? QVector<Wanted>{{file, Direction::Up, what}} : QVector<Wanted>();
    const session::ChangePlan plan = planOf(stand->target, *stand->connection, wanted, u"Mark migration %1 as %2"_s.arg(QString::fromStdString(options.word), what));
    return answerOf(runPlan(ctl, plan, QString::fromStdString(options.confirm), [&] { return mark(*stand->connection, stand->folder, *run); }));
}

Result<Answer> make(Ctl &, const Options &options)
{
    const QString folder = folderOf(options);
    const auto path = newFile(folder, QString::fromStdString(options.word), QString::fromStdString(options.purpose), QDateTime::currentMSecsSinceEpoch());
    if (!path)
        return fail(path.error());
    const auto read = readFolder(folder);
    if (!read)
        return fail(read.error());
    if (Done written = writeSum(*read); !written)
        return fail(written.error());
    return Answer{{{u"file"_s, *path}}, *path + u'\n', ExitCode::Success};
}

Result<Answer> sum(Ctl &, const Options &options)
{
    const auto folder = readFolder(folderOf(options));
    if (!folder)
        return fail(folder.error());
    const auto before = checkSum(*folder);
    if (!before)
        return fail(before.error());
    if (Done written = writeSum(*folder); !written)
        return fail(written.error());
    return Answer{{{u"files"_s, folder->files.size()}, {u"differed"_s, QJsonArray::fromStringList(before->differs)}},
                  before->differs.isEmpty() ? u"%1 files\n"_s.arg(folder->files.size()) : u"%1 files; differed: %2\n"_s.arg(folder->files.size()).arg(before->differs.join(u", "_s)), ExitCode::Success};
}

} // namespace

void addMigrateVerbs(CLI::App &app, Ctl &ctl)
{
    CLI::App *verb = app.add_subcommand("migrate", "Migrations as dbmate writes them: files forth and back, with a ledger of who, when and how long");
    verb->require_subcommand(1);
    const auto options = std::make_shared<Options>();
    verb->add_option("--folder", options->folder, "Where the files are; else DBMATE_MIGRATIONS_DIR, else db/migrations");
    verb->add_option("--role", options->role, "As this role: the owner of the tables");
    verb->add_option("--search-path", options->searchPath, "Of the statements")->capture_default_str();
    const auto add = [&](const char *name, const char *what, auto action) {
        CLI::App *one = verb->add_subcommand(name, what);
        one->fallthrough();
        one->callback([&ctl, options, action] { ctl.choose([options, action](Ctl &c) { return action(c, *options); }); });
        return one;
    };
    const auto runs = [&](CLI::App *one) {
        one->add_option("--confirm", options->confirm, "The database's name: what the environment demands is confirmed");
        one->add_option("--cluster", options->cluster, "Only where the server is of the cluster with this system identifier");
        one->add_option("--lock-timeout", options->lockTimeout, "How long a statement waits for a lock, before it is tried again")->capture_default_str();
        one->add_option("--statement-timeout", options->statementTimeout, "How long a statement may run; 0: no end")->capture_default_str();
        one->add_option("--tries", options->tries, "So often where the lock timeout strikes")->check(CLI::Range(1, 1000))->capture_default_str();
        one->add_option("--wait", options->waitSeconds, "So many seconds for another run")->check(CLI::Range(0, 86'400))->capture_default_str();
        one->add_flag("--allow-edited", options->edited, "Though an applied file was edited since");
        return one;
    };
    CLI::App *made = add("new", "Make a file with both sections, named by the time", make);
    made->add_option("name", options->word, "What it does, in a few words")->required();
    made->add_option("--purpose", options->purpose, "Why: the first line of the file")->required();
    CLI::App *lintVerb = verb->add_subcommand("lint", "What may block, fail or lose data, and the safe way to write it; exit 5 where something stands");
    lintVerb->fallthrough();
    const auto lintOptions = std::make_shared<LintOptions>();
    lintVerb->add_option("files", lintOptions->names, "Names or versions; none: all of the folder");
    lintVerb->add_flag("--connected", lintOptions->connected, "Ask the server for its version and for the size of the tables");
    lintVerb->add_option("--server", lintOptions->major, "The server's major version, where it is not asked")->check(CLI::Range(15, 30))->capture_default_str();
    lintVerb->add_flag("--plain", lintOptions->plain, "As another runner would run it, which sets no timeouts");
    lintVerb->add_flag("--fix", lintOptions->fix, "Rewrite the named files where the safe form is mechanical");
    lintVerb->callback([&ctl, options, lintOptions] {
        ctl.choose([options, lintOptions](Ctl &c) {
            LintOptions wanted = *lintOptions;
            wanted.folder = folderOf(*options);
            return lintFiles(c, wanted);
        });
    });
    add("status", "Every migration and how it stands", status)->add_flag("--check", options->check, "Exit 9 where some are pending, 4 where some were edited or are missing");
    add("current", "The version that was applied last", current)->add_flag("--check", options->check, "Exit 9 where some are pending");
    add("history", "Who did what, when and how long it took", history)->add_option("--limit", options->limit, "So many lines")->capture_default_str();
    add("plan", "What `up` would run", [](Ctl &c, const Options &o) { return goUp(c, o, {}, true); });
    const auto towards = [](CLI::App *one, const std::shared_ptr<Options> &given, const char *what) {
        CLI::Option *count = one->add_option("count", given->count, "So many")->check(CLI::Range(1, 1'000'000));
        one->add_option("--to", given->to, what)->excludes(count);
    };
    CLI::App *upVerb = runs(add("up", "Run what is pending: all, so many, or up to a version", [](Ctl &c, const Options &o) {
        return goUp(c, o, {o.count ? o.count : -1, QString::fromStdString(o.to)}, false);
    }));
    towards(upVerb, options, "The last version to run");
    upVerb->add_flag("--allow-out-of-order", options->outOfOrder, "Though something newer is applied");
    towards(runs(add("down", "Undo the last one, so many, or all after a version", [](Ctl &c, const Options &o) {
                return goDown(c, o, {o.count ? o.count : 1, QString::fromStdString(o.to)});
            })),
            options, "The version that stays");
    runs(add("redo", "Undo the last one and run it again", goRedo));
    runs(add("goto", "Forth or back to a version", goTo))->add_option("version", options->word)->required();
    runs(add("baseline", "Mark everything up to a version as applied, and run nothing", [](Ctl &c, const Options &o) {
        return marks(c, o, u"baseline"_s, [&](pg::Connection &connection, const Folder &folder, const RunOptions &run) {
            return baseline(connection, folder, QString::fromStdString(o.word), run, tell, c.cancel());
        });
    }))->add_option("version", options->word)->required();
    CLI::App *adoptVerb = runs(add("adopt", "An applied file was edited, and is right as it is now", [](Ctl &c, const Options &o) {
        return marks(c, o, u"adopted"_s, [&](pg::Connection &connection, const Folder &folder, const RunOptions &run) {
            return adopt(connection, folder, QString::fromStdString(o.word), QString::fromStdString(o.reason), run, tell, c.cancel());
        });
    }));
    adoptVerb->add_option("version", options->word)->required();
    adoptVerb->add_option("--reason", options->reason, "Kept in the ledger")->required();
    CLI::App *resolveVerb = runs(add("resolve", "What became of an interrupted one, or of the statement that it was cut off at", [](Ctl &c, const Options &o) {
        if (o.applied + o.notApplied + o.statementDone + o.statementNotDone != 1)
            return Result<Answer>(fail(ErrorKind::Client, u"usage"_s, u"Say one of --applied, --not-applied, --statement-done, --statement-not-done"_s));
        const Resolved how = o.applied ? Resolved::Applied : o.notApplied ? Resolved::NotApplied : o.statementDone ? Resolved::StatementDone : Resolved::StatementNotDone;
        return marks(c, o, o.applied ? u"applied"_s : o.notApplied ? u"not applied"_s : o.statementDone ? u"its statement done"_s : u"its statement not done"_s,
                     [&](pg::Connection &connection, const Folder &folder, const RunOptions &run) {
                         return resolve(connection, folder, QString::fromStdString(o.word), how, run, tell, c.cancel());
                     });
    }));
    resolveVerb->add_option("version", options->word)->required();
    resolveVerb->add_flag("--applied", options->applied, "All of it stands");
    resolveVerb->add_flag("--not-applied", options->notApplied, "Nothing of it stands");
    resolveVerb->add_flag("--statement-done", options->statementDone, "The statement that it was cut off at stands");
    resolveVerb->add_flag("--statement-not-done", options->statementNotDone, "It does not");
    add("sum", "Write migrations.sum anew, after both branches of a merge were looked at", sum);
}

} // namespace howdah::ctl
