// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/changeplan.h"

#include "base/units.h"
#include "pg/quote.h"
#include "session/commit.h"

#include <QElapsedTimer>

namespace howdah::session
{

Guarding guardFor(const ChangePlan &plan)
{
    Guarding guarding = guardFor(plan.environment, plan.hazards, plan.server, true, plan.locked);
    // No statement and no hazard of one: the general words would be of a database.
    if (plan.subject != ChangeSubject::Database && plan.hazards.isEmpty() && !guarding.why.isEmpty())
        guarding.why.replace(QStringLiteral("this changes data or definitions"), plan.subject == ChangeSubject::Files ? QStringLiteral("this writes files, and no row") : QStringLiteral("this changes volumes"));
    // A volume knows no TRUNCATE.
    const auto replaced = std::find_if(plan.hazards.cbegin(), plan.hazards.cend(), [](const Hazard &hazard) { return hazard.kind == Hazard::Kind::Truncate; });
    if (plan.subject == ChangeSubject::Volumes && replaced != plan.hazards.cend() && guarding.demand != Demand::Refused)
        guarding.why = QStringLiteral("%1: all data of %2 is replaced").arg(environmentName(plan.environment), replaced->object);
    if (guarding.demand == Demand::Typed && !plan.object.isEmpty())
        guarding.typeThis = plan.object;
    return guarding;
}

static QString paramsText(const pg::Params &params)
{
    QStringList all;
    for (size_t i = 0; i < params.size(); ++i) {
        const auto literal = params[i].value ? pg::quoteLiteral(QString::fromUtf8(*params[i].value)) : Result<QByteArray>(QByteArrayLiteral("NULL"));
        all << QStringLiteral("$%1 = %2").arg(i + 1).arg(literal ? units::oneLine(QString::fromUtf8(*literal)) : QStringLiteral("bytes"));
    }
    return all.join(QStringLiteral(", "));
}

bool isOfCommands(const ChangePlan &plan)
{
    return !plan.steps.isEmpty() && std::all_of(plan.steps.begin(), plan.steps.end(), [](const ChangeStep &step) { return step.isCommand; });
}

QString planAsSql(const ChangePlan &plan)
{
    // What stands in a comment stays on its line: a name with a line break in it would begin a statement.
    const QString mark = isOfCommands(plan) ? QStringLiteral("# ") : QStringLiteral("-- ");
    const auto comment = [&](const QString &text) -> QString { return mark + units::oneLine(text) + QLatin1Char('\n'); };
    QString place = plan.server;
    if (!plan.database.isEmpty())
        place += QStringLiteral(", database ") + plan.database;
    if (!plan.role.isEmpty())
        place += QStringLiteral(", as ") + plan.role;
    QString text = comment(plan.title) + comment(place + QStringLiteral(" (") + environmentName(plan.environment) + QLatin1Char(')'));
    const bool commands = std::any_of(plan.steps.begin(), plan.steps.end(), [](const ChangeStep &step) { return step.isCommand; });
    const bool inTransaction = plan.transactional && !commands;
    if (inTransaction)
        text += QStringLiteral("BEGIN;\n");
    for (const ChangeStep &step : plan.steps) {
        text += comment(step.title);
        QString one = masked(QString::fromUtf8(step.text).trimmed());
        if (one.isEmpty())
            continue; // a note
        if (!step.isCommand && !one.endsWith(QLatin1Char(';')))
            one += one.contains(QStringLiteral("--")) ? QStringLiteral("\n;") : QStringLiteral(";");
        text += one + QLatin1Char('\n');
        if (!step.params.empty())
            text += comment(masked(paramsText(step.params)));
    }
    if (inTransaction)
        text += QStringLiteral("COMMIT;\n");
    if (!plan.undo.isEmpty()) {
        text += comment(QStringLiteral("Undo:"));
        for (const QString &line : masked(plan.undo).split(QLatin1Char('\n')))
            text += comment(line);
    }
    return text;
}

namespace
{

Error atStep(Error error, const ChangePlan &plan, qsizetype number)
{
    const QString title = units::oneLine(plan.steps[number].title);
    // Which step is worth more than what the link was doing.
    error.context = plan.steps.size() == 1 ? title : QStringLiteral("step %1 of %2, %3").arg(number + 1).arg(plan.steps.size()).arg(title);
    return error;
}

QString target(const ChangePlan &plan)
{
    QString text = plan.server;
    if (!plan.database.isEmpty())
        text += QLatin1Char('/') + plan.database;
    if (!plan.role.isEmpty())
        text += QStringLiteral(" as ") + plan.role;
    return text;
}

// Statement by statement; an error leaves the transaction to the caller.
Done runSteps(pg::Connection &connection, const ChangePlan &plan, ChangeOutcome &outcome, const CancelToken &cancel)
{
    if (plan.transactional && plan.lockTimeoutMs > 0) {
        auto limited = connection.runFile(QStringLiteral("session/limit_locks"), {QByteArray(QByteArray::number(plan.lockTimeoutMs) + "ms")}, {}, cancel);
        if (!limited)
            return fail(std::move(limited.error()));
    }
    for (qsizetype i = 0; i < plan.steps.size(); ++i) {
        if (cancel.isCancelled())
            return fail(atStep({ErrorKind::Cancelled, QStringLiteral("cancelled"), QStringLiteral("Cancelled before this step"), {}, {}, {}, {}, 0}, plan, i));
        auto rows = connection.run({plan.steps[i].text, {}}, plan.steps[i].params, {}, cancel);
        if (!rows)
            return fail(atStep(std::move(rows.error()), plan, i));
        outcome.rows += qMax<qint64>(0, rows->affected());
    }
    return {};
}

Result<ChangeOutcome> run(pg::Connection &connection, const ChangePlan &plan, const CancelToken &cancel)
{
    ChangeOutcome outcome;
    QElapsedTimer timer;
    timer.start();
    if (plan.transactional) {
        if (!connection.identity().isKnown())
            (void)connection.readIdentity(cancel); // not known then, which only matters where a COMMIT is to be asked for
        if (auto begun = connection.command("BEGIN"); !begun)
            return fail(std::move(begun.error()).during(plan.title));
    }
    Done done = runSteps(connection, plan, outcome, cancel);
    if (!done) {
        Error error = done.error();
        if (plan.transactional && connection.isAlive()) {
            if (auto undone = connection.command("ROLLBACK"); !undone && connection.isAlive())
                error.detail += QStringLiteral(" And the rollback failed: ") + undone.error().text();
        } else if (!plan.transactional && !connection.isAlive()) {
            // Without a transaction of ours the server may have done it all, and nobody is left to ask.
            outcome.outcomeUnknown = true;
            outcome.durationMs = timer.elapsed();
            outcome.message = QStringLiteral("The link was lost while it ran; whether it took effect is not known: ") + error.text();
            return outcome;
        }
        return fail(std::move(error));
    }
    if (plan.transactional) {
        const auto ticket = noteBeforeCommit(connection, cancel);
        if (auto committed = connection.command("COMMIT"); !committed) {
            if (connection.isAlive())
                return fail(std::move(committed.error()).during(QStringLiteral("commit")));
            const CommitFate fate = ticket ? resolveCommit(connection, *ticket, 20'000, cancel) : CommitFate();
            if (fate.what == CommitFate::What::RolledBack)
                return fail(std::move(committed.error()).during(QStringLiteral("commit (rolled back, as the server says on a new link)")));
            outcome.outcomeUnknown = fate.what == CommitFate::What::Unknown || fate.what == CommitFate::What::InProgress;
            if (outcome.outcomeUnknown)
                outcome.message = QStringLiteral("The link was lost during COMMIT; whether it took effect is %1 (%2)").arg(fateText(fate), committed.error().text());
        }
    }
    outcome.durationMs = timer.elapsed();
    if (!outcome.outcomeUnknown)
        outcome.message = QStringLiteral("%1 in %2").arg(units::count(double(outcome.rows)) + (outcome.rows == 1 ? QStringLiteral(" row") : QStringLiteral(" rows")),
                                                         units::duration(outcome.durationMs));
    return outcome;
}

} // namespace

Result<ChangeOutcome> apply(pg::Connection &connection, const ChangePlan &plan, const JournalSeams &journal, const CancelToken &cancel)
{
    for (const ChangeStep &step : plan.steps) {
        if (step.isCommand)
            return fail(ErrorKind::Client, QStringLiteral("not_sql"), QStringLiteral("A command line is not run on a connection: ") + step.title);
    }
    // Its BEGIN would be a warning, and its COMMIT would commit what is not its own.
    if (connection.transactionState() == pg::TransactionState::Open || connection.transactionState() == pg::TransactionState::Failed)
        return fail(ErrorKind::Client, QStringLiteral("in_transaction"), QStringLiteral("A transaction is open on this link already"), QStringLiteral("Commit or roll it back first."));
    const auto line = journal.begin(target(plan), plan.title, planAsSql(plan), masked(plan.undo));
    if (!line)
        return fail(Error(line.error()).during(QStringLiteral("write the journal")));
    auto outcome = run(connection, plan, cancel);
    if (!outcome)
        journal.end(*line, outcome.error().kind == ErrorKind::Cancelled ? QStringLiteral("cancelled") : QStringLiteral("failed"), masked(outcome.error().text()));
    else
        journal.end(*line, outcome->outcomeUnknown ? QStringLiteral("unknown") : QStringLiteral("done"), outcome->message);
    return outcome;
}

} // namespace howdah::session
