// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/pitrswap.h"

#include "backup/evidence.h"
#include "backup/rehearsalrecord.h"
#include "backup/swap.h"
#include "backup/swaprunbook.h"
#include "base/paths.h"
#include "base/savefile.h"
#include "ctl/backupstand.h"
#include "ctl/pitrreport.h"
#include "stack/record.h"

#include <QDateTime>
#include <QDir>
#include <QJsonArray>

namespace howdah::ctl
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

namespace
{

SwapOptions optionsOf(const SwapChoice &choice)
{
    SwapOptions options;
    options.backup = choice.backup;
    return options;
}

session::ChangePlan changeOf(const QString &stack, const QString &title, const QStringList &steps, const QString &undo)
{
    session::ChangePlan plan;
    plan.title = title;
    plan.verb = title;
    plan.server = u"the stack %1"_s.arg(stack);
    plan.role = u"postgres"_s;
    plan.transactional = false;
    plan.object = stack;
    for (const QString &step : steps)
        plan.steps.append({step, step.toUtf8(), true, {}, u"the server is out of reach meanwhile"_s});
    plan.undo = undo;
    return plan;
}

QString numbered(const QStringList &steps)
{
    QString text;
    for (qsizetype i = 0; i < steps.size(); ++i)
        text += u"  %1. %2\n"_s.arg(i + 1).arg(steps.at(i));
    return text;
}

Answer pending(QJsonObject json, QString text, const QString &stack)
{
    text += u"Nothing was changed. Say --confirm %1 to do it\n"_s.arg(stack);
    json.insert(u"confirm"_s, stack);
    return {json, text, ExitCode::Pending};
}

Result<Answer> told(const Result<Swap> &swap, const QString &what)
{
    if (!swap)
        return fail(swap.error());
    if (!what.isEmpty())
        noteEvidence(swap->rehearsal, what, swap->text(), swap->toJson());
    return Answer{swap->toJson(), swap->text(), swap->failed.isEmpty() ? ExitCode::Success : ExitCode::Findings};
}

bool isConfirmed(const SwapChoice &choice, const QString &stack)
{
    return QString::fromStdString(choice.confirm) == stack;
}

Result<Answer> resume(Ctl &ctl, const SwapChoice &choice)
{
    const QString id = QString::fromStdString(choice.resume);
    const auto swap = readSwap(id);
    if (!swap)
        return fail(swap.error());
    const QStringList steps{swap->state == SwapState::RolledBack ? u"Put %1 in the place of the data of the stack %2 once more; what was committed there since is kept in %3"_s.arg(swap->newVolume, swap->stack, swap->oldVolume)
                                                                 : u"Go on behind the step: %1"_s.arg(swapStepText(swap->reached))};
    // What was confirmed is what is gone on with; once it was taken back it is a new decision.
    if (choice.planOnly || (swap->state == SwapState::RolledBack && !isConfirmed(choice, swap->stack)))
        return pending(swap->toJson(), swap->text() + numbered(steps), swap->stack);
    return changeInJournal(ctl, changeOf(swap->stack, u"Go on with %1"_s.arg(id), steps, u"howdahctl pitr rollback "_s + id), [&] { return told(resumeSwap(id, optionsOf(choice), ctl.progress(), ctl.cancel()), u"swap"_s); });
}

Result<QString> rehearsalOf(Ctl &ctl, const SwapChoice &choice)
{
    if (!choice.rehearsal.empty())
        return QString::fromStdString(choice.rehearsal);
    const auto standing = standingRehearsals(ctl.cancel());
    if (!standing)
        return fail(standing.error());
    QStringList finished;
    for (const Standing &one : *standing) {
        if (one.rehearsal)
            finished << one.id;
    }
    if (finished.size() != 1)
        return fail(ErrorKind::Client, u"no_such_rehearsal"_s, finished.isEmpty() ? u"No finished rehearsal stands"_s : u"Several rehearsals stand: which?"_s, u"howdahctl pitr status shows them"_s);
    return finished.constFirst();
}

// For a server that is not ours: what is to be done there, as a page. Nothing is run.
Result<Answer> runbook(Ctl &ctl, const SwapChoice &choice, const QString &id)
{
    const auto rehearsal = readRehearsal(id);
    if (!rehearsal)
        return fail(rehearsal.error());
    if (!*rehearsal)
        return fail(ErrorKind::Client, u"no_such_rehearsal"_s, u"There is no finished rehearsal %1"_s.arg(id), u"howdahctl pitr status shows them"_s);
    const auto link = ctl.connect(Ctl::Link::Profile);
    if (!link)
        return fail(link.error());
    const auto facts = readSwapFacts(**link, ctl.cancel());
    if (!facts)
        return fail(facts.error());
    const auto evidence = readEvidence(id);
    const auto page = swapRunbook(*facts, **rehearsal, evidence ? evidence->systemIdentifier : QString());
    if (!page)
        return fail(page.error());
    const QString folder = choice.folder.empty() ? paths::dataDir() + u"/runbooks"_s : QDir(QString::fromStdString(choice.folder)).absolutePath();
    if (!QDir(folder).exists()) {
        if (Done made = paths::makePrivateDir(folder); !made)
            return fail(std::move(made.error()));
    }
    const QString file = folder + u"/swap-%1.md"_s.arg(id);
    if (Done saved = saveFile(file, page->toUtf8()); !saved)
        return fail(std::move(saved.error()));
    return Answer{{{u"runbook"_s, file}, {u"text"_s, *page}, {u"rehearsal"_s, id}, {u"standbys"_s, facts->standbys.size()}, {u"slots"_s, facts->slotList.size()}, {u"subscriptions"_s, facts->subscriptions.size()}},
                  *page + u"\nNothing was run: %1 is no stack of ours. This page is kept in %2\n"_s.arg(facts->address, file), ExitCode::Pending};
}

} // namespace

