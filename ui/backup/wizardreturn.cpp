// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/backup/wizardreturn.h"

#include "backup/swapchange.h"
#include "ui/backup/swapvalues.h"
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

WizardReturn::WizardReturn(WizardModel *model, WizardFlow *flow) : WizardPage(model, flow)
{
    m_rows = rowsPart();
    m_swap = swapPart();
    auto *column = pageColumn(this);
    column->addWidget(m_rows);
    column->addWidget(m_swap, 1);
    column->addStretch(0);
}

QWidget *WizardReturn::rowsPart()
{
    m_undo = prose();
    m_copy = prose();
    m_remove = new QPushButton(u"Remove the copy…"_s);
    auto *part = new QWidget;
    auto *column = pageColumn(part);
    column->addWidget(new PlainLabel(u"What was written to live"_s, nullptr, "title"));
    column->addWidget(m_undo);
    m_copyPart = new QWidget;
    auto *copy = pageColumn(m_copyPart);
    copy->addSpacing(space::group);
    copy->addWidget(new PlainLabel(u"The rehearsed copy"_s, nullptr, "title"));
    copy->addWidget(m_copy);
    copy->addWidget(m_remove, 0, Qt::AlignLeft);
    column->addWidget(m_copyPart);
    column->addStretch(1);
    connect(m_remove, &QPushButton::clicked, this, [this] {
        if (m_model->rehearsal())
            emit removeWanted(m_model->rehearsal()->id);
    });
    return part;
}

QWidget *WizardReturn::swapPart()
{
    m_state = new StateWord;
    m_words = prose();
    m_back = new QPushButton;
    setLook(m_back, "danger");
    m_limits = prose({}, "muted");
    m_bar = new QProgressBar;
    m_bar->setTextVisible(false);
    m_bar->setAccessibleName(u"How far this step of the way back is"_s);
    m_step = new PlainLabel({}, nullptr, "muted");
    m_kept = prose();
    m_retire = new QPushButton;
    setLook(m_retire, "danger");
    m_journal = new QPlainTextEdit;
    m_journal->setReadOnly(true);
    m_journal->setTabChangesFocus(true);
    m_journal->setFont(fixedFont());
    m_journal->setAccessibleName(u"Journal of the swap and the way back"_s);
    auto *part = new QWidget;
    auto *head = new QHBoxLayout;
    head->setSpacing(space::part);
    head->addWidget(m_state, 0, Qt::AlignTop);
    head->addSpacing(space::part);
    head->addWidget(m_words, 1);
    auto *column = pageColumn(part);
    column->addWidget(new PlainLabel(u"Back to the data of before"_s, nullptr, "title"));
    column->addLayout(head);
    column->addWidget(m_limits);
    column->addWidget(m_back, 0, Qt::AlignLeft);
    column->addWidget(m_bar);
    column->addWidget(m_step);
    m_keptPart = new QWidget;
    auto *kept = pageColumn(m_keptPart);
    kept->addSpacing(space::group);
    kept->addWidget(new PlainLabel(u"What is kept"_s, nullptr, "title"));
    kept->addWidget(m_kept);
    kept->addWidget(m_retire, 0, Qt::AlignLeft);
    column->addWidget(m_keptPart);
    column->addSpacing(space::group);
    column->addWidget(new PlainLabel(u"Journal"_s, nullptr, "title"));
    column->addWidget(m_journal, 1);
    connect(m_back, &QPushButton::clicked, this, [this] { confirm(false); });
    connect(m_retire, &QPushButton::clicked, this, [this] { confirm(true); });
    return part;
}

// Held to what was confirmed.
void WizardReturn::confirm(bool isRemoval)
{
    if (!m_model->swap())
        return;
    const Swap swap = *m_model->swap();
    const session::Environment environment = m_flow->context().profile.environment;
    askChange(this, isRemoval ? retireChange(swap, environment) : rollbackChange(swap, environment), this, [this, swap, isRemoval](bool accepted) {
        if (accepted && isRemoval)
            m_flow->retireSwap(swap);
        else if (accepted)
            m_flow->rollbackSwap(swap);
    });
}

