// SPDX-License-Identifier: GPL-3.0-or-later
// What needs live and the copy at once: compared, planned, written.
#include "ui/backup/wizardflow.h"

#include "base/units.h"
#include "stack/socketbridge.h"
#include "ui/shell/jobmodel.h"

#include <QDateTime>

#include <algorithm>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

namespace
{

bool isHidden(const Comparison &seen)
{
    return std::any_of(seen.tables.cbegin(), seen.tables.cend(), [](const TableComparison &table) { return table.state == TableComparison::State::NotPermitted; });
}

// Where it can't be kept the report lacks it: what was done stands all the same.
void note(const QString &rehearsal, const QString &what, const QString &words, const QJsonObject &facts)
{
    std::ignore = addEvidence(rehearsal, {QDateTime::currentMSecsSinceEpoch(), what, words, facts});
}

// Whose rows they are and what is in them is nobody's but who looks at them now.
void keepFigures(const QString &rehearsal, Comparison seen)
{
    for (TableComparison &table : seen.tables)
        table.examples.clear();
    note(rehearsal, u"compare"_s, seen.text(), seen.toJson());
}

} // namespace

// Live on its own link's thread, the copy opened beside it there.
template<typename T>
void WizardFlow::runOnBoth(WizardStep step, const QString &title, const QString &what, const Rehearsal &copy, std::function<Result<T>(pg::Connection &, pg::Connection &, const Progress &, const CancelToken &)> service,
                           std::function<Result<QString>(const T &)> words, std::function<void(const T &)> then, const session::ChangePlan *change)
{
    if (!m_context.jobs || !begin(step))
        return;
    session::JobSpec spec;
    spec.title = title;
    spec.target = change ? u"%1 / %2"_s.arg(change->server, change->database) : m_context.profile.spec.address();
    spec.commands = change ? session::planAsSql(*change) : QString();
    spec.undo = change ? change->undo : QString();
    const auto kept = std::make_shared<Result<T>>(fail(ErrorKind::Cancelled, u"cancelled"_s, u"Given up"_s));
    const auto task = [service, words, kept, copySpec = copy.spec(database())](pg::Connection &link, const Progress &progress, const CancelToken &cancel) -> Result<QString> {
        auto other = pg::Connection::open(copySpec, {}, cancel);
        if (!other) {
            *kept = fail(Error(other.error()).during(u"connect to the rehearsed copy"_s));
            return fail(kept->error());
        }
        *kept = service(link, **other, progress, cancel);
        return *kept ? words(**kept) : fail(kept->error());
    };
    m_job = m_context.jobs->start(spec, [task, link = QPointer(live())](const Progress &progress, const CancelToken &cancel) -> QFuture<Result<QString>> {
        if (!link)
            return QtFuture::makeReadyFuture(Result<QString>(fail(ErrorKind::Connection, u"no_link"_s, u"There is no link to the server"_s)));
        return link->run([task, progress](pg::Connection &connection, const CancelToken &token) { return task(connection, progress, token); }, cancel);
    });
    connect(m_job, &session::Job::progressed, this, [this, step](const ProgressStep &how) { emit progressed(step, how); });
    connect(m_job, &session::Job::finished, this, [this, step, what, kept, then, job = m_job] {
        if (!*kept)
            return end(step, what, job && job->state() == session::Job::State::Failed ? job->error() : kept->error());
        m_busy = false;
        then(**kept);
    });
}

void WizardFlow::compare(const Rehearsal &copy)
{
    runOnBoth<Comparison>(
        WizardStep::Compare, u"Compare live with %1"_s.arg(copy.id), u"Live and the copy could not be compared"_s, copy,
        [stack = m_context.profile.stack, id = copy.id](pg::Connection &link, pg::Connection &other, const Progress &progress, const CancelToken &cancel) {
            CompareChoice choice;
            choice.examples = 200;
            auto seen = backup::compare(link, other, choice, progress, cancel);
            // What its role may not read on our own stack its superuser may.
            if (seen && isHidden(*seen) && !stack.isEmpty()) {
                const auto superuser = stack::openAsSuperuser(stack, link.facts().database, true, cancel);
                if (superuser)
                    seen = backup::compare(*superuser->link, other, choice, progress, cancel);
                else if (superuser.error().reason != "no_docker_stack"_L1)
                    return Result<Comparison>(fail(superuser.error()));
            }
            if (seen)
                keepFigures(id, *seen);
            return seen;
        },
        [](const Comparison &seen) -> Result<QString> { return u"%1 tables compared in %2: %3"_s.arg(seen.tables.size()).arg(units::duration(seen.tookMs), seen.answer() == Comparison::Answer::Equal ? u"equal"_s : seen.answer() == Comparison::Answer::Different ? u"they differ"_s : u"equal as far as it was compared"_s); },
        [this, id = copy.id](const Comparison &seen) { emit compared(seen, id); });
}