Result<Answer> swapVerb(Ctl &ctl, const SwapChoice &choice)
{
    if (!choice.resume.empty())
        return resume(ctl, choice);
    const auto target = ctl.target();
    if (!target)
        return fail(target.error());
    const QString stack = target->profile.stack;
    const auto rehearsal = rehearsalOf(ctl, choice);
    if (!rehearsal)
        return fail(rehearsal.error());
    if (stack.isEmpty())
        return runbook(ctl, choice, *rehearsal);
    const auto plan = planSwap(stack, *rehearsal, QDateTime::currentMSecsSinceEpoch(), ctl.cancel());
    if (!plan)
        return fail(plan.error());
    QString text = u"%1: %2 takes the place of the data of the stack %3\n"_s.arg(plan->swap.id, plan->swap.rehearsal, stack) + numbered(plan->texts());
    for (const QString &note : plan->notes)
        text += u"! %1\n"_s.arg(note);
    QJsonObject json = plan->swap.toJson();
    json.insert(u"steps"_s, QJsonArray::fromStringList(plan->texts()));
    json.insert(u"notes"_s, QJsonArray::fromStringList(plan->notes));
    if (choice.planOnly || !isConfirmed(choice, stack))
        return pending(json, text, stack);
    session::ChangePlan change = changeOf(stack, u"Put %1 in the place of the data of the stack %2"_s.arg(plan->swap.rehearsal, stack), plan->texts(), u"howdahctl pitr rollback "_s + plan->swap.id);
    change.environment = target->profile.environment;
    return changeInJournal(ctl, change, [&] { return told(applySwap(*plan, optionsOf(choice), ctl.progress(), ctl.cancel()), u"swap"_s); });
}

