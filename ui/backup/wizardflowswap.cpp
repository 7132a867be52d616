// SPDX-License-Identifier: GPL-3.0-or-later
// The copy in the place of a stack's data, and the way back; for other servers the page of the same steps.
#include "ui/backup/wizardflow.h"

#include "backup/swapchange.h"
#include "backup/swaprunbook.h"
#include "base/async.h"
#include "stack/record.h"
#include "ui/shell/jobmodel.h"

#include <QDateTime>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

void WizardFlow::readSwaps()
{
    struct Read {
        QString stack;
        QVector<Swap> swaps;
    };
    const auto service = [name = m_context.profile.stack]() -> Result<Read> {
        if (name.isEmpty())
            return Read();
        const auto record = stack::readRecord(name);
        if (!record)
            return fail(record.error());
        if (!record->exists || record->backend != stack::Backend::Docker)
            return Read();
        auto all = swaps();
        if (!all)
            return fail(std::move(all.error()));
        Read read{name, {}};
        for (const Swap &one : std::as_const(*all)) {
            if (one.stack == name)
                read.swaps << one;
        }
        return read;
    };
    async::onFinished(m_copies.run(service), this, [this](const Result<Read> &read) {
        if (read)
            emit swapsRead(read->stack, read->swaps);
        else
            emit failed(WizardStep::Apply, u"What was swapped on this stack could not be read"_s, read.error());
    });
}

void WizardFlow::planSwap(const QString &rehearsal)
{
    if (!begin(WizardStep::Apply))
        return;
    const auto service = [stack = m_context.profile.stack, rehearsal, nowMs = m_context.clock->wallMs(), cancel = m_cancel] { return backup::planSwap(stack, rehearsal, nowMs, cancel); };
    async::onFinished(m_copies.run(service), this, [this](const Result<SwapPlan> &plan) {
        if (!plan)
            return end(WizardStep::Apply, u"The swap can't be done so; nothing was changed"_s, plan.error());
        m_busy = false;
        emit swapPlanned(*plan);
    });
}

void WizardFlow::runSwap(WizardStep step, const session::ChangePlan &change, const QString &what, const Swap &swap, bool mayBeCancelled,
                         std::function<Result<Swap>(const SwapOptions &, const Progress &, const CancelToken &)> service)
{
    if (!m_context.jobs || !begin(step))
        return;
    forgetPlace(); // neither its tools nor a link of ours are in the way
    session::JobSpec spec;
    spec.title = change.title;
    spec.target = change.server;
    spec.commands = session::planAsSql(change);
    spec.undo = change.undo;
    spec.canBeCancelled = mayBeCancelled; // a way back that is given up midway would leave nobody let in
    const auto made = std::make_shared<Result<Swap>>(fail(ErrorKind::Cancelled, u"cancelled"_s, u"Given up"_s));
    m_job = m_context.jobs->start(spec, m_copies, [service, made, swap, step, sink = lineSink()](const Progress &progress, const CancelToken &cancel) -> Result<QString> {
        SwapOptions options;
        options.written = sink;
        *made = service(options, progress, cancel);
        if (!*made) {
            if (const auto now = readSwap(swap.id)) // as it was left
                sink(*now);
            return fail(made->error());
        }
        // Where it can't be kept the report lacks it: what was done stands all the same.
        std::ignore = addEvidence(swap.rehearsal, {QDateTime::currentMSecsSinceEpoch(), (*made)->state == SwapState::Retired ? u"retire"_s : step == WizardStep::Apply ? u"swap"_s : u"rollback"_s, (*made)->text(), (*made)->toJson()});
        return (*made)->text().simplified();
    });
    connect(m_job, &session::Job::progressed, this, [this, step](const ProgressStep &how) { emit progressed(step, how); });
    connect(m_job, &session::Job::finished, this, [this, step, what, made, job = m_job] {
        forgetPlace();
        if (!*made) {
            end(step, what, job && job->state() == session::Job::State::Failed ? job->error() : made->error());
        } else {
            m_busy = false;
            emit swapEnded(**made);
        }
        read();
    });
}

void WizardFlow::applySwap(const SwapPlan &plan)
{
    runSwap(WizardStep::Apply, swapChange(plan, m_context.profile.environment), u"The swap was not done"_s, plan.swap, true,
            [plan](const SwapOptions &options, const Progress &progress, const CancelToken &cancel) { return backup::applySwap(plan, options, progress, cancel); });
}

void WizardFlow::resumeSwap(const Swap &swap)
{
    runSwap(WizardStep::Apply, resumeChange(swap, m_context.profile.environment), u"The swap was not brought to its end"_s, swap, true,
            [id = swap.id](const SwapOptions &options, const Progress &progress, const CancelToken &cancel) { return backup::resumeSwap(id, options, progress, cancel); });
}

void WizardFlow::rollbackSwap(const Swap &swap)
{
    runSwap(WizardStep::Return, rollbackChange(swap, m_context.profile.environment), u"The swap was not taken back"_s, swap, false,
            [id = swap.id](const SwapOptions &options, const Progress &progress, const CancelToken &cancel) { return backup::rollbackSwap(id, options, progress, cancel); });
}

void WizardFlow::retireSwap(const Swap &swap)
{
    runSwap(WizardStep::Return, retireChange(swap, m_context.profile.environment), u"The volume was not removed"_s, swap, false,
            [id = swap.id](const SwapOptions &, const Progress &progress, const CancelToken &cancel) { return backup::retireSwap(id, progress, cancel); });
}

void WizardFlow::makeRunbook(const Rehearsal &copy)
{
    if (!live() || !begin(WizardStep::Apply))
        return;
    struct Made {
        QString page;
    };
    const auto service = [copy](pg::Connection &connection, const CancelToken &cancel) -> Result<Made> {
        const auto facts = readSwapFacts(connection, cancel);
        if (!facts)
            return fail(facts.error());
        const auto evidence = backup::readEvidence(copy.id);
        auto page = swapRunbook(*facts, copy, evidence ? evidence->systemIdentifier : QString());
        return page ? Result<Made>(Made{*std::move(page)}) : fail(std::move(page.error()));
    };
    async::onFinished(live()->run(service, m_cancel), this, [this](const Result<Made> &made) {
        if (!made)
            return end(WizardStep::Apply, u"The runbook could not be made"_s, made.error());
        m_busy = false;
        emit runbookMade(made->page);
    });
}

} // namespace howdah::ui