void WizardFlow::planRescue(const Rehearsal &copy, RescueChoice choice)
{
    const session::Profile &profile = m_context.profile;
    choice.server = profile.name.isEmpty() ? profile.spec.address() : u"%1 on %2"_s.arg(profile.name, profile.spec.address());
    choice.environment = profile.environment;
    const auto bySuperuser = std::make_shared<bool>(false);
    runOnBoth<RescuePlan>(
        WizardStep::Apply, u"Plan what comes back from %1"_s.arg(copy.id), u"It could not be planned"_s, copy,
        [choice, stack = profile.stack, bySuperuser](pg::Connection &link, pg::Connection &other, const Progress &progress, const CancelToken &cancel) {
            auto plan = backup::planRescue(link, other, choice, progress, cancel);
            const bool lacks = plan ? plan->lacksRightsAlone() : plan.error().kind == ErrorKind::Permission;
            if (!lacks || stack.isEmpty())
                return plan;
            const QString why = plan ? plan->lacking.join(u"; "_s) : plan.error().message;
            const auto superuser = stack::openAsSuperuser(stack, link.facts().database, false, cancel);
            if (!superuser)
                return superuser.error().reason == "no_docker_stack"_L1 ? plan : Result<RescuePlan>(fail(superuser.error()));
            RescueChoice through = choice;
            through.server += u", through its container's socket"_s;
            plan = backup::planRescue(*superuser->link, other, through, progress, cancel);
            if (plan) {
                plan->notes.prepend(u"by the stack's superuser (%1), through its container's socket, since %2"_s.arg(superuser->link->facts().role, why));
                *bySuperuser = true;
            }
            return plan;
        },
        [](const RescuePlan &plan) -> Result<QString> { return plan.isGood() ? u"%1 rows planned, nothing written"_s.arg(plan.rows()) : u"it can't be done so; nothing was written"_s; },
        [this, bySuperuser](const RescuePlan &plan) {
            m_bySuperuser = *bySuperuser;
            emit rescuePlanned(plan);
        });
}

void WizardFlow::rescue(const Rehearsal &copy, const RescuePlan &plan)
{
    runOnBoth<RescueOutcome>(
        WizardStep::Apply, plan.change.title, u"Nothing was brought back"_s, copy,
        [plan, id = copy.id, stack = m_bySuperuser ? m_context.profile.stack : QString()](pg::Connection &link, pg::Connection &other, const Progress &progress, const CancelToken &cancel) {
            Result<RescueOutcome> outcome = RescueOutcome();
            if (stack.isEmpty()) {
                outcome = backup::rescue(link, other, plan, progress, cancel);
            } else {
                const auto superuser = stack::openAsSuperuser(stack, link.facts().database, false, cancel);
                outcome = superuser ? backup::rescue(*superuser->link, other, plan, progress, cancel) : Result<RescueOutcome>(fail(superuser.error()));
            }
            if (outcome)
                note(id, u"rescue"_s, plan.text() + outcome->message, {{u"plan"_s, plan.toJson()}, {u"outcome"_s, outcome->toJson()}});
            return outcome;
        },
        [](const RescueOutcome &outcome) -> Result<QString> {
            if (outcome.outcomeUnknown)
                return fail(ErrorKind::Connection, u"outcome_unknown"_s, outcome.message);
            return outcome.message;
        },
        [this](const RescueOutcome &outcome) { emit rescued(outcome); }, &plan.change);
}

} // namespace howdah::ui
