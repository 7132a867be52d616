// SPDX-License-Identifier: GPL-3.0-or-later
#include "trial/trial.h"

#include "trial/workbench.h"

#include <algorithm>

namespace howdah::trial
{

using namespace Qt::StringLiterals;

namespace
{

// Of what stays although it was to go: for the error that ended the trial, or the trial itself.
QStringList putAllBack(Workbench &bench, QVector<RemedyRun> &runs, const pg::Connection &connection, QStringList *notes)
{
    QStringList stays;
    // The last first: statistics may be of what a later one changed.
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
        if (!run->undo.isEmpty()) {
            if (run->remedy.kind == Remedy::Kind::Setting && !connection.isAlive())
                continue; // it went with its session
            const Done back = connection.isAlive() ? bench.putBack(&*run) : Done(fail(connection.lostReason()));
            if (!back) {
                run->stays = true;
                notes->append(u"Not put back: %1"_s.arg(back.error().text()));
            }
        }
        if (run->stays)
            stays.prepend(run->remedy.text);
    }
    return stays;
}

void tellNotes(Trial &trial, const TrialRequest &request)
{
    if (trial.role.isEmpty() && trial.on == Trial::On::Lab)
        trial.notes.append(u"Measured as the lab's superuser: policies of row security, and settings that a role has of its own, are not in it"_s);
    else if (trial.on == Trial::On::Lab)
        trial.notes.append(u"Settings that the role %1 has of its own, but for its search_path, are not in it"_s.arg(trial.role));
    if (trial.before.writes && request.statement.consent)
        trial.notes.append(u"The statement writes: each run was rolled back, and what it wrote is dead rows on the lab until they are vacuumed"_s);
    for (const RemedyRun &run : std::as_const(trial.remedies)) {
        for (const Made &made : run.made) {
            if (made.adopted > 0)
                trial.notes.append(u"%1 has taken in indexes that partitions had before, which would be dropped with it: it stays on the lab"_s.arg(made.name));
            if (made.expressions && trial.on == Trial::On::Lab)
                trial.notes.append(
                    u"%1 is of an expression, of which there are no statistics before ANALYZE %2: try that behind it"_s.arg(made.name, made.relation));
        }
    }
}

} // namespace

Result<QStringList> lastingOf(const TrialRequest &request)
{
    const auto remedies = remediesOf(request.remedies);
    if (!remedies)
        return fail(remedies.error());
    QStringList lasting;
    for (const Remedy &remedy : *remedies) {
        if (!remedy.canBePutBack())
            lasting.append(remedy.text);
    }
    if (request.statement.consent)
        lasting.append(QString::fromLatin1(writtenRuns));
    return lasting;
}

Result<Trial> tryOnLab(pg::Connection &connection, const TrialRequest &request, const Progress &progress, const CancelToken &cancel, QStringList *stays)
{
    auto remedies = remediesOf(request.remedies);
    if (!remedies)
        return fail(std::move(remedies.error()));
    Workbench bench(connection, request);
    if (Done claimed = bench.claim(cancel); !claimed)
        return fail(std::move(claimed.error()));
    if (Done entered = bench.enter(cancel); !entered)
        return fail(std::move(entered.error()));
    explain::Request statement = request.statement;
    statement.mode = explain::Mode::Analyze;
    explain::Request first = statement;
    // EXPLAIN plans for the values that are given: to see what this setting changes, the plan before is the one for any values.
    if (std::any_of(remedies->cbegin(), remedies->cend(), [](const Remedy &one) { return one.forcesCustomPlans(); }))
        first.planFor = explain::PlanFor::Any;

    Trial trial;
    trial.where = request.where;
    trial.role = request.role;
    auto before = bench.measure(first, u"Measure before"_s, progress, cancel);
    // One that was stopped, or failed, did not come as far as to tell.
    const bool wrote = request.statement.consent && (!before || before->writes || before->overMs);
    if (stays && wrote)
        stays->append(QString::fromLatin1(writtenRuns));
    if (!before)
        return fail(std::move(before.error()).during(u"measure the statement before"_s));
    trial.before = *std::move(before);
    std::optional<Error> failed;
    for (const Remedy &remedy : std::as_const(*remedies)) {
        if (progress)
            progress({u"Run the remedy"_s, remedy.text.left(100), trial.remedies.size(), remedies->size(), {}});
        RemedyRun run;
        run.remedy = remedy;
        const Done ran = bench.run(&run, cancel);
        trial.remedies.append(run);
        if (!ran) {
            failed = ran.error();
            break;
        }
    }
    if (!failed) {
        // Both of the same kind: what could not be run before is not run afterwards either, but for what was too slow.
        if (!trial.before.ran && !trial.before.overMs)
            statement.mode = explain::Mode::Plan;
        auto after = bench.measure(statement, u"Measure after"_s, progress, cancel);
        if (after)
            trial.after = *std::move(after);
        else
            failed = std::move(after.error()).during(u"measure the statement after"_s);
    }
    tellUsed(trial.remedies, trial.after.plan);
    trial.stays = putAllBack(bench, trial.remedies, connection, &trial.notes);
    if (wrote)
        trial.stays.append(QString::fromLatin1(writtenRuns));
    if (stays)
        *stays = trial.stays;
    if (failed) {
        if (!trial.stays.isEmpty())
            failed->detail = (QStringList{failed->detail} + QStringList{u"On the lab stays: %1"_s.arg(trial.stays.join(u"; "_s))}).join(u' ').trimmed();
        return fail(*std::move(failed));
    }
    trial.after.reason = trial.after.reason.isEmpty() && !trial.after.ran ? trial.before.reason : trial.after.reason;
    trial.comparison = plan::comparePlans(trial.before.plan, trial.after.plan);
    trial.judgement = judge(trial.before, trial.after);
    tellNotes(trial, request);
    return trial;
}

} // namespace howdah::trial
