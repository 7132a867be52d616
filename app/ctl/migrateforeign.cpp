// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/migrateforeign.h"

#include "ctl/migrateplan.h"
#include "ctl/migratetargets.h"
#include "migrations/foreignrun.h"
#include "query/hazards.h"
#include "tool/process.h"

#include <QDateTime>
#include <QDir>
#include <QJsonArray>

#include <algorithm>

#include <cstdio>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;
using namespace howdah::migrations;

namespace
{

// Without --folder the project is looked for here: its files lie where its tool has them.
QString placeOf(const MigrateOptions &options)
{
    return options.folder.empty() && qEnvironmentVariableIsEmpty("DBMATE_MIGRATIONS_DIR") ? u"."_s : folderOf(options);
}

struct ForeignStand {
    Target target;
    std::unique_ptr<pg::Connection> connection;
    QVector<ForeignProject> projects;
    const ForeignProject *chosen = nullptr; // whose files are here
};

Result<ForeignStand> standOf(Ctl &ctl, const MigrateOptions &options, Ctl::Link link, bool filesWanted)
{
    auto target = ctl.target();
    if (!target)
        return fail(std::move(target.error()));
    auto connection = connectTo(ctl, options, link);
    if (!connection)
        return fail(std::move(connection.error()));
    if (!options.role.empty() || !options.database.empty()) {
        const auto run = runOptionsOf(options);
        if (!run)
            return fail(run.error());
        if (Done entered = enter(**connection, *run, ctl.cancel()); !entered)
            return fail(std::move(entered.error()));
    }
    auto projects = foreignProjects(placeOf(options), connection->get(), ctl.cancel());
    if (!projects)
        return fail(std::move(projects.error()));
    ForeignStand stand{*std::move(target), *std::move(connection), *std::move(projects), nullptr};
    for (const ForeignProject &one : std::as_const(stand.projects)) {
        if (!one.folder.isEmpty() && (!stand.chosen || (one.canRun && !stand.chosen->canRun)))
            stand.chosen = &one;
    }
    if (filesWanted && !stand.chosen)
        return fail(ErrorKind::Client, u"no_such_folder"_s, u"There is no project in %1"_s.arg(placeOf(options)));
    return stand;
}

QString headline(const ForeignProject &project)
{
    return u"%1 in %2\n"_s.arg(project.tool, project.place);
}

QString problemsText(const ForeignProject &project)
{
    QString text;
    for (const QString &problem : project.problems)
        text += u"! %1\n"_s.arg(problem);
    return text;
}

Result<Answer> statusOf(const ForeignStand &stand, bool check)
{
    QJsonArray all;
    QString text;
    ExitCode exit = ExitCode::Success;
    for (const ForeignProject &project : stand.projects) {
        all.append(project.toJson());
        text += headline(project) + graphText(project) + problemsText(project);
        if (!project.asked)
            text += u"What is applied is not known\n"_s;
        else if (!project.folder.isEmpty())
            text += u"%1 pending%2\n"_s.arg(project.pending.size()).arg(project.canRun ? QString() : u"; shown and not run: %1"_s.arg(project.runsBy));
        if (check && !project.problems.isEmpty())
            exit = ExitCode::Drift;
        else if (check && exit == ExitCode::Success && !project.pending.isEmpty())
            exit = ExitCode::Pending;
    }
    return Answer{{{u"foreign"_s, all}}, text, exit};
}

Result<Answer> currentOf(const ForeignStand &stand, bool check)
{
    const ForeignProject &project = stand.chosen ? *stand.chosen : stand.projects.constFirst();
    const QJsonValue heads = project.asked ? QJsonValue(QJsonArray::fromStringList(project.heads)) : QJsonValue(QJsonValue::Null);
    QJsonObject json{{u"tool"_s, project.tool},
                     {u"version"_s, project.asked && project.heads.size() == 1 ? QJsonValue(project.heads.constFirst()) : QJsonValue(QJsonValue::Null)},
                     {u"heads"_s, heads},
                     {u"pending"_s, project.asked ? QJsonValue(project.pending.size()) : QJsonValue(QJsonValue::Null)},
                     {u"problems"_s, QJsonArray::fromStringList(project.problems)}};
    const QString text = !project.asked ? u"Not known\n"_s : project.heads.isEmpty() ? u"Nothing is applied\n"_s : project.heads.join(u'\n') + u'\n';
    return Answer{json, text + problemsText(project), check && !project.pending.isEmpty() ? ExitCode::Pending : ExitCode::Success};
}

Result<Answer> historyOf(const ForeignStand &stand, int limit)
{
    QJsonArray events;
    QString text;
    for (const ForeignProject &project : stand.projects) {
        text += headline(project);
        if (project.tool == "alembic"_L1)
            text += u"Alembic keeps where the database stands, and neither when nor who\n"_s;
        int left = limit;
        for (auto one = project.migrations.crbegin(); one != project.migrations.crend() && left-- > 0; ++one) {
            if (!one->applied)
                continue;
            events.append(QJsonObject{{u"tool"_s, project.tool}, {u"version"_s, one->id}, {u"name"_s, one->title}, {u"at_ms"_s, one->appliedMs ? QJsonValue(*one->appliedMs) : QJsonValue(QJsonValue::Null)},
                                      {u"who"_s, one->who.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(one->who)}});
            text += u"%1  %2  %3  %4\n"_s.arg((one->appliedMs ? QDateTime::fromMSecsSinceEpoch(*one->appliedMs).toString(Qt::ISODate) : u"-"_s).leftJustified(19), one->id.leftJustified(32), one->title, one->who);
        }
    }
    return Answer{{{u"events"_s, events}}, text, ExitCode::Success};
}

// ---- what it would run

struct Looked {
    QVector<ForeignScript> scripts;
    std::optional<Error> error; // why there is no SQL
    QJsonArray findings;
    QString text;
    int standing = 0;
    bool concurrently = false;
};

Result<ForeignAccess> accessOf(Ctl &ctl, const MigrateOptions &options, const ForeignStand &stand)
{
    const auto run = runOptionsOf(options);
    if (!run)
        return fail(run.error());
    auto prepared = ctl.prepared(stand.connection->spec().role);
    if (!prepared)
        return fail(std::move(prepared.error()));
    ForeignAccess access;
    access.spec = stand.connection->spec();
    access.spec.database = stand.connection->facts().database;
    access.via = prepared->via;
    access.secret = std::move(prepared->secret);
    access.role = run->role;
    access.lockTimeoutMs = run->lockTimeoutMs;
    access.statementTimeoutMs = run->statementTimeoutMs;
    for (const std::string &name : options.passed)
        access.passed << QString::fromStdString(name);
    return access;
}

Looked look(Ctl &ctl, const ForeignStand &stand, const ForeignWanted &wanted, const ForeignAccess &access)
{
    Looked looked;
    auto scripts = foreignScripts(*stand.chosen, wanted, access, ctl.cancel());
    if (!scripts) {
        looked.error = scripts.error();
        return looked;
    }
    looked.scripts = *std::move(scripts);
    QVector<const File *> files;
    for (const ForeignScript &script : std::as_const(looked.scripts)) {
        files << &script.file;
        looked.concurrently = looked.concurrently || script.file.text.toUpper().contains("CONCURRENTLY");
    }
    LintFacts facts;
    if (auto read = readLintFacts(*stand.connection, files, ctl.cancel()))
        facts = *std::move(read);
    facts.runnerSetsTimeouts = true; // by PGOPTIONS
    for (const ForeignScript &script : std::as_const(looked.scripts)) {
        for (const Finding &finding : lintForeign(script, facts)) {
            const int line = script.line + int(script.file.text.first(std::min(finding.offset, script.file.text.size())).count('\n'));
            const QString level = finding.level == Level::Error ? u"error"_s : finding.level == Level::Warning ? u"warning"_s : u"note"_s;
            looked.findings.append(QJsonObject{{u"file"_s, script.file.name}, {u"line"_s, line}, {u"hazard"_s, finding.hazard ? QJsonValue(finding.hazard) : QJsonValue(QJsonValue::Null)}, {u"rule"_s, finding.rule},
                                               {u"level"_s, level}, {u"lock"_s, finding.lock.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(finding.lock)}, {u"reason"_s, finding.reason}, {u"safe"_s, finding.safe},
                                               {u"waived"_s, finding.waived.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(finding.waived)}});
            looked.text += u"%1: %2: %3 [%4]\n"_s.arg(script.file.name, level, finding.reason, finding.rule) + (finding.safe.isEmpty() ? QString() : u"    safe: %1\n"_s.arg(finding.safe));
            looked.standing += finding.waived.isEmpty() && finding.level != Level::Note ? 1 : 0;
        }
    }
    return looked;
}

session::ChangePlan planOf(const ForeignStand &stand, const ForeignWanted &wanted, const Looked &looked, const QStringList &arguments)
{
    const ForeignProject &project = *stand.chosen;
    tool::Command command;
    command.program = project.runsBy;
    command.arguments = arguments;
    session::ChangePlan plan = planOf(stand.target, *stand.connection, QVector<Wanted>(), u"%1 (%2 in %3)"_s.arg(tool::commandLine(command), project.tool, project.folder));
    plan.undo = wanted.down ? u"howdahctl migrate up"_s : u"howdahctl migrate down, where they have a way back"_s;
    session::ChangeStep run;
    run.title = tool::commandLine(command);
    run.text = run.title.toUtf8();
    run.isCommand = true;
    if (looked.error)
        run.blocks = u"its SQL could not be had beforehand: %1"_s.arg(looked.error->message);
    plan.steps.append(run);
    for (const ForeignScript &script : looked.scripts) {
        session::ChangeStep step;
        step.title = u"%1%2"_s.arg(script.file.name, script.file.up.transaction ? QString() : u" (without a transaction)"_s);
        step.text = script.file.text;
        for (const query::Piece &piece : script.file.up.statements)
            plan.hazards += query::hazardsOf(piece.text);
        step.blocks = blocksOf(script.file, Direction::Up);
        plan.steps.append(step);
    }
    return plan;
}

Result<Answer> planned(Ctl &ctl, const ForeignStand &stand, const ForeignWanted &wanted, const ForeignAccess &access, bool lintOnly)
{
    const ForeignProject &project = *stand.chosen;
    QJsonObject json{{u"tool"_s, project.tool}, {u"pending"_s, QJsonArray::fromStringList(project.pending)}, {u"problems"_s, QJsonArray::fromStringList(project.problems)}, {u"runs_by"_s, project.runsBy}};
    if (!project.canRun && !lintOnly)
        return Answer{json, headline(project) + problemsText(project) + u"Pending: %1\nIt is shown and not run: %2\n"_s.arg(project.pending.isEmpty() ? u"nothing"_s : project.pending.join(u", "_s), project.runsBy), ExitCode::Success};
    const auto arguments = foreignArguments(project, wanted, access.spec);
    if (!arguments)
        return fail(arguments.error());
    const Looked looked = look(ctl, stand, wanted, access);
    if (lintOnly && looked.error)
        return fail(*looked.error);
    const session::ChangePlan plan = planOf(stand, wanted, looked, *arguments);
    QJsonArray steps;
    for (const session::ChangeStep &step : plan.steps)
        steps.append(QJsonObject{{u"title"_s, step.title}, {step.isCommand ? u"command"_s : u"sql"_s, session::masked(QString::fromUtf8(step.text))}, {u"blocks"_s, step.blocks}});
    json.insert(u"server"_s, plan.server);
    json.insert(u"role"_s, plan.role);
    json.insert(u"steps"_s, steps);
    json.insert(u"findings"_s, looked.findings);
    json.insert(u"standing"_s, looked.standing);
    json.insert(u"sql_error"_s, looked.error ? QJsonValue(looked.error->toJson()) : QJsonValue(QJsonValue::Null));
    const QString end = u"%1 findings, %2 that are no notes\n"_s.arg(looked.findings.size()).arg(looked.standing);
    return Answer{json, (lintOnly ? headline(project) : planText(plan) + u'\n' + problemsText(project)) + looked.text + end, lintOnly && looked.standing ? ExitCode::Findings : ExitCode::Success};
}

void sayLine(const QByteArray &line)
{
    std::fprintf(stderr, "  %s\n", line.constData());
}

ForeignOptions optionsFor(const MigrateOptions &options, const ForeignProject *planned)
{
    ForeignOptions foreign;
    foreign.otherRunnerMs = options.waitSeconds * 1000;
    foreign.systemIdentifier = QString::fromStdString(options.cluster);
    if (planned)
        foreign.planned = planned->pending;
    foreign.onLine = [](const QByteArray &line) { sayLine(session::masked(QString::fromUtf8(line)).toUtf8()); };
    return foreign;
}

Result<Answer> goes(Ctl &ctl, const MigrateOptions &options, const ForeignStand &stand, const ForeignWanted &wanted, ForeignAccess access)
{
    const ForeignProject &project = *stand.chosen;
    const auto arguments = foreignArguments(project, wanted, access.spec);
    if (!arguments)
        return fail(arguments.error());
    if (!project.asked)
        return fail(ErrorKind::Permission, u"not_read"_s, project.problems.value(0));
    if (wanted.down ? project.heads.isEmpty() : project.pending.isEmpty() && wanted.to.isEmpty())
        return Answer{{{u"tool"_s, project.tool}, {u"done"_s, QJsonArray()}}, u"Nothing was to be done\n"_s, ExitCode::Success};
    const Looked looked = look(ctl, stand, wanted, access);
    std::fputs(qPrintable(looked.text), stderr);
    if (looked.concurrently)
        access.lockTimeoutMs = 0;
    ForeignRun ran;
    const auto run = runPlan(ctl, planOf(stand, wanted, looked, *arguments), QString::fromStdString(options.confirm), [&] {
        ran = runForeign(project, wanted, *stand.connection, access, optionsFor(options, &project), ctl.cancel());
        Run done;
        for (const QString &id : std::as_const(ran.done))
            done.done.append({id, id, wanted.down ? Direction::Down : Direction::Up, 0, 1, false});
        done.error = ran.error;
        return done;
    });
    auto answer = answerOf(run);
    if (!answer)
        return answer;
    QJsonArray ids;
    QString text;
    for (const QString &id : std::as_const(ran.done)) {
        ids.append(QJsonObject{{u"version"_s, id}, {u"name"_s, ran.after.find(id) ? ran.after.find(id)->title : QString()}, {u"direction"_s, directionText(wanted.down ? Direction::Down : Direction::Up)}});
        text += u"%1  %2\n"_s.arg(wanted.down ? u"down"_s : u"up"_s, id);
    }
    answer->json.insert(u"done"_s, ids);
    answer->json.insert(u"tool"_s, project.tool);
    answer->json.insert(u"command"_s, ran.commandLine);
    answer->json.insert(u"heads"_s, ran.known && ran.after.asked ? QJsonValue(QJsonArray::fromStringList(ran.after.heads)) : QJsonValue(QJsonValue::Null));
    answer->json.insert(u"findings"_s, looked.findings);
    answer->text = text + (run->error ? run->error->text() + u'\n' : ran.done.isEmpty() ? u"Nothing was to be done\n"_s : QString());
    return answer;
}

Result<Answer> makes(Ctl &ctl, const MigrateOptions &options, const ForeignStand &stand, const ForeignAccess &access)
{
    const auto made = newForeignRevision(*stand.chosen, QString::fromStdString(options.word), *stand.connection, access, optionsFor(options, nullptr), ctl.cancel());
    if (!made)
        return fail(made.error());
    return Answer{{{u"tool"_s, stand.chosen->tool}, {u"file"_s, made->isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(made->constFirst())}, {u"files"_s, QJsonArray::fromStringList(*made)}}, made->join(u'\n') + u'\n', ExitCode::Success};
}

Result<Answer> verifies(Ctl &ctl, const MigrateOptions &options, const ForeignStand &stand, const ForeignAccess &access)
{
    const auto verdict = verifyForeign(*stand.chosen, *stand.connection, access, optionsFor(options, nullptr), ctl.cancel());
    if (!verdict)
        return fail(verdict.error());
    return Answer{{{u"tool"_s, stand.chosen->tool}, {u"holds"_s, verdict->holds}, {u"said"_s, QJsonArray::fromStringList(verdict->said)}}, verdict->holds ? u"What is deployed holds\n"_s : u"It does not hold\n"_s,
                  verdict->holds ? ExitCode::Success : ExitCode::Findings};
}

Result<Answer> answer(Ctl &ctl, const MigrateOptions &options, const QString &verb)
{
    const bool writes = verb == "up"_L1 || verb == "down"_L1 || verb == "new"_L1;
    const bool runs = writes || verb == "plan"_L1 || verb == "lint"_L1 || verb == "verify"_L1;
    auto stand = standOf(ctl, options, writes ? Ctl::Link::Writer : Ctl::Link::Profile, true);
    if (!stand)
        return fail(std::move(stand.error()));
    if (verb == "status"_L1)
        return statusOf(*stand, options.check);
    if (verb == "current"_L1)
        return currentOf(*stand, options.check);
    if (verb == "history"_L1)
        return historyOf(*stand, options.limit);
    const ForeignProject &project = *stand->chosen;
    if (!runs)
        return fail(ErrorKind::Client, u"foreign_project"_s, u"This is a project of %1: `migrate %2` is for migrations of dbmate's format"_s.arg(project.tool, verb), u"Use its own program: %1"_s.arg(project.runsBy));
    const auto access = accessOf(ctl, options, *stand);
    if (!access)
        return fail(access.error());
    if (verb == "verify"_L1)
        return verifies(ctl, options, *stand, *access);
    const ForeignWanted wanted{verb == "down"_L1, QString::fromStdString(options.to), options.count};
    if (verb == "new"_L1)
        return makes(ctl, options, *stand, *access);
    return verb == "up"_L1 || verb == "down"_L1 ? goes(ctl, options, *stand, wanted, *access) : planned(ctl, *stand, wanted, *access, verb == "lint"_L1);
}

} // namespace