void WizardReturn::showProgress(const ProgressStep &how)
{
    m_bar->setRange(0, how.total > 0 ? 1000 : 0);
    if (how.total > 0)
        m_bar->setValue(int(std::min<qint64>(1000, how.done * 1000 / how.total)));
    m_step->setText(stepText(how));
}

void WizardReturn::refreshSwap()
{
    const Swap &swap = *m_model->swap();
    const bool isRunning = m_model->state(WizardStep::Return) == WizardModel::State::Running;
    const bool canGoBack = swap.state != SwapState::RolledBack && swap.state != SwapState::Retired;
    if (isRunning)
        m_state->setState(StateLook::Busy, u"Under way"_s);
    else if (swap.isUnfinished())
        m_state->setState(StateLook::Critical, u"Unfinished"_s);
    else
        m_state->setState(canGoBack ? StateLook::Unknown : StateLook::Ok, swap.state == SwapState::Retired ? u"Closed"_s : canGoBack ? u"Possible"_s : u"Done"_s);
    m_words->setText(swapTitle(swap) + u'.');
    m_back->setText(swap.state == SwapState::RollingBack ? u"Go on with the way back…"_s : u"Go back to %1…"_s.arg(swap.oldVolume));
    m_back->setVisible(canGoBack && !isRunning);
    m_back->setEnabled(!m_flow->isBusy());
    m_limits->setText(isRunning ? u"The way back can't be given up: midway nobody would be let in."_s : u"Nobody is let in while it runs, and it can't be given up midway. What was committed since the swap stays in %1."_s.arg(swap.newVolume));
    m_limits->setVisible(canGoBack);
    m_bar->setVisible(isRunning);
    m_step->setVisible(isRunning);
    if (!isRunning) {
        m_bar->setRange(0, 0);
        m_step->clear();
    }
    const bool isKept = swap.state == SwapState::Applied || swap.state == SwapState::RolledBack;
    const QString volume = keptVolumeOf(swap);
    m_keptPart->setVisible(isKept && !isRunning);
    m_kept->setText(swap.state == SwapState::Applied ? u"%1 has the data of before, up to %2. Once it is removed there is no way back but by a recovery from the archive."_s.arg(volume, swap.oldLsn.text())
                                                     : u"%1 has the other branch, with all that was committed on it. Step 7 puts it in again; once it is removed, nothing does."_s.arg(volume));
    m_retire->setText(u"Remove %1…"_s.arg(volume));
    m_retire->setEnabled(!m_flow->isBusy());
    if (const QString journal = swapJournal(swap); m_journal->toPlainText() != journal) {
        m_journal->setPlainText(journal);
        m_journal->verticalScrollBar()->setValue(m_journal->verticalScrollBar()->maximum());
    }
}

void WizardReturn::refresh()
{
    const bool isSwap = m_model->isSwap() && m_model->swap();
    m_swap->setVisible(isSwap);
    m_rows->setVisible(!isSwap);
    if (isSwap)
        return refreshSwap();
    const RescueOutcome *outcome = m_model->outcome();
    m_undo->setText(!outcome ? u"Nothing was written to live from here."_s : !m_model->undo().isEmpty() ? u"%1. To take it back: %2"_s.arg(outcome->message, m_model->undo()) : outcome->message);
    const Rehearsal *copy = m_model->rehearsal();
    m_copy->setText(!copy                    ? u"There is none."_s
                    : m_model->isSwapped()   ? u"%1 was swapped in; its volume is the stack's."_s.arg(copy->id)
                    : m_model->isDropped()   ? u"%1 is gone: its container, its volume, its record."_s.arg(copy->id)
                                             : u"%1 stands in a container without a network and takes the size of the backup on Docker's disk. It can be taken up again as long as it stands."_s.arg(copy->id));
    m_remove->setVisible(copy && !m_model->isDropped());
    m_remove->setEnabled(!m_flow->isBusy());
}

} // namespace howdah::ui
