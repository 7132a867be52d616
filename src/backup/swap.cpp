// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/swap.h"

#include "backup/physical.h"
#include "backup/physicalplace.h"
#include "backup/rehearsalrecord.h"
#include "backup/swapcopy.h"
#include "backup/swapserver.h"

#include <QDateTime>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

// The container of the rehearsal, should it stand: its server ends as it wants to, its volume stays.
Done endRehearsal(const stack::DockerEngine &engine, const QString &id, const CancelToken &cancel)
{
    const auto there = tool::run(engine.command({u"inspect"_s, u"--type"_s, u"container"_s, u"--format"_s, u"{{index .Config.Labels \"%1\"}}"_s.arg(rehearsalLabel), id}), cancel);
    if (!there)
        return fail(there.error());
    if (there->exitCode != 0 || there->output.trimmed() != id.toUtf8())
        return {};
    for (const QStringList &words : {QStringList{u"stop"_s, u"--time"_s, u"120"_s, id}, QStringList{u"rm"_s, id}}) {
        if (auto done = tool::runChecked(engine.command(words, 180'000), cancel); !done)
            return fail(stack::dockerError(std::move(done.error())));
    }
    return {};
}

class Swapping
{
public:
    Swapping(Swap swap, stack::DockerStack stack, const SwapOptions &options, const Progress &progress, const CancelToken &cancel)
        : m_swap(std::move(swap)), m_stack(std::move(stack)), m_server(m_stack), m_options(options),
          m_progress([&progress](const ProgressStep &step) {
              if (progress)
                  progress(step);
          }),
          m_cancel(cancel)
    {
    }
    Result<Swap> forward();
    Result<Swap> back();

private:
    Done line(const QString &what);
    Done keepRecord(const QString &volume, bool unfinished);
    SwapStep takenUpBehind(const stack::Container &container) const;
    Result<Swap> takenBack(const Error &why, bool serverWasTouched);
    Done prepare();
    Done fence();
    Done archive();
    Done stop();
    Done putInPlace();
    Done start();
    Done prove();
    Done open();
    Done backup();
    Done letIn(const CancelToken &cancel);
    Done toOld(const CancelToken &cancel);

    Swap m_swap;
    stack::DockerStack m_stack;
    SwapServer m_server;
    const SwapOptions &m_options;
    const Progress m_progress;
    const CancelToken &m_cancel;
};

Done Swapping::line(const QString &what)
{
    m_swap.lines.append({QDateTime::currentMSecsSinceEpoch(), what});
    if (Done written = writeSwap(m_swap); !written)
        return written;
    if (m_options.written)
        m_options.written(m_swap);
    return {};
}

// The stack's data is in `volume` from now on; both are the stack's, and nobody drops them as a rehearsal.
Done Swapping::keepRecord(const QString &volume, bool unfinished)
{
    stack::Record &record = m_stack.record();
    record.dataVolume = volume;
    for (const QString &kept : {m_swap.oldVolume, m_swap.newVolume}) {
        record.keptVolumes.removeAll(kept);
        if (kept != volume)
            record.keptVolumes << kept;
    }
    record.swap = unfinished ? m_swap.id : QString();
    return stack::writeRecord(record);
}

Done Swapping::prepare()
{
    if (Done ended = endRehearsal(m_stack.engine(), m_swap.rehearsal, m_cancel); !ended)
        return ended;
    const auto facts = prepareCopy(m_swap.newVolume, m_swap.image, m_swap.major, m_progress, m_cancel);
    if (!facts)
        return fail(facts.error());
    if (facts->systemIdentifier != m_swap.systemIdentifier || facts->timeline != m_swap.newTimeline)
        return fail(ErrorKind::Client, u"bad_copy"_s, u"The volume %1 holds cluster %2 on timeline %3, and not what was rehearsed"_s.arg(m_swap.newVolume, facts->systemIdentifier).arg(facts->timeline));
    m_swap.newLsn = facts->checkpoint;
    forgetRehearsal(m_swap.rehearsal);
    return {};
}

Done Swapping::fence()
{
    const auto container = m_stack.container(m_cancel);
    if (!container)
        return fail(container.error());
    if (!container->isRunning()) { // it ended meanwhile, of itself or with the machine
        if (Done started = m_server.start(true, m_options.readyMs, m_progress, m_cancel); !started)
            return started;
    }
    const auto now = m_stack.running(m_cancel);
    if (!now)
        return fail(now.error());
    const auto mounted = m_stack.mountedData(*now, m_cancel);
    if (!mounted)
        return fail(mounted.error());
    if (*mounted != m_swap.oldVolume)
        return fail(ErrorKind::Tool, u"other_volume"_s, u"The stack runs on the volume %1, and not on %2"_s.arg(*mounted, m_swap.oldVolume));
    return m_server.fence(m_progress, m_cancel);
}

Done Swapping::archive()
{
    const auto last = m_server.archiveAll(m_options.archiveMs, m_progress, m_cancel);
    if (!last)
        return fail(last.error());
    m_swap.oldLsn = last->lsn;
    m_swap.oldSegment = last->segment;
    return {};
}

Done Swapping::stop()
{
    return m_server.stop(m_progress, m_cancel);
}

Done Swapping::putInPlace()
{
    // The container is what a start of the machine, or of docker, would bring back on the old volume.
    if (Done removed = m_stack.removeContainers(m_progress, m_cancel); !removed)
        return removed;
    return keepRecord(m_swap.newVolume, true);
}

// With the network and the port of always; docker's word for it, since a container may run without.
Done Swapping::letIn(const CancelToken &cancel)
{
    if (Done started = m_server.start(false, m_options.readyMs, m_progress, cancel); !started)
        return started;
    const auto container = m_stack.running(cancel);
    if (!container)
        return fail(container.error());
    if (container->port != m_stack.record().port)
        return fail(ErrorKind::Tool, u"not_published"_s, u"The server runs, and its port %1 is not published"_s.arg(m_stack.record().port));
    return {};
}

Done Swapping::start()
{
    return m_server.start(true, m_options.readyMs, m_progress, m_cancel);
}

Done Swapping::prove()
{
    const auto state = m_server.state(m_cancel);
    if (!state)
        return fail(state.error());
    QString wrong;
    if (state->systemIdentifier != m_swap.systemIdentifier)
        wrong = u"it is the cluster %1"_s.arg(state->systemIdentifier);
    else if (state->inRecovery)
        wrong = u"it is in recovery"_s;
    else if (state->timeline != m_swap.newTimeline)
        wrong = u"it is on timeline %1"_s.arg(state->timeline);
    else if (state->lsn < m_swap.newLsn)
        wrong = u"its WAL ends at %1, before the copy's did (%2)"_s.arg(state->lsn.text(), m_swap.newLsn.text());
    else if (state->databases != m_swap.databases)
        wrong = u"its databases are %1"_s.arg(state->databases.join(u", "_s));
    if (!wrong.isEmpty())
        return fail(ErrorKind::Tool, u"not_the_copy"_s, u"What has started is not the copy: %1"_s.arg(wrong));
    if (Done archived = m_server.awaitArchived(m_options.archiveMs, m_progress, m_cancel); !archived)
        return archived;
    const auto names = m_server.archived(m_cancel);
    if (!names)
        return fail(names.error());
    const QString history = historyName(m_swap.newTimeline);
    if (!names->contains(history))
        return fail(ErrorKind::Tool, u"not_archived"_s, u"The archive has not got %1: no recovery would find the new branch"_s.arg(history));
    return {};
}

Done Swapping::open()
{
    return letIn(m_cancel);
}

Done Swapping::backup()
{
    if (!m_options.backup)
        return {};
    const auto take = [&]() -> Result<Backup> {
        const auto place = openStackPlace(m_swap.stack, m_progress, m_cancel);
        if (!place)
            return fail(place.error());
        if (!place->source)
            return fail(ErrorKind::Tool, u"not_running"_s, u"The stack does not run"_s);
        TakeOptions options;
        options.label = u"the first of timeline %1, after %2"_s.arg(m_swap.newTimeline).arg(m_swap.id);
        const auto plan = planTake(*place->source, *place->repository, options, m_cancel);
        return plan ? backup::take(*place->source, *place->repository, *plan, m_progress, m_cancel) : Result<Backup>(fail(plan.error()));
    };
    const auto taken = take();
    if (taken)
        m_swap.backup = taken->id;
    else
        m_swap.failed = u"The new branch has no backup of its own yet: %1. Take one: howdahctl backup create"_s.arg(taken.error().text());
    return {};
}

// Where an interrupted one is taken up: what the journal says is held against what runs. Before the switch the server is fenced and its WAL archived again,
// unless it stands stopped as it was left; behind it the copy is started again, fenced, until everybody was let in.
SwapStep Swapping::takenUpBehind(const stack::Container &container) const
{
    if (m_swap.reached < SwapStep::Switch)
        return m_swap.reached == SwapStep::Stop && !container.isRunning() ? SwapStep::Stop : SwapStep::None;
    return m_swap.reached < SwapStep::Open ? SwapStep::Switch : m_swap.reached;
}

Result<Swap> Swapping::forward()
{
    const auto container = m_stack.container(m_cancel);
    if (!container)
        return fail(container.error());
    const SwapStep behind = m_swap.state == SwapState::Applying ? takenUpBehind(*container) : SwapStep::None;
    m_swap.state = SwapState::Applying;
    m_swap.reached = behind;
    m_swap.failed.clear();
    if (behind == SwapStep::None) {
        // Before anything else nobody else may start the stack, and the copy is nobody's to drop. The journal first: the record names it.
        Done begun = writeSwap(m_swap);
        if (begun)
            begun = keepRecord(m_swap.oldVolume, true);
        if (!begun)
            return fail(std::move(begun.error()));
    }
    struct Part {
        SwapStep step;
        Done (Swapping::*run)();
    };
    for (const auto &[step, run] : {Part{SwapStep::Prepare, &Swapping::prepare}, Part{SwapStep::Fence, &Swapping::fence}, Part{SwapStep::Archive, &Swapping::archive}, Part{SwapStep::Stop, &Swapping::stop},
                                    Part{SwapStep::Switch, &Swapping::putInPlace}, Part{SwapStep::Start, &Swapping::start}, Part{SwapStep::Prove, &Swapping::prove}, Part{SwapStep::Open, &Swapping::open},
                                    Part{SwapStep::Backup, &Swapping::backup}}) {
        if (step <= behind)
            continue;
        const QString words = swapStepText(step);
        m_progress({words, {}, 0, 0, {}});
        Done done = line(words + u": begun"_s);
        if (done)
            done = (this->*run)();
        if (done) {
            m_swap.reached = step;
            if (step == SwapStep::Backup) {
                m_swap.state = SwapState::Applied;
                done = keepRecord(m_swap.newVolume, false);
            }
        }
        if (done)
            done = line(words + u": done"_s);
        if (!done && step == SwapStep::Backup)
            return fail(Error(done.error()).during(words)); // everybody is in: nothing is taken back
        if (!done)
            return takenBack(Error(done.error()).during(words), step >= SwapStep::Fence);
    }
    return m_swap;
}

// The way back of a swap that failed, or was given up, before everybody was let in.
Result<Swap> Swapping::takenBack(const Error &why, bool serverWasTouched)
{
    m_swap.failed = why.text();
    m_swap.state = SwapState::RollingBack;
    std::ignore = line(u"Failed: "_s + why.text());
    const CancelToken toTheEnd; // a way back that is given up helps nobody
    Done done = serverWasTouched ? toOld(toTheEnd) : Done();
    if (done)
        done = keepRecord(m_swap.oldVolume, false);
    if (!done) {
        Error error = why;
        error.reason = u"swap_unfinished"_s;
        error.message += u". Nor could it be taken back: %1"_s.arg(done.error().text());
        error.hint = u"howdahctl pitr rollback %1 goes on with that"_s.arg(m_swap.id);
        return fail(std::move(error));
    }
    m_swap.state = SwapState::RolledBack;
    m_swap.reached = SwapStep::None;
    std::ignore = line(u"Taken back: the stack runs on %1 as before"_s.arg(m_swap.oldVolume));
    Error error = why;
    error.hint = u"The swap was taken back: the stack runs on %1 as before. howdahctl pitr apply --resume %2 tries again"_s.arg(m_swap.oldVolume, m_swap.id);
    return fail(std::move(error));
}

// Whatever runs is ended, and the old volume's server let everybody in.
Done Swapping::toOld(const CancelToken &cancel)
{
    if (Done removed = m_stack.removeContainers(m_progress, cancel); !removed)
        return removed;
    if (Done kept = keepRecord(m_swap.oldVolume, true); !kept)
        return kept;
    if (Done started = letIn(cancel); !started)
        return started;
    const auto state = m_server.state(cancel);
    if (!state)
        return fail(state.error());
    if (state->systemIdentifier != m_swap.systemIdentifier || state->timeline != m_swap.oldTimeline || state->lsn < m_swap.oldLsn)
        return fail(ErrorKind::Tool, u"not_the_old"_s, u"What has started on %1 is the cluster %2 on timeline %3 up to %4, and not what was put aside"_s.arg(m_swap.oldVolume, state->systemIdentifier).arg(state->timeline).arg(state->lsn.text()));
    return {};
}

Result<Swap> Swapping::back()
{
    m_swap.state = SwapState::RollingBack;
    const auto failed = [&](Done done) { return fail(Error(done.error()).during(u"go back to %1"_s.arg(m_swap.oldVolume))); };
    if (Done begun = line(u"Go back to %1: begun"_s.arg(m_swap.oldVolume)); !begun)
        return failed(begun);
    // Of the branch that is left nothing is lost either: its volume is kept, and its last WAL archived where its server still answers.
    const auto container = m_stack.container(m_cancel);
    if (!container)
        return fail(container.error());
    if (container->isRunning() && m_stack.record().data() == m_swap.newVolume) {
        Done fenced = m_server.fence(m_progress, m_cancel);
        if (fenced) {
            if (const auto last = m_server.archiveAll(m_options.archiveMs, m_progress, m_cancel); !last)
                fenced = fail(last.error());
        }
        if (m_cancel.isCancelled())
            return fail(ErrorKind::Cancelled, u"cancelled"_s, u"Cancelled"_s, u"howdahctl pitr rollback %1 goes on"_s.arg(m_swap.id));
        if (Done told = line(fenced ? u"The branch that is left is in the archive to its end"_s : u"The end of the branch that is left is in %1 alone: %2"_s.arg(m_swap.newVolume, fenced.error().text())); !told)
            return failed(told);
    }
    if (Done done = toOld(m_cancel); !done)
        return failed(done);
    if (Done told = line(u"The server runs on %1"_s.arg(m_swap.oldVolume)); !told)
        return failed(told);
    if (Done kept = keepRecord(m_swap.oldVolume, false); !kept)
        return failed(kept);
    m_swap.state = SwapState::RolledBack;
    m_swap.reached = SwapStep::None;
    if (Done told = line(u"Go back to %1: done"_s.arg(m_swap.oldVolume)); !told)
        return failed(told);
    return m_swap;
}

// The stack's lock, its record and its engine, for one whose journal stands.
struct Held {
    std::unique_ptr<QLockFile> lock;
    stack::DockerStack stack;
};
Result<Held> hold(const Swap &swap, const CancelToken &cancel)
{
    auto lock = stack::lockStack(swap.stack);
    if (!lock)
        return fail(std::move(lock.error()));
    auto record = stack::readRecord(swap.stack);
    if (!record)
        return fail(std::move(record.error()));
    if (!record->exists)
        return fail(ErrorKind::Client, u"swap_over"_s, u"The stack %1 is gone"_s.arg(swap.stack));
    if (!record->swap.isEmpty() && record->swap != swap.id)
        return fail(ErrorKind::Client, u"swap_unfinished"_s, u"%1 is unfinished"_s.arg(record->swap), u"howdahctl pitr apply --resume %1, or howdahctl pitr rollback %1"_s.arg(record->swap));
    if (record->data() != swap.oldVolume && record->data() != swap.newVolume)
        return fail(ErrorKind::Client, u"swap_over"_s, u"The stack %1 runs on %2 by now, which is neither of the volumes of %3"_s.arg(swap.stack, record->data(), swap.id), u"Take back the swap that came behind it first"_s);
    // A stack that was destroyed and made anew under the same name is another one.
    const QString other = record->data() == swap.oldVolume ? swap.newVolume : swap.oldVolume;
    const bool notBegun = swap.state == SwapState::Applying && swap.reached == SwapStep::None;
    if (!record->keptVolumes.contains(other) && !notBegun)
        return fail(ErrorKind::Client, u"swap_over"_s, u"The stack %1 knows nothing of %2: %3 is of another time"_s.arg(swap.stack, other, swap.id));
    auto found = stack::DockerStack::find(*record, cancel);
    if (!found)
        return fail(std::move(found.error()));
    return Held{*std::move(lock), *std::move(found)};
}

// By its id, as its journal is under the lock.
struct TakenUp {
    Held held;
    Swap swap;
};
Result<TakenUp> takeUp(const QString &id, const CancelToken &cancel)
{
    const auto before = readSwap(id);
    if (!before)
        return fail(before.error());
    auto held = hold(*before, cancel);
    if (!held)
        return fail(std::move(held.error()));
    auto swap = readSwap(id);
    if (!swap)
        return fail(std::move(swap.error()));
    return TakenUp{*std::move(held), *std::move(swap)};
}

} // namespace

Result<Swap> applySwap(const SwapPlan &plan, const SwapOptions &options, const Progress &progress, const CancelToken &cancel)
{
    auto held = hold(plan.swap, cancel);
    if (!held)
        return fail(std::move(held.error()));
    if (held->stack.record().data() != plan.swap.oldVolume || !stack::stackOfVolume(plan.swap.newVolume).isEmpty())
        return fail(ErrorKind::Client, u"swap_over"_s, u"Something has changed since this was planned"_s, u"Look again: howdahctl pitr status"_s);
    return Swapping(plan.swap, std::move(held->stack), options, progress, cancel).forward();
}

Result<Swap> resumeSwap(const QString &id, const SwapOptions &options, const Progress &progress, const CancelToken &cancel)
{
    auto taken = takeUp(id, cancel);
    if (!taken)
        return fail(std::move(taken.error()));
    auto &[held, swap] = *taken;
    if (swap.state == SwapState::Applied || swap.state == SwapState::Retired)
        return fail(ErrorKind::Client, u"swap_over"_s, u"%1 has come to its end already"_s.arg(id));
    if (swap.state == SwapState::RollingBack)
        return fail(ErrorKind::Client, u"swap_over"_s, u"%1 is on its way back"_s.arg(id), u"howdahctl pitr rollback %1 goes on with that"_s.arg(id));
    return Swapping(std::move(swap), std::move(held.stack), options, progress, cancel).forward();
}

Result<Swap> rollbackSwap(const QString &id, const SwapOptions &options, const Progress &progress, const CancelToken &cancel)
{
    auto taken = takeUp(id, cancel);
    if (!taken)
        return fail(std::move(taken.error()));
    auto &[held, swap] = *taken;
    if (swap.state == SwapState::RolledBack || swap.state == SwapState::Retired)
        return fail(ErrorKind::Client, u"swap_over"_s, swap.state == SwapState::Retired ? u"%1 is closed: what it would go back to is removed"_s.arg(id) : u"%1 is taken back already"_s.arg(id));
    return Swapping(std::move(swap), std::move(held.stack), options, progress, cancel).back();
}

Result<Swap> retireSwap(const QString &id, const Progress &progress, const CancelToken &cancel)
{
    auto taken = takeUp(id, cancel);
    if (!taken)
        return fail(std::move(taken.error()));
    auto &[held, swap] = *taken;
    if (swap.isUnfinished())
        return fail(ErrorKind::Client, u"swap_unfinished"_s, u"%1 is unfinished"_s.arg(id), u"howdahctl pitr apply --resume %1, or howdahctl pitr rollback %1"_s.arg(id));
    if (swap.state == SwapState::Retired)
        return fail(ErrorKind::Client, u"swap_over"_s, u"%1 is closed already"_s.arg(id));
    const QString volume = swap.state == SwapState::Applied ? swap.oldVolume : swap.newVolume;
    stack::Record &record = held.stack.record();
    if (record.data() == volume)
        return fail(ErrorKind::Client, u"in_use"_s, u"The stack %1 runs on %2"_s.arg(swap.stack, volume));
    if (progress)
        progress({u"Remove the volume"_s, volume, 0, 0, {}});
    const stack::DockerEngine &engine = held.stack.engine();
    if (Done ended = endRehearsal(engine, swap.rehearsal, cancel); !ended) // it was never stopped where the swap got nowhere
        return fail(std::move(ended.error()));
    forgetRehearsal(swap.rehearsal);
    if (auto removed = tool::runChecked(engine.command({u"volume"_s, u"rm"_s, volume}, 120'000), cancel); !removed) {
        if (const auto there = tool::run(engine.command({u"volume"_s, u"inspect"_s, volume}), cancel); !there || there->exitCode == 0)
            return fail(stack::dockerError(std::move(removed.error())));
    }
    record.keptVolumes.removeAll(volume);
    if (Done kept = stack::writeRecord(record); !kept)
        return fail(std::move(kept.error()));
    swap.state = SwapState::Retired;
    swap.lines.append({QDateTime::currentMSecsSinceEpoch(), u"%1 is removed"_s.arg(volume)});
    if (Done written = writeSwap(swap); !written)
        return fail(std::move(written.error()));
    return swap;
}

} // namespace howdah::backup
