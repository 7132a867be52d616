// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/pitrswap.h"

#include "backup/evidence.h"
#include "backup/rehearsalrecord.h"
#include "backup/swapchange.h"
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

// As the window shows them; howdahctl has them in one line each.
QStringList stepsOf(const session::ChangePlan &change)
{
    QStringList texts;
    for (const session::ChangeStep &step : change.steps)
        texts << QString::fromUtf8(step.text);
    return texts;
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

// A swap is named by its own id: no profile need be.
session::Environment environmentOf(Ctl &ctl)
{
    const auto target = ctl.target();
    return target ? target->profile.environment : session::Environment::Production;
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
    const session::ChangePlan change = resumeChange(*swap, environmentOf(ctl));
    // What was confirmed is what is gone on with; once it was taken back it is a new decision.
    if (choice.planOnly || (swap->state == SwapState::RolledBack && !isConfirmed(choice, swap->stack)))
        return pending(swap->toJson(), swap->text() + numbered(stepsOf(change)), swap->stack);
    return changeInJournal(ctl, change, [&] { return told(resumeSwap(id, optionsOf(choice), ctl.progress(), ctl.cancel()), u"swap"_s); });
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
    return changeInJournal(ctl, swapChange(*plan, target->profile.environment), [&] { return told(applySwap(*plan, optionsOf(choice), ctl.progress(), ctl.cancel()), u"swap"_s); });
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
    const session::ChangePlan change = rollbackChange(*swap, environmentOf(ctl));
    if (choice.planOnly || (swap->state == SwapState::Applied && !isConfirmed(choice, swap->stack)))
        return pending(swap->toJson(), swap->text() + numbered(stepsOf(change)), swap->stack);
    return changeInJournal(ctl, change, [&] { return told(rollbackSwap(swap->id, optionsOf(choice), ctl.progress(), ctl.cancel()), u"rollback"_s); });
}

Result<Answer> retire(Ctl &ctl, const SwapChoice &choice)
{
    const QString id = QString::fromStdString(choice.id);
    const auto swap = readSwap(id);
    if (!swap)
        return fail(swap.error());
    const session::ChangePlan change = retireChange(*swap, environmentOf(ctl));
    if (choice.planOnly || !isConfirmed(choice, swap->stack))
        return pending(swap->toJson(), swap->text() + numbered(stepsOf(change)) + u"There is no way back then, but by a recovery from the archive\n"_s, swap->stack);
    return changeInJournal(ctl, change, [&] { return told(retireSwap(id, ctl.progress(), ctl.cancel()), {}); });
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
