// SPDX-License-Identifier: GPL-3.0-or-later
#include "activity/ending.h"

#include "base/units.h"

#include <QDeadlineTimer>
#include <QThread>

namespace howdah::activity
{

using namespace Qt::StringLiterals;

static tl::unexpected<Error> noSuchBackend(int pid)
{
    return fail(ErrorKind::Client, u"no_such_backend"_s, u"There is no backend %1"_s.arg(pid), u"It may have ended by itself; refresh the list."_s);
}

Result<EndTarget> readEndTarget(pg::Connection &connection, int pid, const CancelToken &cancel)
{
    const auto rows = connection.runFile(u"activity/backend"_s, {pid}, {}, cancel);
    if (!rows)
        return fail(Error(rows.error()).during(u"read backend %1"_s.arg(pid)));
    if (rows->isEmpty())
        return noSuchBackend(pid);
    const auto text = [&](QLatin1StringView column) { return rows->text(0, column); };
    EndTarget target;
    target.pid = pid;
    target.backendStart = text("backend_start"_L1);
    target.queryStart = text("query_start"_L1);
    target.begunUs = rows->integer(0, "begun_us"_L1);
    target.queryBegunUs = rows->integer(0, "query_begun_us"_L1);
    target.type = text("backend_type"_L1);
    target.database = text("database"_L1);
    target.role = text("role"_L1);
    target.application = text("application"_L1);
    target.client = text("client"_L1);
    target.state = text("state"_L1);
    target.query = text("query"_L1);
    target.transactionMs = rows->integer(0, "xact_ms"_L1);
    target.writes = rows->boolean(0, "writes"_L1).value_or(false);
    target.xidAge = rows->integer(0, "xid_age"_L1);
    target.superuser = rows->boolean(0, "superuser"_L1).value_or(false);
    target.maySignal = rows->boolean(0, "may_signal"_L1);
    target.permitted = rows->boolean(0, "permitted"_L1).value_or(false);
    target.wraparound = rows->boolean(0, "wraparound"_L1).value_or(false);
    return target;
}

// What it would take with it, in one sentence.
static QString costOf(End how, const EndTarget &target)
{
    if (!target.permitted)
        return how == End::Cancel ? u"what it runs may not be seen by this role, nor that it is still the same when it is asked; its statement ends with an error"_s
                                  : u"the client loses its connection; its transaction may not be seen by this role and is rolled back if there is one; that it is still the same backend can't be compared"_s;
    const QString age = target.transactionMs ? units::duration(*target.transactionMs) : QString();
    if (how == End::Cancel)
        return target.writes ? u"its statement ends with an error; the transaction of %1 is rolled back, or waits for its client to do so"_s.arg(age)
                             : u"its statement ends with an error"_s;
    if (target.type == "walsender"_L1)
        return u"the standby, the subscriber or the backup that it feeds loses its connection; a base backup is to be begun anew"_s;
    if (target.writes)
        return u"its transaction of %1 is rolled back, and the client loses its connection"_s.arg(age);
    return age.isEmpty() ? u"the client loses its connection; no transaction is open"_s
                         : u"the client loses its connection; its transaction of %1 has changed nothing"_s.arg(age);
}

static Done mayEnd(End how, const EndTarget &target, const QVector<int> &own)
{
    const auto refused = [](const QString &why, const QString &hint) { return fail(ErrorKind::Client, u"must_not_end"_s, why, hint); };
    if (target.wraparound)
        return refused(u"Backend %1 is a vacuum that prevents wraparound"_s.arg(target.pid),
                       u"It would begin again at once; end what stands in its way instead, or let it run."_s);
    if (target.type == "autovacuum worker"_L1 && !target.permitted)
        return refused(u"Backend %1 is an autovacuum worker, and whether it prevents wraparound may not be seen by this role"_s.arg(target.pid),
                       u"To permit it: GRANT pg_read_all_stats to it."_s);
    if (own.contains(target.pid))
        return refused(u"Backend %1 is a link that this Howdah watches the server by"_s.arg(target.pid), u"It is closed with the connection."_s);
    if (target.type == "walsender"_L1 && how == End::Cancel)
        return refused(u"Backend %1 feeds a standby or a backup: it has no statement to cancel"_s.arg(target.pid), {});
    // Its type may not be seen either; but who has a role is no process of the server's own.
    const bool unseen = !target.permitted && !target.role.isEmpty();
    if (!unseen && target.type != "client backend"_L1 && target.type != "autovacuum worker"_L1 && target.type != "parallel worker"_L1
        && target.type != "walsender"_L1)
        return refused(u"Backend %1 is one of the server's own processes (%2)"_s.arg(target.pid).arg(target.type.isEmpty() ? u"not known"_s : target.type),
                       u"Ending it would restart the server or break its work."_s);
    if (target.maySignal && !*target.maySignal)
        return fail(ErrorKind::Permission, u"may_not_signal"_s, u"This role may not signal backend %1 of %2"_s.arg(target.pid).arg(target.role.isEmpty() ? target.type : target.role),
                    target.superuser                          ? u"Only a superuser may end a superuser's session."_s
                    : target.type == "autovacuum worker"_L1 ? u"To permit it: GRANT pg_signal_autovacuum_worker to it (PostgreSQL 18), or do it as a superuser."_s
                                                            : u"To permit it: GRANT pg_signal_backend to it."_s);
    if (how == End::Cancel && target.state.startsWith("idle"_L1))
        return fail(ErrorKind::Client, u"nothing_runs"_s, u"Backend %1 runs no statement (%2)"_s.arg(target.pid).arg(target.state),
                    u"Terminate it to end its transaction."_s);
    return {};
}

// What may not be seen can't be compared either: NULL.
static pg::Params paramsOf(End how, const EndTarget &target)
{
    const auto seen = [](const QString &time) { return time.isEmpty() ? pg::Param() : pg::Param(time); };
    pg::Params params{target.pid, seen(target.backendStart)};
    if (how == End::Cancel)
        params.push_back(seen(target.queryStart));
    return params;
}

Done isTheOneShown(End how, const EndTarget &target, const Backend &shown, qint64 atMs)
{
    // Ages are told to the millisecond.
    constexpr qint64 roundingUs = 3000;
    const bool otherBackend = target.begunUs && shown.backendMs && qAbs(*target.begunUs - (atMs - *shown.backendMs) * 1000) > roundingUs;
    const bool otherStatement = how == End::Cancel && target.queryBegunUs && shown.queryStartUs && *target.queryBegunUs != *shown.queryStartUs;
    if (otherBackend)
        return fail(ErrorKind::Client, u"another"_s, u"Backend %1 is another now than the one that was shown"_s.arg(target.pid), u"The list is read again; look at it once more."_s);
    if (otherStatement)
        return fail(ErrorKind::Client, u"another"_s, u"Backend %1 runs another statement now than the one that was shown"_s.arg(target.pid),
                    u"The list is read again; look at it once more."_s);
    return {};
}

Result<session::ChangePlan> planEnd(End how, const EndTarget &target, const session::Profile &profile, const QVector<int> &own)
{
    if (auto may = mayEnd(how, target, own); !may)
        return fail(std::move(may.error()));
    const bool cancels = how == End::Cancel;
    session::ChangePlan plan;
    plan.title = (cancels ? u"Cancel the statement of backend %1"_s : u"Terminate backend %1"_s).arg(target.pid);
    plan.verb = plan.title;
    plan.server = profile.name.isEmpty() ? profile.spec.address() : u"%1 on %2"_s.arg(profile.name, profile.spec.address());
    plan.database = target.database;
    plan.role = profile.spec.role; // who does it; whose backend it is stands with the hazard
    plan.environment = profile.environment;
    plan.object = QString::number(target.pid);
    plan.hazards = {{session::Hazard::Kind::TerminateBackend, u"backend %1 of %2 (%3)"_s.arg(target.pid).arg(target.role, target.application), 0, 0}};
    session::ChangeStep step;
    step.title = plan.title;
    const auto statement = pg::sqlFile(cancels ? u"activity/cancel"_s : u"activity/terminate"_s, 180000);
    if (!statement)
        return fail(statement.error());
    step.text = statement->text;
    step.params = paramsOf(how, target);
    step.blocks = costOf(how, target);
    if (target.permitted && !target.query.isEmpty())
        step.blocks += (target.state.startsWith("idle"_L1) ? u"; its last statement: %1"_s : u"; it runs: %1"_s).arg(units::oneLine(session::masked(target.query).left(200)));
    plan.steps = {step};
    plan.undo = u"None: what is rolled back is gone."_s;
    plan.transactional = false;
    plan.backupNote = u"Nothing that was committed is touched."_s;
    return plan;
}

// Gone, or running another statement (or none) than the one that was cancelled.
static Result<bool> isOver(pg::Connection &connection, End how, const EndTarget &target, const CancelToken &cancel)
{
    const auto now = readEndTarget(connection, target.pid, cancel);
    if (!now)
        return now.error().reason == "no_such_backend"_L1 ? Result<bool>(true) : Result<bool>(fail(now.error()));
    if (now->backendStart != target.backendStart)
        return true;
    return how == End::Cancel && (now->state.startsWith("idle"_L1) || now->queryStart != target.queryStart);
}

Result<Ended> end(pg::Connection &connection, End how, const EndTarget &target, const CancelToken &cancel)
{
    const QDeadlineTimer deadline(endWaitMs);
    const bool cancels = how == End::Cancel;
    const auto asked = connection.runFile(cancels ? u"activity/cancel"_s : u"activity/terminate"_s, paramsOf(how, target), {}, cancel);
    if (!asked) {
        Error error = asked.error();
        if (error.sqlstate == "42501"_L1) {
            error.kind = ErrorKind::Permission;
            error.reason = u"may_not_signal"_s;
        }
        return fail(std::move(error).during(u"end backend %1"_s.arg(target.pid)));
    }
    if (asked->isEmpty()) {
        const auto now = readEndTarget(connection, target.pid, cancel);
        if (cancels && now && now->backendStart == target.backendStart)
            return fail(ErrorKind::Client, u"statement_over"_s, u"The statement of backend %1 had ended before it could be cancelled"_s.arg(target.pid),
                        u"What it runs now was left alone."_s);
        return noSuchBackend(target.pid);
    }
    Ended ended;
    if (cancels && !target.permitted) {
        ended.message = u"Backend %1 was asked to cancel its statement; whether it did may not be seen by this role"_s.arg(target.pid);
        return ended;
    }
    const QString what = cancels ? u"The statement of backend %1"_s.arg(target.pid) : u"Backend %1"_s.arg(target.pid);
    // From here on it has been asked: what is not seen any more is not known.
    do {
        const auto over = isOver(connection, how, target, cancel);
        if (!over) {
            ended.message = u"%1 was asked to end; whether it did is not known: %2"_s.arg(what, over.error().text());
            return ended;
        }
        ended.confirmed = *over;
        if (!ended.confirmed)
            QThread::msleep(50);
    } while (!ended.confirmed && !deadline.hasExpired() && !cancel.isCancelled());
    ended.message = ended.confirmed      ? u"%1 ended; %2"_s.arg(what, costOf(how, target))
                    : cancel.isCancelled() ? u"%1 was asked to end; nobody waited to see whether it did"_s.arg(what)
                                           : u"%1 was asked to end and has not within %2"_s.arg(what, units::duration(endWaitMs));
    return ended;
}

} // namespace howdah::activity
