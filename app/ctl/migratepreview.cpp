// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/migratepreview.h"

#include "ctl/migraterun.h"
#include "migrations/planfile.h"
#include "migrations/scratchlike.h"

namespace howdah::ctl
{

using namespace Qt::StringLiterals;
using namespace howdah::migrations;

namespace
{

// A copy of the lab's copy of the database: of the schema that it had, brought to today's by what was applied since.
Result<std::unique_ptr<Scratch>> copied(Ctl &ctl, const stack::Sandbox &sandbox, const Stand &stand, const RunOptions &run, QString *basis)
{
    const QString database = stand.connection->facts().database;
    auto scratch = Scratch::make(sandbox.spec(), sandbox.password(), sandbox.isPrivate(), ctl.cancel(), database);
    if (!scratch)
        return fail(std::move(scratch.error()).during(u"copy the database %1 in %2"_s.arg(database, sandbox.where())));
    if (Done entered = (*scratch)->enter(run.searchPath, {}, ctl.cancel()); !entered)
        return fail(std::move(entered.error()));
    const auto then = readLedger((*scratch)->connection(), ctl.cancel());
    if (!then)
        return fail(then.error());
    for (const QString &version : then->versions) {
        if (!stand.ledger.isApplied(version))
            return fail(ErrorKind::Client, u"lab_differs"_s, u"%1 has the migration %2, which %3 has not"_s.arg(sandbox.where(), version, stand.connection->spec().address()), u"Make a lab of the moment that is meant: howdahctl pitr lab create"_s);
    }
    int since = 0;
    for (const File &file : appliedFiles(stand.folder, stand.ledger).files) {
        if (file.isRepeatable() || then->isApplied(file.version))
            continue;
        if (Done done = (*scratch)->apply(file, Direction::Up, ctl.cancel()); !done)
            return fail(std::move(done.error()).during(u"bring the lab's copy to today's schema"_s));
        if (Done settled = (*scratch)->settle(ctl.cancel()); !settled)
            return fail(std::move(settled.error()));
        ++since;
    }
    if (const Applied applied = appliedFiles(stand.folder, stand.ledger); !applied.missing.isEmpty()) {
        for (const QString &version : applied.missing) {
            if (!then->isApplied(version))
                return fail(ErrorKind::Client, u"no_text"_s, u"The migration %1 was applied since the lab's moment, and neither its file nor its text is there"_s.arg(version), u"Make a new lab: howdahctl pitr lab create"_s);
        }
    }
    *basis = u"a copy of %1 as %2 has it, with its own rows and statistics"_s.arg(database, sandbox.where());
    if (since > 0)
        *basis += u"; %1 migrations that were applied since its moment were run on it first"_s.arg(since);
    return scratch;
}

Result<Preview> previewed(Ctl &ctl, Stand &stand, const PlanOptions &plan, const RunOptions &run, const QStringList &versions)
{
    auto facts = readTargetFacts(*stand.connection, ctl.cancel());
    if (!facts)
        return fail(std::move(facts.error()));
    const auto base = baseScript(plan);
    if (!base)
        return fail(base.error());
    const auto sandbox = sandboxFor(ctl, plan, stand.connection.get());
    if (!sandbox)
        return fail(sandbox.error());
    const bool ownRows = labOf(plan).has_value();
    auto scratch = ownRows ? copied(ctl, *sandbox, stand, run, &facts->basis) : Scratch::make(sandbox->spec(), sandbox->password(), sandbox->isPrivate(), ctl.cancel());
    if (!scratch)
        return fail(std::move(scratch.error()));
    LikeOptions same;
    same.base = *base;
    same.searchPath = run.searchPath;
    if (auto prepared = ctl.prepared(stand.connection->spec().role); prepared && !stand.connection->spec().pooler) {
        same.access.emplace();
        same.access->spec = stand.connection->spec();
        same.access->via = prepared->via;
        same.access->secret = std::move(prepared->secret);
        same.access->role = run.role;
    }
    if (!ownRows) {
        const auto like = makeLike(**scratch, *stand.connection, stand.folder, stand.ledger, same, ctl.progress(), ctl.cancel());
        if (!like)
            return fail(like.error());
        facts->basis = like->basis;
        if (!like->left.isEmpty())
            facts->basis += u"; left out of the schema: %1"_s.arg(like->left.join(u"; "_s));
    }
    QVector<Pending> pending;
    for (const QString &version : versions) {
        if (const File *file = stand.folder.find(version))
            pending.append({*file, Direction::Up});
        if (stand.ledger.interrupted(version))
            facts->basis += u"; %1 was interrupted there, and is tried here from its first statement on"_s.arg(version);
    }
    PreviewOptions options;
    options.rows = ownRows ? 0 : plan.rows;
    options.searchPath = run.searchPath;
    auto seen = preview(**scratch, pending, *facts, options, ctl.progress(), ctl.cancel());
    if (!seen)
        return fail(std::move(seen.error()));
    seen->where = sandbox->where();
    if (auto blockers = wouldBlock(*stand.connection, *seen, ctl.cancel())) {
        seen->wouldBlockNow = std::move(blockers->now);
        seen->blockersKnown = blockers->known;
    }
    return seen;
}

} // namespace

void addPlanOptions(CLI::App *verb, const std::shared_ptr<PlanOptions> &options)
{
    verb->add_flag("--preview-locks", options->previewLocks, "Try it in a sandbox with made-up rows: what is locked, read, rewritten and written, and who would stand in the way now");
    verb->add_option("--rows", options->rows, "So many made-up rows in each table")->check(CLI::Range(1, 10'000'000))->capture_default_str();
    verb->add_option("-o,--output", options->output, "Keep the plan in this file, for `up --plan`");
    verb->add_flag("--force", options->force, "Over a file that is there");
    addSandboxOptions(verb, options);
}

Result<Answer> planUp(Ctl &ctl, const MigrateOptions &options, const PlanOptions &plan)
{
    auto answer = goUp(ctl, options, {}, true);
    if (!answer || answer->exit != ExitCode::Success || (!plan.previewLocks && plan.output.empty()))
        return answer;
    const auto run = runOptionsOf(options);
    if (!run)
        return fail(run.error());
    auto stand = standOf(ctl, options, Ctl::Link::Profile);
    if (!stand)
        return fail(std::move(stand.error()));
    const QStringList versions = plannedUp(stand->folder, stand->ledger, {});
    // First, so that it is of the schema that was there before anything was looked at.
    std::optional<PlanFile> kept;
    if (!plan.output.empty()) {
        const auto snapshot = catalog::readSnapshot(*stand->connection, ctl.cancel());
        if (!snapshot)
            return fail(snapshot.error());
        auto made = planFileOf(*stand->connection, stand->folder, versions, *run, *snapshot, ctl.cancel());
        if (!made)
            return fail(std::move(made.error()));
        kept = *std::move(made);
    }
    if (plan.previewLocks) {
        const auto seen = previewed(ctl, *stand, plan, *run, versions);
        if (!seen && seen.error().kind == ErrorKind::Cancelled)
            return fail(seen.error());
        const QString missing = seen ? QString() : seen.error().text();
        answer->json.insert(u"preview"_s, seen ? QJsonValue(seen->toJson()) : QJsonValue(QJsonValue::Null));
        answer->json.insert(u"preview_missing"_s, seen ? QJsonValue(QJsonValue::Null) : QJsonValue(missing));
        answer->text += seen ? u'\n' + seen->text()
                             : u"\nNothing was tried: %1\nWhat is said above of locks is from the words of the statements and the table of locks that was measured on PostgreSQL 18: what DO blocks and functions do, "
                               "which tables are scanned or rewritten and how long it takes is not known.\n"_s.arg(missing);
        if (kept && seen)
            kept->preview = seen->toJson();
        else if (kept)
            kept->previewMissing = missing;
    }
    if (kept) {
        const QString path = QString::fromStdString(plan.output);
        if (Done written = writePlan(path, *kept, plan.force); !written)
            return fail(std::move(written.error()));
        answer->json.insert(u"plan_file"_s, path);
        answer->text += u"\nThe plan is in %1: `howdahctl migrate up --plan %1` runs it, where all is still as it is now.\n"_s.arg(path);
    }
    return answer;
}

namespace
{

Done isOfPlan(const PlanFile &plan, const QString &path, pg::Connection &connection, const Folder &folder, const QStringList &pending, const RunOptions &run, const CancelToken &cancel)
{
    const auto differs = planDiffers(plan, connection, folder, pending, run, cancel);
    if (!differs)
        return fail(differs.error());
    if (differs->isEmpty())
        return {};
    return fail(ErrorKind::Client, u"plan_differs"_s, u"The plan %1 of %2 is not of what stands now: %3"_s.arg(path, plan.made.toLocalTime().toString(Qt::ISODate), differs->join(u"; "_s)),
                u"Look at it anew: howdahctl migrate plan --preview-locks -o FILE"_s);
}

} // namespace

Result<std::optional<Answer>> heldToPlan(Ctl &ctl, const std::string &path, Stand &stand, RunOptions &run)
{
    const QString name = QString::fromStdString(path);
    const auto plan = readPlan(name);
    if (!plan)
        return fail(plan.error());
    const QStringList pending = plannedUp(stand.folder, stand.ledger, {});
    const RunOptions asked = run;
    const auto still = [kept = *plan, name, pending, asked, &folder = stand.folder, &ctl](pg::Connection &connection) { return isOfPlan(kept, name, connection, folder, pending, asked, ctl.cancel()); };
    const Done is = still(*stand.connection);
    if (is) {
        run.systemIdentifier = plan->systemIdentifier;
        run.stillSo = still; // and again behind the runners' lock: another run may change the schema before it is had
        return std::optional<Answer>();
    }
    if (is.error().reason != "plan_differs"_L1)
        return fail(is.error());
    auto answer = answerOf(Run{{}, {}, is.error(), {}});
    if (!answer)
        return fail(answer.error());
    return std::optional<Answer>(*std::move(answer));
}

} // namespace howdah::ctl
