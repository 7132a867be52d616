// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/wizardswap.h"

#include "backup/swapchange.h"
#include "ui/backup/swapvalues.h"
#include "ui/backup/wizardchecks.h"
#include "ui/session/changeplandialog.h"
#include "ui/widgets/stateword.h"
#include "ui/widgets/theme.h"

#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollBar>
#include <QVBoxLayout>

namespace howdah::ui
{

using namespace Qt::StringLiterals;
using namespace howdah::backup;

namespace
{

constexpr int journalHeight = 132;

QString limitsText(const Swap *swap, bool isRunning)
{
    if (isRunning && swap && swap->reached >= SwapStep::Open)
        return u"Everybody is in. Cancel gives up the backup alone; the swap stays."_s;
    if (isRunning)
        return u"Until everybody is let in, Cancel takes all of it back by itself: the stack runs on its data of before. That way back can't be given up."_s;
    return u"From the fence until everybody is let in nobody but the superuser gets to the server. Until then Cancel takes all of it back; a program that is killed midway leaves a journal, from which it is gone on with or taken back."_s;
}

} // namespace

WizardSwap::WizardSwap(WizardModel *model, WizardFlow *flow)
    : m_model(model), m_flow(flow), m_state(new StateWord), m_words(prose()), m_plan(new QPushButton(u"Plan the swap"_s)), m_swap(new QPushButton), m_resume(new QPushButton(u"Go on with it…"_s)),
      m_back(new QPushButton(u"Take it back…"_s)), m_cancel(new QPushButton(u"Cancel"_s)), m_limits(prose({}, "muted")), m_bar(new QProgressBar), m_step(new PlainLabel({}, nullptr, "muted")),
      m_steps(new WizardChecks(u"Steps of the swap"_s)), m_journal(new QPlainTextEdit)
{
    for (QPushButton *button : {m_swap, m_resume, m_back})
        setLook(button, "danger");
    m_bar->setTextVisible(false);
    m_bar->setAccessibleName(u"How far this step of the swap is"_s);
    m_journal->setReadOnly(true);
    m_journal->setTabChangesFocus(true);
    m_journal->setFont(fixedFont());
    m_journal->setFixedHeight(journalHeight);
    m_journal->setAccessibleName(u"Journal of the swap"_s);
    auto *head = new QHBoxLayout;
    head->setSpacing(space::part);
    head->addWidget(m_state, 0, Qt::AlignTop);
    head->addSpacing(space::part);
    head->addWidget(m_words, 1);
    auto *actions = new QHBoxLayout; // of their own row: they name what they do it to
    actions->setSpacing(space::part);
    actions->addStretch(1);
    for (QPushButton *button : {m_plan, m_resume, m_back, m_swap, m_cancel})
        actions->addWidget(button);
    auto *column = pageColumn(this);
    column->addLayout(head);
    column->addWidget(m_limits);
    column->addLayout(actions);
    column->addWidget(m_bar);
    column->addWidget(m_step);
    column->addSpacing(space::part);
    column->addWidget(m_steps, 1);
    column->addWidget(m_journal);
    connect(m_plan, &QPushButton::clicked, this, [this] {
        if (m_model->rehearsal())
            m_flow->planSwap(m_model->rehearsal()->id);
    });
    connect(m_swap, &QPushButton::clicked, this, &WizardSwap::confirmSwap);
    connect(m_resume, &QPushButton::clicked, this, &WizardSwap::confirmResume);
    connect(m_back, &QPushButton::clicked, this, &WizardSwap::confirmBack);
    connect(m_cancel, &QPushButton::clicked, m_flow, &WizardFlow::cancel);
}

// Each is held to what was confirmed, whatever is planned or found meanwhile.
void WizardSwap::confirmSwap()
{
    if (!m_model->swapPlan())
        return;
    const SwapPlan plan = *m_model->swapPlan();
    askChange(this, swapChange(plan, m_flow->context().profile.environment), this, [this, plan](bool accepted) {
        if (accepted)
            m_flow->applySwap(plan);
    });
}

void WizardSwap::confirmResume()
{
    if (!m_model->swap())
        return;
    const Swap swap = *m_model->swap();
    const bool isBack = swap.state == SwapState::RollingBack; // there is no other way on from there
    const session::Environment environment = m_flow->context().profile.environment;
    askChange(this, isBack ? rollbackChange(swap, environment) : resumeChange(swap, environment), this, [this, swap, isBack](bool accepted) {
        if (accepted && isBack)
            m_flow->rollbackSwap(swap);
        else if (accepted)
            m_flow->resumeSwap(swap);
    });
}

void WizardSwap::confirmBack()
{
    if (!m_model->swap())
        return;
    const Swap swap = *m_model->swap();
    askChange(this, rollbackChange(swap, m_flow->context().profile.environment), this, [this, swap](bool accepted) {
        if (accepted)
            m_flow->rollbackSwap(swap);
    });
}

void WizardSwap::showProgress(const ProgressStep &how)
{
    m_bar->setRange(0, how.total > 0 ? 1000 : 0);
    if (how.total > 0)
        m_bar->setValue(int(std::min<qint64>(1000, how.done * 1000 / how.total)));
    m_step->setText(stepText(how));
}

void WizardSwap::showState(bool isRunning)
{
    const Swap *swap = m_model->swap();
    const SwapPlan *plan = m_model->swapPlan();
    if (isRunning) {
        m_state->setState(StateLook::Busy, u"Under way"_s);
        m_words->setText(swap ? u"%1 is in the making"_s.arg(swap->id) : u"The stack and the copy are looked at"_s);
    } else if (swap && swap->state == SwapState::Applied) {
        m_state->setState(StateLook::Ok, u"Done"_s);
        m_words->setText(swapTitle(*swap) + u". The way back is the next step."_s);
    } else if (swap && swap->isUnfinished()) {
        m_state->setState(StateLook::Critical, u"Unfinished"_s);
        m_words->setText(swapTitle(*swap) + u". Nobody else starts the stack until it is gone on with, or taken back."_s);
    } else if (swap) {
        m_state->setState(StateLook::Unknown, swap->state == SwapState::Retired ? u"Closed"_s : u"Taken back"_s);
        m_words->setText(swapTitle(*swap) + (swap->failed.isEmpty() ? QString() : u". "_s + swap->failed));
    } else if (plan) {
        m_state->setState(StateLook::Ok, u"Planned"_s);
        m_words->setText(u"%1 takes the place of the data of the stack %2. Nothing was changed yet."_s.arg(plan->swap.rehearsal, plan->swap.stack));
    } else {
        const bool bad = m_model->rehearsal() && !m_model->rehearsal()->isGood();
        m_state->setState(bad ? StateLook::Critical : StateLook::Unknown, bad ? u"Can't be done"_s : u"Not planned"_s);
        m_words->setText(bad ? u"The rehearsal was not found good, and takes nobody's place. Rehearse again."_s
                             : u"The copy that was rehearsed takes the place of the stack's data, which is put aside and kept. The plan looks at both and changes nothing."_s);
    }
}

void WizardSwap::refresh()
{
    const Swap *swap = m_model->swap();
    const SwapPlan *plan = m_model->swapPlan();
    const bool isRunning = m_model->state(WizardStep::Apply) == WizardModel::State::Running, isReturning = m_model->state(WizardStep::Return) == WizardModel::State::Running;
    const bool isIdle = !isRunning && !isReturning;
    const bool isUnfinished = swap && swap->isUnfinished() && isIdle;
    showState(isRunning);
    m_plan->setVisible(isIdle && !swap);
    m_plan->setText(plan ? u"Plan again"_s : u"Plan the swap"_s);
    setLook(m_plan, plan ? "" : "primary");
    m_plan->setEnabled(!m_flow->isBusy() && m_model->rehearsal() && m_model->rehearsal()->isGood());
    m_swap->setVisible(isIdle && plan && !swap);
    m_swap->setText(plan ? u"Swap the data of %1…"_s.arg(plan->swap.stack) : QString());
    m_swap->setEnabled(!m_flow->isBusy());
    m_resume->setVisible(isUnfinished || (isIdle && swap && swap->state == SwapState::RolledBack));
    m_resume->setText(!swap ? QString() : swap->state == SwapState::RolledBack ? u"Put the copy in once more…"_s : swap->state == SwapState::RollingBack ? u"Go on with the way back…"_s : u"Go on with it…"_s);
    m_resume->setEnabled(!m_flow->isBusy());
    m_back->setVisible(isUnfinished && swap->state == SwapState::Applying);
    m_back->setEnabled(!m_flow->isBusy());
    m_cancel->setVisible(isRunning);
    m_bar->setVisible(isRunning);
    m_step->setVisible(isRunning);
    if (!isRunning) {
        m_bar->setRange(0, 0);
        m_step->clear();
    }
    m_limits->setText(limitsText(swap, isRunning && swap));
    m_limits->setVisible(isIdle ? !swap || swap->isUnfinished() : isRunning && swap);
    const bool hasSteps = swap && swap->state != SwapState::RolledBack && swap->state != SwapState::RollingBack;
    const QString key = u"%1|%2|%3|%4"_s.arg(plan ? plan->swap.id : QString(), swap ? swap->id : QString()).arg(swap ? swap->lines.size() : 0).arg(int(isRunning));
    if (key == m_shown) // what somebody has scrolled to stays
        return;
    m_shown = key;
    m_steps->show(hasSteps ? swapFindings(*swap, isRunning) : plan && !swap ? swapFindings(*plan) : QVector<Finding>());
    m_journal->setVisible(swap && !swap->lines.isEmpty());
    m_journal->setPlainText(swap ? swapJournal(*swap) : QString());
    m_journal->verticalScrollBar()->setValue(m_journal->verticalScrollBar()->maximum());
}

} // namespace howdah::ui
