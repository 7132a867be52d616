// SPDX-License-Identifier: GPL-3.0-or-later
// migrate and what stands below it: the options, and the verbs that only read or mark.
#include "ctl/migratediff.h"
#include "ctl/migrateforeign.h"
#include "ctl/migratelint.h"
#include "ctl/migrateplan.h"
#include "ctl/migratepreview.h"
#include "ctl/migrateroundtrip.h"
#include "ctl/migraterun.h"
#include "ctl/migratestand.h"
#include "ctl/migratetargets.h"
#include "ctl/migrateverify.h"

#include "base/units.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QJsonArray>

#include <algorithm>

#include <cstdio>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;
using namespace howdah::migrations;

namespace
{

using Options = MigrateOptions;

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

// Here, with the offset.
QString timeOf(qint64 ms)
{
    const QDateTime at = QDateTime::fromMSecsSinceEpoch(ms);
    return at.toOffsetFromUtc(at.offsetFromUtc()).toString(Qt::ISODate);
}

Result<Answer> status(Ctl &ctl, const Options &options)
{
    auto stand = standOf(ctl, options, Ctl::Link::Profile);
    if (!stand)
        return fail(std::move(stand.error()));
    QString text;
    for (const Entry &entry : stand->state.entries) {
        const QString when = entry.appliedMs ? timeOf(*entry.appliedMs) : QString();
        text += u"%1  %2  %3  %4\n"_s.arg(standingText(entry.standing).leftJustified(28), (entry.name.isEmpty() ? entry.version : entry.name).leftJustified(48), when.leftJustified(25), entry.who);
    }
    for (const Entry &entry : stand->state.repeatables)
        text += u"%1  %2  %3  %4\n"_s.arg((entry.standing == Standing::Pending ? entry.appliedMs ? u"changed since"_s : u"never run"_s : standingText(entry.standing)).leftJustified(28),
                                          entry.version.leftJustified(48), (entry.appliedMs ? timeOf(*entry.appliedMs) : QString()).leftJustified(25), entry.who);
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
    auto connection = connectTo(ctl, options, Ctl::Link::Profile);
    if (!connection)
        return fail(std::move(connection.error()));
    const auto ledger = ledgerOf(ctl, **connection, options);
    if (!ledger)
        return fail(ledger.error());
    QJsonArray all;
    QString text;
    int left = options.limit;
    // For people what became of each: its steps only where nothing did.
    const auto superseded = [&](const Event &event) {
        return (event.kind == "begun"_L1 || event.kind == "step"_L1)
            && std::any_of(ledger->events.cbegin(), ledger->events.cend(), [&](const Event &later) { return later.id > event.id && later.version == event.version && later.direction == event.direction; });
    };
    for (auto event = ledger->events.crbegin(); event != ledger->events.crend() && left > 0; ++event) {
        if (superseded(*event) && !ctl.json)
            continue;
        --left;
        all.append(event->toJson());
        text += u"%1  %2  %3 %4  %5  %6%7\n"_s.arg(timeOf(event->atMs), event->kind.leftJustified(8), directionText(event->direction).leftJustified(4),
                                                 event->name.leftJustified(48), event->tookMs ? units::duration(*event->tookMs) : u"-"_s, event->who,
                                                 event->message.isEmpty() ? QString() : u"  "_s + units::oneLine(event->message));
    }
    return Answer{{{u"events"_s, all}}, text, ExitCode::Success};
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
    const auto followed = followSum(*read, {QFileInfo(*path).fileName()});
    if (!followed)
        return fail(followed.error());
    return Answer{{{u"file"_s, *path}, {u"sum_follows"_s, *followed}}, *path + u'\n' + sumText(*followed), ExitCode::Success};
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
    verb->add_option("--target", options->target, "A server by its name in targets.json beside the folder; of up: several, by commas");
    verb->add_option("--pass", options->passed, "Another tool's project: a variable of this environment that its program needs")->expected(1);
    const auto add = [&](const char *name, const char *what, auto ours) {
        CLI::App *one = verb->add_subcommand(name, what);
        one->fallthrough();
        const auto action = [ours, word = QString::fromLatin1(name)](Ctl &c, const Options &o) -> Result<Answer> {
            if (auto foreign = foreignAnswer(c, o, word))
                return *std::move(foreign);
            auto answer = ours(c, o);
            if (answer)
                return answer;
            auto foreign = foreignTables(c, o, word, answer.error());
            return foreign ? *std::move(foreign) : std::move(answer);
        };
        one->callback([&ctl, options, action, several = std::string_view(name) == "up"] {
            ctl.choose([options, action, several](Ctl &c) -> Result<Answer> {
                if (options->target.empty() || several)
                    return action(c, *options);
                const auto there = atTarget(c, *options, QString::fromStdString(options->target));
                return there ? action(c, *there) : fail(there.error());
            });
        });
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
    const auto diff = std::make_shared<DiffOptions>();
    const auto diffSandbox = std::make_shared<SandboxOptions>();
    const auto fromDiff = std::make_shared<bool>(false);
    CLI::App *made = add("new", "Make a file with both sections, named by the time", [diff, fromDiff, diffSandbox](Ctl &c, const Options &o) {
        if (o.purpose.empty())
            return Result<Answer>(fail(ErrorKind::Client, u"usage"_s, u"--purpose is required: why it is made"_s));
        return *fromDiff ? newFromDiff(c, o, *diff, *diffSandbox) : make(c, o);
    });
    addSandboxOptions(made, diffSandbox);
    made->add_option_function<std::string>("--from-diff", [diff, fromDiff](const std::string &from) { *fromDiff = true; diff->from = from; },
                                           "From what differs between the files and a database (a profile, a URL; none: the one that the options name) or a schema.sql")
        ->expected(0, 1);
    made->add_option("--rename", diff->renames, "t.a=t.b: it was renamed, and not dropped and made anew");
    made->add_flag("--drops", diff->drops, "What looks like a rename is none");
    made->add_option("name", options->word, "What it does, in a few words")->required();
    made->add_option("--purpose", options->purpose, "Why: the first line of the file; needed but in another tool's project");
    CLI::App *lintVerb = verb->add_subcommand("lint", "What may block, fail or lose data, and the safe way to write it; exit 5 where something stands");
    lintVerb->fallthrough();
    const auto lintOptions = std::make_shared<LintOptions>();
    lintVerb->add_option("files", lintOptions->names, "Names or versions; none: all of the folder");
    lintVerb->add_flag("--connected", lintOptions->connected, "Ask the server for its version and for the size of the tables");
    lintVerb->add_option("--server", lintOptions->major, "The server's major version, where it is not asked")->check(CLI::Range(15, 30))->capture_default_str();
    lintVerb->add_flag("--plain", lintOptions->plain, "As another runner would run it, which sets no timeouts");
    lintVerb->add_flag("--fix", lintOptions->fix, "Rewrite the named files where the safe form is mechanical");
    lintVerb->callback([&ctl, options, lintOptions] {
        ctl.choose([options, lintOptions](Ctl &c) -> Result<Answer> {
            const auto there = options->target.empty() ? Result<Options>(*options) : atTarget(c, *options, QString::fromStdString(options->target));
            if (!there)
                return fail(there.error());
            auto foreign = foreignAnswer(c, *there, u"lint"_s);
            return foreign ? *std::move(foreign) : lintFiles(c, *there, *lintOptions);
        });
    });
    add("status", "Every migration and how it stands", status)->add_flag("--check", options->check, "Exit 9 where some are pending, 4 where some were edited or are missing");
    add("current", "The version that was applied last", current)->add_flag("--check", options->check, "Exit 9 where some are pending");
    add("history", "Who did what, when and how long it took", history)->add_option("--limit", options->limit, "So many lines")->capture_default_str();
    add("verify", "Ask again whether what is applied does what it is for: the scripts in verify/; exit 5 where one does not hold", verifyAll);
    runs(add("resume", "Finish the one that was interrupted, and no more", resume));
    const auto planOptions = std::make_shared<PlanOptions>();
    addPlanOptions(add("plan", "What `up` would run", [planOptions](Ctl &c, const Options &o) { return planUp(c, o, *planOptions); }), planOptions);
    const auto towards = [](CLI::App *one, const std::shared_ptr<Options> &given, const char *what) {
        CLI::Option *count = one->add_option("count", given->count, "So many")->check(CLI::Range(1, 1'000'000));
        one->add_option("--to", given->to, what)->excludes(count);
    };
    CLI::App *upVerb = runs(add("up", "Run what is pending: all, so many, or up to a version", [](Ctl &c, const Options &o) {
        const Upwards wanted{o.count ? o.count : -1, QString::fromStdString(o.to)};
        if (!o.plan.empty() && !o.target.empty())
            return Result<Answer>(fail(ErrorKind::Client, u"usage"_s, u"A plan is of one database: --plan and --target don't go together"_s));
        return o.target.empty() ? goUp(c, o, wanted, false) : upOnTargets(c, o, wanted);
    }));
    towards(upVerb, options, "The last version to run");
    upVerb->add_option("--plan", options->plan, "Only where all is as it was when this plan was made; exit 4 says what differs")->excludes(upVerb->get_option("count"))->excludes(upVerb->get_option("--to"));
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
    addSandboxOptions(add("drift", "What differs between the database and what its migrations make; exit 4 where something does",
                          [diffSandbox](Ctl &c, const Options &o) { return drift(c, o, *diffSandbox); }),
                      diffSandbox);
    add("pin", "Give the profile's database a name in targets.json, and pin it to its cluster", pin)->add_option("name", options->word)->required();
    add("targets", "Every migration and how it stands on each target", targets);
    addRoundTripVerb(verb, ctl, options);
    add("sum", "Write migrations.sum anew, after both branches of a merge were looked at", sum);
}

} // namespace howdah::ctl