namespace
{

// Without an id: the newest that there is a way back from.
Result<Swap> toGoBack(const SwapChoice &choice)
{
    if (!choice.id.empty())
        return readSwap(QString::fromStdString(choice.id));
    const auto all = swaps();
    if (!all)
        return fail(all.error());
    for (auto one = all->crbegin(); one != all->crend(); ++one) {
        if (one->state != SwapState::RolledBack && one->state != SwapState::Retired)
            return *one;
    }
    return fail(ErrorKind::Client, u"no_such_swap"_s, u"There is no swap to be taken back"_s, u"howdahctl pitr status lists them"_s);
}

Result<Answer> rollback(Ctl &ctl, const SwapChoice &choice)
{
    const auto swap = toGoBack(choice);
    if (!swap)
        return fail(swap.error());
    const QStringList steps{u"Fence the stack %1 off and archive its last WAL, where it runs on %2"_s.arg(swap->stack, swap->newVolume), u"Stop the server; %1 is kept, with all that was committed in it"_s.arg(swap->newVolume),
                            u"Start it on %1, with the network as before, and prove that it is timeline %2"_s.arg(swap->oldVolume).arg(swap->oldTimeline)};
    if (choice.planOnly || (swap->state == SwapState::Applied && !isConfirmed(choice, swap->stack)))
        return pending(swap->toJson(), swap->text() + numbered(steps), swap->stack);
    return changeInJournal(ctl, changeOf(swap->stack, u"Take %1 back"_s.arg(swap->id), steps, u"howdahctl pitr apply --resume "_s + swap->id), [&] { return told(rollbackSwap(swap->id, optionsOf(choice), ctl.progress(), ctl.cancel()), u"rollback"_s); });
}

Result<Answer> retire(Ctl &ctl, const SwapChoice &choice)
{
    const QString id = QString::fromStdString(choice.id);
    const auto swap = readSwap(id);
    if (!swap)
        return fail(swap.error());
    const QString volume = swap->state == SwapState::Applied ? swap->oldVolume : swap->newVolume;
    const QStringList steps{u"Remove the volume %1, which the stack %2 does not run on"_s.arg(volume, swap->stack)};
    if (choice.planOnly || !isConfirmed(choice, swap->stack))
        return pending(swap->toJson(), swap->text() + numbered(steps) + u"There is no way back then, but by a recovery from the archive\n"_s, swap->stack);
    return changeInJournal(ctl, changeOf(swap->stack, u"Close %1"_s.arg(id), steps, u"there is none"_s), [&] { return told(retireSwap(id, ctl.progress(), ctl.cancel()), {}); });
}

} // namespace

void addSwapVerbs(CLI::App *pitr, Ctl &ctl)
{
    const auto choice = std::make_shared<SwapChoice>();
    const auto verb = [&](const char *name, const char *what, Result<Answer> (*action)(Ctl &, const SwapChoice &)) {
        CLI::App *one = pitr->add_subcommand(name, what);
        one->fallthrough();
        one->add_option("--confirm", choice->confirm, "The stack's name: does it");
        one->add_flag("--plan", choice->planOnly, "Only says what would be done");
        one->callback([&ctl, choice, action] { ctl.choose([choice, action](Ctl &c) { return action(c, *choice); }); });
        return one;
    };
    verb("rollback", "Back to the data of before a swap; the new branch is kept", rollback)->add_option("id", choice->id, "Which; without it the newest");
    verb("retire", "Removes what a swap has put aside, for good", retire)->add_option("id", choice->id, "Which")->required();
}

Done addSwaps(QJsonObject &json, QString &text)
{
    const auto all = swaps();
    if (!all)
        return fail(all.error());
    QJsonArray told;
    for (const Swap &swap : *all) {
        const auto record = stack::readRecord(swap.stack);
        const bool gone = record && !record->exists;
        QJsonObject one = swap.toJson();
        one.insert(u"stack_gone"_s, gone);
        told.append(one);
        if (swap.state != SwapState::Retired && !gone)
            text += swap.text();
    }
    json.insert(u"swaps"_s, told);
    return {};
}

} // namespace howdah::ctl