std::optional<Result<Answer>> foreignAnswer(Ctl &ctl, const MigrateOptions &options, const QString &verb)
{
    if (verb == "targets"_L1 || verb == "pin"_L1 || hasMigrations(folderOf(options)))
        return std::nullopt;
    const auto found = foreignProjects(placeOf(options), nullptr, ctl.cancel());
    if (!found || found->isEmpty())
        return std::nullopt;
    if (options.target.empty() || verb != "up"_L1)
        return answer(ctl, options, verb);
    if (options.target.find(',') != std::string::npos)
        return fail(ErrorKind::Client, u"usage"_s, u"A project of %1 is run on one target at a time"_s.arg(found->constFirst().tool));
    const auto there = atTarget(ctl, options, QString::fromStdString(options.target));
    return there ? answer(ctl, *there, verb) : Result<Answer>(fail(there.error()));
}

std::optional<Result<Answer>> foreignTables(Ctl &ctl, const MigrateOptions &options, const QString &verb, const Error &ours)
{
    if ((ours.reason != "no_such_folder"_L1 && ours.reason != "foreign_table"_L1) || (verb != "status"_L1 && verb != "current"_L1 && verb != "history"_L1))
        return std::nullopt;
    auto stand = standOf(ctl, options, Ctl::Link::Profile, false);
    if (!stand || stand->projects.isEmpty())
        return std::nullopt; // then ours is the error to tell
    return verb == "status"_L1 ? statusOf(*stand, options.check) : verb == "current"_L1 ? currentOf(*stand, options.check) : historyOf(*stand, options.limit);
}

} // namespace howdah::ctl
